package api

import (
	"context"
	"strconv"
	"strings"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
)

// Region is a place of the office, as those see it who may change it.
type Region struct {
	ID         pbx.RegionID    `json:"id" doc:"office: that of who is in no other"`
	Name       string          `json:"name"`
	Group      pbx.GroupID     `json:"group,omitempty" doc:"whose it is; absent: the office's"`
	GroupName  string          `json:"group_name,omitempty"`
	Country    string          `json:"country" doc:"ISO 3166 alpha-2, where numbers are dialled"`
	Area       string          `json:"area,omitempty" doc:"completes numbers that are dialled without one"`
	Members    []Named         `json:"members" nullable:"false" doc:"groups with all below, people, phones"`
	People     int             `json:"people" doc:"who are there now"`
	Emergency  []string        `json:"emergency" nullable:"false" doc:"emergency numbers beside those of the country"`
	Shows      string          `json:"shows,omitempty" doc:"number that emergency calls show"`
	Trunks     []Named         `json:"trunks" nullable:"false" doc:"its own lines"`
	Lends      []Named         `json:"lends" nullable:"false" doc:"regions whose calls to its numbers go out over its lines"`
	Calls      []RegionCall    `json:"calls" nullable:"false" doc:"how its people call those of others, where that is not the standard"`
	Numbers    []string        `json:"numbers" nullable:"false" doc:"its local numbers"`
	Standard   *RegionStandard `json:"standard,omitempty" doc:"of the office: what all regions keep"`
	Deviations []string        `json:"deviations" nullable:"false" doc:"what it does otherwise than the standard"`
	Revision   string          `json:"revision"`
}

// RegionCall says how people of a region call those of another.
type RegionCall struct {
	To       pbx.RegionID `json:"to"`
	Name     string       `json:"name,omitempty" doc:"not read"`
	Crossing pbx.Crossing `json:"crossing" enum:"inside,outside,never"`
}

// RegionStandard is what all regions keep.
type RegionStandard struct {
	Crossing pbx.Crossing        `json:"crossing,omitempty" enum:",inside,outside,never" doc:"calls to people of other regions"`
	Number   bool                `json:"number,omitempty" doc:"each has a local number"`
	Callback bool                `json:"callback,omitempty" doc:"emergency calls show a number of the place"`
	Trunks   int                 `json:"trunks,omitempty" minimum:"0" maximum:"20" doc:"each has at least so many lines"`
	Profiles []pbx.RestrictionID `json:"profiles,omitempty" doc:"restrictions that are put on each"`
}

func (v *visit) seesRegion(r *pbx.Region) bool { return r != nil && v.meets(command.RegionNeed(r)) }

// thing names something of a region, as far as the visitor may know it.
func (v *visit) thing(kind pbx.Kind, id string) Named {
	if kind == pbx.KindUser || kind == pbx.KindGroup {
		return v.named(pbx.Ref{Kind: kind, ID: id})
	}
	name := v.s.NameOf(pbx.Ref{Kind: kind, ID: id})
	if d := v.s.Devices[pbx.DeviceID(id)]; d != nil && kind == pbx.KindDevice {
		if name = ""; v.knows(d.User) {
			name = d.Name
		}
	}
	if kind == pbx.KindRegion && id == string(pbx.OfficeRegion) && v.s.Regions[pbx.OfficeRegion] == nil {
		name = v.s.Tenant.Name
	}
	return Named{Kind: kind, ID: id, Name: name}
}

func (s *Server) region(v *visit, r *pbx.Region) Region {
	out := Region{ID: r.ID, Name: r.Name, Group: r.Group, Country: r.Country, Area: r.Area, Shows: r.Shows, Revision: command.Revision(r),
		Members: []Named{}, Emergency: append([]string{}, r.Emergency...), Trunks: []Named{}, Lends: []Named{}, Calls: []RegionCall{}, Numbers: []string{}, Deviations: []string{}}
	if r.Country == "" {
		out.Country = v.s.Tenant.Country
	}
	if r.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(r.Group)})
	}
	for _, m := range r.Members {
		if v.s.Find(m) != nil {
			out.Members = append(out.Members, v.thing(m.Kind, m.ID))
		}
	}
	for id := range v.s.Users {
		if at := v.s.RegionOf(id, "", v.at); at != nil && at.ID == r.ID {
			out.People++
		}
	}
	for _, t := range r.Trunks {
		out.Trunks = append(out.Trunks, v.thing(pbx.KindTrunk, string(t)))
	}
	for _, o := range r.Lends {
		out.Lends = append(out.Lends, v.thing(pbx.KindRegion, string(o)))
	}
	for _, c := range r.Calls {
		out.Calls = append(out.Calls, RegionCall{To: c.To, Name: v.thing(pbx.KindRegion, string(c.To)).Name, Crossing: c.Crossing})
	}
	for _, d := range v.s.DIDsInOrder() {
		if d.Region == r.ID {
			out.Numbers = append(out.Numbers, d.Number)
		}
	}
	if t := r.Standard; t != nil {
		out.Standard = &RegionStandard{t.Crossing, t.Number, t.Callback, t.Trunks, t.Profiles}
	}
	for _, d := range v.s.DeviationsOf(r) {
		key := "region.deviates." + d.Kind
		text := i18n.T(key)
		switch d.Kind {
		case "trunks":
			text = i18n.T(key, "want", strconv.Itoa(d.Want), "have", strconv.Itoa(d.Have))
		case "crossing":
			text = i18n.T(key, "name", v.thing(pbx.KindRegion, string(d.Region)).Name)
		case "profile":
			text = i18n.T(key, "name", v.s.NameOf(pbx.Ref{Kind: pbx.KindRestriction, ID: string(d.Profile)}))
		}
		out.Deviations = append(out.Deviations, s.say(v, text))
	}
	return out
}

