package switchboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// asks lets alice begin a call by a click; change says how else.
func (o *office) asks(to string, change func(*Originate)) (pbx.CallID, error) {
	ask := Originate{Who: pbx.Actor{Kind: pbx.ActorUser, User: "usr_alice", Via: "web"}, For: "usr_alice", To: to}
	if change != nil {
		change(&ask)
	}
	return o.board.Originate(ask)
}

// key is the reason of a refusal.
func key(err error) string {
	var e *pbx.Error
	if errors.As(err, &e) {
		return e.Text.Key
	}
	return fmt.Sprint(err)
}

// Alice clicks on a colleague: her phone rings and shows him, she picks up, his phone rings and shows her, and they talk. The record is that of a call
// that she dialled, and tells who began it; nobody has talked before he answered.
func TestOriginate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		var shown []string
		o.phone("a1", false, func(p *phone) {
			shown = append(shown, "alice sees "+p.invite.From.Label())
			p.rings()
			p.waits(2 * time.Second)
			p.answers()
		})
		o.phone("b1", false, func(p *phone) {
			shown = append(shown, "bob sees "+p.invite.From.Label())
			p.rings()
			p.waits(3 * time.Second)
			p.answers()
			p.waits(20 * time.Second)
			p.hangsUp()
		})
		id, err := o.asks("102", nil)
		if err != nil || id == "" {
			t.Fatal(id, err)
		}
		pause(4 * time.Second)
		_, live := o.board.c.View()
		for _, lc := range live.Calls() {
			if lc.From.User != "usr_alice" || lc.To.User != "usr_bob" || !lc.Answered.IsZero() {
				t.Errorf("while he is rung: %+v", lc)
			}
		}
		pause(time.Minute)
		o.drain()
		c := o.only()
		if c.ID != id || c.From.User != "usr_alice" || c.To.User != "usr_bob" || c.Dialled != "102" || c.Talk() != 20*time.Second || c.Cause != pbx.CauseHangup {
			t.Errorf("%s %+v → %+v, %s, talked %v, %s", c.ID, c.From, c.To, c.Dialled, c.Talk(), c.Cause)
		}
		if !slices.Equal(shown, []string{"alice sees bob", "bob sees alice"}) {
			t.Errorf("%q", shown)
		}
		if got := keys(c); !slices.Contains(got, "route.originate") || !slices.Contains(got, "route.dialled") {
			t.Errorf("its story: %q", got)
		}
		if got := o.ledger.kinds(); !slices.Contains(got, "asked") {
			t.Errorf("facts %q", got)
		}
	})
}

// Who does not pick up what he began has called nobody; whom he called is not rung. One who does not answer was missed by a call that began here.
func TestOriginateUnanswered(t *testing.T) {
	for _, lifts := range []bool{false, true} {
		t.Run(fmt.Sprint("lifts ", lifts), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.phone("a1", false, func(p *phone) {
					p.rings()
					if lifts {
						p.waits(time.Second)
						p.answers()
					}
				})
				rung := 0
				o.phone("b1", false, func(p *phone) { rung++; p.rings(); p.waits(time.Second); p.fails(pbx.CauseBusy, 486) })
				if _, err := o.asks("102", nil); err != nil {
					t.Fatal(err)
				}
				pause(5 * time.Minute)
				o.drain()
				c := o.only()
				if lifts && (rung != 1 || c.Cause != pbx.CauseBusy || !c.Missed() || c.Talk() != 0) || !lifts && (rung != 0 || c.Cause != pbx.CauseNoAnswer || c.Talk() != 0) {
					t.Errorf("bob rang %d times, %s, missed %v, talked %v", rung, c.Cause, c.Missed(), c.Talk())
				}
			})
		})
	}
}

// What leads outside is decided as if it had been dialled, at the expense of whom it is for: before anybody's phone rings, and again when it is picked
// up (N-12, TF-0).
func TestOriginateAsksTheToll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.outside(pbx.Basic())
		lines := 0
		o.wire.phones[""] = func(p *phone) {
			lines++
			p.rings()
			p.waits(time.Second)
			p.answers()
			p.waits(9 * time.Second)
			p.hangsUp()
		}
		var rang atomic.Int64
		o.phone("a1", false, func(p *phone) { rang.Add(1); p.rings(); p.waits(10 * time.Second); p.answers() })

		if _, err := o.asks("+48 22 123 45 67", nil); key(err) != "toll.refused.destination" || rang.Load() != 0 {
			t.Errorf("abroad: %v, her phone rang %d times", err, rang.Load())
		}
		pause(time.Second)
		if c := o.record(0); c.Cause != pbx.CauseDenied || c.Ruling == nil || c.Ruling.Payer != "usr_alice" {
			t.Errorf("its record: %+v", c)
		}
		if _, err := o.asks("030 901820", nil); err != nil {
			t.Fatal(err)
		}
		pause(time.Minute)
		if c := o.record(1); lines != 1 || c.Talk() != 9*time.Second || c.Ruling == nil || c.Ruling.Payer != "usr_alice" {
			t.Errorf("%d lines, %+v", lines, c)
		}
		if _, err := o.asks("030 901820", nil); err != nil {
			t.Fatal(err)
		}
		pause(time.Second)
		o.reconfigure(&pbx.Grant{ID: "gnt_1", User: "usr_alice", Right: "call.out", Deny: true, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: began.Add(-time.Hour)})
		pause(time.Minute)
		if _, err := o.asks("030 901820", nil); key(err) != "denied.deny" {
			t.Errorf("without the right: %v", err)
		}
		pause(time.Second)
		if got := keys(o.record(3)); strings.Count(strings.Join(got, " "), "denied.deny") != 1 {
			t.Errorf("its story: %q", got)
		}
		if c := o.record(2); lines != 1 || c.Cause != pbx.CauseDenied || c.Reason.Key != "denied.deny" {
			t.Errorf("taken away while her phone rang: %d lines, %s %v", lines, c.Cause, c.Reason)
		}
		if _, err := o.asks("112", nil); err != nil {
			t.Errorf("emergency: %v", err)
		}
		pause(time.Minute)
		if lines != 2 {
			t.Errorf("emergency opened %d lines", lines-1)
		}
		o.drain()
	})
}

