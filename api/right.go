package api

import (
	"context"

	"tandem/pbx"
	"tandem/policy"
)

// Right is one line of the catalogue of rights.
type Right struct {
	Name      string          `json:"name"`
	Text      string          `json:"text" doc:"what it lets one do, in the visitor's language"`
	Noun      string          `json:"noun" doc:"what it speaks about"`
	Area      string          `json:"area" doc:"chapter of the catalogue"`
	Scopes    []pbx.ScopeKind `json:"scopes" nullable:"false" doc:"how far it may reach, from narrow to wide"`
	Group     []pbx.ScopeKind `json:"group" nullable:"false" doc:"what a custom role of groups may say about it"`
	Level     []pbx.ScopeKind `json:"level" nullable:"false" doc:"what a custom level may say about it; all means as far as it is assigned"`
	Risk      string          `json:"risk" enum:"low,medium,high"`
	Billable  bool            `json:"billable" doc:"giving it raises the cost"`
	Looks     bool            `json:"looks" doc:"it changes nothing"`
	Implies   []string        `json:"implies" nullable:"false"`
	ImpliedBy []string        `json:"implied_by" nullable:"false"`
	Needs     []string        `json:"needs" nullable:"false" doc:"what has to be held besides"`
	Rows      []string        `json:"rows" nullable:"false" doc:"rows of the feature inventory"`
	Awaited   bool            `json:"awaited" doc:"it belongs to a feature that does not exist yet; it is decided all the same"`
	Held      bool            `json:"held" doc:"the visitor holds it at all, and may put it into a template if he edits any"`
}

func (s *Server) listRights(_ context.Context, v *visit, _ *struct{}) (Page[Right], error) {
	var page Page[Right]
	for _, r := range policy.AllRights() {
		page.Items = append(page.Items, Right{Name: r.String(), Text: s.say(v, policy.TextOf(r)), Noun: r.Noun(), Area: r.Area(), Scopes: r.Scopes(),
			Group: listed(policy.CellScopes(pbx.RoleGroup, r)), Level: listed(policy.CellScopes(pbx.RoleLevel, r)), Risk: r.Risk().String(),
			Billable: r.IsBillable(), Looks: r.OnlyLooks(), Implies: rightNames(r.Implies()), ImpliedBy: rightNames(r.ImpliedBy()),
			Needs: rightNames(r.Needs()), Rows: listed(r.Rows()), Awaited: r.IsAwaited(), Held: policy.Owns(v.s, v.who, r, v.at)})
	}
	page.Total = len(page.Items)
	return page, nil
}

// listed is a list that is never null.
func listed[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
