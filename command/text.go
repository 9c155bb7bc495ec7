package command

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// MaxText bounds the rights of an office as text, in octets.
const MaxText = 8 << 20

// ApplyText makes the rights of the office what a text says: what the text has and the office has not comes, what only the
// office has goes, all in one change or nothing at all (N-16). It carries out the same commands as people do on pages, one
// after the other, so it asks the same questions, and nobody gets further with a file than by hand.
type ApplyText struct {
	Text   string
	Reason string // every line of the log carries it
	Plan   string // as PlanName gave it: refuse to do anything else than what was shown; empty does not look
}

// Step is one line that comes, goes or becomes another.
type Step struct {
	Number  int        // in the file, from 1; 0 for a line of the office that goes
	Before  string     // empty for a line that comes
	After   string     // empty for a line that goes
	Problem *pbx.Error // why not; nil when all is well
}

// Action says in one word what becomes of the line.
func (s Step) Action() string {
	switch {
	case s.Before == "":
		return "add"
	case s.After == "":
		return "remove"
	}
	return "change"
}

// PlanName names what a plan would do.
func PlanName(steps []Step) string {
	sum := sha256.New()
	for _, s := range steps {
		_, _ = fmt.Fprintf(sum, "%q %q\n", s.Before, s.After)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// Need asks for role.edit over the house; Change asks whether the actor may read all of the text. What else is needed is asked
// line by line.
func (ApplyText) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RoleEdit, policy.System()}}
}

// Change plans every line that differs, or tells what stands in the way of which.
func (c ApplyText) Change(w *Work) (pbx.Change, error) {
	reason, err := cleanReason(c.Reason)
	switch {
	case err != nil:
		return pbx.Change{}, err
	case w.Who.Kind != pbx.ActorSystem && !policy.ReadsText(w.Snapshot, w.Who, w.Now).OK:
		return pbx.Change{}, &pbx.Error{Code: pbx.Denied, Text: policy.ReadsText(w.Snapshot, w.Who, w.Now).Reason()}
	case reason == "":
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "reason", "text.reason_missing")
	case len(c.Text) > MaxText:
		return pbx.Change{}, pbx.Refuse(pbx.Exhausted, "text", "text.too_long", "max", strconv.Itoa(MaxText>>20))
	}
	p := &plan{work: w, course: course{work: w, now: w.Snapshot}}
	p.compare(c.Text)
	p.carryOut()
	p.verify()
	w.steps = p.told()
	if c.Plan != "" && c.Plan != PlanName(w.steps) {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "plan", "text.plan_moved")
	}
	problems := 0
	for _, s := range w.steps {
		if s.Problem != nil {
			problems++
		}
	}
	if problems > 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "text.problems", "count", strconv.Itoa(problems))
	}
	w.object, w.reason = pbx.Ref{Kind: pbx.KindSystem, ID: "text"}, reason
	return p.course.change(), nil
}

// course is several commands one after the other, each planned on what the ones before leave behind.
type course struct {
	work    *Work
	now     *pbx.Snapshot
	touched []pbx.Ref
}

// run carries out commands, all or none.
func (c *course) run(all []Command) error {
	before, touched := c.now, len(c.touched)
	for _, one := range all {
		if err := c.step(one); err != nil {
			c.now, c.touched = before, c.touched[:touched]
			return err
		}
	}
	return nil
}

func (c *course) step(one Command) error {
	w := &Work{Snapshot: c.now, Who: c.work.Who, Now: c.work.Now, entropy: c.work.entropy}
	for _, n := range one.Need(w.Snapshot, w.Who) {
		if err := w.Ask(w.Snapshot, n.Right, n.Target); err != nil {
			return err
		}
	}
	change, err := one.Change(w)
	if err != nil {
		return err
	}
	next, err := c.now.Apply(change)
	if err != nil {
		return err
	}
	for _, n := range change.Put {
		c.touched = append(c.touched, n.Ref())
	}
	c.now, c.touched = next, append(c.touched, change.Delete...)
	c.work.used = append(c.work.used, w.used...)
	return nil
}

// change is everything together: each row as it is in the end.
func (c *course) change() (all pbx.Change) {
	seen := map[pbx.Ref]bool{}
	for _, r := range c.touched {
		if seen[r] {
			continue
		}
		seen[r] = true
		was, is := c.work.Snapshot.Find(r), c.now.Find(r)
		switch m, _ := is.(*pbx.Membership); {
		case is == nil && was != nil:
			all.Delete = append(all.Delete, r)
		case is == nil || was == nil && m != nil && m.From.Equal(m.Until):
			// came and went within the change
		default:
			all.Put = append(all.Put, is)
		}
	}
	return all
}

