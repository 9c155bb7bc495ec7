package pbx

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"tandem/i18n"
)

// Branch is one place of the picture of a menu or an entrance: where a key or a state of the hours leads, and what follows there.
type Branch struct {
	Field string // of the rule that leads here: "keys.1", "silent", "wrong", "open", …; empty at the top
	To    Destination
	Gone  bool      // it does not exist
	Again bool      // it is drawn at another place already
	Next  []*Branch // of menus and entrances
}

// most bounds a picture; nobody reads a larger one.
const mostBranches = 300

// Chart draws what can be reached from a menu or an entrance, menus within menus; each of them is drawn once.
func (s *Snapshot) Chart(top Destination) *Branch {
	left, drawn := mostBranches, []Destination{}
	var draw func(field string, to Destination) *Branch
	draw = func(field string, to Destination) *Branch {
		left--
		b := &Branch{Field: field, To: to, Gone: !to.IsZero() && !s.Leads("", to)}
		if to.Kind != ToMenu && to.Kind != ToGroup || b.Gone {
			return b
		}
		if b.Again = slices.ContainsFunc(drawn, to.Equal); b.Again {
			return b
		}
		drawn = append(drawn, to)
		for _, l := range s.onwards(to) {
			if left > 0 && !l.To.IsZero() {
				b.Next = append(b.Next, draw(l.Field, l.To))
			}
		}
		return b
	}
	return draw("", top)
}

// onwards lists where a place leads by itself or by choice; a place that is no rule of ours leads nowhere.
func (s *Snapshot) onwards(at Destination) []Lead {
	var all []Lead
	add := func(l Lead) bool { all = append(all, l); return true }
	switch at.Kind {
	case ToMenu:
		if m := s.Menus[MenuID(at.ID)]; m != nil {
			m.Leads(add)
		}
	case ToGroup:
		if e := s.Entrances[GroupID(at.ID)]; e != nil {
			e.Leads(add)
		}
	case ToRing:
		if g := s.Rings[RingID(at.ID)]; g != nil {
			add(Lead{g.Ref(), "no_answer", g.NoAnswer})
		}
	case ToQueue:
		if q := s.Queues[QueueID(at.ID)]; q != nil {
			q.Leads(add)
		}
	}
	return all
}

// Doubt is what is wrong with a menu or an entrance, or at least odd.
type Doubt struct {
	At    Ref
	Field string    // empty: the whole
	Grave bool      // callers cannot be helped; it is not saved like this
	Text  i18n.Text // sentence
}

// Doubts looks at every menu and every entrance together, because one leads to the other: keys that lead nowhere, circles in
// which callers are kept, menus that nobody can come to, greetings that are missing in a language. The order is that of ids.
func (s *Snapshot) Doubts() []Doubt {
	var all []Doubt
	reached := s.reached()
	for _, id := range slices.Sorted(maps.Keys(s.Menus)) {
		all = append(all, s.doubtMenu(s.Menus[id], reached)...)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Entrances)) {
		all = append(all, s.doubtEntrance(s.Entrances[id])...)
	}
	return all
}

