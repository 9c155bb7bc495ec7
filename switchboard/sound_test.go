package switchboard

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/media"
	"tandem/pbx"
	"tandem/sdp"
)

// described reads what we told a phone.
func described(t *testing.T, body []byte) (sdp.Session, sdp.Stream) {
	t.Helper()
	s, err := sdp.Parse(body)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	st, err := s.Audio(sdp.Optional)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return s, st
}

func names(codecs []sdp.Codec) string {
	var all []string
	for _, c := range codecs {
		all = append(all, c.Name)
	}
	return strings.Join(all, " ")
}

// talk connects alice with bob's first phone and gives both.
func talk(o *office, secureA, secureB bool, invite []byte) (a, b *phone) {
	o.t.Helper()
	o.phone("b1", secureB, func(p *phone) { b = p; p.answers() })
	a = o.dial("102", secureA, invite)
	pause(time.Second)
	return a, b
}

func TestOffersAndAnswers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		both := offer(opus, g729, pcma, pcmu, event8)
		both = append(both, "m=video 9000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"...)
		a, b := talk(o, false, false, both)
		s, st := described(t, b.invite.Offer)
		if got := names(st.Codecs); got != "opus PCMA PCMU G722 telephone-event telephone-event" || len(s.Media) != 1 {
			t.Errorf("offered to bob: %s\n%s", got, b.invite.Offer)
		}
		if st.Addr.Addr() != o.sound.Addr() || strings.Contains(string(b.invite.Offer), "192.0.2") {
			t.Errorf("bob's phone learns alice's address:\n%s", b.invite.Offer)
		}
		s, st = described(t, a.got)
		if names(st.Codecs) != "opus PCMA PCMU telephone-event" || st.Codecs[0].Payload != 96 || strings.Contains(string(a.got), "192.0.2") {
			t.Errorf("answered to alice:\n%s", a.got)
		}
		if len(s.Media) != 2 || s.Media[1].Type != "video" || s.Media[1].Port != 0 {
			t.Errorf("the video line is not refused:\n%s", a.got)
		}
		fa, fb := o.sound.streams[0].now(), o.sound.streams[1].now()
		if fa.Remote.Port() != 6000 || fb.Remote.Port() != 7000 || !fa.Send || !fa.Receive || !fb.Send || !fb.Receive || fa.SealKey != nil || fb.OpenKey != nil {
			t.Errorf("flows\n%+v\n%+v", fa, fb)
		}
		if len(fa.Expect) != 2 || fa.Expect[1].String() != "192.0.2.6" {
			t.Errorf("sound is expected from %v", fa.Expect)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Codec != "opus" {
			t.Errorf("codec %s", c.Codec)
		}
	})
}

