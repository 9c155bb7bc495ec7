package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"tandem/command"
	"tandem/hours"
	"tandem/pbx"
	"tandem/policy"
)

// Keeper is who keeps hours: the office, a group or a person.
type Keeper struct {
	Kind pbx.Kind `json:"kind" enum:"settings,group,user" doc:"settings is the office"`
	ID   string   `json:"id"`
	Name string   `json:"name,omitempty" doc:"absent where the visitor may not know"`
}

// WeekText is the times of every day as people write them: "9-12:30, 13-17"; empty is closed, 22-6 reaches into the next day.
type WeekText struct {
	Mon string `json:"mon" maxLength:"200"`
	Tue string `json:"tue" maxLength:"200"`
	Wed string `json:"wed" maxLength:"200"`
	Thu string `json:"thu" maxLength:"200"`
	Fri string `json:"fri" maxLength:"200"`
	Sat string `json:"sat" maxLength:"200"`
	Sun string `json:"sun" maxLength:"200"`
}

// Holiday is a day, or several, that does not follow the week.
type Holiday struct {
	Name   string `json:"name" maxLength:"400"`
	On     string `json:"on" maxLength:"100" doc:"2026-12-24, 2026-12-24..2027-01-02, 12-25, easter-2, orthodox+1, 4 thu 11, last mon 05, wed before 11-23; with sat-1 sun+1 also on another day"`
	Hours  string `json:"hours,omitempty" maxLength:"200" doc:"open at these times instead of the week's"`
	Closed string `json:"closed,omitempty" maxLength:"200" doc:"closed at these times only"`
}

// HoursNow is what hours say at this moment (C-12).
type HoursNow struct {
	State   pbx.State `json:"state,omitempty" enum:"open,break,closed" doc:"absent: nobody keeps hours"`
	Why     hours.Why `json:"why,omitempty" enum:"week,holiday,override"`
	Holiday bool      `json:"holiday"`
	Name    string    `json:"name,omitempty" doc:"of the holiday"`
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero" doc:"when the state changes next; absent: nothing is planned"`
}

// HoursOverride is a state that somebody set by hand.
type HoursOverride struct {
	Keeper  Keeper    `json:"keeper" doc:"whose hours were set; perhaps those of a group above"`
	State   pbx.State `json:"state" enum:"open,break,closed"`
	Holiday bool      `json:"holiday"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero" doc:"absent: until somebody ends it"`
	By      string    `json:"by,omitempty" doc:"name, where the visitor may know"`
	Reason  string    `json:"reason,omitempty"`
}

// HoursCan draws the buttons.
type HoursCan struct {
	Edit     bool `json:"edit"`
	Override bool `json:"override"`
}

// Hours are the hours that count for the office, a group or a person.
type Hours struct {
	Keeper   Keeper         `json:"keeper"`
	Own      bool           `json:"own" doc:"it keeps hours of its own"`
	Source   *Keeper        `json:"source,omitempty" doc:"whose hours count; absent: nobody keeps any"`
	Zone     string         `json:"zone" doc:"in which they count"`
	Fixed    string         `json:"fixed,omitempty" doc:"zone that the hours name themselves; absent: each group's own"`
	Open     WeekText       `json:"open"`
	Breaks   WeekText       `json:"breaks"`
	Holidays []Holiday      `json:"holidays" nullable:"false"`
	Override *HoursOverride `json:"override,omitempty"`
	Now      HoursNow       `json:"now"`
	Revision string         `json:"revision"`
	Can      HoursCan       `json:"can"`
	Ahead    []HoursDay     `json:"ahead,omitempty" doc:"of a dry run: the next 14 days as they would be"`
}

// lookAhead is how many days a dry run shows (BAR TZ-08).
const lookAhead = 14

func weekText(w hours.Week) WeekText {
	return WeekText{w[1].String(), w[2].String(), w[3].String(), w[4].String(), w[5].String(), w[6].String(), w[0].String()}
}

func (t WeekText) read(field string) (hours.Week, error) {
	var w hours.Week
	for i, text := range [7]string{t.Sun, t.Mon, t.Tue, t.Wed, t.Thu, t.Fri, t.Sat} {
		var err error
		if w[i], err = hours.ParseSpans(text); err != nil {
			return w, hoursField(err, field+"."+hours.DayNames()[i])
		}
	}
	return w, nil
}

