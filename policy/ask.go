package policy

import (
	"time"

	"tandem/pbx"
)

// asker is one question being answered: who asks, and who and what is in the target.
type asker struct {
	s       *pbx.Snapshot
	me      *pbx.Person
	who     pbx.UserID // whose rights are asked for
	t       Target
	when    time.Time // moment of the decision
	at      int64     // the same, as pbx.Instant
	then    int64     // the object's time: at for living things, the start of the call for records and recordings
	people  int       // how many people are in the target
	nodes   int       // how many groups are in the target
	mine    bool      // the actor is among the people
	plain   bool      // the actor has neither overrides nor grants of his own: roles tell everything
	low     bool      // every group has the lowest ceiling
	reached bool      // a grant reached the target, whether it was wanted or not
	struck  bool      // a grant reached the target, but an exclusion stood in the way
	first   [4]*pbx.Person
	groups  [2]*pbx.Node
}

// become makes a person the actor.
func (q *asker) become(p *pbx.Person) {
	q.me = p
	q.plain = p != nil && p.Plain
}

// resolve finds who and what is in the target; false when it does not exist, or not yet.
func (q *asker) resolve(t *Target) bool {
	q.t, q.then, q.people, q.nodes, q.mine = *t, q.at, 0, 0, false
	switch t.kind {
	case KindSystem:
		return true
	case KindTemplate:
		return t.more != nil
	case KindSite:
		q.add(q.me)
		return true
	case KindUser:
		p := q.me
		if p == nil || t.user != q.who {
			p = q.s.Person(t.user)
		}
		q.add(p)
		return p != nil
	case KindGroup:
		n := q.s.Node(t.group)
		q.join(n)
		return n != nil
	case KindDevice:
		d := q.s.Devices[pbx.DeviceID(t.id)]
		if d == nil {
			return false
		}
		q.add(q.s.Person(d.User))
		return true
	case KindToken:
		d := q.s.Tokens[pbx.TokenID(t.id)]
		if d == nil {
			return false
		}
		q.add(q.s.Person(d.User))
		return true
	case KindCall:
		return t.id != "" && q.enter(t)
	case KindRecording:
		return t.id != "" && t.more != nil && t.more.sound != nil && q.enter(t)
	case KindMembership:
		n := q.s.Node(t.group)
		q.join(n)
		return n != nil && t.more != nil && q.s.Person(t.user) != nil
	case KindGrant, KindRole:
		p := q.s.Person(t.user)
		q.add(p)
		return p != nil && t.more != nil
	}
	if t.user != "" {
		q.add(q.s.Person(t.user))
	}
	if t.group != "" {
		q.join(q.s.Node(t.group))
	}
	if t.kind == KindVoicemail && t.user == "" {
		q.mine = q.belongs(t.group)
	}
	return t.id != ""
}

// belongs reports whether the actor is a member of a group now: what is left for a group is left for each of them.
func (q *asker) belongs(g pbx.GroupID) bool {
	if q.me == nil {
		return false
	}
	for i := range q.me.Places {
		if l := &q.me.Places[i]; l.Node != nil && l.Node.Group.ID == g && l.From <= q.at && q.at < l.Until {
			return true
		}
	}
	return false
}

// enter takes everybody in a call or recording in; false when it has not begun yet.
func (q *asker) enter(t *Target) bool {
	start := pbx.Instant(t.start)
	if start > q.at {
		return false
	}
	if !t.living {
		q.then = start
	}
	for _, u := range t.users {
		q.add(q.s.Person(u))
	}
	if t.kind == KindRecording {
		for i := range t.more.sound.Voices {
			q.add(q.s.Person(t.more.sound.Voices[i].User))
		}
	}
	if q.mine && !t.living && q.then < pbx.Instant(q.s.OwnSince(q.me.User.ID)) {
		q.mine = false // it was somebody else's then: a guest who has left (G-019)
	}
	for _, g := range t.groups {
		q.join(q.s.Node(g))
	}
	return true
}

func (q *asker) add(p *pbx.Person) {
	if q.people < len(q.first) {
		q.first[q.people] = p
	}
	q.people++
	q.mine = q.mine || p == q.me && p != nil
}

func (q *asker) join(n *pbx.Node) {
	if q.nodes < len(q.groups) {
		q.groups[q.nodes] = n
	}
	q.nodes++
}

// person is the i-th one in the target; nil when he is deleted.
func (q *asker) person(i int) *pbx.Person {
	switch {
	case i < len(q.first):
		return q.first[i]
	case q.t.kind == KindRecording:
		return q.s.Person(q.t.more.sound.Voices[i].User)
	}
	return q.s.Person(q.t.users[i])
}

