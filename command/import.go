package command

import (
	"strconv"

	"tandem/pbx"
	"tandem/policy"
)

// Row is one line of a list of people: what stands there, and what is wrong with it.
type Row struct {
	Line      int // in the file, from 1
	Name      string
	Email     string
	Extension string // empty takes the next free number, "-" gives none
	Mobile    string
	Group     string // name, or names from the top with "/" between; empty means Default
	Role      string // id or name in any language; empty means user
	Language  string
	Problem   *pbx.Error // nil for a good row
}

// ImportUsers creates all people of a list or none (G-… X-021). Each row obeys the same rules as a person added by hand.
type ImportUsers struct{ Rows []Row }

// Need asks nothing for all rows together: each row asks for its own group in Change, so that the dry run can say which
// rows are out of reach.
func (ImportUsers) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change makes all people, or tells the problem of every row.
func (c ImportUsers) Change(w *Work) (pbx.Change, error) {
	b := newBatch(w, c.Rows)
	for i := range b.rows {
		if b.rows[i].Problem == nil {
			b.refuse(i, b.add(i))
		}
	}
	b.raise()
	w.rows = b.rows
	w.object = pbx.Ref{Kind: pbx.KindSystem, ID: "import"}
	problems := 0
	for _, r := range b.rows {
		if r.Problem != nil {
			problems++
		}
	}
	if problems > 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "import.problems", "count", strconv.Itoa(problems))
	}
	var change pbx.Change
	for _, p := range b.people {
		change.Put = append(change.Put, p.user)
		for _, m := range p.members {
			change.Put = append(change.Put, m)
		}
	}
	return change, nil
}

// batch is an import on its way.
type batch struct {
	w       *Work
	rows    []Row
	people  []imported
	numbers *pool
	emails  map[string]int             // line by address
	exts    map[string]int             // line by extension that is written in the file
	groups  map[string][]*pbx.Group    // by folded name and by path
	allowed map[pbx.GroupID]*pbx.Error // what asking for a group gave; nil means yes
}

type imported struct {
	row     int
	user    *pbx.User
	members []*pbx.Membership
}

func newBatch(w *Work, rows []Row) *batch {
	b := &batch{w: w, rows: append([]Row(nil), rows...), numbers: newPool(w.Snapshot), emails: map[string]int{}, exts: map[string]int{},
		groups: map[string][]*pbx.Group{}, allowed: map[pbx.GroupID]*pbx.Error{}}
	for _, g := range w.Snapshot.Groups {
		name := pbx.FoldName(g.Name)
		b.groups[name] = append(b.groups[name], g)
		if path := groupPath(w.Snapshot, g); path != name {
			b.groups[path] = append(b.groups[path], g)
		}
	}
	for _, r := range rows {
		if r.Extension != "" {
			b.numbers.given[r.Extension] = true
		}
	}
	return b
}

// groupPath is the folded names from the top, with "/" between.
func groupPath(s *pbx.Snapshot, g *pbx.Group) string {
	path := pbx.FoldName(g.Name)
	for p, n := s.Groups[g.Parent], 0; p != nil && n < pbx.Depth; p, n = s.Groups[p.Parent], n+1 {
		path = pbx.FoldName(p.Name) + "/" + path
	}
	return path
}

func (b *batch) refuse(i int, err error) {
	if err == nil {
		return
	}
	if e, ok := asRefusal(err); ok {
		b.rows[i].Problem = e
	}
}

// add plans one row.
func (b *batch) add(i int) error {
	r := b.rows[i]
	g, err := b.group(r.Group)
	if err != nil {
		return err
	}
	if err := b.ask(g.ID); err != nil {
		return err
	}
	role, ok := roleNamed(b.w.Snapshot, r.Role)
	if !ok {
		return pbx.Refuse(pbx.Invalid, "role", "role.unknown", "role", printable(r.Role))
	}
	if err := twice(b.emails, r.Email, r.Line, "email"); err != nil {
		return err
	}
	p := Person{Name: r.Name, Email: r.Email, Mobile: r.Mobile, Language: r.Language, Groups: []Place{{g.ID, role}}}
	switch r.Extension {
	case "":
	case "-":
		none := ""
		p.Extension = &none
	default:
		if err := twice(b.exts, r.Extension, r.Line, "extension"); err != nil {
			return err
		}
		p.Extension = &r.Extension
	}
	u, members, err := b.w.person(p, b.numbers)
	if err != nil {
		return err
	}
	b.rows[i].Name, b.rows[i].Extension = u.Name, u.Extension
	b.people = append(b.people, imported{i, u, members})
	return nil
}

// twice refuses a value that stands in an earlier line.
func twice(seen map[string]int, value string, line int, field string) error {
	folded := pbx.FoldName(value)
	if first, ok := seen[folded]; ok && folded != "" {
		return pbx.Refuse(pbx.Conflict, field, "import."+field+"_twice", field, printable(value), "line", strconv.Itoa(first))
	}
	seen[folded] = line
	return nil
}

func (b *batch) group(name string) (*pbx.Group, error) {
	if name == "" {
		return b.w.Snapshot.Groups[b.w.Snapshot.DefaultGroup()], nil
	}
	var seen []*pbx.Group
	for _, g := range b.groups[foldPath(name)] {
		if b.w.Ask(b.w.Snapshot, policy.GroupSee, policy.Group(g.ID)) == nil {
			seen = append(seen, g)
		}
	}
	switch len(seen) {
	case 0:
		return nil, pbx.Refuse(pbx.Invalid, "group", "import.group_unknown", "name", printable(name))
	case 1:
		return seen[0], nil
	}
	return nil, pbx.Refuse(pbx.Invalid, "group", "import.group_ambiguous", "name", printable(name))
}

// ask asks once per group whether people may be imported into it.
func (b *batch) ask(g pbx.GroupID) error {
	e, known := b.allowed[g]
	if !known {
		e, _ = asRefusal(b.w.Ask(b.w.Snapshot, policy.UserImport, policy.Group(g)))
		b.allowed[g] = e
	}
	if e == nil {
		return nil
	}
	return atField(e, "group")
}

// raise asks for the roles above user, on the configuration in which everybody of the list is a plain member (I-13).
func (b *batch) raise() {
	if b.w.Who.Kind == pbx.ActorSystem {
		return
	}
	var plain pbx.Change
	raised := false
	for _, p := range b.people {
		plain.Put = append(plain.Put, p.user)
		for _, m := range p.members {
			low := *m
			low.Role = "user"
			plain.Put = append(plain.Put, &low)
			raised = raised || m.Role != "user"
		}
	}
	if !raised {
		return
	}
	s, err := b.w.Snapshot.Apply(plain)
	for _, p := range b.people {
		for _, m := range p.members {
			if m.Role == "user" {
				continue
			}
			if err != nil {
				b.refuse(p.row, err)
				continue
			}
			b.refuse(p.row, atField(b.w.Ask(s, policy.MembershipRole, policy.Place(m.User, m.Group, m.Role)), "role"))
		}
	}
}
