package store

import (
	"encoding/binary"
	"fmt"
	"time"
)

// A stored row is a frame: a plain header that Sweep reads without a key, then
// the payload.
//
//	byte 0      format: plain or sealed payload
//	byte 1      version of the table
//	bytes 2–9   deadline, unix seconds, big endian; 0 = none
//	bytes 10–   JSON, or a box that holds JSON
const headerSize = 10

const (
	formatPlain  = 'J'
	formatSealed = 'S'
)

type frame struct {
	format   byte
	version  byte
	deadline int64
	payload  []byte
}

func (f frame) encode() []byte {
	b := make([]byte, 0, headerSize+len(f.payload))
	b = append(b, f.format, f.version)
	b = binary.BigEndian.AppendUint64(b, uint64(f.deadline))
	return append(b, f.payload...)
}

// decodeFrame keeps b as the payload.
func decodeFrame(b []byte) (frame, error) {
	if len(b) < headerSize {
		return frame{}, fmt.Errorf("%w: %d bytes are too few", ErrRow, len(b))
	}
	f := frame{b[0], b[1], int64(binary.BigEndian.Uint64(b[2:])), b[headerSize:]}
	if f.format != formatPlain && f.format != formatSealed || f.deadline < 0 {
		return frame{}, fmt.Errorf("%w: header is none of ours", ErrRow)
	}
	return f, nil
}

// seconds is t as a deadline: rounded up, so that no row ends early, and kept
// within what the index can order. The zero time is no deadline.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.Add(time.Second-1).Unix(), 1), maxSeconds)
}