func (s *Snapshot) doubtMenu(m *Menu, reached map[Destination]bool) []Doubt {
	var all []Doubt
	at := Destination{Kind: ToMenu, ID: string(m.ID)}
	add := func(field string, grave bool, key string, pairs ...string) {
		all = append(all, Doubt{m.Ref(), field, grave, i18n.T("menu.doubt."+key, append(pairs, "name", m.Name)...)})
	}
	m.Leads(func(l Lead) bool {
		if !l.To.IsZero() && !s.Leads("", l.To) {
			if k, isKey := keyOf(l.Field); isKey {
				add(l.Field, true, "gone", "key", k)
			} else {
				add(l.Field, true, l.Field+"_gone")
			}
		}
		return true
	})
	switch {
	case len(m.Keys) == 0 && !m.Dial && m.Silent.IsZero():
		add("keys", false, "dead_end")
	case !s.hasExit(at):
		add("keys", true, "loop")
	case s.circles(at):
		add("silent", false, "silent_circle")
	}
	if !reached[at] {
		add("extension", false, "unreachable")
	}
	home := m.Language
	if home == "" {
		home = s.LanguageIn(m.Group)
	}
	switch {
	case len(m.Says) == 0:
		add("says", false, "says_nothing")
	case m.In(home) == nil:
		add("says", false, "language_missing", "language", home)
	}
	for _, g := range m.Says {
		switch {
		case m.Language != "" && g.Language != m.Language:
			add("says."+g.Language, false, "language_unheard", "language", g.Language)
		case g.Sound.IsZero():
			add("says."+g.Language, false, "unspoken", "language", g.Language)
		}
	}
	return all
}

// keyOf is the key of a field of a menu.
func keyOf(field string) (string, bool) {
	if len(field) == len("keys.")+1 && field[:5] == "keys." {
		return field[5:], true
	}
	return "", false
}

func (s *Snapshot) doubtEntrance(e *Entrance) []Doubt {
	var all []Doubt
	at, name := Destination{Kind: ToGroup, ID: string(e.Group)}, s.NameOf(e.Ref())
	e.Leads(func(l Lead) bool {
		switch {
		case !l.To.IsZero() && !s.Leads("", l.To):
			all = append(all, Doubt{e.Ref(), l.Field, true, i18n.T("entrance.doubt.gone", "name", name)})
		case l.Field == "open" && l.To.IsZero():
			all = append(all, Doubt{e.Ref(), l.Field, false, i18n.T("entrance.doubt.nowhere", "name", name)})
		}
		return true
	})
	if s.circles(at) {
		all = append(all, Doubt{e.Ref(), "", true, i18n.T("entrance.doubt.circle", "name", name)})
	}
	return all
}

// hasExit reports whether a caller in a menu or at an entrance can come to anything but another menu or entrance.
func (s *Snapshot) hasExit(from Destination) bool {
	seen, open := map[Destination]bool{from: true}, []Destination{from}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if m := s.Menus[MenuID(at.ID)]; at.Kind == ToMenu && m != nil && m.Dial {
			return true
		}
		for _, l := range s.onwards(at) {
			to := plain(l.To)
			switch {
			case to.IsZero() || !s.Leads("", to) || seen[to]:
			case to.Kind != ToMenu && to.Kind != ToGroup:
				return true
			default:
				seen[to] = true
				open = append(open, to)
			}
		}
	}
	return false
}

// plain is where a destination leads, whatever happens on arrival.
func plain(d Destination) Destination {
	return Destination{Kind: d.Kind, ID: d.ID, Number: d.Number}
}

// circles reports whether a call comes back to a place without anybody choosing: by silence and wrong keys in menus, by the
// hours at entrances. Such a call is cut.
func (s *Snapshot) circles(from Destination) bool {
	seen, open := map[Destination]bool{}, []Destination{from}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		for _, l := range s.onwards(at) {
			to := plain(l.To)
			if _, chosen := keyOf(l.Field); chosen || to.Kind != ToMenu && to.Kind != ToGroup || seen[to] {
				continue
			}
			if to.Equal(from) {
				return true
			}
			seen[to] = true
			open = append(open, to)
		}
	}
	return false
}

// reached is every place a call can come to: what has a number, what people send calls to, and what those lead to.
func (s *Snapshot) reached() map[Destination]bool {
	var open []Destination
	for number := range s.index.extensions.All() {
		d, _ := s.Reached(number)
		open = append(open, d)
	}
	lead := func(l Lead) bool { open = append(open, l.To); return true }
	for _, f := range s.Forwardings {
		f.Leads(lead)
	}
	for _, d := range s.DIDs {
		d.Leads(lead)
	}
	return s.spread(open, s.onwards)
}