// listRegions shows the regions that the visitor may change, the office's first.
func (s *Server) listRegions(_ context.Context, v *visit, in *List) (Page[Region], error) {
	var rows []*pbx.Region
	for _, r := range v.s.RegionsInOrder() {
		if v.seesRegion(r) && matches(in.Q, r.Name) {
			rows = append(rows, r)
		}
	}
	part, next, err := pageOf(rows, *in, "name", func(r *pbx.Region) string { return strings.ToLower(r.Name) }, func(r *pbx.Region) string { return string(r.ID) })
	page := Page[Region]{Items: make([]Region, 0, len(part)), Next: next, Total: len(rows)}
	for _, r := range part {
		page.Items = append(page.Items, s.region(v, r))
	}
	return page, err
}

type regionIn struct {
	Region string `path:"region"`
}

type regionBody struct {
	Name      *string         `json:"name,omitempty"`
	Group     *pbx.GroupID    `json:"group,omitempty" doc:"whose it is; empty for the office"`
	Country   *string         `json:"country,omitempty" doc:"ISO 3166 alpha-2; empty: the office's"`
	Area      *string         `json:"area,omitempty" doc:"without the prefix that stands before it"`
	Members   *[]Named        `json:"members,omitempty" doc:"of kind group, user or device; names are not read"`
	Emergency *[]string       `json:"emergency,omitempty"`
	Shows     *string         `json:"shows,omitempty" doc:"as people of the office write it"`
	Trunks    *[]pbx.TrunkID  `json:"trunks,omitempty"`
	Lends     *[]pbx.RegionID `json:"lends,omitempty"`
	Calls     *[]RegionCall   `json:"calls,omitempty"`
	Standard  *RegionStandard `json:"standard,omitempty" doc:"of the office only; an empty one asks for nothing"`
	Office    bool            `json:"office,omitempty" doc:"of a new one: make that of the office, for who is in no other, with the standard"`
	Revision  string          `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *regionBody) read() command.Region {
	c := command.Region{Name: b.Name, Group: b.Group, Country: b.Country, Area: b.Area, Emergency: b.Emergency, Shows: b.Shows, Trunks: b.Trunks, Lends: b.Lends}
	if b.Members != nil {
		members := []pbx.Ref{}
		for _, m := range *b.Members {
			members = append(members, pbx.Ref{Kind: m.Kind, ID: m.ID})
		}
		c.Members = &members
	}
	if b.Calls != nil {
		calls := []pbx.RegionCall{}
		for _, x := range *b.Calls {
			calls = append(calls, pbx.RegionCall{To: x.To, Crossing: x.Crossing})
		}
		c.Calls = &calls
	}
	if t := b.Standard; t != nil {
		c.Standard = &pbx.Standard{Crossing: t.Crossing, Number: t.Number, Callback: t.Callback, Trunks: t.Trunks, Profiles: t.Profiles}
	}
	return c
}

type newRegion struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body regionBody
}

func (s *Server) createRegion(ctx context.Context, v *visit, in *newRegion) (Region, error) {
	c := command.CreateRegion{Region: in.Body.read()}
	if in.Body.Office {
		c.ID = pbx.OfficeRegion
	}
	made, err := s.made(ctx, v, c, in.Dry)
	if err != nil {
		return Region{}, err
	}
	return s.region(v, v.s.Regions[pbx.RegionID(made.ID)]), nil
}

type editRegion struct {
	Region string `path:"region"`
	Dry    bool   `query:"dry" doc:"only say what it would be"`
	Match  string `header:"If-Match" doc:"revision that was shown"`
	Body   regionBody
}

func (s *Server) patchRegion(ctx context.Context, v *visit, in *editRegion) (Region, error) {
	r := v.s.Regions[pbx.RegionID(in.Region)]
	if !v.seesRegion(r) {
		return Region{}, missing()
	}
	c := command.EditRegion{ID: r.ID, Region: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindRegion, in.Region, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Region{}, err
	}
	return s.region(v, v.s.Regions[r.ID]), nil
}

func (s *Server) deleteRegion(ctx context.Context, v *visit, in *regionIn) error {
	r := v.s.Regions[pbx.RegionID(in.Region)]
	if !v.seesRegion(r) {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteRegion{ID: r.ID})
	return err
}
