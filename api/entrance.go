package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Entrance is what happens to calls for a group as a whole, by its hours (X-116…X-118).
type Entrance struct {
	Group     pbx.GroupID   `json:"group"`
	Name      string        `json:"name"`
	Exists    bool          `json:"exists" doc:"calls can be sent to the group"`
	Extension string        `json:"extension"`
	Open      Place         `json:"open"`
	Break     Place         `json:"break" doc:"nowhere: as while it is open"`
	Closed    Place         `json:"closed" doc:"nowhere: as while it is open"`
	Holiday   Place         `json:"holiday" doc:"nowhere: as while it is closed"`
	Doubts    []Doubt       `json:"doubts" nullable:"false"`
	Chart     *Branch       `json:"chart,omitempty"`
	Zone      string        `json:"zone" doc:"in which the hours count"`
	Ahead     []EntranceDay `json:"ahead" nullable:"false" doc:"where calls go in the next seven days"`
	Revision  string        `json:"revision"`
}

// EntranceDay is one calendar day of the preview.
type EntranceDay struct {
	Date  string         `json:"date" doc:"2026-12-24"`
	Parts []EntrancePart `json:"parts" nullable:"false"`
}

// EntrancePart is a part of a day in which calls go to the same place.
type EntrancePart struct {
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	State   pbx.State `json:"state,omitempty" enum:"open,break,closed" doc:"absent: nobody keeps hours"`
	Holiday bool      `json:"holiday,omitempty"`
	Name    string    `json:"name,omitempty" doc:"of the holiday"`
	To      Place     `json:"to"`
}

// EntranceName is a group that can be called.
type EntranceName struct {
	Group     pbx.GroupID `json:"group"`
	Name      string      `json:"name"`
	Extension string      `json:"extension"`
}

// aheadDays is how far the preview of an entrance looks.
const aheadDays = 7

func (s *Server) entrance(v *visit, g *pbx.Group) Entrance {
	e := v.s.Entrances[g.ID]
	out := Entrance{Group: g.ID, Name: g.Name, Exists: e != nil, Doubts: []Doubt{}, Ahead: []EntranceDay{}}
	kept := v.s.KeptBy(pbx.HoursID(g.ID), v.at)
	out.Zone = kept.Zone
	if e == nil {
		return out
	}
	out.Extension, out.Revision = e.Extension, command.Revision(e)
	out.Open, out.Break, out.Closed, out.Holiday = v.place("", e.Open), v.place("", e.Break), v.place("", e.Closed), v.place("", e.Holiday)
	out.Doubts = s.doubts(v, e.Ref())
	chart := v.branch(v.s.Chart(pbx.Destination{Kind: pbx.ToGroup, ID: string(g.ID)}))
	out.Chart = &chart
	if kept.Plan == nil {
		return out
	}
	for _, d := range hoursDays(kept.Plan, kept.Plan.Zone().Day(v.at), aheadDays) {
		day := EntranceDay{Date: d.Date, Parts: []EntrancePart{}}
		for _, p := range d.Spans {
			day.Parts = append(day.Parts, EntrancePart{From: p.From, Until: p.Until, State: p.State, Holiday: p.Holiday, Name: p.Name, To: v.place("", e.For(p.State, p.Holiday))})
		}
		out.Ahead = append(out.Ahead, day)
	}
	return out
}

type entranceIn struct {
	Group string `path:"group"`
}

// listEntrances is the phone book of groups.
func (s *Server) listEntrances(_ context.Context, v *visit, _ *struct{}) (Page[EntranceName], error) {
	page := Page[EntranceName]{Items: []EntranceName{}}
	for id, e := range v.s.Entrances {
		if v.can(policy.GroupSee, policy.Group(id)) {
			page.Items = append(page.Items, EntranceName{id, v.s.NameOf(e.Ref()), e.Extension})
		}
	}
	slices.SortFunc(page.Items, func(a, b EntranceName) int {
		return strings.Compare(strings.ToLower(a.Name)+" "+string(a.Group), strings.ToLower(b.Name)+" "+string(b.Group))
	})
	page.Total = len(page.Items)
	return page, nil
}

func (s *Server) getEntrance(_ context.Context, v *visit, in *entranceIn) (Entrance, error) {
	return s.entrance(v, v.s.Groups[pbx.GroupID(in.Group)]), nil
}

type putEntrance struct {
	Group string `path:"group"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Extension *string `json:"extension,omitempty" doc:"empty gives none"`
		Open      *Place  `json:"open,omitempty"`
		Break     *Place  `json:"break,omitempty"`
		Closed    *Place  `json:"closed,omitempty"`
		Holiday   *Place  `json:"holiday,omitempty"`
		Revision  string  `json:"revision,omitempty" doc:"same as If-Match"`
	}
}

func (s *Server) putEntrance(ctx context.Context, v *visit, in *putEntrance) (Entrance, error) {
	g := pbx.GroupID(in.Group)
	var c command.Command = command.SetEntrance{Group: g, Extension: in.Body.Extension, Open: in.Body.Open.pointer(), Break: in.Body.Break.pointer(),
		Closed: in.Body.Closed.pointer(), Holiday: in.Body.Holiday.pointer()}
	if v.s.Entrances[g] != nil {
		c = matching(pbx.KindEntrance, in.Group, in.Match, in.Body.Revision, c)
	}
	if err := s.doOrTry(ctx, v, c, in.Dry); err != nil {
		return Entrance{}, err
	}
	return s.entrance(v, v.s.Groups[g]), nil
}

type deleteEntrance struct {
	Group string `path:"group"`
	Dry   bool   `query:"dry" doc:"only say what would lead nowhere afterwards"`
}

func (s *Server) deleteEntrance(ctx context.Context, v *visit, in *deleteEntrance) (deletion, error) {
	before := v.s
	if err := s.doOrTry(ctx, v, command.DeleteEntrance{Group: pbx.GroupID(in.Group)}, in.Dry); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}
