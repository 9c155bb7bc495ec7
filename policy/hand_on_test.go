package policy

import (
	"slices"
	"testing"

	"tandem/pbx"
)

// reached reports whether somebody holds a right over a person or group: granted, not denied, no exclusion in the way.
// Conditions and what is needed besides belong to the deed, not to the right.
func (n naive) reached(u pbx.UserID, r Right, t nThing) bool {
	a, _ := n.allows(u, r, t)
	return len(a) > 0 && !n.denies(u, r, t)
}

// AZ-10: whatever single right somebody gives, the receiver holds it over nobody over whom the giver did not, and never
// for longer.
func TestNobodyGivesMoreThanHeHolds(t *testing.T) {
	given := 0
	for seed := range uint64(offices(t, 1500)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 60 {
			giver := pick(d, d.users)
			g := d.grant(pick(d, d.users), 77)
			g.Deny, g.From = false, noon.AddDate(0, 0, -1)
			r := Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: giver}, Right: GrantEdit, Target: Give(g), At: noon}
			if !Decide(s, r).OK {
				continue
			}
			given++
			right, _ := ParseRight(g.Right)
			n := naive{s, noon}
			if g.User == giver || right == RoleSystem {
				t.Fatalf("office %d: %s gave %+v", seed, giver, g)
			}
			if len(right.Scopes()) == 1 && knows(right, pbx.ScopeSelf) {
				continue // who holds it himself may give it
			}
			w := nGrant{right: right, scope: g.Scope, except: g.Except}
			for _, p := range d.users {
				th := n.person(p)
				if p != giver && n.reaches(g.User, w, th) && !n.excluded(g.User, w, th) && !n.reached(giver, right, th) {
					t.Fatalf("office %d: %s gave %+v, but does not hold it over %s", seed, giver, g, p)
				}
			}
			for _, id := range d.groups {
				th := n.group(id)
				if n.reaches(g.User, w, th) && !n.excluded(g.User, w, th) && !n.reached(giver, right, th) {
					t.Fatalf("office %d: %s gave %+v, but does not hold it over %s", seed, giver, g, id)
				}
			}
		}
	}
	if given < 500 {
		t.Errorf("only %d grants were given", given)
	}
}

// I-2, I-3: after any sequence of allowed changes there is an active System Owner without an end, if there was one.
func TestTheLastOwnerStays(t *testing.T) {
	dismissed := 0
	for seed := range uint64(offices(t, 400)) {
		d := throw(seed)
		s := d.snapshot(t)
		owners := func(s *pbx.Snapshot) (n int) {
			for _, a := range s.Assignments {
				if a.Role == "system_owner" && a.Scope.Kind == pbx.ScopeAll && a.Until.IsZero() && !a.From.After(noon) && !s.Users[a.User].IsSuspended(noon) {
					n++
				}
			}
			return n
		}
		if owners(s) == 0 {
			continue
		}
		for range 40 {
			actor := pbx.Actor{Kind: pbx.ActorUser, User: pick(d, d.users)}
			victim := pick(d, d.users)
			var c pbx.Change
			var r Request
			if d.oneIn(2) {
				u := *s.Users[victim]
				u.Suspensions = []pbx.Interval{{From: noon}}
				c = pbx.Change{Put: []pbx.Noun{&u}}
				r = Request{Actor: actor, Right: UserSuspend, Target: User(victim), At: noon}
			} else {
				held := s.AssignmentsOf(victim)
				if len(held) == 0 {
					continue
				}
				a := pick(d, held)
				c = pbx.Change{Delete: []pbx.Ref{a.Ref()}}
				r = Request{Actor: actor, Right: pick(d, []Right{RoleSystem, GrantEdit}), Target: Dismiss(a), At: noon}
			}
			if !Decide(s, r).OK {
				continue
			}
			if victim == actor.User {
				t.Fatalf("office %d: to himself: %s", seed, describe(s, r))
			}
			next, err := s.Apply(c)
			if err != nil {
				t.Fatal(err)
			}
			s = next
			dismissed++
			if owners(s) == 0 {
				t.Fatalf("office %d: nobody is left after %s", seed, describe(s, r))
			}
		}
	}
	if dismissed < 50 {
		t.Errorf("only %d changes", dismissed)
	}
}

