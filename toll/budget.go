package toll

import (
	"cmp"
	"slices"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// Draw is one budget that a call draws on.
type Draw struct {
	Budget  *pbx.Budget
	Account Account
	Limit   int64 // in millionths of the office's currency, or in seconds
}

// unit is how much of what a ledger counts one of what a limit is typed in is.
func unit(m pbx.BudgetMeasure) int64 {
	if m == pbx.MeasureTime {
		return 60
	}
	return pbx.Micros / 100
}

// Limit is how much somebody may spend of a budget at a moment, as a ledger counts it.
func Limit(b *pbx.Budget, u pbx.UserID, at time.Time) int64 {
	return b.LimitOf(u, at) * unit(b.Measure)
}

// AccountOf is what a budget counts on for somebody at a moment: one account for all, or one for each, that begins anew with each period. What is a guest
// room's alone begins anew with each check-in and check-out too: nobody spends what another guest has left of it (G-019).
func AccountOf(s *pbx.Snapshot, b *pbx.Budget, u pbx.UserID, at time.Time) Account {
	a := Account{Budget: b.ID, Window: Window(b.Period, at, s.OfficeClock()).Unix()}
	if b.Each {
		a.User = u
	}
	if owner := cmp.Or(a.User, s.BudgetOwner(b)); owner != "" {
		if since := s.OwnSince(owner); !since.After(at) {
			a.Window = max(a.Window, since.Unix())
		}
	}
	return a
}

// Draws lists the budgets that a call draws on: of the token that it was begun with, of the person, of his groups and those above them, and of the office.
func Draws(s *pbx.Snapshot, q *Question) []Draw { return AppendDraws(nil, s, q) }

// AppendDraws puts the budgets that a call draws on behind a list, for those who ask about many calls.
func AppendDraws(all []Draw, s *pbx.Snapshot, q *Question) []Draw {
	if q.To.Class == number.Emergency || !q.To.Class.IsOutside() {
		return all
	}
	reach(s, q.Payer, q.Token, q.At, func(b *pbx.Budget) bool {
		if counts(b, &q.To) && !slices.ContainsFunc(all, func(d Draw) bool { return d.Budget == b }) {
			all = append(all, Draw{b, AccountOf(s, b, q.Payer, q.At), Limit(b, q.Payer, q.At)})
		}
		return true
	})
	return all
}

// Reaching lists the budgets that are about somebody at a moment, whatever he calls.
func Reaching(s *pbx.Snapshot, u pbx.UserID, at time.Time) []*pbx.Budget {
	var all []*pbx.Budget
	reach(s, u, "", at, func(b *pbx.Budget) bool {
		if !slices.Contains(all, b) {
			all = append(all, b)
		}
		return true
	})
	return all
}

// counts reports whether calls to a number draw on a budget.
func counts(b *pbx.Budget, to *number.Number) bool {
	return len(b.Classes) == 0 || slices.Contains(b.Classes, to.Class.String())
}

// reach goes over the budgets that are about a person, and about the token that a program used; a budget that is reached on two ways comes twice.
func reach(s *pbx.Snapshot, u pbx.UserID, token pbx.TokenID, at time.Time, visit func(*pbx.Budget) bool) {
	each := func(list []*pbx.Budget) bool {
		for _, b := range list {
			if !visit(b) {
				return false
			}
		}
		return true
	}
	switch {
	case len(s.Budgets) == 0,
		token != "" && !each(s.BudgetsOn(pbx.Ref{Kind: pbx.KindToken, ID: string(token)})),
		!each(s.BudgetsOn(pbx.Ref{Kind: pbx.KindUser, ID: string(u)})):
		return
	}
	for _, m := range s.MembershipsOf(u) {
		if !m.IsActive(at) {
			continue
		}
		g := s.Groups[m.Group]
		for range pbx.Depth {
			if g == nil {
				break
			}
			if !each(s.BudgetsOn(g.Ref())) {
				return
			}
			g = s.Groups[g.Parent]
		}
	}
	each(s.BudgetsOn(s.Tenant.Ref()))
}

// needsPrice reports whether a call has to have a price because a budget of money would stop it: nobody can reserve what he does not know (TF-05).
func needsPrice(s *pbx.Snapshot, q *Question) bool {
	needs := false
	reach(s, q.Payer, q.Token, q.At, func(b *pbx.Budget) bool {
		needs = b.Measure == pbx.MeasureMoney && !b.Report && counts(b, &q.To)
		return !needs
	})
	return needs
}

// Slice is what a leg has to reserve on each account so that it may go on from one moment of its talk to another.
func Slice(draws []Draw, p pbx.Price, from, until time.Duration) []Side {
	return AppendSlice(make([]Side, 0, len(draws)), draws, p, from, until)
}

// AppendSlice puts what a leg has to reserve behind a list, for those who ask about many calls.
func AppendSlice(sides []Side, draws []Draw, p pbx.Price, from, until time.Duration) []Side {
	for _, d := range draws {
		sides = append(sides, Side{Account: d.Account, Limit: d.Limit, Open: d.Budget.Report, Amount: amount(d.Budget, p, until) - amount(d.Budget, p, from)})
	}
	return sides
}

// Short is the first budget that has not enough left for the first minute of a call, by what is spent; nil where all have.
func Short(draws []Draw, p pbx.Price, spent func(Account) int64) *Draw {
	for i, s := range Slice(draws, p, 0, time.Minute) {
		if s.Lacks(spent(s.Account)) {
			return &draws[i]
		}
	}
	return nil
}

// amount is what talk takes of a budget.
func amount(b *pbx.Budget, p pbx.Price, talk time.Duration) int64 {
	if b.Measure == pbx.MeasureTime {
		return int64((talk + time.Second - 1) / time.Second)
	}
	return p.Cost(talk)
}

// Took is what a leg that is over took of the accounts of its draws; an account that came into it otherwise keeps what is reserved.
func Took(draws []Draw, p pbx.Price, talk time.Duration) func(Account) (int64, bool) {
	return func(a Account) (int64, bool) {
		for _, d := range draws {
			if d.Account == a {
				return amount(d.Budget, p, talk), true
			}
		}
		return 0, false
	}
}

// Mark is the highest mark of a budget that is reached when so much of a limit is spent; 0 below the first.
func Mark(b *pbx.Budget, spent, limit int64) int {
	mark := 0
	for _, m := range b.Marks {
		if spent >= (limit*int64(m)+99)/100 && spent > 0 {
			mark = m
		}
	}
	return mark
}
