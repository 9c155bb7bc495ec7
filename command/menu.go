package command

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// OwnMenu stands for the id of the menu that is being made, so that a key of a new menu can lead back to it.
const OwnMenu = "self"

// Menu is what is typed about a voice menu; nil fields of a change stay.
type Menu struct {
	Name      *string
	Group     *pbx.GroupID
	Extension *string // empty: only keys and rules lead to it
	Language  *string
	Says      *[]pbx.Saying // languages and words; sounds stay with their language
	Keys      *[]pbx.MenuKey
	Dial      *bool
	Wait      *int
	Rounds    *int
	Silent    *pbx.Destination
	Wrong     *pbx.Destination
	Draft     bool // only to be looked at: also what may not be saved, because callers would be kept in it
}

// MenuTarget is a menu as something that belongs to a department or the office.
func MenuTarget(id pbx.MenuID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindMenu, string(id), "", group)
}

func menuNeed(s *pbx.Snapshot, id pbx.MenuID) []Need {
	m := s.Menus[id]
	if m == nil {
		return nil
	}
	return []Need{{policy.MenuEdit, MenuTarget(m.ID, m.Group)}}
}

// CreateMenu adds a menu.
type CreateMenu struct{ Menu }

// Need asks for menu.edit where it is to belong.
func (c CreateMenu) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	if c.Group != nil {
		group = *c.Group
	}
	return []Need{{policy.MenuEdit, MenuTarget("new", group)}}
}

// Change makes the menu.
func (c CreateMenu) Change(w *Work) (pbx.Change, error) {
	m := pbx.Menu{ID: pbx.MenuID(w.ID("mnu")), Created: w.Now}
	w.object = m.Ref()
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, m)
}

// EditMenu changes a menu.
type EditMenu struct {
	ID pbx.MenuID
	Menu
}

