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

	"tandem/event"
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
	if d.IntN(3) == 0 {
		return o.reachable(d, u, g)
	}
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

// reachable is a change of who rings and when, or of a wish for rights.
func (o *office) reachable(d *rand.Rand, u pbx.UserID, g pbx.GroupID) Command {
	s := o.view()
	rings, open := slices.Sorted(maps.Keys(s.Rings)), slices.Sorted(maps.Keys(s.Accesses))
	status := pbx.Statuses()[d.IntN(len(pbx.Statuses()))]
	outside := &pbx.Destination{Kind: pbx.ToOutside, Number: fmt.Sprintf("+49301234%d", d.IntN(1000))}
	members := []pbx.Ref{{Kind: pbx.KindUser, ID: string(u)}, {Kind: pbx.KindGroup, ID: string(g)}}
	name, on := fmt.Sprint("Ring ", d.IntN(1e9)), d.IntN(2) == 0
	switch d.IntN(12) {
	case 0:
		return SetStatus{User: u, Status: status, Until: o.now.Add(time.Duration(1+d.IntN(9)) * time.Hour)}
	case 1:
		return SetStatus{User: u}
	case 2, 3:
		p := pbx.Profile{Ring: 5 + d.IntN(60), Message: "back soon", NoAnswer: pbx.Case{Outside: outside}}
		return SetForwarding{User: u, Profiles: map[pbx.Status]pbx.Profile{status: p}}
	case 4:
		rules := []pbx.Exception{{Number: "+4930*", When: pbx.WhenBusy, To: *outside}}
		return SetForwarding{User: u, Exceptions: &rules, Fixed: &on, Locked: &on}
	case 5:
		return CreateRing{Ring{Name: &name, Group: &g, Members: &members}}
	case 6:
		if len(rings) > 0 {
			return EditRing{rings[d.IntN(len(rings))], Ring{Name: &name, Group: &g, Members: &members, NoAnswer: outside}}
		}
	case 7:
		if len(rings) > 0 {
			return DeleteRing{rings[d.IntN(len(rings))]}
		}
	case 8:
		if len(open) > 0 {
			return ApproveAccess{ID: open[d.IntN(len(open))], Words: "well"}
		}
	case 9:
		if len(open) > 0 {
			return RefuseAccess{ID: open[d.IntN(len(open))], Words: "no"}
		}
	case 10:
		return EditBilling{Spread: &on}
	}
	return o.shaping(d)
}