func TestNoCommonCodec(t *testing.T) {
	for name, body := range map[string]string{"only G.729": string(offer(g729)), "nonsense": "v=0\r\nx", "only video": "v=0\r\no=- 1 1 IN IP4 192.0.2.6\r\ns=-\r\nc=IN IP4 192.0.2.6\r\nt=0 0\r\nm=video 9000 RTP/AVP 99\r\n"} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.phone("b1", false, (*phone).answers)
				o.dial("102", false, []byte(body))
				synctest.Wait()
				o.drain()
				o.expectLog("refuse caller no_codec: en cause.no_codec")
				if c := o.only(); c.Cause != pbx.CauseNoCodec || len(c.Legs) != 1 {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}

func TestEncryption(t *testing.T) {
	keyed := (&phone{port: 6000}).describe(sdp.SendRecv, []sdp.Codec{pcmu}, []sdp.Crypto{{Tag: 3}})
	tests := []struct {
		name             string
		secureA, secureB bool
		invite           []byte
		bobSealed        bool // bob is offered keys
		aliceSealed      bool // alice is answered with keys
		secure           bool
	}{
		{"both", true, true, keyed, true, true, true},
		{"only the caller", true, false, keyed, false, true, false},
		{"only the callee", false, true, offer(pcmu), true, false, false},
		{"a caller on TLS who offers plain sound", true, true, offer(pcmu), true, false, false},
		{"neither", false, false, offer(pcmu), false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				a, b := talk(o, tt.secureA, tt.secureB, tt.invite)
				_, toBob := described(t, b.invite.Offer)
				_, toAlice := described(t, a.got)
				if toBob.Secure() != tt.bobSealed || toAlice.Secure() != tt.aliceSealed {
					t.Errorf("keys for bob %v, for alice %v\n%s\n%s", toBob.Secure(), toAlice.Secure(), b.invite.Offer, a.got)
				}
				if tt.aliceSealed && (toAlice.Crypto[0].Tag != 3 || toAlice.Proto != "RTP/SAVP") {
					t.Errorf("answer to alice:\n%s", a.got)
				}
				fa, fb := o.sound.streams[0].now(), o.sound.streams[1].now()
				if (fa.SealKey != nil) != tt.aliceSealed || (fb.SealKey != nil) != tt.bobSealed || (fa.OpenKey != nil) != tt.aliceSealed {
					t.Errorf("flows\n%+v\n%+v", fa, fb)
				}
				if fa.SealKey != nil && fb.SealKey != nil && *fa.SealKey == *fb.SealKey {
					t.Error("both legs share a key")
				}
				b.hangsUp()
				synctest.Wait()
				o.drain()
				if c := o.only(); c.Secure != tt.secure || c.By.Name != "bob" {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}

func TestKeysNeverTravelInTheClear(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.dial("102", false, (&phone{port: 6000}).describe(sdp.SendRecv, []sdp.Codec{pcmu}, []sdp.Crypto{{Tag: 1}}))
		synctest.Wait()
		o.drain()
		o.expectLog("refuse caller insecure: en cause.insecure")
	})
}

func TestPhoneThatRefusesEncryptionIsAskedAgain(t *testing.T) {
	for _, required := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			o := newOffice(t, func(c *Config) { c.Encrypt = required })
			o.phone("b1", true, func(p *phone) {
				_, st := described(t, p.invite.Offer)
				if st.Secure() {
					p.fails(pbx.CauseNoCodec, 488)
					return
				}
				p.answers()
			})
			a := o.dial("102", true, (&phone{port: 6000}).describe(sdp.SendRecv, []sdp.Codec{pcmu}, []sdp.Crypto{{Tag: 1}}))
			pause(time.Second)
			a.hangsUp()
			synctest.Wait()
			o.drain()
			c := o.only()
			if required {
				o.expectLog("dial b1", "refuse caller no_codec: en call.no_codec name=bob")
				return
			}
			o.expectLog("dial b1", "dial b1", "accept caller", "hangup b1 hangup")
			if c.Secure || c.Missed() || len(c.Legs) != 2 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestOfficeThatRequiresEncryption(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, func(c *Config) { c.Encrypt = true })
		o.phone("b1", false, (*phone).answers)
		o.dial("102", false, offer(pcmu))
		o.dial("102", true, offer(pcmu))
		o.dial("102", true, (&phone{port: 6000}).describe(sdp.SendRecv, []sdp.Codec{pcmu}, []sdp.Crypto{{Tag: 1}}))
		synctest.Wait()
		o.drain()
		slices.Sort(o.wire.log)
		o.expectLog("refuse caller insecure: en call.insecure name=bob", "refuse caller insecure: en cause.insecure", "refuse caller insecure: en cause.insecure")
	})
}

// Two phones that have no codec in common are translated between, and the record names both codecs; each is answered what it can do, as wide
// as the other.
func TestNothingInCommon(t *testing.T) {
	for _, x := range []struct {
		caller []sdp.Codec
		callee sdp.Codec
		want   string
		codec  string
	}{
		{[]sdp.Codec{opus}, pcmu, "opus", "opus ⇄ PCMU"},
		{[]sdp.Codec{opus, pcma}, pcmu, "PCMA opus", "PCMA ⇄ PCMU"},
		{[]sdp.Codec{pcma, opus}, g722, "opus PCMA", "opus ⇄ G722"},
	} {
		bubble(t, func(t *testing.T) {
			o := newOffice(t, nil)
			o.phone("b1", false, func(p *phone) {
				p.speaks = []sdp.Codec{x.callee}
				p.answers()
			})
			a := o.dial("102", false, offer(x.caller...))
			pause(time.Second)
			if _, st := described(t, a.got); names(st.Codecs) != x.want {
				t.Errorf("answered %s, want %s", names(st.Codecs), x.want)
			}
			a.send(call.Signal{Kind: call.SignalOffered, SDP: a.describe(sdp.SendOnly, x.caller, nil)})
			if got := <-a.replied; got != 200 {
				t.Errorf("to put somebody on hold: %d", got)
			}
			synctest.Wait()
			a.hangsUp()
			o.drain()
			if c := o.only(); c.Codec != x.codec || c.Answered.IsZero() || len(c.Legs) != 2 || c.Legs[1].Codec != x.callee.Name {
				t.Errorf("record %+v", c)
			}
		})
	}
}

