package policy

import (
	"slices"
	"time"

	"tandem/pbx"
)

// naive is a second evaluator, written straight from the description of the rules and without regard to speed: it writes
// every role out into single grants, as lists, and looks at nothing but the tables and the rows of the snapshot.
type naive struct {
	s  *pbx.Snapshot
	at time.Time
}

// nGrant is one written-out grant.
type nGrant struct {
	right   Right
	deny    bool
	scope   pbx.Scope
	except  []pbx.Ref
	since   time.Time
	from    string // role override grant published
	outside bool
	place   bool // of a membership
	until   time.Time
}

// nThing is a target with everybody and everything in it.
type nThing struct {
	kind   Kind
	id     string
	people []pbx.UserID
	groups []pbx.GroupID
	then   time.Time
	living bool
	sound  *Sound
	part   pbx.Interval
}

func during(from, until, at time.Time) bool {
	return !at.Before(from) && (until.IsZero() || at.Before(until))
}

func (n naive) cell(role pbx.RoleID, r Right) pbx.ScopeKind {
	for _, b := range roles {
		if b.id == role {
			return b.cells[r].kind()
		}
	}
	if custom := n.s.Roles[role]; custom != nil {
		return custom.Cells[r.String()]
	}
	return ""
}

func knows(r Right, k pbx.ScopeKind) bool { return slices.Contains(r.Scopes(), k) }

// grants writes out everything a user holds for one right.
func (n naive) grants(u pbx.UserID, r Right) (all []nGrant) {
	for _, m := range n.s.Memberships {
		if m.User != u || !during(m.From, m.Until, n.at) {
			continue
		}
		cell := n.cell(m.Role, r)
		if cell == pbx.ScopeAll || cell == pbx.ScopeListed {
			cell = ""
		}
		place := func(k pbx.ScopeKind, from string, deny bool) {
			g := nGrant{right: r, deny: deny, scope: pbx.Scope{Kind: k, Group: m.Group}, from: from, place: true, until: m.Until}
			if k != pbx.ScopeSelf {
				g.since = m.From
			}
			all = append(all, g)
		}
		if cell != "" {
			place(cell, "role", false)
		}
		other := pbx.ScopeSelf
		if knows(r, pbx.ScopeGroup) {
			other = pbx.ScopeGroup
		}
		switch m.Overrides[r.String()] {
		case pbx.OverrideAllow:
			if cell == "" || cell == pbx.ScopeSelf {
				place(other, "override", false)
			} else {
				place(cell, "override", false)
			}
		case pbx.OverrideDeny:
			if cell == "" {
				place(other, "override", true)
			} else {
				place(cell, "override", true)
			}
		}
	}
	for _, a := range n.s.Assignments {
		if a.User != u || !during(a.From, a.Until, n.at) {
			continue
		}
		switch n.cell(a.Role, r) {
		case "":
		case pbx.ScopeSelf:
			all = append(all, nGrant{right: r, scope: pbx.Scope{Kind: pbx.ScopeSelf}, except: a.Except, from: "role", until: a.Until})
		default:
			all = append(all, nGrant{right: r, scope: a.Scope, except: a.Except, since: a.Since, from: "role", until: a.Until})
		}
	}
	for _, g := range n.s.Grants {
		if g.User == u && g.Right == r.String() && during(g.From, g.Until, n.at) {
			all = append(all, nGrant{right: r, deny: g.Deny, scope: g.Scope, except: g.Except, since: g.Since, from: "grant", until: g.Until})
		}
	}
	if r == UserSee || r == GroupSee || r == PresenceSee {
		for _, g := range n.s.Groups {
			if g.Published {
				all = append(all, nGrant{right: r, scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: g.ID}, from: "published", outside: true})
			}
		}
	}
	return all
}

func (n naive) isUnder(g, top pbx.GroupID) bool {
	for g != "" {
		if g == top {
			return true
		}
		if n.s.Groups[g] == nil {
			return false
		}
		g = n.s.Groups[g].Parent
	}
	return false
}

// inScope reports whether a group lies in a scope.
func (n naive) inScope(g pbx.GroupID, c pbx.Scope) bool {
	if n.s.Groups[g] == nil {
		return c.Kind == pbx.ScopeAll
	}
	switch c.Kind {
	case pbx.ScopeGroup:
		return g == c.Group
	case pbx.ScopeTree:
		return n.s.Groups[c.Group] != nil && n.isUnder(g, c.Group)
	case pbx.ScopeListed:
		return slices.Contains(c.Refs, pbx.Ref{Kind: pbx.KindGroup, ID: string(g)})
	}
	return c.Kind == pbx.ScopeAll
}

// memberships lists a person's groups at a moment.
func (n naive) memberships(u pbx.UserID, at time.Time) (all []*pbx.Membership) {
	for _, m := range n.s.Memberships {
		if m.User == u && during(m.From, m.Until, at) {
			all = append(all, m)
		}
	}
	return all
}

