package policy

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"tandem/pbx"
)

// AZ-05: taking an allowing grant away never adds anything to its holder, in any of its forms.
func TestTakingAwayNeverAdds(t *testing.T) {
	taken := 0
	for seed := range uint64(offices(t, 300)) {
		d := throw(seed)
		s := d.snapshot(t)
		var less *pbx.Snapshot
		var holder pbx.UserID
		var err error
		switch {
		case len(s.Grants) > 0 && d.oneIn(2):
			g := s.Grants[pick(d, slices.Sorted(maps.Keys(s.Grants)))]
			if g.Deny {
				continue
			}
			holder = g.User
			less, err = s.Apply(pbx.Change{Delete: []pbx.Ref{g.Ref()}})
		case len(s.Assignments) > 0:
			a := s.Assignments[pick(d, slices.Sorted(maps.Keys(s.Assignments)))]
			holder = a.User
			less, err = s.Apply(pbx.Change{Delete: []pbx.Ref{a.Ref()}})
		default:
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		taken++
		for range 150 {
			r := d.request()
			r.Actor = pbx.Actor{Kind: pbx.ActorUser, User: holder}
			if r.Target.kind == KindTemplate && Decide(s, r).Code == Oneself {
				continue // a template one holds oneself is not one's own to change (I-2)
			}
			if Decide(less, r).OK && !Decide(s, r).OK {
				t.Fatalf("office %d: only with less: %s", seed, describe(s, r))
			}
		}
	}
	if taken < 100 {
		t.Errorf("only %d were taken away", taken)
	}
}

// AZ-05: a further deny never adds anything to anybody's own decisions.
func TestDenyingNeverAdds(t *testing.T) {
	for seed := range uint64(offices(t, 300)) {
		d := throw(seed)
		s := d.snapshot(t)
		g := d.grant(pick(d, d.users), 99)
		g.Deny = true
		if d.oneIn(2) {
			g.Right = pick(d, []Right{UserSee, CallSee, UserEdit, MembershipEdit, WebsiteAccess, GrantEdit, RecordingPlay}).String()
		}
		more, err := s.Apply(pbx.Change{Put: []pbx.Noun{g}})
		if err != nil {
			t.Fatal(err)
		}
		for range 150 {
			r := d.request()
			if Decide(more, r).OK && !Decide(s, r).OK {
				t.Fatalf("office %d: only with the deny %+v: %s", seed, g, describe(s, r))
			}
		}
	}
}

// AZ-05: who is suspended may do nothing.
func TestSuspendedMayDoNothing(t *testing.T) {
	for seed := range uint64(offices(t, 100)) {
		d := throw(seed)
		s := d.snapshot(t)
		u := *s.Users[pick(d, d.users)]
		u.Suspensions = []pbx.Interval{{From: noon.AddDate(-1, 0, 0)}}
		s, err := s.Apply(pbx.Change{Put: []pbx.Noun{&u}})
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			r := d.request()
			r.Actor = pick(d, []pbx.Actor{{Kind: pbx.ActorUser, User: u.ID}, {Kind: pbx.ActorToken, Token: pbx.TokenID("tok" + u.ID)},
				{Kind: pbx.ActorDevice, Device: pbx.DeviceID("dev" + u.ID)}})
			if Decide(s, r).OK || len(Can(s, r.Actor, r.At)) > 0 || Fields(s, r.Actor, u.ID, r.At) != 0 {
				t.Fatalf("office %d: %s", seed, describe(s, r))
			}
		}
	}
}

// AZ-05: the order in which rows were written never matters. Ids decide the order in the index; here they are drawn anew.
func TestOrderNeverMatters(t *testing.T) {
	for seed := range uint64(offices(t, 200)) {
		d := throw(seed)
		nouns := d.office()
		s, err := pbx.NewSnapshot(1, nouns...)
		if err != nil {
			t.Fatal(err)
		}
		order := d.Perm(len(nouns))
		other := make([]pbx.Noun, 0, len(nouns))
		for i, n := range nouns {
			id := fmt.Sprint(order[i])
			switch n := n.(type) {
			case *pbx.Membership:
				c := *n
				c.ID = pbx.MembershipID(id)
				other = append(other, &c)
			case *pbx.Assignment:
				c := *n
				if string(c.ID) == string(c.User)+" 0" {
					other = append(other, n) // a dismissal names it
					continue
				}
				c.ID = pbx.AssignmentID(id)
				other = append(other, &c)
			case *pbx.Grant:
				c := *n
				c.ID = pbx.GrantID(id)
				other = append(other, &c)
			default:
				other = append(other, n)
			}
		}
		d.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		mixed, err := pbx.NewSnapshot(1, other...)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			r := d.request()
			if a, b := Decide(s, r), Decide(mixed, r); a.Code != b.Code || a.Hidden != b.Hidden {
				t.Fatalf("office %d: %s or %s: %s", seed, a.Code, b.Code, describe(s, r))
			}
		}
	}
}