func TestLateOffer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, func(p *phone) {
			p.send(call.Signal{Kind: call.SignalProgress, SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcma}, nil)})
			p.send(call.Signal{Kind: call.SignalAnswered, SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcma}, nil)})
		})
		a := o.dial("102", false, nil)
		pause(time.Second)
		if _, st := described(t, a.got); names(st.Codecs) != "PCMA opus G722 PCMU telephone-event telephone-event" {
			t.Errorf("offered with the answer:\n%s", a.got)
		}
		a.send(call.Signal{Kind: call.SignalAnswered, SDP: a.describe(sdp.SendRecv, []sdp.Codec{pcma}, nil)})
		synctest.Wait()
		if f := o.sound.streams[0].now(); f.Remote.Port() != 6000 || !f.Send {
			t.Errorf("flow %+v", f)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "progress caller 180", "accept caller", "hangup b1 hangup")
	})
}

func TestLateOfferWithoutCommonCodec(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		a := o.dial("102", false, nil)
		pause(time.Second)
		a.send(call.Signal{Kind: call.SignalAnswered, SDP: a.describe(sdp.SendRecv, []sdp.Codec{g729}, nil)})
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "accept caller", "hangup caller no_codec", "hangup b1 no_codec")
	})
}

func TestEarlySound(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, func(p *phone) {
			p.send(call.Signal{Kind: call.SignalProgress, SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil)})
			p.waits(2 * time.Second)
			p.send(call.Signal{Kind: call.SignalAnswered}) // the description of the 183 counts
		})
		a := o.dial("102", false, offer(pcmu, pcma))
		pause(time.Second)
		early := string(a.got)
		if f := o.sound.streams[0].now(); !f.Send || o.sound.joined() != 1 {
			t.Errorf("alice hears nothing: %+v", f)
		}
		pause(2 * time.Second)
		if string(a.got) != early {
			t.Errorf("the answer differs from the early one:\n%s\n%s", early, a.got)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "progress caller 183", "accept caller", "hangup b1 hangup")
	})
}

