package switchboard

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/prompt"
	"tandem/route"
)

// objectTime is how long somebody may object to being recorded after he was told (PR-01).
const objectTime = 15 * time.Second

// Recordings keeps recordings of conversations. Its methods may take their time; none is called on the goroutine of a call.
type Recordings interface {
	// Keep stores what is known of a recording: when it begins, and when all of it is written.
	Keep(ctx context.Context, r pbx.Recording) error
	// Ordered writes down that somebody began, ended, paused or resumed the recording of a conference room.
	Ordered(ctx context.Context, k event.Kind, who pbx.Actor, room pbx.Room) error
	// Forget drops a recording of which nothing is to stay.
	Forget(ctx context.Context, r pbx.Recording) error
}

// Capture keeps what the streams of a conversation carry.
type Capture interface {
	Hear(s Stream, track int)
	Leave(s Stream)
	Pause(on bool)
	End()
}

// conversation is one that is being recorded.
type conversation struct {
	row     pbx.Recording
	file    *counted
	capture Capture
	ended   chan media.Captured
	over    chan struct{} // closed: row and forget stay as they are
	forget  bool
	settle  *time.Timer // ends the time to object
	resume  *time.Timer // ends a pause
	resumes time.Time   // … then
}

// counted counts what is written.
type counted struct {
	Recording
	size int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Recording.Write(b)
	c.size += int64(n)
	return n, err
}

// informing is what two parties are being told about their recording.
type informing struct {
	tag     uint64
	left    int // of them, who still hear it
	consent []pbx.Consent
}

// informTag marks what is played to tell of a recording, apart from what the house plays otherwise.
const informTag = 1 << 63

// hintTag marks the tones about a pause; nobody waits for their end.
const hintTag = informTag

// consider asks what the rules say about recording who talks now.
func (r *run) consider(e call.Consider) call.Input {
	out := call.Considered{Legs: e.Legs, Mode: pbx.RecordOff, Notice: pbx.RecordTell}
	if r.b.c.Recordings == nil || r.b.c.Sounds == nil {
		return out
	}
	config, _ := r.b.c.View()
	asked := route.Conversation{At: r.now}
	for _, leg := range e.Legs {
		if s, _ := r.side(leg); s.record.Party.User != "" {
			asked.People = append(asked.People, s.record.Party.User)
		} else {
			asked.Outside = true
		}
	}
	if r.stay != nil {
		asked.Queue = r.stay.queue
	}
	r.rules = route.Recording(config, asked)
	out.Mode, out.Notice, out.Pause = r.rules.Mode, r.rules.Notice, r.rules.Pause
	return out
}

// noticeOf are the sentences by which people are told.
func noticeOf(n pbx.RecordNotice) []string {
	switch n {
	case pbx.RecordObject:
		return []string{"say.recording.on", "say.recording.refuse", "say.press.0"}
	case pbx.RecordAsk:
		return []string{"say.recording.may", "say.recording.agree", "say.press.1"}
	}
	return []string{"say.recording.on"}
}

// inform tells both that they are going to be recorded, each in his language. Where one cannot be told, nothing is recorded.
func (r *run) inform(e call.Inform) call.Input {
	config, _ := r.b.c.View()
	r.informing = &informing{tag: e.Tag}
	keys := noticeOf(e.Notice)
	for _, leg := range e.Legs {
		s, i := r.side(leg)
		language := r.spoken()
		if u := s.record.Party.User; u != "" {
			language = config.LanguageOf(u, r.now)
		}
		list := media.Playlist{Tag: informTag | e.Tag}
		said := make([]string, len(keys))
		for k, key := range keys {
			said[k] = r.b.c.Say(language, i18n.T(key))
			if r.b.c.Prompt != nil {
				list.Sounds = append(list.Sounds, r.b.c.Prompt(language, i18n.T(key))...)
			}
		}
		if s.stream == nil || len(list.Sounds) == 0 || s.stream.Play(list) != nil {
			r.log().Warn("a conversation is not recorded, because somebody cannot be told", "leg", s.leg, "codec", s.name)
			r.informing = nil
			return call.Considered{Legs: e.Legs, Mode: pbx.RecordOff, Notice: e.Notice}
		}
		r.informing.left++
		r.informing.consent = append(r.informing.consent, pbx.Consent{Party: r.sides[i].record.Party, At: r.now, Text: keys[0], Language: language,
			Version: prompt.MarkOf("", strings.Join(said, " "))})
	}
	return nil
}

// heard takes in that one of the two has heard it.
func (r *run) heard(tag uint64) {
	in := r.informing
	if in == nil || in.tag != tag&^informTag {
		return
	}
	if in.left--; in.left == 0 {
		r.step(call.Informed{Tag: in.tag})
	}
}

