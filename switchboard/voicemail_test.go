package switchboard

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/sdp"
)

// forward sends calls for bob that are not answered, and those while he is busy or offline, to a place.
func (o *office) forward(to pbx.Destination) {
	o.t.Helper()
	c := pbx.Case{Inside: to}
	s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Forwarding{User: "usr_bob", Profiles: map[pbx.Status]pbx.Profile{
		pbx.StatusAvailable: {NoAnswer: c, Busy: c, Offline: c},
	}}, &pbx.Mailbox{ID: "usr_bob"}}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.s = s
}

var bobsBox = pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}

func TestMessageIsLeft(t *testing.T) {
	for _, late := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			o := newOffice(t, nil)
			o.forward(bobsBox)
			o.shelf.broken = 2
			o.phone("b1", false, (*phone).rings)
			invite := offer(opus, pcma, pcmu, event8)
			if late {
				invite = nil
			}
			a := o.dial("102", false, invite)
			pause(31 * time.Second)
			if late {
				a.send(call.Signal{Kind: call.SignalAnswered, SDP: a.describe(sdp.SendRecv, []sdp.Codec{pcma, event8}, nil)})
				synctest.Wait()
			}
			_, st := described(t, a.got)
			if want := "opus PCMU PCMA telephone-event"; !late && names(st.Codecs) != want {
				t.Errorf("the house answered %s, want %s", names(st.Codecs), want)
			}
			mouth := o.sound.streams[0]
			if f := mouth.now(); !f.Send || !f.Receive || f.Remote.Port() != 6000 {
				t.Errorf("the caller's flow %+v", f)
			}
			pause(5 * time.Second)
			mouth.says(12 * time.Second)
			pause(20 * time.Second)
			o.drain()
			if len(o.shelf.messages) != 1 {
				t.Fatalf("%d messages\n%s\n%s", len(o.shelf.messages), strings.Join(o.wire.log, "\n"), o.logs)
			}
			m := o.shelf.messages[0]
			if m.User != "usr_bob" || m.From.Name != "alice" || m.Length != 12*time.Second || m.Rate != 8000 || o.shelf.sounds[string(m.ID)].finished != 12*16000 {
				t.Errorf("message %+v", m)
			}
			c := o.only()
			if !c.Missed() || c.Cause != pbx.CauseHangup || c.Talk() != 0 || !slices.Contains(c.Users, "usr_bob") {
				t.Errorf("record %+v", c)
			}
			if last := c.Trace[len(c.Trace)-1]; last.Key != "route.left_message" {
				t.Errorf("the story of the call: %v", c.Trace)
			}
			if got := o.ledger.kinds(); !slices.Equal(got, []string{"started", "rang", "routed", "message", "ended"}) {
				t.Errorf("facts %v", got)
			}
			o.expectLog("dial b1", "progress caller 180", "hangup b1 no_answer", "accept caller", "hangup caller hangup")
		})
	}
}

func TestCallerHangsUpInAMessage(t *testing.T) {
	for name, speaks := range map[string]bool{"a message": true, "nothing": false} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, func(c *Config) {
					c.Prompt = func(string, i18n.Text) []media.Sound { return []media.Sound{{Quiet: 2 * time.Second}} }
				})
				o.forward(bobsBox)
				a := o.dial("102", false, offer(pcmu))
				pause(5 * time.Second)
				if speaks {
					o.sound.streams[0].says(3 * time.Second)
				}
				a.hangsUp()
				synctest.Wait()
				o.drain()
				if got := len(o.shelf.messages); got != map[bool]int{true: 1}[speaks] {
					t.Errorf("%d messages", got)
				}
				for name, s := range o.shelf.sounds {
					if s.aborted == speaks {
						t.Errorf("%s: %+v", name, s.finished)
					}
				}
				if c := o.only(); c.By.Name != "alice" || c.Cause != pbx.CauseHangup {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}

