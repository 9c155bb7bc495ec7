package api

import (
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Thing is what a question about a right is about.
type Thing struct {
	Kind string `json:"kind" enum:"user,group,system,site,device,token,call,queue,menu,ring,park,room,message"`
	ID   string `json:"id,omitempty" doc:"absent for system and site"`
}

type explainIn struct {
	Body struct {
		User   string    `json:"user,omitempty" doc:"who wants to do it; absent: the asker"`
		Right  string    `json:"right"`
		Target Thing     `json:"target"`
		At     time.Time `json:"at,omitzero" doc:"absent: now"`
	}
}

// Why is the answer to why somebody may or may not do something (N-1, BAR AZ-30).
type Why struct {
	OK       bool       `json:"ok"`
	Code     string     `json:"code" doc:"how the decision came about, in one word"`
	Verdict  string     `json:"verdict" doc:"the decision as a sentence"`
	Right    WhyRight   `json:"right"`
	User     Named      `json:"user"`
	Target   Named      `json:"target"`
	Order    []WhyCheck `json:"order" nullable:"false" doc:"the questions of the decision; the first that fails decides"`
	Steps    []WhyStep  `json:"steps" nullable:"false" doc:"from what was written down to the right; of a refusal what is in the way"`
	Lacks    []Lack     `json:"lacks" nullable:"false" doc:"what would change a refusal; empty where no right would"`
	Givers   []Named    `json:"givers" nullable:"false" doc:"who could give it, those who hold least first"`
	More     int        `json:"more" doc:"others who could, whom the asker may not see"`
	May      bool       `json:"may_ask" doc:"the asker may ask for it"`
	Asked    string     `json:"asked,omitempty" doc:"id of the open request for it"`
	At       time.Time  `json:"at"`
	Revision int64      `json:"revision" doc:"of the configuration that was asked"`
}

// WhyRight is the right in question.
type WhyRight struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Risk string `json:"risk" enum:"low,medium,high"`
}

// WhyStep is one link of the chain.
type WhyStep struct {
	Text string `json:"text"`
	Row  *Named `json:"row,omitempty" doc:"the membership, assignment, grant, group or role it speaks of"`
}

// WhyCheck is one question of the decision.
type WhyCheck struct {
	Kind  string `json:"kind" enum:"known,active,carried,other,denied,granted,needed,rule"`
	Text  string `json:"text"`
	State string `json:"state" enum:"passed,decides,would_allow,would_refuse"`
	Right string `json:"right,omitempty" doc:"of needed: the other right"`
}

// Lack is one right that is missing.
type Lack struct {
	Right string    `json:"right"`
	Text  string    `json:"text"`
	Where string    `json:"where" doc:"scope in words"`
	Since time.Time `json:"since,omitzero" doc:"calls and recordings older than this stay out of reach"`
}

// explainRight answers why. About oneself everybody may ask; about others those who may explain their rights, and what
// somebody may not know of is not there for him.
func (s *Server) explainRight(ctx context.Context, v *visit, in *explainIn) (Why, error) {
	b := in.Body
	right, ok := policy.ParseRight(b.Right)
	if !ok {
		return Why{}, pbx.Refuse(pbx.Invalid, "right", "grant.right_unknown", "right", b.Right)
	}
	who := v.who
	if b.User != "" && pbx.UserID(b.User) != v.who.User {
		if err := v.need(policy.RightExplain, policy.User(pbx.UserID(b.User))); err != nil {
			return Why{}, err
		}
		who = pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(b.User)}
	}
	target, named, err := s.thing(ctx, v, b.Target)
	if err != nil {
		return Why{}, err
	}
	then, at, err := s.asOf(ctx, v, b.At)
	if err != nil {
		return Why{}, err
	}
	r := policy.Request{Actor: who, Right: right, Target: target, At: at}
	e := policy.Explain(then, r)
	if e.Hidden && who.User == v.who.User {
		return Why{}, missing()
	}
	out := s.showWhy(v, e, right, who, named, at)
	out.Order = s.showOrder(v, policy.Order(then, r))
	return out, nil
}

