package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tandem/command"
	"tandem/hours"
	"tandem/pbx"
)

// weekdays are the days of the week as they are written, from time.Sunday on.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Reminder is a wake-up or reminder call (G-019).
type Reminder struct {
	ID    pbx.ReminderID `json:"id"`
	Time  string         `json:"time" doc:"HH:MM, in the time zone of who is called"`
	Date  string         `json:"date,omitempty" doc:"the only day, YYYY-MM-DD; absent: it is repeated"`
	Days  []string       `json:"days" nullable:"false" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"on which it is repeated"`
	Note  string         `json:"note,omitempty" doc:"the phone shows it while it rings"`
	By    Named          `json:"by" doc:"who set it; he is told when nobody answers"`
	Next  time.Time      `json:"next,omitzero" doc:"when the house calls; absent: never again"`
	Tries int            `json:"tries" doc:"so many tries for the next one reached nobody yet"`
	Last  string         `json:"last,omitempty" enum:"answered,snoozed,missed" doc:"what became of the last one"`
	Ended time.Time      `json:"ended,omitzero" doc:"… and when"`
}

// Reminders are the reminder calls of a person.
type Reminders struct {
	Items []Reminder `json:"items" nullable:"false"`
	Zone  string     `json:"zone" doc:"in which its times are meant"`
}

func (v *visit) reminder(m *pbx.Reminder) Reminder {
	out := Reminder{ID: m.ID, Time: fmt.Sprintf("%02d:%02d", m.Clock/60, m.Clock%60), Days: []string{}, Note: m.Note, By: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(m.By)}),
		Next: m.Next(v.s.ReminderZone(m.User, v.at)), Tries: m.Tries, Last: string(m.Last), Ended: m.Ended}
	if m.Date != 0 {
		out.Date = m.Date.String()
	}
	for _, d := range m.Days {
		out.Days = append(out.Days, weekdays[d])
	}
	return out
}

func (s *Server) listReminders(_ context.Context, v *visit, in *userIn) (Reminders, error) {
	user := pbx.UserID(in.User)
	page := Reminders{Items: []Reminder{}, Zone: v.s.ReminderZone(user, v.at).Name()}
	for _, m := range v.s.RemindersOf(user) {
		page.Items = append(page.Items, v.reminder(m))
	}
	slices.SortStableFunc(page.Items, func(a, b Reminder) int { // the next one first, and what is over last
		if a.Next.IsZero() != b.Next.IsZero() {
			return b.Next.Compare(a.Next)
		}
		return a.Next.Compare(b.Next)
	})
	return page, nil
}

type newReminder struct {
	User string `path:"user"`
	Body struct {
		Time string   `json:"time" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"HH:MM, in the time zone of who is called"`
		Date string   `json:"date,omitempty" doc:"YYYY-MM-DD; without it and without days it comes once, when clocks show the time next"`
		Days []string `json:"days,omitempty" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"repeats it"`
		Note string   `json:"note,omitempty" maxLength:"100"`
	}
}

func (s *Server) createReminder(ctx context.Context, v *visit, in *newReminder) (Reminder, error) {
	b := in.Body
	clock, err := time.Parse("15:04", b.Time)
	if err != nil {
		return Reminder{}, pbx.Refuse(pbx.Invalid, "time", "reminder.time_bad")
	}
	c := command.CreateReminder{User: pbx.UserID(in.User), Clock: clock.Hour()*60 + clock.Minute(), Note: b.Note}
	if b.Date != "" {
		day, err := time.Parse(time.DateOnly, b.Date)
		if err != nil {
			return Reminder{}, pbx.Refuse(pbx.Invalid, "date", "reminder.date_bad")
		}
		c.Date = hours.DateOf(day.Date())
	}
	for _, name := range b.Days {
		for d, known := range weekdays {
			if name == known {
				c.Days = append(c.Days, time.Weekday(d))
			}
		}
	}
	r, err := s.do(ctx, v, c)
	if err != nil {
		return Reminder{}, err
	}
	return v.reminder(v.s.Reminders[pbx.ReminderID(r.Object.ID)]), nil
}

type reminderIn struct {
	User     string `path:"user"`
	Reminder string `path:"reminder"`
}

func (s *Server) deleteReminder(ctx context.Context, v *visit, in *reminderIn) error {
	m := v.s.Reminders[pbx.ReminderID(in.Reminder)]
	if m == nil || string(m.User) != in.User {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteReminder{ID: m.ID})
	return err
}
