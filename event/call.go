package event

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// Leg is one phone of a call as the facts tell of it. A zero time has not happened.
type Leg struct {
	ID         pbx.LegID    `json:"id"`
	Device     pbx.DeviceID `json:"device,omitempty"`
	Trunk      pbx.TrunkID  `json:"trunk,omitempty"` // in place of a phone: the line to a carrier
	Party      pbx.Party    `json:"party"`
	Out        bool         `json:"out,omitempty"` // Tandem called the phone
	Started    time.Time    `json:"started,omitzero"`
	Rang       time.Time    `json:"rang,omitzero"`
	Answered   time.Time    `json:"answered,omitzero"`
	Ended      time.Time    `json:"ended,omitzero"`
	Cause      pbx.Cause    `json:"cause,omitempty"`
	Status     int          `json:"status,omitempty"` // final SIP status of a leg that failed
	Codec      string       `json:"codec,omitempty"`
	Secure     bool         `json:"secure,omitempty"`
	Packets    int          `json:"packets,omitempty"`     // RTP packets that arrived
	Lost       int          `json:"lost,omitempty"`        // RTP packets that did not arrive
	Jitter     int          `json:"jitter,omitempty"`      // ms, mean
	FarPackets int          `json:"far_packets,omitempty"` // RTP packets that we sent, where the far side tells how they arrived (RTCP)
	FarLost    int          `json:"far_lost,omitempty"`    // … that did not arrive there
	FarJitter  int          `json:"far_jitter,omitempty"`  // … ms, mean
	RTT        int          `json:"rtt,omitempty"`         // ms to the far side and back, by its answers to our reports (RTCP)
	Charge     *pbx.Charge  `json:"charge,omitempty"`      // of a leg that leads outside: who pays, and by which price
}

// Ruling is the decision that stood before a call outside, as it was then: rules change, and a record goes on telling what held.
type Ruling struct {
	Code    string            `json:"code"`              // how it came about, in one word of package toll
	Payer   pbx.UserID        `json:"payer,omitempty"`   // who was asked about
	Profile pbx.RestrictionID `json:"profile,omitempty"` // whose rule decided; empty for what holds without one
	Name    string            `json:"name,omitempty"`    // of the profile
	Rule    *pbx.TollRule     `json:"rule,omitempty"`
	Except  *pbx.TollExcept   `json:"except,omitempty"` // in place of a rule
	PIN     bool              `json:"pin,omitempty"`    // the payer typed his PIN before
}

// Started is the payload of call.started: somebody dialled. It is stored before anything rings.
type Started struct {
	From    pbx.Party     `json:"from"`
	To      pbx.Party     `json:"to"`
	Dialled string        `json:"dialled"`
	Users   []pbx.UserID  `json:"users,omitempty"`  // everybody inside who is part of it, the caller too
	Groups  []pbx.GroupID `json:"groups,omitempty"` // owners of queues, menus and ring groups it passed
	Leg     Leg           `json:"leg"`              // the caller's phone
	Trace   []i18n.Text   `json:"trace,omitempty"`  // why it rings where it rings
	Ruling  *Ruling       `json:"ruling,omitempty"` // of a call that leads outside
}

// Asked is the payload of call.asked: somebody had the call begun, by a click or through the interface.
type Asked struct {
	For    pbx.UserID  `json:"for"`             // in whose name it is
	Party  pbx.Party   `json:"party"`           // … as he was called then
	Number string      `json:"number"`          // as it was to be dialled
	Trunk  pbx.TrunkID `json:"trunk,omitempty"` // it tries that line
}

// Rang is the payload of call.rang: a phone rings.
type Rang struct {
	Leg Leg `json:"leg"`
}

// Answered is the payload of call.answered: two people can talk.
type Answered struct {
	Leg    Leg       `json:"leg"` // the phone that answered
	To     pbx.Party `json:"to"`  // who answered
	Codec  string    `json:"codec,omitempty"`
	Secure bool      `json:"secure,omitempty"` // both legs encrypt signalling and sound
}

