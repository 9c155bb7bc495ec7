// Package route decides who rings, in which order, for how long, and what then – and why.
//
// It sends nothing and waits for nothing; package switchboard does. Whether the caller may call at all is for package policy.
package route

import (
	"slices"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// Hops is how many places one call may go through; what is sent on more often ends.
const Hops = 10

// Request is a question: who rings if this caller dials this, at this moment? It is asked again for every place a call is
// sent on to, because statuses and hours change while it rings.
type Request struct {
	Caller  pbx.Actor       // a device with its user; a trunk
	From    pbx.Party       // of a caller from outside; a person inside is named after his user
	Dialled string          // as it came in the Request-URI
	To      pbx.Destination // where the call goes on, in place of Dialled
	Owner   pbx.UserID      // with To: whose rule sends it there; he pays for what leads outside (N-12)
	Came    string          // of a call from outside: the number of the office that it came for
	Passed  []Stop          // where the call has been, in order; what would lead in a circle is cut
	PIN     bool            // the caller has typed his PIN
	Typed   time.Time       // when he did so last at his phone for another call; zero: never, or it is forgotten
	Keys    bool            // the caller sits at the keys of a phone, though none is named: a call is begun for him, or only looked at
	Doubt   string          // of a caller from a trunk: in a word, why he is not believed to come from there (SA-17)
	Only    pbx.TrunkID     // a test call of that line: it goes over no other, and whoever may change the line may try it
	At      time.Time
	Suppose Suppose // of a preview; nothing for a call
}

// Suppose is what a preview takes for granted about one person, in place of what is true now.
type Suppose struct {
	User   pbx.UserID
	Status pbx.Status // empty: as it is
	Reach  Reach
}

// Reach says whether the phones of a person could ring.
type Reach string

// The ways to suppose; the zero value is as it is.
const (
	ReachAsIs    Reach = ""
	ReachIdle    Reach = "idle"    // a phone is registered, and nobody talks
	ReachBusy    Reach = "busy"    // the person talks
	ReachOffline Reach = "offline" // no phone is registered
)

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
	Fetch    bool        // of a mailbox: its owner wants to hear his messages; of a park position: who dialled it wants the call that is there
}

// Target is one registered phone that is to ring, or a number outside that is called over a trunk.
type Target struct {
	Party   pbx.Party // whose phone it is
	Binding pbx.Binding
	Trunk   pbx.TrunkID // in place of a phone
	Sends   string      // with Trunk: the number as the carrier wants it
	Shows   string      // with Trunk: the caller's number, likewise; empty withholds it
	Quote   toll.Quote  // with Trunk: what a call costs there
	Onward  string      // with Trunk: the number of the office that the call came for, likewise; the carrier is told
	Screen  bool        // who answers hears who calls, and decides
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
	Came     string    // of a call from outside: the number of the office that it came for
	Dialled  string    // without visual separators, or as it came where that is no number
	Class    number.Class
	Attempts []Attempt
	Then     Then          // with Attempts: where the call goes when nobody answered
	House    *House        // the system answers
	Deflect  string        // with Attempts, while the caller has not been answered: the number that his carrier is asked to send the call to
	Passed   []Stop        // as asked, with this place at its end
	Refuse   pbx.Cause     // empty exactly when there are attempts or the house answers
	Text     i18n.Text     // the sentence behind Refuse
	Spoken   string        // … as the caller hears it, where he is told: a key of the catalogue (N-18)
	Ruled    *toll.Verdict // of what leads outside: the decision that stood before it
	Trace    []i18n.Text
	Payer    pbx.UserID    // of what leads outside: whose call it is
	Token    pbx.TokenID   // … and with which a program began it
	Most     time.Duration // of what leads outside: how long it may last; 0 is without end
	Warn     time.Duration // with Most: when it is said that the end is near
	Limit    string        // with Most: the profile that says so
	Number   number.Number // of what leads outside: as it was understood, by which it is paid
	Paid     bool          // of what leads outside: a budget of money stands before it
}

// Beside reports whether a number outside only rings beside phones of the house; what holds for calls outside then holds for that number alone.
func (p *Plan) Beside() bool {
	inside, outside := false, false
	for _, a := range p.Attempts {
		for _, t := range a.Targets {
			inside, outside = inside || t.Trunk == "", outside || t.Trunk != ""
		}
	}
	return inside && outside
}

// StayInside takes the numbers outside out of a plan.
func (p *Plan) StayInside() {
	for i := range p.Attempts {
		p.Attempts[i].Targets = slices.DeleteFunc(slices.Clone(p.Attempts[i].Targets), func(t Target) bool { return t.Trunk != "" })
	}
	p.Payer, p.Most, p.Warn, p.Number, p.Paid = "", 0, 0, number.Number{}, false
}

