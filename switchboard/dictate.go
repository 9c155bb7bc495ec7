package switchboard

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"tandem/call"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sdp"
)

// Dictate asks the house to call somebody so that he speaks a sentence into his phone.
type Dictate struct {
	Who      pbx.Actor     // whose phone is called
	Device   pbx.DeviceID  // which of his phones; empty for the first that is registered
	Language string        // in which he is told what to do
	Most     time.Duration // of what he says
	// Keep stores what was said when he wants to keep it; it may take its time.
	Keep func(ctx context.Context, rate int, samples []int16) error
}

// Dictated is how far a dictation is.
type Dictated struct {
	ID    string
	User  pbx.UserID
	Stage call.DictateStage
	Kept  bool
	Cause pbx.Cause // of one that is over without anything kept
}

// State is how far it is, as people are told: ringing, speaking, reviewing, kept or ended.
func (d Dictated) State() string {
	switch {
	case d.Kept:
		return "kept"
	case d.Stage == call.DictateRings:
		return "ringing"
	case d.Stage == call.DictateAsks || d.Stage == call.DictateRecords:
		return "speaking"
	case d.Stage == call.DictateParts || d.Stage == call.DictateOver:
		return "ended"
	}
	return "reviewing"
}

// dictated is how long the end of a dictation is remembered.
const dictated = 5 * time.Minute

// dictation is one being carried. Only its own goroutine touches it, but for inbox and what stands under the lock.
type dictation struct {
	b     *Board
	ask   Dictate
	side  *side
	to    pbx.Party
	from  pbx.Party
	inbox chan *message
	log   *slog.Logger

	state call.Dictation
	timer *time.Timer
	waits call.Timer
	tape  bytes.Buffer
	rate  int
	size  int64
	tag   uint64

	mu   sync.Mutex
	told Dictated
}

// Dictate calls a phone of the asker. It does not wait for anything; Dictated tells how it goes.
func (b *Board) Dictate(ask Dictate) (string, error) {
	// gather
	s, live := b.c.View()
	now := time.Now()

	// decide
	u := s.Users[ask.Who.User]
	if u == nil {
		return "", pbx.Refuse(pbx.NotFound, "", "error.not_found")
	}
	d := policy.Decide(s, policy.Request{Actor: ask.Who, Right: policy.CallReceive, Target: policy.User(u.ID), At: now})
	if !d.OK {
		return "", &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: policy.CallReceive.String(), About: policy.User(u.ID).Ref()}
	}
	phones := ringing(s, live, u, ask.Device, now).Targets
	if len(phones) == 0 {
		return "", pbx.Refuse(pbx.Unavailable, "device", "dictate.no_phone")
	}
	binding := phones[0].Binding
	if !b.enter() {
		return "", pbx.Refuse(pbx.Exhausted, "", "cause.overload")
	}

	// perform
	leg := pbx.LegID(newID("leg", now))
	x := &dictation{b: b, ask: ask, inbox: make(chan *message, 32), to: u.Party(), from: pbx.Party{Name: s.Tenant.Name},
		side:  &side{leg: leg, wire: leg, binding: binding, secure: binding.Secure, web: isBrowser(binding), id: uint64(now.UnixMilli())},
		state: call.NewDictation(leg, ask.Most), told: Dictated{ID: newID("dic", now), User: u.ID}}
	x.log = b.c.Log.With("dictation", x.told.ID)
	if source, err := netip.ParseAddrPort(binding.Source); err == nil {
		x.side.source = source.Addr().Unmap()
	}
	b.dictations.Store(x.told.ID, x)
	b.legs.Store(leg, x)
	go x.loop()
	return x.told.ID, nil
}

// Dictated tells how far a dictation is; false for one that there is not, or that ended a while ago.
func (b *Board) Dictated(id string) (Dictated, bool) {
	x, ok := b.dictations.Load(id)
	if !ok {
		return Dictated{}, false
	}
	d := x.(*dictation)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.told, true
}

// EndDictation hangs up; what was not kept until then is not kept.
func (b *Board) EndDictation(id string) {
	if x, ok := b.dictations.Load(id); ok {
		x.(*dictation).post(&message{stop: &call.Stop{Cause: pbx.CauseHangup}})
	}
}

// post implements carrier. A phone that floods its dictation loses what may be repeated.
func (x *dictation) post(m *message) {
	if !m.isVital() && len(x.inbox) >= cap(x.inbox)/2 {
		return
	}
	select {
	case x.inbox <- m:
	default:
		x.log.Warn("a phone floods its dictation")
	}
}

