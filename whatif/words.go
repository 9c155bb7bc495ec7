package whatif

import (
	"cmp"
	"strings"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/toll"
)

// Said is the sentence behind a reason, as Effect.Reason names it, and the profile whose rule it is, or the budget that is used up where it may be named; a
// nil sees may name every one.
func Said(reason string, draft *pbx.Snapshot, sees func(*pbx.Budget) bool, say func(i18n.Text) string) string {
	code, by, _ := strings.Cut(reason, "|")
	text := say(i18n.T(keyOf(toll.Code(code))))
	if p := draft.Restrictions[pbx.RestrictionID(by)]; p != nil {
		text += " (" + p.Name + ")"
	}
	if b := draft.Budgets[pbx.BudgetID(by)]; b != nil && (sees == nil || sees(b)) {
		text += " (" + b.Name + ")"
	}
	return text
}

func keyOf(code toll.Code) string {
	switch code {
	case Barred, Nowhere, toll.Code(Moved):
		return "whatif." + string(code)
	}
	return "toll." + string(code)
}

// Text says why a call would go otherwise, or where it would go.
func (e *Effect) Text(draft *pbx.Snapshot, sees func(*pbx.Budget) bool, say func(i18n.Text) string) string {
	switch e.Turn {
	case Shorter:
		if b := draft.Budgets[e.After.Budget]; b != nil && e.After.Limit.Profile == nil && (sees == nil || sees(b)) {
			return say(i18n.T("whatif.over_budget", "minutes", e.Minutes(), "name", b.Name))
		}
		return say(i18n.T("toll.over", "minutes", e.Minutes()))
	case Moved:
		return say(i18n.T("whatif.would_go", "before", e.Before.Way.name(draft), "after", e.After.Way.name(draft)))
	}
	return Said(e.Reason(), draft, sees, say)
}

// name is a line with the number that is shown there, or a place of the house.
func (w Way) name(s *pbx.Snapshot) string {
	if w.Trunk != "" {
		name := s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(w.Trunk)})
		if w.Shows != "" {
			name += " (" + w.Shows + ")"
		}
		return name
	}
	return cmp.Or(s.PlaceName(w.To), "–")
}