// hoursField is a refusal that says which field holds what package hours cannot read.
func hoursField(err error, field string) error {
	e, ok := asRefusal(pbx.RefuseHours(err))
	if !ok {
		return err
	}
	moved := *e
	moved.Field = field
	return &moved
}

func (v *visit) keeper(id pbx.HoursID) Keeper {
	switch {
	case id == pbx.OfficeHours:
		return Keeper{pbx.KindSettings, string(id), v.s.Tenant.Name}
	case v.s.Users[pbx.UserID(id)] != nil:
		k := Keeper{Kind: pbx.KindUser, ID: string(id)}
		if u := pbx.UserID(id); u == v.who.User || v.knows(u) {
			k.Name = v.s.Users[u].Name
		}
		return k
	}
	k := Keeper{Kind: pbx.KindGroup, ID: string(id)}
	if g := pbx.GroupID(id); v.can(policy.GroupSee, policy.Group(g)) {
		k.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(id)})
	}
	return k
}

func (v *visit) hoursNow(k pbx.Kept) HoursNow {
	a := k.Plan.Around(v.at)
	return HoursNow{State: a.State, Why: a.Why, Holiday: a.Holiday, Name: a.Name, Since: a.From, Until: a.Until}
}

func (v *visit) showHours(id pbx.HoursID) Hours {
	k := v.s.KeptBy(id, v.at)
	edit, override := command.HoursNeed(v.s, id, policy.HoursEdit), command.HoursNeed(v.s, id, policy.HoursOverride)
	out := Hours{Keeper: v.keeper(id), Own: k.Source == id, Zone: k.Zone, Holidays: []Holiday{}, Now: v.hoursNow(k),
		Can: HoursCan{Edit: v.can(edit.Right, edit.Target), Override: v.can(override.Right, override.Target)}}
	if t := v.s.Timetables[k.Source]; t != nil {
		source := v.keeper(k.Source)
		out.Source, out.Fixed, out.Open, out.Breaks = &source, t.Zone, weekText(t.Open), weekText(t.Breaks)
		for _, h := range t.Holidays {
			out.Holidays = append(out.Holidays, Holiday{h.Name, h.On.String(), h.Hours.String(), h.Closed.String()})
		}
	}
	if own := v.s.Timetables[id]; own != nil {
		out.Revision = command.Revision(own)
	}
	if o := k.Override; o != nil {
		out.Override = &HoursOverride{Keeper: v.keeper(o.ID), State: o.State, Holiday: o.Holiday, From: o.From, Until: o.Until, Reason: o.Reason}
		if u := v.s.Users[o.By]; u != nil && (o.By == v.who.User || v.knows(o.By)) {
			out.Override.By = u.Name
		}
	}
	return out
}

// The three ways to name who keeps hours.
type (
	// OfficeKeeper is the office.
	OfficeKeeper struct{}
	// GroupKeeper is a group.
	GroupKeeper struct {
		Group string `path:"group"`
	}
	// UserKeeper is a person.
	UserKeeper struct {
		User string `path:"user"`
	}
)

func (OfficeKeeper) id() pbx.HoursID  { return pbx.OfficeHours }
func (k GroupKeeper) id() pbx.HoursID { return pbx.HoursID(k.Group) }
func (k UserKeeper) id() pbx.HoursID  { return pbx.HoursID(k.User) }

type keeping interface{ id() pbx.HoursID }

// sees refuses whoever may not know the hours. Those of the office are no secret in the house, and who sees a group sees its
// hours; those of a person tell when he is there, as his status does.
func (v *visit) seesHours(id pbx.HoursID) error {
	u := pbx.UserID(id)
	switch {
	case id == pbx.OfficeHours:
		return nil
	case v.s.Users[u] == nil && v.s.Groups[pbx.GroupID(id)] == nil:
		return missing()
	case v.s.Users[u] != nil && !v.mayKnowStatus(u) && !v.can(policy.HoursEdit, policy.User(u)):
		return v.need(policy.PresenceSee, policy.User(u))
	}
	return nil
}

func getHours[I keeping](_ *Server, _ context.Context, v *visit, in *I) (Hours, error) {
	if err := v.seesHours((*in).id()); err != nil {
		return Hours{}, err
	}
	return v.showHours((*in).id()), nil
}

func getHoursNow[I keeping](_ *Server, _ context.Context, v *visit, in *I) (HoursNow, error) {
	if err := v.seesHours((*in).id()); err != nil {
		return HoursNow{}, err
	}
	return v.hoursNow(v.s.KeptBy((*in).id(), v.at)), nil
}