// plan is a text on its way into the office.
type plan struct {
	work   *Work
	course course
	want   []policy.Line
	moves  []*move
	bad    []Step
}

// move is what becomes of one thing: of its lines in the office, those in the text.
type move struct {
	phase  int
	before []policy.Line
	after  []policy.Line
	do     func() []Command // on the course as it is
	err    error
	done   bool
	silent bool // it belongs to a move that is told already
}

// The phases, in this order: what others rest on comes first, and people join before they leave, so that nobody stands nowhere.
const (
	phaseOffice = iota
	phaseRole
	phaseGroup
	phaseSeat
	phaseLeave
	phaseMain
	phaseGive
	phaseTake
	phaseForget
)

// compare finds what differs.
func (p *plan) compare(text string) {
	have := policy.Written(p.work.Snapshot, p.work.Now)
	want, unread := policy.ReadText(p.work.Snapshot, text, p.work.Now)
	for _, u := range unread {
		p.bad = append(p.bad, Step{Number: u.Number, After: u.Text, Problem: &pbx.Error{Code: pbx.Invalid, Field: "text", Text: u.Why}})
	}
	p.want = want
	have, want = apart(have, want), apart(want, have)
	byKey := map[string]*move{}
	var all []*move
	at := func(key string) *move {
		if byKey[key] == nil {
			byKey[key] = &move{}
			all = append(all, byKey[key])
		}
		return byKey[key]
	}
	for _, l := range have {
		m := at(l.Key)
		m.before = append(m.before, l)
	}
	for _, l := range want {
		m := at(l.Key)
		m.after = append(m.after, l)
	}
	for _, m := range all {
		p.settle(m)
	}
	slices.SortStableFunc(p.moves, func(a, b *move) int { return cmp.Or(cmp.Compare(a.phase, b.phase), cmp.Compare(a.text(), b.text())) })
}

func (m *move) text() string {
	if len(m.after) > 0 {
		return m.after[0].Text
	}
	return m.before[0].Text
}

// apart is what one list has and the other has not, each line as often as it has it more.
func apart(a, b []policy.Line) (rest []policy.Line) {
	n := map[string]int{}
	for _, l := range b {
		n[l.Text]++
	}
	for _, l := range a {
		if n[l.Text]--; n[l.Text] < 0 {
			rest = append(rest, l)
		}
	}
	return rest
}

// carryOut tries every move. One that is refused is tried again after others went well: a permission may wait for another one
// that stands further down. Main groups are looked at each time, because they follow from where people sit.
func (p *plan) carryOut() {
	for more := true; more; {
		more = false
		for _, m := range p.moves {
			if m.done && m.phase != phaseMain {
				continue
			}
			m.err = p.course.run(m.do())
			more = more || m.err == nil && !m.done
			m.done = m.done || m.err == nil
		}
	}
}

// verify compares the outcome with the text once more: whatever the commands bring along or cannot do is a problem too.
func (p *plan) verify() {
	for _, m := range p.moves {
		if m.err != nil {
			return // told as it is
		}
	}
	if len(p.bad) > 0 {
		return
	}
	got := policy.Written(p.course.now, p.work.Now)
	for _, l := range apart(got, p.want) {
		p.bad = append(p.bad, Step{After: l.Text, Problem: pbx.Refuse(pbx.Conflict, "text", "text.comes_along")})
	}
	for _, l := range apart(p.want, got) {
		p.bad = append(p.bad, Step{Number: l.Number, After: l.Text, Problem: pbx.Refuse(pbx.Conflict, "text", "text.unreachable")})
	}
}

// told lists the steps in the order in which they are done, and then what is wrong beside them.
func (p *plan) told() (steps []Step) {
	for _, m := range p.moves {
		var problem *pbx.Error
		if e, ok := asRefusal(m.err); ok {
			problem = e
		} else if m.err != nil {
			problem = &pbx.Error{Code: pbx.Invalid, Field: "text", Text: i18n.T("text.unreachable")}
		}
		if m.silent && problem == nil {
			continue
		}
		for i := range max(len(m.before), len(m.after)) {
			s := Step{Problem: problem}
			if i < len(m.before) {
				s.Before = m.before[i].Text
			}
			if i < len(m.after) {
				s.After, s.Number = m.after[i].Text, m.after[i].Number
			}
			steps = append(steps, s)
		}
	}
	return append(steps, p.bad...)
}