// IsEmergency reports whether the plan is for an emergency number; no right and no suspension stands before it (TF-03).
func (p *Plan) IsEmergency() bool { return p.Class == number.Emergency }

// refuse ends the decision; the last line of the trace is the refusal itself.
func (p Plan) refuse(cause pbx.Cause, text i18n.Text) Plan {
	p.Refuse, p.Text, p.Attempts, p.Deflect = cause, text, nil, ""
	p.Trace = append(p.Trace, text)
	return p
}

func (p *Plan) because(text i18n.Text) { p.Trace = append(p.Trace, text) }

// Decide answers a request. Emergency numbers are asked about first, then the caller, then whom he dialled or where a rule
// sends him, until somebody rings, the house answers, or the call ends.
func Decide(s *pbx.Snapshot, live *pbx.Presence, r Request) Plan {
	p := Plan{Trace: make([]i18n.Text, 0, 8), Passed: append(make([]Stop, 0, len(r.Passed)+2), r.Passed...)}
	p.From, p.Came = r.From, r.Came
	caller := s.Users[r.Caller.User]
	if caller != nil {
		p.From = caller.Party()
	}
	q := &question{s: s, live: live, r: &r, outside: r.Caller.Kind == pbx.ActorTrunk || r.Caller.Kind == pbx.ActorGuest}
	to := r.To
	if to.IsZero() && r.Caller.Kind == pbx.ActorGuest {
		if to = q.talk(&p); p.Refuse != "" {
			return p
		}
	} else if to.IsZero() {
		dialled := q.long(&p, q.place().Read(r.Dialled))
		p.Dialled, p.Class = dialled.Digits, dialled.Class
		if p.Dialled == "" {
			p.Dialled = printable(r.Dialled)
		}
		p.To.Number = p.Dialled
		p.because(i18n.T("route.dialled", "number", p.Dialled))
		q.completed(&p, dialled)
		if p.IsEmergency() && r.Caller.Trunk == "" {
			return q.emergency(p, dialled)
		}
		if r.Caller.Trunk == "" {
			if to = q.code(dialled); to.IsZero() {
				to = q.dialled(dialled)
			}
		} else if to = q.incoming(&p); p.Refuse != "" {
			return p
		} else {
			r.Came, p.Came = p.To.Number, p.To.Number
		}
	}
	if n := len(p.Passed); n > 0 && !r.To.IsZero() {
		p.because(q.wentOn(p.Passed[n-1]))
	}
	if !q.outside {
		if text, cause := q.mayCall(caller); cause != "" {
			return p.refuse(cause, text)
		}
	}
	if to.IsZero() {
		return p.refuse(pbx.CauseUnknown, i18n.T("route.unknown", "number", p.Dialled))
	}
	q.owner = r.Owner
	for {
		done := q.enter(&p, to)
		if !done {
			to = q.arrive(&p, to)
			done = to.IsZero()
		}
		if done {
			q.nameCaller(&p)
			q.talkTime(&p)
			return p
		}
	}
}

// question is one request being answered: what is known, and whose rule led to the place that is looked at.
type question struct {
	s       *pbx.Snapshot
	live    *pbx.Presence
	r       *Request
	outside bool       // the caller is not one of us
	owner   pbx.UserID // whose rule led here; empty for what was dialled
}

// nameCaller calls somebody from outside as he stands in the phone book of whom he reaches, of that one's groups or of the office.
func (q *question) nameCaller(p *Plan) {
	if q.outside && p.From.User == "" {
		if c := q.s.ContactFor(p.To.User, p.From.Number, q.r.At); c != nil {
			p.From.Name = c.Name
		}
	}
}

// dialled is what a number stands for; nothing where it is nobody's.
func (q *question) dialled(n number.Number) pbx.Destination {
	if to, ok := q.s.Reached(n.Digits); ok {
		return to
	}
	if n.Class.IsOutside() {
		return pbx.Destination{Kind: pbx.ToOutside, Number: n.Digits}
	}
	return pbx.Destination{}
}

// mayCall says why somebody inside cannot call anybody; an empty cause lets him.
func (q *question) mayCall(caller *pbx.User) (i18n.Text, pbx.Cause) {
	switch {
	case caller == nil:
		return i18n.T("route.caller_unknown"), pbx.CauseDenied
	case caller.IsSuspended(q.r.At):
		return i18n.T("route.caller_suspended", "name", caller.Name), pbx.CauseSuspended
	case caller.Extension == "":
		return i18n.T("route.caller_without_extension", "name", caller.Name), pbx.CauseDenied
	}
	return i18n.Text{}, ""
}

