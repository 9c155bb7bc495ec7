package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/hours"
	"tandem/number"
)

// Restriction is a profile of rules about which numbers outside may be called (B-003, B-029, B-035…B-041, X-079). It holds for everybody
// whom it is put on; of all profiles that reach somebody a rule that forbids beats those that allow, and an exception beats both.
type Restriction struct {
	ID      RestrictionID `json:"id"`
	Name    string        `json:"name"`
	Group   GroupID       `json:"group,omitempty"` // whose it is: the office's when empty
	On      []Ref         `json:"on,omitempty"`    // the office (settings), regions, groups with all below, roles, people, phones; what is gone reaches nobody
	Rules   []TollRule    `json:"rules,omitempty"`
	Except  []TollExcept  `json:"except,omitempty"`
	Off     bool          `json:"off,omitempty"`
	Created time.Time     `json:"created"`
}

// TollEffect is what a rule does with the calls it fits.
type TollEffect string

// The effects.
const (
	TollAllow TollEffect = "allow"
	TollDeny  TollEffect = "deny"
	TollLimit TollEffect = "limit" // the call ends after some minutes, if it is allowed
	TollPIN   TollEffect = "pin"   // whoever pays types his PIN before, if it is allowed
)

// TollWhen says when a rule holds.
type TollWhen string

// The moments, by the hours and the clock of the person who pays. Where nobody keeps hours it is always open.
const (
	TollAlways  TollWhen = ""
	TollOpen    TollWhen = "open"
	TollClosed  TollWhen = "closed"
	TollWeekend TollWhen = "weekend" // Saturday and Sunday
	TollHoliday TollWhen = "holiday"
)

// TollRule speaks about some numbers: those that fit every list that is not empty.
type TollRule struct {
	Effect    TollEffect `json:"effect"`
	Classes   []string   `json:"classes,omitempty"`   // of number.OutsideClasses; an empty list of a rule that allows leaves out the pricy ones
	Countries []string   `json:"countries,omitempty"` // ISO 3166 alpha-2
	Prefixes  []string   `json:"prefixes,omitempty"`  // of E.164 numbers, whole numbers too
	Contacts  bool       `json:"contacts,omitempty"`  // only numbers that stand in a phone book of whoever pays (B-016)
	When      TollWhen   `json:"when,omitempty"`
	From      int        `json:"from,omitempty"`    // minute of the day …
	Until     int        `json:"until,omitempty"`   // … and its end; both 0: the whole day. An end before the beginning is on the next day
	Minutes   int        `json:"minutes,omitempty"` // with TollLimit: how long one call may last (B-038); with TollPIN: how long a typed PIN holds at that phone, 0: for that call
}

// TollExcept lets one person call what the rules do not, for a while and for a reason (B-114).
type TollExcept struct {
	User      UserID    `json:"user"`
	Classes   []string  `json:"classes,omitempty"`
	Countries []string  `json:"countries,omitempty"`
	Prefixes  []string  `json:"prefixes,omitempty"`
	Until     time.Time `json:"until"`
	Reason    string    `json:"reason"`
}

// The most that one profile can hold.
const (
	MaxTollRules   = 100
	MaxTollExcepts = 500
	MaxTollOn      = 500
	maxTollList    = 300
	// MaxTollMinutes is the longest limit of one call: a day.
	MaxTollMinutes = 24 * 60
	// MaxPINMinutes is the longest that a typed PIN holds: a working day.
	MaxPINMinutes = 8 * 60
)

// Basic is what everybody may call while no profile is put on the office: numbers in its country that cost little (TF-01).
func Basic() TollRule {
	return TollRule{Effect: TollAllow, Classes: []string{"local", "national", "mobile", "toll_free"}}
}

func (s *Snapshot) checkRestriction(r *Restriction) error {
	if r.Group != "" {
		if err := s.hasGroup("group", r.Group); err != nil {
			return err
		}
	}
	if len(r.On) > MaxTollOn || len(r.Rules) > MaxTollRules || len(r.Except) > MaxTollExcepts {
		return Refuse(Invalid, "rules", "restriction.too_much")
	}
	for i, on := range r.On {
		if !slices.Contains([]Kind{KindSettings, KindRegion, KindGroup, KindRole, KindUser, KindDevice}, on.Kind) || on.ID == "" || slices.Contains(r.On[:i], on) {
			return Refuse(Invalid, "on", "restriction.on_unknown")
		}
	}
	for i := range r.Rules {
		if err := r.Rules[i].check("rules." + strconv.Itoa(i)); err != nil {
			return err
		}
	}
	for i, e := range r.Except {
		field := "except." + strconv.Itoa(i)
		switch {
		case e.User == "":
			return Refuse(Invalid, field+".user", "user.unknown")
		case e.Until.IsZero():
			return Refuse(Invalid, field+".until", "restriction.until_missing")
		case strings.TrimSpace(e.Reason) == "":
			return Refuse(Invalid, field+".reason", "restriction.reason_missing")
		}
		if err := first(checkNumbers(field, e.Classes, e.Countries, e.Prefixes), checkLine(field+".reason", e.Reason, 500)); err != nil {
			return err
		}
	}
	return CheckName("name", r.Name)
}

