package house

import (
	"context"
	"strconv"
	"time"

	"tandem/command"
	"tandem/directory"
	"tandem/i18n"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/switchboard"
)

// queues is the rest of the house as the queues see it.
func (h *House) queues() switchboard.Queues {
	return switchboard.Queues{Today: h.Store.Stays, Dismiss: h.dismiss, Tell: h.tellAlarm, Show: h.Directory.SetQueue}
}

// attend lets the queues see what changes around their agents.
func (h *House) attend() {
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

// dismiss logs an agent out of a queue who missed too many calls in a row.
func (h *House) dismiss(ctx context.Context, q pbx.QueueID, u pbx.UserID, missed int) error {
	s := h.snapshot()
	name := s.NameOf(pbx.Ref{Kind: pbx.KindQueue, ID: string(q)})
	reason := h.Catalog.Say(s.LanguageOf("", time.Now()), i18n.T("queue.dismissed", "queue", name, "n", strconv.Itoa(missed)))
	_, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, command.SetDuty{User: u, Out: []pbx.QueueID{q}, Reason: reason})
	return err
}

// tellAlarm writes mails about a call that is important or waits too long (B-061).
func (h *House) tellAlarm(a switchboard.Alarm) {
	s, now := h.snapshot(), time.Now()
	caller := a.From.Name
	if caller == "" {
		caller = a.From.Number
	}
	kind := outbox.Waiting
	if a.Important {
		kind = outbox.Important
	}
	for _, id := range a.Queue.Notify {
		u := s.Users[id]
		if u == nil || u.IsSuspended(now) {
			continue
		}
		m := h.mailFor(s, u, now, kind, "/queues/"+string(a.Queue.ID), "queue", a.Queue.Name, "caller", caller, "number", a.From.Number,
			"seconds", strconv.Itoa(int(a.Waited/time.Second)))
		if _, err := h.Mail.Send(context.Background(), m); err != nil {
			h.log.Error("tell about a call in a queue", "user", id, "error", err)
		}
	}
}
