package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/hours"
	"tandem/number"
)

// Budget is how much may be spent, or talked, outside in a period (B-030, B-039, B-042…B-045, N-11). A call draws on every budget that reaches
// whoever pays it.
type Budget struct {
	ID      BudgetID      `json:"id"`
	Name    string        `json:"name"`
	On      Ref           `json:"on"`             // the office (settings), a group with all below it, a person, or a token and the calls that a program begins with it (BAR TF-12)
	Each    bool          `json:"each,omitempty"` // everybody whom it reaches has it for himself; else they share it
	Measure BudgetMeasure `json:"measure"`
	Period  Period        `json:"period"`
	Limit   int64         `json:"limit"`             // hundredths of the office's currency, or minutes
	Classes []string      `json:"classes,omitempty"` // of number.OutsideClasses: only calls there draw on it; empty: all
	Marks   []int         `json:"marks,omitempty"`   // percent of the limit at which is warned, rising
	Report  bool          `json:"report,omitempty"`  // at its end calls go on, and it is told; else they are refused and cut
	Raises  []BudgetRaise `json:"raises,omitempty"`
	Off     bool          `json:"off,omitempty"`
	Created time.Time     `json:"created"`
}

// BudgetMeasure is what a budget counts.
type BudgetMeasure string

// The measures.
const (
	MeasureMoney BudgetMeasure = "money"
	MeasureTime  BudgetMeasure = "time"
)

// Period is how long a budget lasts before it begins anew, by the calendar of the office.
type Period string

// The periods; a week begins on Monday.
const (
	PeriodDay   Period = "day"
	PeriodWeek  Period = "week"
	PeriodMonth Period = "month"
)

// BudgetRaise is more of a budget for a while, and why.
type BudgetRaise struct {
	User   UserID    `json:"user,omitempty"` // of a budget that everybody has for himself: for whom
	More   int64     `json:"more"`           // as Limit
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     UserID    `json:"by,omitempty"`
}

// The most that budgets can hold.
const (
	MaxBudgets     = 2000
	MaxBudgetLimit = 1_000_000_000 // ten millions of a currency, or minutes
	MaxRaises      = 200
)

// LimitOf is how much somebody may spend at a moment: the limit and what was added to it.
func (b *Budget) LimitOf(u UserID, at time.Time) int64 {
	n := b.Limit
	for i := range b.Raises {
		if r := &b.Raises[i]; at.Before(r.Until) && (r.User == "" || r.User == u) {
			n += r.More
		}
	}
	return n
}

// RaisesOf lists what was added to a budget for one person alone.
func (b *Budget) RaisesOf(u UserID) (all []BudgetRaise) {
	for _, r := range b.Raises {
		if r.User == u || r.User == "" && b.On == (Ref{KindUser, string(u)}) {
			all = append(all, r)
		}
	}
	return all
}

// BudgetOwner is the person whose alone a budget is; empty for one that several share, or that everybody has for himself.
func (s *Snapshot) BudgetOwner(b *Budget) UserID {
	switch b.On.Kind {
	case KindUser:
		return UserID(b.On.ID)
	case KindToken:
		if t := s.Tokens[TokenID(b.On.ID)]; t != nil {
			return t.User
		}
	}
	return ""
}

// OfficeClock is the zone in whose days, weeks and months budgets are counted (TF-14).
func (s *Snapshot) OfficeClock() *time.Location { return s.officeZone().Location() }

// officeZone is the zone of the office's clocks.
func (s *Snapshot) officeZone() *hours.Zone {
	if z := s.index.calendar; z != nil && s.index.calendarOf == s.Tenant.Zone {
		return z
	}
	if z, err := hours.LoadZone(s.Tenant.Zone); err == nil {
		return z
	}
	return hours.NewZone("UTC", time.UTC)
}

// OfficeDay is one day by the office's clocks. A day on which clocks are put on or back is shorter or longer than others.
type OfficeDay struct {
	Date        hours.Date
	From, Until time.Time // its first moment, and the first one after it
}

