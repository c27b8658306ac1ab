package jwxt

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Decimal is a number that may be absent, exact to three decimals: credits
// and grade points add up without binary rounding.
type Decimal struct {
	milli int64
	valid bool
}

// ParseDecimal reads "3", "0.25", " 3.40 ". Empty text is the absent Decimal.
// It refuses what is no plain decimal number of at most 9 digits before the point.
func ParseDecimal(s string) (Decimal, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Decimal{}, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= 1e9 || strings.ContainsAny(s, "xXpP_") {
		return Decimal{}, fmt.Errorf("jwxt: %q is not a decimal number", s)
	}
	return Decimal{int64(math.Round(f * 1000)), true}, nil
}

// Milli makes a Decimal of n thousandths.
func Milli(n int64) Decimal { return Decimal{n, true} }

// Valid reports whether there is a number.
func (d Decimal) Valid() bool { return d.valid }

// IsZero reports absence, so that omitzero leaves absent numbers out.
func (d Decimal) IsZero() bool { return !d.valid }

// Milli is the number in thousandths; 0 when absent.
func (d Decimal) Milli() int64 { return d.milli }

// String writes the shortest form: "3", "0.25"; "" when absent.
func (d Decimal) String() string {
	if !d.valid {
		return ""
	}
	return strconv.FormatFloat(float64(d.milli)/1000, 'f', -1, 64)
}

// MarshalJSON writes a JSON number, or null.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if !d.valid {
		return []byte("null"), nil
	}
	return []byte(d.String()), nil
}

// UnmarshalJSON reads a number, a quoted number, or null: schools mix them.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "null" {
		s = ""
	}
	v, err := ParseDecimal(s)
	if err == nil {
		*d = v
	}
	return err
}
