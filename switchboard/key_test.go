package switchboard

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/sdp"
)

func TestKeysGoToTheOtherSide(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		a, b := talk(o, false, false, offer(pcmu, event8))
		for _, digit := range "4#" {
			o.board.Signal(call.Signal{Leg: a.leg, Kind: call.SignalDigit, Digit: byte(digit)})
		}
		o.board.Signal(call.Signal{Leg: b.leg, Kind: call.SignalDigit, Digit: 'D'})
		synctest.Wait()
		for i, want := range []string{"D", "4#"} { // the caller's stream, the phone's
			s := o.sound.streams[i]
			s.mu.Lock()
			if s.keys != want {
				t.Errorf("stream %d was told to play %q, want %q", i, s.keys, want)
			}
			s.mu.Unlock()
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
	})
}

// A key that comes by SIP INFO leaves the real relay as a telephone event, under the number that the far side chose.
func TestKeyLeavesAsEvent(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	engine, err := media.New(media.Config{Bind: loopback, Public: loopback, Low: 43000, High: 43999, Loops: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	o := newOffice(t, func(c *Config) { c.Sound = Media(engine) })
	o.caller, o.callee = "127.0.0.1:5060", "127.0.0.1:5062"
	ears, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer ears.Close()
	describe := func(port int, codecs ...sdp.Codec) []byte {
		return sdp.Offer(sdp.Local{ID: 1, Version: 1, Addr: loopback, Port: uint16(port), Codecs: codecs}).Encode()
	}
	event97 := event8
	event97.Payload = 97
	o.phone("b1", false, func(p *phone) {
		p.send(call.Signal{Kind: call.SignalAnswered, SDP: describe(ears.LocalAddr().(*net.UDPAddr).Port, pcmu, event97)})
	})
	accepted := make(chan []byte, 1)
	o.board.c.Legs = accepts{o.wire, accepted}
	a := o.dial("102", false, describe(9, pcmu, event8))
	<-accepted
	o.board.Signal(call.Signal{Leg: a.leg, Kind: call.SignalDigit, Digit: '9'})
	for n := range 7 {
		b := make([]byte, 1500)
		_ = ears.SetReadDeadline(time.Now().Add(10 * time.Second))
		size, err := ears.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if end := b[13]&0x80 != 0; size != 16 || b[1]&0x7f != 97 || b[12] != 9 || end != (n >= 4) {
			t.Errorf("packet %d: %x", n, b[:size])
		}
	}
	a.hangsUp()
	o.drain()
}

// Who was called sends the caller on by key, in the sound or by signalling; the caller's keys do nothing unless the office lets them, and an
// office can switch them off (FC-01).
func TestKeysSendOn(t *testing.T) {
	for name, row := range map[string]struct {
		keys   pbx.CodeKeys
		caller bool
		moved  bool
	}{
		"who was called":          {pbx.KeysCalled, false, true},
		"who calls":               {pbx.KeysCalled, true, false},
		"who calls, where let":    {pbx.KeysBoth, true, true},
		"nobody, switched off":    {pbx.KeysNone, false, false},
		"nobody, caller's side":   {pbx.KeysNone, true, false},
		"who was called, by both": {pbx.KeysBoth, false, true},
	} {
		for _, signalled := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					o := newOffice(t, nil)
					office := o.s.Tenant
					office.Codes.Keys = row.keys
					s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&office}})
					if err != nil {
						t.Fatal(err)
					}
					o.s = s
					o.phone("m1", false, (*phone).answers)
					a, b := talk(o, false, false, offer(pcmu, event8))
					leg, mouth := b.leg, o.sound.streams[1]
					if row.caller {
						leg, mouth = a.leg, o.sound.streams[0]
					}
					for _, digit := range "##103#" {
						if signalled {
							o.board.Signal(call.Signal{Leg: leg, Kind: call.SignalDigit, Digit: byte(digit)})
						} else {
							mouth.watch(media.Event{Kind: media.EventDigit, Digit: byte(digit)})
						}
						pause(time.Second)
					}
					moved := slices.Contains(o.wire.log, "dial m1")
					if moved != row.moved {
						t.Errorf("moved %t, want %t: %v", moved, row.moved, o.wire.log)
					}
					a.hangsUp()
					synctest.Wait()
					o.drain()
				})
			})
		}
	}
}

