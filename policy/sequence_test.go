package policy

import (
	"maps"
	"slices"
	"testing"
	"time"

	"tandem/pbx"
)

// giver makes an office in which one person may give, and holds a few rights with bounds of every kind, so that sequences
// of giving begin somewhere.
func (d *dice) giver(t testing.TB) *pbx.Snapshot {
	t.Helper()
	s := d.snapshot(t)
	u := *s.Users["u0"]
	u.Suspensions = nil
	c := pbx.Change{Put: []pbx.Noun{&u, &pbx.Grant{ID: "giver", User: "u0", Right: "grant.edit", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: noon.AddDate(0, 0, -1)},
		&pbx.Grant{ID: "payer", User: "u0", Right: "billing.assign", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: noon.AddDate(0, 0, -1)}}}
	for i := range 4 {
		g := d.grant("u0", 50+i)
		g.Right, g.Deny, g.From = pick(d, d.hot).String(), false, noon.AddDate(0, 0, -1)
		if g.Scope.Kind == pbx.ScopeSelf {
			g.Scope.Kind = pbx.ScopeAll
		}
		c.Put = append(c.Put, g)
	}
	s, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// exceeds finds somebody or something over which the receiver holds a right now, and neither he nor the giver did before: at
// this moment or a later one, among living things and records of every hour of the past. Over what is given over oneself,
// one's own past comes along.
func (d *dice) exceeds(before, after *pbx.Snapshot, giver, receiver pbx.UserID, r Right, own, except bool) (nThing, bool) {
	at := noon.Add(time.Duration(d.IntN(4)) * time.Hour)
	speaks := func(n naive, what func(nGrant) bool) bool {
		return slices.ContainsFunc(append(r.ImpliedBy(), r), func(x Right) bool { return slices.ContainsFunc(n.grants(giver, x), what) })
	}
	if speaks(naive{before, at}, func(g nGrant) bool { return g.deny }) {
		at = noon // a deny that comes later does not undo what was given before it
	}
	old, now := naive{before, at}, naive{after, at}
	var things []nThing
	for _, p := range d.users {
		if p == giver || p == receiver && except {
			continue // a scope may spare its holder, and an exclusion never takes out its holder
		}
		// People count as they stood when it was given: whoever leaves a group later was reached then.
		things = append(things, nThing{kind: KindUser, people: []pbx.UserID{p}, then: noon})
		if own && p == receiver {
			continue
		}
		for ago := range 7 {
			with := []pbx.UserID{p}
			if d.oneIn(4) {
				with = append(with, "deleted")
			}
			things = append(things, nThing{kind: KindCall, id: "x9", people: with, then: noon.Add(-time.Duration(ago+1) * time.Hour)})
		}
	}
	for _, g := range d.groups {
		things = append(things, old.group(g), nThing{kind: KindCall, id: "x9", groups: []pbx.GroupID{g}, then: noon.Add(-time.Duration(d.IntN(7)) * time.Hour)})
	}
	for _, th := range things {
		if th.kind == KindCall && !r.Recalls() {
			continue
		}
		if now.reached(receiver, r, th) && !old.reached(receiver, r, th) && !old.reached(giver, r, th) {
			return th, true
		}
	}
	return nThing{}, false
}

// AZ-10: in a hundred thousand sequences of giving single rights and overrides nobody comes to hold a right over somebody over
// whom its giver did not hold it when he gave it; receivers give on.
func TestSequencesOfGivingNeverExceed(t *testing.T) {
	t.Parallel()
	const each = 50
	n := offices(t, 2_000)
	given := 0
	for seed := range uint64(n) {
		d := throw(seed)
		start := d.giver(t)
		for range each {
			s := start
			giver := pbx.UserID("u0")
			for step := range 3 {
				receiver := pick(d, d.users)
				var r Request
				var c pbx.Change
				right, own, except := pick(d, d.hot), false, false
				if d.oneIn(4) {
					places := s.MembershipsOf(receiver)
					m := *pick(d, places)
					m.Overrides = maps.Clone(m.Overrides)
					if m.Overrides == nil {
						m.Overrides = map[string]pbx.Override{}
					}
					m.Overrides[right.String()] = pbx.OverrideAllow
					r = Request{Right: MembershipOverride, Target: Override(receiver, m.Group, right, pbx.OverrideAllow)}
					c.Put = []pbx.Noun{&m}
				} else {
					g := d.grant(receiver, 90+step)
					g.Right, g.Deny, g.From = right.String(), false, noon.AddDate(0, 0, -1)
					if d.oneIn(3) {
						g.Right = "grant.edit" // so that the receiver gives on
					}
					right, _ = ParseRight(g.Right)
					own, except = g.Scope.Kind == pbx.ScopeSelf, len(g.Except) > 0
					r = Request{Right: GrantEdit, Target: Give(g)}
					c.Put = []pbx.Noun{g}
				}
				r.Actor, r.At = pbx.Actor{Kind: pbx.ActorUser, User: giver}, noon
				if !Decide(s, r).OK {
					continue
				}
				next, err := s.Apply(c)
				if err != nil {
					t.Fatal(err)
				}
				given++
				if receiver == giver || right == RoleSystem {
					t.Fatalf("%s: %s", d.name, describe(s, r))
				}
				if !slices.Equal(right.Scopes(), []pbx.ScopeKind{pbx.ScopeSelf}) { // who holds such a right himself may give it
					if th, more := d.exceeds(s, next, giver, receiver, right, own, except); more {
						t.Fatalf("%s: %s gets %s over %+v from %s, who does not hold it: %+v\nby %+v", d.name, receiver, right, th, giver, c.Put[0], naive{s, noon}.grants(giver, right))
					}
				}
				s = next
				if d.oneIn(2) {
					giver = receiver
				}
			}
		}
	}
	if n*each < 100_000 && n >= 2_000 || given < n/2 {
		t.Errorf("%d sequences, %d gifts", n*each, given)
	}
}

// AZ-11: a token never does what its owner may not, also after everything of the owner's changed under it.
func TestTokensFollowTheirOwners(t *testing.T) {
	changed := 0
	for seed := range uint64(offices(t, 300)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 6 {
			u := pick(d, d.users)
			var c pbx.Change
			switch d.IntN(4) {
			case 0:
				for _, g := range s.GrantsOf(u) {
					c.Delete = append(c.Delete, g.Ref())
				}
			case 1:
				for _, a := range s.AssignmentsOf(u) {
					c.Delete = append(c.Delete, a.Ref())
				}
			case 2:
				for _, m := range s.MembershipsOf(u) {
					m := *m
					m.Role, m.Overrides = "observer", map[string]pbx.Override{pick(d, d.hot).String(): pbx.OverrideDeny}
					c.Put = append(c.Put, &m)
				}
			default:
				who := *s.Users[u]
				who.Suspensions = []pbx.Interval{{From: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}}
				c.Put = []pbx.Noun{&who}
			}
			next, err := s.Apply(c)
			if err != nil {
				t.Fatal(err)
			}
			s = next
			changed++
			for range 20 {
				r := d.request()
				own := r
				r.Actor, own.Actor = pbx.Actor{Kind: pbx.ActorToken, Token: pbx.TokenID("tok" + u)}, pbx.Actor{Kind: pbx.ActorUser, User: u}
				if Decide(s, r).OK && !Decide(s, own).OK {
					t.Fatalf("%s: more than the owner: %s", d.name, describe(s, r))
				}
			}
		}
	}
	if changed < 1_000 {
		t.Errorf("only %d changes", changed)
	}
}

// AZ-12: after groups were moved, renamed, deleted with what was in them, or nested ten deep, every decision is the one of the
// tree as it stands; a circle is never made.
func TestMovedTreesDecideAsTheyStand(t *testing.T) {
	t.Parallel()
	moved, circles, gone := 0, 0, 0
	for seed := range uint64(offices(t, 250)) {
		d := throw(seed)
		s := d.snapshot(t)
		for i := range 10 { // a chain below the first group, deep enough for anybody
			g := &pbx.Group{ID: pbx.GroupID("deep" + string(rune('0'+i))), Name: "deep" + string(rune('0'+i)), Parent: d.groups[len(d.groups)-1]}
			next, err := s.Apply(pbx.Change{Put: []pbx.Noun{g}})
			if err != nil {
				break // ten levels are the most
			}
			s, d.groups = next, append(d.groups, g.ID)
		}
		for range 8 {
			id := pick(d, d.groups)
			g := *s.Groups[id]
			c := pbx.Change{Put: []pbx.Noun{&g}}
			switch {
			case d.oneIn(5):
				g.Name += "+"
			case d.oneIn(5) && !g.Default && len(s.Children(id)) == 0:
				c = pbx.Change{Delete: append(s.Cascade(g.Ref()), g.Ref())}
			default:
				g.Parent = pick(d, append(d.groups, ""))
			}
			next, err := s.Apply(c)
			if g.Parent != "" && s.IsBelow(g.Parent, id) && len(c.Put) > 0 {
				circles++
				if err == nil {
					t.Fatalf("%s: %s below %s is a circle", d.name, id, g.Parent)
				}
			}
			if err != nil {
				continue
			}
			s = next
			if moved++; len(c.Delete) > 0 {
				gone++
				d.groups = slices.DeleteFunc(slices.Clone(d.groups), func(o pbx.GroupID) bool { return o == id })
			}
			d.differ(t, s, 25, map[Code]int{})
		}
	}
	if moved < 800 || circles < 100 || gone < 20 {
		t.Errorf("%d changes, %d circles refused, %d groups deleted", moved, circles, gone)
	}
}