func (t *TollRule) check(field string) error {
	if !slices.Contains([]TollEffect{TollAllow, TollDeny, TollLimit, TollPIN}, t.Effect) {
		return Refuse(Invalid, field+".effect", "restriction.effect_unknown")
	}
	if !slices.Contains([]TollWhen{TollAlways, TollOpen, TollClosed, TollWeekend, TollHoliday}, t.When) {
		return Refuse(Invalid, field+".when", "restriction.when_unknown")
	}
	if t.From < 0 || t.From >= 24*60 || t.Until < 0 || t.Until > 24*60 || t.From == t.Until && t.From != 0 {
		return Refuse(Invalid, field+".from", "restriction.span_bad")
	}
	switch {
	case t.Effect == TollPIN:
		if t.Minutes < 0 || t.Minutes > MaxPINMinutes {
			return Refuse(Invalid, field+".minutes", "restriction.pin_minutes_range")
		}
	case (t.Effect == TollLimit) != (t.Minutes > 0) || t.Minutes < 0 || t.Minutes > MaxTollMinutes:
		return Refuse(Invalid, field+".minutes", "restriction.minutes_range")
	}
	return checkNumbers(field, t.Classes, t.Countries, t.Prefixes)
}

// checkNumbers takes lists that say which numbers are meant.
func checkNumbers(field string, classes, countries, prefixes []string) error {
	if len(classes)+len(countries)+len(prefixes) > maxTollList {
		return Refuse(Invalid, field, "restriction.too_much")
	}
	for _, c := range classes {
		if !slices.Contains(number.OutsideClasses(), c) {
			return Refuse(Invalid, field+".classes", "outroute.class_unknown", "value", c)
		}
	}
	for _, c := range countries {
		if !number.IsCountry(c) {
			return Refuse(Invalid, field+".countries", "settings.country_unknown", "country", c)
		}
	}
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(p, "+"); !ok || rest == "" || len(rest) > 15 || strings.Trim(rest, "0123456789") != "" {
			return Refuse(Invalid, field+".prefixes", "outroute.prefix_bad", "value", p)
		}
	}
	return nil
}

// ExceptsOf lists the exceptions for one person.
func (r *Restriction) ExceptsOf(u UserID) (all []TollExcept) {
	for _, e := range r.Except {
		if e.User == u {
			all = append(all, e)
		}
	}
	return all
}

// RestrictionsOn lists the profiles put directly on something, in order of id.
func (s *Snapshot) RestrictionsOn(r Ref) []*Restriction { return s.index.restrictions[r.Kind][r.ID] }

// indexRestrictions sorts the profiles by what they are put on, and winds the clocks that their rules ask. There are few of them.
func (s *Snapshot) indexRestrictions() {
	x, before := &s.index, s.index.clocks
	x.restrictions, x.clocks = nil, nil
	timed := false
	for _, r := range s.Restrictions {
		if r.Off {
			continue
		}
		for _, ref := range r.On {
			if x.restrictions == nil {
				x.restrictions = map[Kind]map[string][]*Restriction{}
			}
			on := x.restrictions[ref.Kind]
			if on == nil {
				on = map[string][]*Restriction{}
				x.restrictions[ref.Kind] = on
			}
			on[ref.ID] = append(on[ref.ID], r)
		}
		timed = timed || slices.ContainsFunc(r.Rules, func(t TollRule) bool { return t.When == TollWeekend || t.From != t.Until })
	}
	for _, on := range x.restrictions {
		for _, list := range on {
			slices.SortFunc(list, func(a, b *Restriction) int { return strings.Compare(string(a.ID), string(b.ID)) })
		}
	}
	if !timed {
		return
	}
	x.clocks = map[string]*hours.Zone{}
	wind := func(name string) {
		if name == "" || x.clocks[name] != nil {
			return
		}
		z := before[name]
		if z == nil {
			var err error
			if z, err = hours.LoadZone(name); err != nil {
				return // check refuses it
			}
		}
		x.clocks[name] = z
	}
	wind("UTC")
	wind(s.Tenant.Zone)
	for _, g := range s.Groups {
		wind(g.Zone)
	}
}

// mendRestrictions does it anew when a profile or a zone was touched.
func (s *Snapshot) mendRestrictions(t *touch) {
	for _, r := range t.rows {
		n := r.new
		if n == nil {
			n = r.old
		}
		switch n.(type) {
		case *Restriction, *Group, *Tenant:
			s.indexRestrictions()
			return
		}
	}
}

// Clock is the zone that a person lives in.
func (s *Snapshot) Clock(u UserID, at time.Time) *time.Location {
	name := s.ZoneOf(u, at)
	if z := s.index.clocks[name]; z != nil {
		return z.Location()
	}
	if z, err := hours.LoadZone(name); err == nil {
		return z.Location()
	}
	return time.UTC
}