// wentOn is the sentence about a call that comes from somewhere else: what became of it there.
func (q *question) wentOn(last Stop) i18n.Text {
	word := "offline"
	switch last.Cause {
	case pbx.CauseNoAnswer:
		word = "no_answer"
	case pbx.CauseBusy, pbx.CauseDeclined:
		word = "busy"
	case pbx.CauseChosen:
		word = "chosen"
	case pbx.CauseReturned:
		word = "returned"
	case pbx.CauseTransferred:
		if sender := q.s.Users[q.r.Owner]; sender != nil {
			return about(sender, "route.went_on.transferred")
		}
		return i18n.T("route.went_on.transferred", "name", "")
	}
	if u := q.s.Users[pbx.UserID(last.At.ID)]; u != nil {
		return about(u, "route.went_on."+word)
	}
	return i18n.T("route.went_on."+word, "name", q.name(last.At))
}

// enter notes that the call goes to a place; true when it has been there, or has been sent on too often, and ends.
func (q *question) enter(p *Plan, to pbx.Destination) bool {
	for _, stop := range p.Passed {
		if !isWilled(stop.Cause) && stop.At.Equal(to) && to.Kind != pbx.ToBusy {
			text := i18n.T("route.circle", "name", q.name(to))
			if u := q.s.Users[pbx.UserID(to.ID)]; u != nil {
				text = about(u, "route.circle")
			}
			p.end(pbx.CauseFailed, text)
			return true
		}
	}
	if len(p.Passed) >= Hops {
		p.end(pbx.CauseFailed, i18n.T("route.too_far", "hops", strconv.Itoa(Hops)))
		return true
	}
	p.Passed = append(p.Passed, Stop{At: to, Owner: q.owner})
	return false
}

// isWilled reports whether a person, and no rule, sent the call on; it may come back to where it was.
func isWilled(c pbx.Cause) bool {
	return c == pbx.CauseChosen || c == pbx.CauseTransferred || c == pbx.CauseReturned
}

// end is refuse for a call that was sent on: it ends with what became of it where it was before, so that a caller hears
// "busy" and not that the place behind does not exist. That a person sent it there says nothing of the kind.
func (p *Plan) end(cause pbx.Cause, text i18n.Text) {
	for i := len(p.Passed) - 1; i >= 0; i-- {
		if c := p.Passed[i].Cause; c != "" && !isWilled(c) {
			cause = c
			break
		}
	}
	*p = p.refuse(cause, text)
}

// leave notes why the call goes on from the place it is at.
func (q *question) leave(p *Plan, cause pbx.Cause, owner pbx.UserID) {
	p.Passed[len(p.Passed)-1].Cause = cause
	q.owner = owner
}

// arrive looks at one place: it completes the plan, or says where the call goes on at once.
func (q *question) arrive(p *Plan, to pbx.Destination) pbx.Destination {
	switch to.Kind {
	case pbx.ToUser:
		if u := q.s.Users[pbx.UserID(to.ID)]; u != nil {
			return q.person(p, u)
		}
	case pbx.ToRing:
		if g := q.s.Rings[pbx.RingID(to.ID)]; g != nil {
			return q.group(p, g)
		}
	case pbx.ToGroup:
		if e := q.s.Entrances[pbx.GroupID(to.ID)]; e != nil {
			return q.entrance(p, e)
		}
	case pbx.ToMobile, pbx.ToOutside:
		if q.stays() {
			return q.instead(p)
		}
		q.outwards(p, to)
		return pbx.Destination{}
	case pbx.ToWatch:
		q.watch(p, to)
		return pbx.Destination{}
	case pbx.ToCode:
		q.perform(p, to)
		return pbx.Destination{}
	case pbx.ToNames:
		p.House = &House{At: to, Language: q.spoken(p)}
		p.because(i18n.T("route.names"))
		return pbx.Destination{}
	case pbx.ToFetch:
		if q.r.Caller.Kind == pbx.ActorGuest { // a visitor has no messages here
			p.end(pbx.CauseDenied, i18n.T("route.talk_stays"))
			return pbx.Destination{}
		}
		q.fetch(p, to)
		return pbx.Destination{}
	case pbx.ToBusy:
		p.end(pbx.CauseBusy, i18n.T("route.busy_tone"))
		p.Refuse = pbx.CauseBusy
		return pbx.Destination{}
	case pbx.ToMailbox:
		if b := q.s.Mailboxes[pbx.BoxID(to.ID)]; b != nil && b.Off {
			p.end(pbx.CauseUnknown, i18n.T("route.mailbox_off", "name", q.name(to)))
			return pbx.Destination{}
		}
		fallthrough
	default:
		if q.s.Leads(q.owner, to) {
			q.house(p, to)
			return pbx.Destination{}
		}
	}
	p.end(pbx.CauseUnknown, i18n.T("route.gone"))
	return pbx.Destination{}
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
