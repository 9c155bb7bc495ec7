package command

import (
	"maps"
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// EditBilling changes what billable rights cost, and whether billing.assign may be handed on; nil fields stay.
type EditBilling struct {
	Currency *string
	Prices   map[string]int64 // what changes: a month, in hundredths, by name of the right; 0 takes the price out
	Spread   *bool            // D-044
}

// Need asks for rate.edit over the house; the switch of D-044 is the System Owners', who are known by role.system.
func (c EditBilling) Need(*pbx.Snapshot, pbx.Actor) []Need {
	var needs []Need
	if c.Currency != nil || len(c.Prices) > 0 || c.Spread == nil {
		needs = append(needs, Need{policy.RateEdit, policy.System()})
	}
	if c.Spread != nil {
		needs = append(needs, Need{policy.RoleSystem, policy.System()})
	}
	return needs
}

// Change writes the new fields.
func (c EditBilling) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Tenant
	w.object = t.Ref()
	if c.Currency != nil {
		t.Currency = strings.ToUpper(strings.TrimSpace(*c.Currency))
	}
	if c.Prices != nil {
		t.Prices = maps.Clone(t.Prices)
		if t.Prices == nil {
			t.Prices = map[string]int64{}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Prices)) {
		right, ok := policy.ParseRight(name)
		switch price := c.Prices[name]; {
		case !ok || !right.IsBillable():
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "prices", "billing.right_free", "right", printable(name))
		case price == 0:
			delete(t.Prices, name)
		default:
			t.Prices[name] = price
		}
	}
	if len(t.Prices) > 0 && t.Currency == "" {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "currency", "billing.currency_missing")
	}
	if c.Spread != nil {
		t.Spread = *c.Spread
	}
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}
