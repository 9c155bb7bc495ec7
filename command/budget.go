package command

import (
	"slices"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// Budget is what is typed about a budget (B-030, B-039, B-042…B-045); nil fields of a change stay.
type Budget struct {
	Name    *string
	On      *pbx.Ref
	Each    *bool
	Measure *pbx.BudgetMeasure
	Period  *pbx.Period
	Limit   *int64
	Classes *[]string
	Marks   *[]int
	Report  *bool
	Off     *bool
}

// BudgetNeed is what it takes to decide about a budget: budget.edit over whom it is for, and over the office for the office's. What a program may spend is for
// its owner to say, as the token is his; the program itself, which no token lets make tokens, cannot raise it (BAR TF-12).
func BudgetNeed(on pbx.Ref) Need {
	switch on.Kind {
	case pbx.KindGroup:
		return Need{policy.BudgetEdit, policy.Group(pbx.GroupID(on.ID))}
	case pbx.KindUser:
		return Need{policy.BudgetEdit, policy.User(pbx.UserID(on.ID))}
	case pbx.KindToken:
		return Need{policy.TokenCreate, policy.Token(pbx.TokenID(on.ID))}
	}
	return Need{policy.BudgetEdit, policy.System()}
}

// CreateBudget adds a budget.
type CreateBudget struct{ Budget }

// Need asks for budget.edit over whom it is for.
func (c CreateBudget) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	on := s.Tenant.Ref()
	set(&on, c.On)
	return []Need{BudgetNeed(on)}
}

// Change makes the budget.
func (c CreateBudget) Change(w *Work) (pbx.Change, error) {
	b := newBudget(w, w.Snapshot.Tenant.Ref())
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, b)
}

// newBudget is a budget as it is where nothing else is typed.
func newBudget(w *Work, on pbx.Ref) pbx.Budget {
	return pbx.Budget{ID: pbx.BudgetID(w.ID("bud")), On: on, Measure: pbx.MeasureMoney, Period: pbx.PeriodMonth, Marks: []int{80, 100}, Created: w.Now}
}

// EditBudget changes a budget; it holds from the next slice of every call on.
type EditBudget struct {
	ID pbx.BudgetID
	Budget
}

// Need asks for budget.edit over whom it is and will be for.
func (c EditBudget) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	b := s.Budgets[c.ID]
	if b == nil {
		return nil
	}
	needs := []Need{BudgetNeed(b.On)}
	if c.On != nil && *c.On != b.On {
		needs = append(needs, BudgetNeed(*c.On))
	}
	return needs
}

// Change writes the new fields.
func (c EditBudget) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Budgets[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	return c.write(w, *old)
}

func (c Budget) write(w *Work, b pbx.Budget) (pbx.Change, error) {
	w.object = b.Ref()
	if c.Name != nil {
		name, err := cleanName("name", *c.Name)
		if err != nil {
			return pbx.Change{}, err
		}
		b.Name = name
	}
	if c.On != nil {
		if *c.On != b.On && w.Snapshot.Find(*c.On) == nil {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "on", "budget.on_unknown")
		}
		b.On = *c.On
	}
	set(&b.Each, c.Each)
	set(&b.Measure, c.Measure)
	set(&b.Period, c.Period)
	set(&b.Limit, c.Limit)
	set(&b.Report, c.Report)
	set(&b.Off, c.Off)
	if c.Classes != nil {
		b.Classes = slices.Clone(*c.Classes)
	}
	if c.Marks != nil {
		b.Marks = slices.Clone(*c.Marks)
		slices.Sort(b.Marks)
		b.Marks = slices.Compact(b.Marks)
	}
	return pbx.Change{Put: []pbx.Noun{&b}}, nil
}

// RaiseBudget gives more of a budget until a moment, for a reason (B-045).
type RaiseBudget struct {
	ID     pbx.BudgetID
	User   pbx.UserID // of a budget that everybody has for himself: for whom
	More   int64
	Until  time.Time
	Reason string
}

// Need asks for budget.edit over whom the budget is for, or over the person whom alone it is raised for.
func (c RaiseBudget) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	b := s.Budgets[c.ID]
	switch {
	case b == nil:
		return nil
	case c.User != "" && b.Each:
		return []Need{{policy.BudgetEdit, policy.User(c.User)}}
	}
	return []Need{BudgetNeed(b.On)}
}

// Change adds the raise; those that are over go.
func (c RaiseBudget) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Budgets[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	switch {
	case !c.Until.After(w.Now):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "budget.until_past")
	case c.User != "" && (!old.Each || w.Snapshot.Users[c.User] == nil):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "user", "user.unknown")
	}
	b := *old
	b.Raises = slices.DeleteFunc(slices.Clone(old.Raises), func(r pbx.BudgetRaise) bool { return !r.Until.After(w.Now) })
	b.Raises = append(b.Raises, pbx.BudgetRaise{User: c.User, More: c.More, Until: c.Until.UTC().Truncate(time.Millisecond), Reason: strings.TrimSpace(c.Reason), By: w.Who.User})
	return pbx.Change{Put: []pbx.Noun{&b}}, nil
}

// DeleteBudget takes a budget away.
type DeleteBudget struct{ ID pbx.BudgetID }

// Need asks for budget.edit over whom it is for.
func (c DeleteBudget) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	b := s.Budgets[c.ID]
	if b == nil {
		return nil
	}
	return []Need{BudgetNeed(b.On)}
}

// Change deletes the row.
func (c DeleteBudget) Change(w *Work) (pbx.Change, error) {
	b := w.Snapshot.Budgets[c.ID]
	if b == nil {
		return pbx.Change{}, missing()
	}
	w.object = b.Ref()
	return pbx.Change{Delete: []pbx.Ref{b.Ref()}}, nil
}
