// Package hours decides whether an office is open at a moment, why, and until when.
//
// A Schedule is what people write down: a week, breaks in it, holidays. A Plan is a schedule in one time zone, ready to
// be asked: At takes well below a microsecond and allocates nothing, because it is asked in every call. The answer has
// three states, open, break and closed (C-12); a holiday is a reason, not a fourth state.
//
// Clocks that change: an edge in the hour that is left out moves forward by the gap (RFC 5545 §3.3.5); of an hour that
// comes twice, the first opens and the last closes. A day begins with its first moment, also where midnight is left out.
// The zones are those of package time. Moments from 1970 to 2100 are answered.
//
// It does not know what happens when the office is closed; that is package route.
package hours

// Problem is why something written down makes no schedule. Code is the last part of the sentence's key, hours.<code>.
type Problem struct {
	Code  string // zone, span, span_overlap, rule, …
	Value string // what was written
	Line  int    // of a calendar file, from 1; else 0
	Field string // of a schedule: open.mon, holidays.3.on; else empty
}

// Error is for logs; people read the sentence of the code.
func (p *Problem) Error() string { return "hours: " + p.Code + ": " + p.Value }
