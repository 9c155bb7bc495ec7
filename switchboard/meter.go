package switchboard

import (
	"context"
	"slices"
	"sync"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
	"tandem/toll"
)

// The slices that are reserved (TF-04): a call has the next minute before it needs it, and one that gets no more is told, and cut while the last still
// covers it.
const (
	slice     = time.Minute
	askBefore = 30 * time.Second
	cutBefore = time.Second
)

// meter pays for one leg that leads outside. It goes with the leg from call to call; whoever sent the call out pays to its end.
type meter struct {
	b     *Board
	call  pbx.CallID
	leg   pbx.LegID
	wire  pbx.LegID
	asked toll.Question
	price pbx.Price

	mu    sync.Mutex  // one question after the other, and none after the end
	draws []toll.Draw // that the next slice draws on
	drawn []toll.Draw // on which something is held
	paid  time.Duration
	over  bool
	timer *time.Timer
}

// metered tells a call what became of a question.
type metered struct {
	leg   pbx.LegID
	first bool
	ok    bool
	end   bool // what is paid is used up
	lacks *toll.Draw
}

// allowance asks for the first slice of a leg. Calls that no budget is about, and those of an office that keeps no till, go on at once.
func (r *run) allowance(e call.AskAllowance) call.Input {
	s, _ := r.side(e.Leg)
	if !r.takesOff(s) {
		r.rule(i18n.T("toll.alarm"))
		return call.Allowed{Leg: e.Leg, Text: i18n.T("toll.refused.alarm", "number", r.plan.To.Number), Spoken: "say.refused.class"}
	}
	till, charge := r.b.c.Till, s.record.Charge
	if till == nil || charge == nil {
		return call.Allowed{Leg: e.Leg, OK: true}
	}
	config, _ := r.b.c.View()
	m := &meter{b: r.b, call: r.id, leg: s.leg, wire: s.wire, price: charge.Price,
		asked: toll.Question{Payer: charge.Payer, Token: charge.Token, To: r.plan.Number, At: r.now}}
	if m.draws = toll.Draws(config, &m.asked); len(m.draws) == 0 {
		return call.Allowed{Leg: e.Leg, OK: true}
	}
	s.meter = m
	r.b.paying.Go(func() { m.ask(r) })
	return nil
}

// ask reserves the next slice and tells the call that has the leg now; before the first one that is the call that wants to dial it. Between two slices budgets may have been raised, or come and gone: what is
// asked is what holds at that moment.
func (m *meter) ask(first *run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return
	}
	config, _ := m.b.c.View()
	m.asked.At = time.Now()
	m.draws = m.again(toll.Draws(config, &m.asked))
	lacks, err := m.b.c.Till.Reserve(context.Background(), m.call, m.leg, m.asked.Payer, m.draws, m.price, m.paid, m.paid+slice)
	if err != nil {
		m.b.c.Log.Error("a reservation cannot be written", "call", m.call, "leg", m.leg, "error", err)
	}
	ok := err == nil && lacks == nil
	if ok {
		m.paid += slice
		for _, d := range m.draws {
			if !slices.ContainsFunc(m.drawn, func(o toll.Draw) bool { return o.Account == d.Account }) {
				m.drawn = append(m.drawn, d)
			}
		}
	}
	t := &metered{leg: m.leg, first: first != nil, ok: ok, lacks: lacks}
	if first != nil { // the leg has not been dialled: nobody else knows it
		first.post(&message{metered: t})
		return
	}
	m.tell(t)
}

// mustPay refuses a plan that leads outside when its first minute could not be reserved now. It reserves nothing: that is asked when the number is dialled.
func (b *Board) mustPay(s *pbx.Snapshot, plan *route.Plan, now time.Time) {
	if b.c.Till == nil || plan.Refuse != "" || plan.IsEmergency() || plan.Beside() || len(plan.Attempts) == 0 || plan.Attempts[0].Targets[0].Trunk == "" {
		return
	}
	draws := toll.Draws(s, &toll.Question{Payer: plan.Payer, Token: plan.Token, To: plan.Number, At: now})
	if lacks := toll.Short(draws, plan.Attempts[0].Targets[0].Quote.Price, b.c.Till.Spent); lacks != nil {
		text, spoken := unpaid(s, lacks)
		plan.Attempts, plan.Refuse, plan.Text, plan.Spoken = nil, pbx.CauseDenied, text, spoken
		plan.Trace = append(plan.Trace, i18n.T("toll.cut.budget", "name", lacks.Budget.Name))
	}
}

