package api

import (
	"context"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Place is where a rule sends a call.
type Place struct {
	Kind   pbx.DestinationKind `json:"kind" enum:",user,mobile,outside,mailbox,ring,queue,menu,group,park,room,busy,prompt,fetch,names" doc:"empty ends the call"`
	ID     string              `json:"id,omitempty"`
	Number string              `json:"number,omitempty" doc:"of outside"`
	Screen bool                `json:"screen,omitempty" doc:"the person hears who calls and decides (rebound)"`
	Divert bool                `json:"divert,omitempty" doc:"the carrier is asked to send the call on by itself"`
	Name   string              `json:"name,omitempty" doc:"what it is called; not read"`
	Gone   bool                `json:"gone,omitempty" doc:"it leads to what does not exist any more; not read"`
}

// Rule is where colleagues and callers from outside go on one occasion; without outside they go the same way.
type Rule struct {
	Inside  Place  `json:"inside"`
	Outside *Place `json:"outside,omitempty"`
}

// Profile is what happens in one status.
type Profile struct {
	Status   pbx.Status `json:"status" enum:"available,away,dnd,available2,away2"`
	Rings    bool       `json:"rings" doc:"phones ring before the rules apply; not read"`
	Name     string     `json:"name,omitempty" maxLength:"80"`
	Message  string     `json:"message,omitempty" maxLength:"400"`
	Ring     int        `json:"ring" doc:"seconds; 0 is the usual time"`
	NoAnswer Rule       `json:"no_answer"`
	Busy     Rule       `json:"busy"`
	Offline  Rule       `json:"offline"`
	Always   Rule       `json:"always"`
	Mobile   bool       `json:"mobile" doc:"rings the mobile number too"`
	Single   bool       `json:"single" doc:"no second call during a call"`
	NoPush   bool       `json:"no_push" doc:"mobile apps and browsers without an open page are not told of calls (X-068)"`
	NoGroups bool       `json:"no_groups" doc:"calls for ring groups pass by"`
}

// Span is a part of some days of the week.
type Span struct {
	Days  []time.Weekday `json:"days" nullable:"false" doc:"0 is Sunday"`
	From  int            `json:"from" minimum:"0" maximum:"1440" doc:"minutes since midnight"`
	Until int            `json:"until" minimum:"0" maximum:"1440"`
}

// Exception is a rule that comes before those of the status.
type Exception struct {
	Caller     pbx.UserID `json:"caller,omitempty" doc:"a colleague"`
	CallerName string     `json:"caller_name,omitempty" doc:"not read"`
	Number     string     `json:"number,omitempty" doc:"a number, or its beginning and a star; with neither everybody is meant"`
	Side       pbx.Side   `json:"side,omitempty" enum:",inside,outside"`
	When       pbx.When   `json:"when,omitempty" enum:",no_answer,busy,offline"`
	Hours      pbx.Hours  `json:"hours,omitempty" enum:",open,break,closed,specific,other,never"`
	Spans      []Span     `json:"spans,omitempty"`
	To         Place      `json:"to"`
	Off        bool       `json:"off,omitempty"`
}

// Forwarding is what happens to calls for a person.
type Forwarding struct {
	User       pbx.UserID    `json:"user"`
	Name       string        `json:"name"`
	Mobile     string        `json:"mobile,omitempty" doc:"where 'mobile' leads"`
	Status     UserStatus    `json:"status"`
	Profiles   []Profile     `json:"profiles" nullable:"false" doc:"all five"`
	Exceptions []Exception   `json:"exceptions" nullable:"false"`
	Most       int           `json:"most" doc:"exceptions that there can be"`
	Fixed      bool          `json:"fixed" doc:"the status does not follow the hours"`
	Locked     bool          `json:"locked" doc:"the person does not change his rules himself"`
	Usual      int           `json:"usual" doc:"seconds that phones ring where nothing is set"`
	Revision   string        `json:"revision"`
	Can        ForwardingCan `json:"can"`
}

// ForwardingCan draws the buttons.
type ForwardingCan struct {
	Edit    bool   `json:"edit"`
	Status  bool   `json:"status"`
	Outside bool   `json:"outside" doc:"rules that lead outside the house"`
	Lock    bool   `json:"lock"`
	Why     string `json:"why,omitempty" doc:"why not edit"`
}

func (v *visit) place(owner pbx.UserID, d pbx.Destination) Place {
	p := Place{Kind: d.Kind, ID: d.ID, Number: d.Number, Screen: d.Screen, Divert: d.Divert}
	if d.IsZero() {
		return p
	}
	p.Gone = !v.s.Leads(owner, d)
	switch d.Kind {
	case pbx.ToUser, pbx.ToMailbox:
		if u := v.s.Users[pbx.UserID(d.ID)]; u != nil && (u.ID == owner || v.knows(u.ID)) {
			p.Name = u.Name
		} else if g := v.s.Groups[pbx.GroupID(d.ID)]; g != nil && v.can(policy.GroupSee, policy.Group(g.ID)) {
			p.Name = g.Name
		}
	case pbx.ToRing:
		if g := v.s.Rings[pbx.RingID(d.ID)]; g != nil {
			p.Name = g.Name
		}
	case pbx.ToQueue:
		if q := v.s.Queues[pbx.QueueID(d.ID)]; q != nil {
			p.Name = q.Name
		}
	case pbx.ToMenu:
		if m := v.s.Menus[pbx.MenuID(d.ID)]; m != nil {
			p.Name = m.Name
		}
	case pbx.ToPark:
		if k := v.s.Parks[pbx.ParkID(d.ID)]; k != nil {
			p.Name = k.Name
		}
	case pbx.ToRoom:
		if r := v.s.Rooms[pbx.RoomID(d.ID)]; r != nil {
			p.Name = r.Name
		}
	case pbx.ToGroup:
		if g := v.s.Groups[pbx.GroupID(d.ID)]; g != nil && v.can(policy.GroupSee, policy.Group(g.ID)) {
			p.Name = g.Name
		}
	case pbx.ToMobile:
		if u := v.s.Users[owner]; u != nil {
			p.Name = u.Mobile
		}
	}
	return p
}

func (p Place) destination() pbx.Destination {
	return pbx.Destination{Kind: p.Kind, ID: p.ID, Number: p.Number, Screen: p.Screen, Divert: p.Divert}
}

func (v *visit) rule(owner pbx.UserID, c pbx.Case) Rule {
	r := Rule{Inside: v.place(owner, c.Inside)}
	if c.Outside != nil {
		to := v.place(owner, *c.Outside)
		r.Outside = &to
	}
	return r
}

func (r Rule) read() pbx.Case {
	c := pbx.Case{Inside: r.Inside.destination()}
	if r.Outside != nil {
		to := r.Outside.destination()
		c.Outside = &to
	}
	return c
}

func (v *visit) forwarding(s *Server, u *pbx.User) Forwarding {
	f := v.s.Forwardings[u.ID]
	if f == nil {
		f = &pbx.Forwarding{User: u.ID}
	}
	who := policy.User(u.ID)
	out := Forwarding{User: u.ID, Name: u.Name, Mobile: u.Mobile, Status: v.status(u.ID), Most: pbx.MaxExceptions, Fixed: f.Fixed, Locked: f.Locked,
		Usual: pbx.UsualRing, Profiles: []Profile{}, Exceptions: []Exception{}, Revision: command.Revision(f),
		Can: ForwardingCan{Edit: v.can(policy.ForwardingEdit, who), Status: v.can(policy.PresenceSet, who),
			Outside: v.can(policy.ForwardingOutside, who), Lock: v.can(policy.UserEdit, who)}}
	switch {
	case !out.Can.Edit:
		if e, ok := asRefusal(v.need(policy.ForwardingEdit, who)); ok {
			out.Can.Why = s.say(v, e.Text)
		}
	case f.Locked && !out.Can.Lock:
		out.Can.Edit, out.Can.Why = false, s.say(v, i18n.T("forwarding.locked", "name", u.Name))
	}
	for _, status := range pbx.Statuses() {
		p := v.s.ProfileOf(u.ID, status)
		out.Profiles = append(out.Profiles, Profile{Status: status, Rings: status.Rings(), Name: p.Name, Message: p.Message, Ring: p.Seconds(),
			NoAnswer: v.rule(u.ID, p.NoAnswer), Busy: v.rule(u.ID, p.Busy), Offline: v.rule(u.ID, p.Offline), Always: v.rule(u.ID, p.Always),
			Mobile: p.Mobile, Single: p.Single, NoPush: p.NoPush, NoGroups: p.NoGroups})
	}
	for _, e := range f.Exceptions {
		x := Exception{Caller: e.Caller, Number: e.Number, Side: e.Side, When: e.When, Hours: e.Hours, To: v.place(u.ID, e.To), Off: e.Off}
		if c := v.s.Users[e.Caller]; c != nil && v.knows(c.ID) {
			x.CallerName = c.Name
		}
		for _, p := range e.Spans {
			x.Spans = append(x.Spans, Span(p))
		}
		out.Exceptions = append(out.Exceptions, x)
	}
	return out
}

// getForwarding shows the rules of a person to himself and to those who see or change what belongs to him.
func (s *Server) getForwarding(_ context.Context, v *visit, in *userIn) (Forwarding, error) {
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil {
		return Forwarding{}, missing()
	}
	if !policy.Fields(v.s, v.who, u.ID, v.at).Has(policy.FieldReach) {
		if err := v.need(policy.ForwardingEdit, policy.User(u.ID)); err != nil {
			return Forwarding{}, err
		}
	}
	return v.forwarding(s, u), nil
}

type setForwarding struct {
	User  string `path:"user"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Profiles   []Profile    `json:"profiles,omitempty" maxItems:"5" doc:"statuses that are not named stay as they are"`
		Exceptions *[]Exception `json:"exceptions,omitempty" doc:"all of them, in order; absent keeps them"`
		Fixed      *bool        `json:"fixed,omitempty"`
		Locked     *bool        `json:"locked,omitempty"`
		Revision   string       `json:"revision,omitempty" doc:"same as If-Match"`
	}
}

// putForwarding changes the rules of a person.
func (s *Server) putForwarding(ctx context.Context, v *visit, in *setForwarding) (Forwarding, error) {
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil {
		return Forwarding{}, missing()
	}
	c := command.SetForwarding{User: u.ID, Fixed: in.Body.Fixed, Locked: in.Body.Locked}
	if in.Body.Profiles != nil {
		c.Profiles = map[pbx.Status]pbx.Profile{}
	}
	for _, p := range in.Body.Profiles {
		ring := p.Ring
		if ring == pbx.UsualRing {
			ring = 0
		}
		c.Profiles[p.Status] = pbx.Profile{Name: p.Name, Message: p.Message, Ring: ring, NoAnswer: p.NoAnswer.read(), Busy: p.Busy.read(),
			Offline: p.Offline.read(), Always: p.Always.read(), Mobile: p.Mobile, Single: p.Single, NoPush: p.NoPush, NoGroups: p.NoGroups}
	}
	if in.Body.Exceptions != nil {
		list := []pbx.Exception{}
		for _, e := range *in.Body.Exceptions {
			x := pbx.Exception{Caller: e.Caller, Number: strings.TrimSpace(e.Number), Side: e.Side, When: e.When, Hours: e.Hours, To: e.To.destination(), Off: e.Off}
			for _, p := range e.Spans {
				x.Spans = append(x.Spans, pbx.Span(p))
			}
			list = append(list, x)
		}
		c.Exceptions = &list
	}
	var do command.Command = c
	if v.s.Forwardings[u.ID] != nil {
		do = matching(pbx.KindForwarding, in.User, in.Match, in.Body.Revision, c)
	}
	if err := s.doOrTry(ctx, v, do, in.Dry); err != nil {
		return Forwarding{}, err
	}
	return v.forwarding(s, v.s.Users[u.ID]), nil
}

// Problem is a rule that leads to what does not exist any more.
type Problem struct {
	Owner pbx.Ref `json:"owner" doc:"the person, ring group, queue, menu or group whose rule it is"`
	Name  string  `json:"name"`
	Field string  `json:"field"`
	Text  string  `json:"text" doc:"sentence"`
}

// problems are the broken rules that the visitor may mend.
func (s *Server) problems(v *visit, leads []pbx.Lead) []Problem {
	out := []Problem{}
	for _, l := range leads {
		key := "problem.forwarding"
		switch l.Owner.Kind {
		case pbx.KindUser:
			if !v.can(policy.ForwardingEdit, policy.User(pbx.UserID(l.Owner.ID))) {
				continue
			}
		case pbx.KindRing:
			if !v.editsRing(v.s.Rings[pbx.RingID(l.Owner.ID)]) {
				continue
			}
			key = "problem.ring"
		case pbx.KindQueue:
			if !v.editsQueue(v.s.Queues[pbx.QueueID(l.Owner.ID)]) {
				continue
			}
			key = "problem.queue"
		case pbx.KindMenu:
			if !v.editsMenu(v.s.Menus[pbx.MenuID(l.Owner.ID)]) {
				continue
			}
			key = "problem.menu"
		case pbx.KindPark:
			if !v.editsPark(v.s.Parks[pbx.ParkID(l.Owner.ID)]) {
				continue
			}
			key = "problem.park"
		case pbx.KindEntrance:
			if !v.can(policy.RouteEdit, policy.Group(pbx.GroupID(l.Owner.ID))) {
				continue
			}
			key = "problem.entrance"
		default:
			continue
		}
		name := v.s.NameOf(l.Owner)
		out = append(out, Problem{l.Owner, name, l.Field, s.say(v, i18n.T(key, "name", name))})
	}
	return out
}