// settle finds out how a thing becomes what the text says.
func (p *plan) settle(m *move) {
	first := m.before
	if len(m.after) > 0 {
		first = m.after
	}
	p.moves = append(p.moves, m)
	switch n := first[0].Noun.(type) {
	case *pbx.Tenant:
		m.phase, m.do = phaseOffice, func() []Command { return p.office(m, n) }
	case *pbx.Role:
		m.phase, m.do = phaseRole, func() []Command { return p.role(m) }
		if len(m.after) == 0 {
			m.phase = phaseForget
		}
	case *pbx.Group:
		m.phase, m.do = phaseGroup, func() []Command { return p.group(m, n) }
	case *pbx.Membership:
		m.phase, m.do = phaseSeat, func() []Command { return p.seat(m) }
		if len(m.after) == 0 {
			m.phase, m.do = phaseLeave, func() []Command { return p.leave(m) }
		}
		if slices.ContainsFunc(m.after, func(l policy.Line) bool { return l.Noun.(*pbx.Membership).Main }) {
			home := &move{phase: phaseMain, after: m.after, silent: true, do: func() []Command { return p.home(m, n) }}
			p.moves = append(p.moves, home)
		}
	case *pbx.Assignment, *pbx.Grant:
		m.phase, m.do = phaseGive, func() []Command { return p.give(m) }
		if len(m.after) == 0 {
			m.phase = phaseTake
		}
	}
}

func (p *plan) office(m *move, n *pbx.Tenant) []Command {
	on := len(m.after) > 0
	if append(m.before, m.after...)[0].Key == policy.LineSpread {
		return []Command{EditBilling{Spread: &on}}
	}
	replay := pbx.Replay("")
	if on {
		replay = n.Replay
	}
	return []Command{EditSettings{Replay: &replay}}
}

func (p *plan) role(m *move) []Command {
	switch {
	case len(m.after) == 0:
		return []Command{DeleteRole{Role: m.before[0].Noun.(*pbx.Role).ID}}
	case len(m.before) == 0:
		n := m.after[0].Noun.(*pbx.Role)
		return []Command{CreateRole{Name: n.Name, Class: n.Class, Cells: n.Cells}}
	}
	old, n := m.before[0].Noun.(*pbx.Role), m.after[0].Noun.(*pbx.Role)
	cells := map[string]pbx.ScopeKind{}
	for name := range old.Cells {
		cells[name] = n.Cells[name]
	}
	for name, k := range n.Cells {
		cells[name] = k
	}
	return []Command{EditRole{Role: old.ID, Cells: cells}}
}

func (p *plan) group(m *move, n *pbx.Group) []Command {
	next := &pbx.Group{}
	if len(m.after) > 0 {
		next = n
	}
	old := p.course.now.Groups[n.ID]
	if old == nil {
		return nil
	}
	c := EditGroup{Group: n.ID}
	if next.Published != old.Published {
		c.Published = &next.Published
	}
	if next.Ceiling != old.Ceiling {
		c.Ceiling = &next.Ceiling
	}
	if next.Replay != old.Replay {
		c.Replay = &next.Replay
	}
	return []Command{c}
}

// seat gives a person the role that counts now, and the one that is to come after it.
func (p *plan) seat(m *move) (all []Command) {
	slices.SortStableFunc(m.after, func(a, b policy.Line) int { return begin(a).Compare(begin(b)) })
	for _, l := range m.before {
		if row := l.Noun.(*pbx.Membership); row.From.After(p.work.Now) && p.planned(row) {
			all = append(all, RemoveMember{User: row.User, Group: row.Group, Planned: true})
		}
	}
	if row := m.after[0].Noun.(*pbx.Membership); row.From.After(p.work.Now) {
		if place := p.work.with(p.course.now).placeIn(row.User, row.Group); place != nil && place.IsActive(p.work.Now) && len(m.before) > 0 {
			all = append(all, RemoveMember{User: row.User, Group: row.Group}) // what counts now does not in the text
		}
	}
	for i, l := range m.after {
		n := l.Noun.(*pbx.Membership)
		c := SetMember{User: n.User, Group: n.Group, Role: p.given(l, n.Role), From: n.From, Overrides: n.Overrides, Replace: true,
			Presence: &n.Presence, Calls: &n.Calls}
		if !n.From.After(p.work.Now) {
			c.From = time.Time{}
			if place := p.work.with(p.course.now).placeIn(n.User, n.Group); place != nil && place.From.After(p.work.Now) {
				c.From = p.work.Now
			}
		}
		if i+1 == len(m.after) || !begin(m.after[i+1]).Equal(n.Until) {
			c.Until = &n.Until
		}
		c.Main = i > 0 && n.Main // of the one that counts now, home takes care
		all = append(all, c)
	}
	return all
}

