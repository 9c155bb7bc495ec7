package switchboard

import (
	"context"
	"io"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/media"
	"tandem/pbx"
)

// silentMessage is the loudness, in decibels relative to full scale, below which nothing was said.
const silentMessage = -50

// Sounds keeps what is recorded. Its methods may be called from any goroutine.
type Sounds interface {
	// Create begins a recording.
	Create(name string) (Recording, error)
	// Open prepares something that was recorded to be played; done is called when the call is over.
	Open(name string) (sound media.Sound, done func(), err error)
}

// Recording is sound that is being written.
type Recording interface {
	io.Writer
	Finish(size int64) error // keeps the first size bytes
	Abort() error            // forgets it; after Finish it does nothing
}

// Boxes keeps mailboxes. Its methods may take their time; each is called on a goroutine of its own.
type Boxes interface {
	// Box is what a caller meets at a mailbox, and why he is there: what became of his call before; empty when he called it.
	Box(ctx context.Context, at pbx.Destination, why pbx.Cause) (call.Box, error)
	// Keep stores a message whose sound is written.
	Keep(ctx context.Context, m pbx.Message) error
	// Fetch does what somebody on the phone wants of a mailbox, and answers with call.Unlocked, with its id, call.PINChecked or call.Done.
	Fetch(ctx context.Context, r Reader, e call.Effect) (call.Input, pbx.BoxID, error)
}

// tape is the recording that runs or has just ended.
type tape struct {
	message pbx.Message
	file    Recording
	told    *media.Recorded
}

// openBox looks into the mailbox at which the call has arrived, without holding the call up.
func (r *run) openBox(e call.OpenBox) {
	if r.b.c.Boxes == nil {
		return // the machine's timer says that it cannot be looked into
	}
	var why pbx.Cause
	if n := len(r.plan.Passed); n > 1 {
		why = r.plan.Passed[n-2].Cause
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		box, err := r.b.c.Boxes.Box(ctx, e.At, why)
		if err != nil {
			r.log().Error("a mailbox cannot be looked into", "box", e.At.ID, "error", err)
			return
		}
		r.post(&message{input: box})
	}()
}

// record begins to keep what the caller says.
func (r *run) record(e call.Record) call.Input {
	s, _ := r.side(e.Leg)
	failed := call.Recorded{Failed: true}
	if e.Brief && s.stream != nil {
		return r.jot(s, e)
	}
	if s.stream == nil || r.b.c.Sounds == nil {
		return failed
	}
	id := pbx.MessageID(newID("msg", r.now))
	var file Recording = &draft{}
	var err error
	if !e.Draft {
		file, err = r.b.c.Sounds.Create(string(id))
	}
	if err != nil {
		r.log().Error("a recording cannot begin", "error", err)
		return failed
	}
	r.tag++
	rate, err := s.stream.Record(media.Record{Sink: file, Max: e.Max, Quiet: e.Quiet, Trim: true, StopOn: e.StopOn, Tag: r.tag})
	if err != nil {
		r.log().Warn("a leg cannot be recorded", "leg", s.leg, "error", err)
		_ = file.Abort()
		return failed
	}
	m := pbx.Message{ID: id, Call: r.id, From: r.plan.From, At: r.now, Rate: rate}
	if h := r.plan.House; h != nil {
		m.User, m.Group = h.User, h.Group
	}
	r.tape = &tape{message: m, file: file}
	return nil
}

// recorded takes in that the recording is wholly written.
func (r *run) recorded(told *media.Recorded, tag uint64) {
	if r.jotting != nil && tag == r.jotting.tag {
		r.jotted(told)
		return
	}
	if r.tape == nil || tag != r.tag || r.tape.told != nil {
		return
	}
	r.tape.told = told
	r.step(call.Recorded{Length: told.Length, Silent: told.Level < silentMessage, Failed: told.Err != nil})
}

// keep does with the recording what the machine says.
func (r *run) keep(as call.Keeping) {
	t := r.tape
	r.tape = nil
	if t == nil {
		return
	}
	if as == call.KeepNothing || t.told == nil {
		if err := t.file.Abort(); err != nil {
			r.log().Warn("a recording cannot be forgotten", "error", err)
		}
		return
	}
	t.message.Length = t.told.Length.Round(time.Millisecond)
	p := event.Message{Message: t.message.ID, User: t.message.User, Group: t.message.Group, Seconds: int(t.message.Length / time.Second)}
	p.Box = r.plan.To
	r.draft.Message(p)
	r.fact(event.CallMessage, r.in.Actor, p)
	r.b.running.Add(1) // the board does not end before the message is stored
	go func() {
		defer r.b.running.Done()
		r.b.keepMessage(t)
	}()
}

// keepTime bounds one try to store a message, and keepTries how often it is tried. Its sound stays when it is given up.
const (
	keepTime  = 10 * time.Second
	keepTries = 5
)

func (b *Board) keepMessage(t *tape) {
	if err := t.file.Finish(t.told.Size); err != nil {
		b.c.Log.Error("a message is lost", "message", t.message.ID, "error", err)
		return
	}
	b.insist("message", string(t.message.ID), func(ctx context.Context) error { return b.c.Boxes.Keep(ctx, t.message) })
}

// insist tries to store something several times; its sound stays when it is given up.
func (b *Board) insist(what, id string, store func(context.Context) error) {
	for try := range keepTries {
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		err := store(ctx)
		cancel()
		if err == nil {
			return
		}
		if try+1 == keepTries {
			b.c.Log.Error("what was recorded is lost", what, id, "error", err)
			return
		}
		b.c.Log.Warn("what was recorded cannot be stored yet", what, id, "error", err)
		time.Sleep(retryFirst << try)
	}
}

// unplug gives back what the call still has open.
func (r *run) unplug() {
	for _, done := range r.opened {
		done()
	}
	r.opened = nil
	r.endTape(call.EndTape{})
	if r.tape != nil {
		_ = r.tape.file.Abort()
		r.tape = nil
	}
}
