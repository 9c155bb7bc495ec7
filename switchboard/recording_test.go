package switchboard

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
)

// archive keeps recordings in memory.
type archive struct {
	mu   sync.Mutex
	kept []pbx.Recording
	gone []pbx.RecordingID
	told []event.Kind // of orders about rooms
}

func (a *archive) Keep(_ context.Context, r pbx.Recording) error {
	a.mu.Lock()
	a.kept = append(a.kept, r)
	a.mu.Unlock()
	return nil
}

func (a *archive) Ordered(_ context.Context, k event.Kind, _ pbx.Actor, _ pbx.Room) error {
	a.mu.Lock()
	a.told = append(a.told, k)
	a.mu.Unlock()
	return nil
}

func (a *archive) Forget(_ context.Context, r pbx.Recording) error {
	a.mu.Lock()
	a.gone = append(a.gone, r.ID)
	a.mu.Unlock()
	return nil
}

// archived is an office in which bob's calls are recorded by a rule; saying that takes two seconds.
func archived(t *testing.T, rule pbx.RecordRule) (*office, *archive) {
	a := &archive{}
	o := newOffice(t, func(c *Config) {
		c.Recordings = a
		c.Prompt = func(language string, t i18n.Text) []media.Sound {
			if strings.HasPrefix(t.Key, "say.recording.") {
				return []media.Sound{{Quiet: 2 * time.Second}}
			}
			return nil
		}
	})
	rule.ID = "usr_bob"
	o.put(&rule)
	o.phone("b1", false, (*phone).answers)
	return o, a
}

func (a *archive) last(t *testing.T) pbx.Recording {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) < 2 {
		t.Fatalf("kept %+v, gone %v", a.kept, a.gone)
	}
	return a.kept[len(a.kept)-1]
}

// Nothing is kept before both were told, and who was told when, in which words, stands in the record of the call and with the recording (PR-01, PR-03).
func TestRecordingIsToldBefore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordAlways, Days: 30})
		c := o.dial("102", false, offer(pcmu))
		pause(time.Second)
		if live := o.liveCalls(); len(live) != 1 || live[0].Recording != "asking" || len(o.sound.talks()) != 0 {
			t.Fatalf("%+v, %d kept before it was told", live, len(o.sound.talks()))
		}
		pause(9 * time.Second)
		if live := o.liveCalls(); live[0].Recording != "on" || live[0].Recordable != "always" {
			t.Errorf("%+v", live)
		}
		c.hangsUp()
		pause(time.Second)
		o.drain()
		r := a.last(t)
		if a.kept[0].Running != true || r.Running || r.Length != 9*time.Second || r.From.Name != "alice" || r.To.Name != "bob" || r.Rule != "usr_bob" ||
			r.Expires != r.Started.AddDate(0, 0, 30) || r.Started != began.Add(2*time.Second) || r.Call != o.only().ID {
			t.Errorf("%+v", r)
		}
		if len(r.Voices) != 2 || r.Voices[1].User != "usr_bob" || r.Voices[1].Until.Sub(r.Started) < 7*time.Second {
			t.Errorf("voices %+v", r.Voices)
		}
		if len(r.Consent) != 2 || r.Consent[0].Text != "say.recording.on" || r.Consent[0].Language != "en" || r.Consent[0].Version == "" || r.Consent[0].Answer != "" {
			t.Errorf("consent %+v", r.Consent)
		}
		if got := strings.Join(o.sound.talks()[0].log, ", "); got != "hear 0 on 0, hear 1 on 1, pause false, leave 0, leave 1, pause false, end" && got != "hear 0 on 0, hear 1 on 1, pause false, pause false, end" {
			t.Errorf("%s", got)
		}
		if o.shelf.sounds[string(r.ID)].finished != 100 {
			t.Errorf("%d bytes kept", o.shelf.sounds[string(r.ID)].finished)
		}
		cdr := o.only()
		if !slices.Equal(cdr.Recordings, []pbx.RecordingID{r.ID}) || len(cdr.Consents) != 2 {
			t.Errorf("record %+v", cdr)
		}
	})
}

