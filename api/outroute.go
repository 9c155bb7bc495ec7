package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// OutRoute says over which trunks numbers are called.
type OutRoute struct {
	ID       pbx.OutRouteID `json:"id"`
	Name     string         `json:"name"`
	Place    int            `json:"place" doc:"in the order; the first that fits decides"`
	Classes  []string       `json:"classes" nullable:"false" doc:"kinds of numbers; none are all"`
	Prefixes []string       `json:"prefixes" nullable:"false" doc:"beginnings of numbers; none are all"`
	Groups   []Named        `json:"groups" nullable:"false" doc:"whose calls; none are everybody's"`
	Trunks   []Way          `json:"trunks" nullable:"false" doc:"in the order in which they are tried"`
	Spread   bool           `json:"spread" doc:"the least used first, by weight"`
	Off      bool           `json:"off"`
	Revision string         `json:"revision"`
}

// Way is one trunk of an out route.
type Way struct {
	Trunk  pbx.TrunkID `json:"trunk"`
	Name   string      `json:"name,omitempty" doc:"not read"`
	Weight int         `json:"weight,omitempty"`
	Prefix string      `json:"prefix,omitempty"`
	Shows  string      `json:"shows,omitempty"`
}

func (v *visit) outRoute(o *pbx.OutRoute) OutRoute {
	out := OutRoute{ID: o.ID, Name: o.Name, Place: o.Place, Classes: append([]string{}, o.Classes...), Prefixes: append([]string{}, o.Prefixes...), Groups: []Named{},
		Trunks: []Way{}, Spread: o.Spread, Off: o.Off, Revision: command.Revision(o)}
	for _, g := range o.Groups {
		out.Groups = append(out.Groups, v.named(pbx.Ref{Kind: pbx.KindGroup, ID: string(g)}))
	}
	for _, w := range o.Trunks {
		out.Trunks = append(out.Trunks, Way{Trunk: w.Trunk, Name: v.s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(w.Trunk)}), Weight: w.Weight, Prefix: w.Prefix, Shows: w.Shows})
	}
	return out
}

// listOutRoutes shows the ways out in their order.
func (s *Server) listOutRoutes(_ context.Context, v *visit, _ *struct{}) (Page[OutRoute], error) {
	if err := v.need(policy.RouteEdit, command.OutRouteTarget()); err != nil {
		return Page[OutRoute]{}, err
	}
	page := Page[OutRoute]{Items: []OutRoute{}}
	for _, o := range v.s.OutRoutesInOrder() {
		page.Items = append(page.Items, v.outRoute(o))
	}
	page.Total = len(page.Items)
	return page, nil
}

type outRouteBody struct {
	Name     *string        `json:"name,omitempty"`
	Place    *int           `json:"place,omitempty"`
	Classes  *[]string      `json:"classes,omitempty"`
	Prefixes *[]string      `json:"prefixes,omitempty"`
	Groups   *[]pbx.GroupID `json:"groups,omitempty"`
	Trunks   *[]Way         `json:"trunks,omitempty"`
	Spread   *bool          `json:"spread,omitempty"`
	Off      *bool          `json:"off,omitempty"`
	Revision string         `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *outRouteBody) read() command.OutRoute {
	c := command.OutRoute{Name: b.Name, Place: b.Place, Classes: b.Classes, Prefixes: b.Prefixes, Groups: b.Groups, Spread: b.Spread, Off: b.Off}
	if b.Trunks != nil {
		list := []pbx.Way{}
		for _, w := range *b.Trunks {
			list = append(list, pbx.Way{Trunk: w.Trunk, Weight: w.Weight, Prefix: w.Prefix, Shows: w.Shows})
		}
		c.Trunks = &list
	}
	return c
}

type newOutRoute struct {
	Body outRouteBody
}

func (s *Server) createOutRoute(ctx context.Context, v *visit, in *newOutRoute) (OutRoute, error) {
	r, err := s.do(ctx, v, command.CreateOutRoute{OutRoute: in.Body.read()})
	if err != nil {
		return OutRoute{}, err
	}
	v.s = r.Snapshot
	return v.outRoute(v.s.OutRoutes[pbx.OutRouteID(r.Object.ID)]), nil
}

type editOutRoute struct {
	OutRoute string `path:"outroute"`
	Match    string `header:"If-Match" doc:"revision that was shown"`
	Body     outRouteBody
}

func (s *Server) patchOutRoute(ctx context.Context, v *visit, in *editOutRoute) (OutRoute, error) {
	if err := v.need(policy.RouteEdit, command.OutRouteTarget()); err != nil {
		return OutRoute{}, err
	}
	o := v.s.OutRoutes[pbx.OutRouteID(in.OutRoute)]
	if o == nil {
		return OutRoute{}, missing()
	}
	r, err := s.do(ctx, v, matching(pbx.KindOutRoute, in.OutRoute, in.Match, in.Body.Revision, command.EditOutRoute{ID: o.ID, OutRoute: in.Body.read()}))
	if err != nil {
		return OutRoute{}, err
	}
	v.s = r.Snapshot
	return v.outRoute(v.s.OutRoutes[o.ID]), nil
}

type outRouteIn struct {
	OutRoute string `path:"outroute"`
}

func (s *Server) deleteOutRoute(ctx context.Context, v *visit, in *outRouteIn) error {
	if err := v.need(policy.RouteEdit, command.OutRouteTarget()); err != nil {
		return err
	}
	if v.s.OutRoutes[pbx.OutRouteID(in.OutRoute)] == nil {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteOutRoute{ID: pbx.OutRouteID(in.OutRoute)})
	return err
}
