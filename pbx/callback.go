package pbx

import (
	"cmp"
	"strings"
	"time"

	"tandem/i18n"
)

// CallbackState is what has become of a place in a queue that is kept for somebody who wants to be called back.
type CallbackState string

// The states. All but the first are ends.
const (
	CallbackWaits   CallbackState = "waits"
	CallbackDone    CallbackState = "done"    // he was reached
	CallbackGaveUp  CallbackState = "gave_up" // he did not answer so often
	CallbackExpired CallbackState = "expired" // it took longer than such a place is kept
	CallbackRefused CallbackState = "refused" // the call to him may not be
	CallbackAgain   CallbackState = "again"   // he called again by himself
	CallbackDropped CallbackState = "dropped" // somebody took it out
)

// Callback is a place in a queue that is kept for somebody who wants to be called back. It outlives the process.
type Callback struct {
	ID       CallID        `json:"id"` // of the call in which he asked for it
	Queue    QueueID       `json:"queue"`
	From     Party         `json:"from"`
	Priority int           `json:"priority,omitempty"`
	Since    time.Time     `json:"since"` // when he came into the queue
	Asked    time.Time     `json:"asked"`
	Until    time.Time     `json:"until"` // how long the place is kept
	State    CallbackState `json:"state"`
	Tries    int           `json:"tries,omitempty"` // that did not reach him
	Next     time.Time     `json:"next,omitzero"`   // not before
	Ended    time.Time     `json:"ended,omitzero"`
	Agent    Party         `json:"agent,omitzero"`  // who called him last
	Call     CallID        `json:"call,omitempty"`  // … in which call
	Reason   i18n.Text     `json:"reason,omitzero"` // what became of it, where there is more to say than the state
}

// Place is where such a person is called: a colleague's phones, else his number.
func (c *Callback) Place() Destination {
	if c.From.User != "" {
		return Destination{Kind: ToUser, ID: string(c.From.User)}
	}
	return Destination{Kind: ToOutside, Number: c.From.Number}
}

// CanCallBack reports whether the queue could call somebody back at all: a colleague, or a number outside at its payer's expense.
func (q *Queue) CanCallBack(p Party) bool {
	return q.Callback && (p.User != "" || q.Payer != "" && strings.HasPrefix(p.Number, "+"))
}

// IsSame reports whether two parties are one, as far as numbers tell.
func (p Party) IsSame(o Party) bool {
	return p.User != "" && p.User == o.User || p.User == "" && o.User == "" && p.Number != "" && p.Number == o.Number
}

// Label is what a party is called: its name, else its number.
func (p Party) Label() string { return cmp.Or(p.Name, p.Number) }
