package command

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
)

// SetForwarding changes what happens to calls for a person; nil fields stay (X-048… ).
type SetForwarding struct {
	User       pbx.UserID
	Profiles   map[pbx.Status]pbx.Profile // statuses that are not named stay as they are
	Exceptions *[]pbx.Exception
	Fixed      *bool
	Locked     *bool
}

// Need asks for forwarding.edit, and for user.edit to keep a person from changing his rules himself.
func (c SetForwarding) Need(*pbx.Snapshot, pbx.Actor) []Need {
	var needs []Need
	if c.Profiles != nil || c.Exceptions != nil || c.Fixed != nil || c.Locked == nil {
		needs = append(needs, Need{policy.ForwardingEdit, policy.User(c.User)})
	}
	if c.Locked != nil {
		needs = append(needs, Need{policy.UserEdit, policy.User(c.User)})
	}
	return needs
}

// Change writes the rules. What leads somewhere new has to lead to something that exists and that the actor may see, and
// outside the house only with forwarding.outside; what led there before may stay.
func (c SetForwarding) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil {
		return pbx.Change{}, missing()
	}
	w.object = u.Ref()
	next := pbx.Forwarding{User: c.User}
	old := w.Snapshot.Forwardings[c.User]
	if old != nil {
		next = *old
	}
	if next.Locked && c.Locked == nil && w.Ask(w.Snapshot, policy.UserEdit, policy.User(c.User)) != nil {
		return pbx.Change{}, pbx.Refuse(pbx.Denied, "", "forwarding.locked", "name", u.Name)
	}
	if c.Locked != nil {
		next.Locked = *c.Locked
	}
	if c.Fixed != nil {
		next.Fixed = *c.Fixed
	}
	if c.Profiles != nil {
		profiles := map[pbx.Status]pbx.Profile{}
		for status, p := range next.Profiles {
			profiles[status] = p
		}
		for status, p := range c.Profiles {
			profiles[status] = p
		}
		next.Profiles = profiles
	}
	if c.Exceptions != nil {
		next.Exceptions = *c.Exceptions
	}
	if err := w.cleanForwarding(u, old, &next); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// cleanForwarding brings the rules into the form that is kept.
func (w *Work) cleanForwarding(u *pbx.User, old, next *pbx.Forwarding) error {
	known := map[pbx.Destination]bool{}
	rang := map[pbx.Status]bool{}
	if old != nil {
		for l := range old.Leads {
			known[plain(l.To)] = true
		}
		for status, p := range old.Profiles {
			rang[status] = p.Mobile
		}
	}
	for _, status := range pbx.Statuses() {
		p, ok := next.Profiles[status]
		if !ok {
			continue
		}
		var err error
		if p, err = w.cleanProfile(u, status, p, known); err != nil {
			return err
		}
		if p.Mobile && !rang[status] {
			if err := w.mayLeadOutside(u, "profiles."+string(status)+".mobile"); err != nil {
				return err
			}
		}
		next.Profiles[status] = p
	}
	next.Exceptions = slices.Clone(next.Exceptions)
	for i := range next.Exceptions {
		if err := w.cleanException(u, i, &next.Exceptions[i], known); err != nil {
			return err
		}
	}
	return nil
}

// plain is where a destination leads, whatever happens on arrival.
func plain(d pbx.Destination) pbx.Destination {
	return pbx.Destination{Kind: d.Kind, ID: d.ID, Number: d.Number}
}

func (w *Work) cleanProfile(u *pbx.User, status pbx.Status, p pbx.Profile, known map[pbx.Destination]bool) (pbx.Profile, error) {
	field := "profiles." + string(status)
	if !status.IsNamed() {
		p.Name = ""
	}
	p.Name, p.Message = oneLine(p.Name), oneLine(p.Message)
	for _, c := range []struct {
		name string
		at   *pbx.Case
	}{{"no_answer", &p.NoAnswer}, {"busy", &p.Busy}, {"offline", &p.Offline}, {"always", &p.Always}} {
		if err := w.cleanDestination(u, field+"."+c.name+".inside", &c.at.Inside, known, false); err != nil {
			return p, err
		}
		if c.at.Outside == nil {
			continue
		}
		to := *c.at.Outside
		if err := w.cleanDestination(u, field+"."+c.name+".outside", &to, known, false); err != nil {
			return p, err
		}
		c.at.Outside = &to
	}
	return p, nil
}

