package switchboard

import (
	"context"
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

// roomTape is the recording of a conference room: from when somebody wants it, or a rule does, until it is stopped or the last one has left (ADR 126).
type roomTape struct {
	rules  route.Recorded
	by     pbx.Party
	rec    *conversation // nil until the first one is kept
	paused bool
	pauses int         // that there were
	resume *time.Timer // ends the last one
	kept   int         // who are, or were
}

// keeping is how far a guest is with being recorded.
type keeping uint8

const (
	keepNot     keeping = iota
	keepTells           // he hears that the room is recorded
	keepObjects         // … and may object for a while
	keepAsks            // … and has to agree
	keepOn
	keepRefused // not a word of his is kept
)

// taped is what a guest has to do with the recording of his room.
type taped struct {
	tape    *roomTape
	rules   route.Recorded
	now     keeping
	consent pbx.Consent
	voice   int // his part in the recording, from 1; 0 is none
}

// MayRecord reports whether somebody may begin, pause and end the recording of a conference room: who holds recording.control over the room's group, and a colleague
// who is in it as a host and holds it over his own calls.
func MayRecord(s *pbx.Snapshot, live *pbx.Presence, who pbx.Actor, room *pbx.Room, at time.Time) policy.Decision {
	d := policy.Decide(s, policy.Request{Actor: who, Right: policy.RecordingControl, Target: RoomTarget(room, at), At: at})
	if d.OK || who.User == "" {
		return d
	}
	for _, id := range live.CallsOf(who.User) {
		if c := live.Call(id); c != nil && c.InRoom(room.ID) && c.Room.Host && c.From.User == who.User {
			if own := policy.Decide(s, policy.Request{Actor: who, Right: policy.RecordingControl, Target: policy.Call(c), At: at}); own.OK {
				return own
			}
		}
	}
	return d
}

// RoomTarget is what goes on in a conference room as something that rights reach: a call of its group, or of the office.
func RoomTarget(room *pbx.Room, at time.Time) policy.Target {
	c := &pbx.LiveCall{ID: pbx.CallID(room.ID), Started: at}
	if room.Group != "" {
		c.Groups = []pbx.GroupID{room.Group}
	}
	return policy.Call(c)
}

// RecordRoom begins, pauses, goes on with or ends the recording of a conference room for somebody who may. What is so already stays so.
func (b *Board) RecordRoom(ctx context.Context, who pbx.Actor, id pbx.RoomID, order string, after time.Duration) error {
	// gather
	s, live := b.c.View()
	room, now := s.Rooms[id], time.Now()
	if room == nil {
		return pbx.Refuse(pbx.NotFound, "", "error.not_found")
	}

	// decide
	d := MayRecord(s, live, who, room, now)
	if !d.OK {
		return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: policy.RecordingControl.String(), About: room.Ref()}
	}
	b.used(who, policy.RecordingControl, d, now)

	// perform
	var by pbx.Party
	if u := s.Users[who.User]; u != nil {
		by = u.Party()
	}
	kind, err := b.assembly(id).tapeOrder(order, by, after, now)
	if kind == "" || err != nil {
		return err
	}
	return b.c.Recordings.Ordered(ctx, kind, who, *room)
}

// tapeOrder carries out an order, and tells what to write into the audit log.
func (a *assembly) tapeOrder(order string, by pbx.Party, after time.Duration, now time.Time) (event.Kind, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tape
	switch {
	case order == "start" && t == nil:
		if a.inside() == 0 {
			return "", pbx.Refuse(pbx.Conflict, "", "room.record_empty")
		}
		rules := a.recorded(now)
		if rules.Mode != pbx.RecordDemand && rules.Mode != pbx.RecordAlways {
			return "", pbx.Refuse(pbx.Conflict, "", "room.record_rule")
		}
		a.beginTape(rules, by)
		return event.RoomRecorded, nil
	case t == nil:
		return "", nil
	case order == "stop":
		a.declined = true
		a.endTape(now)
		a.say(call.RoomTells{Clips: []call.Clip{call.Words("say.recording.off")}})
		return event.RoomUnrecorded, nil
	case order == "pause" && !t.paused, order == "resume" && t.paused:
		a.pauseTape(order == "pause", now)
		if !t.paused {
			return event.RoomResumed, nil
		}
		if after <= 0 || after > t.rules.Pause {
			after = t.rules.Pause
		}
		t.pauses++
		n := t.pauses
		t.resume = time.AfterFunc(after, func() { a.pauseOver(t, n) })
		return event.RoomPaused, nil
	}
	return "", nil
}