func (n naive) personInScope(u pbx.UserID, c pbx.Scope, at time.Time) bool {
	if c.Kind == pbx.ScopeAll {
		return true
	}
	if n.s.Users[u] == nil {
		return false
	}
	if c.Kind == pbx.ScopeListed && slices.Contains(c.Refs, pbx.Ref{Kind: pbx.KindUser, ID: string(u)}) {
		return true
	}
	for _, m := range n.memberships(u, at) {
		if n.inScope(m.Group, c) {
			return true
		}
	}
	return false
}

// takenOut reports whether an exclusion names a person, or a group of his or one above it.
func (n naive) takenOut(u pbx.UserID, except []pbx.Ref, at time.Time) bool {
	for _, r := range except {
		if r.Kind == pbx.KindUser && r.ID == string(u) && n.s.Users[u] != nil {
			return true
		}
		if r.Kind != pbx.KindGroup {
			continue
		}
		for _, m := range n.memberships(u, at) {
			if n.s.Groups[pbx.GroupID(r.ID)] != nil && n.isUnder(m.Group, pbx.GroupID(r.ID)) {
				return true
			}
		}
	}
	return false
}

func (n naive) groupTakenOut(g pbx.GroupID, except []pbx.Ref) bool {
	for _, r := range except {
		if r.Kind == pbx.KindGroup && n.s.Groups[g] != nil && n.s.Groups[pbx.GroupID(r.ID)] != nil && n.isUnder(g, pbx.GroupID(r.ID)) {
			return true
		}
	}
	return false
}

// reaches reports whether a grant reaches the thing, exclusions apart; a deny leaves out whom its own exclusion names.
func (n naive) reaches(u pbx.UserID, g nGrant, t nThing) bool {
	if g.scope.Kind == pbx.ScopeSelf {
		return n.ownedBy(u, t) && (g.deny || knows(g.right, pbx.ScopeSelf))
	}
	if g.scope.Kind == pbx.ScopeListed && t.id != "" && slices.Contains(g.scope.Refs, pbx.Ref{Kind: pbx.Kind(t.kind.String()), ID: t.id}) {
		return true
	}
	if g.scope.Kind == pbx.ScopeAll && len(t.people)+len(t.groups) == 0 {
		return true
	}
	for _, id := range t.groups {
		if n.inScope(id, g.scope) && !(g.deny && n.groupTakenOut(id, g.except)) {
			return true
		}
	}
	for _, p := range t.people {
		self := knows(g.right, pbx.ScopeSelf)
		if g.deny && (g.scope.Kind == pbx.ScopeGroup || g.scope.Kind == pbx.ScopeTree) {
			self = false
		}
		if p == u && !self {
			continue
		}
		if n.personInScope(p, g.scope, t.then) && !(g.deny && p != u && n.takenOut(p, g.except, t.then)) {
			return true
		}
	}
	return false
}

// ownedBy reports whether the thing is the person's: a mailbox of a group is each member's.
func (n naive) ownedBy(u pbx.UserID, t nThing) bool {
	if slices.Contains(t.people, u) {
		room := n.s.GuestRooms[u]
		return room == nil || t.living || t.kind != KindCall && t.kind != KindRecording || !t.then.Before(room.Since)
	}
	if t.kind == KindVoicemail && len(t.people) == 0 {
		for _, m := range n.memberships(u, n.at) {
			if slices.Contains(t.groups, m.Group) {
				return true
			}
		}
	}
	return false
}

func (n naive) excluded(u pbx.UserID, g nGrant, t nThing) bool {
	if t.id != "" && slices.Contains(g.except, pbx.Ref{Kind: pbx.Kind(t.kind.String()), ID: t.id}) {
		return true
	}
	for _, id := range t.groups {
		if n.groupTakenOut(id, g.except) {
			return true
		}
	}
	for _, p := range t.people {
		if p != u && n.takenOut(p, g.except, t.then) {
			return true
		}
	}
	return false
}

func (n naive) denies(u pbx.UserID, r Right, t nThing) bool {
	for _, g := range n.grants(u, r) {
		if g.deny && n.reaches(u, g, t) {
			return true
		}
	}
	return false
}

// allows collects A of one right, with what implies it; struck tells that an exclusion stood in the way.
func (n naive) allows(u pbx.UserID, r Right, t nThing) (a []nGrant, struck bool) {
	for _, g := range n.grants(u, r) {
		if g.deny || !n.reaches(u, g, t) || g.scope.Kind != pbx.ScopeSelf && t.then.Before(g.since) {
			continue
		}
		if n.excluded(u, g, t) {
			struck = true
			continue
		}
		a = append(a, g)
	}
	for x := Right(1); x < rightCount; x++ {
		if slices.Contains(x.Implies(), r) && !n.denies(u, x, t) {
			more, s := n.allows(u, x, t)
			a, struck = append(a, more...), struck || s
		}
	}
	return a, struck
}

func isDoor(r Right) bool { return r == WebsiteAccess || r == AdminAccess }