// Who says no, or says nothing where he is asked, is not recorded, and his answer is kept (PR-03).
func TestRecordingRefused(t *testing.T) {
	for notice, said := range map[pbx.RecordNotice]time.Duration{pbx.RecordAsk: time.Second, pbx.RecordObject: 8 * time.Second} {
		bubble(t, func(t *testing.T) {
			o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordAlways, Notice: notice})
			c := o.dial("102", false, offer(pcmu, event8))
			pause(said)
			o.sound.streams[0].watch(media.Event{Kind: media.EventDigit, Digit: '0'})
			pause(10 * time.Second)
			if live := o.liveCalls(); live[0].Recording != "" || live[0].Recordable != "" {
				t.Errorf("%+v", live)
			}
			if err := o.board.Record(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}, o.liveCalls()[0].ID, "start", 0); err == nil {
				t.Error("somebody begins it all the same")
			}
			c.hangsUp()
			pause(time.Second)
			o.drain()
			for _, r := range a.kept {
				if !slices.Contains(a.gone, r.ID) {
					t.Errorf("kept %+v", r)
				}
			}
			for name, s := range o.shelf.sounds {
				if strings.HasPrefix(name, "rec_") && !s.aborted {
					t.Errorf("sound is left: %s", name)
				}
			}
			cdr := o.only()
			if len(cdr.Recordings) != 0 || len(cdr.Consents) != 2 || cdr.Consents[0].Answer != pbx.ConsentRefused || cdr.Consents[1].Answer != pbx.ConsentNone {
				t.Errorf("%s: %+v", notice, cdr.Consents)
			}
		})
	}
}

// Who is asked agrees by a key, and that is kept (PR-03).
func TestRecordingIsAgreedTo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordAlways, Notice: pbx.RecordAsk})
		c := o.dial("102", false, offer(pcmu, event8))
		pause(20 * time.Second)
		if len(o.sound.talks()) != 0 {
			t.Error("kept without an answer")
		}
		o.sound.streams[0].watch(media.Event{Kind: media.EventDigit, Digit: '1'})
		pause(5 * time.Second)
		c.hangsUp()
		pause(time.Second)
		o.drain()
		if r := a.last(t); r.Consent[0].Answer != pbx.ConsentAgreed || r.Started != began.Add(20*time.Second) {
			t.Errorf("%+v", r)
		}
	})
}

// Who may begins it, pauses and goes on; who may not is told, and what the rules forbid nobody begins.
func TestRecordingOnDemand(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordDemand, Notice: pbx.RecordTell})
		c := o.dial("102", false, offer(pcmu))
		pause(10 * time.Second)
		id := o.liveCalls()[0].ID
		as := func(u pbx.UserID, do string) error {
			t.Helper()
			err := o.board.Record(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: u}, id, do, 0)
			pause(3 * time.Second)
			return err
		}
		if err := as("usr_stranger", "start"); err == nil {
			t.Error("a stranger may")
		}
		for _, do := range []string{"start", "pause", "resume", "stop"} {
			if err := as("usr_mona", do); err != nil {
				t.Fatal(do, err)
			}
		}
		c.hangsUp()
		pause(time.Second)
		o.drain()
		r := a.last(t)
		if r.By.Name != "mona" || len(r.Pauses) != 1 || r.Pauses[0].Until.Sub(r.Pauses[0].From) != 3*time.Second {
			t.Errorf("%+v", r)
		}
		if got := strings.Join(o.sound.talks()[0].log, ", "); !strings.Contains(got, "pause true, pause false, leave 0, leave 1") {
			t.Error(got)
		}
	})
	bubble(t, func(t *testing.T) {
		o, _ := archived(t, pbx.RecordRule{Mode: pbx.RecordNever})
		c := o.dial("102", false, offer(pcmu))
		pause(time.Second)
		if err := o.board.Record(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}, o.liveCalls()[0].ID, "start", 0); err == nil {
			t.Error("it may never be recorded")
		}
		c.hangsUp()
		o.drain()
	})
}

// A pause that nobody ends is over when the rule says so, or sooner where whoever paused says so; both sides hear tones, who watches sees until when (PR-02).
func TestPausedRecordingGoesOnByItself(t *testing.T) {
	mona := pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}
	for _, row := range []struct {
		what  string
		after time.Duration // that mona asks for
		ends  time.Duration
	}{
		{"by the rule", 0, 5 * time.Minute},
		{"sooner", time.Minute, time.Minute},
		{"no later than by the rule", time.Hour, 5 * time.Minute},
	} {
		t.Run(row.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordAlways, Notice: pbx.RecordSilent, Pause: 5})
				c := o.dial("102", false, offer(pcmu))
				pause(10 * time.Second)
				id, heard := o.liveCalls()[0].ID, o.sound.streams[0].tones()
				if err := o.board.Record(t.Context(), mona, id, "pause", row.after); err != nil {
					t.Fatal(err)
				}
				pause(time.Second)
				if live := o.liveCalls()[0]; live.Recording != "paused" || time.Until(live.Resumes) != row.ends-time.Second {
					t.Errorf("it is %q until %s", live.Recording, live.Resumes)
				}
				pause(row.ends - 2*time.Second)
				if live := o.liveCalls()[0]; live.Recording != "paused" {
					t.Errorf("it is %q too soon", live.Recording)
				}
				pause(time.Second)
				if live := o.liveCalls()[0]; live.Recording != "on" || !live.Resumes.IsZero() {
					t.Errorf("it is %q until %s", live.Recording, live.Resumes)
				}
				for i := range 2 {
					if n := o.sound.streams[i].tones() - heard; n != 2 {
						t.Errorf("stream %d was told %d times, want that it pauses and that it goes on", i, n)
					}
				}
				pause(time.Second)
				c.hangsUp()
				pause(time.Second)
				o.drain()
				if r := a.last(t); len(r.Pauses) != 1 || r.Pauses[0].Until.Sub(r.Pauses[0].From) != row.ends {
					t.Errorf("pauses %+v", r.Pauses)
				}
			})
		})
	}
}

