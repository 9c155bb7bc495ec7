package api

import (
	"context"
	"time"

	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

// Overview are the figures of the first page; each counts only what the visitor may see.
type Overview struct {
	CallsLive   int        `json:"calls_live"`
	Registered  int        `json:"registered" doc:"phones that are registered now"`
	Devices     int        `json:"devices"`
	People      int        `json:"people"`
	CallsToday  int        `json:"calls_today"`
	MissedToday int        `json:"missed_today"`
	Clock       *Clock     `json:"clock,omitempty" doc:"the clock of the machine was set, and nothing says yet that it is right; for who may change settings"`
	Problems    []Problem  `json:"problems" nullable:"false" doc:"rules that lead nowhere and that the visitor may mend"`
	Reviews     []Campaign `json:"reviews" nullable:"false" doc:"in which something waits for the visitor"`
	Checklist   []Step     `json:"checklist" nullable:"false" doc:"first steps of a new office; for who may change its settings"`
}

// Step is one line of the checklist.
type Step struct {
	ID   string `json:"id" enum:"people,phone,online,call,mail,public"`
	Done bool   `json:"done"`
}

// getOverview counts people, phones and calls. Phones are counted where set-up may be seen.
func (s *Server) getOverview(ctx context.Context, v *visit, _ *struct{}) (Overview, error) {
	var o Overview
	sees, lives := v.sight(policy.UserSee), v.sight(policy.CallSee)
	for _, u := range v.s.Users {
		if !sees.Sees(policy.User(u.ID)) {
			continue
		}
		o.People++
		if policy.Fields(v.s, v.who, u.ID, v.at).Has(policy.FieldSetup) {
			o.Devices += len(v.s.DevicesOf(u.ID))
			o.Registered += v.online(u.ID)
		}
	}
	for _, c := range v.live.Calls() {
		if lives.Sees(policy.Call(c)) {
			o.CallsLive++
		}
	}
	o.Clock = s.clock(v)
	o.Problems = s.problems(v, v.s.Broken())
	reviews, err := s.listCampaigns(ctx, v, &campaignsIn{State: "waiting"})
	if err != nil {
		return o, err
	}
	o.Reviews = reviews.Items
	o.CallsToday, o.MissedToday, err = s.today(ctx, v)
	if err != nil {
		return o, err
	}
	o.Checklist, err = s.checklist(ctx, v)
	return o, err
}

// today counts the records since midnight where the visitor lives.
func (s *Server) today(ctx context.Context, v *visit) (calls, missed int, err error) {
	details := v.sight(policy.CallDetail)
	q := store.CallQuery{Sight: scope(details), From: midnight(v.at, v.s.ZoneOf(v.who.User, v.at)), Limit: 200}
	if details.All() {
		t, err := s.c.Store.Tally(ctx, q.Sight, q.From)
		if err != nil {
			return 0, 0, err
		}
		calls, q.Result = t.Calls, "missed"
	} else {
		q.Keep = func(c *report.CDR) bool { return details.Sees(recordTarget(c)) }
	}
	n := 0
	for c, err := range s.c.Store.EachCall(ctx, q) {
		if err != nil {
			return 0, 0, err
		}
		if v.missed(c) {
			missed++
		}
		if n++; n == walked {
			break
		}
	}
	if !details.All() {
		calls = n
	}
	return calls, missed, nil
}

func midnight(at time.Time, zone string) time.Time {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	y, m, d := at.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, loc)
}

// checklist says how far a new office is.
func (s *Server) checklist(ctx context.Context, v *visit) ([]Step, error) {
	if !v.can(policy.SettingEdit, policy.System()) {
		return []Step{}, nil
	}
	t, err := s.c.Store.Tally(ctx, store.Scope{All: true}, time.Time{})
	if err != nil {
		return nil, err
	}
	return []Step{
		{"people", len(v.s.Users) > 1},
		{"phone", len(v.s.Devices) > 0},
		{"online", v.live.Registered() > 0},
		{"call", t.Calls > 0},
		{"mail", v.s.Tenant.Mail.Host != ""},
		{"public", v.s.Tenant.Public != ""},
	}, nil
}

// Health tells a watcher that the process answers.
type Health struct {
	OK      bool   `json:"ok"`
	Version string `json:"version"`
}

func (s *Server) getHealth(context.Context, *visit, *struct{}) (Health, error) {
	return Health{true, s.c.Version}, nil
}
