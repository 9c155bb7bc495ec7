package api

import (
	"context"
	"strconv"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Alarm is somebody whose calls abroad were stopped because there were too many (TF-06).
type Alarm struct {
	ID      pbx.AlarmID `json:"id"`
	On      Named       `json:"on" doc:"who is stopped: a person, or a group with all below it"`
	Kind    string      `json:"kind" enum:"at_once,group,destinations,country,short"`
	Text    string      `json:"text" doc:"what was noticed, in words"`
	Raised  time.Time   `json:"raised"`
	User    Named       `json:"user" doc:"whose call it was"`
	Number  string      `json:"number" doc:"that was called last"`
	Country string      `json:"country,omitempty" doc:"ISO 3166 alpha-2"`
	Count   int         `json:"count"`
	Cut     bool        `json:"cut" doc:"calls that were up then were ended"`
	Lifted  time.Time   `json:"lifted,omitzero" doc:"absent: it holds"`
	By      *Named      `json:"by,omitempty" doc:"who lifted it"`
	Reason  string      `json:"reason,omitempty"`
	Edit    bool        `json:"edit" doc:"the visitor may lift it"`
}

// AlarmLimits say from when on calls abroad are stopped; 0 is not looked at.
type AlarmLimits struct {
	AtOnce       int  `json:"at_once" doc:"most calls abroad of a person at the same time"`
	Group        int  `json:"group" doc:"most calls abroad of a group at the same time"`
	Destinations int  `json:"destinations" doc:"most numbers abroad of a person within an hour"`
	Short        int  `json:"short" doc:"so many short calls to one range within an hour are too many"`
	ShortSeconds int  `json:"short_seconds" doc:"a call that is shorter is a short one"`
	Country      bool `json:"country" doc:"the first call ever to a country is stopped outside opening hours"`
	Cut          bool `json:"cut" doc:"calls abroad that are up are ended too"`
}

// Alarms are stopped calls abroad, the last first, and the limits that hold.
type Alarms struct {
	Items  []Alarm     `json:"items" nullable:"false"`
	Next   string      `json:"next,omitempty"`
	Total  int         `json:"total"`
	Holds  int         `json:"holds" doc:"how many of them hold"`
	Limits AlarmLimits `json:"limits"`
	Edit   bool        `json:"edit" doc:"the visitor may change the limits"`
}

// seesAlarm reports whether a visitor may see an alarm: it stops him, or he may lift it.
func (v *visit) seesAlarm(a *pbx.Alarm) bool {
	return a != nil && (a.User == v.who.User || v.meets(command.AlarmNeed(v.s, a)))
}

func (s *Server) alarm(v *visit, a *pbx.Alarm) Alarm {
	out := Alarm{ID: a.ID, On: v.named(a.On), Kind: string(a.Kind), Text: s.say(v, i18n.T("alarm."+string(a.Kind), "n", strconv.Itoa(a.Count))), Raised: a.Raised,
		User: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(a.User)}), Number: a.Number, Country: a.Country, Count: a.Count, Cut: a.Cut, Lifted: a.Lifted, Reason: a.Reason,
		Edit: v.meets(command.AlarmNeed(v.s, a))}
	if a.By != "" {
		by := v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(a.By)})
		out.By = &by
	}
	return out
}

type alarmsIn struct {
	List
	Holds bool `query:"holds" doc:"only those that hold"`
}

func (s *Server) listAlarms(_ context.Context, v *visit, in *alarmsIn) (Alarms, error) {
	l := v.s.AlarmLimits()
	page := Alarms{Items: []Alarm{}, Limits: AlarmLimits(l), Edit: v.can(policy.RestrictionEdit, policy.System())}
	var rows []*pbx.Alarm
	for _, a := range v.s.Alarms {
		if !v.seesAlarm(a) || !matches(in.Q, v.s.NameOf(a.On), a.Number) {
			continue
		}
		if a.Lifted.IsZero() {
			page.Holds++
		} else if in.Holds {
			continue
		}
		rows = append(rows, a)
	}
	page.Total = len(rows)
	part, next, err := pageOf(rows, in.List, "-raised", func(a *pbx.Alarm) string { return a.Raised.UTC().Format(time.RFC3339Nano) }, func(a *pbx.Alarm) string { return string(a.ID) })
	page.Next = next
	for _, a := range part {
		page.Items = append(page.Items, s.alarm(v, a))
	}
	return page, err
}

type liftAlarm struct {
	Alarm string `path:"alarm"`
	Body  struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (s *Server) liftAlarm(ctx context.Context, v *visit, in *liftAlarm) (Alarm, error) {
	a := v.s.Alarms[pbx.AlarmID(in.Alarm)]
	if !v.seesAlarm(a) {
		return Alarm{}, missing()
	}
	if _, err := s.do(ctx, v, command.LiftAlarm{ID: a.ID, Reason: in.Body.Reason}); err != nil {
		return Alarm{}, err
	}
	return s.alarm(v, v.s.Alarms[a.ID]), nil
}

type editAlarms struct {
	Body struct {
		AtOnce       *int  `json:"at_once,omitempty"`
		Group        *int  `json:"group,omitempty"`
		Destinations *int  `json:"destinations,omitempty"`
		Short        *int  `json:"short,omitempty"`
		ShortSeconds *int  `json:"short_seconds,omitempty"`
		Country      *bool `json:"country,omitempty"`
		Cut          *bool `json:"cut,omitempty"`
	}
}

func (s *Server) patchAlarms(ctx context.Context, v *visit, in *editAlarms) (AlarmLimits, error) {
	b := in.Body
	_, err := s.do(ctx, v, command.EditAlarms{AtOnce: b.AtOnce, Group: b.Group, Destinations: b.Destinations, Short: b.Short, ShortSeconds: b.ShortSeconds, Country: b.Country, Cut: b.Cut})
	return AlarmLimits(v.s.AlarmLimits()), err
}
