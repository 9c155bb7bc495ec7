package switchboard

import (
	"context"
	"strings"
	"testing"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/sdp"
)

// inRoom reports whether a leg's sound is in a mixer.
func (m *mix) inRoom(s Stream) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.inside {
		if x == s {
			return true
		}
	}
	return false
}

// What a call goes through while somebody listens to it, and when one cannot begin to (X-098, G-014): his part survives a hold and can begin in one; it ends when
// whom it is about leaves, by being parked from, by sending the other side on, by hanging up; and goes on with whoever comes in the place of the other. The log
// has how long each part took.
func TestWatchThroughACall(t *testing.T) {
	seconds := func(o *office) (all []int) {
		for _, f := range o.ledger.facts {
			if p, err := event.Payload[event.Watched](f); f.Kind == event.WatchEnded && err == nil {
				all = append(all, p.Seconds)
			}
		}
		return all
	}
	type scene struct {
		o          *office
		alice, bob *phone
		mona       *phone
	}
	begin := func(t *testing.T, code string) scene {
		o := newOffice(t, nil)
		o.parks(0)
		o.put(&pbx.User{ID: "usr_carol", Name: "carol", Email: "carol@example.org", Extension: "104"},
			&pbx.Membership{ID: "mem_carol", User: "usr_carol", Group: "grp_all", Role: "user", From: began.Add(-time.Hour)},
			&pbx.Device{ID: "dev_carol1", User: "usr_carol", Name: "carol1", Kind: pbx.DeviceDesk, Username: "carol1"})
		o.phone("b1", false, (*phone).answers)
		o.phone("c1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		s := scene{o: o, alice: a, bob: o.find("b1")}
		if code != "" {
			s.mona = o.dials("mona", code)
			pause(2 * time.Second)
			if len(o.sound.rooms) != 1 || s.mona.over {
				t.Fatalf("nobody listens\n%s\n%s", strings.Join(o.wire.log, "\n"), o.logs)
			}
		}
		return s
	}
	takesBack := func(p *phone) {
		p.send(call.Signal{Kind: call.SignalOffered, SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil)})
		pause(time.Second)
	}
	t.Run("a hold meanwhile", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := begin(t, "*22102")
			s.bob.holds()
			pause(3 * time.Second)
			if s.mona.over {
				t.Fatal("a hold ended her part")
			}
			takesBack(s.bob)
			room := s.o.sound.rooms[0]
			for i, who := range []string{"alice", "bob", "mona"} {
				if !room.inRoom(s.o.sound.streams[i]) {
					t.Errorf("after the hold %s is not heard", who)
				}
			}
			s.mona.hangsUp()
			pause(time.Second)
			if s.alice.over || s.bob.over || room.count() != 0 {
				t.Error("her end was not hers alone")
			}
			s.o.drain()
			if got := seconds(s.o); len(got) != 1 || got[0] < 4 || got[0] > 8 {
				t.Errorf("the log says %v seconds", got)
			}
		})
	})
	t.Run("begun in a hold", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := begin(t, "")
			s.bob.holds()
			pause(time.Second)
			mona := s.o.dials("mona", "*23102")
			pause(2 * time.Second)
			if mona.over || len(s.o.sound.rooms) != 1 {
				t.Fatalf("a call on hold cannot be listened to\n%s", strings.Join(s.o.wire.log, "\n"))
			}
			takesBack(s.bob)
			names := map[Stream]string{s.o.sound.streams[0]: "alice", s.o.sound.streams[1]: "bob", s.o.sound.streams[2]: "mona"}
			if got := strings.Join(s.o.sound.rooms[0].deaf(names), ", "); got != "alice not mona" {
				t.Errorf("whispers after the hold: %s", got)
			}
			s.o.drain()
		})
	})
	t.Run("parked", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := begin(t, "*22102")
			s.bob.refers("700")
			pause(2 * time.Second)
			c := s.o.liveCalls()
			if !s.mona.over || len(c) != 1 || c[0].Phase != pbx.PhaseParked || len(c[0].Watches) != 0 || s.o.sound.rooms[0].count() != 0 {
				t.Errorf("mona %v, %+v, %d in the mixer", s.mona.over, c, s.o.sound.rooms[0].count())
			}
			mona := pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona", Via: "api"}
			if err := s.o.board.Watch(context.Background(), mona, c[0].ID, "", pbx.WatchListen); err == nil || !strings.Contains(err.Error(), "watch.not_talking") {
				t.Errorf("a parked call: %v", err)
			}
			s.o.drain()
			if got := seconds(s.o); len(got) != 1 {
				t.Errorf("the log says %v", got)
			}
		})
	})
	t.Run("sent on by the other", func(t *testing.T) { // it is about bob, who stays
		bubble(t, func(t *testing.T) {
			s := begin(t, "*22102")
			s.alice.refers("104")
			pause(3 * time.Second)
			c := s.o.liveCalls()
			var on *pbx.LiveCall
			for i := range c {
				if len(c[i].Watches) > 0 {
					on = &c[i]
				}
			}
			if s.mona.over || on == nil || on.Watches[0].About != "usr_bob" || on.From.Name != "carol" && on.To.Name != "carol" {
				t.Errorf("mona %v, %+v\n%s", s.mona.over, c, strings.Join(s.o.wire.log, "\n"))
			}
			s.o.drain()
		})
	})
	t.Run("sent on by whom it is about", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := begin(t, "*22102")
			s.bob.refers("104")
			pause(3 * time.Second)
			if c := s.o.liveCalls(); !s.mona.over || len(c) != 1 || c[0].To.Name != "carol" || len(c[0].Watches) != 0 {
				t.Errorf("mona %v, %+v", s.mona.over, c)
			}
			s.o.drain()
			if got := seconds(s.o); len(got) != 1 {
				t.Errorf("the log says %v", got)
			}
		})
	})
}
