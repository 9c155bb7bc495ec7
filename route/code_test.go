package route

import (
	"testing"

	"tandem/number"
	"tandem/pbx"
)

func TestCodes(t *testing.T) {
	w := newWorld()
	office := w.nouns[0].(*pbx.Tenant)
	office.Speed = pbx.SpeedDials{{Short: "1", Number: "102"}, {Short: "2", Number: "+49301234567"}, {Short: "3", Number: "112"}}
	alice, bob := w.person("alice", "101", false), w.person("bob", "102", false)
	w.phone(alice, "a", 1)
	w.phone(bob, "b", 1)
	w.nouns[2].(*pbx.User).Speed = pbx.SpeedDials{{Short: "9", Number: "102"}}
	gone := w.person("gone", "103", true)
	s := w.snapshot(t)
	ask := func(who pbx.Actor, dialled string) Plan {
		return Decide(s, w.live, Request{Caller: who, Dialled: dialled, At: noon})
	}
	mine := pbx.Actor{Kind: pbx.ActorDevice, User: alice, Device: "dev_a"}

	p := ask(mine, "*72103#")
	if p.House == nil || p.House.At != (pbx.Destination{Kind: pbx.ToCode, ID: string(pbx.CodeForwardAll), Number: "103"}) || p.House.Language != "de" || p.Dialled != "*72103#" {
		t.Errorf("a code: %+v", p)
	}
	if p := ask(mine, "*97"); p.House == nil || p.House.At != (pbx.Destination{Kind: pbx.ToFetch, ID: string(alice)}) {
		t.Errorf("own messages: %+v", p)
	}
	if p := ask(mine, "*98102"); p.House == nil || p.House.At != (pbx.Destination{Kind: pbx.ToFetch, Number: "102"}) {
		t.Errorf("messages of a number: %+v", p)
	}
	if p := ask(mine, "*7899"); p.Refuse != pbx.CauseUnknown {
		t.Errorf("no code: %+v", p)
	}
	if p := ask(pbx.Actor{Kind: pbx.ActorDevice, User: gone, Device: "dev_g"}, "*78"); p.Refuse != pbx.CauseSuspended {
		t.Errorf("somebody suspended: %+v", p)
	}
	for _, who := range []pbx.Actor{{Kind: pbx.ActorTrunk, Trunk: "trk_1"}, {Kind: pbx.ActorGuest, Link: "lnk_1"}} {
		for _, dialled := range []string{"*78", "*01", "*72103", "*97", "*98102"} {
			if p := ask(who, dialled); p.House != nil || len(p.Attempts) > 0 {
				t.Errorf("%s dials %s: %+v", who.Kind, dialled, p)
			}
		}
	}

	for _, short := range []string{"*01", "*09"} {
		if p := ask(mine, short); len(p.Attempts) != 1 || p.To.User != bob || p.Dialled != "102" {
			t.Errorf("short number %s: %+v", short, p)
		}
	}
	direct, byShort := ask(mine, "+49301234567"), ask(mine, "*02")
	if direct.Refuse != byShort.Refuse || direct.Class != byShort.Class || direct.Text.Key != byShort.Text.Key {
		t.Errorf("a short number is not what dialling it is: %+v, %+v", byShort, direct)
	}
	if p := ask(mine, "*03"); p.Class != number.Emergency || !p.IsEmergency() {
		t.Errorf("an emergency number under a short one: %+v", p)
	}
	if p := ask(mine, "*08"); p.Refuse != pbx.CauseUnknown {
		t.Errorf("a short number that nobody set: %+v", p)
	}
}

// The code for parking is the row of whoever dials or sends there, or a position of it, by its number or its place.
func TestParkCodes(t *testing.T) {
	w := newWorld()
	alice := w.person("alice", "101", false)
	w.phone(alice, "a", 1)
	w.nouns = append(w.nouns, &pbx.Park{ID: "prk_1", Name: "Hall", Extension: "700", Slots: 3})
	s := w.snapshot(t)
	mine := pbx.Actor{Kind: pbx.ActorDevice, User: alice, Device: "dev_a"}
	for dialled, want := range map[string]string{"*70": "", "*702": "702", "*70702": "702", "*713": "703"} {
		p := Decide(s, w.live, Request{Caller: mine, Dialled: dialled, At: noon})
		if p.House == nil || p.House.At != (pbx.Destination{Kind: pbx.ToPark, ID: "prk_1", Number: want}) || !p.House.Fetch {
			t.Errorf("%s: %+v", dialled, p.House)
		}
	}
	if p := Decide(s, w.live, Request{Caller: mine, Dialled: "*709", At: noon}); p.Refuse != pbx.CauseUnknown {
		t.Errorf("a position that there is not: %+v", p)
	}
	if to := Sent(s, alice, "*702", noon); to.Number != "702" || to.Kind != pbx.ToPark {
		t.Errorf("sent to a position: %+v", to)
	}
	if to := Sent(s, alice, "*71", noon); !to.IsZero() {
		t.Errorf("sent to the code for fetching: %+v", to)
	}
	for dialled, want := range map[string]Feature{"*8": {Kind: Pickup}, "**102": {Pickup, "102"}, "*80102": {Intercom, "102"}, "*80": {}, "102": {}} {
		if got := Code(s, dialled); got != want {
			t.Errorf("%s: %+v, want %+v", dialled, got, want)
		}
	}
}

// Who comes from a menu is spoken to in the language of the menu.
func TestServicesOfAMenuSpeakItsLanguage(t *testing.T) {
	w := newWorld()
	w.person("alice", "101", false)
	w.nouns = append(w.nouns, &pbx.Group{ID: "grp_pl", Name: "Kraków", Language: "pl"},
		&pbx.Menu{ID: "mnu_1", Name: "Reception", Group: "grp_pl", Keys: []pbx.MenuKey{{Key: "1", To: pbx.Destination{Kind: pbx.ToNames}}, {Key: "2", To: pbx.Destination{Kind: pbx.ToFetch}}}})
	s := w.snapshot(t)
	outside := pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_1"}
	for _, kind := range []pbx.DestinationKind{pbx.ToNames, pbx.ToFetch} {
		p := Decide(s, w.live, Request{Caller: outside, To: pbx.Destination{Kind: kind}, At: noon,
			Passed: []Stop{{At: pbx.Destination{Kind: pbx.ToMenu, ID: "mnu_1"}, Cause: pbx.CauseChosen}}})
		if p.House == nil || p.House.At.Kind != kind || p.House.Language != "pl" {
			t.Errorf("%s: %+v, %s", kind, p.House, p.Refuse)
		}
	}
}