// keepTape keeps what the two legs say from now on.
func (r *run) keepTape(e call.Tape) call.Input {
	if r.rec == nil && !r.beginRecording(e) {
		return call.TapeOrder{Do: call.TapeStop}
	}
	rec := r.rec
	if r.informing != nil {
		for _, c := range r.informing.consent {
			if r.rules.Notice == pbx.RecordAsk {
				c.Answer = pbx.ConsentAgreed
			}
			rec.row.Consent = append(rec.row.Consent, c)
		}
		r.informing = nil
	}
	r.partVoices()
	for i, leg := range e.Legs {
		s, _ := r.side(leg)
		if s.stream != nil {
			rec.capture.Hear(s.stream, i)
		}
		if u := s.record.Party.User; u != "" {
			rec.row.Voices = append(rec.row.Voices, pbx.RecordingVoice{User: u, From: r.now})
		}
	}
	rec.pause(false, r.now)
	if e.Object {
		rec.settle = time.AfterFunc(objectTime, func() { r.post(&message{input: call.Settled{}}) })
	}
	return nil
}

// beginRecording opens a file and tells of it.
func (r *run) beginRecording(e call.Tape) bool {
	row := pbx.Recording{ID: pbx.RecordingID(newID("rec", r.now)), Call: r.id, Started: r.now, Began: r.sides[0].record.Started, Running: true, From: r.live.From, To: r.live.To, Groups: slices.Clone(r.live.Groups),
		Mode: r.rules.Mode, Rule: r.rules.Rule, Notice: r.rules.Notice, By: e.By, Voices: []pbx.RecordingVoice{}}
	if r.rules.Days > 0 {
		row.Expires = r.now.AddDate(0, 0, r.rules.Days)
	}
	rec := r.b.conversation(row)
	if rec == nil {
		return false
	}
	r.rec = rec
	begun := rec.row
	for _, leg := range e.Legs {
		if s, _ := r.side(leg); s.record.Party.User != "" {
			begun.Voices = append(begun.Voices, pbx.RecordingVoice{User: s.record.Party.User, From: r.now})
		}
	}
	r.b.archive(rec, begun)
	p := event.Recorded{Recording: row.ID, Mode: rec.row.Mode, Rule: rec.row.Rule, Notice: rec.row.Notice, By: e.By}
	if r.informing != nil {
		p.Consent = r.informing.consent
	}
	r.draft.Recorded(p)
	r.fact(event.CallRecorded, r.in.Actor, p)
	return true
}

// conversation opens the sound of a recording; nil when that is not possible.
func (b *Board) conversation(row pbx.Recording) *conversation {
	file, err := b.c.Sounds.Create(string(row.ID))
	if err != nil {
		b.c.Log.Error("a conversation cannot be recorded", "call", row.Call, "error", err)
		return nil
	}
	rec := &conversation{row: row, file: &counted{Recording: file}, ended: make(chan media.Captured, 1), over: make(chan struct{})}
	rec.capture = b.c.Sound.Capture(rec.file, func(c media.Captured) { rec.ended <- c })
	if rec.capture == nil {
		_ = file.Abort()
		return nil
	}
	return rec
}

// archive stores a recording beside the call; the board does not end before.
func (b *Board) archive(rec *conversation, begun pbx.Recording) {
	b.running.Add(1)
	go func() {
		defer b.running.Done()
		b.keepRecording(rec, begun)
	}()
}

// pause stops keeping, or goes on with it, and notes when nothing is kept.
func (rec *conversation) pause(on bool, at time.Time) {
	rec.capture.Pause(on)
	if rec.resume != nil {
		rec.resume.Stop()
		rec.resume, rec.resumes = nil, time.Time{}
	}
	pauses := rec.row.Pauses
	switch last := len(pauses) - 1; {
	case on && (last < 0 || !pauses[last].Until.IsZero()):
		rec.row.Pauses = append(pauses, pbx.Interval{From: at})
	case !on && last >= 0 && pauses[last].Until.IsZero():
		pauses[last].Until = at
	}
}

// partVoices ends the part of everybody who is heard.
func (r *run) partVoices() {
	for i := range r.rec.row.Voices {
		if v := &r.rec.row.Voices[i]; v.Until.IsZero() {
			v.Until = r.now
		}
	}
}

// untape takes everybody out; the recording goes on when two talk again.
func (r *run) untape() {
	if r.rec == nil {
		return
	}
	for _, s := range r.sides {
		if s.stream != nil {
			r.rec.capture.Leave(s.stream)
		}
	}
	r.partVoices()
}

// pausedFor has somebody told when a pause has lasted so long.
func (rec *conversation) pausedFor(d time.Duration, at time.Time, over func()) {
	rec.resume, rec.resumes = time.AfterFunc(d, over), at.Add(d)
}

// pauseTape stops keeping, or goes on with it, and lets those who talk hear that.
func (r *run) pauseTape(e call.PauseTape) {
	if r.rec == nil {
		return
	}
	r.rec.pause(e.On, r.now)
	if e.On {
		r.rec.pausedFor(e.After, r.now, func() { r.post(&message{input: call.PauseOver{Tag: e.Tag}}) })
	}
	hint := media.Keeping(!e.On)
	if r.over != nil {
		r.over.mix.Announce(hint)
		return
	}
	for i := range r.sides {
		if s := r.sides[i]; s.stream != nil && s.holder == nil && r.isTalking(s) { // who is held hears music
			_ = s.stream.Play(media.Playlist{Sounds: hint, Tag: hintTag})
		}
	}
}

