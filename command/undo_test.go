package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// whim is a change of any kind that somebody with every right may think of.
func (o *office) whim(d *rand.Rand) Command {
	s := o.view()
	users, groups := slices.Sorted(maps.Keys(s.Users)), slices.Sorted(maps.Keys(s.Groups))
	u, g := users[d.IntN(len(users))], groups[d.IntN(len(groups))]
	rights := policy.AllRights()
	r := rights[d.IntN(len(rights))]
	scopes := r.Scopes()
	b := Bounds{Scope: pbx.Scope{Kind: scopes[d.IntN(len(scopes))], Group: g}, Reason: "because"}
	if b.Scope.Kind == pbx.ScopeListed {
		b.Scope.Refs = []pbx.Ref{{Kind: pbx.KindUser, ID: string(users[d.IntN(len(users))])}}
	}
	if d.IntN(2) == 0 {
		b.Until = o.now.Add(time.Duration(1+d.IntN(50)) * time.Hour)
	}
	if d.IntN(3) == 0 {
		b.From = o.now.Add(time.Duration(d.IntN(60)) * time.Minute)
	}
	until := o.now.Add(time.Duration(1+d.IntN(100)) * time.Hour)
	groupRoles := []pbx.RoleID{"user", "receptionist", "manager", "group_admin", "group_owner", "observer"}
	levels := []pbx.RoleID{"reports", "analytics", "recording_playback", "manage_users", "system_admin", "auditor", "silent_monitor"}
	switch d.IntN(14) {
	case 0:
		return SetMember{User: u, Group: g, Role: groupRoles[d.IntN(len(groupRoles))], Main: d.IntN(2) == 0}
	case 1:
		return SetMember{User: u, Group: g, Role: groupRoles[d.IntN(len(groupRoles))], Until: &until}
	case 2:
		return SetOverride{User: u, Group: g, Right: r.String(), Value: []pbx.Override{"allow", "deny", ""}[d.IntN(3)]}
	case 3:
		return RemoveMember{User: u, Group: g}
	case 4:
		share := pbx.ShareNobody
		return SetShare{User: u, Group: g, Presence: &share, Calls: &share}
	case 5, 6:
		return GiveGrant{User: u, Right: r.String(), Deny: d.IntN(3) == 0, Bounds: b}
	case 7:
		if all := slices.Sorted(maps.Keys(s.Grants)); len(all) > 0 {
			return EndGrant{Grant: all[d.IntN(len(all))]}
		}
	case 8:
		b.Scope = pbx.Scope{Kind: []pbx.ScopeKind{pbx.ScopeAll, pbx.ScopeTree, pbx.ScopeGroup}[d.IntN(3)], Group: g}
		return Assign{User: u, Role: levels[d.IntN(len(levels))], Bounds: b}
	case 9:
		if all := slices.Sorted(maps.Keys(s.Assignments)); len(all) > 0 {
			return EndAssignment{Assignment: all[d.IntN(len(all))]}
		}
	case 10:
		return SuspendUser{User: u}
	case 11:
		published := d.IntN(2) == 0
		parent := groups[d.IntN(len(groups))]
		return EditGroup{Group: g, Published: &published, Parent: &parent}
	case 12:
		return DeleteGroup{Group: g}
	}
	name := fmt.Sprint("New ", d.IntN(1e9))
	return CreateGroup{Name: name, Parent: g, Members: []pbx.UserID{u}}
}