// say tells everybody inside something about the recording. The lock is held.
func (a *assembly) say(in call.RoomTells) {
	for _, g := range a.guests {
		if !g.waits {
			g.r.post(&message{input: in})
		}
	}
}

// recorded is what the rules say about recording the room now. The lock is held.
func (a *assembly) recorded(now time.Time) route.Recorded {
	room := a.room()
	if room == nil || a.b.c.Recordings == nil || a.b.c.Sounds == nil {
		return route.Recorded{Mode: pbx.RecordOff}
	}
	s, _ := a.b.c.View()
	outside := slices.ContainsFunc(a.guests, func(g *guest) bool { return !g.waits && g.party.User == "" })
	return route.RoomRecording(s, room, outside, now)
}

// considerTape begins the recording where a rule has every conference recorded, as soon as two are there. The lock is held.
func (a *assembly) considerTape(now time.Time) {
	if a.tape != nil || a.declined || a.inside() < 2 {
		return
	}
	if rules := a.recorded(now); rules.Mode == pbx.RecordAlways {
		a.beginTape(rules, pbx.Party{})
	}
}

// beginTape lets everybody inside hear that the room is going to be recorded; who has heard it is kept. The lock is held.
func (a *assembly) beginTape(rules route.Recorded, by pbx.Party) {
	a.tape = &roomTape{rules: rules, by: by}
	for _, g := range a.guests {
		if !g.waits {
			a.informGuest(g)
		}
	}
	a.showTape()
}

// informGuest lets a guest hear that the room is recorded, and what he can do about it. The lock is held.
func (a *assembly) informGuest(g *guest) {
	s, _ := a.b.c.View()
	g.taped = taped{tape: a.tape, rules: route.GuestRecording(s, a.tape.rules, g.party.User, time.Now()), now: keepTells}
	if g.taped.rules.Notice == pbx.RecordSilent {
		g.r.post(&message{taped: a.tape})
		return
	}
	tells := call.RoomTells{Tells: true, Asks: g.taped.rules.Notice == pbx.RecordObject || g.taped.rules.Notice == pbx.RecordAsk}
	if g.taped.rules.Mode == pbx.RecordNever { // he is not kept, and has nothing to decide
		tells.Asks, g.taped.rules.Notice = false, pbx.RecordTell
	}
	for _, key := range noticeOf(g.taped.rules.Notice) {
		tells.Clips = append(tells.Clips, call.Words(key))
	}
	g.r.post(&message{input: tells})
}

// taping is how the recording stands. The lock is held.
func (a *assembly) taping() call.Taping {
	switch t := a.tape; {
	case t == nil:
		return call.TapeNone
	case t.paused:
		return call.TapePaused
	case t.rec == nil:
		return call.TapeTelling
	}
	return call.TapeKept
}

// showTape lets everybody see how the recording stands. The lock is held.
func (a *assembly) showTape() {
	for _, g := range a.guests {
		a.around(g)
	}
}

// tapeTold takes in that a guest has heard that the room is recorded.
func (r *run) tapeTold() {
	a, g := r.assembly, r.guest
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := g.taped.tape; t == nil || t != a.tape || g.taped.now != keepTells {
		return
	}
	if !r.wordsOfTape() || g.taped.rules.Mode == pbx.RecordNever {
		g.taped.now = keepRefused
		return
	}
	switch g.taped.rules.Notice {
	case pbx.RecordAsk:
		g.taped.now = keepAsks
	case pbx.RecordObject:
		g.taped.now = keepObjects
		t := g.taped.tape
		time.AfterFunc(objectTime, func() { r.post(&message{taped: t}) })
	default:
		r.keepVoice()
	}
}

