package event

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// The facts of a call, in the order in which they can happen. call.held and call.resumed may happen many times.
const (
	CallStarted  Kind = "call.started"
	CallRang     Kind = "call.rang"
	CallAnswered Kind = "call.answered"
	CallHeld     Kind = "call.held"
	CallResumed  Kind = "call.resumed"
	CallEnded    Kind = "call.ended"
)

// CallLeg is one phone that took part in a call, as far as it came.
type CallLeg struct {
	ID       pbx.LegID    `json:"id"`
	Device   pbx.DeviceID `json:"device,omitempty"`
	Party    pbx.Party    `json:"party"`
	Out      bool         `json:"out,omitempty"` // Tandem called the phone
	Started  time.Time    `json:"started"`
	Rang     time.Time    `json:"rang,omitzero"`
	Answered time.Time    `json:"answered,omitzero"`
	Ended    time.Time    `json:"ended,omitzero"`
	Cause    pbx.Cause    `json:"cause,omitempty"`
	Status   int          `json:"status,omitempty"` // SIP status of the phone's refusal
	Codec    string       `json:"codec,omitempty"`
	Secure   bool         `json:"secure,omitempty"` // signalling and sound are encrypted
	Lost     int          `json:"lost,omitempty"`   // RTP packets that did not arrive
	Jitter   int          `json:"jitter,omitempty"` // ms, mean
}

// CallStart is the payload of call.started. With it alone a call that a crash cut off can be recorded.
type CallStart struct {
	From    pbx.Party     `json:"from"`
	To      pbx.Party     `json:"to"`
	Dialled string        `json:"dialled"`
	Users   []pbx.UserID  `json:"users"`
	Groups  []pbx.GroupID `json:"groups,omitempty"`
	Caller  CallLeg       `json:"caller"`
	Trace   []i18n.Text   `json:"trace"`
}

// CallRing is the payload of call.rang: a phone rings.
type CallRing struct {
	Leg CallLeg `json:"leg"`
}

// CallAnswer is the payload of call.answered: the two legs that talk from now on.
type CallAnswer struct {
	Caller CallLeg `json:"caller"`
	Callee CallLeg `json:"callee"`
}

// CallHold is the payload of call.held and call.resumed.
type CallHold struct {
	By pbx.Party `json:"by"`
}

// CallEnd is the payload of call.ended. Legs holds every phone that took part, the caller's first; after a crash it is empty.
type CallEnd struct {
	Cause  pbx.Cause `json:"cause"`
	Reason i18n.Text `json:"reason"`
	By     pbx.Party `json:"by,omitzero"`
	Legs   []CallLeg `json:"legs,omitempty"`
}
