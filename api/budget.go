package api

import (
	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// seesBudget reports whether a visitor may see a budget and what is left of it: he decides about it, may see what calls of those cost whom it is for, or
// it is about himself.
func (v *visit) seesBudget(b *pbx.Budget) bool {
	n := command.BudgetNeed(b.On)
	return v.meets(n) || v.can(policy.CostSee, n.Target)
}