// HoursKept is who keeps hours of his own or is held by hand, and what that says now.
type HoursKept struct {
	Keeper Keeper   `json:"keeper"`
	Own    bool     `json:"own" doc:"hours of its own"`
	Held   bool     `json:"held" doc:"set by hand, here or above"`
	Zone   string   `json:"zone" doc:"in which they count"`
	Now    HoursNow `json:"now"`
}

type keepersIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name"`
}

// listHours tells of the groups whose hours are not those of the office (C-12, X-118): the others are open when it is.
func listHours(_ *Server, _ context.Context, v *visit, in *keepersIn) (Page[HoursKept], error) {
	var rows []*pbx.Group
	sees := v.sight(policy.GroupSee)
	for _, g := range v.s.Groups {
		if sees.Sees(policy.Group(g.ID)) && matches(in.Q, g.Name) {
			if k := v.s.KeptBy(pbx.HoursID(g.ID), v.at); k.Source != "" && k.Source != pbx.OfficeHours || k.Override != nil && k.Override.ID != pbx.OfficeHours {
				rows = append(rows, g)
			}
		}
	}
	part, next, err := pageOf(rows, in.List, in.Sort, func(g *pbx.Group) string { return strings.ToLower(g.Name) }, func(g *pbx.Group) string { return string(g.ID) })
	page := Page[HoursKept]{Items: make([]HoursKept, 0, len(part)), Next: next, Total: len(rows)}
	for _, g := range part {
		id := pbx.HoursID(g.ID)
		k := v.s.KeptBy(id, v.at)
		page.Items = append(page.Items, HoursKept{Keeper: v.keeper(id), Own: k.Source == id, Held: k.Override != nil, Zone: k.Zone, Now: v.hoursNow(k)})
	}
	return page, err
}

// SetHoursIn are the fields of a request that sets hours.
type SetHoursIn struct {
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Inherit  bool      `json:"inherit,omitempty" doc:"no hours of its own; those above count"`
		Copy     string    `json:"copy,omitempty" doc:"id of the group, person or \"office\" whose hours are copied"`
		Zone     string    `json:"zone,omitempty" doc:"empty: each group's own"`
		Open     WeekText  `json:"open,omitempty"`
		Breaks   WeekText  `json:"breaks,omitempty"`
		Holidays []Holiday `json:"holidays,omitempty" maxItems:"300"`
		Revision string    `json:"revision,omitempty" doc:"same as If-Match"`
	}
}

func (in SetHoursIn) set() SetHoursIn { return in }

type setting interface {
	keeping
	set() SetHoursIn
}

type (
	setOfficeHours struct {
		OfficeKeeper
		SetHoursIn
	}
	setGroupHours struct {
		GroupKeeper
		SetHoursIn
	}
	setUserHours struct {
		UserKeeper
		SetHoursIn
	}
)

// putHours gives hours of its own, copies those of another, or goes back to inheriting.
func putHours[I setting](s *Server, ctx context.Context, v *visit, in *I) (Hours, error) {
	id, set := (*in).id(), (*in).set()
	var c command.Command
	switch b := set.Body; {
	case b.Inherit:
		c = command.InheritHours{Keeper: id}
	case b.Copy != "":
		from := pbx.HoursID(b.Copy)
		if err := v.seesHours(from); err != nil {
			return Hours{}, err
		}
		if g := pbx.GroupID(from); v.s.Groups[g] != nil {
			if err := v.need(policy.GroupSee, policy.Group(g)); err != nil {
				return Hours{}, err
			}
		}
		c = command.CopyHours{Keeper: id, From: from}
	default:
		schedule, err := readHours(set)
		if err != nil {
			return Hours{}, err
		}
		c = command.SetHours{Keeper: id, Zone: b.Zone, Schedule: schedule}
	}
	if v.s.Timetables[id] != nil {
		c = matching(pbx.KindHours, string(id), set.Match, set.Body.Revision, c)
	}
	if err := s.doOrTry(ctx, v, c, set.Dry); err != nil {
		return Hours{}, err
	}
	out := v.showHours(id)
	if plan := v.s.KeptBy(id, v.at).Plan; set.Dry && plan != nil {
		out.Ahead = hoursDays(plan, plan.Zone().Day(v.at), lookAhead)
	}
	return out, nil
}