func (w *Work) cleanException(u *pbx.User, i int, e *pbx.Exception, known map[pbx.Destination]bool) error {
	field := "exceptions." + strconv.Itoa(i)
	e.Number = cleanPattern(w.Snapshot.PlaceOf(u.ID, "", w.Now).Country, e.Number)
	if e.Caller != "" && (w.Snapshot.Users[e.Caller] == nil || w.Ask(w.Snapshot, policy.UserSee, policy.User(e.Caller)) != nil) && !known[plain(e.To)] {
		return pbx.Refuse(pbx.Invalid, field+".caller", "user.unknown")
	}
	return w.cleanDestination(u, field+".to", &e.To, known, e.When == pbx.WhenAlways)
}

// cleanPattern writes a caller's number as calls show it: in full, or with a star for the digits that do not matter.
func cleanPattern(country, pattern string) string {
	pattern = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -/().", r) {
			return -1
		}
		return r
	}, pattern)
	if e, ok := number.Parse(country, pattern); ok {
		return string(e)
	}
	if start, open := strings.CutSuffix(pattern, "*"); open && strings.HasPrefix(start, "00") {
		return "+" + start[2:] + "*"
	}
	return pattern
}

// cleanDestination refuses a destination that leads nowhere, back to the person himself, or outside without the right to.
func (w *Work) cleanDestination(u *pbx.User, field string, d *pbx.Destination, known map[pbx.Destination]bool, self bool) error {
	if d.Kind == pbx.ToOutside {
		var owner pbx.UserID
		if u != nil {
			owner = u.ID
		}
		n := w.Snapshot.PlaceOf(owner, "", w.Now).Read(d.Number)
		switch {
		case n.Class == number.Emergency:
			return pbx.Refuse(pbx.Invalid, field, "destination.emergency")
		case !n.Class.IsOutside():
			return pbx.Refuse(pbx.Invalid, field, "destination.number_bad", "number", printable(d.Number))
		case n.E164 != "":
			d.Number = string(n.E164)
		default:
			d.Number = n.Digits
		}
	}
	if u != nil && d.Kind == pbx.ToUser && d.ID == string(u.ID) {
		if self {
			return nil
		}
		return pbx.Refuse(pbx.Invalid, field, "destination.self")
	}
	if d.IsZero() || known[plain(*d)] {
		return nil
	}
	switch d.Kind {
	case pbx.ToUser:
		if w.Snapshot.Users[pbx.UserID(d.ID)] != nil && w.Ask(w.Snapshot, policy.UserSee, policy.User(pbx.UserID(d.ID))) != nil {
			return pbx.Refuse(pbx.Invalid, field, "destination.gone")
		}
	case pbx.ToMobile, pbx.ToOutside:
		if err := w.mayLeadOutside(u, field); err != nil {
			return err
		}
		if err := w.mayCost(u, field, *d); err != nil {
			return err
		}
	}
	owner := pbx.UserID("")
	if u != nil {
		owner = u.ID
	}
	if !w.Snapshot.Leads(owner, *d) {
		if d.Kind == pbx.ToMobile {
			return pbx.Refuse(pbx.Invalid, field, "destination.no_mobile")
		}
		return pbx.Refuse(pbx.Invalid, field, "destination.gone")
	}
	return nil
}

// mayCost refuses a rule that leads where its person may never call; what is closed only at times, or has no price yet, is decided with each call (TF-07).
func (w *Work) mayCost(u *pbx.User, field string, d pbx.Destination) error {
	if u == nil {
		return nil
	}
	if d.Kind == pbx.ToMobile {
		d.Number = u.Mobile
	}
	n := w.Snapshot.PlaceOf(u.ID, "", w.Now).Read(d.Number)
	switch v := toll.Decide(w.Snapshot, toll.Question{Payer: u.ID, To: n, At: w.Now}); v.Code {
	case toll.Forbidden, toll.Missing, toll.Alarmed:
		return pbx.Refuse(pbx.Invalid, field, "forwarding.not_open", "name", u.Name, "number", cmp.Or(string(n.E164), n.Digits))
	}
	return nil
}

// mayLeadOutside asks for forwarding.outside; a ring group's rules are the office's.
func (w *Work) mayLeadOutside(u *pbx.User, field string) error {
	target := policy.System()
	if u != nil {
		target = policy.User(u.ID)
	}
	if err := w.Ask(w.Snapshot, policy.ForwardingOutside, target); err != nil {
		return atField(err, field)
	}
	return nil
}
