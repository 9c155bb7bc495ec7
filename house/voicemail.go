package house

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"tandem/api"
	"tandem/audio"
	"tandem/blob"
	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/store"
	"tandem/switchboard"
)

// What a mailbox takes, and how long what was deleted can be taken back.
const (
	messageMost  = 3 * time.Minute
	messagesMost = 100
	messageBin   = 30 * 24 * time.Hour
	phraseGap    = 150 * time.Millisecond // between two sentences
)

// mailboxes is the house's store of messages as the switchboard sees it.
type mailboxes struct{ h *House }

// Box implements switchboard.Boxes: what a caller hears follows from why he is here.
func (b mailboxes) Box(ctx context.Context, at pbx.Destination, cause pbx.Cause) (call.Box, error) {
	s := b.h.snapshot()
	user, group := pbx.UserID(at.ID), pbx.GroupID(at.ID)
	greeting := "say.greeting.available"
	if s.Users[user] != nil {
		group = ""
		greeting = greetingOf(s.StatusOf(user, time.Now()).Status, cause)
	} else {
		user = ""
	}
	fresh, old, err := b.h.Store.CountMessages(ctx, user, group)
	if err != nil {
		return call.Box{}, err
	}
	return call.Box{
		Greeting: []call.Clip{call.Words(greeting), call.Words("say.record.tone")},
		Refusal:  []call.Clip{call.Words(greeting), call.Words("say.record.full")},
		Max:      messageMost, Full: fresh+old >= messagesMost,
	}, nil
}

// greetingOf is the sentence for a person's status, and for a line that is busy.
func greetingOf(status pbx.Status, cause pbx.Cause) string {
	switch {
	case cause == pbx.CauseBusy || cause == pbx.CauseDeclined:
		return "say.greeting.busy"
	case status == pbx.StatusDND:
		return "say.greeting.dnd"
	case status == pbx.StatusAway || status == pbx.StatusAway2:
		return "say.greeting.away"
	}
	return "say.greeting.available"
}

// Keep implements switchboard.Boxes.
func (b mailboxes) Keep(ctx context.Context, m pbx.Message) error {
	f := event.New(event.MessageLeft, m.At, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, pbx.Ref{Kind: pbx.KindMessage, ID: string(m.ID)}, nil)
	after, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f.After = after
	stored, err := b.h.Store.Write(ctx, []event.Fact{f}, store.MessageKept{Message: m})
	if err != nil {
		return err
	}
	return b.h.publish(ctx, stored)
}

// Create implements switchboard.Sounds.
func (b mailboxes) Create(name string) (switchboard.Recording, error) { return b.h.Blobs.Create(name) }

// Open implements switchboard.Sounds: messages, and greetings of menus.
func (b mailboxes) Open(name string) (media.Sound, func(), error) {
	rate := 0
	if greeting, ok := b.h.snapshot().SoundOf(name); ok {
		rate = greeting.Rate
	} else {
		m, err := b.h.Store.Message(context.Background(), pbx.MessageID(name))
		if err != nil {
			return media.Sound{}, nil, err
		}
		rate = m.Rate
	}
	r, err := b.h.Blobs.Open(name)
	if err != nil {
		return media.Sound{}, nil, err
	}
	return media.Sound{Stream: r, Size: r.Size(), Rate: rate}, func() { _ = r.Close() }, nil
}

// wav gives a message out as a file that browsers play.
func (h *House) wav(m pbx.Message) (api.SoundFile, error) {
	r, err := h.Blobs.Open(string(m.ID))
	if err != nil {
		return nil, err
	}
	return newWAV(r, m.Rate), nil
}

// wavFile is a header with the samples of a blob behind it.
type wavFile struct {
	*io.SectionReader
	blob blob.Reader
	head []byte
}

func newWAV(r blob.Reader, rate int) *wavFile {
	f := &wavFile{blob: r, head: audio.WAVHeader(rate, r.Size())}
	f.SectionReader = io.NewSectionReader(f, 0, int64(len(f.head))+r.Size())
	return f
}

// ReadAt reads the file as if header and samples were one.
func (f *wavFile) ReadAt(p []byte, at int64) (n int, err error) {
	if head := int64(len(f.head)); at < head {
		n = copy(p, f.head[at:])
		if n == len(p) {
			return n, nil
		}
		more, err := f.blob.ReadAt(p[n:], 0)
		return n + more, err
	}
	return f.blob.ReadAt(p, at-int64(len(f.head)))
}

// Close gives the blob back.
func (f *wavFile) Close() error { return f.blob.Close() }

// sentence is what a sentence sounds like: the office's own sound of it, else the one that is built in.
func (h *House) sentence(language string, t i18n.Text) []media.Sound {
	list := h.Voice.Say(language, t.Key).Sounds
	for i := range list {
		list[i].Gap = phraseGap
	}
	return list
}

// dropMessages forgets messages that were deleted long ago, with their sound.
func (h *House) dropMessages(ctx context.Context, at time.Time) error {
	gone, err := h.Store.DropMessages(ctx, at.Add(-messageBin))
	for _, id := range gone {
		if err := h.Blobs.Delete(string(id)); err != nil {
			h.log.Warn("the sound of a message cannot be deleted", "message", id, "error", err)
		}
	}
	return err
}
