package house

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
	"tandem/switchboard"
	"tandem/toll"
)

// remembered is how long it is known what a budget spent: longer than the longest period.
const remembered = pbx.SpentKept * 24 * time.Hour

// Ledger reads back what was spent, and what calls hold.
func (m *Memory) Ledger(ctx context.Context) (l toll.Ledger, err error) {
	spent, held, err := m.Store.Ledger(ctx, time.Now().Add(-remembered))
	if err != nil {
		return l, err
	}
	for _, s := range spent {
		l.Begin(toll.Account{Budget: s.Budget, User: s.User, Window: s.Window}, s.Amount)
	}
	for _, r := range held {
		line := toll.Line{Call: r.Call, Leg: r.Leg}
		for _, s := range r.Held {
			line.Held = append(line.Held, toll.Held{Account: toll.Account{Budget: s.Budget, User: s.User, Window: s.Window}, Amount: s.Amount})
		}
		l.Apply(line)
	}
	return l, nil
}

// openTill reads the ledger back and settles what calls held that are over: by their records where there are some. A call that a crash cut off keeps
// its whole reservation, so that nothing is won by crashing (TF-13).
func (h *House) openTill(ctx context.Context) error {
	l, err := h.Ledger(ctx)
	if err != nil {
		return err
	}
	h.till = switchboard.NewTill(l, h.writeLine, h.markReached)
	for _, open := range h.till.Running() {
		if err := h.till.Settle(ctx, open.Leg, h.tookOf(ctx, open)); err != nil {
			return err
		}
	}
	return nil
}

// tookOf is what the record of a call says that a leg took.
func (h *House) tookOf(ctx context.Context, open toll.Open) func(toll.Account) (int64, bool) {
	whole := func(toll.Account) (int64, bool) { return 0, false }
	c, err := h.Store.Call(ctx, open.Call)
	if err != nil {
		return whole
	}
	leg, c := h.findLeg(ctx, c, open.Leg)
	if leg == nil || c.Cause == pbx.CauseInterrupted || leg.Charge == nil {
		return whole
	}
	var draws []toll.Draw
	for _, b := range h.snapshot().Budgets {
		draws = append(draws, toll.Draw{Budget: b, Account: toll.Account{Budget: b.ID}})
	}
	took := toll.Took(draws, leg.Charge.Price, leg.Talk())
	return func(a toll.Account) (int64, bool) { return took(toll.Account{Budget: a.Budget}) }
}

// findLeg looks for a leg in the record of the call that dialled it, and in those of the calls it may have been handed on to.
func (h *House) findLeg(ctx context.Context, c report.CDR, id pbx.LegID) (*report.Leg, report.CDR) {
	for _, other := range c.Linked {
		o, err := h.Store.Call(ctx, other)
		if err != nil {
			continue
		}
		if i := slices.IndexFunc(o.Legs, func(l report.Leg) bool { return l.ID == id && l.Charge != nil }); i >= 0 {
			return &o.Legs[i], o
		}
	}
	if i := slices.IndexFunc(c.Legs, func(l report.Leg) bool { return l.ID == id }); i >= 0 {
		return &c.Legs[i], c
	}
	return nil, c
}

// writeLine writes down what the till decided.
func (h *House) writeLine(ctx context.Context, line toll.Line) error {
	r := store.Reserved{Call: line.Call, Leg: line.Leg, Ends: line.Ends}
	for _, held := range line.Held {
		r.Held = append(r.Held, store.Spent{Budget: held.Account.Budget, User: held.Account.User, Window: held.Account.Window, Amount: held.Amount})
	}
	return h.Store.Reserve(ctx, r)
}

// markReached hands a mark to whoever tells it; the till does not wait.
func (h *House) markReached(r switchboard.Reached) {
	select {
	case h.marks <- r:
	default:
		h.log.Warn("too many marks of budgets at once; one is told at the next start", "budget", r.Draw.Budget.ID)
	}
}

// tellMarks tells which marks of budgets were reached, until ctx ends (B-044, B-066).
func (h *House) tellMarks(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-h.marks:
			if err := h.tellMark(ctx, r); err != nil && ctx.Err() == nil {
				h.log.Error("telling that a mark of a budget is reached", "budget", r.Draw.Budget.ID, "error", err)
			}
		}
	}
}

// tellMark writes the fact and tells whoever is concerned, once for every mark and period, also over a crash.
func (h *House) tellMark(ctx context.Context, r switchboard.Reached) error {
	s, now, b := h.snapshot(), time.Now(), r.Draw.Budget
	data := event.Budget{User: r.Draw.Account.User, Mark: r.Mark, Spent: r.Spent, Limit: r.Draw.Limit, Payer: r.Payer}
	f := event.New(event.BudgetReached, now, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, b.Ref(), data)
	f.Reason = strconv.Itoa(r.Mark) + " %"
	t := h.inform(budgetNotice(s, r))
	a := store.Spent{Budget: b.ID, User: r.Draw.Account.User, Window: r.Draw.Account.Window}
	stored, err := h.Store.Marked(ctx, a, r.Mark, []event.Fact{f}, t.rows...)
	if err != nil || len(stored) == 0 {
		return err
	}
	h.spread(ctx, t)
	h.log.Warn("budget_reached", "budget", b.Name, "user", r.Draw.Account.User, "percent", r.Mark)
	return h.publish(ctx, stored)
}

// budgetNotice tells the person whose budget it is, and those who decide about it – of a department's budget the nearest of them only.
func budgetNotice(s *pbx.Snapshot, r switchboard.Reached) notice {
	b, page := r.Draw.Budget, "/budgets?peek="+string(r.Draw.Budget.ID)
	owner, over := cmp.Or(r.Draw.Account.User, s.BudgetOwner(b)), command.BudgetNeed(b.On).Target
	if owner != "" {
		over = policy.User(owner)
	}
	if b.On.Kind == pbx.KindToken {
		page = "/tokens"
	}
	amount := func(n int64) string {
		if b.Measure == pbx.MeasureTime {
			return fmt.Sprintf("%d:%02d", n/3600, n/60%60)
		}
		return fmt.Sprintf("%d.%02d %s", n/pbx.Micros, n%pbx.Micros/(pbx.Micros/100), s.Tenant.Currency)
	}
	whose := s.NameOf(b.On)
	switch {
	case r.Draw.Account.User != "":
		whose = s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(r.Draw.Account.User)})
	case b.On.Kind == pbx.KindSettings:
		whose = s.Tenant.Name
	}
	then := i18n.T("notice.budget.goes_on")
	if !b.Report {
		then = i18n.T("notice.budget.stops")
	}
	return notice{Happening: policy.Happening{Kind: policy.NoticeBudget, Users: people(owner), Over: over}, about: b.Ref(), page: page, says: pbx.Says{
		Args:  map[string]string{"title": b.Name, "whose": whose, "percent": strconv.Itoa(r.Mark), "spent": amount(r.Spent), "limit": amount(r.Draw.Limit)},
		Words: map[string]i18n.Text{"then": then}}}
}
