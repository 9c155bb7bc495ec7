package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
)

// Budget is how much may be spent, or talked, outside in a period, and how much of it is spent. Limits are hundredths of the office's currency or minutes;
// what is counted – spent and most – is millionths or seconds.
type Budget struct {
	ID       pbx.BudgetID  `json:"id"`
	Name     string        `json:"name"`
	On       BudgetPlace   `json:"on" doc:"whose it is"`
	Each     bool          `json:"each" doc:"everybody whom it reaches has it for himself"`
	Measure  string        `json:"measure" enum:"money,time"`
	Period   string        `json:"period" enum:"day,week,month"`
	Limit    int64         `json:"limit" doc:"hundredths of the currency, or minutes"`
	Classes  []string      `json:"classes" nullable:"false" doc:"only calls to these numbers draw on it; empty: all"`
	Marks    []int         `json:"marks" nullable:"false" doc:"percent at which is warned"`
	Report   bool          `json:"report" doc:"at its end calls go on and it is told; else they are refused and cut"`
	Raises   []BudgetRaise `json:"raises" nullable:"false" doc:"that hold now"`
	Off      bool          `json:"off"`
	Currency string        `json:"currency,omitempty"`
	Begun    time.Time     `json:"begun" doc:"beginning of the running period"`
	Renews   time.Time     `json:"renews" doc:"its end"`
	Spent    int64         `json:"spent" doc:"millionths of the currency, or seconds, with what running calls hold; of a budget that each has for himself: of whoever used most of it"`
	Most     int64         `json:"most" doc:"the limit with what was added to it, in the same"`
	People   []BudgetUse   `json:"people" nullable:"false" doc:"of a budget that each has for himself: who used most of it"`
	Edit     bool          `json:"edit" doc:"the visitor may change it"`
	Revision string        `json:"revision,omitempty"`
}

// BudgetPlace is whose a budget is.
type BudgetPlace struct {
	Kind string `json:"kind" enum:"office,group,user,token"`
	ID   string `json:"id,omitempty" doc:"absent for the office"`
	Name string `json:"name,omitempty" doc:"not read"`
}

// BudgetRaise is more of a budget for a while.
type BudgetRaise struct {
	User   pbx.UserID `json:"user,omitempty" doc:"for whom alone"`
	Name   string     `json:"name,omitempty"`
	More   int64      `json:"more" doc:"hundredths of the currency, or minutes"`
	Until  time.Time  `json:"until"`
	Reason string     `json:"reason"`
	By     string     `json:"by,omitempty" doc:"name of who gave it"`
}

// BudgetUse is what one person has used of a budget that each has for himself.
type BudgetUse struct {
	User  pbx.UserID `json:"user"`
	Name  string     `json:"name"`
	Spent int64      `json:"spent"`
	Most  int64      `json:"most"`
}

// seesBudget reports whether a visitor may see a budget and what is left of it: he decides about it, may see what the calls of those cost whom it is for,
// or it is about himself.
func (v *visit) seesBudget(b *pbx.Budget) bool {
	n := command.BudgetNeed(b.On)
	return v.meets(n) || v.can(policy.CostSee, n.Target)
}

func (s *Server) spent(a toll.Account) int64 {
	if s.c.Spent == nil {
		return 0
	}
	return s.c.Spent(a)
}