// node is the i-th group in the target; nil when it is deleted.
func (q *asker) node(i int) *pbx.Node {
	if i < len(q.groups) {
		return q.groups[i]
	}
	return q.s.Node(q.t.groups[i])
}

// over is the same actor asking about another target; it must exist.
func (q *asker) over(t *Target) asker {
	o := asker{s: q.s, me: q.me, who: q.who, plain: q.plain, low: q.low, when: q.when, at: q.at}
	o.resolve(t)
	return o
}

// field is how far something reaches: a scope with its group or list, and whom it leaves out.
type field struct {
	scope scope
	node  *pbx.Node // of group and tree
	refs  []pbx.Ref // of listed
	self  bool      // it may reach the actor himself; a grant of a right that does not know self never does (I-2)
	skip  []pbx.Ref // people and groups that it does not reach
	since int64     // for what is handed on: objects older than this are out of its reach
}

// hits reports whether the field reaches the target.
func (q *asker) hits(f *field) bool {
	switch f.scope {
	case selfScope:
		return q.mine && f.self
	case listedScope:
		if q.names(f.refs) {
			return true
		}
	case allScope:
		if q.people == 0 && q.nodes == 0 {
			return true
		}
	case noScope:
		return false
	}
	for i := range q.nodes {
		n := q.node(i)
		if f.holds(n) && (len(f.skip) == 0 || !q.below(n, f.skip)) {
			return true
		}
	}
	for i := range q.people {
		p := q.person(i)
		if p == q.me && !f.self {
			continue
		}
		if q.holds(f, p) && (len(f.skip) == 0 || p == q.me || !q.named(p, f.skip)) {
			return true
		}
	}
	return false
}

// holds reports whether a group of the target lies in the field.
func (f *field) holds(n *pbx.Node) bool {
	switch f.scope {
	case groupScope:
		return n != nil && n == f.node
	case treeScope:
		return n != nil && f.node != nil && f.node.Holds(n)
	case listedScope:
		return n != nil && lists(f.refs, pbx.KindGroup, string(n.Group.ID))
	}
	return f.scope == allScope
}

// holds reports whether a person of the target lies in the field, at the object's time.
func (q *asker) holds(f *field, p *pbx.Person) bool {
	if f.scope == allScope {
		return true
	}
	if p == nil {
		return false
	}
	if f.scope == listedScope && lists(f.refs, pbx.KindUser, string(p.User.ID)) {
		return true
	}
	for i := range p.Places {
		l := &p.Places[i]
		if l.From <= q.then && q.then < l.Until && f.holds(l.Node) {
			return true
		}
	}
	return false
}

// names reports whether a list names the thing itself.
func (q *asker) names(refs []pbx.Ref) bool {
	if q.t.id == "" {
		return false
	}
	return lists(refs, pbx.Kind(q.t.kind.String()), q.t.id)
}

// strikes reports whether an exclusion takes out somebody or something in the target. It never takes out the actor.
func (q *asker) strikes(except []pbx.Ref) bool {
	if len(except) == 0 {
		return false
	}
	if q.names(except) {
		return true
	}
	for i := range q.nodes {
		if q.below(q.node(i), except) {
			return true
		}
	}
	for i := range q.people {
		if p := q.person(i); p != q.me && q.named(p, except) {
			return true
		}
	}
	return false
}

// named reports whether a list names a person, or a group he was in, or one above it.
func (q *asker) named(p *pbx.Person, refs []pbx.Ref) bool {
	if p == nil {
		return false
	}
	if lists(refs, pbx.KindUser, string(p.User.ID)) {
		return true
	}
	for i := range p.Places {
		l := &p.Places[i]
		if l.From <= q.then && q.then < l.Until && q.below(l.Node, refs) {
			return true
		}
	}
	return false
}

// below reports whether a list names a group, or one above it.
func (q *asker) below(n *pbx.Node, refs []pbx.Ref) bool {
	if n == nil {
		return false
	}
	for i := range refs {
		if refs[i].Kind != pbx.KindGroup {
			continue
		}
		if top := q.s.Node(pbx.GroupID(refs[i].ID)); top != nil && top.Holds(n) {
			return true
		}
	}
	return false
}

func lists(refs []pbx.Ref, kind pbx.Kind, id string) bool {
	for i := range refs {
		if refs[i].ID == id && refs[i].Kind == kind {
			return true
		}
	}
	return false
}