// Routed is the payload of call.routed: the call was not answered where it was, and goes on to another place.
type Routed struct {
	To     pbx.Party     `json:"to"`
	Users  []pbx.UserID  `json:"users,omitempty"`  // everybody inside who is part of it so far
	Groups []pbx.GroupID `json:"groups,omitempty"` // owners of what it passed so far
	Trace  []i18n.Text   `json:"trace,omitempty"`  // why it goes there
	Ruling *Ruling       `json:"ruling,omitempty"` // of one that leads outside from here
}

// Queued is the payload of call.queued: the caller waits in a queue.
type Queued struct {
	Queue pbx.QueueID `json:"queue"`
	Name  string      `json:"name"`
	Late  int         `json:"late,omitempty"` // seconds; who waits longer is not served in time
}

// Leaving says how a call left a queue.
type Leaving string

// The ways to leave a queue.
const (
	LeftAnswered  Leaving = "answered"
	LeftAbandoned Leaving = "abandoned" // the caller hung up
	LeftFull      Leaving = "full"      // there was no place
	LeftNobody    Leaving = "nobody"    // no agent was logged in
	LeftWaited    Leaving = "waited"    // it took too long
	LeftCallback  Leaving = "callback"  // he wants to be called back, and keeps his place
	LeftTaken     Leaving = "taken"     // somebody sent the caller on
	LeftCut       Leaving = "cut"       // the call ended otherwise
)

// Dequeued is the payload of call.dequeued: the call left the queue.
type Dequeued struct {
	Queue  pbx.QueueID `json:"queue"`
	How    Leaving     `json:"how"`
	Agent  pbx.Party   `json:"agent,omitzero"`   // who answered
	Missed []pbx.Party `json:"missed,omitempty"` // who was offered the call and did not take it, in order
}

// Served is the payload of call.served: the agent who had answered the call is no longer part of it.
type Served struct {
	Queue pbx.QueueID `json:"queue"`
	Agent pbx.Party   `json:"agent"`
}

// Tried is the payload of mailbox.locked: who failed at its PIN.
type Tried struct {
	From string     `json:"from,omitempty"`
	Call pbx.CallID `json:"call,omitempty"`
}

// Message is the payload of call.message: the caller left a message in a mailbox.
type Message struct {
	Message pbx.MessageID `json:"message"`
	Box     pbx.Party     `json:"box"` // whose mailbox
	User    pbx.UserID    `json:"user,omitempty"`
	Group   pbx.GroupID   `json:"group,omitempty"`
	Seconds int           `json:"seconds"`
}

// Recorded is the payload of call.recorded and call.unrecorded: the conversation is kept, or somebody did not want it.
type Recorded struct {
	Recording pbx.RecordingID  `json:"recording,omitempty"`
	Mode      pbx.RecordMode   `json:"mode"`
	Rule      pbx.RecordRuleID `json:"rule,omitempty"`
	Notice    pbx.RecordNotice `json:"notice"`
	By        pbx.Party        `json:"by,omitzero"` // who wanted it, where somebody did
	Consent   []pbx.Consent    `json:"consent,omitempty"`
}

// Hearing is the payload of recording.played and recording.downloaded: why somebody listened, where he said so.
type Hearing struct {
	Reason string `json:"reason,omitempty"`
}

// Shared is the payload of recording.shared, recording.unshared and recording.heard: by which link, and what its giver said about it.
type Shared struct {
	Share   pbx.ShareID `json:"share"`
	By      pbx.UserID  `json:"by"` // who gave the link
	For     string      `json:"for"`
	Expires time.Time   `json:"expires,omitzero"`
}

