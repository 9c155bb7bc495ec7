package toll

import (
	"time"

	"tandem/pbx"
)

// moment is what the clock and the hours of the payer say; it is looked up when the first rule asks.
type moment struct {
	clock, office   bool // known
	weekend         bool
	minute          int
	closed, holiday bool
}

// holds reports whether a rule speaks about this moment.
func (m *moment) holds(s *pbx.Snapshot, q *Question, r *pbx.TollRule) bool {
	if r.From != r.Until || r.When == pbx.TollWeekend {
		m.read(s, q)
	}
	if r.From != r.Until {
		inside := m.minute >= r.From && m.minute < r.Until
		if r.Until < r.From {
			inside = m.minute >= r.From || m.minute < r.Until
		}
		if !inside {
			return false
		}
	}
	switch r.When {
	case pbx.TollWeekend:
		return m.weekend
	case pbx.TollOpen, pbx.TollClosed, pbx.TollHoliday:
		m.ask(s, q)
	}
	switch r.When {
	case pbx.TollOpen:
		return !m.closed
	case pbx.TollClosed:
		return m.closed
	case pbx.TollHoliday:
		return m.holiday
	}
	return true
}

// read is the clock on the payer's wall.
func (m *moment) read(s *pbx.Snapshot, q *Question) {
	if m.clock {
		return
	}
	m.clock = true
	t := q.At.In(s.Clock(q.Payer, q.At))
	m.minute = t.Hour()*60 + t.Minute()
	m.weekend = t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
}

// ask is what the hours say that the payer keeps.
func (m *moment) ask(s *pbx.Snapshot, q *Question) {
	if m.office {
		return
	}
	m.office = true
	if k := s.KeptBy(pbx.HoursID(q.Payer), q.At); k.Plan != nil {
		a := k.Plan.At(q.At)
		m.closed, m.holiday = a.State == pbx.StateClosed, a.Holiday
	}
}
