package policy

import (
	"testing"
	"time"

	"tandem/pbx"
)

// Seeing that somebody is busy, with whom, and which outside number are three things (BL-02).
func TestLamp(t *testing.T) {
	s := readWorld(t).snapshot(t)
	at := time.Date(2026, 3, 20, 10, 0, 0, 0, time.UTC)
	outside := &pbx.LiveCall{ID: "c1", Phase: pbx.PhaseRinging, From: pbx.Party{Name: "+493012345678", Number: "+493012345678"}, To: pbx.Party{User: "uwe", Name: "Uwe"}, Users: []pbx.UserID{"uwe"}}
	inside := &pbx.LiveCall{ID: "c2", Phase: pbx.PhaseHeld, From: pbx.Party{User: "uwe", Name: "Uwe"}, To: pbx.Party{User: "mark", Name: "Mark", Number: "105"}, Users: []pbx.UserID{"uwe", "mark"}}
	other := &pbx.LiveCall{ID: "c3", Phase: pbx.PhaseRinging, From: pbx.Party{User: "mark", Name: "Mark", Number: "105"}, To: pbx.Party{Number: "+4930999"}, Users: []pbx.UserID{"mark"}}
	live := (&pbx.Presence{}).WithCall(outside).WithCall(inside).WithCall(other)
	for _, row := range []struct {
		what, who, of string
		ok            bool
		calls         []pbx.LampCall
	}{
		{"the receptionist sees everything and may pick up", "rita", "uwe", true, []pbx.LampCall{
			{Call: "c1", State: pbx.LampRings, Incoming: true, Other: pbx.Party{Name: "+493012345678", Number: "+493012345678"}, Pickup: true},
			{Call: "c2", State: pbx.LampHeld, Other: pbx.Party{User: "mark", Name: "Mark", Number: "105"}}}},
		{"a colleague sees that somebody is busy, but not with whom; whom one talks to oneself one knows", "uwe", "mark", true, []pbx.LampCall{
			{Call: "c2", State: pbx.LampHeld, Incoming: true, Other: pbx.Party{User: "uwe", Name: "Uwe"}},
			{Call: "c3", State: pbx.LampCalling}}},
		{"somebody of another group sees nothing", "kai", "mark", false, nil},
		{"a manager may pick up", "mark", "uwe", true, []pbx.LampCall{
			{Call: "c1", State: pbx.LampRings, Incoming: true, Other: pbx.Party{Name: "+493012345678", Number: "+493012345678"}, Pickup: true},
			{Call: "c2", State: pbx.LampHeld, Other: pbx.Party{User: "mark", Name: "Mark", Number: "105"}}}},
		{"oneself", "uwe", "uwe", true, []pbx.LampCall{
			{Call: "c1", State: pbx.LampRings, Incoming: true, Other: pbx.Party{Name: "+493012345678", Number: "+493012345678"}},
			{Call: "c2", State: pbx.LampHeld, Other: pbx.Party{User: "mark", Name: "Mark", Number: "105"}}}},
		{"who hides cannot be watched", "rita", "nina", false, nil},
		{"nobody watches whom he may not see", "mia", "greta", false, nil},
		{"who does not exist cannot be watched", "rita", "nobody", false, nil},
	} {
		who := pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(row.who)}
		l, ok := Lamp(s, live, who, pbx.UserID(row.of), at)
		if ok != row.ok || len(l.Calls) != len(row.calls) {
			t.Errorf("%s: %v %+v", row.what, ok, l)
			continue
		}
		for i := range row.calls {
			if l.Calls[i] != row.calls[i] {
				t.Errorf("%s:\n got %+v\nwant %+v", row.what, l.Calls[i], row.calls[i])
			}
		}
	}
}
