package house

import (
	"context"
	"strconv"
	"time"

	"tandem/command"
	"tandem/directory"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/switchboard"
)

// queues is the rest of the house as the queues see it.
func (h *House) queues() switchboard.Queues {
	return switchboard.Queues{Today: h.Store.Stays, Dismiss: h.dismiss, Places: h.Store.Callbacks, Keep: h.keepCallback, Tell: h.tellAlarm, Show: h.Directory.SetQueue}
}

// attend lets the queues see what changes around their agents.
func (h *House) attend() {
	h.Board.WakeQueues()
	h.stops = append(h.stops,
		h.Directory.Watch(func(_, _ *pbx.Snapshot) { h.Board.Changed() }),
		h.Directory.WatchPresence(func(m directory.Moved) {
			if m.Device == "" {
				return
			}
			s, _ := h.Directory.View()
			if d := s.Devices[m.Device]; d != nil {
				h.Board.Look(d.User)
			}
		}))
}

// keepCallback writes down a place that is kept for a call back.
func (h *House) keepCallback(ctx context.Context, who pbx.Actor, c pbx.Callback) error {
	kind := event.CallbackEnded
	switch {
	case c.State == pbx.CallbackDropped:
		kind = event.CallbackDropped
	case c.State == pbx.CallbackWaits && c.Tries > 0:
		kind = event.CallbackTried
	case c.State == pbx.CallbackWaits:
		kind = event.CallbackAsked
	}
	f := event.New(kind, time.Now(), who, pbx.Ref{Kind: pbx.KindQueue, ID: string(c.Queue)}, c)
	f.Revision = h.snapshot().Version
	stored, err := h.Store.KeepCallback(ctx, c, f)
	if err != nil {
		return err
	}
	return h.publish(ctx, stored)
}

// dismiss logs an agent out of a queue who missed too many calls in a row.
func (h *House) dismiss(ctx context.Context, q pbx.QueueID, u pbx.UserID, missed int) error {
	s := h.snapshot()
	name := s.NameOf(pbx.Ref{Kind: pbx.KindQueue, ID: string(q)})
	reason := h.Catalog.Say(s.LanguageOf("", time.Now()), i18n.T("queue.dismissed", "queue", name, "n", strconv.Itoa(missed)))
	if _, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, command.SetDuty{User: u, Out: []pbx.QueueID{q}, Reason: reason}); err != nil {
		return err
	}
	told := []pbx.UserID{u}
	if of := s.Queues[q]; of != nil {
		told = append(told, of.Notify...)
	}
	h.informNow(notice{Happening: policy.Happening{Kind: policy.NoticeDismissed, Users: told}, about: pbx.Ref{Kind: pbx.KindQueue, ID: string(q)}, page: "/queues/" + string(q), says: pbx.Says{
		Args: map[string]string{"queue": name, "agent": s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}), "n": strconv.Itoa(missed)}}})
	return nil
}

// tellAlarm tells of a call that is important or waits too long, was given up, or is to be called back (B-061).
func (h *House) tellAlarm(a switchboard.Alarm) {
	caller := a.From.Name
	if caller == "" {
		caller = a.From.Number
	}
	h.informNow(notice{Happening: policy.Happening{Kind: a.Kind, Users: a.Queue.Notify}, about: a.Queue.Ref(), page: "/queues/" + string(a.Queue.ID), says: pbx.Says{
		Args: map[string]string{"queue": a.Queue.Name, "caller": caller, "number": a.From.Number, "seconds": strconv.Itoa(int(a.Waited / time.Second))}}})
}