// again keeps the accounts that a leg draws on already: a call over midnight goes on in the day in which it began, and pays there.
func (m *meter) again(now []toll.Draw) []toll.Draw {
	if m.paid == 0 {
		return now
	}
	for i := range now {
		for _, d := range m.drawn {
			if d.Budget.ID == now[i].Budget.ID {
				now[i].Account = d.Account
			}
		}
	}
	return now
}

func (m *meter) tell(t *metered) {
	if r, ok := m.b.callWith(m.wire); ok {
		r.post(&message{metered: t})
	}
}

// begin starts the clock of a leg that was answered.
func (m *meter) begin(answered time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.arm(time.Until(answered.Add(m.paid)) - askBefore)
}

// arm is called with the lock held.
func (m *meter) arm(after time.Duration) {
	if !m.over {
		m.timer = time.AfterFunc(after, func() { m.b.paying.Go(func() { m.ask(nil) }) })
	}
}

// last waits for the end of what is paid.
func (m *meter) last(answered time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.over {
		m.timer = time.AfterFunc(time.Until(answered.Add(m.paid))-cutBefore, func() { m.tell(&metered{leg: m.leg, end: true}) })
	}
}

// end settles what the leg took.
func (m *meter) end(talk time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return
	}
	m.over = true
	if m.timer != nil {
		m.timer.Stop()
	}
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		err := m.b.c.Till.Settle(context.Background(), m.leg, toll.Took(m.drawn, m.price, talk))
		if err == nil {
			return
		}
		m.b.c.Log.Error("what a call took cannot be written; its reservation stands until it can", "call", m.call, "leg", m.leg, "error", err)
		if m.b.isClosing() {
			return // the next start settles it by its record
		}
		time.Sleep(wait)
	}
}

// metered takes in what became of a question: of the first the machine is told, of the others the clock.
func (r *run) metered(t *metered) {
	i := r.state.Find(t.leg)
	if i < 0 || i >= len(r.sides) {
		return
	}
	s := r.sides[i]
	if t.first {
		in := call.Allowed{Leg: t.leg, OK: t.ok}
		if !t.ok {
			config, _ := r.b.c.View()
			if in.Text, in.Spoken = unpaid(config, t.lacks); t.lacks != nil {
				r.rule(i18n.T("toll.cut.budget", "name", t.lacks.Budget.Name))
			}
		}
		r.step(in)
		return
	}
	if s.meter == nil || s.record.Answered.IsZero() {
		return
	}
	switch {
	case t.end:
		r.cut(i18n.T("toll.spent"))
	case t.ok:
		s.meter.begin(s.record.Answered)
	default:
		if t.lacks != nil {
			r.rule(i18n.T("toll.cut.budget", "name", t.lacks.Budget.Name))
		}
		r.warn()
		s.meter.last(s.record.Answered)
	}
}

// unpaid says why a call cannot be paid; whose budget it is stands in the record for who may see it, and is not told to callers (N-18). That of a token
// is named: whoever used it has to know that it is the program's that is used up, and not his own.
func unpaid(s *pbx.Snapshot, lacks *toll.Draw) (text i18n.Text, spoken string) {
	if lacks == nil {
		return i18n.T("toll.refused.till"), "say.refused.failed"
	}
	text, spoken = i18n.T("toll.refused.budget"), "say.refused.budget"
	if lacks.Budget.Measure == pbx.MeasureTime {
		text, spoken = i18n.T("toll.refused.time"), "say.refused.talk_time"
	}
	if on := lacks.Budget.On; on.Kind == pbx.KindToken {
		text = i18n.T("toll.refused.token", "name", lacks.Budget.Name, "token", s.NameOf(on))
	}
	return text, spoken
}

// rule notes which rule ends or refuses the call.
func (r *run) rule(t i18n.Text) { r.why = append(r.why, t) }

// cut ends the call because a rule says so.
func (r *run) cut(text i18n.Text) {
	r.stopper = pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}
	r.step(call.Stop{Cause: pbx.CauseHangup, Text: text})
}

// pay begins the clocks of legs that were answered, and settles those that are over.
func (r *run) pay() {
	for i, s := range r.sides {
		if s.meter == nil && s.flight == 0 || i >= len(r.state.Legs) {
			continue
		}
		switch {
		case !s.record.Ended.IsZero() || r.state.Legs[i].State >= call.LegStopping:
			r.settle(s)
			r.land(s)
		case s.meter == nil:
		case !s.record.Answered.IsZero() && !s.ticking:
			s.ticking = true
			s.meter.begin(s.record.Answered)
		}
	}
}

// settle ends the meter of a side. It waits for nothing.
func (r *run) settle(s *side) {
	m := s.meter
	if m == nil {
		return
	}
	s.meter = nil
	_, talk := s.talked(r.now)
	r.b.paying.Go(func() { m.end(talk) })
}