// What a form offers is what can be given, to somebody who is in no other group and holds nothing.
func TestAssignableIsDecide(t *testing.T) {
	offered := 0
	for seed := range uint64(offices(t, 200)) {
		d := throw(seed)
		s := d.snapshot(t)
		s, err := s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.User{ID: "new", Name: "new", Email: "new@example.com"},
			&pbx.Membership{ID: "new", User: "new", Group: d.groups[0], Role: "user", From: later}}})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			a, g, at := d.actor(), pick(d, d.groups), d.moment()
			got := Assignable(s, a, g, at)
			offered += len(got)
			for _, role := range roles {
				if role.class != ClassGroup {
					continue
				}
				r := Request{Actor: a, Right: MembershipRole, Target: Place("new", g, role.id), At: at}
				want := Decide(s, r).OK
				r.Right = MembershipEdit
				if want = want || Decide(s, r).OK; want != slices.Contains(got, role.id) && !role.billed {
					t.Fatalf("office %d: %s offered %v, can be given %v: %s", seed, role.id, !want, want, describe(s, r))
				}
			}
		}
	}
	if offered < 200 {
		t.Errorf("only %d roles were offered", offered)
	}
}

// The explanation names a grant that exists, counts and alone leads to the same answer (AZ-30).
func TestExplanationsHold(t *testing.T) {
	wished := 0
	for seed := range uint64(offices(t, 200)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 60 {
			r := d.request()
			e := Explain(s, r)
			if e.OK != Decide(s, r).OK || len(e.Why) == 0 || e.Reason().Key == "" {
				t.Fatalf("office %d: %+v: %s", seed, e, describe(s, r))
			}
			if len(e.Lacks) > 0 {
				var change pbx.Change
				for _, g := range e.Lacks {
					change.Put = append(change.Put, g)
				}
				with, err := s.Apply(change)
				if err != nil || !Decide(with, r).OK {
					t.Fatalf("office %d: with %+v it is still refused, %v: %s", seed, e.Lacks, err, describe(s, r))
				}
				wished++
			}
			for _, step := range e.Why {
				if step.Row != (pbx.Ref{}) && s.Find(step.Row) == nil {
					t.Fatalf("office %d: %+v speaks of nothing: %s", seed, step, describe(s, r))
				}
			}
			if e.Code == Deny && len(e.Why) < 2 && r.Actor.Kind == pbx.ActorUser && !isDoor(r.Right) {
				t.Fatalf("office %d: denied by nothing: %s", seed, describe(s, r))
			}
			for _, u := range e.Givers {
				if s.Users[u].IsSuspended(r.At) {
					t.Fatalf("office %d: %s is suspended and could give nothing", seed, u)
				}
			}
			w := e.way
			if !e.OK || w.delegated || w.link || isDoor(r.Right) {
				continue
			}
			n := naive{s, r.At}
			th, _ := n.thing(r.Target)
			q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
			if !q.is(r.Actor) {
				t.Fatalf("office %d: nobody is allowed: %s", seed, describe(s, r))
			}
			holds := slices.ContainsFunc(n.grants(q.me.User.ID, w.right), func(g nGrant) bool {
				return !g.deny && g.scope.Kind == w.scope.kind() && n.reaches(q.me.User.ID, g, th)
			})
			if !holds {
				t.Fatalf("office %d: no grant as told %+v: %s", seed, w, describe(s, r))
			}
		}
	}
	if wished < 500 {
		t.Errorf("only %d refusals could be helped", wished)
	}
}