// showOrder says the questions of a decision with their answers.
func (s *Server) showOrder(v *visit, all []policy.Check) []WhyCheck {
	rows, decided := make([]WhyCheck, 0, len(all)), false
	for _, c := range all {
		row := WhyCheck{Kind: string(c.Kind), State: "passed"}
		switch {
		case c.Code != "" && !decided:
			row.State, decided = "decides", true
		case c.Code != "":
			row.State = "would_refuse"
		case decided:
			row.State = "would_allow"
		}
		key, right := "explain."+string(c.Kind), ""
		switch {
		case c.Kind == policy.CheckGranted && c.Code == policy.Excluded, c.Kind == policy.CheckRule && c.Code != "", c.Kind == policy.CheckCarried && c.Code == policy.Expired:
			key = "explain.code." + string(c.Code)
		case c.Code != "":
			key += "_no"
		}
		if c.Kind == policy.CheckNeeded {
			row.Right = c.Right.String()
			right = c.Right.Words(func(t i18n.Text) string { return s.say(v, t) })
		}
		row.Text = s.say(v, i18n.T(key, "right", right))
		rows = append(rows, row)
	}
	if !decided {
		for i := range rows {
			if rows[i].Kind == string(policy.CheckGranted) {
				rows[i].State = "decides"
			}
		}
	}
	return rows
}

func (s *Server) showWhy(v *visit, e policy.Explanation, right policy.Right, who pbx.Actor, target Named, at time.Time) Why {
	out := Why{OK: e.OK, Code: string(e.Code), Verdict: s.say(v, s.wordy(v, e.Reason())), Right: s.whyRight(v, right), Target: target,
		User: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(who.User)}), Steps: []WhyStep{}, Lacks: []Lack{}, Givers: []Named{}, At: at, Revision: v.s.Version}
	for i, step := range e.Why {
		if i == 0 && !e.OK {
			continue // it is the verdict
		}
		text := s.wordy(v, step.Text)
		if g := v.groupOf(step.Row); g != "" && who.User != v.who.User && !v.can(policy.GroupSee, policy.Group(g)) {
			text.Args["group"] = s.say(v, i18n.T("group.hidden"))
		}
		shown := WhyStep{Text: s.say(v, text)}
		if step.Row != (pbx.Ref{}) {
			row := v.named(step.Row)
			shown.Row = &row
		}
		out.Steps = append(out.Steps, shown)
	}
	for _, g := range e.Lacks {
		missing, _ := policy.ParseRight(g.Right)
		out.Lacks = append(out.Lacks, Lack{g.Right, s.whyRight(v, missing).Text, s.scopeWords(v, g.Scope), g.Since})
	}
	for _, u := range e.Givers {
		if v.knows(u) {
			out.Givers = append(out.Givers, v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}))
		} else {
			out.More++
		}
	}
	out.May = len(e.Lacks) > 0 && len(e.Givers) > 0 && who.User == v.who.User && v.who.Kind == pbx.ActorUser
	for _, a := range v.s.Accesses {
		if len(e.Lacks) > 0 && a.User == who.User && who.User == v.who.User && a.IsOpen(v.at) && a.Grants[0].Right == e.Lacks[0].Right &&
			slices.EqualFunc(a.Grants[0].Scope.Refs, e.Lacks[0].Scope.Refs, func(x, y pbx.Ref) bool { return x == y }) &&
			a.Grants[0].Scope.Kind == e.Lacks[0].Scope.Kind && a.Grants[0].Scope.Group == e.Lacks[0].Scope.Group {
			out.Asked = string(a.ID)
		}
	}
	return out
}

// groupOf is the group that a row speaks of; empty when of none.
func (v *visit) groupOf(r pbx.Ref) pbx.GroupID {
	switch n := v.s.Find(r).(type) {
	case *pbx.Membership:
		return n.Group
	case *pbx.Group:
		return n.ID
	}
	return ""
}

func (s *Server) whyRight(v *visit, r policy.Right) WhyRight {
	return WhyRight{Name: r.String(), Text: r.Words(func(t i18n.Text) string { return s.say(v, t) }), Risk: r.Risk().String()}
}

// wordy puts words in the place of names in a sentence about rights.
func (s *Server) wordy(v *visit, t i18n.Text) i18n.Text {
	return policy.Worded(v.s, t, func(t i18n.Text) string { return s.say(v, t) })
}