// OfficeDay is the day into which a moment falls. Where clocks go back over midnight, the day that had begun goes on.
func (s *Snapshot) OfficeDay(at time.Time) OfficeDay {
	z := s.officeZone()
	d := z.Day(at)
	for !z.At(d+1, 0).After(at) {
		d++
	}
	return OfficeDay{d, z.At(d, 0), z.At(d+1, 0)}
}

// BudgetsOn lists the budgets put directly on something that are not switched off, in order of id.
func (s *Snapshot) BudgetsOn(r Ref) []*Budget { return s.index.budgets[r.Kind][r.ID] }

func (s *Snapshot) checkBudget(b *Budget) error {
	switch {
	case !slices.Contains([]Kind{KindSettings, KindGroup, KindUser, KindToken}, b.On.Kind) || b.On.ID == "":
		return Refuse(Invalid, "on", "budget.on_unknown")
	case b.Each && (b.On.Kind == KindUser || b.On.Kind == KindToken):
		return Refuse(Invalid, "each", "budget.each_alone")
	case b.Measure != MeasureMoney && b.Measure != MeasureTime:
		return Refuse(Invalid, "measure", "budget.measure_unknown")
	case b.Measure == MeasureMoney && s.Tenant.Currency == "":
		return Refuse(Invalid, "measure", "budget.currency_missing")
	case !slices.Contains([]Period{PeriodDay, PeriodWeek, PeriodMonth}, b.Period):
		return Refuse(Invalid, "period", "budget.period_unknown")
	case b.Limit < 0 || b.Limit > MaxBudgetLimit:
		return Refuse(Invalid, "limit", "budget.limit_range")
	case len(b.Marks) > 10:
		return Refuse(Invalid, "marks", "budget.mark_range")
	case len(b.Raises) > MaxRaises || len(s.Budgets) > MaxBudgets:
		return Refuse(Exhausted, "", "budget.too_many", "max", strconv.Itoa(MaxBudgets))
	}
	for i, m := range b.Marks {
		if m < 1 || m > 100 || i > 0 && m <= b.Marks[i-1] {
			return Refuse(Invalid, "marks", "budget.mark_range")
		}
	}
	for _, c := range b.Classes {
		if !slices.Contains(number.OutsideClasses(), c) {
			return Refuse(Invalid, "classes", "outroute.class_unknown", "value", c)
		}
	}
	for _, r := range b.Raises {
		switch {
		case r.More < 1 || r.More > MaxBudgetLimit:
			return Refuse(Invalid, "more", "budget.limit_range")
		case r.Until.IsZero():
			return Refuse(Invalid, "until", "restriction.until_missing")
		case strings.TrimSpace(r.Reason) == "":
			return Refuse(Invalid, "reason", "restriction.reason_missing")
		}
		if err := checkLine("reason", r.Reason, 500); err != nil {
			return err
		}
	}
	return CheckName("name", b.Name)
}

// indexBudgets sorts the budgets by what they are put on.
func (s *Snapshot) indexBudgets() {
	s.index.budgets = nil
	if s.index.calendarOf != s.Tenant.Zone {
		s.index.calendar, s.index.calendarOf = nil, s.Tenant.Zone
		if z, err := hours.LoadZone(s.Tenant.Zone); err == nil {
			s.index.calendar = z
		}
	}
	for _, b := range s.Budgets {
		if b.Off {
			continue
		}
		if s.index.budgets == nil {
			s.index.budgets = map[Kind]map[string][]*Budget{}
		}
		on := s.index.budgets[b.On.Kind]
		if on == nil {
			on = map[string][]*Budget{}
			s.index.budgets[b.On.Kind] = on
		}
		on[b.On.ID] = append(on[b.On.ID], b)
	}
	for _, on := range s.index.budgets {
		for _, list := range on {
			slices.SortFunc(list, func(a, b *Budget) int { return strings.Compare(string(a.ID), string(b.ID)) })
		}
	}
}

func (s *Snapshot) mendBudgets(t *touch) {
	for _, r := range t.rows {
		_, old := r.old.(*Budget)
		_, now := r.new.(*Budget)
		_, office := r.new.(*Tenant)
		if old || now || office {
			s.indexBudgets()
			return
		}
	}
}
