package switchboard

import (
	"bytes"
	"context"
	"encoding/binary"

	"tandem/call"
	"tandem/media"
	"tandem/pbx"
)

// Reader is somebody on the phone who hears the messages in a mailbox.
type Reader struct {
	Who      pbx.Actor // whose phone it is; a trunk when the call comes from outside
	From     pbx.Party
	Call     pbx.CallID
	Language string
	Box      pbx.BoxID // that is open; empty before
	Said     Speech    // what was recorded last
}

// Speech is what somebody said on the phone.
type Speech struct {
	Rate    int
	Samples []int16
}

// fetch asks the store of mailboxes for what the machine wants to know or to be done, without holding the call up: one after the other, and also
// when the call ends meanwhile.
func (r *run) fetch(e call.Effect) {
	if r.b.c.Boxes == nil {
		return // the machine's timer says that it cannot be had
	}
	reader := Reader{Who: r.in.Actor, From: r.plan.From, Call: r.id, Language: r.spoken(), Box: r.box, Said: r.said()}
	switch e.(type) {
	case call.Unlock:
		reader.Box = ""
	case call.CheckPIN:
		s, _ := r.b.c.View()
		r.typing = typedNow(s, r.in.Actor, r.now)
	}
	before, done := r.deed, make(chan struct{})
	r.deed = done
	r.b.running.Add(1)
	go func() {
		defer r.b.running.Done()
		defer close(done)
		if before != nil {
			<-before
		}
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		in, box, err := r.b.c.Boxes.Fetch(ctx, reader, e)
		if err != nil {
			r.log().Error("a mailbox cannot be used by phone", "mailbox", reader.Box, "error", err)
			return
		}
		if in != nil {
			r.post(&message{input: in, box: box})
		}
	}()
}

// unlocked notes which mailbox is open; from now on its owner is spoken to.
func (r *run) unlocked(in call.Unlocked, box pbx.BoxID) {
	r.box = box
	if h := r.plan.House; h != nil && in.Language != "" {
		next := *h
		next.Language = in.Language
		r.plan.House = &next
	}
}

// draft is a recording in memory, which lasts only while the call does.
type draft struct{ bytes.Buffer }

func (*draft) Finish(int64) error { return nil }
func (*draft) Abort() error       { return nil }

// said is what was recorded last as a draft; nothing without one.
func (r *run) said() Speech {
	if r.tape == nil || r.tape.told == nil {
		return Speech{}
	}
	d, is := r.tape.file.(*draft)
	if !is {
		return Speech{}
	}
	raw := d.Bytes()[:min(r.tape.told.Size, int64(d.Len()))]
	w := Speech{Rate: r.tape.message.Rate, Samples: make([]int16, len(raw)/2)}
	for i := range w.Samples {
		w.Samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return w
}

// playBack lets the caller hear what he has said.
func (r *run) playBack(e call.PlayBack) call.Input {
	w := r.said()
	return r.playList(r.sides[0], []media.Sound{{Rate: w.Rate, Samples: w.Samples, Gap: breath}}, e.Clips, e.Tag)
}
