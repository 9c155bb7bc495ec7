package switchboard

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/route"
)

// guarded is an office where calls outside want the PIN, which holds for fifteen minutes; opened counts the lines that are dialled.
func guarded(t *testing.T) (o *office, opened func() int) {
	o = newOffice(t, nil)
	o.shelf.pin = "2580"
	o.outside(pbx.TollRule{Effect: pbx.TollAllow}, pbx.TollRule{Effect: pbx.TollPIN, Minutes: 15})
	o.sets(&pbx.Mailbox{ID: "usr_alice", PIN: "hash", PINSince: began}, &pbx.Mailbox{ID: "usr_bob", PIN: "other", PINSince: began})
	return o, func() (n int) {
		o.wire.mu.Lock()
		defer o.wire.mu.Unlock()
		for _, line := range o.wire.log {
			if line == "dial " {
				n++
			}
		}
		return n
	}
}

// sets changes rows and no others.
func (o *office) sets(nouns ...pbx.Noun) {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	s, err := o.s.Apply(pbx.Change{Put: nouns})
	if err != nil {
		o.t.Fatal(err)
	}
	o.s = s
}

// from lets a phone of somebody call.
func (o *office) from(user pbx.UserID, device pbx.DeviceID) *phone {
	p := o.caller2(user)
	o.board.Incoming(call.Incoming{Leg: p.leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: user, Device: device, Via: "sip"},
		Dialled: "030 901820", Offer: offer(pcma, event8), Source: netip.MustParseAddrPort(o.caller)})
	return p
}

// calls dials outside from a phone and reports whether the line was opened without a question; typed is what is typed otherwise.
func (o *office) calls(opened func() int, user pbx.UserID, device pbx.DeviceID, typed string) (free bool) {
	before := opened()
	p := o.from(user, device)
	pause(2 * time.Second)
	free = opened() > before
	if !free {
		for _, k := range typed {
			p.send(call.Signal{Kind: call.SignalDigit, Digit: byte(k)})
			pause(time.Second)
		}
	}
	pause(2 * time.Second)
	if right := typed == "2580#"; opened() > before != (free || right) {
		o.t.Errorf("%s typed %q: %d lines before, %d after", device, typed, before, opened())
	}
	p.hangsUp()
	pause(time.Second)
	return free
}

// Who typed his PIN calls for some minutes from that phone without being asked; nobody else does, he does from no other phone, and what the PIN rested on
// must not have changed (B-002).
func TestTypedPINHolds(t *testing.T) {
	const right = "2580#"
	for _, tt := range []struct {
		name    string
		between func(o *office)
		wait    time.Duration
		user    pbx.UserID
		device  pbx.DeviceID
		free    bool
	}{
		{"the same phone", nil, 0, "usr_alice", "dev_alice1", true},
		{"while it holds", nil, 14 * time.Minute, "usr_alice", "dev_alice1", true},
		{"after the minutes", nil, 15 * time.Minute, "usr_alice", "dev_alice1", false},
		{"another phone of hers", nil, 0, "usr_alice", "dev_alice2", false},
		{"somebody else", nil, 0, "usr_bob", "dev_bob1", false},
		{"somebody else at her phone, which is his by now", func(o *office) {
			o.sets(&pbx.Device{ID: "dev_alice1", User: "usr_bob", Name: "x", Kind: pbx.DeviceDesk, Username: "alice1"})
		}, 0, "usr_bob", "dev_alice1", false},
		{"another PIN", func(o *office) {
			o.sets(&pbx.Mailbox{ID: "usr_alice", PIN: "new", PINSince: time.Now()})
		}, 0, "usr_alice", "dev_alice1", false},
		{"another rule", func(o *office) {
			o.outside(pbx.TollRule{Effect: pbx.TollAllow}, pbx.TollRule{Effect: pbx.TollPIN, Minutes: 60})
		}, 0, "usr_alice", "dev_alice1", false},
		{"a change that was undone", func(o *office) {
			o.outside(pbx.TollRule{Effect: pbx.TollAllow}, pbx.TollRule{Effect: pbx.TollPIN})
			o.outside(pbx.TollRule{Effect: pbx.TollAllow}, pbx.TollRule{Effect: pbx.TollPIN, Minutes: 15})
		}, 0, "usr_alice", "dev_alice1", false},
		{"suspended meanwhile", func(o *office) {
			u := *o.s.Users["usr_alice"]
			u.Suspensions = []pbx.Interval{{From: time.Now()}}
			o.sets(&u)
			pause(time.Second)
			back := u
			back.Suspensions = []pbx.Interval{{From: u.Suspensions[0].From, Until: time.Now()}}
			o.sets(&back)
		}, 0, "usr_alice", "dev_alice1", false},
		{"a change elsewhere", func(o *office) {
			o.sets(&pbx.Group{ID: "grp_new", Name: "New", Parent: "grp_all"}, &pbx.Mailbox{ID: "usr_bob", PIN: "new", PINSince: time.Now()})
		}, 0, "usr_alice", "dev_alice1", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o, opened := guarded(t)
				pause(time.Minute)
				if o.calls(opened, "usr_alice", "dev_alice1", "1111#") || o.calls(opened, "usr_alice", "dev_alice1", right) {
					t.Fatal("she was not asked the first time, or after a wrong PIN")
				}
				if tt.between != nil {
					tt.between(o)
				}
				pause(tt.wait)
				free := o.calls(opened, tt.user, tt.device, right)
				if free != tt.free {
					t.Errorf("passes without a question: %v", free)
				}
				o.drain()
				c := o.record(2)
				if told := slices.Contains(keys(c), "toll.pin_held"); told != tt.free {
					t.Errorf("its story: %v", keys(c))
				}
				for _, line := range c.Trace {
					if line.Key == "toll.pin_held" && (line.Args["at"] != "01:01" || line.Args["until"] != "01:16") {
						t.Errorf("%v", line)
					}
				}
				if !tt.free && (c.Ruling == nil || !c.Ruling.PIN) {
					t.Errorf("ruling %+v", c.Ruling)
				}
			})
		})
	}
}