// TestOperator answers the caller by the house in one codec and joins him with a phone that has another: his session is changed.
func TestOperator(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.forward(bobsBox)
		o.shelf.box.Operator, o.shelf.box.Owner = pbx.Destination{Kind: pbx.ToUser, ID: "usr_mona"}, "usr_bob"
		o.phone("m1", false, func(p *phone) {
			p.rings()
			p.waits(3 * time.Second)
			p.send(call.Signal{Kind: call.SignalAnswered, SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcma}, nil)})
		})
		a := o.dial("102", false, offer(g722, pcma, pcmu, event8))
		pause(time.Second)
		ear := o.sound.streams[0]
		ear.watch(media.Event{Kind: media.EventDigit, Digit: '0'})
		pause(time.Second)
		if last := ear.plays[len(ear.plays)-1]; !last.Loop {
			t.Errorf("the caller does not hear ringing: %+v", ear.plays)
		}
		pause(5 * time.Second)
		if o.sound.joined() == 0 || len(ear.now().Formats) != 1 || ear.now().Formats[0].Name != "PCMA" {
			t.Errorf("joined %d, the caller's formats %+v", o.sound.joined(), ear.now().Formats)
		}
		ear.watch(media.Event{Kind: media.EventDigit, Digit: '5'})
		a.hangsUp()
		synctest.Wait()
		o.drain()
		o.expectLog("accept caller", "dial m1", "offer caller", "hangup m1 hangup")
		if c := o.only(); c.Missed() || c.To.Name != "mona" || c.Codec != "PCMA" {
			t.Errorf("record %+v", c)
		}
	})
}

// TestHouseIsHeld lets a caller hold the house, ask it for an offer, and offer what it does not speak.
func TestHouseIsHeld(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.forward(bobsBox)
		a := o.dial("102", false, offer(pcmu))
		pause(time.Second)
		change := func(s call.Signal, want int) {
			t.Helper()
			s.Kind = call.SignalOffered
			a.send(s)
			if got := <-a.replied; got != want {
				t.Errorf("answered %d, want %d", got, want)
			}
			synctest.Wait()
		}
		change(call.Signal{SDP: a.describe(sdp.SendOnly, []sdp.Codec{pcmu}, nil)}, 200)
		if o.sound.streams[0].now().Send {
			t.Error("the house speaks to somebody who holds")
		}
		change(call.Signal{SDP: a.describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil)}, 200)
		change(call.Signal{SDP: a.describe(sdp.SendRecv, []sdp.Codec{g729}, nil)}, 488)
		change(call.Signal{SDP: a.describe(sdp.SendRecv, []sdp.Codec{opus}, nil)}, 200)
		change(call.Signal{Empty: true}, 200)
		a.send(call.Signal{Kind: call.SignalReplied, Status: 200, SDP: a.describe(sdp.SendRecv, []sdp.Codec{pcma}, nil)})
		synctest.Wait()
		if f := o.sound.streams[0].now(); !f.Send || f.Formats[0].Name != "PCMA" {
			t.Errorf("flow %+v", f)
		}
		a.hangsUp()
		o.drain()
	})
}

// A phone that has nothing but Opus talks to the house as well; one that has nothing we know does not.
func TestNoCodecOfTheHouse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.forward(bobsBox)
		a := o.dial("102", false, offer(opus))
		pause(time.Second)
		if _, st := described(t, a.got); names(st.Codecs) != "opus" {
			t.Errorf("the house answered %s", names(st.Codecs))
		}
		a.hangsUp()
		o.dial("102", false, offer(g729))
		synctest.Wait()
		o.drain()
		causes := map[pbx.Cause]int{}
		for _, c := range o.ledger.cdrs {
			causes[c.Cause]++
		}
		if causes[pbx.CauseNoCodec] != 1 || len(o.ledger.cdrs) != 2 {
			t.Errorf("%v", causes)
		}
	})
}
