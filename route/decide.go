// Package route decides who rings, in which order, for how long, and what then – and why.
//
// It sends nothing and waits for nothing; package switchboard does. Whether the caller may call at all is for package policy.
package route

import (
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
)

// RingTime is how long a person's devices ring.
const RingTime = 30 * time.Second

// Request is a question: who rings if this caller dials this, at this moment? It is asked again for every place a call is
// sent on to, because statuses and hours change while it rings.
type Request struct {
	Caller  pbx.Actor       // a device with its user; a trunk
	From    pbx.Party       // of a caller from outside; a person inside is named after his user
	Dialled string          // as it came in the Request-URI
	To      pbx.Destination // where the call goes on, in place of Dialled
	Owner   pbx.UserID      // with To: whose rule sends it there; he pays for what leads outside (N-12)
	Passed  []Stop          // where the call has been, in order; what would lead in a circle is cut
	At      time.Time
}

// Stop is one place that a call went through without ending there.
type Stop struct {
	At    pbx.Destination
	Owner pbx.UserID // whose rule led there; empty for what was dialled
	Cause pbx.Cause  // why it did not end there
}

// Then says where a call goes when the attempts of a plan were not answered, by what became of them. A cause without a
// destination ends the call with that cause.
type Then struct {
	Owner    pbx.UserID // whose rules these are
	NoAnswer pbx.Destination
	Busy     pbx.Destination // declining counts as busy
	Offline  pbx.Destination // no phone is registered, or none could be reached
}

// After is where a call goes for a cause; the zero destination ends it.
func (t Then) After(c pbx.Cause) pbx.Destination {
	switch c {
	case pbx.CauseNoAnswer:
		return t.NoAnswer
	case pbx.CauseBusy, pbx.CauseDeclined:
		return t.Busy
	case pbx.CauseOffline, pbx.CauseTimeout, pbx.CauseFailed:
		return t.Offline
	}
	return pbx.Destination{}
}

// House is the system itself as the answering side: a mailbox, a menu, a queue, a park position, a room or a sentence.
type House struct {
	At       pbx.Destination
	Group    pbx.GroupID // whose language, hours and people it belongs to; empty for the office
	User     pbx.UserID  // whose mailbox it is
	Language string      // in which the caller is spoken to
	Greeting string      // prompt to begin with; empty takes the usual one
	Fetch    bool        // of a mailbox: its owner wants to hear his messages
}

// Target is one registered phone that is to ring.
type Target struct {
	Party   pbx.Party // whose phone it is
	Binding pbx.Binding
}

// Attempt is a set of phones that ring together.
type Attempt struct {
	Targets []Target
	Ring    time.Duration
}

// Plan is the answer: attempts, tried in order, or the house answers, or a refusal; exactly one of them. Trace tells the
// way there.
type Plan struct {
	From     pbx.Party // the caller as the called person sees him
	To       pbx.Party // who is called; Number is what was dialled where no person was found
	Dialled  string    // without visual separators, or as it came where that is no number
	Class    number.Class
	Attempts []Attempt
	Then     Then      // with Attempts: where the call goes when nobody answered
	House    *House    // the system answers
	Passed   []Stop    // as asked, with this place at its end
	Refuse   pbx.Cause // empty exactly when there are attempts or the house answers
	Text     i18n.Text // the sentence behind Refuse
	Trace    []i18n.Text
}

// IsEmergency reports whether the plan is for an emergency number; no right and no suspension stands before it (TF-03).
func (p *Plan) IsEmergency() bool { return p.Class == number.Emergency }

// refuse ends the decision; the last line of the trace is the refusal itself.
func (p Plan) refuse(cause pbx.Cause, text i18n.Text) Plan {
	p.Refuse, p.Text, p.Attempts = cause, text, nil
	p.Trace = append(p.Trace, text)
	return p
}

func (p *Plan) because(text i18n.Text) { p.Trace = append(p.Trace, text) }

// Decide answers a request. Emergency numbers are asked about first, then the caller, then whom he dialled.
func Decide(s *pbx.Snapshot, live *pbx.Presence, r Request) Plan {
	dialled := number.Read(s.Tenant.Country, r.Dialled)
	p := Plan{Dialled: dialled.Digits, Class: dialled.Class, Trace: make([]i18n.Text, 0, 4)}
	if p.Dialled == "" {
		p.Dialled = printable(r.Dialled)
	}
	p.To.Number = p.Dialled
	caller := s.Users[r.Caller.User]
	if caller != nil {
		p.From = party(caller)
	}
	p.because(i18n.T("route.dialled", "number", p.Dialled))

	if p.IsEmergency() {
		return emergency(p)
	}
	if caller == nil {
		return p.refuse(pbx.CauseDenied, i18n.T("route.caller_unknown"))
	}
	if caller.IsSuspended(r.At) {
		return p.refuse(pbx.CauseSuspended, i18n.T("route.caller_suspended", "name", caller.Name))
	}
	if caller.Extension == "" {
		return p.refuse(pbx.CauseDenied, i18n.T("route.caller_without_extension", "name", caller.Name))
	}
	if ref, ok := s.ByExtension(p.Dialled); ok && ref.Kind == pbx.KindUser {
		if callee := s.Users[pbx.UserID(ref.ID)]; callee != nil {
			return person(s, live, r, p, callee)
		}
	}
	if dialled.Class.IsOutside() {
		return outside(p, dialled)
	}
	return p.refuse(pbx.CauseUnknown, i18n.T("route.unknown", "number", p.Dialled))
}

func party(u *pbx.User) pbx.Party {
	return pbx.Party{User: u.ID, Name: u.Name, Number: u.Extension}
}

// printable keeps what somebody dialled fit for records and displays when it is no number: short, and without control characters.
func printable(dialled string) string {
	const most = 40
	out := make([]rune, 0, most)
	for _, r := range dialled {
		if len(out) == most {
			break
		}
		if !strconv.IsPrint(r) {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}
