package api

import (
	"context"
	"strings"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Ring is a ring group. Name and extension are the phone book; everything else is for who may change it.
type Ring struct {
	ID        pbx.RingID       `json:"id"`
	Name      string           `json:"name"`
	Extension string           `json:"extension"`
	Group     pbx.GroupID      `json:"group,omitempty"`
	GroupName string           `json:"group_name,omitempty"`
	Strategy  pbx.RingStrategy `json:"strategy,omitempty" enum:"all,hunt,round_robin,longest_idle"`
	Members   []RingMember     `json:"members,omitempty"`
	People    int              `json:"people" doc:"whom it rings today, groups counted out; for who may change it"`
	Ring      int              `json:"ring,omitempty" doc:"seconds, of all together or of each"`
	Escalate  bool             `json:"escalate,omitempty" doc:"the head of the department rings after the members"`
	NoAnswer  *Place           `json:"no_answer,omitempty"`
	Revision  string           `json:"revision,omitempty"`
	Edit      bool             `json:"edit"`
}

// RingMember is a person or a group of a ring group.
type RingMember struct {
	Kind pbx.Kind `json:"kind" enum:"user,group"`
	ID   string   `json:"id"`
	Name string   `json:"name,omitempty" doc:"not read"`
}

func (v *visit) editsRing(g *pbx.RingGroup) bool {
	return g != nil && v.can(policy.QueueEdit, policy.Owned(policy.KindQueue, string(g.ID), "", g.Group))
}

func (v *visit) ring(g *pbx.RingGroup) Ring {
	out := Ring{ID: g.ID, Name: g.Name, Extension: g.Extension, Edit: v.editsRing(g)}
	if !out.Edit {
		return out
	}
	out.Group, out.Strategy, out.Ring, out.Escalate, out.Revision = g.Group, g.Strategy, g.Seconds(), g.Escalate, command.Revision(g)
	out.People = len(v.s.People(g, v.at))
	if g.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(g.Group)})
	}
	for _, m := range g.Members {
		row := RingMember{Kind: m.Kind, ID: m.ID}
		if m.Kind == pbx.KindUser && v.knows(pbx.UserID(m.ID)) || m.Kind == pbx.KindGroup && v.can(policy.GroupSee, policy.Group(pbx.GroupID(m.ID))) {
			row.Name = v.s.NameOf(m)
		}
		out.Members = append(out.Members, row)
	}
	to := v.place("", g.NoAnswer)
	out.NoAnswer = &to
	return out
}

type ringsIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,extension,-extension"`
}

// listRings is the phone book of ring groups.
func (s *Server) listRings(_ context.Context, v *visit, in *ringsIn) (Page[Ring], error) {
	var rows []*pbx.RingGroup
	for _, g := range v.s.Rings {
		if matches(in.Q, g.Name, g.Extension) {
			rows = append(rows, g)
		}
	}
	key := func(g *pbx.RingGroup) string {
		if strings.HasSuffix(in.Sort, "extension") {
			return byNumber(g.Extension)
		}
		return strings.ToLower(g.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(g *pbx.RingGroup) string { return string(g.ID) })
	page := Page[Ring]{Items: make([]Ring, 0, len(part)), Next: next, Total: len(rows)}
	for _, g := range part {
		page.Items = append(page.Items, v.ring(g))
	}
	return page, err
}

type ringIn struct {
	Ring string `path:"ring"`
}

func (s *Server) getRing(_ context.Context, v *visit, in *ringIn) (Ring, error) {
	g := v.s.Rings[pbx.RingID(in.Ring)]
	if !v.editsRing(g) {
		return Ring{}, missing()
	}
	return v.ring(g), nil
}

type ringBody struct {
	Name      *string       `json:"name,omitempty"`
	Extension *string       `json:"extension,omitempty" doc:"absent for a new one takes the next free number, empty gives none"`
	Group     *string       `json:"group,omitempty" doc:"department it belongs to; empty for the office"`
	Strategy  *string       `json:"strategy,omitempty" enum:"all,hunt,round_robin,longest_idle"`
	Members   *[]RingMember `json:"members,omitempty"`
	Ring      *int          `json:"ring,omitempty" doc:"seconds"`
	Escalate  *bool         `json:"escalate,omitempty"`
	NoAnswer  *Place        `json:"no_answer,omitempty"`
	Revision  string        `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *ringBody) read() command.Ring {
	c := command.Ring{Name: b.Name, Extension: b.Extension, Ring: b.Ring, Escalate: b.Escalate}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	if b.Strategy != nil {
		strategy := pbx.RingStrategy(*b.Strategy)
		c.Strategy = &strategy
	}
	if b.Members != nil {
		list := []pbx.Ref{}
		for _, m := range *b.Members {
			list = append(list, pbx.Ref{Kind: m.Kind, ID: m.ID})
		}
		c.Members = &list
	}
	if b.NoAnswer != nil {
		to := b.NoAnswer.destination()
		c.NoAnswer = &to
	}
	return c
}

type newRing struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body ringBody
}

func (s *Server) createRing(ctx context.Context, v *visit, in *newRing) (Ring, error) {
	c := command.CreateRing{Ring: in.Body.read()}
	made, err := s.made(ctx, v, c, in.Dry)
	if err != nil {
		return Ring{}, err
	}
	return v.ring(v.s.Rings[pbx.RingID(made.ID)]), nil
}

type editRing struct {
	Ring  string `path:"ring"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  ringBody
}

func (s *Server) patchRing(ctx context.Context, v *visit, in *editRing) (Ring, error) {
	g := v.s.Rings[pbx.RingID(in.Ring)]
	if !v.editsRing(g) {
		return Ring{}, missing()
	}
	c := command.EditRing{ID: g.ID, Ring: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindRing, in.Ring, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Ring{}, err
	}
	return v.ring(v.s.Rings[g.ID]), nil
}

type deletion struct {
	Problems []Problem `json:"problems" nullable:"false" doc:"rules that led there and lead nowhere now, as far as the visitor may mend them"`
	Hidden   int       `json:"hidden" doc:"more of them that the visitor may not mend"`
}

// broken is what a change left without an aim.
func (s *Server) broken(v *visit, before, after *pbx.Snapshot) deletion {
	had := map[pbx.Lead]bool{}
	for _, l := range before.Broken() {
		had[l] = true
	}
	var fresh []pbx.Lead
	for _, l := range after.Broken() {
		if !had[l] {
			fresh = append(fresh, l)
		}
	}
	out := deletion{Problems: s.problems(v, fresh)}
	out.Hidden = len(fresh) - len(out.Problems)
	return out
}

type deleteRing struct {
	Ring string `path:"ring"`
	Dry  bool   `query:"dry" doc:"only say what would lead nowhere afterwards"`
}

func (s *Server) deleteRing(ctx context.Context, v *visit, in *deleteRing) (deletion, error) {
	g := v.s.Rings[pbx.RingID(in.Ring)]
	if !v.editsRing(g) {
		return deletion{}, missing()
	}
	before := v.s
	if err := s.doOrTry(ctx, v, command.DeleteRing{ID: g.ID}, in.Dry); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}