// loop carries the dictation from its first input to its last.
func (x *dictation) loop() {
	defer x.b.leave()
	defer x.forget()
	defer x.rescue()
	x.timer = time.NewTimer(time.Hour)
	x.timer.Stop()
	defer x.timer.Stop()
	x.step(call.Start{})
	for x.state.Stage != call.DictateOver {
		select {
		case m := <-x.inbox:
			x.handle(m)
		case <-x.timer.C:
			x.step(call.Timeout{Timer: x.waits})
		}
	}
}

// rescue keeps a fault here from ending calls.
func (x *dictation) rescue() {
	if fault := recover(); fault != nil {
		x.log.Error("fault in a dictation", "fault", fault, "stack", string(debug.Stack()))
		x.b.c.Legs.Hangup(x.side.wire, pbx.CauseFailed)
		x.mu.Lock()
		x.told.Stage, x.told.Cause = call.DictateOver, pbx.CauseFailed
		x.mu.Unlock()
	}
}

// forget gives ports back. How it ended can be asked for a while.
func (x *dictation) forget() {
	if x.side.stream != nil {
		x.side.stream.Close()
	}
	x.b.legs.Delete(x.side.wire)
	id := x.told.ID
	time.AfterFunc(dictated, func() { x.b.dictations.Delete(id) })
}

func (x *dictation) step(in call.Input) {
	for queue := []call.Input{in}; len(queue) > 0; queue = queue[1:] {
		state, effects := x.state.Step(queue[0])
		x.state = state
		x.mu.Lock()
		x.told.Stage, x.told.Kept, x.told.Cause = state.Stage, state.Kept, state.Cause
		x.mu.Unlock()
		for _, e := range effects {
			if next := x.perform(e); next != nil {
				queue = append(queue, next)
			}
		}
	}
}

func (x *dictation) handle(m *message) {
	switch {
	case m.stop != nil:
		x.step(*m.stop)
	case m.silent != "":
		x.step(call.Stop{Cause: pbx.CauseTimeout})
	case m.recorded != nil:
		if m.tag == x.tag {
			x.size = min(m.recorded.Size, int64(x.tape.Len()))
			x.step(call.Recorded{Length: m.recorded.Length, Silent: m.recorded.Level < silentMessage, Failed: m.recorded.Err != nil})
		}
	case m.input != nil:
		x.step(m.input)
	case m.key != "":
		x.step(call.Digit{Leg: x.side.leg, Digit: m.signal.Digit})
	default:
		x.signal(m.signal)
	}
}

func (x *dictation) signal(sig call.Signal) {
	if sig.Leg != x.side.wire {
		return
	}
	switch sig.Kind {
	case call.SignalAnswered:
		in := call.Answered{Leg: x.side.leg}
		if x.side.offered != nil {
			in.Fault = x.b.take(x.side, sig.SDP)
			x.side.offered = nil
		}
		if in.Fault == "" {
			x.sound()
		}
		x.step(in)
	case call.SignalFailed:
		if x.side.encrypt && !x.side.retried && !x.b.c.Encrypt && (sig.Cause == pbx.CauseNoCodec || sig.Cause == pbx.CauseInsecure) && x.again() {
			return
		}
		x.step(call.Failed{Leg: x.side.leg, Cause: sig.Cause, Status: sig.Status})
	case call.SignalEnded:
		x.step(call.Ended{Leg: x.side.leg, Cause: sig.Cause})
	case call.SignalOffered:
		x.offered(sig)
	case call.SignalReferred:
		x.b.c.Legs.Report(x.side.wire, call.Progress{Cause: pbx.CauseDenied})
	case call.SignalDigit:
		x.step(call.Digit{Leg: x.side.leg, Digit: sig.Digit})
	}
}

// offered answers a changed session: the phone put us on hold, or has another address.
func (x *dictation) offered(sig call.Signal) {
	legs := x.b.c.Legs
	if sig.Empty {
		legs.Reply(x.side.wire, 200, x.b.offer(x.side, houseCodecs(), sdp.SendRecv, x.side.theirs.Secure()))
		return
	}
	if x.b.read(x.side, sig.SDP) != "" {
		legs.Reply(x.side.wire, 488, nil)
		return
	}
	body, fault := x.b.answer(x.side, theHouse())
	if fault != "" {
		legs.Reply(x.side.wire, 488, nil)
		return
	}
	x.sound()
	legs.Reply(x.side.wire, 200, body)
}

func (x *dictation) sound() {
	if err := x.side.stream.Set(x.side.flow()); err != nil {
		x.log.Warn("the sound of a dictation cannot be set", "error", err)
	}
}

