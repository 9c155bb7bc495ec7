package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/toll"
)

// Restriction is a profile of what may be called outside, as those see it who may decide about somebody it reaches.
type Restriction struct {
	ID        pbx.RestrictionID `json:"id"`
	Name      string            `json:"name"`
	Group     pbx.GroupID       `json:"group,omitempty" doc:"whose it is; absent: the office's"`
	GroupName string            `json:"group_name,omitempty"`
	On        []TollPlace       `json:"on" nullable:"false" doc:"what it is put on"`
	Hidden    int               `json:"hidden" doc:"more of what it is put on, that the visitor may not decide about"`
	Rules     []TollRule        `json:"rules" nullable:"false" doc:"a rule that forbids beats those that allow"`
	Except    []TollExcept      `json:"except" nullable:"false" doc:"beats every rule for one person, for a while"`
	Off       bool              `json:"off"`
	Revision  string            `json:"revision,omitempty"`
	Edit      bool              `json:"edit" doc:"the visitor may change it: he may decide about everybody it reaches"`
}

// TollPlace is something that a profile is put on.
type TollPlace struct {
	Kind string `json:"kind" enum:"office,region,group,role,user,device"`
	ID   string `json:"id,omitempty" doc:"absent for the office"`
	Name string `json:"name,omitempty" doc:"not read"`
}

// TollRule is one rule. A list that is empty means all; without classes and prefixes a rule allows no pricy numbers.
type TollRule struct {
	Effect    string   `json:"effect" enum:"allow,deny,limit,pin"`
	Contacts  bool     `json:"contacts,omitempty" doc:"only numbers that stand in a phone book of whoever pays"`
	Classes   []string `json:"classes,omitempty" enum:"local,national,mobile,toll_free,international,shared_cost,premium,satellite,unassigned"`
	Countries []string `json:"countries,omitempty" doc:"ISO 3166 alpha-2"`
	Prefixes  []string `json:"prefixes,omitempty" doc:"beginnings of numbers with country code, such as +48; whole numbers too"`
	When      string   `json:"when,omitempty" enum:",open,closed,weekend,holiday" doc:"by the hours and the clock of the person"`
	From      int      `json:"from,omitempty" doc:"minute of the day"`
	Until     int      `json:"until,omitempty" doc:"minute of the day; before from: of the next one; both 0: the whole day"`
	Minutes   int      `json:"minutes,omitempty" doc:"with limit: how long one call may last; with pin: how long a typed PIN holds for that person at that phone, at most 480; absent: it is asked for before each call"`
	Text      string   `json:"text,omitempty" doc:"the rule as a sentence; not read"`
}

// TollExcept is an exception of one person.
type TollExcept struct {
	User      pbx.UserID `json:"user"`
	Name      string     `json:"name,omitempty" doc:"not read"`
	Classes   []string   `json:"classes,omitempty" enum:"local,national,mobile,toll_free,international,shared_cost,premium,satellite,unassigned"`
	Countries []string   `json:"countries,omitempty"`
	Prefixes  []string   `json:"prefixes,omitempty"`
	Until     time.Time  `json:"until"`
	Reason    string     `json:"reason"`
	Text      string     `json:"text,omitempty" doc:"which numbers, in words; not read"`
}

// country gives the names of countries in a visitor's language.
func (s *Server) country(v *visit) func(string) string {
	names := display.Regions(language.Make(v.lang))
	return func(iso string) string {
		if r, err := language.ParseRegion(iso); err == nil {
			if name := names.Name(r); name != "" {
				return name
			}
		}
		return iso
	}
}

func (v *visit) meets(n command.Need) bool { return v.can(n.Right, n.Target) }

// seesRestriction reports whether a visitor may decide about somebody that a profile reaches, and whether about all.
func (v *visit) seesRestriction(r *pbx.Restriction) (sees, edits bool) {
	if r == nil {
		return false, false
	}
	edits = true
	for _, n := range command.RestrictionNeeds(v.s, r.Group, r.On...) {
		if v.meets(n) {
			sees = true
		} else {
			edits = false
		}
	}
	return sees, edits
}

func (s *Server) restriction(v *visit, r *pbx.Restriction) Restriction {
	_, edits := v.seesRestriction(r)
	out := Restriction{ID: r.ID, Name: r.Name, Group: r.Group, Off: r.Off, Edit: edits, Revision: command.Revision(r), On: []TollPlace{}, Rules: []TollRule{}, Except: []TollExcept{}}
	if r.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(r.Group)})
	}
	for _, on := range r.On {
		if on.Kind != pbx.KindRole && v.s.Find(on) == nil {
			continue
		}
		if !v.meets(command.RestrictionNeed(v.s, on)) && on.Kind != pbx.KindSettings {
			out.Hidden++
			continue
		}
		out.On = append(out.On, s.tollPlace(v, on))
	}
	say, country := func(t i18n.Text) string { return s.say(v, t) }, s.country(v)
	for i := range r.Rules {
		t := &r.Rules[i]
		out.Rules = append(out.Rules, TollRule{Effect: string(t.Effect), Contacts: t.Contacts, Classes: t.Classes, Countries: t.Countries, Prefixes: t.Prefixes, When: string(t.When),
			From: t.From, Until: t.Until, Minutes: t.Minutes, Text: toll.Sentence(t, say, country)})
	}
	for i := range r.Except {
		e := &r.Except[i]
		row := TollExcept{User: e.User, Classes: e.Classes, Countries: e.Countries, Prefixes: e.Prefixes, Until: e.Until, Reason: e.Reason, Text: toll.ExceptSentence(e, say, country)}
		if v.knows(e.User) {
			row.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(e.User)})
		}
		out.Except = append(out.Except, row)
	}
	return out
}

