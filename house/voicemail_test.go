package house

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// A mailbox keeps messages for the days that are set, others for ever; what belonged to somebody who is gone goes as well. The audit log
// tells each, the sound goes too, and doing it twice does nothing more (PR-05).
func TestMessagesExpire(t *testing.T) {
	h, err := Build(t.Context(), Config{Data: t.TempDir(), HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", RTP: "30000-30099", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	ctx, now := t.Context(), time.Now()
	s := h.snapshot()
	change := pbx.Change{Put: []pbx.Noun{&pbx.Group{ID: "grp_sales", Name: "Sales", Created: now}, &pbx.Group{ID: "grp_all", Name: "All", Default: true, Created: now},
		&pbx.Mailbox{ID: "grp_sales", Days: 7}}}
	made := event.New(event.MailboxChanged, now, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindMailbox, ID: "grp_sales"}, nil)
	if _, err := h.Store.Apply(ctx, s.Version, change, []event.Fact{made}); err != nil {
		t.Fatal(err)
	}
	next, err := h.Store.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.Directory.Set(next)
	leave := func(id pbx.MessageID, box pbx.GroupID, age time.Duration) {
		m := pbx.Message{ID: id, Group: box, At: now.Add(-age), Length: time.Second, Rate: 8000}
		w, err := h.Blobs.Create(string(id))
		if err == nil {
			_, err = w.Write(make([]byte, 100))
		}
		if err == nil {
			err = w.Finish(100)
		}
		if err == nil {
			err = h.note(ctx, event.MessageLeft, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Message{}, m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const day = 24 * time.Hour
	leave("msg_old", "grp_sales", 8*day)
	leave("msg_young", "grp_sales", 6*day)
	leave("msg_kept", "grp_all", 400*day)
	leave("msg_orphan", "grp_gone", day)
	head, err := h.Store.Head(ctx, now)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.expireMessages(ctx, now); err != nil {
			t.Fatal(err)
		}
		if err := h.dropMessages(ctx, now); err != nil {
			t.Fatal(err)
		}
	}
	facts, err := h.Store.After(ctx, head.Seq, 99)
	if err != nil || len(facts) != 2 || facts[0].Kind != event.MessageDeleted || facts[1].Kind != event.MessageDeleted {
		t.Errorf("facts %v, %v", facts, err)
	}
	for id, stays := range map[string]bool{"msg_old": false, "msg_young": true, "msg_kept": true, "msg_orphan": false} {
		_, missing := h.Store.Message(context.Background(), pbx.MessageID(id))
		r, silent := h.Blobs.Open(id)
		if silent == nil {
			_ = r.Close()
		}
		if (missing == nil) != stays || (silent == nil) != stays {
			t.Errorf("%s stays: row %v, sound %v; want %v", id, missing == nil, silent == nil, stays)
		}
	}
	h.recountAll(ctx)
	if got := h.waiting.of("grp_sales"); got != (store.BoxCount{New: 1}) {
		t.Errorf("counted %+v", got)
	}
}
