package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/i18n"
)

// Menu is a voice menu: the caller hears a greeting and chooses with a key.
type Menu struct {
	ID        MenuID      `json:"id"`
	Name      string      `json:"name"`
	Group     GroupID     `json:"group,omitempty"` // whose language it speaks and who may change it; empty for the office
	Extension string      `json:"extension,omitempty"`
	Language  string      `json:"language,omitempty"` // in which everybody is spoken to; empty: the caller's, if the menu speaks it
	Says      []Saying    `json:"says,omitempty"`     // its greeting, at most once in each language
	Keys      []MenuKey   `json:"keys,omitempty"`
	Dial      bool        `json:"dial,omitempty"`   // an extension may be dialled instead
	Wait      int         `json:"wait,omitempty"`   // seconds for a key after the greeting; 0 is UsualWait
	Rounds    int         `json:"rounds,omitempty"` // how often the greeting is said; 0 is UsualRounds
	Silent    Destination `json:"silent,omitzero"`  // nobody pressed a key; nowhere ends the call
	Wrong     Destination `json:"wrong,omitzero"`   // only keys that mean nothing were pressed; nowhere ends the call
	Created   time.Time   `json:"created"`
}

// Saying is the greeting of a menu in one language.
type Saying struct {
	Language string `json:"language"`
	Text     string `json:"text,omitempty"` // for people who read, and for who records it
	Sound    Sound  `json:"sound,omitzero"` // what callers hear; without one the house only welcomes them
}

// Sound is something that was recorded or uploaded, as it is kept: samples of 16 bits, one channel.
type Sound struct {
	Blob    string `json:"blob"`
	Rate    int    `json:"rate"` // 8000 or 16000 a second
	Samples int64  `json:"samples"`
}

// IsZero reports whether there is no sound.
func (s Sound) IsZero() bool { return s.Blob == "" }

// Length is how long the sound lasts.
func (s Sound) Length() time.Duration {
	if s.Rate <= 0 {
		return 0
	}
	return time.Duration(s.Samples) * time.Second / time.Duration(s.Rate)
}

// check refuses what could not be played.
func (s Sound) check(field string) error {
	if s.Blob == "" || s.Rate != 8000 && s.Rate != 16000 || s.Samples <= 0 || s.Length() > LongestPrompt {
		return Refuse(Invalid, field, "prompt.length", "minutes", strconv.Itoa(int(LongestPrompt/time.Minute)))
	}
	return nil
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

// In is the greeting in a language; nil without one.
func (m *Menu) In(language string) *Saying {
	for i := range m.Says {
		if m.Says[i].Language == language {
			return &m.Says[i]
		}
	}
	return nil
}

// Speaks is the language in which a menu speaks to a caller: its own, else the caller's if the menu has a greeting in it, else
// that of the department, else the first in which it has one.
func (m *Menu) Speaks(caller, home string) string {
	switch {
	case m.Language != "":
		return m.Language
	case m.heard(caller) || len(m.Says) == 0:
		return caller
	case m.heard(home):
		return home
	}
	for _, s := range m.Says {
		if !s.Sound.IsZero() {
			return s.Language
		}
	}
	return caller
}

// heard reports whether callers can hear the greeting in a language.
func (m *Menu) heard(language string) bool {
	s := m.In(language)
	return s != nil && !s.Sound.IsZero()
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
	for i, g := range m.Says {
		if g.Language == "" || !i18n.Known(g.Language) || slices.ContainsFunc(m.Says[:i], func(o Saying) bool { return o.Language == g.Language }) {
			return Refuse(Invalid, "says", "language.unknown", "language", g.Language)
		}
		if err := checkLine("says", g.Text, 2000); err != nil {
			return err
		}
		if !g.Sound.IsZero() {
			if err := g.Sound.check("says"); err != nil {
				return err
			}
		}
	}
	return first(CheckName("name", m.Name), s.CheckExtension(m.Extension), checkLanguage(m.Language),
		checkDestination("silent", m.Silent), checkDestination("wrong", m.Wrong))
}