// A call that is begun for her phone passes by the PIN that she typed there only if she clicked herself and picks up by hand.
func TestTypedPINAndCallsBegun(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Originate)
		free   bool
	}{
		{"her own click", nil, true},
		{"her phone picks up by itself", func(a *Originate) { a.Answer, a.Device = true, "dev_alice1" }, false},
		{"a program of hers", func(a *Originate) { a.Who.Kind, a.Who.Token = pbx.ActorToken, "tok_1" }, false},
		{"a colleague", func(a *Originate) { a.Who = pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona", Via: "web"} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o, opened := guarded(t)
				o.sets(&pbx.Token{ID: "tok_1", User: "usr_alice", Name: "CRM", Hash: "x", Rights: []string{"call.originate", "call.place", "call.out"}, Until: began.AddDate(1, 0, 0)})
				o.calls(opened, "usr_alice", "dev_alice1", "2580#")
				before := opened()
				o.phone("a1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers() })
				if _, err := o.asks("030 901820", tt.change); err != nil {
					t.Fatal(err)
				}
				pause(3 * time.Second)
				if free := opened() > before; free != tt.free {
					t.Errorf("passes without a question: %v\n%s", free, strings.Join(o.wire.log, "\n"))
				}
				pause(2 * time.Minute)
				o.drain()
			})
		})
	}
}

// The memory holds so many and no more: what is long over goes first, else the oldest.
func TestPinsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, _ := guarded(t)
		var p pins
		place := func(i int) pinPlace { return pinPlace{"usr_alice", pbx.DeviceID(fmt.Sprint("dev_", i))} }
		for i := range maxPins {
			p.keep(typedPIN{place(i), began.Add(time.Duration(i) * time.Millisecond), place(i).rests(o.s)})
		}
		now := began.Add(time.Hour)
		typed := func(i int) bool {
			return !p.typed(o.s, pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: place(i).device}, now).IsZero()
		}
		p.keep(typedPIN{place(maxPins), now, place(maxPins).rests(o.s)})
		if typed(0) || !typed(1) || !typed(maxPins) || len(p.all) != maxPins {
			t.Errorf("%v %v %v, %d", typed(0), typed(1), typed(maxPins), len(p.all))
		}
		now = began.Add(9 * time.Hour)
		p.keep(typedPIN{place(-1), now, place(-1).rests(o.s)})
		if len(p.all) != 1 || !typed(-1) {
			t.Errorf("%d left after a day", len(p.all))
		}
		o.drain()
	})
}

// What is asked next is asked in the name of whoever became the caller: the PIN that the one before him typed is not his (B-002).
func TestPINStaysWithWhoTypedIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, _ := guarded(t)
		o.phone("b1", false, nil)
		defer o.drain()
		s, live := o.board.c.View()
		asked := route.Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1"}, Dialled: "102", At: time.Now()}
		r := newRun(o.board, s, call.Incoming{Leg: "leg_0", Actor: asked.Caller, Dialled: "102"}, asked, route.Decide(s, live, asked), time.Now())
		r.pinned = true
		if len(r.sides) < 2 {
			t.Fatal("nobody would ring")
		}
		r.turn(r.sides[1].leg)
		if r.in.Actor.User != "usr_bob" || r.pinned {
			t.Errorf("%s calls, and has typed a PIN: %v", r.in.Actor.User, r.pinned)
		}
	})
}

// Where a PIN is remembered is told by phone, and no longer than it is.
func TestPINsByPhone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, opened := guarded(t)
		defer o.drain()
		if got := o.board.PINs("usr_alice"); got != nil {
			t.Errorf("before any call: %v", got)
		}
		o.calls(opened, "usr_alice", "dev_alice1", "2580#")
		if got := o.board.PINs("usr_alice"); len(got) != 1 || got[0].Device != "dev_alice1" || time.Since(got[0].At) > time.Minute {
			t.Errorf("%v", got)
		}
		if got := o.board.PINs("usr_bob"); got != nil {
			t.Errorf("of somebody else: %v", got)
		}
		o.sets(&pbx.Mailbox{ID: "usr_alice", PIN: "new", PINSince: time.Now()})
		if got := o.board.PINs("usr_alice"); got != nil {
			t.Errorf("after another PIN: %v", got)
		}
	})
}