// budget shows a budget; of one that each has for himself the gauge is that of one person, or of whoever used most.
func (s *Server) budget(v *visit, b *pbx.Budget, of pbx.UserID) Budget {
	begun := toll.Window(b.Period, v.at, v.s.OfficeClock())
	out := Budget{ID: b.ID, Name: b.Name, Each: b.Each, Measure: string(b.Measure), Period: string(b.Period), Limit: b.Limit, Classes: append([]string{}, b.Classes...), Marks: append([]int{}, b.Marks...),
		Report: b.Report, Off: b.Off, Raises: []BudgetRaise{}, People: []BudgetUse{}, Currency: v.s.Tenant.Currency, Begun: begun, Renews: toll.Next(b.Period, begun), Edit: v.meets(command.BudgetNeed(b.On)), Revision: command.Revision(b)}
	switch b.On.Kind {
	case pbx.KindSettings:
		out.On = BudgetPlace{Kind: "office", Name: v.s.Tenant.Name}
	default:
		out.On = BudgetPlace{Kind: string(b.On.Kind), ID: b.On.ID, Name: v.s.NameOf(b.On)}
	}
	for _, r := range b.Raises {
		if !v.at.Before(r.Until) || of != "" && r.User != "" && r.User != of {
			continue
		}
		row := BudgetRaise{User: r.User, More: r.More, Until: r.Until, Reason: r.Reason}
		if r.User != "" {
			row.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(r.User)})
		}
		if v.knows(r.By) {
			row.By = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(r.By)})
		}
		out.Raises = append(out.Raises, row)
	}
	if !b.Each || of != "" {
		out.Spent, out.Most = s.spent(toll.AccountOf(v.s, b, of, v.at)), toll.Limit(b, of, v.at)
		return out
	}
	out.Most = toll.Limit(b, "", v.at)
	for id := range v.s.Users {
		use := BudgetUse{User: id, Spent: s.spent(toll.AccountOf(v.s, b, id, v.at)), Most: toll.Limit(b, id, v.at)}
		if use.Spent > 0 && v.can(policy.CostSee, policy.User(id)) {
			use.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(id)})
			out.People = append(out.People, use)
		}
	}
	slices.SortFunc(out.People, func(a, b BudgetUse) int {
		return cmp.Or(cmp.Compare(b.Spent, a.Spent), strings.Compare(a.Name, b.Name))
	})
	out.People = out.People[:min(len(out.People), 20)]
	if len(out.People) > 0 {
		out.Spent, out.Most = out.People[0].Spent, out.People[0].Most
	}
	return out
}

// Budgets are budgets, and what somebody needs who adds one.
type Budgets struct {
	Items    []Budget `json:"items" nullable:"false"`
	Next     string   `json:"next,omitempty"`
	Total    int      `json:"total"`
	Currency string   `json:"currency,omitempty" doc:"of the office; absent before the first price list: then only minutes can be counted"`
	Priced   bool     `json:"priced" doc:"there is a price list; without one, budgets of money refuse every call outside"`
}

type budgetsIn struct{ List }

// listBudgets lists the budgets that a visitor decides about, or whose costs he may see.
func (s *Server) listBudgets(_ context.Context, v *visit, in *budgetsIn) (Budgets, error) {
	var rows []*pbx.Budget
	for _, b := range v.s.Budgets {
		if v.seesBudget(b) && matches(in.Q, b.Name, v.s.NameOf(b.On)) {
			rows = append(rows, b)
		}
	}
	part, next, err := pageOf(rows, in.List, "name", func(b *pbx.Budget) string { return strings.ToLower(b.Name) }, func(b *pbx.Budget) string { return string(b.ID) })
	page := Budgets{Items: make([]Budget, 0, len(part)), Next: next, Total: len(rows), Currency: v.s.Tenant.Currency, Priced: len(v.s.Decks) > 0}
	for _, b := range part {
		page.Items = append(page.Items, s.budget(v, b, ""))
	}
	return page, err
}

type ownBudgetsIn struct {
	User string `path:"user"`
}

// userBudgets lists the budgets that calls of a person draw on, with what he has used of his own.
func (s *Server) userBudgets(_ context.Context, v *visit, in *ownBudgetsIn) (Budgets, error) {
	u := pbx.UserID(in.User)
	page := Budgets{Items: []Budget{}, Currency: v.s.Tenant.Currency, Priced: len(v.s.Decks) > 0}
	for _, b := range toll.Reaching(v.s, u, v.at) {
		if !v.seesBudget(b) && !b.Each && b.On.Kind != pbx.KindUser { // what others spend of a common budget is not shown: only that there is one
			shown := s.budget(v, b, u)
			shown.Spent, shown.Raises = 0, []BudgetRaise{}
			shown.Most = 0
			page.Items = append(page.Items, shown)
			continue
		}
		page.Items = append(page.Items, s.budget(v, b, u))
	}
	page.Total = len(page.Items)
	return page, nil
}

type budgetIn struct {
	Budget string `path:"budget"`
}

func (s *Server) getBudget(_ context.Context, v *visit, in *budgetIn) (Budget, error) {
	b := v.s.Budgets[pbx.BudgetID(in.Budget)]
	if b == nil || !v.seesBudget(b) {
		return Budget{}, missing()
	}
	return s.budget(v, b, ""), nil
}

