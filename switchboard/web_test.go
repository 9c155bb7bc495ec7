package switchboard

import (
	"bytes"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sdp"
)

// surf is what a browser offers or answers.
func surf(role sdp.Setup, ufrag string, codecs ...sdp.Codec) []byte {
	ours := sdp.Offer(sdp.Local{ID: 6, Version: 1, Addr: netip.MustParseAddr("192.0.2.8"), Port: 9, Codecs: codecs, Direction: sdp.SendRecv,
		Web: &sdp.Web{Ufrag: ufrag, Pwd: "abcdefghijklmnopqrstuvwx", Fingerprint: [32]byte{9}, Setup: role, Mid: "a", Bundle: true}}).Encode()
	return bytes.Replace(ours, []byte("a=ice-lite\r\n"), nil, 1)
}

// browsed takes the mark of a server away, which only we carry, and reads what a browser is told.
func browsed(t *testing.T, body []byte) sdp.Stream {
	t.Helper()
	s, err := sdp.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	var above []sdp.Attribute
	for _, a := range s.Attributes {
		if a.Name != "ice-lite" {
			above = append(above, a)
		}
	}
	if len(above) == len(s.Attributes) {
		t.Errorf("not said that we only answer:\n%s", body)
	}
	s.Attributes = above
	st, err := s.Audio(sdp.Browser)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return st
}

// A browser calls a desk phone: each is spoken to in its own way, in a codec that both have, and neither learns of the other's way.
func TestBrowserCallsPhone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		a, b := talk(o, true, false, surf(sdp.Either, "far1", opus, g722, pcmu, event8))
		_, toBob := described(t, b.invite.Offer)
		if toBob.Secure() || names(toBob.Codecs) != "opus G722 PCMU PCMA telephone-event telephone-event" {
			t.Errorf("offered to bob:\n%s", b.invite.Offer)
		}
		toAlice := browsed(t, a.got)
		if w := toAlice.Web; w.Ufrag != "ours1" || w.Setup != sdp.Passive || w.Mid != "a" || !w.Bundle {
			t.Errorf("answer to alice: %+v", w)
		}
		f := o.sound.streams[0].now()
		if f.Web == nil || f.Web.Ufrag != "far1" || f.Web.Fingerprint != [32]byte{9} || f.Web.Active || !f.Mux || f.SealKey != nil {
			t.Errorf("%+v", f)
		}
		if f := o.sound.streams[1].now(); f.Web != nil {
			t.Errorf("%+v", f)
		}
		// A search anew is answered with a new password, and bob's phone hears nothing of it.
		heard := string(b.got)
		a.send(call.Signal{Kind: call.SignalOffered, SDP: surf(sdp.Either, "far2", opus, g722, pcmu, event8)})
		synctest.Wait()
		if w := browsed(t, a.got).Web; w.Ufrag != "ours2" || string(b.got) != heard {
			t.Errorf("%+v", w)
		}
		if f := o.sound.streams[0].now(); f.Web.Ufrag != "far2" {
			t.Errorf("%+v", f)
		}
		b.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Secure || c.Missed() {
			t.Errorf("%+v", c)
		}
	})
}

// A desk phone calls a browser: that is offered keys by DTLS, and nothing less when it refuses.
func TestPhoneCallsBrowser(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			o := newOffice(t, nil)
			o.phone("b1", true, func(p *phone) {
				st := browsed(t, p.invite.Offer)
				if st.Web.Setup != sdp.Either || st.Web.Mid != "0" || !st.Mux {
					t.Errorf("offered\n%s", p.invite.Offer)
				}
				if refuses {
					p.fails(pbx.CauseNoCodec, 488)
					return
				}
				p.send(call.Signal{Kind: call.SignalAnswered, SDP: surf(sdp.Active, "far1", st.Codecs...)})
			})
			o.mu.Lock()
			binding := o.live.Bindings("dev_bob1")[0]
			binding.Transport = "wss"
			o.live = o.live.WithBindings("dev_bob1", []pbx.Binding{binding})
			o.mu.Unlock()
			a := o.dial("102", false, offer(pcmu))
			pause(time.Second)
			if !refuses {
				if f := o.sound.streams[1].now(); f.Web == nil || f.Web.Ufrag != "far1" || f.Web.Active || !f.Mux {
					t.Errorf("%+v", f)
				}
				a.hangsUp()
			}
			synctest.Wait()
			o.drain()
			if c := o.only(); c.Missed() != refuses || len(c.Legs) != 2 {
				t.Errorf("%+v", c)
			}
		})
	}
}
