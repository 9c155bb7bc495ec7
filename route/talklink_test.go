package route

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/pbx"
	"tandem/toll"
)

// byLink is the call of a visitor who came by a link.
func byLink(id string, dialled string) Request {
	return Request{Caller: pbx.Actor{Kind: pbx.ActorGuest, Link: id}, From: pbx.Party{Name: "Ann (visitor, unverified)", Link: pbx.TalkLinkID(id)}, Dialled: dialled, At: noon}
}

// with adds rows to an office.
func with(t interface{ Fatal(...any) }, s *pbx.Snapshot, nouns ...pbx.Noun) *pbx.Snapshot {
	next, err := s.Apply(pbx.Change{Put: nouns})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// In any office, wherever rules lead: a call by a Talk link opens no leg outside unless its switch is on and the payer may call there, and whatever a visitor dials, his
// call begins at what the link leads to (TF-10, N-12).
func TestTalkStaysInTheHouse(t *testing.T) {
	opened, kept := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s, live, _ := random(t)
		to := rapid.SampledFrom([]pbx.Destination{{Kind: pbx.ToUser, ID: "usr_p0"}, {Kind: pbx.ToUser, ID: "usr_p1"}, {Kind: pbx.ToUser, ID: "usr_p2"}, {Kind: pbx.ToRing, ID: "rng_0"}, {Kind: pbx.ToMailbox, ID: "usr_p2"}}).Draw(t, "target")
		l := &pbx.TalkLink{ID: "tlk_1", Name: "L", Slug: "sales-team", To: to, Outside: rapid.Bool().Draw(t, "outside"), Longest: 30, Created: noon}
		nouns := []pbx.Noun{l, &pbx.Trunk{ID: "trk_1", Name: "Line", Host: "sip.example"}}
		for _, u := range []pbx.UserID{"usr_p0", "usr_p1", "usr_p2"} {
			if f := s.Forwardings[u]; f != nil && rapid.Bool().Draw(t, "mobile too") {
				next := *f
				next.Profiles = map[pbx.Status]pbx.Profile{}
				for status, p := range f.Profiles {
					p.Mobile = true
					next.Profiles[status] = p
				}
				nouns = append(nouns, &next)
			}
		}
		if u := s.Users[pbx.UserID(to.ID)]; u != nil && to.Kind == pbx.ToUser && rapid.IntRange(0, 3).Draw(t, "away") > 0 { // or few calls would reach a rule that leads outside
			next := *u
			next.Mobile = "+491701234567"
			nouns = append(slices.DeleteFunc(nouns, func(n pbx.Noun) bool { return n.Ref() == (pbx.Ref{Kind: pbx.KindForwarding, ID: string(u.ID)}) }), &next,
				&pbx.Forwarding{User: u.ID, Exceptions: []pbx.Exception{{When: pbx.WhenAlways, To: pbx.Destination{Kind: pbx.ToMobile}}}})
		}
		if rapid.Bool().Draw(t, "profile") {
			nouns = append(nouns, &pbx.Restriction{ID: "rst_1", Name: "No", On: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_p1"}}, Rules: []pbx.TollRule{{Effect: pbx.TollDeny, Classes: []string{"mobile"}}}})
		}
		s = with(t, s, nouns...)
		r := byLink("tlk_1", rapid.SampledFrom([]string{"112", "+48221234567", "sip:900@evil", "*97", "**101", "103", "", "0900123456;phone-context=x", "tlk_2"}).Draw(t, "dialled"))
		for first := true; ; first = false {
			p := Decide(s, live, r)
			if p.IsEmergency() {
				t.Fatalf("an emergency call by a link: %+v", p)
			}
			if first && s.Validity(l, noon).Contains(noon) && len(p.Passed) > 0 && p.Passed[0].At != to {
				t.Fatalf("%q began at %+v, want %+v", r.Dialled, p.Passed[0].At, to)
			}
			for _, a := range p.Attempts {
				for _, x := range a.Targets {
					if x.Trunk == "" {
						continue
					}
					opened++
					if !l.Outside {
						t.Fatalf("a leg outside: %+v\n%v", x, p.Trace)
					}
					if v := toll.Decide(s, toll.Question{Payer: p.Payer, To: p.Number, At: r.At}); !v.OK || p.Payer == "" {
						t.Fatalf("%s pays for %s, and may not: %+v", p.Payer, x.Sends, v)
					}
				}
			}
			if p.Deflect != "" && !l.Outside {
				t.Fatalf("the carrier is asked to send a visitor on: %q", p.Deflect)
			}
			if told(p, "route.talk_stays") {
				kept++
				if l.Outside {
					t.Fatalf("kept in the house although it may leave: %v", p.Trace)
				}
			}
			if len(p.Attempts) > 0 && (p.Most <= 0 || p.Most > 30*time.Minute) {
				t.Fatalf("it may last for %v", p.Most)
			}
			cause := rapid.SampledFrom([]pbx.Cause{pbx.CauseNoAnswer, pbx.CauseBusy, pbx.CauseOffline}).Draw(t, "cause")
			if len(p.Attempts) == 0 || p.Then.After(cause).IsZero() {
				return
			}
			r = p.Go(r, cause, r.At.Add(time.Second))
		}
	})
	if opened == 0 || kept == 0 {
		t.Errorf("nothing was tried: %d legs outside, %d kept in the house", opened, kept)
	}
}

// What a rule would send outside goes to the mailbox of whose rule it is; without a mailbox the call ends, and the other way a person is reached still rings.
func TestTalkInstead(t *testing.T) {
	bob := pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}
	office := func(change func(*world), outside bool) Plan {
		w := lines()
		w.trunk("trk_a", nil)
		w.phone("usr_bob", "bdesk", 1)
		w.nouns = append(w.nouns, &pbx.TalkLink{ID: "tlk_1", Name: "Sales", Slug: "sales-team", To: bob, Outside: outside, Created: noon})
		change(w)
		return Decide(w.snapshot(t), w.live, byLink("tlk_1", "whatever"))
	}
	away := func(w *world) { awayTo(w, pbx.Destination{Kind: pbx.ToMobile}) }
	if p := office(away, false); p.House == nil || p.House.At != (pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}) || !told(p, "route.talk_stays") {
		t.Errorf("%+v\n%v", p, p.Trace)
	}
	if p := office(away, true); len(p.Attempts) != 1 || p.Attempts[0].Targets[0].Trunk == "" || p.Payer != "usr_bob" {
		t.Errorf("with the switch: %+v\n%v", p, p.Trace)
	}
	noBox := func(w *world) {
		away(w)
		w.nouns = append(w.nouns, &pbx.Mailbox{ID: "usr_bob", Off: true})
	}
	if p := office(noBox, false); p.Refuse == "" || p.Text.Key != "route.talk_stays" {
		t.Errorf("without a mailbox: %+v", p)
	}
	both := func(w *world) {
		w.nouns = append(w.nouns, &pbx.Forwarding{User: "usr_bob", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Mobile: true}}})
	}
	if p := office(both, false); len(p.Attempts) != 1 || slices.ContainsFunc(p.Attempts[0].Targets, func(x Target) bool { return x.Trunk != "" }) {
		t.Errorf("the mobile rings too: %+v", p)
	}
	transfer := func(w *world) {}
	w := office(transfer, false)
	if w.Refuse != "" || w.From.Number != "" || w.From.Link != "tlk_1" {
		t.Errorf("%+v", w.From)
	}
}