type budgetBody struct {
	Name     *string      `json:"name,omitempty"`
	On       *BudgetPlace `json:"on,omitempty"`
	Each     *bool        `json:"each,omitempty"`
	Measure  *string      `json:"measure,omitempty" enum:"money,time"`
	Period   *string      `json:"period,omitempty" enum:"day,week,month"`
	Limit    *int64       `json:"limit,omitempty" doc:"hundredths of the currency, or minutes"`
	Classes  *[]string    `json:"classes,omitempty"`
	Marks    *[]int       `json:"marks,omitempty"`
	Report   *bool        `json:"report,omitempty"`
	Off      *bool        `json:"off,omitempty"`
	Revision string       `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *budgetBody) read() command.Budget {
	c := command.Budget{Name: b.Name, Each: b.Each, Limit: b.Limit, Classes: b.Classes, Marks: b.Marks, Report: b.Report, Off: b.Off}
	if b.On != nil {
		on := pbx.Ref{Kind: pbx.Kind(b.On.Kind), ID: b.On.ID}
		if b.On.Kind == "office" {
			on = officeRef()
		}
		c.On = &on
	}
	if b.Measure != nil {
		m := pbx.BudgetMeasure(*b.Measure)
		c.Measure = &m
	}
	if b.Period != nil {
		p := pbx.Period(*b.Period)
		c.Period = &p
	}
	return c
}

type newBudget struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body budgetBody
}

func (s *Server) createBudget(ctx context.Context, v *visit, in *newBudget) (Budget, error) {
	made, err := s.made(ctx, v, command.CreateBudget{Budget: in.Body.read()}, in.Dry)
	if err != nil {
		return Budget{}, err
	}
	return s.budget(v, v.s.Budgets[pbx.BudgetID(made.ID)], ""), nil
}

type editBudget struct {
	Budget string `path:"budget"`
	Dry    bool   `query:"dry" doc:"only say what it would be"`
	Match  string `header:"If-Match" doc:"revision that was shown"`
	Body   budgetBody
}

func (s *Server) patchBudget(ctx context.Context, v *visit, in *editBudget) (Budget, error) {
	b := v.s.Budgets[pbx.BudgetID(in.Budget)]
	if b == nil || !v.seesBudget(b) {
		return Budget{}, missing()
	}
	c := command.EditBudget{ID: b.ID, Budget: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindBudget, in.Budget, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Budget{}, err
	}
	return s.budget(v, v.s.Budgets[b.ID], ""), nil
}

type raiseBudget struct {
	Budget string `path:"budget"`
	Dry    bool   `query:"dry" doc:"only say what it would be"`
	Body   struct {
		User   pbx.UserID `json:"user,omitempty" doc:"of a budget that each has for himself: for whom; absent: for all"`
		More   int64      `json:"more" doc:"hundredths of the currency, or minutes"`
		Until  time.Time  `json:"until,omitzero" doc:"absent: the end of today"`
		Reason string     `json:"reason"`
	}
}

// raiseBudget gives more of a budget for a while.
func (s *Server) raiseBudget(ctx context.Context, v *visit, in *raiseBudget) (Budget, error) {
	b := v.s.Budgets[pbx.BudgetID(in.Budget)]
	if b == nil || !v.seesBudget(b) && !(b.Each && in.Body.User != "" && v.can(policy.BudgetEdit, policy.User(in.Body.User))) {
		return Budget{}, missing()
	}
	until := in.Body.Until
	if until.IsZero() {
		until = toll.Next(pbx.PeriodDay, toll.Window(pbx.PeriodDay, v.at, v.s.OfficeClock()))
	}
	c := command.RaiseBudget{ID: b.ID, User: in.Body.User, More: in.Body.More, Until: until, Reason: in.Body.Reason}
	if err := s.doOrTry(ctx, v, c, in.Dry); err != nil {
		return Budget{}, err
	}
	return s.budget(v, v.s.Budgets[b.ID], in.Body.User), nil
}

func (s *Server) deleteBudget(ctx context.Context, v *visit, in *budgetIn) error {
	b := v.s.Budgets[pbx.BudgetID(in.Budget)]
	if b == nil || !v.seesBudget(b) {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteBudget{ID: b.ID})
	return err
}