// fromOutside is every place to which callers from outside can come: where the numbers of the office lead, what those lead to, what they may dial in
// a menu, and where the people whom they reach send their calls.
func (s *Snapshot) fromOutside() map[Destination]bool {
	var open []Destination
	for _, d := range s.DIDs {
		open = append(open, d.To)
	}
	return s.spread(open, func(at Destination) []Lead {
		all := s.onwards(at)
		add := func(l Lead) bool { all = append(all, l); return true }
		switch at.Kind {
		case ToMenu:
			if m := s.Menus[MenuID(at.ID)]; m != nil && m.Dial {
				for number := range s.index.extensions.All() {
					d, _ := s.Reached(number)
					add(Lead{Owner: m.Ref(), To: d})
				}
			}
		case ToNames:
			for id := range s.Users {
				add(Lead{To: Destination{Kind: ToUser, ID: string(id)}})
			}
		case ToUser:
			if f := s.Forwardings[UserID(at.ID)]; f != nil {
				f.Leads(add)
			}
		}
		return all
	})
}

// spread is every place to which calls come from some places, these among them; onwards lists where one leads.
func (s *Snapshot) spread(from []Destination, onwards func(Destination) []Lead) map[Destination]bool {
	seen := map[Destination]bool{}
	for open := from; len(open) > 0; {
		at := plain(open[len(open)-1])
		open = open[:len(open)-1]
		if at.IsZero() || seen[at] {
			continue
		}
		seen[at] = true
		for _, l := range onwards(at) {
			open = append(open, l.To)
		}
	}
	return seen
}

// LanguageIn is the language of a group: its own, that of a group above, the office's.
func (s *Snapshot) LanguageIn(g GroupID) string {
	group := s.Groups[g]
	for range Depth {
		if group == nil {
			break
		}
		if group.Language != "" {
			return group.Language
		}
		group = s.Groups[group.Parent]
	}
	return cmp.Or(s.Tenant.Language, "en")
}

// MusicIn is what is heard by whom people of a group hold: its own, or that of a group above. The zero sound is the music of the house.
func (s *Snapshot) MusicIn(g GroupID) Sound {
	group := s.Groups[g]
	for range Depth {
		if group == nil {
			break
		}
		if !group.Music.IsZero() {
			return group.Music
		}
		group = s.Groups[group.Parent]
	}
	return Sound{}
}

// MusicOf is what is heard by whom a person holds: that of the main group.
func (s *Snapshot) MusicOf(u UserID, at time.Time) Sound {
	m := s.MainMembership(u, at)
	if m == nil {
		return Sound{}
	}
	return s.MusicIn(m.Group)
}

// ZoneIn is the time zone of a group.
func (s *Snapshot) ZoneIn(g GroupID) string {
	group := s.Groups[g]
	for range Depth {
		if group == nil {
			break
		}
		if group.Zone != "" {
			return group.Zone
		}
		group = s.Groups[group.Parent]
	}
	return cmp.Or(s.Tenant.Zone, "UTC")
}

// SoundOf finds the sound of a greeting by the name of its blob.
func (s *Snapshot) SoundOf(blob string) (Sound, bool) {
	for _, m := range s.Menus {
		for _, g := range m.Says {
			if g.Sound.Blob == blob && blob != "" {
				return g.Sound, true
			}
		}
	}
	for _, q := range s.Queues {
		if q.Music.Blob == blob && blob != "" {
			return q.Music, true
		}
	}
	for _, p := range s.Parks {
		if p.Music.Blob == blob && blob != "" {
			return p.Music, true
		}
	}
	for _, g := range s.Groups {
		if g.Music.Blob == blob && blob != "" {
			return g.Music, true
		}
	}
	for _, b := range s.Mailboxes {
		for _, g := range b.Greetings {
			if g.Sound.Blob == blob && blob != "" {
				return g.Sound, true
			}
		}
	}
	return Sound{}, false
}