// A link that is not open has one answer, whatever the reason (PL-01).
func TestTalkThatIsNotOpen(t *testing.T) {
	later, before := noon.Add(time.Hour), noon.Add(-time.Hour)
	for name, l := range map[string]pbx.TalkLink{
		"off":                {Off: true},
		"early":              {From: later},
		"over to the second": {From: before, Until: noon},
		"nowhere":            {To: pbx.Destination{Kind: pbx.ToQueue, ID: "que_gone"}},
		"personal, closed":   {User: "usr_bob"},
	} {
		w := lines()
		w.phone("usr_bob", "bdesk", 1)
		l.ID, l.Name, l.Slug, l.Created = "tlk_1", "L", "sales-team", noon
		if l.To.IsZero() {
			l.To = pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}
		}
		w.nouns = append(w.nouns, &l)
		if p := Decide(w.snapshot(t), w.live, byLink("tlk_1", "102")); p.Refuse != pbx.CauseUnknown || p.Text.Key != "route.talk_gone" || len(p.Attempts) > 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	w := lines()
	if p := Decide(w.snapshot(t), w.live, byLink("tlk_none", "102")); p.Refuse != pbx.CauseUnknown {
		t.Errorf("no link: %+v", p)
	}
	if p := Decide(w.snapshot(t), w.live, byLink("", "102")); p.Refuse != pbx.CauseUnknown {
		t.Errorf("nothing: %+v", p)
	}
}
