package pbx

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Keep says how long is kept what lies beside the configuration, in days (BAR PR-05). 0 is as usual, KeepForever without an end. Recordings have their
// rules, messages their mailboxes.
type Keep struct {
	Calls  int             `json:"calls,omitempty"`  // records of calls, with what reports count of them
	Traces int             `json:"traces,omitempty"` // step by step, why a call rang where it rang
	Audit  int             `json:"audit,omitempty"`  // entries of the audit log
	Groups map[GroupID]int `json:"groups,omitempty"` // records of calls of people whose main group it is or lies below it, and of its queues and menus
}

// How long things are kept, in days.
const (
	KeepForever = -1

	UsualCalls  = 365
	UsualTraces = 30
	UsualAudit  = KeepForever

	FewestCalls  = 7 // what happens within days – alarms, agents' figures – can always be counted
	FewestTraces = 1
	FewestAudit  = 180 // nobody who covers something up gets it out of the log soon
)

// How many days is kept what has no setting of its own.
const (
	NoticesKept   = 30  // longer than a holiday
	CallbacksKept = 90  // what became of calls back
	SpentKept     = 400 // of budgets: longer than the longest period
	CopiesKept    = 35  // of the database, made before an update: what was deleted here lives on in them
)

// InDays are the days that count; KeepForever is none.
func (k Keep) InDays() (calls, traces, audit int) {
	usual := func(own, usual int) int {
		if own == 0 {
			return usual
		}
		return own
	}
	return usual(k.Calls, UsualCalls), usual(k.Traces, UsualTraces), usual(k.Audit, UsualAudit)
}

// Due is before which moment something began that has been kept for so many days; zero when it is kept for ever.
func Due(at time.Time, days int) time.Time {
	if days < 0 {
		return time.Time{}
	}
	return at.AddDate(0, 0, -days)
}

// KeptCalls are people and groups whose calls are kept for so many days.
type KeptCalls struct {
	Days  int
	Parts []string // ids
}

// KeptCalls says for how many days records of calls are kept at most, and of whom they go sooner, the soonest first: of several in one call the shortest time counts.
func (s *Snapshot) KeptCalls(at time.Time) (longest int, sooner []KeptCalls) {
	office, _, _ := s.Tenant.Keep.InDays()
	own := maps.Clone(s.Tenant.Keep.Groups)
	maps.DeleteFunc(own, func(g GroupID, _ int) bool { return s.Groups[g] == nil })
	if len(own) == 0 {
		return office, nil
	}
	of := func(g GroupID) int {
		for n := 0; n <= len(s.Groups); n++ {
			if days := own[g]; days != 0 {
				return days
			}
			above := s.Groups[g]
			if above == nil || above.Parent == "" {
				break
			}
			g = above.Parent
		}
		return office
	}
	parts := map[int][]string{office: nil}
	for g := range s.Groups {
		parts[of(g)] = append(parts[of(g)], string(g))
	}
	for u := range s.Users {
		days := office
		if m := s.MainMembership(u, at); m != nil {
			days = of(m.Group)
		}
		parts[days] = append(parts[days], string(u))
	}
	all := slices.SortedFunc(maps.Keys(parts), func(a, b int) int { return compareDays(a, b) })
	longest = all[len(all)-1]
	for _, days := range all[:len(all)-1] {
		if len(parts[days]) > 0 {
			slices.Sort(parts[days])
			sooner = append(sooner, KeptCalls{days, parts[days]})
		}
	}
	return longest, sooner
}

// compareDays sorts for ever behind every number of days.
func compareDays(a, b int) int {
	switch {
	case a == b:
		return 0
	case a == KeepForever || b != KeepForever && a > b:
		return 1
	}
	return -1
}

// Check refuses days that are too few or too many.
func (k Keep) Check() error {
	for _, one := range []struct {
		field        string
		days, fewest int
	}{{"calls", k.Calls, FewestCalls}, {"traces", k.Traces, FewestTraces}, {"audit", k.Audit, FewestAudit}} {
		if err := checkDays(one.field, one.days, one.fewest); err != nil {
			return err
		}
	}
	for _, days := range k.Groups {
		if err := checkDays("groups", days, FewestCalls); err != nil {
			return err
		}
	}
	return nil
}

func checkDays(field string, days, fewest int) error {
	if days == 0 || days == KeepForever || days >= fewest && days <= MaxKeep {
		return nil
	}
	return Refuse(Invalid, field, "retention.days_range", "fewest", strconv.Itoa(fewest), "most", strconv.Itoa(MaxKeep))
}