// again calls the phone a second time without encryption, which it refused.
func (x *dictation) again() bool {
	s := x.side
	x.b.legs.Delete(s.wire)
	s.retried, s.wire, s.local, s.offered = true, pbx.LegID(newID("leg", time.Now())), nil, nil
	x.b.legs.Store(s.wire, x)
	return x.invite(false) == nil
}

func (x *dictation) invite(encrypt bool) error {
	body := x.b.offer(x.side, houseCodecs(), sdp.SendRecv, encrypt)
	return x.b.c.Legs.Dial(call.Invite{Leg: x.side.wire, Binding: x.side.binding, From: x.from, To: x.to, Offer: body})
}

func (x *dictation) perform(e call.Effect) call.Input {
	s := x.side
	switch e := e.(type) {
	case call.Dial:
		return x.dial()
	case call.Hangup:
		x.b.c.Legs.Hangup(s.wire, e.Cause)
	case call.SetTimer:
		x.waits = e.Timer
		x.timer.Stop()
		if e.Timer != call.NoTimer {
			x.timer.Reset(e.After)
		}
	case call.Play:
		return x.play(nil, e.Clips, e.Tag)
	case call.PlayBack:
		return x.play([]media.Sound{{Rate: x.rate, Samples: x.samples(), Gap: breath}}, e.Clips, e.Tag)
	case call.Hush:
		s.stream.Stop()
	case call.Record:
		return x.record(e)
	case call.EndRecord:
		s.stream.EndRecord()
	case call.Store:
		x.store()
	}
	return nil
}

func (x *dictation) dial() call.Input {
	s := x.side
	if x.b.insecure(s) {
		return call.Failed{Leg: s.leg, Cause: pbx.CauseInsecure}
	}
	stream, err := x.b.c.Sound.Open()
	if err != nil {
		x.log.Warn("no ports for a dictation", "error", err)
		return call.Failed{Leg: s.leg, Cause: pbx.CauseOverload}
	}
	s.stream = stream
	stream.Watch(func(e media.Event) {
		switch e.Kind {
		case media.EventSilence, media.EventForeignKeys:
			x.post(&message{silent: s.leg})
		case media.EventDigit:
			x.post(&message{key: s.leg, signal: call.Signal{Kind: call.SignalDigit, Digit: e.Digit}})
		case media.EventPlayed:
			x.post(&message{input: call.Played{Tag: e.Tag}})
		case media.EventRecorded:
			x.post(&message{recorded: e.Recorded, tag: e.Tag})
		}
	})
	if err := x.invite(s.secure); err != nil {
		x.log.Warn("phone cannot be called", "device", s.binding.Device, "error", err)
		return call.Failed{Leg: s.leg, Cause: pbx.CauseFailed}
	}
	return nil
}

// play lets the phone hear sounds and clips. What cannot be played counts as played, so that it goes on.
func (x *dictation) play(first []media.Sound, clips []call.Clip, tag uint64) call.Input {
	list := media.Playlist{Tag: tag, Sounds: first}
	for _, c := range clips {
		switch {
		case c.Tone == call.ToneBeep:
			list.Sounds = append(list.Sounds, media.Beep().Sounds...)
		case x.b.c.Prompt != nil:
			list.Sounds = append(list.Sounds, x.b.c.Prompt(x.ask.Language, c.Text)...)
		}
	}
	if len(list.Sounds) == 0 {
		return call.Played{Tag: tag}
	}
	if err := x.side.stream.Play(list); err != nil {
		x.log.Warn("the house cannot speak in a dictation", "error", err)
		return call.Played{Tag: tag}
	}
	return nil
}

// record begins to keep what is said, in memory: nothing of it lasts until somebody wants to keep it.
func (x *dictation) record(e call.Record) call.Input {
	x.tape.Reset()
	x.size = 0
	x.tag++
	rate, err := x.side.stream.Record(media.Record{Sink: &x.tape, Max: e.Max, Quiet: e.Quiet, Trim: true, StopOn: e.StopOn, Tag: x.tag})
	if err != nil {
		x.log.Warn("a dictation cannot be recorded", "error", err)
		return call.Recorded{Failed: true}
	}
	x.rate = rate
	return nil
}

// samples is what was said last.
func (x *dictation) samples() []int16 {
	raw := x.tape.Bytes()[:x.size]
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return out
}

// store keeps what was said, without holding the dictation up.
func (x *dictation) store() {
	samples, rate := x.samples(), x.rate
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		err := x.ask.Keep(ctx, rate, samples)
		if err != nil {
			x.log.Warn("what was dictated cannot be kept", "error", err)
		}
		x.post(&message{input: call.Stored{Failed: err != nil}})
	}()
}
