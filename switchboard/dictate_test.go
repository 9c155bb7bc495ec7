package switchboard

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
)

// The house calls bob's phone; he speaks, hears himself, speaks again and keeps it.
func TestDictate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, func(c *Config) {
			c.Prompt = func(string, i18n.Text) []media.Sound { return []media.Sound{{Quiet: time.Second}} }
		})
		var b *phone
		o.phone("b1", false, func(p *phone) { b = p; p.rings(); p.waits(2 * time.Second); p.answers() })
		var kept [][]int16
		ask := Dictate{Who: pbx.Actor{Kind: pbx.ActorUser, User: "usr_bob"}, Language: "de", Most: time.Minute, Keep: func(_ context.Context, rate int, samples []int16) error {
			kept = append(kept, samples)
			if rate != 8000 {
				t.Errorf("rate %d", rate)
			}
			return nil
		}}
		id, err := o.board.Dictate(ask)
		if err != nil {
			t.Fatal(err)
		}
		stage := func(want call.DictateStage) {
			t.Helper()
			synctest.Wait()
			if d, ok := o.board.Dictated(id); !ok || d.Stage != want || d.User != "usr_bob" {
				t.Errorf("%+v %v, want %v", d, ok, want)
			}
		}
		pause(time.Second)
		stage(call.DictateRings)
		pause(5 * time.Second)
		stage(call.DictateRecords)
		ear := o.sound.streams[0]
		ear.says(3 * time.Second)
		pause(2 * time.Second)
		stage(call.DictateReviews)
		b.send(call.Signal{Kind: call.SignalDigit, Digit: '3'})
		pause(4 * time.Second)
		ear.says(5 * time.Second)
		pause(20 * time.Second)
		b.send(call.Signal{Kind: call.SignalDigit, Digit: '1'})
		pause(10 * time.Second)
		stage(call.DictateOver)
		if d, _ := o.board.Dictated(id); !d.Kept || len(kept) != 1 || len(kept[0]) != 5*8000 || !b.over {
			t.Errorf("%+v, %d kept", d, len(kept))
		}
		if o.sound.open() != 0 || o.board.Calls() != 0 {
			t.Error("ports or a place are still taken")
		}
		pause(dictated + time.Second)
		if _, ok := o.board.Dictated(id); ok {
			t.Error("its end is remembered for ever")
		}
		o.drain()
	})
}

func TestDictateWithoutAnybody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		who := pbx.Actor{Kind: pbx.ActorUser, User: "usr_bob"}
		if _, err := o.board.Dictate(Dictate{Who: who, Most: time.Minute}); !refuses(err, pbx.Unavailable) {
			t.Errorf("without a phone: %v", err)
		}
		if _, err := o.board.Dictate(Dictate{Who: pbx.Actor{Kind: pbx.ActorUser, User: "usr_none"}}); !refuses(err, pbx.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		o.phone("b1", false, (*phone).rings)
		id, err := o.board.Dictate(Dictate{Who: who, Device: "dev_bob1", Most: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		pause(time.Second)
		o.board.EndDictation(id)
		pause(time.Second)
		if d, _ := o.board.Dictated(id); d.Stage != call.DictateOver || d.Kept || o.sound.open() != 0 {
			t.Errorf("ended by hand: %+v", d)
		}
		o.phone("b1", false, (*phone).answers)
		failing := Dictate{Who: who, Most: time.Minute, Keep: func(context.Context, int, []int16) error { return errors.New("no room") }}
		if id, err = o.board.Dictate(failing); err != nil {
			t.Fatal(err)
		}
		pause(time.Second)
		o.sound.streams[1].says(2 * time.Second)
		pause(time.Second)
		o.wire.board.legs.Range(func(leg, _ any) bool {
			o.board.Signal(call.Signal{Leg: leg.(pbx.LegID), Kind: call.SignalDigit, Digit: '1'})
			return true
		})
		pause(time.Second)
		if d, _ := o.board.Dictated(id); d.Kept || d.Cause != pbx.CauseFailed {
			t.Errorf("what cannot be stored: %+v", d)
		}
		o.drain()
	})
}

func refuses(err error, code pbx.Code) bool {
	e, ok := errors.AsType[*pbx.Error](err)
	return ok && e.Code == code
}