// rows are all rows of a configuration as they are kept.
func rows(t *testing.T, s *pbx.Snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	for n := range s.All() {
		line, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

// N-17: an undo restores decisions, not just rows: nobody gains or loses anything against the time before the change, over
// people and groups now or over calls of any time, although time has passed.
func TestUndoRestoresDecisions(t *testing.T) {
	undone := 0
	for seed := range uint64(12) {
		d := rand.New(rand.NewPCG(seed, 17))
		o := full(t)
		olga := o.actor("olga")
		for range 25 {
			before := o.view()
			r, err := o.Do(context.Background(), olga, o.whim(d))
			if err != nil || len(r.Facts) == 0 {
				continue
			}
			o.now = o.now.Add(time.Duration(d.IntN(90)) * time.Minute)
			if d.IntN(3) == 0 {
				continue // and the next change comes on top
			}
			back, err := o.Do(context.Background(), olga, Undo{Facts: r.Facts})
			if err != nil {
				t.Fatalf("seed %d: undo of %s: %v", seed, r.Facts[0].Kind, err)
			}
			undone++
			after := o.view()
			if effects := policy.Preview(before, after, o.now); len(effects) > 0 {
				t.Fatalf("seed %d: undo of %s changes rights: %+v", seed, r.Facts[0].Kind, effects)
			}
			o.past(t, d, before, after)
			if !bytes.Equal(rows(t, before), rows(t, after)) {
				t.Fatalf("seed %d: undo of %s leaves other rows", seed, r.Facts[0].Kind)
			}
			if len(back.Facts) != len(r.Facts) || !bytes.Contains(back.Facts[0].Data, fmt.Appendf(nil, "%d", r.Facts[0].Seq)) {
				t.Fatalf("seed %d: the log tells of the undo: %+v", seed, back.Facts)
			}
			if d.IntN(2) == 0 { // an undo is a change like any other
				if _, err := o.Do(context.Background(), olga, Undo{Facts: back.Facts}); err != nil {
					t.Fatalf("seed %d: redo of %s: %v", seed, r.Facts[0].Kind, err)
				}
			}
		}
	}
	if undone < 60 {
		t.Errorf("only %d changes were undone", undone)
	}
}

// past compares decisions about calls of other times.
func (o *office) past(t *testing.T, d *rand.Rand, before, after *pbx.Snapshot) {
	t.Helper()
	users := slices.Sorted(maps.Keys(before.Users))
	for range 300 {
		start := o.now.Add(-time.Duration(d.IntN(600)) * time.Minute)
		q := policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: users[d.IntN(len(users))]}, At: o.now, Right: policy.CallDetail,
			Target: policy.Record("cal_1", []pbx.UserID{users[d.IntN(len(users))], users[d.IntN(len(users))]}, nil, start)}
		if a, b := policy.Decide(before, q), policy.Decide(after, q); a.OK != b.OK || a.Code != b.Code {
			t.Fatalf("after the undo a call of %v is decided otherwise: %s, was %s", start, b.Code, a.Code)
		}
	}
}

func TestUndoAsksAgain(t *testing.T) {
	o := full(t)
	given := o.must(o.actor("greta"), SetMember{User: o.user("nina"), Group: o.group("sales"), Role: "manager"})
	o.refused(o.actor("uwe"), Undo{Facts: given.Facts}, pbx.Denied)
	o.refused(o.actor("mia"), Undo{Facts: given.Facts}, pbx.NotFound)
	o.refused(o.actor("nina"), Undo{Facts: given.Facts}, pbx.Denied)
	more := o.must(o.actor("olga"), SetOverride{User: o.user("nina"), Group: o.group("sales"), Right: "call.listen", Value: pbx.OverrideDeny})
	o.refused(o.actor("greta"), Undo{Facts: given.Facts}, pbx.Conflict) // something newer stands on it
	o.must(o.actor("greta"), Undo{Facts: more.Facts})
	o.must(o.actor("greta"), Undo{Facts: given.Facts})
	if m := o.view().MembershipsOf(o.user("nina")); len(m) != 1 || m[0].Role != "user" || !m[0].Until.IsZero() {
		t.Errorf("memberships %+v", m)
	}
	taken := o.must(o.actor("olga"), EndAssignment{Assignment: o.view().AssignmentsOf(o.user("sven"))[0].ID})
	o.refused(o.actor("sven"), Undo{Facts: taken.Facts}, pbx.Denied)
	o.must(o.actor("olga"), Undo{Facts: taken.Facts})
	gone := o.must(o.actor("olga"), DeleteUser{User: o.user("dora")})
	o.refused(o.actor("olga"), Undo{Facts: gone.Facts}, pbx.Conflict)
}

// refused wants a command to be refused with a code, and to leave no trace.
func (o *office) refused(who pbx.Actor, c Command, want pbx.Code) {
	o.t.Helper()
	told := len(o.told)
	_, err := o.Do(context.Background(), who, c)
	if e, ok := asRefusal(err); !ok || e.Code != want {
		o.t.Errorf("%T by %s: %v, want %s", c, who.User, err, want)
	}
	if len(o.told) != told {
		o.t.Errorf("%T was refused and left %v", c, o.told[told:])
	}
}
