package house

import (
	"context"
	"strconv"
	"time"

	"tandem/call"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/switchboard"
)

// reminderLook is how often the house looks which reminder calls are due.
const reminderLook = 5 * time.Second

// wakePeople calls people at the times they are to be called at, until ctx ends (G-019). What it does stands in the rows before it does it, so that a house that
// starts again goes on where it was.
func (h *House) wakePeople(ctx context.Context) {
	h.every(ctx, reminderLook, "calling people at set times", func() error { h.callReminded(ctx); return nil })
}

// callReminded does what is due now.
func (h *House) callReminded(ctx context.Context) {
	s, now := h.snapshot(), h.Config.Now()
	for _, m := range s.Reminders {
		zone := s.ReminderZone(m.User, now)
		if _, call, missed := m.Due(zone, now); !call && !missed {
			continue
		}
		due := m.For
		if due.IsZero() {
			due = m.Next(zone)
		}
		r, err := h.stepReminder(ctx, m.ID, command.ReminderIsDue)
		if err != nil {
			if ctx.Err() == nil {
				h.log.Error("a reminder call cannot be written down; it is tried again", "reminder", m.ID, "error", err)
			}
			continue
		}
		next := r.Reminders[m.ID]
		switch {
		case next == nil || next.Tries == m.Tries && next.Last == m.Last && next.Ended.Equal(m.Ended):
		case !next.For.IsZero():
			shown := next.Note
			if shown == "" {
				shown = h.Catalog.Say(r.LanguageOf(next.User, now), i18n.T("reminder.shown"))
			}
			h.Board.Remind(next, shown)
		default:
			h.tellUnwoken(r, next, due)
		}
	}
}

func (h *House) stepReminder(ctx context.Context, id pbx.ReminderID, step command.ReminderStep) (*pbx.Snapshot, error) {
	r, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, command.StepReminder{ID: id, Step: step})
	if err != nil {
		return nil, err
	}
	return r.Snapshot, nil
}

// woken writes down that a reminder call was answered.
func (h *House) woken(ctx context.Context, id pbx.ReminderID, due time.Time) {
	if _, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, command.StepReminder{ID: id, Step: command.ReminderAnswered, For: due}); err != nil {
		h.log.Error("that a reminder call was answered cannot be written down", "reminder", id, "error", err)
	}
}

// tellUnwoken tells who set a reminder that it reached nobody; when he is gone, who was to be called. For a guest the reception is told too, and not the guest: he
// sleeps, and somebody has to knock at his door.
func (h *House) tellUnwoken(s *pbx.Snapshot, m *pbx.Reminder, due time.Time) {
	n := notice{Happening: policy.Happening{Kind: policy.NoticeReminder}, about: pbx.Ref{Kind: pbx.KindUser, ID: string(m.User)},
		says: pbx.Says{Args: map[string]string{"name": s.NameOf(m.Ref())}, Times: map[string]time.Time{"at": due}}}
	if s.GuestRooms[m.User] != nil {
		n.Over, n.page = policy.User(m.User), "/reception?peek="+string(m.User)
		if m.By != m.User {
			n.Users = people(m.By)
		}
		h.informNow(n)
		return
	}
	by := m.By
	if u := s.Users[by]; u == nil || u.IsSuspended(h.Config.Now()) {
		by = m.User
	}
	n.Users, n.page = people(by), "/profile?tab=reminders"
	if by != m.User {
		n.page = "/people/" + string(m.User) + "?tab=reminders"
	}
	h.informNow(n)
}

// wake sets a call at the time that was dialled, HHMM, and says when it will be.
func (k *keypad) wake(ctx context.Context, dialled string) call.Carried {
	n, err := strconv.Atoi(dialled)
	if err != nil || len(dialled) != 4 || n/100 > 23 || n%100 > 59 {
		return call.Carried{Clips: words("say.wake.enter")}
	}
	if refused := k.do(ctx, command.CreateReminder{User: k.who.User, Clock: n/100*60 + n%100}); refused != nil {
		return call.Carried{Clips: refused}
	}
	return call.Carried{Clips: append(words("say.wake.set"), words(k.speech().Time(n/100, n%100)...)...)}
}

// wakeOff takes away the calls that come once.
func (k *keypad) wakeOff(ctx context.Context) call.Carried {
	s := k.h.snapshot()
	none := true
	for _, m := range s.RemindersOf(k.who.User) {
		none = none && (len(m.Days) > 0 || m.Next(s.ReminderZone(k.who.User, k.at)).IsZero())
	}
	if none {
		return call.Carried{Clips: words("say.wake.none")}
	}
	if refused := k.do(ctx, command.ClearReminders{User: k.who.User}); refused != nil {
		return call.Carried{Clips: refused}
	}
	return call.Carried{Clips: words("say.wake.cleared")}
}

// reminded speaks to who has answered a reminder call: the time, and that he can be called again.
func (k *keypad) reminded(ctx context.Context, id pbx.ReminderID) call.Carried {
	if _, err := k.h.stepReminder(ctx, id, command.ReminderAnswered); err != nil {
		k.h.log.Error("that a reminder call was answered cannot be written down", "reminder", id, "error", err)
	}
	said := words("say.wake.call")
	at := k.at.In(k.h.snapshot().ReminderZone(k.who.User, k.at).Location())
	if at.Hour() >= 12 {
		said = words("say.time.is")
	}
	said = append(said, words(k.speech().Time(at.Hour(), at.Minute())...)...)
	return call.Carried{Clips: append(said, words("say.for.callback", "say.press.1")...), Ask: true,
		To: pbx.Destination{Kind: pbx.ToCode, ID: string(switchboard.CodeSnooze), Number: string(id)}}
}

// snoozed calls again in a while, and says when.
func (k *keypad) snoozed(ctx context.Context, id pbx.ReminderID) call.Carried {
	s, err := k.h.stepReminder(ctx, id, command.ReminderSnoozed)
	if err != nil || s.Reminders[id] == nil || s.Reminders[id].Again.IsZero() {
		return call.Carried{Clips: words("say.feature.failed")}
	}
	at := s.Reminders[id].Again.In(s.ReminderZone(k.who.User, k.at).Location())
	return call.Carried{Clips: append(words("say.wake.set"), words(k.speech().Time(at.Hour(), at.Minute())...)...)}
}
