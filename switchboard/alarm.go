package switchboard

import (
	"sync"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/toll"
)

// Alarms owns what is known about calls abroad, and stops them when they are too many (TF-06). Its methods may be called by many goroutines and never wait.
type Alarms struct {
	mu     sync.Mutex
	v      toll.Velocity
	raised func(pbx.Alarm)
	fresh  func(country string, at time.Time)
}

// NewAlarms takes what is known from before. Raised is told who is stopped from now on, fresh which country was called for the first time; both must not
// block.
func NewAlarms(v toll.Velocity, raised func(pbx.Alarm), fresh func(string, time.Time)) *Alarms {
	return &Alarms{v: v, raised: raised, fresh: fresh}
}

// Begin asks for a leg that wants to go abroad; 0 is a refusal.
func (a *Alarms) Begin(l pbx.AlarmLimits, f toll.Flight) int64 {
	a.mu.Lock()
	ticket, alarm, fresh := a.v.Begin(l, f)
	a.mu.Unlock()
	if alarm.Kind != "" {
		a.raised(alarm)
	}
	if fresh {
		a.fresh(f.Country, f.At)
	}
	return ticket
}

// End takes a leg back.
func (a *Alarms) End(l pbx.AlarmLimits, ticket int64, answered bool, talk time.Duration, at time.Time) {
	a.mu.Lock()
	alarm, bad := a.v.End(l, ticket, answered, talk, at)
	a.mu.Unlock()
	if bad {
		a.raised(alarm)
	}
}

// Lift lets somebody go abroad again.
func (a *Alarms) Lift(alarm *pbx.Alarm) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.v.Lift(alarm)
}

// takesOff reports whether a leg may go abroad, if that is where it goes.
func (r *run) takesOff(s *side) bool {
	if r.b.c.Alarms == nil || s.record.Charge == nil || !toll.Abroad(r.plan.Number.Class) {
		return true
	}
	config, _ := r.b.c.View()
	s.flight = r.b.c.Alarms.Begin(config.AlarmLimits(), toll.FlightOf(config, r.id, s.record.Charge.Payer, &r.plan.Number, r.now))
	return s.flight != 0
}

// land tells that a leg that went abroad is over.
func (r *run) land(s *side) {
	if s.flight == 0 {
		return
	}
	config, _ := r.b.c.View()
	answered, talk := s.talked(r.now)
	r.b.c.Alarms.End(config.AlarmLimits(), s.flight, answered, talk, r.now)
	s.flight = 0
}

// talked is how long a leg was up.
func (s *side) talked(now time.Time) (answered bool, talk time.Duration) {
	if s.record.Answered.IsZero() {
		return false, 0
	}
	ended := s.record.Ended
	if ended.IsZero() {
		ended = now
	}
	return true, ended.Sub(s.record.Answered)
}

// CutAbroad ends the calls abroad that are up of those whom an alarm stops.
func (b *Board) CutAbroad(a *pbx.Alarm) {
	b.calls.Range(func(_, r any) bool {
		r.(*run).post(&message{alarm: a})
		return true
	})
}

// alarmed ends the call when a leg of it went abroad for somebody whom an alarm stops.
func (r *run) alarmed(a *pbx.Alarm) {
	config, _ := r.b.c.View()
	for i, s := range r.sides {
		if s.flight == 0 || i >= len(r.state.Legs) || r.state.Legs[i].State >= call.LegStopping {
			continue
		}
		if f := toll.FlightOf(config, r.id, s.record.Charge.Payer, &r.plan.Number, r.now); a.About(f.Payer, f.Groups) {
			r.rule(i18n.T("toll.alarm"))
			r.cut(i18n.T("toll.cut.alarm"))
			return
		}
	}
}
