package api

import (
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Billing is what the billable rights cost and who holds them now (D-029, D-042…D-044).
type Billing struct {
	Currency string        `json:"currency" doc:"ISO 4217; empty while nothing has a price"`
	Items    []BillingItem `json:"items" nullable:"false" doc:"every billable right"`
	Month    int64         `json:"month" doc:"what the people the visitor sees cost a month, in hundredths"`
	Spread   bool          `json:"spread" doc:"holders of billing.assign may hand it on"`
	Revision string        `json:"revision,omitempty" doc:"shown to those who may change it"`
	Can      BillingCan    `json:"can"`
}

// BillingItem is one billable right.
type BillingItem struct {
	Right  string `json:"right"`
	Text   string `json:"text" doc:"what it lets one do, in the visitor's language"`
	Price  int64  `json:"price" doc:"of one holder a month, in hundredths"`
	People int    `json:"people" doc:"holders whose cost the visitor may see"`
	Month  int64  `json:"month" doc:"price of those people"`
}

// BillingCan draws the fields.
type BillingCan struct {
	Prices bool `json:"prices"`
	Spread bool `json:"spread"`
}

func (s *Server) getBilling(_ context.Context, v *visit, _ *struct{}) (Billing, error) {
	t := v.s.Tenant
	out := Billing{Currency: t.Currency, Spread: t.Spread, Items: []BillingItem{},
		Can: BillingCan{Prices: v.can(policy.RateEdit, policy.System()), Spread: v.can(policy.RoleSystem, policy.System())}}
	if out.Can.Prices || out.Can.Spread {
		out.Revision = command.Revision(&t)
	}
	paid := policy.Paid(v.s, v.at)
	sees := v.sight(policy.CostSee)
	for _, r := range policy.Billable() {
		item := BillingItem{Right: r.String(), Text: s.say(v, policy.TextOf(r)), Price: t.Prices[r.String()]}
		for _, u := range paid[r] {
			if sees.Sees(policy.User(u)) {
				item.People++
			}
		}
		item.Month = item.Price * int64(item.People)
		out.Month += item.Month
		out.Items = append(out.Items, item)
	}
	return out, nil
}

type editBilling struct {
	Match string `header:"If-Match"`
	Body  struct {
		Currency *string          `json:"currency,omitempty"`
		Prices   map[string]int64 `json:"prices,omitempty" doc:"what changes: a month in hundredths by name of the right; 0 takes the price out"`
		Spread   *bool            `json:"spread,omitempty"`
		Revision string           `json:"revision,omitempty"`
	}
}

func (s *Server) patchBilling(ctx context.Context, v *visit, in *editBilling) (Billing, error) {
	c := command.EditBilling{Currency: in.Body.Currency, Prices: in.Body.Prices, Spread: in.Body.Spread}
	ref := v.s.Tenant.Ref()
	if _, err := s.do(ctx, v, matching(pbx.KindSettings, ref.ID, in.Match, in.Body.Revision, c)); err != nil {
		return Billing{}, err
	}
	return s.getBilling(ctx, v, nil)
}

// PreviewCost is what a change costs or saves a month.
type PreviewCost struct {
	Currency string            `json:"currency" doc:"ISO 4217; empty while nothing has a price"`
	Month    int64             `json:"month" doc:"more (or, below zero, less) a month, in hundredths"`
	Items    []PreviewCostItem `json:"items" nullable:"false"`
}

// PreviewCostItem is the part of one billable right.
type PreviewCostItem struct {
	Right  string `json:"right"`
	People int    `json:"people" doc:"more (or fewer) holders"`
	Month  int64  `json:"month"`
}

// costOf compares what is paid for before and after a change; nil when that stays, or is not the visitor's to know.
func (s *Server) costOf(v *visit, after *pbx.Snapshot, at time.Time) *PreviewCost {
	can := policy.Can(v.s, v.who, v.at)
	known := func(r policy.Right) bool { return can[r.String()] != pbx.ScopeNone && can[r.String()] != pbx.ScopeSelf }
	if !known(policy.BillingAssign) && !known(policy.RateEdit) && !known(policy.CostSee) {
		return nil
	}
	was, is := policy.Paid(v.s, at), policy.Paid(after, at)
	out := PreviewCost{Currency: after.Tenant.Currency, Items: []PreviewCostItem{}}
	for _, r := range policy.Billable() {
		if slices.Equal(was[r], is[r]) {
			continue
		}
		item := PreviewCostItem{Right: r.String(), People: len(is[r]) - len(was[r])}
		item.Month = after.Tenant.Prices[r.String()] * int64(item.People)
		out.Month += item.Month
		out.Items = append(out.Items, item)
	}
	if len(out.Items) == 0 {
		return nil
	}
	return &out
}