// A number that wants the PIN is called by a click like by hand: her phone rings, and the house asks who picks it up. Who has no PIN is refused at once (B-002).
func TestOriginateAsksForThePIN(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.outside(pbx.Basic())
		o.reconfigure(&pbx.Restriction{ID: "rst_pin", Name: "PIN", On: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_alice"}}, Rules: []pbx.TollRule{{Effect: pbx.TollPIN}}})
		lines := 0
		var rang atomic.Int64
		o.wire.phones[""] = func(p *phone) { lines++; p.rings() }
		o.phone("a1", false, func(p *phone) { rang.Add(1); p.rings(); p.waits(time.Second); p.answers() })
		if _, err := o.asks("030 901820", nil); key(err) != "toll.refused.pin_missing" || rang.Load() != 0 {
			t.Errorf("without a PIN: %v, her phone rang %d times", err, rang.Load())
		}
		pause(time.Second)
		o.reconfigure(&pbx.Mailbox{ID: "usr_alice", PIN: "hash", PINSince: began})
		if _, err := o.asks("030 901820", nil); err != nil {
			t.Fatal(err)
		}
		pause(2 * time.Minute)
		if c := o.record(1); rang.Load() != 1 || lines != 0 || c.Cause != pbx.CauseDenied || c.Reason.Key != "toll.refused.pin_wrong" || !slices.Contains(keys(c), "toll.pin_asked") {
			t.Errorf("her phone rang %d times, %d lines, %s %v, %v", rang.Load(), lines, c.Cause, c.Reason, keys(c))
		}
		o.drain()
	})
}

// Who may, begins calls in the name of others: their phones ring, they pay, and the story tells who it was. Phones pick up by themselves only for who
// asks for it himself.
func TestOriginateForOthers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		var picked atomic.Bool
		o.phone("a1", false, func(p *phone) {
			picked.Store(p.invite.Answer)
			p.rings()
			p.answers()
			p.waits(5 * time.Second)
			p.hangsUp()
		})
		o.phone("a2", false, func(p *phone) { t.Error("the other phone rings") })
		o.phone("b1", false, func(p *phone) { p.rings() })
		o.outside(pbx.TollRule{Effect: pbx.TollAllow})
		o.reconfigure(&pbx.Token{ID: "tok_1", User: "usr_alice", Name: "CRM", Hash: "x", Rights: []string{"call.originate", "call.place"}, Until: began.AddDate(1, 0, 0)})
		mona := func(ask *Originate) { ask.Who = pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona", Via: "api"} }
		for _, tt := range []struct {
			name, to string
			change   func(*Originate)
			want     string
		}{
			{"without the right over her", "101", func(a *Originate) { a.Who.User, a.For = "usr_bob", "usr_alice" }, "denied.no_grant"},
			{"so that her phone opens by itself", "102", func(a *Originate) { mona(a); a.Answer = true }, "originate.answer"},
			{"a code", "*72102", nil, "originate.code"},
			{"a program without the right to call outside", "030 901820", func(a *Originate) { a.Who.Kind, a.Who.Token, a.Device = pbx.ActorToken, "tok_1", "dev_alice1" }, "denied.token"},
			{"no phone", "102", func(a *Originate) { a.Device = "dev_bob1" }, "originate.no_phone"},
			{"nobody's", "199", nil, "route.unknown"},
			{"for nobody", "102", func(a *Originate) { a.For = "usr_none" }, "error.not_found"},
		} {
			if _, err := o.asks(tt.to, tt.change); key(err) != tt.want {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
		}
		if _, err := o.asks("102", func(a *Originate) { mona(a); a.Device = "dev_alice1" }); err != nil {
			t.Fatal(err)
		}
		pause(time.Minute)
		if picked.Load() {
			t.Error("a phone opened by itself for somebody else")
		}
		if _, err := o.asks("102", func(a *Originate) { a.Answer, a.Device = true, "dev_alice1" }); err != nil {
			t.Error(err)
		}
		pause(time.Minute)
		if !picked.Load() {
			t.Error("her own phone does not pick up for herself")
		}
		o.drain()
		asked := 0
		o.ledger.mu.Lock()
		for _, f := range o.ledger.facts {
			if f.Kind == event.CallAsked {
				p, err := event.Payload[event.Asked](f)
				if asked++; err != nil || f.Actor.User == "usr_mona" && (p.For != "usr_alice" || p.Number != "102") {
					t.Errorf("%+v %+v", f.Actor, p)
				}
			}
		}
		o.ledger.mu.Unlock()
		if asked != 4 { // two were refused
			t.Errorf("%d asked calls in the facts", asked)
		}
	})
}