// AZ-11: a token never does what its owner may not; a phone neither.
func TestTokensAndPhonesHoldLess(t *testing.T) {
	for seed := range uint64(offices(t, 300)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 100 {
			r := d.request()
			u := pick(d, d.users)
			own := r
			own.Actor = pbx.Actor{Kind: pbx.ActorUser, User: u}
			for _, a := range []pbx.Actor{{Kind: pbx.ActorToken, Token: pbx.TokenID("tok" + u)}, {Kind: pbx.ActorDevice, Device: pbx.DeviceID("dev" + u)}} {
				r.Actor = a
				if Decide(s, r).OK && !Decide(s, own).OK {
					t.Fatalf("office %d: more than the owner: %s", seed, describe(s, r))
				}
				if a.Kind == pbx.ActorToken && neverByToken.has(r.Right) && Decide(s, r).OK {
					t.Fatalf("office %d: %s", seed, describe(s, r))
				}
			}
		}
	}
}

// What a menu promises is at least what can be done, and what is done is in the menu.
func TestMenusFollowRights(t *testing.T) {
	for seed := range uint64(offices(t, 200)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 100 {
			r := d.request()
			if r.Target.kind == KindLink {
				continue
			}
			can := Can(s, r.Actor, r.At)
			if Decide(s, r).OK && can[r.Right.String()] == pbx.ScopeNone {
				t.Fatalf("office %d: done, but not in the menu: %s", seed, describe(s, r))
			}
		}
	}
}

// AZ-12: a group in ten levels is reached from its top, by its tree only, and a circle is never made.
func TestDeepTrees(t *testing.T) {
	s := company(t, 200, 20)
	at := func(i int) pbx.UserID { return userID(i) }
	edit := func(actor, target int) bool {
		return Decide(s, Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: at(actor)}, Right: ForwardingEdit, Target: User(at(target)), At: noon}).OK
	}
	if !edit(10, 19) || !edit(10, 39) {
		t.Error("a group owner does not reach the tenth level")
	}
	if edit(19, 10) || edit(12, 13) {
		t.Error("a manager reaches up or down")
	}
	top := *s.Groups[pbx.GroupID(fmt.Sprintf("grp_%026d", 10))]
	top.Parent = pbx.GroupID(fmt.Sprintf("grp_%026d", 19))
	if _, err := s.Apply(pbx.Change{Put: []pbx.Noun{&top}}); err == nil {
		t.Error("a circle was made")
	}
	moved := *s.Groups[pbx.GroupID(fmt.Sprintf("grp_%026d", 11))]
	moved.Parent = ""
	s, err := s.Apply(pbx.Change{Put: []pbx.Noun{&moved}})
	if err != nil {
		t.Fatal(err)
	}
	if edit(10, 19) || !edit(10, 30) {
		t.Error("a moved branch is decided by the old tree")
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	s := company(t, 200, 20)
	call := &pbx.LiveCall{ID: "cal_1", Users: []pbx.UserID{userID(25), userID(31)}, Groups: []pbx.GroupID{"grp_00000000000000000000000005"}, Started: noon}
	for _, r := range []Request{
		{Right: UserEdit, Target: User(userID(25))}, {Right: CallListen, Target: Call(call)}, {Right: BackupRun, Target: System()},
		{Right: WebsiteAccess, Target: Site()}, {Right: CallDetail, Target: Record("cal_1", call.Users, call.Groups, noon.AddDate(0, -1, 0))},
		{Right: PresenceSee, Target: User(userID(25))}, {Right: UserDelete, Target: User(userID(31))},
	} {
		for _, actor := range []int{5, 0, 25, 31} {
			r.Actor, r.At = pbx.Actor{Kind: pbx.ActorUser, User: userID(actor)}, noon
			if n := testing.AllocsPerRun(100, func() { Decide(s, r) }); n != 0 {
				t.Errorf("%g allocations: %s", n, describe(s, r))
			}
		}
	}
}

// A snapshot that grew by changes decides like one that was built at once: the index of people is mended rightly.
func TestMendedSnapshotsDecideAlike(t *testing.T) {
	for seed := range uint64(offices(t, 150)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 8 {
			var c pbx.Change
			switch d.IntN(4) {
			case 0:
				g := *s.Groups[pick(d, d.groups)]
				g.Published, g.Parent = !g.Published, pick(d, append(d.groups, ""))
				c.Put = []pbx.Noun{&g}
			case 1:
				c.Put = []pbx.Noun{d.grant(pick(d, d.users), d.IntN(3))}
			case 2:
				m := *s.Memberships[pick(d, slices.Sorted(maps.Keys(s.Memberships)))]
				m.Role, m.Overrides = pick(d, groupRoles), map[string]pbx.Override{d.right().String(): pbx.OverrideDeny}
				c.Put = []pbx.Noun{&m}
			case 3:
				u := s.Users[pick(d, d.users)]
				if u == nil || len(s.Users) < 3 {
					continue
				}
				c.Delete = append(s.Cascade(u.Ref()), u.Ref())
			}
			next, err := s.Apply(c)
			if err != nil {
				continue // a circle, or a person who is gone
			}
			s = next
		}
		fresh, err := pbx.NewSnapshot(1, slices.Collect(s.All())...)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			r := d.request()
			if a, b := Decide(s, r), Decide(fresh, r); a.Code != b.Code || a.Hidden != b.Hidden {
				t.Fatalf("office %d: %s, built anew %s: %s", seed, a.Code, b.Code, describe(s, r))
			}
		}
	}
}