func begin(l policy.Line) time.Time { return l.Noun.(*pbx.Membership).From }

// planned reports whether a place to come follows one that counts now.
func (p *plan) planned(m *pbx.Membership) bool {
	now := p.work.with(p.course.now).placeIn(m.User, m.Group)
	return now != nil && now.ID != m.ID && now.Until.Equal(m.From)
}

// with is the same work on another configuration.
func (w *Work) with(s *pbx.Snapshot) *Work {
	return &Work{Snapshot: s, Who: w.Who, Now: w.Now, entropy: w.entropy}
}

// given is the id of a role that a line gives: a custom one is known by its name, as it may have come into being just now.
func (p *plan) given(l policy.Line, id pbx.RoleID) pbx.RoleID {
	if l.Role == "" {
		return id
	}
	for _, r := range p.course.now.Roles {
		if pbx.FoldName(r.Name) == pbx.FoldName(l.Role) {
			return r.ID
		}
	}
	return id
}

func (p *plan) leave(m *move) (all []Command) {
	for _, l := range m.before {
		n := l.Noun.(*pbx.Membership)
		all = append(all, RemoveMember{User: n.User, Group: n.Group})
	}
	return all
}

// home marks the main group, once the person sits there as he is to sit.
func (p *plan) home(seat *move, n *pbx.Membership) []Command {
	if place := p.work.with(p.course.now).placeIn(n.User, n.Group); !seat.done || place == nil || place.Main {
		return nil
	}
	return []Command{SetMember{User: n.User, Group: n.Group, Main: true}}
}

// give gives and takes levels, office-wide roles and single rights: where only the end or the reason differs, the same row goes on.
func (p *plan) give(m *move) (all []Command) {
	for i := range max(len(m.before), len(m.after)) {
		switch {
		case i >= len(m.before):
			all = append(all, p.gift(m.after[i]))
		case i >= len(m.after):
			all = append(all, taken(m.before[i].Noun))
		default:
			all = append(all, p.changed(m.before[i].Noun, m.after[i])...)
		}
	}
	return all
}

func (p *plan) gift(l policy.Line) Command {
	if a, ok := l.Noun.(*pbx.Assignment); ok {
		return Assign{User: a.User, Role: p.given(l, a.Role), Bounds: Bounds{a.Scope, a.Except, a.Since, p.start(a.From), a.Until, a.Reason}}
	}
	g := l.Noun.(*pbx.Grant)
	return GiveGrant{User: g.User, Right: g.Right, Deny: g.Deny, Bounds: Bounds{g.Scope, g.Except, g.Since, p.start(g.From), g.Until, g.Reason}}
}

// start is a beginning that is to come; what has begun begins now.
func (p *plan) start(from time.Time) time.Time {
	if from.After(p.work.Now) {
		return from
	}
	return time.Time{}
}

func taken(n pbx.Noun) Command {
	if a, ok := n.(*pbx.Assignment); ok {
		return EndAssignment{Assignment: a.ID}
	}
	return EndGrant{Grant: n.(*pbx.Grant).ID}
}

func (p *plan) changed(old pbx.Noun, l policy.Line) []Command {
	if a, ok := old.(*pbx.Assignment); ok {
		n := l.Noun.(*pbx.Assignment)
		if p.start(a.From).Equal(p.start(n.From)) {
			return []Command{ChangeAssignment{Assignment: a.ID, Until: &n.Until, Reason: &n.Reason}}
		}
	} else {
		g, n := old.(*pbx.Grant), l.Noun.(*pbx.Grant)
		if p.start(g.From).Equal(p.start(n.From)) {
			return []Command{ChangeGrant{Grant: g.ID, Until: &n.Until, Reason: &n.Reason}}
		}
	}
	return []Command{taken(old), p.gift(l)}
}