func (s *Server) tollPlace(v *visit, on pbx.Ref) TollPlace {
	switch on.Kind {
	case pbx.KindSettings:
		return TollPlace{Kind: "office", Name: v.s.Tenant.Name}
	case pbx.KindRole:
		name := s.say(v, i18n.T("role."+on.ID))
		if r := v.s.Roles[pbx.RoleID(on.ID)]; r != nil {
			name = r.Name
		}
		return TollPlace{Kind: "role", ID: on.ID, Name: name}
	case pbx.KindDevice:
		if d := v.s.Devices[pbx.DeviceID(on.ID)]; d != nil {
			return TollPlace{Kind: "device", ID: on.ID, Name: d.Name}
		}
	}
	return TollPlace{Kind: string(on.Kind), ID: on.ID, Name: v.s.NameOf(on)}
}

type restrictionsIn struct{ List }

// listRestrictions lists the profiles that reach somebody the visitor may decide about.
func (s *Server) listRestrictions(_ context.Context, v *visit, in *restrictionsIn) (Page[Restriction], error) {
	var rows []*pbx.Restriction
	for _, r := range v.s.Restrictions {
		if sees, _ := v.seesRestriction(r); sees && matches(in.Q, r.Name) {
			rows = append(rows, r)
		}
	}
	part, next, err := pageOf(rows, in.List, "name", func(r *pbx.Restriction) string { return strings.ToLower(r.Name) }, func(r *pbx.Restriction) string { return string(r.ID) })
	page := Page[Restriction]{Items: make([]Restriction, 0, len(part)), Next: next, Total: len(rows)}
	for _, r := range part {
		page.Items = append(page.Items, s.restriction(v, r))
	}
	return page, err
}

type restrictionIn struct {
	Restriction string `path:"restriction"`
}

func (s *Server) getRestriction(_ context.Context, v *visit, in *restrictionIn) (Restriction, error) {
	r := v.s.Restrictions[pbx.RestrictionID(in.Restriction)]
	if sees, _ := v.seesRestriction(r); !sees {
		return Restriction{}, missing()
	}
	return s.restriction(v, r), nil
}

type restrictionBody struct {
	Name     *string       `json:"name,omitempty"`
	Group    *string       `json:"group,omitempty" doc:"department it belongs to; empty for the office"`
	On       *[]TollPlace  `json:"on,omitempty"`
	Rules    *[]TollRule   `json:"rules,omitempty"`
	Except   *[]TollExcept `json:"except,omitempty"`
	Off      *bool         `json:"off,omitempty"`
	Revision string        `json:"revision,omitempty" doc:"same as If-Match"`
}

// read makes what is typed of a body.
func (b *restrictionBody) read() command.Restriction {
	c := command.Restriction{Name: b.Name, Off: b.Off}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	if b.On != nil {
		on := []pbx.Ref{}
		for _, p := range *b.On {
			ref := pbx.Ref{Kind: pbx.Kind(p.Kind), ID: p.ID}
			if p.Kind == "office" {
				ref = officeRef()
			}
			if !slices.Contains(on, ref) {
				on = append(on, ref)
			}
		}
		c.On = &on
	}
	if b.Rules != nil {
		rules := []pbx.TollRule{}
		for _, t := range *b.Rules {
			rules = append(rules, pbx.TollRule{Effect: pbx.TollEffect(t.Effect), Contacts: t.Contacts, Classes: t.Classes, Countries: t.Countries, Prefixes: t.Prefixes, When: pbx.TollWhen(t.When),
				From: t.From, Until: t.Until, Minutes: t.Minutes})
		}
		c.Rules = &rules
	}
	if b.Except != nil {
		list := []pbx.TollExcept{}
		for _, e := range *b.Except {
			list = append(list, pbx.TollExcept{User: e.User, Classes: e.Classes, Countries: e.Countries, Prefixes: e.Prefixes, Until: e.Until.UTC().Truncate(time.Millisecond), Reason: e.Reason})
		}
		c.Except = &list
	}
	return c
}

type newRestriction struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body restrictionBody
}

func (s *Server) createRestriction(ctx context.Context, v *visit, in *newRestriction) (Restriction, error) {
	c := command.CreateRestriction{Restriction: in.Body.read()}
	made, err := s.made(ctx, v, c, in.Dry)
	if err != nil {
		return Restriction{}, err
	}
	return s.restriction(v, v.s.Restrictions[pbx.RestrictionID(made.ID)]), nil
}

type editRestriction struct {
	Restriction string `path:"restriction"`
	Dry         bool   `query:"dry" doc:"only say what it would be"`
	Match       string `header:"If-Match" doc:"revision that was shown"`
	Body        restrictionBody
}

func (s *Server) patchRestriction(ctx context.Context, v *visit, in *editRestriction) (Restriction, error) {
	r := v.s.Restrictions[pbx.RestrictionID(in.Restriction)]
	if sees, _ := v.seesRestriction(r); !sees {
		return Restriction{}, missing()
	}
	c := command.EditRestriction{ID: r.ID, Restriction: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindRestriction, in.Restriction, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Restriction{}, err
	}
	return s.restriction(v, v.s.Restrictions[r.ID]), nil
}

type deleteRestriction struct {
	Restriction string `path:"restriction"`
}

func (s *Server) deleteRestriction(ctx context.Context, v *visit, in *deleteRestriction) error {
	r := v.s.Restrictions[pbx.RestrictionID(in.Restriction)]
	if sees, _ := v.seesRestriction(r); !sees {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteRestriction{ID: r.ID})
	return err
}
