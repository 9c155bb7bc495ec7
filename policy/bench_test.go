package policy

import (
	"fmt"
	"testing"
	"time"

	"tandem/pbx"
)

// noon is the moment of tests that need none in particular.
var noon = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

// company builds an office of people in groups nested to depth 10: every group has a manager, every tree a group owner.
func company(t testing.TB, people, groups int) *pbx.Snapshot {
	t.Helper()
	start := noon.AddDate(-1, 0, 0)
	nouns := []pbx.Noun{&pbx.Tenant{Name: "Company"}}
	group := func(i int) pbx.GroupID { return pbx.GroupID(fmt.Sprintf("grp_%026d", i)) }
	for i := range groups {
		g := &pbx.Group{ID: group(i), Name: fmt.Sprintf("Group %d", i), Default: i == 0}
		if i%10 > 0 {
			g.Parent = group(i - 1)
		}
		nouns = append(nouns, g)
	}
	for i := range people {
		id := userID(i)
		nouns = append(nouns, &pbx.User{ID: id, Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.com", i)})
		role, g := pbx.RoleID("user"), i%groups
		if i < groups {
			role = "manager"
			if g%10 == 0 {
				role = "group_owner"
			}
		}
		nouns = append(nouns, &pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("mem_%026d", i)), User: id, Group: group(g),
			Role: role, From: start, Main: true})
		if g != 0 {
			nouns = append(nouns, &pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("mem_%025dd", i)), User: id, Group: group(0),
				Role: "user", From: start})
		}
	}
	nouns = append(nouns, &pbx.Assignment{ID: "asg_owner", User: userID(0), Role: "system_owner", From: start,
		Scope: pbx.Scope{Kind: pbx.ScopeAll}})
	s, err := pbx.NewSnapshot(1, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func userID(i int) pbx.UserID { return pbx.UserID(fmt.Sprintf("usr_%026d", i)) }

func BenchmarkDecide(b *testing.B) {
	s := company(b, 10_000, 1_000)
	call := &pbx.LiveCall{ID: "cal_1", Users: []pbx.UserID{userID(1005)}, Started: noon}
	for _, tt := range []struct {
		name   string
		actor  int
		right  Right
		target Target
		want   bool
	}{
		{"allow-own", 1005, ForwardingEdit, User(userID(1005)), true},
		{"allow-colleague-card", 1005, UserSee, User(userID(2005)), true},
		{"allow-role-group", 5, ForwardingEdit, User(userID(1005)), true},
		{"allow-role-group-standing", 5, UserEdit, User(userID(1005)), true},
		{"allow-tree", 10, ForwardingEdit, User(userID(1015)), true},
		{"allow-office", 0, UserCreate, Group("grp_00000000000000000000000015"), true},
		{"allow-call-listen", 5, CallListen, Call(call), true},
		{"allow-call-place", 1005, CallPlace, User(userID(1005)), true},
		{"deny-stranger", 1005, ForwardingEdit, User(userID(2006)), false},
		{"deny-call", 1006, CallSee, Call(call), false},
	} {
		b.Run(tt.name, func(b *testing.B) {
			r := Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: userID(tt.actor)}, Right: tt.right, Target: tt.target, At: noon}
			if d := Decide(s, r); d.OK != tt.want {
				b.Fatalf("%v %s", d.OK, d.Code)
			}
			b.ReportAllocs()
			for b.Loop() {
				Decide(s, r)
			}
		})
	}
	b.Run("allow-spread", func(b *testing.B) { // another manager and another member each time: no warm cache lines
		var all [1000]Request
		for i := range all {
			all[i] = Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: userID(i)}, Right: ForwardingEdit, Target: User(userID(i + 1000)), At: noon}
			if !Decide(s, all[i]).OK {
				b.Fatal(i)
			}
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			Decide(s, all[i%1000])
		}
	})
}

// BenchmarkSight makes the set of a manager, and asks it about one record.
func BenchmarkSight(b *testing.B) {
	s := company(b, 10_000, 1_000)
	actor := pbx.Actor{Kind: pbx.ActorUser, User: userID(10)}
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Sight(s, actor, CallDetail, noon)
		}
	})
	b.Run("sees", func(b *testing.B) {
		v := Sight(s, actor, CallDetail, noon)
		t := Record("cal_1", []pbx.UserID{userID(1015), userID(7)}, nil, noon.AddDate(0, -1, 0))
		b.ReportAllocs()
		for b.Loop() {
			v.Sees(t)
		}
	})
}

// BenchmarkApply is a snapshot after one change of a role, index of people included.
func BenchmarkApply(b *testing.B) {
	s := company(b, 10_000, 1_000)
	m := *s.MembershipsOf(userID(1015))[0]
	m.Role = "receptionist"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Apply(pbx.Change{Put: []pbx.Noun{&m}}); err != nil {
			b.Fatal(err)
		}
	}
}