// wordsOfTape notes what the guest was told, and reports whether it can be said at all: who cannot be told is not kept.
func (r *run) wordsOfTape() bool {
	g := r.guest
	if g.taped.rules.Notice == pbx.RecordSilent {
		return true
	}
	keys, language := noticeOf(g.taped.rules.Notice), r.spoken()
	said, heard := make([]string, len(keys)), false
	for k, key := range keys {
		said[k] = r.b.c.Say(language, i18n.T(key))
		heard = heard || r.b.c.Prompt != nil && len(r.b.c.Prompt(language, i18n.T(key))) > 0
	}
	if !heard {
		r.log().Warn("somebody in a conference room is not recorded, because he cannot be told", "leg", r.sides[0].leg)
		return false
	}
	g.taped.consent = pbx.Consent{Party: g.party, At: r.now, Text: keys[0], Language: language, Version: prompt.MarkOf("", strings.Join(said, " "))}
	return true
}

// tapeTime takes in that a guest may be kept who has nothing to hear, or has not objected in time.
func (r *run) tapeTime(t *roomTape) {
	a, g := r.assembly, r.guest
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if g.taped.tape != t || a.tape != t {
		return
	}
	switch silent := g.taped.rules.Notice == pbx.RecordSilent; {
	case silent && g.taped.rules.Mode == pbx.RecordNever:
		g.taped.now = keepRefused
	case silent && g.taped.now == keepTells, g.taped.now == keepObjects:
		r.keepVoice()
	}
}

// tapeAnswer takes in what a guest says to being recorded. Who refuses takes part as before, and nothing that he says is kept.
func (r *run) tapeAnswer(e call.TapeAnswer) {
	a, g := r.assembly, r.guest
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, asks := g.taped.tape, g.taped.rules.Notice == pbx.RecordAsk
	waits := g.taped.now == keepTells || g.taped.now == keepObjects || g.taped.now == keepAsks
	if t == nil || t != a.tape || !waits || e.Digit == call.KeyAgree && !asks {
		return
	}
	if g.taped.consent == (pbx.Consent{}) && !r.wordsOfTape() {
		return
	}
	if e.Digit == call.KeyAgree {
		g.taped.consent.Answer = pbx.ConsentAgreed
		r.keepVoice()
		return
	}
	g.taped.now, g.taped.consent.Answer = keepRefused, pbx.ConsentRefused
	p := event.Recorded{Mode: t.rules.Mode, Rule: t.rules.Rule, Notice: g.taped.rules.Notice, By: t.by, Consent: []pbx.Consent{g.taped.consent}}
	if t.rec != nil {
		p.Recording = t.rec.row.ID
		t.rec.row.Consent = append(t.rec.row.Consent, g.taped.consent)
	}
	r.draft.Unrecorded(p)
	r.fact(event.CallUnrecorded, r.actor(0), p)
}

// keepVoice keeps what the guest says from now on. The assembly's lock is held.
func (r *run) keepVoice() {
	a, g := r.assembly, r.guest
	t := g.taped.tape
	if t.rec == nil && !a.openTape(g, r.now) {
		g.taped.now = keepRefused
		return
	}
	g.taped.now = keepOn
	t.kept++
	row := &t.rec.row
	p := event.Recorded{Recording: row.ID, Mode: row.Mode, Rule: row.Rule, Notice: g.taped.rules.Notice, By: row.By}
	if c := g.taped.consent; c != (pbx.Consent{}) {
		row.Consent = append(row.Consent, c)
		p.Consent = []pbx.Consent{c}
	}
	if days := g.taped.rules.Days; days > 0 && row.Started.AddDate(0, 0, days).Before(row.Expires) {
		row.Expires = row.Started.AddDate(0, 0, days)
	}
	if g.stream != nil {
		a.mix.Keep(g.stream, true)
	}
	r.draft.Recorded(p)
	r.fact(event.CallRecorded, r.in.Actor, p)
}

