// Package report folds facts into call records.
//
// It selects nothing from a database; package store does.
package report

import (
	"slices"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// CDR is the record of one call. It is complete in itself: names and numbers are those of the time of the call.
type CDR struct {
	ID       pbx.CallID    `json:"id"`
	From     pbx.Party     `json:"from"`
	To       pbx.Party     `json:"to"`
	Dialled  string        `json:"dialled"`
	Users    []pbx.UserID  `json:"users"`  // everybody inside who rang or talked
	Groups   []pbx.GroupID `json:"groups"` // owners of queues, menus and ring groups it passed
	Started  time.Time     `json:"started"`
	Answered time.Time     `json:"answered,omitzero"`
	Ended    time.Time     `json:"ended"`
	Cause    pbx.Cause     `json:"cause"`
	By       pbx.Party     `json:"by,omitzero"` // who ended it, where a person did
	Reason   i18n.Text     `json:"reason"`      // the sentence behind Cause
	Codec    string        `json:"codec,omitempty"`
	Secure   bool          `json:"secure,omitempty"`
	Legs     []Leg         `json:"legs"`
	Linked   []pbx.CallID  `json:"linked,omitempty"`   // calls whose people were connected with those of this one
	Trace    []i18n.Text   `json:"trace"`              // why it rang where it rang (route.Plan.Trace)
	Untraced bool          `json:"untraced,omitempty"` // Trace was forgotten by its age (PR-05)
	Stays    []Stay        `json:"stays,omitempty"`

	Recordings []pbx.RecordingID `json:"recordings,omitempty"`
	Ruling     *event.Ruling     `json:"ruling,omitempty"`    // the decision that stood before its way outside, the last of several
	Reference  string            `json:"reference,omitempty"` // of a refused call: the number its caller heard (N-18)
	Consents   []pbx.Consent     `json:"consents,omitempty"`  // who was told that he is recorded, and what he answered (PR-03)
}

// Stay is the time that a call spent in one queue.
type Stay struct {
	Queue  pbx.QueueID   `json:"queue"`
	Name   string        `json:"name"`
	Joined time.Time     `json:"joined"`
	Left   time.Time     `json:"left"`
	How    event.Leaving `json:"how"`
	Late   bool          `json:"late,omitempty"`   // longer than promised
	Agent  pbx.Party     `json:"agent,omitzero"`   // who answered
	Served time.Time     `json:"served,omitzero"`  // when his part ended
	Missed []pbx.Party   `json:"missed,omitempty"` // who was offered the call and did not take it
}

// Waited is how long the caller waited.
func (s *Stay) Waited() time.Duration { return s.Left.Sub(s.Joined) }

// Talked is how long the agent had the call.
func (s *Stay) Talked() time.Duration {
	if s.How != event.LeftAnswered || s.Served.IsZero() {
		return 0
	}
	return s.Served.Sub(s.Left)
}

// Leg is one phone that took part.
type Leg struct {
	ID         pbx.LegID    `json:"id"`
	Device     pbx.DeviceID `json:"device,omitempty"`
	Party      pbx.Party    `json:"party"`
	Out        bool         `json:"out"` // Tandem called the phone
	Started    time.Time    `json:"started"`
	Rang       time.Time    `json:"rang,omitzero"`
	Answered   time.Time    `json:"answered,omitzero"`
	Ended      time.Time    `json:"ended"`
	Cause      pbx.Cause    `json:"cause"`
	Status     int          `json:"status,omitempty"`
	Codec      string       `json:"codec,omitempty"`
	Packets    int          `json:"packets,omitempty"`     // RTP packets that arrived
	Lost       int          `json:"lost,omitempty"`        // RTP packets that did not arrive
	Jitter     int          `json:"jitter,omitempty"`      // ms, mean
	FarPackets int          `json:"far_packets,omitempty"` // RTP packets that we sent, where the far side tells how they arrived (RTCP)
	FarLost    int          `json:"far_lost,omitempty"`    // … that did not arrive there
	FarJitter  int          `json:"far_jitter,omitempty"`  // … ms, mean
	RTT        int          `json:"rtt,omitempty"`         // ms to the far side and back (RTCP); 0: not known
	Score      float64      `json:"score,omitempty"`       // opinion score (MOS) of the worse direction as it was estimated then; 0: nobody counted (B-104)
	Trunk      pbx.TrunkID  `json:"trunk,omitempty"`       // over which it went, in place of a phone
	Charge     *pbx.Charge  `json:"charge,omitempty"`      // of a leg that leads outside: who pays, and by which price
}

// Talk is the time between answer and end.
func (l *Leg) Talk() time.Duration {
	if l.Answered.IsZero() || l.Ended.IsZero() {
		return 0
	}
	return l.Ended.Sub(l.Answered)
}

// Cost is what the leg cost whoever pays it; false when nobody knows. A leg that nobody answered cost nothing.
func (l *Leg) Cost() (int64, bool) {
	switch {
	case l.Charge == nil || l.Talk() <= 0:
		return 0, true
	case !l.Charge.Priced:
		return 0, false
	}
	return l.Charge.Price.Cost(l.Talk()), true
}

// Cost is what the call cost, in millionths of the currency that it names; false when nobody knows. A call that nobody had to pay has no currency.
func (c *CDR) Cost() (amount int64, currency string, known bool) {
	known = true
	for i := range c.Legs {
		l := &c.Legs[i]
		n, ok := l.Cost()
		if l.Charge != nil && l.Charge.Currency != "" && l.Talk() > 0 {
			currency = l.Charge.Currency
		}
		amount += n
		known = known && ok
	}
	return amount, currency, known
}

// Payers lists who paid for a part of the call.
func (c *CDR) Payers() []pbx.UserID {
	var all []pbx.UserID
	for i := range c.Legs {
		if l := &c.Legs[i]; l.Charge != nil && l.Talk() > 0 && !slices.Contains(all, l.Charge.Payer) {
			all = append(all, l.Charge.Payer)
		}
	}
	return all
}

// Missed reports whether the called side never talked: nobody answered anywhere.
func (c *CDR) Missed() bool { return c.Answered.IsZero() }

// MissedBy reports whether somebody was called in vain. Who declined the call, or sent it on, has seen it: he missed nothing, on whichever of his phones that was. A phone
// that rang and is busy then was told by its person to refuse; one that is busy at once says only that he talks.
func (c *CDR) MissedBy(u pbx.UserID) bool {
	return c.Missed() && c.To.User == u && c.From.User != u && !slices.ContainsFunc(c.Legs, func(l Leg) bool {
		return l.Out && l.Party.User == u && (l.Cause == pbx.CauseDeclined || l.Cause == pbx.CauseTransferred || l.Cause == pbx.CauseBusy && !l.Rang.IsZero())
	})
}

// Talk is the time between answer and end.
func (c *CDR) Talk() time.Duration {
	if c.Answered.IsZero() {
		return 0
	}
	return c.Ended.Sub(c.Answered)
}
