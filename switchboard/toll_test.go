package switchboard

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/toll"
)

// outside gives the office a line, and its people the right profile and role to use it.
func (o *office) outside(rules ...pbx.TollRule) {
	s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "carrier.example"},
		&pbx.Restriction{ID: "rst_1", Name: "Rules", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: rules}}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	o.s = s
	o.mu.Unlock()
	o.wire.phones[""] = func(p *phone) { p.rings(); p.waits(time.Second); p.answers() }
}

// A call that may last ten minutes ends after them, counted from the answer, and the record says why (B-038).
func TestLimitedCallEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.outside(pbx.TollRule{Effect: pbx.TollAllow}, pbx.TollRule{Effect: pbx.TollLimit, Minutes: 10})
		o.dial("030 901820", false, offer(pcma, event8))
		pause(time.Hour)
		synctest.Wait()
		o.drain()
		c := o.only()
		if c.Talk() != 10*time.Minute || c.Reason.Key != "toll.over" || c.Cause != pbx.CauseHangup {
			t.Errorf("%v %v %v", c.Talk(), c.Cause, c.Reason)
		}
	})
}

// What a profile does not open is refused before a line is dialled; so is the call of who has not the right to call outside at all (B-098).
func TestCallsOutsideAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, dialled string
		deny          bool
		want          string
	}{
		{"abroad", "+48 22 123 45 67", false, "toll.refused.destination"},
		{"without the right", "030 901820", true, "denied.deny"},
		{"both: the right first", "+48 22 123 45 67", true, "denied.deny"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.outside(pbx.Basic())
				if tt.deny {
					s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Grant{ID: "gnt_1", User: "usr_alice", Right: "call.out", Deny: true, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: began.Add(-time.Hour)}}})
					if err != nil {
						t.Fatal(err)
					}
					o.s = s
				}
				o.dial(tt.dialled, false, offer(pcma, event8))
				synctest.Wait()
				o.drain()
				if c := o.only(); c.Cause != pbx.CauseDenied || c.Reason.Key != tt.want || len(c.Legs) != 1 {
					t.Errorf("%v %v, %d legs; want %s", c.Cause, c.Reason, len(c.Legs), tt.want)
				}
			})
		})
	}
}

// A caller hears why he cannot call as early sound, in his language, and the number that leads to this decision; his call is never answered, its
// record keeps the rule that decided (N-18). A phone that makes no offer is refused at once.
func TestRefusalIsTold(t *testing.T) {
	for _, tt := range []struct {
		name  string
		offer []byte
		want  []string
	}{
		{"aloud", offer(pcma, event8), []string{"progress caller 183", "refuse caller denied: toll.refused.destination"}},
		{"without an offer", nil, []string{"refuse caller denied: toll.refused.destination"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var said []string
				o := newOffice(t, func(c *Config) {
					c.Say = func(_ string, text i18n.Text) string {
						if text.Key == "call.with_reference" {
							return text.Args["text"] + " #" + text.Args["reference"]
						}
						return text.Key
					}
					c.Prompt = func(language string, text i18n.Text) []media.Sound {
						said = append(said, text.Key)
						return []media.Sound{{Quiet: time.Second}}
					}
				})
				o.outside(pbx.Basic(), pbx.TollRule{Effect: pbx.TollDeny, Classes: []string{"international"}})
				a := o.dial("+48 22 123 45 67", false, tt.offer)
				pause(time.Second)
				if tt.offer != nil && len(o.sound.streams[0].plays) == 0 {
					t.Error("the caller hears nothing")
				}
				if a.up {
					t.Error("the call was answered")
				}
				if tt.offer != nil {
					o.sound.streams[0].watch(media.Event{Kind: media.EventPlayed, Tag: 1})
				}
				synctest.Wait()
				o.drain()
				c := o.only()
				reference := c.ID.Reference()
				tt.want[len(tt.want)-1] += " #" + reference
				o.expectLog(tt.want...)
				if c.Cause != pbx.CauseDenied || c.Reference != reference || !c.Missed() {
					t.Errorf("%v %q %v", c.Cause, c.Reference, c.Answered)
				}
				if c.Ruling == nil || c.Ruling.Code != string(toll.Forbidden) || c.Ruling.Profile != "rst_1" || c.Ruling.Rule == nil || c.Ruling.Rule.Effect != pbx.TollDeny || c.Ruling.Payer != "usr_alice" {
					t.Errorf("ruling %+v", c.Ruling)
				}
				if tt.offer == nil {
					return
				}
				want := []string{"say.refused.class", "say.refused.help", "say.refused.reference"}
				for _, k := range i18n.Say("en").Phone(reference) {
					if k != i18n.Pause {
						want = append(want, k)
					}
				}
				if !slices.Equal(said, want) {
					t.Errorf("said %v, want %v", said, want)
				}
			})
		})
	}
}

// An emergency call needs neither right nor rule.
func TestEmergencyNeedsNoRule(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.outside(pbx.TollRule{Effect: pbx.TollDeny})
		a := o.dial("112", false, offer(pcma, event8))
		pause(5 * time.Second)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Talk() == 0 {
			t.Errorf("%+v", c)
		}
	})
}