func TestHold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		a, b := talk(o, false, false, offer(pcmu, pcma))
		ask := func(p *phone, d sdp.Direction, codecs ...sdp.Codec) int {
			p.send(call.Signal{Kind: call.SignalOffered, SDP: p.describe(d, codecs, nil)})
			select {
			case s := <-p.replied:
				return s
			case <-time.After(time.Minute):
				return 0
			}
		}
		if st := ask(a, sdp.SendOnly, pcmu, pcma); st != 200 {
			t.Fatalf("hold is answered %d", st)
		}
		if _, st := described(t, b.got); st.Direction != sdp.SendOnly {
			t.Errorf("bob's phone hears of the hold as\n%s", b.got)
		}
		if _, st := described(t, a.got); st.Direction != sdp.RecvOnly {
			t.Errorf("alice's phone is answered\n%s", a.got)
		}
		fa, fb := o.sound.streams[0].now(), o.sound.streams[1].now()
		if fa.Send || !fa.Receive || !fb.Send || fb.Receive {
			t.Errorf("on hold:\n%+v\n%+v", fa, fb)
		}
		o.sound.streams[1].watch(media.Event{Kind: media.EventSilence})
		pause(time.Minute)
		if st := ask(a, sdp.SendRecv, pcmu, pcma); st != 200 {
			t.Fatalf("resume is answered %d", st)
		}
		if fa, fb = o.sound.streams[0].now(), o.sound.streams[1].now(); !fa.Send || !fa.Receive || !fb.Send || !fb.Receive {
			t.Errorf("resumed:\n%+v\n%+v", fa, fb)
		}
		// a phone that moves: the other side need not know
		a.port = 6100
		if st := ask(a, sdp.SendRecv, pcmu, pcma); st != 200 {
			t.Errorf("a new address is answered %d", st)
		}
		if f := o.sound.streams[0].now(); f.Remote.Port() != 6100 {
			t.Errorf("sound still goes to %v", f.Remote)
		}
		// the same, found out by the signalling side's refresh
		b.port = 7100
		b.send(call.Signal{Kind: call.SignalReplied, Status: 200, SDP: b.describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil)})
		synctest.Wait()
		if f := o.sound.streams[1].now(); f.Remote.Port() != 7100 {
			t.Errorf("sound still goes to %v", f.Remote)
		}
		// another codec
		if st := ask(b, sdp.SendRecv, pcma); st != 200 {
			t.Errorf("a new codec is answered %d", st)
		}
		if _, st := described(t, a.got); names(st.Codecs) != "PCMA" {
			t.Errorf("alice's phone is offered\n%s", a.got)
		}
		if st := ask(b, sdp.SendRecv, g729); st != 488 {
			t.Errorf("an unknown codec is answered %d", st)
		}
		// a phone that asks for an offer, and answers it with hold
		b.send(call.Signal{Kind: call.SignalOffered, Empty: true})
		if st := <-b.replied; st != 200 {
			t.Errorf("a request for an offer is answered %d", st)
		}
		b.send(call.Signal{Kind: call.SignalAnswered, SDP: b.describe(sdp.Inactive, []sdp.Codec{pcma}, nil)})
		synctest.Wait()
		if f := o.sound.streams[1].now(); f.Send || f.Receive {
			t.Errorf("bob is inactive: %+v", f)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("dial b1", "accept caller", "offer b1", "reply caller 200", "offer b1", "reply caller 200", "reply caller 200",
			"offer caller", "reply b1 200", "reply b1 488", "reply b1 200", "hangup b1 hangup")
		if got := o.ledger.kinds(); !slices.Equal(got, []string{"started", "answered", "held", "resumed", "held", "ended"}) {
			t.Errorf("facts %v", got)
		}
		if want := []string{"ringing", "talking", "held", "talking", "held", "ended"}; !slices.Equal(o.phases, want) {
			t.Errorf("live views saw %v", o.phases)
		}
	})
}

func TestSilenceEndsTheCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		talk(o, false, false, offer(pcmu))
		o.sound.streams[1].watch(media.Event{Kind: media.EventDigit, Digit: '1'})
		o.sound.streams[1].watch(media.Event{Kind: media.EventSilence})
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Cause != pbx.CauseNoMedia || c.Reason.Args["name"] != "bob" {
			t.Errorf("%+v", c)
		}
	})
}

// Keys of somebody else end the call with a reason of its own (RT-06).
func TestForeignKeysEndTheCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		talk(o, false, false, offer(pcmu))
		o.sound.streams[1].watch(media.Event{Kind: media.EventForeignKeys})
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Cause != pbx.CauseInsecure || c.Reason.Key != "call.foreign_keys" || c.Reason.Args["name"] != "bob" {
			t.Errorf("%+v", c)
		}
	})
}

func TestNoPorts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.sound.full = true
		o.dial("102", false, offer(pcmu))
		synctest.Wait()
		o.drain()
		o.expectLog("refuse caller overload: en cause.overload")
	})
}

// What a phone agrees to is what it is sent; what it sends may be whatever else of our offer the house understands, because browsers whose page allows
// them to receive one codec only go on to send the first that we offer.
func TestAnswerersMaySendWhatWasOffered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, func(p *phone) { p.speaks = []sdp.Codec{opus, event8}; p.answers() })
		a := o.dial("102", false, offer(pcma, g729, event8))
		pause(time.Second)
		f := o.sound.streams[1].now()
		if len(f.Formats) != 2 || f.Formats[0].Name != "opus" {
			t.Errorf("the phone is sent %v", f.Formats)
		}
		comes := map[string]bool{}
		for _, l := range f.Local {
			comes[l.Name] = true
		}
		if !comes["opus"] || !comes["PCMA"] || comes["G729"] {
			t.Errorf("the phone may send %v", f.Local)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
	})
}
