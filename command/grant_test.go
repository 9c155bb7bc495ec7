package command

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// N-5, N-10: what somebody reaches only through a group he gives on only since he, and whoever he names, have been in it –
// by his own gift and by an approved wish – and asking for more is refused.
func TestGiftsReachNoFurtherBackThanTheirGiver(t *testing.T) {
	o := full(t)
	o.now = o.now.Add(time.Hour)
	joined := o.now
	o.must(o.actor("olga"), SetMember{User: o.user("tom"), Group: o.group("sales")})
	o.now = o.now.Add(time.Hour)
	mark, listed := o.actor("mark"), pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: o.ids["tom"]}}}
	before := joined.Add(-time.Minute)
	record := policy.Record("call_1", []pbx.UserID{o.user("tom")}, nil, before)
	later := policy.Record("call_2", []pbx.UserID{o.user("tom")}, nil, joined.Add(time.Minute))
	may := func(name string, target policy.Target) bool {
		return policy.Decide(o.view(), policy.Request{Actor: o.actor(name), Right: policy.CallDetail, Target: target, At: o.now}).OK
	}
	if may("mark", record) || !may("mark", later) {
		t.Fatal("a Manager sees the records of a member since he joined")
	}

	o.must(o.actor("olga"), GiveGrant{User: o.user("mark"), Right: "grant.edit", Bounds: Bounds{Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: o.group("sales")}, Reason: "head"}})
	var refusal *pbx.Error
	_, err := o.Do(t.Context(), mark, GiveGrant{User: o.user("uwe"), Right: "call.detail", Bounds: Bounds{Scope: listed, Since: before}})
	if !errors.As(err, &refusal) || refusal.Text.Key != "denied.ceiling" {
		t.Fatalf("the past of somebody who joined was given: %v", err)
	}
	id := o.must(mark, GiveGrant{User: o.user("uwe"), Right: "call.detail", Bounds: Bounds{Scope: listed}}).Object.ID
	if g := o.view().Grants[pbx.GrantID(id)]; !g.Since.Equal(joined) {
		t.Errorf("given since %v, want %v", g.Since, joined)
	}
	if may("uwe", record) || !may("uwe", later) {
		t.Error("who got it sees the past, or nothing")
	}

	ask := func(target policy.Target) (pbx.AccessID, []pbx.UserID) {
		a := o.must(o.actor("nina"), AskAccess{Right: "call.detail", Target: target, Until: o.now.Add(24 * time.Hour), Reason: "to learn"}).Object.ID
		return pbx.AccessID(a), o.view().Accesses[pbx.AccessID(a)].To
	}
	over, told := ask(policy.User(o.user("tom")))
	if len(told) == 0 || told[0] != o.user("mark") {
		t.Errorf("the head is not asked first: %v", told)
	}
	given := o.must(mark, ApproveAccess{ID: over})
	if a := o.view().Accesses[over]; !o.view().Grants[a.Given[0]].Since.Equal(joined) {
		t.Errorf("approved: %+v, %+v", given, o.view().Grants[a.Given[0]])
	}
	if may("nina", record) || !may("nina", later) {
		t.Error("who asked sees the past, or nothing")
	}

	// A recording that nina knows of, from before tom joined: who does not hear it himself is not asked.
	o.must(o.actor("olga"), GiveGrant{User: o.user("nina"), Right: "recording.list", Bounds: Bounds{Scope: pbx.Scope{Kind: pbx.ScopeAll}}})
	sound := func(at time.Time) policy.Target {
		return policy.Recording(&policy.Sound{ID: "rec_1", Start: at, Voices: []policy.Voice{{User: o.user("tom")}}})
	}
	hears := func(at time.Time) bool {
		return policy.Decide(o.view(), policy.Request{Actor: o.actor("nina"), Right: policy.RecordingPlay, Target: sound(at), At: o.now}).OK
	}
	old := pbx.AccessID(o.must(o.actor("nina"), AskAccess{Right: "recording.play", Target: sound(before), Until: o.now.Add(24 * time.Hour), Reason: "a complaint"}).Object.ID)
	if told := o.view().Accesses[old].To; len(told) == 0 || slices.Contains(told, o.user("mark")) {
		t.Errorf("asked about a recording that the head does not hear: %v", told)
	}
	if _, err := o.Do(t.Context(), mark, ApproveAccess{ID: old}); !errors.As(err, &refusal) || refusal.Text.Key != "denied.ceiling" {
		t.Errorf("approved what he does not hear himself: %v", err)
	}
	o.must(o.actor("olga"), ApproveAccess{ID: old})
	if !hears(before) || hears(before.Add(-time.Minute)) {
		t.Error("what was asked for was not given, or more")
	}
}
