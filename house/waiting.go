package house

import (
	"context"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"tandem/bus"
	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
	"tandem/store"
)

// waiting is how many messages wait in every mailbox, as phones show them (BL-03). What it says is counted again in the table whenever
// something happens to a message, so that it is right after any crash.
type waiting struct {
	mu    sync.Mutex
	boxes map[pbx.BoxID]store.BoxCount
}

func (w *waiting) of(id pbx.BoxID) store.BoxCount {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.boxes[id]
}

func (w *waiting) all() map[pbx.BoxID]store.BoxCount {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.boxes)
}

// put notes a count, and tells whether it is another than before.
func (w *waiting) put(id pbx.BoxID, c store.BoxCount) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	changed := w.boxes[id] != c
	w.boxes[id] = c
	return changed
}

// boxKey is what phones that watch a mailbox depend on.
func boxKey(id pbx.BoxID) string { return "mailbox:" + string(id) }

// countWaiting counts every mailbox once; after that only what changes.
func (h *House) countWaiting(ctx context.Context) error {
	counts, err := h.Store.CountBoxes(ctx)
	h.waiting = &waiting{boxes: counts}
	if counts == nil {
		h.waiting.boxes = map[pbx.BoxID]store.BoxCount{}
	}
	return err
}

// messagesWaiting is the event package by which phones watch a mailbox: that of an extension – a person's or a group's – or of the user name
// of a phone.
func (h *House) messagesWaiting(w sip.Watcher, resource string) (sip.View, bool) {
	s, _ := h.Directory.View()
	id, ok := boxOf(s, resource)
	if !ok {
		return sip.View{}, false
	}
	who := pbx.Actor{Kind: pbx.ActorDevice, User: w.User, Device: w.Device, Via: "sip"}
	if pbx.UserID(id) != w.User && !policy.Decide(s, policy.Request{Actor: who, Right: policy.VoicemailPlay, Target: command.BoxTarget(id), At: time.Now()}).OK {
		return sip.View{}, false
	}
	c := h.waiting.of(id)
	return sip.View{Keys: []string{boxKey(id)}, Document: sip.Summary(resource, w.Host, c.New, c.Old)}, true
}

// boxOf is the mailbox that the user part of an address means.
func boxOf(s *pbx.Snapshot, resource string) (pbx.BoxID, bool) {
	if r, ok := s.ByExtension(resource); ok && r.Kind == pbx.KindEntrance {
		return pbx.BoxID(r.ID), true
	}
	if u := person(s, resource); u != nil {
		return pbx.BoxID(u.ID), true
	}
	return "", false
}

// listen counts again what a fact about a message changes, until ctx ends.
func (h *House) listen(ctx context.Context) {
	for ctx.Err() == nil {
		sub := h.Bus.Subscribe(256)
		h.recountAll(ctx) // what happened before, or while nobody listened
		h.hear(ctx, sub)
		sub.Close()
	}
}

func (h *House) hear(ctx context.Context, sub *bus.Subscription) {
	for {
		select {
		case <-ctx.Done():
			return
		case f, ok := <-sub.Facts():
			if !ok {
				return
			}
			if f.Kind.IsTurn() {
				h.roomTurned(ctx, f)
			}
			if f.Object.Kind != pbx.KindMessage {
				continue
			}
			seen := map[pbx.BoxID]bool{}
			for _, body := range [][]byte{f.Before, f.After} {
				var m pbx.Message
				if len(body) > 0 && json.Unmarshal(body, &m) == nil && !seen[m.Box()] {
					seen[m.Box()] = true
					h.recount(ctx, m.Box())
				}
			}
		}
	}
}

// recountAll counts every mailbox that has messages, or had some.
func (h *House) recountAll(ctx context.Context) {
	counts, err := h.Store.CountBoxes(ctx)
	if err != nil {
		return
	}
	for id := range h.waiting.all() {
		if _, still := counts[id]; !still {
			counts[id] = store.BoxCount{}
		}
	}
	for id := range counts {
		h.recount(ctx, id)
	}
}

func (h *House) recount(ctx context.Context, id pbx.BoxID) {
	user, group := id.Owner()
	fresh, old, err := h.Store.CountMessages(ctx, user, group)
	if err != nil {
		h.log.Error("messages cannot be counted", "mailbox", id, "error", err)
		return
	}
	if !h.waiting.put(id, store.BoxCount{New: fresh, Old: old}) {
		return
	}
	h.SIP.Changed(boxKey(id))
	s, live := h.Directory.View()
	for _, d := range s.DevicesOf(user) {
		if len(live.Bindings(d.ID)) > 0 {
			h.pushWaiting(s, d.ID)
		}
	}
}

// pushWaiting tells a phone that did not ask how many messages wait in its person's mailbox.
func (h *House) pushWaiting(s *pbx.Snapshot, device pbx.DeviceID) {
	d := s.Devices[device]
	if d == nil || s.Users[d.User] == nil {
		return
	}
	host := h.publicName()
	if host == "" {
		host = pbx.Realm
	}
	c := h.waiting.of(pbx.BoxID(d.User))
	h.SIP.Push(device, sip.SummaryEvent, sip.SummaryType, sip.Summary(d.Username, host, c.New, c.Old).Body)
}

// appeared reports whether a phone is registered now that was not before.
func appeared(before, now []pbx.Binding) (fresh []pbx.Binding) {
	known := make(map[pbx.BindingID]bool, len(before))
	for _, b := range before {
		known[b.ID] = true
	}
	for _, b := range now {
		if !known[b.ID] {
			fresh = append(fresh, b)
		}
	}
	return fresh
}