// endTape ends the recording; when somebody did not want it, nothing of it stays but that he was asked.
func (r *run) endTape(e call.EndTape) {
	if e.Forget {
		p := event.Recorded{Rule: r.rules.Rule, Mode: r.rules.Mode, Notice: r.rules.Notice}
		if r.rec != nil {
			p.Recording, p.Consent = r.rec.row.ID, r.rec.row.Consent
		} else if r.informing != nil {
			p.Consent = r.informing.consent
		}
		p.Consent = slices.Clone(p.Consent)
		s, i := r.side(e.Leg)
		for k := range p.Consent {
			if p.Consent[k].Answer = pbx.ConsentNone; p.Consent[k].Party == s.record.Party {
				p.Consent[k].Answer = pbx.ConsentRefused
			}
		}
		r.draft.Unrecorded(p)
		r.fact(event.CallUnrecorded, r.actor(i), p)
		for _, s := range r.sides {
			if s.stream != nil && r.informing != nil {
				s.stream.Stop()
			}
		}
	}
	r.informing = nil
	rec := r.rec
	if rec == nil {
		return
	}
	r.untape()
	rec.pause(false, r.now)
	if rec.settle != nil {
		rec.settle.Stop()
	}
	rec.forget = e.Forget
	rec.row.To = r.live.To
	r.rec = nil
	close(rec.over)
	rec.capture.End()
}

// keepRecording stores a recording when it begins, so that a crash leaves its name, and again when all of it is written.
func (b *Board) keepRecording(rec *conversation, begun pbx.Recording) {
	b.insist("recording", string(begun.ID), func(ctx context.Context) error { return b.c.Recordings.Keep(ctx, begun) })
	told := <-rec.ended // early, when the disk is full
	<-rec.over
	row := rec.row
	row.Running, row.Length = false, told.Length.Round(time.Millisecond)
	if rec.forget || row.Length == 0 {
		if err := rec.file.Abort(); err != nil {
			b.c.Log.Error("a recording cannot be forgotten", "recording", row.ID, "error", err)
		}
		b.insist("recording", string(row.ID), func(ctx context.Context) error { return b.c.Recordings.Forget(ctx, row) })
		return
	}
	if err := rec.file.Finish(rec.file.size); err != nil {
		b.c.Log.Error("a recording cannot be finished; the next start tries again", "recording", row.ID, "error", err)
		return
	}
	b.insist("recording", string(row.ID), func(ctx context.Context) error { return b.c.Recordings.Keep(ctx, row) })
}

// Record does something with the recording of a call for somebody who has the right to: start, pause, resume or stop. A pause ends by itself after
// that time, if it is not zero and the rules do not end it before.
func (b *Board) Record(ctx context.Context, who pbx.Actor, id pbx.CallID, order string, after time.Duration) error {
	do := map[string]call.TapeDo{"start": call.TapeStart, "stop": call.TapeStop, "pause": call.TapePause, "resume": call.TapeResume}[order]
	s, lc, r, err := b.reach(who, id, policy.RecordingControl)
	if err != nil {
		return err
	}
	if lc.Room != nil {
		return b.RecordRoom(ctx, who, lc.Room.Room, order, after)
	}
	if do == call.TapeStart && lc.Recording == "" {
		if lc.Phase != pbx.PhaseTalking && lc.Phase != pbx.PhaseHeld {
			return pbx.Refuse(pbx.Conflict, "", "recording.not_talking")
		}
		if lc.Recordable == "" {
			return pbx.Refuse(pbx.Conflict, "", "recording.not_wanted")
		}
	}
	r.post(&message{input: call.TapeOrder{Do: do, By: s.Users[who.User].Party(), After: after}, actor: who})
	return nil
}

// taping is how the recording stands, for live views.
func (r *run) taping() (state, may string) {
	if m := r.rules.Mode; m == pbx.RecordDemand || m == pbx.RecordAlways {
		may = string(m)
	}
	now := r.state.Taping()
	if m := r.state.Meets(); m.In {
		now, may = m.Taping, ""
	}
	switch now {
	case call.TapeTelling, call.TapeWaiting:
		state = "asking"
	case call.TapeKept:
		state = "on"
	case call.TapePaused:
		state = "paused"
	case call.TapeRefused:
		may = ""
	}
	return state, may
}

// Capture makes a capture of a media engine.
func (m engine) Capture(sink io.Writer, tell func(media.Captured)) Capture {
	return capture{m.e.Capture(sink, tell)}
}

type capture struct{ *media.Capture }

func (c capture) Hear(s Stream, track int) {
	if x, ok := s.(*media.Session); ok {
		x.Hear(c.Capture, track)
	}
}

func (c capture) Leave(s Stream) {
	if x, ok := s.(*media.Session); ok {
		x.Leave(c.Capture)
	}
}
