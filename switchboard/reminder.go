package switchboard

import (
	"context"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// The codes of a reminder call, which nobody can dial: who answers hears the time, and can be called again.
const (
	CodeReminder pbx.CodeAction = "reminder"
	CodeSnooze   pbx.CodeAction = "reminder_snooze"
)

// Remind rings the phones of somebody in the office for a reminder call, whatever his status (G-019). Nothing leads outside. Who answers goes to the code of
// the reminder. It is false when no phone can ring.
func (b *Board) Remind(m *pbx.Reminder, shown string) bool {
	// gather
	s, live := b.c.View()
	now := time.Now()
	u := s.Users[m.User]
	if u == nil {
		return false
	}

	// decide
	desk := pbx.Party{Name: shown}
	targets := route.Agent(s, live, route.Request{Caller: pbx.Actor{Kind: pbx.ActorSystem, Via: "reminder"}, From: desk, At: now}, u.ID)
	if len(targets) == 0 || !b.enter() {
		return false
	}

	// perform
	who := pbx.Actor{Kind: pbx.ActorSystem, User: u.ID, Via: "reminder"}
	plan := route.Plan{From: desk, To: u.Party(), Attempts: []route.Attempt{{Targets: targets, Ring: pbx.ReminderRing}},
		Trace: []i18n.Text{i18n.T("route.reminder", "name", u.Name, "user", string(u.ID))}}
	r := b.calling(s, who, route.Request{Caller: who, From: desk, At: now}, plan, now)
	r.state.Summon(pbx.Destination{Kind: pbx.ToCode, ID: string(CodeReminder), Number: string(m.ID)}, desk)
	r.reminder = m
	b.carry(r)
	return true
}

// woke tells at once that a reminder call was answered: who hangs up before his call has found its way to the code was woken too.
func (r *run) woke() {
	m := r.reminder
	if m == nil || r.b.c.Woken == nil {
		return
	}
	r.reminder = nil
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		r.b.c.Woken(ctx, m.ID, m.For)
	}()
}