// Who presses a code that is refused hears so, alone and in his language; the other side hears nothing of it, and both go on talking (FC-01).
func TestRefusedKeyIsTold(t *testing.T) {
	for name, row := range map[string]struct {
		keys   string
		denied string // a right that is taken away
		want   string
	}{
		"a number that is nobody's":        {"##999#", "", "say.refused.number"},
		"may not send on":                  {"##103#", "call.transfer", "say.feature.refused"},
		"may not ask first":                {"*2103#", "call.transfer", "say.feature.refused"},
		"may not record":                   {"*1", "recording.control", "say.feature.refused"},
		"may, and hears music, not a word": {"*2103#", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var said []string
				o := newOffice(t, func(c *Config) {
					c.Prompt = func(language string, text i18n.Text) []media.Sound {
						said = append(said, language+" "+text.Key)
						return []media.Sound{{Quiet: time.Second}}
					}
				})
				bob := *o.s.Users["usr_bob"]
				bob.Language = "pl"
				put := []pbx.Noun{&bob}
				if row.denied != "" {
					put = append(put, &pbx.Grant{ID: "gnt_1", User: bob.ID, Right: row.denied, Deny: true, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: time.Unix(0, 0).UTC()})
				}
				s, err := o.s.Apply(pbx.Change{Put: put})
				if err != nil {
					t.Fatal(err)
				}
				o.s = s
				o.phone("m1", false, (*phone).answers)
				a, _ := talk(o, false, false, offer(pcmu, event8))
				heard := len(o.sound.streams[0].plays)
				for _, digit := range row.keys {
					o.sound.streams[1].watch(media.Event{Kind: media.EventDigit, Digit: byte(digit)})
				}
				synctest.Wait()
				var want []string
				if row.want != "" {
					want = []string{"pl " + row.want}
					if n := len(o.sound.streams[0].plays); n != heard {
						t.Errorf("the other side hears %d sounds", n-heard)
					}
				}
				if !slices.Equal(said, want) {
					t.Errorf("said %v, want %v", said, want)
				}
				if row.want != "" {
					joined := o.sound.joined()
					o.sound.streams[1].watch(media.Event{Kind: media.EventPlayed, Tag: warnTag})
					synctest.Wait()
					if o.sound.joined() != joined+1 {
						t.Error("they do not hear each other any more")
					}
				}
				a.hangsUp()
				synctest.Wait()
				o.drain()
			})
		})
	}
}

// Who may place no call and dials a code hears that he may not, as for any other number.
func TestRefusedCodeIsTold(t *testing.T) {
	for _, dialled := range []string{"*550700", "*56", "*571", "*97", "102"} {
		bubble(t, func(t *testing.T) {
			var said []string
			o := newOffice(t, func(c *Config) {
				c.Prompt = func(_ string, text i18n.Text) []media.Sound {
					said = append(said, text.Key)
					return []media.Sound{{Quiet: time.Second}}
				}
			})
			s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Grant{ID: "gnt_1", User: "usr_alice", Right: "call.place", Deny: true, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: time.Unix(0, 0).UTC()}}})
			if err != nil {
				t.Fatal(err)
			}
			o.s = s
			a := o.dial(dialled, false, offer(pcma, event8))
			synctest.Wait()
			if len(said) == 0 || said[0] != "say.refused.right" || a.up {
				t.Errorf("%s: said %v, answered %t", dialled, said, a.up)
			}
			a.hangsUp()
			synctest.Wait()
			o.drain()
		})
	}
}