func readHours(set SetHoursIn) (hours.Schedule, error) {
	var out hours.Schedule
	var err error
	if out.Open, err = set.Body.Open.read("open"); err != nil {
		return out, err
	}
	if out.Breaks, err = set.Body.Breaks.read("breaks"); err != nil {
		return out, err
	}
	for i, h := range set.Body.Holidays {
		field := "holidays." + strconv.Itoa(i)
		next := hours.Holiday{Name: h.Name}
		if next.On, err = hours.ParseRule(h.On); err != nil {
			return out, hoursField(err, field+".on")
		}
		if next.Hours, err = hours.ParseSpans(h.Hours); err != nil {
			return out, hoursField(err, field+".hours")
		}
		if next.Closed, err = hours.ParseSpans(h.Closed); err != nil {
			return out, hoursField(err, field+".closed")
		}
		out.Holidays = append(out.Holidays, next)
	}
	return out, nil
}

// OverrideIn are the fields of a request that holds hours in a state.
type OverrideIn struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body struct {
		State  string    `json:"state" enum:"open,break,closed,holiday"`
		Until  time.Time `json:"until,omitzero" doc:"absent: until somebody ends it"`
		Reason string    `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (in OverrideIn) override() OverrideIn { return in }

type overriding interface {
	keeping
	override() OverrideIn
}

type (
	overrideOffice struct {
		OfficeKeeper
		OverrideIn
	}
	overrideGroup struct {
		GroupKeeper
		OverrideIn
	}
	overrideUser struct {
		UserKeeper
		OverrideIn
	}
)

// putOverride holds hours in a state by hand.
func putOverride[I overriding](s *Server, ctx context.Context, v *visit, in *I) (Hours, error) {
	id, o := (*in).id(), (*in).override()
	c := command.OverrideHours{Keeper: id, State: pbx.State(o.Body.State), Until: o.Body.Until, Reason: o.Body.Reason}
	if o.Body.State == "holiday" {
		c.State, c.Holiday = pbx.StateClosed, true
	}
	if err := s.doOrTry(ctx, v, c, o.Dry); err != nil {
		return Hours{}, err
	}
	return v.showHours(id), nil
}

// deleteOverride lets the hours count again.
func deleteOverride[I keeping](s *Server, ctx context.Context, v *visit, in *I) (Hours, error) {
	if _, err := s.do(ctx, v, command.EndOverride{Keeper: (*in).id()}); err != nil {
		return Hours{}, err
	}
	return v.showHours((*in).id()), nil
}

// HoursDay is one day of the preview; on the days on which clocks change it has 23 or 25 hours.
type HoursDay struct {
	Date     string      `json:"date"`
	Begin    time.Time   `json:"begin"`
	End      time.Time   `json:"end"`
	Holidays []string    `json:"holidays" nullable:"false" doc:"names"`
	Spans    []HoursSpan `json:"spans" nullable:"false"`
}

// HoursSpan is a part of a day in which one answer counts.
type HoursSpan struct {
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	State   pbx.State `json:"state,omitempty" enum:"open,break,closed"`
	Why     hours.Why `json:"why,omitempty" enum:"week,holiday,override"`
	Holiday bool      `json:"holiday"`
	Name    string    `json:"name,omitempty"`
}

// HoursPreview is what counts in the days to come, everything taken together.
type HoursPreview struct {
	Zone string     `json:"zone"`
	Days []HoursDay `json:"days" nullable:"false"`
}

// PreviewIn are the fields of a request for a preview.
type PreviewIn struct {
	From string `query:"from" format:"date" doc:"absent: today in the zone of the hours"`
	Days int    `query:"days" minimum:"1" maximum:"62" default:"14"`
}

func (in PreviewIn) preview() PreviewIn { return in }

type previewing interface {
	keeping
	preview() PreviewIn
}

type (
	previewOffice struct {
		OfficeKeeper
		PreviewIn
	}
	previewGroup struct {
		GroupKeeper
		PreviewIn
	}
	previewUser struct {
		UserKeeper
		PreviewIn
	}
)

// getHoursPreview shows some days as they will be (BAR TZ-08).
func getHoursPreview[I previewing](_ *Server, _ context.Context, v *visit, in *I) (HoursPreview, error) {
	if err := v.seesHours((*in).id()); err != nil {
		return HoursPreview{}, err
	}
	k, p := v.s.KeptBy((*in).id(), v.at), (*in).preview()
	out := HoursPreview{Zone: k.Zone, Days: []HoursDay{}}
	if k.Plan == nil {
		return out, nil
	}
	z := k.Plan.Zone()
	first := z.Day(v.at)
	if p.From != "" {
		t, err := time.Parse(time.DateOnly, p.From)
		if err != nil || t.Year() < hours.FirstYear || t.Year() >= hours.LastYear {
			return out, pbx.Refuse(pbx.Invalid, "from", "hours.date", "value", p.From)
		}
		first = hours.DateOf(t.Date())
	}
	out.Days = hoursDays(k.Plan, first, p.Days)
	return out, nil
}

// hoursDays are the states of some days, one after the other.
func hoursDays(plan *hours.Plan, first hours.Date, days int) []HoursDay {
	out, z := make([]HoursDay, 0, days), plan.Zone()
	for d := first; d < first+hours.Date(days); d++ {
		day := HoursDay{Date: d.String(), Begin: z.Begin(d), End: z.Begin(d + 1), Holidays: []string{}, Spans: []HoursSpan{}}
		for s := range plan.Stretches(day.Begin, day.End) {
			day.Spans = append(day.Spans, HoursSpan{s.From, s.Until, s.State, s.Why, s.Holiday, s.Name})
			if s.Name != "" && (len(day.Holidays) == 0 || day.Holidays[len(day.Holidays)-1] != s.Name) {
				day.Holidays = append(day.Holidays, s.Name)
			}
		}
		out = append(out, day)
	}
	return out
}

// hoursRoutes are the hours of the office, of groups and of people.
func hoursRoutes() []Route {
	const office, group, user = "/v1/settings/hours", "/v1/groups/{group}/hours", "/v1/users/{user}/hours"
	anybody := signedIn("when the office is open is no secret in the house")
	ofGroup, ofUser := over("group", policy.GroupSee), signedIn("shows only hours of people whose presence the visitor sees, or whose hours he edits")
	return []Route{
		route("GET", "/v1/hours", signedIn("shows only groups that group.see reaches"), "Groups whose hours are not those of the office, and whether they are open.", listHours),
		route("GET", office, anybody, "The office's hours.", getHours[OfficeKeeper]),
		route("GET", group, ofGroup, "The hours that count for a group.", getHours[GroupKeeper]),
		route("GET", user, ofUser, "The hours that count for a person.", getHours[UserKeeper]),
		route("PUT", office, house(policy.SettingEdit), "Set the office's hours, from which everybody inherits.", putHours[setOfficeHours]).tries(),
		route("PUT", group, over("group", policy.HoursEdit), "Give a group hours of its own, or let it inherit.", putHours[setGroupHours]).tries(),
		route("PUT", user, over("user", policy.HoursEdit), "Give a person hours of his own, or let him inherit.", putHours[setUserHours]).tries(),
		route("PUT", office+"/override", house(policy.SettingEdit), "Hold the office open, closed, on break or on holiday.", putOverride[overrideOffice]).tries(),
		route("PUT", group+"/override", over("group", policy.HoursOverride), "Hold a group open, closed, on break or on holiday.", putOverride[overrideGroup]).tries(),
		route("PUT", user+"/override", over("user", policy.HoursOverride), "Hold the hours of a person in a state.", putOverride[overrideUser]).tries(),
		route("DELETE", office+"/override", house(policy.SettingEdit), "Let the office's hours count again.", deleteOverride[OfficeKeeper]),
		route("DELETE", group+"/override", over("group", policy.HoursOverride), "Let the hours of a group count again.", deleteOverride[GroupKeeper]),
		route("DELETE", user+"/override", over("user", policy.HoursOverride), "Let the hours of a person count again.", deleteOverride[UserKeeper]),
		route("GET", office+"/now", anybody, "Whether the office is open, and until when.", getHoursNow[OfficeKeeper]),
		route("GET", group+"/now", ofGroup, "Whether a group is open, and until when.", getHoursNow[GroupKeeper]),
		route("GET", user+"/now", ofUser, "Whether a person is in office hours, and until when.", getHoursNow[UserKeeper]),
		route("GET", office+"/preview", anybody, "What counts for the office in the days to come.", getHoursPreview[previewOffice]),
		route("GET", group+"/preview", ofGroup, "What counts for a group in the days to come.", getHoursPreview[previewGroup]),
		route("GET", user+"/preview", ofUser, "What counts for a person in the days to come.", getHoursPreview[previewUser]),
	}
}
