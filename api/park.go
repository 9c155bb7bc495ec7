package api

import (
	"context"
	"strings"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Park is a row of park positions. Name and numbers are the phone book; everything else is for who may change it.
type Park struct {
	ID        pbx.ParkID  `json:"id"`
	Name      string      `json:"name"`
	Extension string      `json:"extension" doc:"who is sent there gets the first free position; who dials it fetches the call that waits longest"`
	Positions []string    `json:"positions" nullable:"false" doc:"the numbers of the positions"`
	Parked    []Parked    `json:"parked" nullable:"false" doc:"the calls that are there and that the visitor may see"`
	Slots     int         `json:"slots,omitempty"`
	Group     pbx.GroupID `json:"group,omitempty"`
	GroupName string      `json:"group_name,omitempty"`
	Wait      int         `json:"wait,omitempty" doc:"seconds until it rings at who parked; 0 is the usual time"`
	Then      *Place      `json:"then,omitempty" doc:"where the call goes when he does not answer"`
	Music     *Music      `json:"music,omitempty" doc:"what is heard there; absent: the music of the house"`
	Revision  string      `json:"revision,omitempty"`
	Edit      bool        `json:"edit"`
}

// Parked is a call on a park position.
type Parked struct {
	Position string   `json:"position"`
	Call     LiveCall `json:"call"`
}

func (v *visit) editsPark(p *pbx.Park) bool {
	return p != nil && v.can(policy.QueueEdit, command.ParkTarget(p.ID, p.Group))
}

func (s *Server) park(v *visit, p *pbx.Park) Park {
	out := Park{ID: p.ID, Name: p.Name, Extension: p.Extension, Positions: p.Positions(), Parked: []Parked{}, Edit: v.editsPark(p)}
	sees := v.sight(policy.CallSee)
	for _, position := range out.Positions {
		if c := v.live.Parked(position); c != nil && sees.Sees(policy.Call(c)) {
			out.Parked = append(out.Parked, Parked{position, s.showLive(v, c)})
		}
	}
	if !out.Edit {
		return out
	}
	out.Slots, out.Group, out.Wait, out.Revision = p.Slots, p.Group, p.Wait, command.Revision(p)
	if p.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(p.Group)})
	}
	then := v.place("", p.Then)
	out.Then, out.Music = &then, music("/v1/parks/"+string(p.ID)+"/music", p.Music)
	return out
}

type parksIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,extension,-extension"`
}

// listParks is the phone book of park positions, and what is parked there.
func (s *Server) listParks(_ context.Context, v *visit, in *parksIn) (Page[Park], error) {
	var rows []*pbx.Park
	for _, p := range v.s.Parks {
		if matches(in.Q, p.Name, p.Extension) {
			rows = append(rows, p)
		}
	}
	key := func(p *pbx.Park) string {
		if strings.HasSuffix(in.Sort, "extension") {
			return byNumber(p.Extension)
		}
		return strings.ToLower(p.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(p *pbx.Park) string { return string(p.ID) })
	page := Page[Park]{Items: make([]Park, 0, len(part)), Next: next, Total: len(rows)}
	for _, p := range part {
		page.Items = append(page.Items, s.park(v, p))
	}
	return page, err
}

type parkIn struct {
	Park string `path:"park"`
}

func (s *Server) getPark(_ context.Context, v *visit, in *parkIn) (Park, error) {
	p := v.s.Parks[pbx.ParkID(in.Park)]
	if !v.editsPark(p) {
		return Park{}, missing()
	}
	return s.park(v, p), nil
}

type parkBody struct {
	Name      *string `json:"name,omitempty"`
	Extension *string `json:"extension,omitempty" doc:"absent for a new one takes the first number with enough free ones behind it"`
	Group     *string `json:"group,omitempty" doc:"department it belongs to; empty for the office"`
	Slots     *int    `json:"slots,omitempty" doc:"how many positions; their numbers follow the extension"`
	Wait      *int    `json:"wait,omitempty" doc:"seconds"`
	Then      *Place  `json:"then,omitempty"`
	Revision  string  `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *parkBody) read() command.Park {
	c := command.Park{Name: b.Name, Extension: b.Extension, Slots: b.Slots, Wait: b.Wait}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	if b.Then != nil {
		to := b.Then.destination()
		c.Then = &to
	}
	return c
}

type newPark struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body parkBody
}

func (s *Server) createPark(ctx context.Context, v *visit, in *newPark) (Park, error) {
	made, err := s.made(ctx, v, command.CreatePark{Park: in.Body.read()}, in.Dry)
	if err != nil {
		return Park{}, err
	}
	return s.park(v, v.s.Parks[pbx.ParkID(made.ID)]), nil
}

type editPark struct {
	Park  string `path:"park"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  parkBody
}

func (s *Server) patchPark(ctx context.Context, v *visit, in *editPark) (Park, error) {
	p := v.s.Parks[pbx.ParkID(in.Park)]
	if !v.editsPark(p) {
		return Park{}, missing()
	}
	c := command.EditPark{ID: p.ID, Park: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindPark, in.Park, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Park{}, err
	}
	return s.park(v, v.s.Parks[p.ID]), nil
}

type deletePark struct {
	Park string `path:"park"`
	Dry  bool   `query:"dry" doc:"only say what would lead nowhere afterwards"`
}

func (s *Server) deletePark(ctx context.Context, v *visit, in *deletePark) (deletion, error) {
	p := v.s.Parks[pbx.ParkID(in.Park)]
	if !v.editsPark(p) {
		return deletion{}, missing()
	}
	before := v.s
	if err := s.doOrTry(ctx, v, command.DeletePark{ID: p.ID}, in.Dry); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}
