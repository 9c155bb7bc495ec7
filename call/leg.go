package call

import (
	"net/netip"

	"tandem/pbx"
)

// Incoming is a call that reached us and waits for an answer: an INVITE that passed authentication.
// The signalling side has already answered 100 Trying.
type Incoming struct {
	Leg      pbx.LegID
	Actor    pbx.Actor // the device that calls, with its user
	Dialled  string    // user part of the Request-URI, unescaped
	Offer    []byte    // SDP of the caller; empty when the INVITE carried none
	Secure   bool      // signalling is encrypted hop by hop (TLS, WSS)
	Source   netip.AddrPort
	Agent    string
	Replaces pbx.LegID // the leg whose place it wants to take (RFC 3891)

	// of a call from a trunk
	From     pbx.Party // as the carrier says; without a number when it is withheld
	Diverted string    // number that the call was meant for before it was sent on to us
	Doubt    string    // in a word, why it is not believed to come from there (SA-17); empty: it is
}

// Invite describes an outgoing leg: one binding of one device is to ring, or a number outside is called over a trunk.
type Invite struct {
	Leg     pbx.LegID
	Call    pbx.CallID
	Binding pbx.Binding
	Trunk   pbx.TrunkID // in place of Binding: To.Number and From.Number are as the carrier wants them
	Onward  string      // over a trunk: the number of the office that the call came for before it was sent on
	From    pbx.Party   // caller as the called person sees him
	To      pbx.Party   // who is called
	Offer   []byte
	Answer  bool // the phone is to answer by itself, as its make understands it
}

// SignalKind says what a leg reports.
type SignalKind uint8

// What happens on a leg. Every leg ends with exactly one SignalFailed or SignalEnded.
const (
	SignalRang     SignalKind = iota + 1 // 180, or another provisional without SDP
	SignalProgress                       // provisional answer with SDP: early media
	SignalAnswered                       // final positive answer with SDP; for an incoming leg: the ACK arrived (SDP if the offer was ours)
	SignalFailed                         // the leg never came up; Cause and Status say why. For an incoming leg: CANCEL or lost caller
	SignalOffered                        // re-INVITE or UPDATE from the far side, to be answered with Legs.Reply
	SignalReplied                        // far side answered our re-INVITE; Status ≥ 300 means it refused and the old session goes on
	SignalReferred                       // REFER: it wants its other side sent on; to be answered with Legs.Report
	SignalDigit                          // DTMF by SIP INFO
	SignalEnded                          // an established leg is over: BYE, session timer, lost connection
)

// Signal is one thing that happened on a leg, in the order it happened on the wire.
type Signal struct {
	Leg    pbx.LegID
	Kind   SignalKind
	Cause  pbx.Cause
	Status int    // SIP status, where one came
	Reason string // far side's words, for the log
	SDP    []byte
	Digit  byte
	Empty  bool // SignalOffered without SDP: we have to offer
	Refer  Refer
}

// Refer is where a phone wants its other side to be sent.
type Refer struct {
	Dialled string    // user part of Refer-To, unescaped
	Into    pbx.LegID // connect it with another call, in the place of this leg of his (RFC 3891)
}

// Progress is how it goes with what a phone wanted: 202 it is tried, 180 it rings, 200 it is done; or a cause, and the reason in words.
type Progress struct {
	Status int
	Cause  pbx.Cause
	Text   string
}