// Need asks for menu.edit where it belongs and where it is to belong.
func (c EditMenu) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	needs := menuNeed(s, c.ID)
	if len(needs) > 0 && c.Group != nil && *c.Group != s.Menus[c.ID].Group {
		needs = append(needs, Need{policy.MenuEdit, MenuTarget(c.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields.
func (c EditMenu) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Menus[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Menu) write(w *Work, m pbx.Menu) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if m.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Group != nil {
		m.Group = *c.Group
	}
	if c.Extension != nil {
		if m.Extension, err = w.ownExtension(*c.Extension, m.Ref()); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Language != nil {
		if m.Language, err = cleanLanguage(*c.Language); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Says != nil {
		m.Says = says(&m, *c.Says)
	}
	if err := c.writeLeads(w, &m); err != nil {
		return pbx.Change{}, err
	}
	if c.Dial != nil {
		m.Dial = *c.Dial
	}
	if c.Wait != nil {
		m.Wait = *c.Wait
	}
	if c.Rounds != nil {
		m.Rounds = *c.Rounds
	}
	change := pbx.Change{Put: []pbx.Noun{&m}}
	if c.Draft {
		return change, nil
	}
	return change, w.keepsNobody(change)
}

// says is the greeting with new words; what was recorded in a language stays there.
func says(m *pbx.Menu, words []pbx.Saying) []pbx.Saying {
	var all []pbx.Saying
	for _, g := range words {
		next := pbx.Saying{Language: g.Language, Text: oneLine(g.Text)}
		if old := m.In(g.Language); old != nil {
			next.Sound = old.Sound
		}
		all = append(all, next)
	}
	slices.SortFunc(all, func(a, b pbx.Saying) int { return strings.Compare(a.Language, b.Language) })
	return all
}

// writeLeads brings the rules of a menu into the form that is kept.
func (c Menu) writeLeads(w *Work, m *pbx.Menu) error {
	known := map[pbx.Destination]bool{{Kind: pbx.ToMenu, ID: string(m.ID)}: true}
	m.Leads(func(l pbx.Lead) bool { known[plain(l.To)] = true; return true })
	clean := func(field string, d pbx.Destination) (pbx.Destination, error) {
		if d.Kind == pbx.ToMenu && d.ID == OwnMenu {
			d.ID = string(m.ID)
		}
		return d, w.cleanDestination(nil, field, &d, known, false)
	}
	var err error
	if c.Keys != nil {
		m.Keys = slices.Clone(*c.Keys)
		for i := range m.Keys {
			if m.Keys[i].To, err = clean("keys."+m.Keys[i].Key, m.Keys[i].To); err != nil {
				return err
			}
		}
		slices.SortStableFunc(m.Keys, func(a, b pbx.MenuKey) int { return strings.Compare(keyOrder(a.Key), keyOrder(b.Key)) })
	}
	if c.Silent != nil {
		if m.Silent, err = clean("silent", *c.Silent); err != nil {
			return err
		}
	}
	if c.Wrong != nil {
		if m.Wrong, err = clean("wrong", *c.Wrong); err != nil {
			return err
		}
	}
	return nil
}

// keyOrder puts keys as they lie on a phone: 1 to 9, *, 0, #.
func keyOrder(key string) string {
	switch key {
	case "*":
		return "a"
	case "0":
		return "b"
	case "#":
		return "c"
	}
	return key
}

// ownExtension is a number for something that is no person: clean, and free or its own already.
func (w *Work) ownExtension(typed string, self pbx.Ref) (string, error) {
	e, err := cleanExtension(typed, w.Snapshot.Tenant.Country)
	if err != nil || e == "" {
		return "", err
	}
	if ref, taken := w.Snapshot.ByExtension(e); taken && ref != self {
		return "", w.freeExtension(e, "")
	}
	return e, nil
}

// keepsNobody refuses a change after which callers would be kept in menus without a way out, or led in a circle, and were not
// before.
func (w *Work) keepsNobody(change pbx.Change) error {
	next, err := w.Snapshot.Apply(change)
	if err != nil {
		return err
	}
	type mark struct {
		at    pbx.Ref
		field string
		key   string
	}
	had := map[mark]bool{}
	for _, d := range w.Snapshot.Doubts() {
		if d.Grave {
			had[mark{d.At, d.Field, d.Text.Key}] = true
		}
	}
	for _, d := range next.Doubts() {
		if d.Grave && !had[mark{d.At, d.Field, d.Text.Key}] {
			return &pbx.Error{Code: pbx.Invalid, Field: d.Field, Text: d.Text}
		}
	}
	return nil
}

// SetMenuSound lets a menu greet with a sound in a language; the sound lies in a blob already.
type SetMenuSound struct {
	ID       pbx.MenuID
	Language string
	Sound    pbx.Sound
}

// Need asks for menu.edit.
func (c SetMenuSound) Need(s *pbx.Snapshot, _ pbx.Actor) []Need { return menuNeed(s, c.ID) }

// Change writes the sound; the words stay.
func (c SetMenuSound) Change(w *Work) (pbx.Change, error) {
	return putSound(w, c.ID, c.Language, c.Sound)
}

// ClearMenuSound takes the sound of a language away; the words stay. It goes when nobody knows it any more.
type ClearMenuSound struct {
	ID       pbx.MenuID
	Language string
}

// Need asks for menu.edit.
func (c ClearMenuSound) Need(s *pbx.Snapshot, _ pbx.Actor) []Need { return menuNeed(s, c.ID) }

// Change writes the greeting without its sound.
func (c ClearMenuSound) Change(w *Work) (pbx.Change, error) {
	if m := w.Snapshot.Menus[c.ID]; m == nil || m.In(c.Language) == nil || m.In(c.Language).Sound.IsZero() {
		return pbx.Change{}, missing()
	}
	return putSound(w, c.ID, c.Language, pbx.Sound{})
}

func putSound(w *Work, id pbx.MenuID, language string, sound pbx.Sound) (pbx.Change, error) {
	old := w.Snapshot.Menus[id]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	m := *old
	m.Says = slices.Clone(old.Says)
	if m.In(language) == nil {
		m.Says = append(m.Says, pbx.Saying{Language: language})
		slices.SortFunc(m.Says, func(a, b pbx.Saying) int { return strings.Compare(a.Language, b.Language) })
	}
	g := m.In(language)
	if g.Sound = sound; sound.IsZero() && g.Text == "" {
		m.Says = slices.DeleteFunc(m.Says, func(g pbx.Saying) bool { return g.Language == language })
	}
	return pbx.Change{Put: []pbx.Noun{&m}}, nil
}

// DeleteMenu takes a menu out. Rules that lead to it stay and are listed as problems.
type DeleteMenu struct{ ID pbx.MenuID }

// Need asks for menu.edit.
func (c DeleteMenu) Need(s *pbx.Snapshot, _ pbx.Actor) []Need { return menuNeed(s, c.ID) }

// Change deletes the row.
func (c DeleteMenu) Change(w *Work) (pbx.Change, error) {
	m := w.Snapshot.Menus[c.ID]
	if m == nil {
		return pbx.Change{}, missing()
	}
	w.object = m.Ref()
	return pbx.Change{Delete: []pbx.Ref{m.Ref()}}, nil
}
