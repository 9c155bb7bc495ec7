package route

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// Forward is one rule of a person that sends calls on: an occasion of a status for one side, or an exception.
type Forward struct {
	User      pbx.UserID
	Field     string // profiles.available.no_answer.inside, exceptions.0; empty where no rule is set
	Status    pbx.Status
	When      pbx.When // the occasion; of an exception at once the zero value
	Outside   bool     // it is for callers from outside
	Exception int      // its number, from 1; 0 for the rule of a status
	To        pbx.Destination
}

// Leaves reports whether the rule leads out of the house, so that somebody has to pay.
func (f *Forward) Leaves() bool { return f.To.Kind == pbx.ToMobile || f.To.Kind == pbx.ToOutside }

// Number is where a rule that leaves the house leads, as it is understood at the place of its person.
func (f *Forward) Number(s *pbx.Snapshot, at time.Time) number.Number {
	dialled := f.To.Number
	if u := s.Users[f.User]; f.To.Kind == pbx.ToMobile && u != nil {
		dialled = u.Mobile
	}
	return s.PlaceOf(f.User, "", at).Read(dialled)
}

// Forwards lists the rules of a person about which somebody asks: an occasion (no_answer, busy, offline, always) or the begin of a field; empty
// takes those of the status of the moment and every exception.
func Forwards(s *pbx.Snapshot, u pbx.UserID, rule string, at time.Time) []Forward {
	now := s.StatusOf(u, at).Status
	var out []Forward
	for _, status := range pbx.Statuses() {
		profile := s.ProfileOf(u, status)
		for word, c := range profile.Cases {
			f := Forward{User: u, Status: status, When: pbx.When(word)}
			if word == "always" {
				f.When = pbx.WhenAlways
			}
			if (word == "always") == status.Rings() {
				continue // no call comes by here
			}
			field := "profiles." + string(status) + "." + word
			for _, outside := range []bool{false, true} {
				f.Field, f.Outside, f.To = field+".inside", outside, c.For(outside)
				if outside {
					f.Field = field + ".outside"
				}
				if !f.To.IsZero() && (rule == "" && status == now || rule == word && status == now || rule != "" && strings.HasPrefix(f.Field, rule)) {
					out = append(out, f)
				}
			}
		}
	}
	if f := s.Forwardings[u]; f != nil {
		for i := range f.Exceptions {
			e := &f.Exceptions[i]
			field := "exceptions." + strconv.Itoa(i)
			if rule == "" || rule == field || rule == "exceptions" || string(e.When) == rule {
				out = append(out, Forward{User: u, Field: field, Status: now, When: e.When, Outside: e.Side != pbx.SideInside, Exception: i + 1, To: e.To})
			}
		}
	}
	// Where both sides go the same way, one line says it.
	return slices.DeleteFunc(out, func(f Forward) bool {
		both, second := strings.CutSuffix(f.Field, ".outside")
		return second && slices.ContainsFunc(out, func(o Forward) bool { return o.Field == both+".inside" && o.To == f.To })
	})
}

// Bar says what keeps a rule from being asked at a moment.
type Bar string

// The bars. The zero value is none.
const (
	BarNone   Bar = ""
	BarOff    Bar = "off"    // it is switched off
	BarHours  Bar = "hours"  // it does not count at that time
	BarStatus Bar = "status" // the person has another status then
	BarBefore Bar = "before" // an exception comes before it
)

// Barred says what keeps a rule from being asked, and of an exception before it its number. An exception for some callers bars nothing: the rule
// holds for the others.
func Barred(s *pbx.Snapshot, f *Forward, at time.Time) (Bar, int) {
	rules := s.Forwardings[f.User]
	var list []pbx.Exception
	if rules != nil {
		list = rules.Exceptions
	}
	switch {
	case f.Exception > 0 && list[f.Exception-1].Off:
		return BarOff, 0
	case f.Exception > 0 && !s.Counts(&list[f.Exception-1], f.User, at):
		return BarHours, 0
	case f.Exception == 0 && f.Status != s.StatusOf(f.User, at).Status:
		return BarStatus, 0
	}
	for i := range list {
		if i+1 == f.Exception {
			break
		}
		if e := &list[i]; e.Fits("", "", f.Outside) && s.Counts(e, f.User, at) && (e.When == pbx.WhenAlways || e.When == f.When) {
			return BarBefore, i + 1
		}
	}
	return BarNone, 0
}

// Forwarded is the plan of a call that the rule sends on, as permit leaves it. Of callers inside it takes a colleague: who calls makes no difference
// to a rule. Blind takes the phones of whoever it leads to for registered.
func Forwarded(s *pbx.Snapshot, live *pbx.Presence, f *Forward, at time.Time, blind bool, permit func(*pbx.Snapshot, Request, *Plan)) Plan {
	cause := pbx.CauseAway
	switch f.When {
	case pbx.WhenNoAnswer:
		cause = pbx.CauseNoAnswer
	case pbx.WhenBusy:
		cause = pbx.CauseBusy
	case pbx.WhenOffline:
		cause = pbx.CauseOffline
	}
	r := Request{To: f.To, Owner: f.User, At: at, Passed: []Stop{{At: pbx.Destination{Kind: pbx.ToUser, ID: string(f.User)}, Cause: cause}}}
	var first *pbx.User
	for _, u := range s.Users {
		if u.ID != f.User && string(u.ID) != f.To.ID && u.Extension != "" && !u.IsSuspended(at) && (first == nil || u.ID < first.ID) {
			first = u
		}
	}
	if f.Outside || first == nil {
		r.Caller = pbx.Actor{Kind: pbx.ActorTrunk}
	} else {
		r.Caller = pbx.Actor{Kind: pbx.ActorUser, User: first.ID}
	}
	if blind && f.To.Kind == pbx.ToUser {
		r.Suppose = Suppose{User: pbx.UserID(f.To.ID), Reach: ReachIdle}
	}
	p := Decide(s, live, r)
	permit(s, r, &p)
	return p
}
