package pbx

import (
	"slices"
	"strings"
	"time"
)

// Menu is a voice menu: the caller hears a greeting and chooses with a key.
type Menu struct {
	ID        MenuID      `json:"id"`
	Name      string      `json:"name"`
	Group     GroupID     `json:"group,omitempty"` // whose language it speaks and who may change it; empty for the office
	Extension string      `json:"extension,omitempty"`
	Greeting  string      `json:"greeting,omitempty"` // sound of its own; empty says Text
	Text      string      `json:"text,omitempty"`     // what is said, for people who read and for who records it
	Keys      []MenuKey   `json:"keys,omitempty"`
	Dial      bool        `json:"dial,omitempty"`   // an extension may be dialled instead
	Wait      int         `json:"wait,omitempty"`   // seconds for a key after the greeting; 0 is UsualWait
	Rounds    int         `json:"rounds,omitempty"` // how often the greeting is said; 0 is UsualRounds
	Silent    Destination `json:"silent,omitzero"`  // nobody pressed a key; nowhere ends the call
	Wrong     Destination `json:"wrong,omitzero"`   // only keys that mean nothing were pressed; nowhere ends the call
	Created   time.Time   `json:"created"`
}

// MenuKey is one choice of a menu.
type MenuKey struct {
	Key string      `json:"key"` // 0–9, * or #
	To  Destination `json:"to"`
}

// What a menu does where nothing else is set.
const (
	UsualWait   = 5
	UsualRounds = 2
)

// Seconds is how long the menu waits for a key after its greeting.
func (m *Menu) Seconds() int {
	if m.Wait == 0 {
		return UsualWait
	}
	return m.Wait
}

// Times is how often the greeting is said.
func (m *Menu) Times() int {
	if m.Rounds == 0 {
		return UsualRounds
	}
	return m.Rounds
}

// Choice is where a key leads; false where it means nothing.
func (m *Menu) Choice(key byte) (Destination, bool) {
	for _, k := range m.Keys {
		if k.Key == string(key) {
			return k.To, true
		}
	}
	return Destination{}, false
}

// Leads lists where a menu leads: its keys, then silence and wrong keys.
func (m *Menu) Leads(yield func(Lead) bool) {
	for _, k := range m.Keys {
		if !yield(Lead{Owner: m.Ref(), Field: "keys." + k.Key, To: k.To}) {
			return
		}
	}
	_ = yield(Lead{Owner: m.Ref(), Field: "silent", To: m.Silent}) && yield(Lead{Owner: m.Ref(), Field: "wrong", To: m.Wrong})
}

func (s *Snapshot) checkMenu(m *Menu) error {
	if m.Group != "" {
		if err := s.hasGroup("group", m.Group); err != nil {
			return err
		}
	}
	if m.Wait < 0 || m.Wait > 60 {
		return Refuse(Invalid, "wait", "menu.wait_range")
	}
	if m.Rounds < 0 || m.Rounds > 10 {
		return Refuse(Invalid, "rounds", "menu.rounds_range")
	}
	for i, k := range m.Keys {
		if len(k.Key) != 1 || !strings.Contains("0123456789*#", k.Key) || slices.ContainsFunc(m.Keys[:i], func(o MenuKey) bool { return o.Key == k.Key }) {
			return Refuse(Invalid, "keys", "menu.key_bad", "key", k.Key)
		}
		if k.To.IsZero() {
			return Refuse(Invalid, "keys", "menu.key_nowhere", "key", k.Key)
		}
		if err := checkDestination("keys", k.To); err != nil {
			return err
		}
	}
	return first(CheckName("name", m.Name), CheckExtension(s.Tenant.Country, m.Extension), checkLine("greeting", m.Greeting, 64),
		checkLine("text", m.Text, 2000), checkDestination("silent", m.Silent), checkDestination("wrong", m.Wrong))
}