// A pause that somebody ended, or a call that is over, leaves no timer that would end the next one.
func TestPausedRecordingTwice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordAlways, Notice: pbx.RecordSilent, Pause: 1})
		c := o.dial("102", false, offer(pcmu))
		pause(10 * time.Second)
		id := o.liveCalls()[0].ID
		for _, do := range []string{"pause", "resume", "pause"} {
			if err := o.board.Record(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_mona"}, id, do, 0); err != nil {
				t.Fatal(err)
			}
			pause(40 * time.Second)
		}
		if live := o.liveCalls()[0]; live.Recording != "paused" {
			t.Errorf("it is %q: the first pause ended the second", live.Recording)
		}
		c.hangsUp()
		pause(time.Hour)
		o.drain()
		if r := a.last(t); len(r.Pauses) != 2 || r.Pauses[1].Until.Sub(r.Pauses[1].From) != 40*time.Second {
			t.Errorf("pauses %+v", r.Pauses)
		}
	})
}

// Who was called pauses by key and goes on by it; a key of the caller does nothing, nor one before anything is recorded (PR-02).
func TestRecordingIsPausedByKey(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordDemand, Notice: pbx.RecordSilent})
		c := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		b := o.find("b1")
		state := func(p *phone, keys, want string) {
			t.Helper()
			for i := range len(keys) {
				o.board.Signal(call.Signal{Leg: p.leg, Kind: call.SignalDigit, Digit: keys[i]})
			}
			pause(time.Second)
			if live := o.liveCalls()[0]; live.Recording != want {
				t.Errorf("after %s it is %q, want %q", keys, live.Recording, want)
			}
		}
		state(b, "*3", "")
		state(b, "*1", "on")
		state(c, "*3", "on")
		state(b, "*3", "paused")
		state(b, "4111", "paused")
		state(b, "*3", "on")
		c.hangsUp()
		pause(time.Second)
		o.drain()
		if r := a.last(t); len(r.Pauses) != 1 || r.Pauses[0].Until.IsZero() {
			t.Errorf("pauses %+v", r.Pauses)
		}
	})
}

// Sent on, the recording goes on with who comes, after he has heard it, and each voice has its time.
func TestRecordingAcrossATransfer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{})
		o.put(&pbx.RecordRule{ID: pbx.OfficeRule, Mode: pbx.RecordAlways})
		o.phone("m1", false, func(p *phone) { p.rings(); p.waits(3 * time.Second); p.answers() })
		c := o.dial("102", false, offer(pcmu))
		pause(10 * time.Second)
		o.find("b1").refers("103")
		pause(20 * time.Second)
		c.hangsUp()
		pause(time.Second)
		o.drain()
		r := a.last(t)
		var users []pbx.UserID
		for _, v := range r.Voices {
			users = append(users, v.User)
		}
		if !slices.Equal(users, []pbx.UserID{"usr_alice", "usr_bob", "usr_alice", "usr_mona"}) || len(r.Consent) != 4 {
			t.Errorf("%v, %d told", users, len(r.Consent))
		}
		if !r.Voices[1].Until.Before(r.Voices[3].From) {
			t.Errorf("%+v", r.Voices)
		}
		if n := len(o.sound.talks()); n != 1 {
			t.Errorf("%d recordings", n)
		}
	})
}

// What cannot be told is not recorded.
func TestRecordingCannotBeTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, a := archived(t, pbx.RecordRule{Mode: pbx.RecordAlways})
		o.board.c.Prompt = func(string, i18n.Text) []media.Sound { return nil }
		c := o.dial("102", false, offer(pcmu))
		pause(10 * time.Second)
		c.hangsUp()
		o.drain()
		if len(a.kept)+len(o.sound.talks()) != 0 {
			t.Errorf("%+v", a.kept)
		}
		if slices.Contains(o.ledger.kinds(), strings.TrimPrefix(string(event.CallRecorded), "call.")) {
			t.Error("the log tells of a recording")
		}
	})
}