// thing finds what a question is about. What does not exist, or what the visitor may not know of, is missing.
func (s *Server) thing(ctx context.Context, v *visit, t Thing) (policy.Target, Named, error) {
	ref := pbx.Ref{Kind: pbx.Kind(t.Kind), ID: t.ID}
	switch t.Kind {
	case "system":
		return policy.System(), Named{Kind: pbx.KindSystem, Name: v.s.Tenant.Name}, nil
	case "site":
		return policy.Site(), Named{Kind: "site", Name: v.s.Tenant.Name}, nil
	case "user":
		if u := pbx.UserID(t.ID); v.s.Users[u] != nil && (v.knows(u) || u == v.who.User) {
			return policy.User(u), v.named(ref), nil
		}
	case "group":
		if g := pbx.GroupID(t.ID); v.s.Groups[g] != nil && v.can(policy.GroupSee, policy.Group(g)) {
			return policy.Group(g), v.named(ref), nil
		}
	case "device":
		if d := v.s.Devices[pbx.DeviceID(t.ID)]; d != nil && v.knows(d.User) {
			return policy.Device(d.ID), Named{ref.Kind, ref.ID, d.Name}, nil
		}
	case "token":
		if k := v.s.Tokens[pbx.TokenID(t.ID)]; k != nil && v.knows(k.User) {
			return policy.Token(k.ID), Named{ref.Kind, ref.ID, k.Name}, nil
		}
	case "ring":
		if g := v.s.Rings[pbx.RingID(t.ID)]; g != nil {
			return policy.Owned(policy.KindQueue, t.ID, "", g.Group), Named{ref.Kind, ref.ID, g.Name}, nil
		}
	case "queue":
		if q := v.s.Queues[pbx.QueueID(t.ID)]; q != nil {
			return policy.Owned(policy.KindQueue, t.ID, "", q.Group), Named{ref.Kind, ref.ID, q.Name}, nil
		}
	case "park":
		if p := v.s.Parks[pbx.ParkID(t.ID)]; p != nil {
			return command.ParkTarget(p.ID, p.Group), Named{ref.Kind, ref.ID, p.Name}, nil
		}
	case "room":
		if r := v.s.Rooms[pbx.RoomID(t.ID)]; r != nil {
			return command.RoomTarget(r.ID, r.Group), Named{ref.Kind, ref.ID, r.Name}, nil
		}
	case "menu":
		if m := v.s.Menus[pbx.MenuID(t.ID)]; m != nil {
			return policy.Owned(policy.KindMenu, t.ID, "", m.Group), Named{ref.Kind, ref.ID, m.Name}, nil
		}
	case "call":
		return s.callThing(ctx, v, pbx.CallID(t.ID))
	case "message":
		m, err := s.message(ctx, v, t.ID)
		if err != nil {
			return policy.Target{}, Named{}, err
		}
		return box(&m), Named{ref.Kind, ref.ID, s.showMessage(v, &m).Box.Name}, nil
	}
	return policy.Target{}, Named{}, missing()
}

// callThing finds a call, up or over, that the visitor may see.
func (s *Server) callThing(ctx context.Context, v *visit, id pbx.CallID) (policy.Target, Named, error) {
	name := func(from, to pbx.Party, veil *veil) Named {
		somebody := s.say(v, i18n.T("call.somebody"))
		return Named{pbx.KindCall, string(id), veil.party(from, somebody).Name + " → " + veil.party(to, somebody).Name}
	}
	if c := v.live.Call(id); c != nil {
		t := policy.Call(c)
		if !v.can(policy.CallSee, t) {
			return policy.Target{}, Named{}, missing()
		}
		return t, name(c.From, c.To, v.veil(t)), nil
	}
	c, err := s.c.Store.Call(ctx, id)
	if e, ok := asRefusal(err); ok && e.Code == pbx.NotFound {
		return policy.Target{}, Named{}, missing()
	}
	if err != nil {
		return policy.Target{}, Named{}, err
	}
	t := recordTarget(&c)
	if !v.can(policy.CallDetail, t) {
		return policy.Target{}, Named{}, missing()
	}
	return t, name(c.From, c.To, v.veil(t)), nil
}