// openTape opens the recording with the first who is kept. The lock is held.
func (a *assembly) openTape(first *guest, now time.Time) bool {
	t, room := a.tape, a.room()
	if room == nil {
		return false
	}
	row := pbx.Recording{ID: pbx.RecordingID(newID("rec", now)), Call: first.r.id, Started: now, Began: now, Running: true, From: t.by, To: pbx.Party{Name: room.Name, Number: room.Extension},
		Mode: t.rules.Mode, Rule: t.rules.Rule, Notice: t.rules.Notice, By: t.by, Voices: []pbx.RecordingVoice{}, Room: room.ID, Host: t.by.User}
	if t.by == (pbx.Party{}) {
		row.From = first.party
	}
	if room.Group != "" {
		row.Groups = []pbx.GroupID{room.Group}
	}
	if t.rules.Days > 0 {
		row.Expires = now.AddDate(0, 0, t.rules.Days)
	}
	t.rec = a.b.conversation(row)
	if t.rec == nil {
		return false
	}
	for _, g := range a.guests {
		if !g.waits {
			a.attends(g, now)
		}
		if u := g.party.User; g.host && u != "" && t.rec.row.Host == "" {
			t.rec.row.Host = u
		}
	}
	begun := t.rec.row
	begun.Voices, begun.Calls = slices.Clone(begun.Voices), slices.Clone(begun.Calls)
	a.b.archive(t.rec, begun)
	t.rec.pause(t.paused, now)
	a.mix.Record(t.rec.capture)
	a.showTape()
	return true
}

// attends notes who takes part while the room is recorded: he may hear it (D-040). The lock is held.
func (a *assembly) attends(g *guest, now time.Time) {
	row := &a.tape.rec.row
	if !slices.Contains(row.Calls, g.r.id) {
		row.Calls = append(row.Calls, g.r.id)
	}
	if g.party.User != "" {
		row.Voices = append(row.Voices, pbx.RecordingVoice{User: g.party.User, From: now})
		g.taped.voice = len(row.Voices)
	}
}

// comesOnTape is somebody who came in: if the room is recorded he is told, and until he has heard it not a word of his is kept. The lock is held.
func (a *assembly) comesOnTape(g *guest, now time.Time) {
	a.considerTape(now)
	if a.tape == nil || g.taped.tape == a.tape {
		return
	}
	a.informGuest(g)
	if a.tape.rec != nil {
		a.attends(g, now)
	}
}

// leavesTape is somebody who leaves. With the last one the recording is over. The lock is held.
func (a *assembly) leavesTape(g *guest, now time.Time) {
	if t := a.tape; t != nil && t.rec != nil && g.taped.tape == t && g.taped.voice > 0 {
		t.rec.row.Voices[g.taped.voice-1].Until = now
	}
	if a.inside() == 0 {
		a.endTape(now)
		a.declined = false
	}
}

// pauseTape keeps nothing for a while, or goes on. The lock is held.
func (a *assembly) pauseTape(on bool, now time.Time) {
	t := a.tape
	t.stopResuming()
	if t.paused = on; t.rec != nil {
		t.rec.pause(on, now)
	}
	a.mix.Announce(media.Keeping(!on))
	a.showTape()
}

func (t *roomTape) stopResuming() {
	if t.resume != nil {
		t.resume.Stop()
		t.resume = nil
	}
}

// pauseOver goes on with a recording whose nth pause has lasted as long as it may, and writes that down (BAR PR-02).
func (a *assembly) pauseOver(t *roomTape, n int) {
	a.mu.Lock()
	room, over := a.room(), a.tape == t && t.paused && t.pauses == n
	if over {
		a.pauseTape(false, time.Now())
	}
	a.mu.Unlock()
	if over && room != nil {
		a.b.insist("recording of room", string(room.ID), func(ctx context.Context) error {
			return a.b.c.Recordings.Ordered(ctx, event.RoomResumed, pbx.Actor{Kind: pbx.ActorSystem}, *room)
		})
	}
}

// endTape ends the recording. The lock is held.
func (a *assembly) endTape(now time.Time) {
	t := a.tape
	if t == nil {
		return
	}
	a.tape = nil
	t.stopResuming()
	a.mix.Record(nil)
	for _, g := range a.guests {
		if g.taped = (taped{}); g.stream != nil {
			a.mix.Keep(g.stream, false)
		}
	}
	if rec := t.rec; rec != nil {
		for i := range rec.row.Voices {
			if v := &rec.row.Voices[i]; v.Until.IsZero() {
				v.Until = now
			}
		}
		rec.pause(false, now)
		close(rec.over)
		rec.capture.End()
	}
	a.showTape()
}
