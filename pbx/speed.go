package pbx

import (
	"slices"
	"strconv"
	"strings"
)

// MaxSpeed is how many short numbers one person, and the office, may keep.
const MaxSpeed = 100

// SpeedDial is a short number of a person or of the office.
type SpeedDial struct {
	Short  string `json:"short"` // one or two digits
	Name   string `json:"name,omitempty"`
	Number string `json:"number"` // as it would be dialled
}

// SpeedDials are short numbers in the order of the short ones.
type SpeedDials []SpeedDial

// Number is what stands under a short number; empty when nothing does.
func (l SpeedDials) Number(short string) string {
	for i := range l {
		if l[i].Short == short {
			return l[i].Number
		}
	}
	return ""
}

// check refuses what could not be dialled, and two numbers under one short one.
func (l SpeedDials) check(field string) error {
	if len(l) > MaxSpeed {
		return Refuse(Invalid, field, "speed.many", "max", strconv.Itoa(MaxSpeed))
	}
	for i, d := range l {
		at := field + "." + strconv.Itoa(i)
		if len(d.Short) < 1 || len(d.Short) > 2 || strings.Trim(d.Short, "0123456789") != "" {
			return Refuse(Invalid, at+".short", "speed.short_bad")
		}
		if slices.ContainsFunc(l[:i], func(o SpeedDial) bool { return o.Short == d.Short }) {
			return Refuse(Conflict, at+".short", "speed.short_taken", "short", d.Short)
		}
		if d.Number == "" || len(d.Number) > 40 || strings.Trim(d.Number, "+0123456789") != "" {
			return Refuse(Invalid, at+".number", "speed.number_bad")
		}
		if err := checkLine(at+".name", d.Name, 60); err != nil {
			return err
		}
	}
	return nil
}