// AZ-04: classes of fields by role, in the world of the scenarios.
func TestFields(t *testing.T) {
	w := readWorld(t)
	s := w.snapshot(t)
	at := noon.Add(-2 * 3600e9)
	user := func(id string) pbx.Actor { return pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(id)} }
	for _, tt := range []struct {
		actor  pbx.Actor
		target pbx.UserID
		want   FieldSet
		why    string
	}{
		{user("uwe"), "uwe", FieldCard | FieldStatus | FieldTalking | FieldReach | FieldSetup | FieldStanding | FieldCost, "oneself"},
		{user("uwe"), "mark", FieldCard | FieldStatus, "colleague"},
		{user("uwe"), "nina", FieldCard, "colleague in Default who hides her presence"},
		{user("uwe"), "kai", 0, "stranger"},
		{user("kai"), "dora", FieldCard | FieldStatus, "published group, shared with everybody"},
		{user("kai"), "mia", FieldCard, "published group, shared with the group only"},
		{user("rita"), "uwe", FieldCard | FieldStatus | FieldTalking, "reception"},
		{user("mark"), "uwe", FieldCard | FieldStatus | FieldTalking | FieldReach | FieldSetup | FieldStanding | FieldCost, "his Manager"},
		{user("mark"), "greta", FieldCard | FieldStatus | FieldTalking | FieldSetup | FieldStanding | FieldCost, "stands above the Manager"},
		{user("otto"), "uwe", 0, "suspended"},
		{user("anna"), "uwe", FieldCard | FieldStanding, "auditor"},
		{pbx.Actor{Kind: pbx.ActorDevice, Device: "d-uwe"}, "uwe", FieldCard | FieldStatus | FieldTalking, "his phone"},
		{pbx.Actor{Kind: pbx.ActorToken, Token: "t1"}, "mark", 0, "a token without user.see"},
		{pbx.Actor{Kind: pbx.ActorToken, Token: "t5"}, "uwe", FieldCard, "a token with user.see only"},
		{pbx.Actor{}, "uwe", 0, "nobody"},
		{user("olga"), "nobody", 0, "no such person"},
	} {
		if got := Fields(s, tt.actor, tt.target, at); got != tt.want {
			t.Errorf("%s: %v sees %08b of %s, want %08b", tt.why, tt.actor, got, tt.target, tt.want)
		}
	}
}

func TestHolders(t *testing.T) {
	w := readWorld(t)
	s := w.snapshot(t)
	at := noon.Add(-2 * 3600e9)
	got := Holders(s, CallListen, w.target(t, "call:c1"), at)
	if want := []pbx.UserID{"greta", "hans", "mark", "olga"}; !slices.Equal(got, want) {
		t.Errorf("who may listen to c1: %v, want %v", got, want)
	}
	e := Explain(s, Request{Actor: w.actor("user:rita"), Right: CallListen, Target: w.target(t, "call:c1"), At: at})
	if e.OK || len(e.Lacks) == 0 || !slices.Contains(e.Givers, "greta") || slices.Contains(e.Givers, "rita") {
		t.Errorf("who could give it: %v, what is missing: %+v", e.Givers, e.Lacks)
	}
	if i, j := slices.Index(e.Givers, "greta"), slices.Index(e.Givers, "olga"); j >= 0 && i > j {
		t.Errorf("the owner of the office is asked before the owner of the group: %v", e.Givers)
	}
	e = Explain(s, Request{Actor: w.actor("user:uwe"), Right: UserEdit, Target: User("mark"), At: at})
	if last := e.Why[len(e.Why)-1].Text.Key; len(e.Lacks) > 0 || last != "denied.standing" {
		t.Errorf("a grant of user.edit would not help against a Manager: %+v, %s", e.Lacks, last)
	}
}

func TestHidden(t *testing.T) {
	w := readWorld(t)
	s := w.snapshot(t)
	at := noon.Add(-2 * 3600e9)
	for _, tt := range []struct {
		actor, right, target string
		hidden               bool
	}{
		{"user:uwe", "user.edit", "user:mark", false},
		{"user:uwe", "user.edit", "user:kai", true},
		{"user:uwe", "user.see", "user:kai", true},
		{"user:kai", "group.edit", "group:support", false},
		{"user:kai", "group.edit", "group:exec", true},
		{"user:sven", "call.listen", "call:c1", true},
		{"user:rita", "call.listen", "call:c1", false},
		{"user:rita", "recording.play", "recording:r2", true},
		{"user:uwe", "setting.edit", "system:", false},
		{"user:mark", "membership.role", "membership:kai@key:manager", true},
		{"user:rita", "membership.role", "membership:dora@support:manager", false},
		{"user:uwe", "device.edit", "device:d-uwe", false},
		{"user:uwe", "device.edit", "device:d-gabi", true},
		{"token:t1", "user.see", "user:uwe", true},
		{"user:uwe", "user.see", "user:nobody", true},
	} {
		right, _ := ParseRight(tt.right)
		d := Decide(s, Request{Actor: w.actor(tt.actor), Right: right, Target: w.target(t, tt.target), At: at})
		if d.OK || d.Hidden != tt.hidden {
			t.Errorf("%s %s %s: allowed %v, hidden %v, want %v", tt.actor, tt.right, tt.target, d.OK, d.Hidden, tt.hidden)
		}
	}
}
