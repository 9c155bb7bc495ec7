package route

import (
	"slices"
	"testing"

	"tandem/i18n"
	"tandem/pbx"
)

func told(p Plan, key string) bool {
	return slices.ContainsFunc(p.Trace, func(t i18n.Text) bool { return t.Key == key })
}

// awayTo sends calls for bob to a place at once.
func awayTo(w *world, to pbx.Destination) {
	w.nouns = append(w.nouns, &pbx.Forwarding{User: "usr_bob", Exceptions: []pbx.Exception{{When: pbx.WhenAlways, To: to}}})
}

// fromOutside calls bob's number over a trunk.
func fromOutside(t *testing.T, w *world) Plan {
	return Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_a"}, From: pbx.Party{Number: "+4940777"}, Dialled: "+4930555111", At: noon})
}

// A call that a rule sends outside tells the carrier for which number it came and shows who calls, where the carrier takes that; everywhere
// else it shows a number of the office alone, and so does every call from inside (TF-17).
func TestOnward(t *testing.T) {
	for _, tt := range []struct {
		name   string
		onward pbx.Onward
		inside bool
		want   string
		came   string
	}{
		{"told", pbx.OnwardDiversion, false, "trk_a +491701234567 +4940777", "+4930555111"},
		{"not told", pbx.OnwardSilent, false, "trk_a +491701234567 +4930555111", ""},
		{"from inside", pbx.OnwardHistory, true, "trk_a +491701234567 +4930555111", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := lines()
			w.trunk("trk_a", func(l *pbx.Trunk) { l.Onward = tt.onward })
			w.did("did_1", "+4930555111", pbx.DID{Shown: true, To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
			awayTo(w, pbx.Destination{Kind: pbx.ToMobile})
			p := fromOutside(t, w)
			if tt.inside {
				p = Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, Dialled: "102", At: noon})
			}
			if got := tried(p); got != tt.want || p.Attempts[0].Targets[0].Onward != tt.came {
				t.Errorf("%s onward %q, want %s onward %q\n%v", got, p.Attempts[0].Targets[0].Onward, tt.want, tt.came, p.Trace)
			}
		})
	}
}

// A rule that leaves it to the carrier asks the carrier of the caller, where that one can; the lines of the house stay behind.
func TestDeflect(t *testing.T) {
	for _, tt := range []struct {
		name   string
		can    bool
		down   bool
		to     pbx.Destination
		sends  string
		inside bool
		want   string
	}{
		{"as the carrier writes numbers", true, false, pbx.Destination{Kind: pbx.ToMobile, Divert: true}, "national", false, "01701234567"},
		{"it cannot", false, false, pbx.Destination{Kind: pbx.ToMobile, Divert: true}, "", false, ""},
		{"the rule does not ask for it", true, false, pbx.Destination{Kind: pbx.ToMobile}, "", false, ""},
		{"a call from inside", true, false, pbx.Destination{Kind: pbx.ToMobile, Divert: true}, "", true, ""},
		{"who wants to be asked is asked", true, false, pbx.Destination{Kind: pbx.ToMobile, Divert: true, Screen: true}, "", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := lines()
			w.trunk("trk_a", func(l *pbx.Trunk) { l.Deflects, l.Sends = tt.can, "plus" })
			if tt.sends != "" {
				w.nouns[len(w.nouns)-1].(*pbx.Trunk).Sends = "national"
			}
			w.did("did_1", "+4930555111", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
			awayTo(w, tt.to)
			p := fromOutside(t, w)
			if tt.inside {
				p = Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, Dialled: "102", At: noon})
			}
			if p.Deflect != tt.want || len(p.Attempts) == 0 || told(p, "route.deflected") != (tt.want != "") {
				t.Errorf("deflect %q, want %q\n%v", p.Deflect, tt.want, p.Trace)
			}
		})
	}
}

// Whom a rule calls outside is asked where he wants that, and who is not taken reaches the mailbox.
func TestScreened(t *testing.T) {
	w := lines()
	w.trunk("trk_a", nil)
	w.did("did_1", "+4930555111", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
	awayTo(w, pbx.Destination{Kind: pbx.ToMobile, Screen: true})
	p := fromOutside(t, w)
	if len(p.Attempts) != 1 || !p.Attempts[0].Targets[0].Screen || p.Attempts[0].Targets[0].Party.User != "usr_bob" {
		t.Fatalf("%+v\n%v", p.Attempts, p.Trace)
	}
	if box := (pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}); p.Then.NoAnswer != box || p.Then.Busy != box || p.Then.Owner != "usr_bob" {
		t.Errorf("then %+v", p.Then)
	}
	p = Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, Dialled: "0170 1234567", At: noon})
	if len(p.Attempts) != 1 || p.Attempts[0].Targets[0].Screen {
		t.Error("who dials the number himself is not to be asked about")
	}
}

// The mobile rings beside the phones, asks whoever answers, and is paid by whose it is; where it cannot be called, the phones ring alone.
func TestMobileToo(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*world)
		want   string
		key    string
	}{
		{"both ring", func(w *world) { w.trunk("trk_a", nil) }, "desk +491701234567", "route.mobile_too"},
		{"there is no line", func(*world) {}, "desk", "route.no_trunk"},
		{"the next line, where the first is full", func(w *world) {
			w.trunk("trk_a", func(l *pbx.Trunk) { l.Off = true })
			w.trunk("trk_b", func(l *pbx.Trunk) { l.Prefix = "7" })
		}, "desk 7+491701234567", "route.mobile_too"},
		{"it may cost nothing", func(w *world) {
			w.trunk("trk_a", nil)
			w.nouns = append(w.nouns, &pbx.Restriction{ID: "rst_no", Name: "No mobile", On: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_bob"}}, Rules: []pbx.TollRule{{Effect: pbx.TollDeny, Classes: []string{"mobile"}}}})
		}, "desk", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := lines()
			w.phone("usr_bob", "bdesk", 1)
			w.nouns = append(w.nouns, &pbx.Forwarding{User: "usr_bob", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Mobile: true}}})
			tt.change(w)
			p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, Dialled: "102", At: noon})
			if len(p.Attempts) != 1 {
				t.Fatalf("%+v\n%v", p.Attempts, p.Trace)
			}
			got := ""
			for _, x := range p.Attempts[0].Targets {
				if x.Trunk == "" {
					got += "desk"
				} else if got += " " + x.Sends; !x.Screen || x.Party.User != "usr_bob" || p.Payer != "usr_bob" {
					t.Errorf("%+v paid by %s", x, p.Payer)
				}
			}
			if got != tt.want || tt.key != "" && !told(p, tt.key) {
				t.Errorf("%q, want %q\n%v", got, tt.want, p.Trace)
			}
			if !p.Beside() != (tt.want == "desk") {
				t.Errorf("beside: %v", p.Beside())
			}
			p.StayInside()
			if p.Beside() || len(p.Attempts[0].Targets) != 1 || p.Payer != "" {
				t.Errorf("inside: %+v", p)
			}
		})
	}
}
