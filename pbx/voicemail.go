package pbx

import "time"

// Message is something that was said to a mailbox. Messages are no configuration: like records of calls they are
// rows of their own, and no snapshot holds them.
type Message struct {
	ID      MessageID     `json:"id"`
	User    UserID        `json:"user,omitempty"`  // whose mailbox it is in, or
	Group   GroupID       `json:"group,omitempty"` // … the group's
	Call    CallID        `json:"call,omitempty"`
	From    Party         `json:"from"`
	At      time.Time     `json:"at"`
	Length  time.Duration `json:"length"`
	Rate    int           `json:"rate"`             // samples a second
	By      UserID        `json:"by,omitempty"`     // who sent it on to this mailbox; From is still who left it
	Heard   time.Time     `json:"heard,omitzero"`   // zero: it is new
	Deleted time.Time     `json:"deleted,omitzero"` // it can be taken back for a while
}

// Ref names the message, for facts about it.
func (m *Message) Ref() Ref { return Ref{KindMessage, string(m.ID)} }

// Box is the mailbox it is in.
func (m *Message) Box() BoxID {
	if m.User != "" {
		return BoxID(m.User)
	}
	return BoxID(m.Group)
}

// IsNew reports whether nobody has heard the message.
func (m *Message) IsNew() bool { return m.Heard.IsZero() }