// wishes lets people ask for rights, so that there is something to decide.
func (o *office) wishes() {
	for name, head := range map[string]string{"uwe": "mark", "nina": "mark", "tom": "mia"} {
		o.must(o.actor(name), AskAccess{Right: "call.listen", Target: policy.User(o.user(head)), Until: o.now.Add(90 * time.Hour), Reason: "to learn"})
	}
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
	undone, kinds := 0, map[event.Kind]int{}
	for seed := range uint64(12) {
		d := rand.New(rand.NewPCG(seed, 17))
		o := full(t)
		o.wishes()
		olga := o.actor("olga")
		for range 40 {
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
			kinds[r.Facts[0].Kind]++
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
	if undone < 150 || len(kinds) < 16 {
		t.Errorf("only %d changes were undone, of %v", undone, kinds)
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

// What people change on pages they take back there, and nobody gets by an undo what he would not get by hand (N-17).
func TestUndoIsNoWayAround(t *testing.T) {
	o := full(t)
	olga, sven, greta, mark := o.actor("olga"), o.actor("sven"), o.actor("greta"), o.actor("mark")
	on, low, high := true, pbx.RoleID("receptionist"), pbx.RoleID("group_admin")

	spread := o.must(olga, EditBilling{Spread: &on})
	o.refused(sven, Undo{Facts: spread.Facts}, pbx.Denied) // he changes settings, but not this one
	o.must(olga, Undo{Facts: spread.Facts})

	lowered := o.must(olga, EditGroup{Group: o.group("sales"), Ceiling: &low})
	raised := o.must(olga, EditGroup{Group: o.group("support"), Ceiling: &high})
	o.refused(o.actor("mia"), Undo{Facts: raised.Facts}, pbx.Denied)
	o.must(greta, Undo{Facts: lowered.Facts})

	rules := func(to pbx.Destination) SetForwarding {
		return SetForwarding{User: o.user("uwe"), Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: pbx.Case{Inside: to}}}}
	}
	outside := o.must(olga, rules(pbx.Destination{Kind: pbx.ToOutside, Number: "+4930123456"}))
	inside := o.must(olga, rules(pbx.Destination{Kind: pbx.ToUser, ID: string(o.user("nina"))}))
	o.must(olga, GiveGrant{User: o.user("uwe"), Right: "forwarding.outside", Deny: true, Bounds: Bounds{Scope: pbx.Scope{Kind: pbx.ScopeSelf}}})
	o.refused(o.actor("uwe"), Undo{Facts: inside.Facts}, pbx.Denied) // it would lead out of the house again
	o.must(olga, Undo{Facts: inside.Facts})
	o.must(o.actor("uwe"), Undo{Facts: outside.Facts})

	asked := o.must(o.actor("uwe"), AskAccess{Right: "call.detail", Target: policy.User(o.user("nina")), Until: o.now.Add(48 * time.Hour), Reason: "to learn"})
	id := pbx.AccessID(asked.Object.ID)
	o.refused(mark, Undo{Facts: asked.Facts}, pbx.NotFound) // the wish is not his
	given := o.must(mark, ApproveAccess{ID: id, Until: o.now.Add(time.Hour)})
	o.refused(o.actor("uwe"), Undo{Facts: given.Facts}, pbx.Denied)
	o.refused(o.actor("mia"), Undo{Facts: given.Facts}, pbx.NotFound)
	o.must(mark, Undo{Facts: given.Facts}) // by request.approve, as he gave it
	if a := o.view().Accesses[id]; !a.IsOpen(o.now) || len(o.view().GrantsOf(o.user("uwe"))) != 1 {
		t.Errorf("%+v", a)
	}
	o.must(o.actor("uwe"), Undo{Facts: asked.Facts})
}

// Lines to carriers, numbers and ways out are taken back too, as far as a secret does not stand in the way (N-17).
func TestUndoLines(t *testing.T) {
	o := full(t)
	olga, sven, greta := o.actor("olga"), o.actor("sven"), o.actor("greta")
	before := rows(t, o.view())
	var done []Result
	do := func(c Command) Result {
		t.Helper()
		done = append(done, o.must(olga, c))
		return done[len(done)-1]
	}
	made := do(CreateTrunk{Trunk{Name: p("Carrier"), Host: p("sip.example.net"), Username: p("acme"), Secret: p("hush")}})
	trunk := pbx.TrunkID(made.Object.ID)
	do(EditTrunk{trunk, Trunk{Name: p("Line"), Calls: p(3)}})
	number := pbx.DIDID(do(CreateDID{DID{Number: p("+4930100200"), Trunk: &trunk, To: &pbx.Destination{Kind: pbx.ToUser, ID: string(o.user("uwe"))}}}).Object.ID)
	do(EditDID{number, DID{To: &pbx.Destination{Kind: pbx.ToUser, ID: string(o.user("nina"))}}})
	way := pbx.OutRouteID(do(CreateOutRoute{OutRoute{Name: p("All"), Trunks: &[]pbx.Way{{Trunk: trunk}}}}).Object.ID)
	do(DeleteOutRoute{way})
	do(DeleteDID{number})
	o.refused(greta, Undo{Facts: done[3].Facts}, pbx.Conflict) // something newer stands on it
	for i := len(done) - 1; i >= 0; i-- {
		o.refused(o.actor("uwe"), Undo{Facts: done[i].Facts}, pbx.NotFound)
		o.must(olga, Undo{Facts: done[i].Facts})
	}
	if !bytes.Equal(before, rows(t, o.view())) {
		t.Error("something is left")
	}
	trunk = pbx.TrunkID(do(CreateTrunk{Trunk{Name: p("Carrier"), Host: p("sip.example.net"), Username: p("acme"), Secret: p("hush")}}).Object.ID)
	renamed := do(EditTrunk{trunk, Trunk{Name: p("Line")}})
	o.must(sven, Undo{Facts: renamed.Facts})
	if o.view().Trunks[trunk].Secret != "hush" {
		t.Error("the secret is gone")
	}
	moved := do(EditTrunk{trunk, Trunk{Host: p("sip.example.org"), Secret: p("other")}})
	o.refused(olga, Undo{Facts: moved.Facts}, pbx.Conflict) // the secret of now would go to the host of then
	gone := do(DeleteTrunk{trunk})
	o.must(olga, Undo{Facts: gone.Facts})
	if back := o.view().Trunks[trunk]; back == nil || back.Secret != "" || !back.Off || back.Register || back.Host != "sip.example.org" {
		t.Errorf("what was deleted came back as %+v", back)
	}
	open := do(CreateTrunk{Trunk{Name: p("By address"), Host: p("192.0.2.9"), Sources: &[]string{"192.0.2.9"}}})
	was := *o.view().Trunks[pbx.TrunkID(open.Object.ID)]
	gone = do(DeleteTrunk{was.ID})
	o.must(sven, Undo{Facts: gone.Facts})
	if back := o.view().Trunks[was.ID]; back == nil || !alike(back, &was) {
		t.Errorf("a line without a password came back as %+v", back)
	}
}

// What the house says and what agents do is taken back too; a sound only while it is kept (N-17).
func TestUndoSoundsAndDuties(t *testing.T) {
	o := full(t)
	olga, uwe, mia := o.actor("olga"), o.actor("uwe"), o.actor("mia")
	id := pbx.NewPromptID("de", "say.goodbye")
	o.must(olga, SetPrompt{ID: id, Blob: "prm_1", Rate: 8000, Samples: 80})
	second := o.must(olga, SetPrompt{ID: id, Blob: "prm_2", Rate: 8000, Samples: 90})
	former, err := FormerSounds(second.Facts)
	if err != nil || !slices.Equal(former, []string{"prm_1"}) {
		t.Errorf("sounds to keep: %v, %v", former, err)
	}
	o.refused(uwe, Undo{Facts: second.Facts}, pbx.NotFound)
	o.must(olga, Undo{Facts: second.Facts})
	if got := o.view().Prompts[id]; got == nil || got.Blob != "prm_1" {
		t.Errorf("the house says %+v", got)
	}
	third := o.must(olga, ResetPrompt{ID: id})
	o.now = o.now.Add(SoundsKept + time.Hour)
	o.refused(olga, Undo{Facts: third.Facts}, pbx.Conflict) // the sound may have gone

	queue := pbx.QueueID(o.must(system, CreateQueue{Queue{Name: p("Line"), Group: p(o.group("sales")), Agents: &[]pbx.QueueAgent{{User: o.user("uwe")}}}}).Object.ID)
	out := o.must(uwe, SetDuty{User: o.user("uwe"), Out: []pbx.QueueID{queue}})
	rest := o.must(uwe, SetDuty{User: o.user("uwe"), Pause: p("lunch")})
	o.refused(uwe, Undo{Facts: out.Facts}, pbx.Conflict)
	o.refused(mia, Undo{Facts: rest.Facts}, pbx.NotFound)
	o.must(o.actor("mark"), Undo{Facts: rest.Facts})
	if d := o.view().Duties[o.user("uwe")]; d == nil || d.Pause != "" || len(d.Out) != 1 {
		t.Errorf("duty %+v", d)
	}
	o.must(uwe, Undo{Facts: out.Facts})
	if d := o.view().Duties[o.user("uwe")]; d != nil {
		t.Errorf("duty %+v", d)
	}
}
