package boltstore

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
	"slices"

	"jwxtbot/store"
)

// How many pages of the tree a verification reads, breadth first. quickPages
// covers a small database and the branches of a big one within a fraction of a
// second.
const (
	quickPages = 4096
	allPages   = math.MaxInt
)

// The layout of a bbolt file, in the byte order of the machine.
const (
	pageHeader   = 16 // id 8, flags 2, count 2, overflow 4
	elementSize  = 16
	bucketHeader = 16 // root page 8, sequence 8; an inline page follows if root is 0

	branchFlag   = 0x01
	leafFlag     = 0x02
	freelistFlag = 0x10
	bucketFlag   = 0x01 // of a leaf's element

	magic      = 0xED0CDAED
	format     = 2
	metaSize   = 64
	noFreelist = ^uint64(0)
	minPage    = 1 << 10
	maxPage    = 16 << 20
)

var order = binary.NativeEndian

// meta is the root of one state of the file.
type meta struct {
	pageSize, root, freelist, pages, txid uint64
}

func verifyFile(path string, budget int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return verify(f, info.Size(), budget)
}

// verify reads the newest state of a bbolt file and reports as
// store.ErrCorrupt what would make bbolt read outside of the file or of a page:
// a short file, pages that are not what their place says, wild offsets, pages
// used twice. Keys and values may still be wrong: the format has no checksums.
func verify(r io.ReaderAt, size int64, budget int) error {
	m, err := newestMeta(r)
	if err != nil {
		return err
	}
	if m.pages > uint64(size)/m.pageSize {
		return corrupt("file is cut short: it has %d bytes and needs %d pages of %d", size, m.pages, m.pageSize)
	}
	v := &verifier{r: r, meta: m, seen: make(map[uint64]bool)}
	if err := v.readFreelist(); err != nil {
		return err
	}
	if err := v.use(m.root, 0); err != nil {
		return err
	}
	for ; len(v.queue) > 0 && budget > 0; budget-- {
		id := v.queue[0]
		v.queue = v.queue[1:]
		if err := v.page(id); err != nil {
			return err
		}
	}
	return nil
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", store.ErrCorrupt, fmt.Sprintf(format, args...))
}

// newestMeta reads pages 0 and 1. One of them may be bad: a commit was cut
// while it was written, and the other one counts.
func newestMeta(r io.ReaderAt) (meta, error) {
	best, ok := readMeta(r, 0)
	for size := int64(minPage); size <= maxPage; size *= 2 {
		m, valid := readMeta(r, size)
		if valid && m.pageSize == uint64(size) && (!ok || m.txid > best.txid && m.pageSize == best.pageSize) {
			best, ok = m, true
		}
	}
	if !ok || best.pageSize < minPage || best.pageSize > maxPage {
		return meta{}, corrupt("both header pages are damaged")
	}
	return best, nil
}

func readMeta(r io.ReaderAt, at int64) (meta, bool) {
	var b [metaSize]byte
	if _, err := r.ReadAt(b[:], at+pageHeader); err != nil {
		return meta{}, false
	}
	sum := fnv.New64a()
	sum.Write(b[:56])
	ok := order.Uint32(b[0:]) == magic && order.Uint32(b[4:]) == format && order.Uint64(b[56:]) == sum.Sum64()
	return meta{
		pageSize: uint64(order.Uint32(b[8:])),
		root:     order.Uint64(b[16:]),
		freelist: order.Uint64(b[32:]),
		pages:    order.Uint64(b[40:]),
		txid:     order.Uint64(b[48:]),
	}, ok
}

type verifier struct {
	r io.ReaderAt
	meta
	free  []uint64
	seen  map[uint64]bool
	queue []uint64
}

// use enters a page into the queue, once.
func (v *verifier) use(id, from uint64) error {
	switch _, free := slices.BinarySearch(v.free, id); {
	case id < 2 || id >= v.pages:
		return corrupt("page %d points to page %d of %d", from, id, v.pages)
	case free:
		return corrupt("page %d is in use and free", id)
	case v.seen[id]:
		return corrupt("page %d is used twice", id)
	}
	v.seen[id] = true
	v.queue = append(v.queue, id)
	return nil
}

// header reads a page's header; extent is how many bytes belong to the page.
func (v *verifier) header(id uint64) (flags uint16, count, extent uint64, err error) {
	var b [pageHeader]byte
	if err := v.read(b[:], id, 0); err != nil {
		return 0, 0, 0, err
	}
	overflow := uint64(order.Uint32(b[12:]))
	if order.Uint64(b[0:]) != id || id+overflow >= v.pages {
		return 0, 0, 0, corrupt("page %d is not what it should be", id)
	}
	return order.Uint16(b[8:]), uint64(order.Uint16(b[10:])), (1 + overflow) * v.pageSize, nil
}