func (n naive) door(u pbx.UserID, r Right) Code {
	site := nThing{kind: KindSite, people: []pbx.UserID{u}, then: n.at}
	if n.denies(u, r, site) {
		return Deny
	}
	for _, g := range n.grants(u, r) {
		if !g.deny && n.reaches(u, g, site) && !n.excluded(u, g, site) && (g.scope.Kind == pbx.ScopeSelf || !n.at.Before(g.since)) {
			return ""
		}
	}
	if n.opens(u, r) {
		return ""
	}
	return NoGrant
}

// opens reports whether some right that names the door is held anywhere and not denied at self or all.
func (n naive) opens(u pbx.UserID, r Right) bool {
	for x := Right(1); x < rightCount; x++ {
		if !slices.Contains(x.Implies(), r) {
			continue
		}
		held, shut := false, false
		for _, g := range n.grants(u, x) {
			held = held || !g.deny
			shut = shut || g.deny && (g.scope.Kind == pbx.ScopeSelf || g.scope.Kind == pbx.ScopeAll)
		}
		if !shut && (held || n.opens(u, x)) {
			return true
		}
	}
	return false
}

// decide answers for a known user about an ordinary thing.
func (n naive) decide(u pbx.UserID, r Right, t nThing) Code {
	if isDoor(r) {
		return n.door(u, r)
	}
	if n.denies(u, r, t) {
		return Deny
	}
	a, struck := n.allows(u, r, t)
	if len(a) == 0 {
		if struck {
			return Excluded
		}
		return NoGrant
	}
	for _, need := range r.Needs() {
		about := t
		switch {
		case isDoor(need):
		case len(need.Scopes()) == 1 && knows(need, pbx.ScopeSelf):
			about = nThing{kind: KindUser, people: []pbx.UserID{u}, then: n.at}
		case !need.fits(t.kind):
			return Needs
		}
		if n.decide(u, need, about) != "" {
			return Needs
		}
	}
	return n.conditions(u, r, t, a)
}

func (n naive) conditions(u pbx.UserID, r Right, t nThing, a []nGrant) Code {
	over := []Right{CallSee, CallDivert, CallTransfer, CallPickup, CallPark, CallMenu, CallHangup, CallListen, CallWhisper, CallBarge,
		CallSteal, RecordingControl}
	if t.kind == KindCall && (slices.Contains(over, r) && !t.living || r == CallDetail && t.living) {
		return WrongState
	}
	if r == PresenceSee || r == CallSee {
		if !n.shared(u, r, t, a) {
			return NotShared
		}
	}
	if t.kind == KindUser && t.people[0] != u && (r == UserEdit || r == UserSuspend || r == UserDelete || r == LoginReset) {
		if !n.stands(u, t.people[0]) {
			return Standing
		}
		if (r == UserSuspend || r == UserDelete) && n.isLastOwner(t.people[0]) {
			return LastOwner
		}
	}
	if r == RecordingPlay && t.sound.Host != "" && n.replay(t.sound.Host, t.then) == pbx.ReplayOwn {
		for _, g := range a {
			if g.scope.Kind != pbx.ScopeSelf {
				return ""
			}
		}
		if t.part == (pbx.Interval{}) {
			return ""
		}
		for _, v := range t.sound.Voices {
			if v.User == u && !t.part.From.Before(v.Span.From) && (v.Span.Until.IsZero() || !t.part.Until.After(v.Span.Until)) {
				return ""
			}
		}
		return OutOfSpan
	}
	return ""
}

func (n naive) replay(host pbx.UserID, at time.Time) pbx.Replay {
	for _, m := range n.memberships(host, at) {
		if m.Main && n.s.Groups[m.Group].Replay != "" {
			return n.s.Groups[m.Group].Replay
		}
	}
	return n.s.Tenant.Replay
}

func (n naive) shared(u pbx.UserID, r Right, t nThing, a []nGrant) bool {
	subjects := 0
	for _, p := range t.people {
		if p == u && n.ownedBy(u, t) {
			return true
		}
		if n.s.Users[p] != nil {
			subjects++
		}
	}
	if subjects == 0 {
		return true
	}
	value := func(m *pbx.Membership) pbx.Share {
		own := func(m *pbx.Membership) pbx.Share {
			if r == PresenceSee {
				return m.Presence
			}
			return m.Calls
		}
		if v := own(m); v != "" {
			return v
		}
		for _, o := range n.memberships(m.User, t.then) {
			if o.Main && own(o) != "" {
				return own(o)
			}
		}
		return pbx.ShareGroup
	}
	for _, g := range a {
		if g.scope.Kind == pbx.ScopeSelf {
			continue
		}
		queue := slices.ContainsFunc(t.groups, func(id pbx.GroupID) bool { return n.inScope(id, g.scope) })
		for _, p := range t.people {
			wide := (g.scope.Kind == pbx.ScopeListed || g.scope.Kind == pbx.ScopeAll) && n.personInScope(p, g.scope, t.then)
			for _, m := range n.memberships(p, t.then) {
				if n.s.Users[p] == nil || !queue && !wide && !n.inScope(m.Group, g.scope) {
					continue
				}
				if v := value(m); v == pbx.ShareEveryone || v == pbx.ShareGroup && !g.outside {
					return true
				}
			}
		}
	}
	return false
}
