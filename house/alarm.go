package house

import (
	"context"
	"strconv"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
	"tandem/switchboard"
	"tandem/toll"
)

// alarmRetry is how long the house waits before it tries again to write an alarm down.
const alarmRetry = time.Second

// called is a country that was called for the first time.
type called struct {
	country string
	at      time.Time
}

// openAlarms gathers what is known about calls abroad: the countries that were ever called, and the legs of the last hour (TF-06).
func (h *House) openAlarms(ctx context.Context) error {
	var v toll.Velocity
	countries, err := h.Store.Countries(ctx)
	if err != nil {
		return err
	}
	for _, c := range countries {
		v.Known(c)
	}
	s, now := h.snapshot(), time.Now()
	limits := s.AlarmLimits()
	q := store.CallQuery{Sight: store.Scope{All: true}, From: now.Add(-time.Hour), Sort: "started"}
	for c, err := range h.Store.EachCall(ctx, q) {
		if err != nil {
			return err
		}
		flownBefore(&v, s, c, limits)
	}
	for _, a := range s.Alarms {
		if !a.Lifted.IsZero() {
			v.Lift(a)
		}
	}
	h.alarms = switchboard.NewAlarms(v, h.alarmRaised, func(country string, at time.Time) {
		select {
		case h.countries <- called{country, at}:
		default: // it is noted with the next call there after a restart
		}
	})
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		for id, a := range next.Alarms {
			if before := old.Alarms[id]; before != nil && before.Lifted.IsZero() && !a.Lifted.IsZero() {
				h.alarms.Lift(a)
			}
		}
	}))
	return nil
}

// flownBefore puts in the legs of a call that went abroad.
func flownBefore(v *toll.Velocity, s *pbx.Snapshot, c *report.CDR, l pbx.AlarmLimits) {
	for i := range c.Legs {
		leg := &c.Legs[i]
		if leg.Charge == nil {
			continue
		}
		if to := s.PlaceOf(leg.Charge.Payer, "", leg.Started).Read(leg.Party.Number); toll.Abroad(to.Class) {
			short := !leg.Answered.IsZero() && leg.Talk() < time.Duration(l.ShortSeconds)*time.Second
			v.Past(toll.FlightOf(s, c.ID, leg.Charge.Payer, &to, leg.Started), short)
		}
	}
}

// alarmRaised hands an alarm to whoever writes it down; calls do not wait.
func (h *House) alarmRaised(a pbx.Alarm) {
	select {
	case h.raised <- a:
	default:
		h.log.Error("too many alarms at once; calls abroad stay stopped until the next start", "user", a.User)
	}
}

// tellAlarms writes alarms down, cuts what is to be cut and tells who has to know, until ctx ends.
func (h *House) tellAlarms(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-h.countries:
			if err := h.Store.CountryCalled(ctx, c.country, c.at); err != nil && ctx.Err() == nil {
				h.log.Error("noting that a country was called", "country", c.country, "error", err)
			}
		case a := <-h.raised:
			h.raise(ctx, a)
		}
	}
}

func (h *House) raise(ctx context.Context, a pbx.Alarm) {
	h.log.Warn("calls_abroad_stopped", "on", a.On, "kind", a.Kind, "user", a.User, "number", a.Number, "count", a.Count)
	if a.Cut {
		h.Board.CutAbroad(&a)
	}
	for {
		r, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, command.RaiseAlarm{Alarm: a})
		if err == nil {
			if made := r.Snapshot.Alarms[pbx.AlarmID(r.Object.ID)]; made != nil && len(r.Differences) > 0 {
				h.tellStopped(r.Snapshot, made)
			}
			return
		}
		h.log.Error("an alarm cannot be written down; calls abroad stay stopped", "user", a.User, "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(alarmRetry):
		}
	}
}

// tellStopped tells whom an alarm concerns: who paid for the call, and those who can lift it.
func (h *House) tellStopped(s *pbx.Snapshot, a *pbx.Alarm) {
	h.informNow(notice{Happening: policy.Happening{Kind: policy.NoticeAlarm, Users: people(a.User), Over: command.AlarmNeed(s, a).Target}, about: a.Ref(), page: "/alarms", says: pbx.Says{
		Args:  map[string]string{"whom": s.NameOf(a.On), "number": a.Number},
		Words: map[string]i18n.Text{"what": i18n.T("alarm."+string(a.Kind), "n", strconv.Itoa(a.Count))}, Times: map[string]time.Time{"at": a.Raised}}})
}