func (v *verifier) read(b []byte, id, offset uint64) error {
	if _, err := v.r.ReadAt(b, int64(id*v.pageSize+offset)); err != nil {
		return corrupt("page %d cannot be read: %v", id, err)
	}
	return nil
}

// readFreelist reads the ids of free pages, which ascend.
func (v *verifier) readFreelist() error {
	id := v.freelist
	if id == noFreelist {
		return nil
	}
	if id < 2 || id >= v.pages {
		return corrupt("the list of free pages is said to be page %d of %d", id, v.pages)
	}
	flags, count, extent, err := v.header(id)
	if err != nil {
		return err
	}
	at := uint64(pageHeader)
	if count == 0xFFFF { // The count did not fit and stands in front of the ids.
		var b [8]byte
		if err := v.read(b[:], id, at); err != nil {
			return err
		}
		count, at = order.Uint64(b[:]), at+8
	}
	if flags != freelistFlag || count > (extent-at)/8 {
		return corrupt("page %d is no list of free pages", id)
	}
	b := make([]byte, 8*count)
	if err := v.read(b, id, at); err != nil {
		return err
	}
	last := uint64(1)
	for ; len(b) > 0; b = b[8:] {
		free := order.Uint64(b)
		if free <= last || free >= v.pages || free >= id && free < id+extent/v.pageSize {
			return corrupt("the list of free pages, on page %d, holds page %d after %d", id, free, last)
		}
		v.free, last = append(v.free, free), free
	}
	v.seen[id] = true
	return nil
}

// page verifies one page of a tree and enters those it points to.
func (v *verifier) page(id uint64) error {
	flags, count, extent, err := v.header(id)
	if err != nil {
		return err
	}
	if pageHeader+count*elementSize > extent {
		return corrupt("page %d has too many elements", id)
	}
	b := make([]byte, count*elementSize)
	if err := v.read(b, id, pageHeader); err != nil {
		return err
	}
	switch flags {
	case branchFlag:
		return v.branch(id, b, extent)
	case leafFlag:
		return v.leaf(id, 0, b, extent)
	}
	return corrupt("page %d is of no known type", id)
}

// branch elements are: offset of the key 4, its size 4, page 8.
func (v *verifier) branch(id uint64, elements []byte, extent uint64) error {
	if len(elements) == 0 {
		return corrupt("page %d is an empty branch", id)
	}
	for i := 0; i < len(elements); i += elementSize {
		e := elements[i:]
		end := pageHeader + uint64(i) + uint64(order.Uint32(e[0:])) + uint64(order.Uint32(e[4:]))
		if end > extent {
			return corrupt("page %d has a key outside of itself", id)
		}
		if err := v.use(order.Uint64(e[8:]), id); err != nil {
			return err
		}
	}
	return nil
}

// leaf elements are: flags 4, offset of the key 4, its size 4, size of the value
// that follows it 4. The page begins at offset base of page id: an inline page
// lies within another leaf.
func (v *verifier) leaf(id, base uint64, elements []byte, extent uint64) error {
	for i := 0; i < len(elements); i += elementSize {
		e := elements[i:]
		value := pageHeader + uint64(i) + uint64(order.Uint32(e[4:])) + uint64(order.Uint32(e[8:]))
		size := uint64(order.Uint32(e[12:]))
		if value+size > extent {
			return corrupt("page %d has a row outside of itself", id)
		}
		if order.Uint32(e[0:]) == bucketFlag {
			if err := v.bucket(id, base+value, size); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket verifies the value of a bucket, size bytes at offset at of page id.
func (v *verifier) bucket(id, at, size uint64) error {
	var b [bucketHeader + pageHeader]byte
	if size < bucketHeader {
		return corrupt("page %d holds half a bucket", id)
	}
	if err := v.read(b[:bucketHeader], id, at); err != nil {
		return err
	}
	if root := order.Uint64(b[:]); root != 0 {
		return v.use(root, id)
	}
	if size < uint64(len(b)) {
		return corrupt("page %d holds half a bucket", id)
	}
	if err := v.read(b[:], id, at); err != nil {
		return err
	}
	extent := size - bucketHeader
	flags, count := order.Uint16(b[bucketHeader+8:]), uint64(order.Uint16(b[bucketHeader+10:]))
	if flags != leafFlag || pageHeader+count*elementSize > extent {
		return corrupt("page %d holds a damaged bucket", id)
	}
	elements := make([]byte, count*elementSize)
	if err := v.read(elements, id, at+bucketHeader+pageHeader); err != nil {
		return err
	}
	return v.leaf(id, at+bucketHeader, elements, extent)
}
