package pbx

// DestinationKind says what a call is sent to.
type DestinationKind string

// The kinds of destinations (X-053…X-064). The zero value is no destination.
const (
	ToNowhere DestinationKind = ""
	ToUser    DestinationKind = "user"    // a person: his status decides what happens there
	ToMobile  DestinationKind = "mobile"  // the mobile number of the person whose rule this is
	ToOutside DestinationKind = "outside" // any number outside the house
	ToMailbox DestinationKind = "mailbox" // voicemail of a person or a group
	ToRing    DestinationKind = "ring"    // a ring group
	ToQueue   DestinationKind = "queue"   // a queue
	ToMenu    DestinationKind = "menu"    // a voice menu
	ToPark    DestinationKind = "park"    // a park position
	ToRoom    DestinationKind = "room"    // a conference room
	ToBusy    DestinationKind = "busy"    // the caller hears that it is busy
	ToPrompt  DestinationKind = "prompt"  // the caller hears a sentence, and then the call ends
)

// Destination is where a call can be sent: what a forwarding rule, a menu key or the overflow of a queue leads to.
type Destination struct {
	Kind   DestinationKind `json:"kind"`
	ID     string          `json:"id,omitempty"`     // of the user, ring group, queue, menu, mailbox, park position, room or prompt
	Number string          `json:"number,omitempty"` // of outside: as it would be dialled
	Screen bool            `json:"screen,omitempty"` // rebound: the person hears who calls and accepts, sends on or declines
	Divert bool            `json:"divert,omitempty"` // the carrier is asked to send the call on by itself (302), where the trunk can
}

// IsZero reports whether the destination leads nowhere.
func (d Destination) IsZero() bool { return d.Kind == ToNowhere }

// Equal reports whether two destinations lead to the same place, whatever happens on arrival.
func (d Destination) Equal(o Destination) bool {
	return d.Kind == o.Kind && d.ID == o.ID && d.Number == o.Number
}
