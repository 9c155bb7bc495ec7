package switchboard

import (
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sdp"
)

// Whom a person holds hears music, whichever way the phone holds; who holds himself hears none, nobody hears any after the hold.
func TestMusicOnHold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		a := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		b := o.find("b1")
		alice, bob := o.sound.streams[0], o.sound.streams[1]
		playing := func(s *stream) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			n := len(s.plays)
			return n > 0 && s.plays[n-1].Loop && s.flow.Send
		}
		check := func(what string, atAlice, atBob bool) {
			t.Helper()
			pause(time.Second)
			if playing(alice) != atAlice || playing(bob) != atBob {
				t.Errorf("%s: music at alice %v, at bob %v; want %v, %v", what, playing(alice), playing(bob), atAlice, atBob)
			}
		}
		says := func(p *phone, d sdp.Direction) {
			p.send(call.Signal{Kind: call.SignalOffered, SDP: p.describe(d, []sdp.Codec{pcmu}, nil)})
		}
		check("nobody holds", false, false)
		says(b, sdp.SendOnly)
		check("bob holds", true, false)
		says(b, sdp.SendRecv)
		check("bob holds no more", false, false)
		says(b, sdp.Inactive)
		check("bob holds as an old phone does", true, false)
		says(a, sdp.SendOnly)
		check("both hold", false, false)
		says(b, sdp.SendRecv)
		check("only alice holds", false, true)
		says(a, sdp.SendRecv)
		check("nobody holds any more", false, false)
		says(b, sdp.SendOnly)
		b.hangsUp()
		synctest.Wait()
		o.drain()
	})
}

// A group has music of its own, or that of the group above.
func TestMusicIsInherited(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		mine, above := pbx.Sound{Blob: "mine", Rate: 8000, Samples: 8000}, pbx.Sound{Blob: "above", Rate: 8000, Samples: 8000}
		top := *o.s.Groups["grp_all"]
		below := &pbx.Group{ID: "grp_below", Name: "Below", Parent: "grp_all"}
		o.put(below)
		at := time.Now()
		check := func(want pbx.Sound) {
			t.Helper()
			if got := o.s.MusicIn("grp_below"); got != want {
				t.Errorf("below: %+v, want %+v", got, want)
			}
		}
		check(pbx.Sound{})
		top.Music = above
		o.put(&top)
		check(above)
		if got := o.s.MusicOf("usr_bob", at); got != above {
			t.Errorf("bob: %+v", got)
		}
		own := *below
		own.Music = mine
		o.put(&own)
		check(mine)
		o.drain()
	})
}