// Transferred is the payload of call.transferred: somebody sent the call on, or wanted to and might not.
type Transferred struct {
	Leg    pbx.LegID  `json:"leg,omitempty"` // his phone; empty where he was not in the call
	By     pbx.Party  `json:"by"`            // who pays for what leads outside
	Rest   pbx.Party  `json:"rest,omitzero"` // who goes on
	To     pbx.Party  `json:"to,omitzero"`
	Number string     `json:"number,omitempty"` // outside, or what leads nowhere
	Call   pbx.CallID `json:"call,omitempty"`   // another call, which he talked in too and which goes on with Rest
	Cause  pbx.Cause  `json:"cause,omitempty"`  // why it may not be
	Reason i18n.Text  `json:"reason,omitzero"`  // the sentence behind Cause
}

// Parked is the payload of call.parked: the call waits on a park position.
type Parked struct {
	Position string    `json:"position"`
	Party    pbx.Party `json:"party"`       // who waits
	By       pbx.Party `json:"by,omitzero"` // who parked
}

// Entered is the payload of call.entered: the caller came into a conference room.
type Entered struct {
	Room  pbx.RoomID `json:"room"`
	Name  string     `json:"name"`
	Party pbx.Party  `json:"party"`
	Host  bool       `json:"host,omitempty"`
}

// Taken is the payload of call.taken: a phone came into the call, in the place of one that rang or talked.
type Taken struct {
	Leg    Leg        `json:"leg"`
	By     pbx.Party  `json:"by,omitzero"`      // who wanted it; of a call that was taken over, from whom
	Stolen bool       `json:"stolen,omitempty"` // it was taken over
	Call   pbx.CallID `json:"call,omitempty"`   // the call it comes from
}

// Watched is the payload of watch.begun, watch.turned and watch.ended: somebody takes part in a call of others.
type Watched struct {
	Call    pbx.CallID `json:"call"`
	Mode    pbx.Watch  `json:"mode"`
	By      pbx.Party  `json:"by"`
	User    pbx.UserID `json:"user"`              // whom it is about
	Seconds int        `json:"seconds,omitempty"` // with watch.ended
}

// Held is the payload of call.held, call.resumed and call.returned.
type Held struct {
	Leg   pbx.LegID `json:"leg"`
	Party pbx.Party `json:"party"` // who holds, took back, or has the call again
}

// Ended is the payload of call.ended, the last fact of every call. It tells the legs completely, so that a call that was
// refused at once needs no other fact.
type Ended struct {
	Cause  pbx.Cause   `json:"cause"`
	By     pbx.Party   `json:"by,omitzero"` // who ended it, where a person did
	Reason i18n.Text   `json:"reason"`      // the sentence behind Cause
	Codec  string      `json:"codec,omitempty"`
	Secure bool        `json:"secure,omitempty"`
	Legs   []Leg       `json:"legs,omitempty"`
	Trace  []i18n.Text `json:"trace,omitempty"` // the rule that refused or cut it
}

// TrunkState is the payload of trunk.up and trunk.down.
type TrunkState struct {
	Problem string `json:"problem,omitempty"`
	Status  int    `json:"status,omitempty"` // of the carrier's answer
	Detail  string `json:"detail,omitempty"`
}

// Budget is the payload of budget.reached. Amounts are millionths of the currency, or seconds.
type Budget struct {
	User  pbx.UserID `json:"user,omitempty"` // of a budget that everybody has for himself: whose
	Mark  int        `json:"mark"`           // percent
	Spent int64      `json:"spent"`          // with what running calls hold
	Limit int64      `json:"limit"`
	Payer pbx.UserID `json:"payer,omitempty"` // whose call it was
}

// Broken is the payload of rules.broken.
type Broken struct {
	Calls int       `json:"calls"` // that the rules refused on this day of the person
	Last  time.Time `json:"last"`
}

// Registration is the payload of the live facts device.registered and device.unregistered.
type Registration struct {
	Device   pbx.DeviceID  `json:"device"`
	User     pbx.UserID    `json:"user"`
	Bindings []pbx.Binding `json:"bindings,omitempty"`
}

// Noticed is the payload of the live fact notice.moved.
type Noticed struct {
	User pbx.UserID `json:"user"` // the reader
}
