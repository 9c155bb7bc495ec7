package house

import (
	"context"
	"strconv"
	"time"

	"tandem/command"
	"tandem/directory"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
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

// tellAlarm tells of a call that is important or waits too long (B-061).
func (h *House) tellAlarm(a switchboard.Alarm) {
	caller := a.From.Name
	if caller == "" {
		caller = a.From.Number
	}
	kind := policy.NoticeWaiting
	if a.Important {
		kind = policy.NoticeImportant
	}
	h.informNow(notice{Happening: policy.Happening{Kind: kind, Users: a.Queue.Notify}, about: a.Queue.Ref(), page: "/queues/" + string(a.Queue.ID), says: pbx.Says{
		Args: map[string]string{"queue": a.Queue.Name, "caller": caller, "number": a.From.Number, "seconds": strconv.Itoa(int(a.Waited / time.Second))}}})
}
