package api

import (
	"context"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	decision "tandem/route"
	"tandem/switchboard"
)

// PathNode is one place of the tree of what can happen to a call.
type PathNode struct {
	Branch  decision.Branch `json:"branch,omitempty" enum:",no_answer,busy,offline,status,idle,key,silent,wrong,pin" doc:"on which occasion the call comes here; empty at the beginning"`
	Key     string          `json:"key,omitempty" doc:"of the branch key"`
	Status  pbx.Status      `json:"status,omitempty" doc:"with branch status: which one"`
	Seconds int             `json:"seconds" doc:"since the call began"`
	Taken   bool            `json:"taken" doc:"it comes here as things are now, when nobody answers"`
	End     string          `json:"end" enum:"rings,mailbox,queue,menu,park,room,prompt,pin,refused,hidden" doc:"what happens here; hidden: by rules that the asker may not see"`
	Name    string          `json:"name,omitempty" doc:"who or what it is"`
	Rings   []string        `json:"rings,omitempty" doc:"whose phones ring, in order"`
	For     int             `json:"for,omitempty" doc:"seconds that they ring"`
	Cause   pbx.Cause       `json:"cause,omitempty" doc:"with refused"`
	Lines   []string        `json:"lines" nullable:"false" doc:"how it was decided, as sentences"`
	Next    []PathNode      `json:"next" nullable:"false"`
}

type explainRoute struct {
	Body struct {
		From string    `json:"from,omitempty" maxLength:"64" doc:"id or extension of a person, or a number outside; absent: the asker"`
		To   string    `json:"to" maxLength:"64" doc:"as it is dialled"`
		At   time.Time `json:"at,omitzero" doc:"absent: now"`
	}
}

// Path is the answer: who calls, what he dials, and when.
type Path struct {
	From string    `json:"from"`
	To   string    `json:"to"`
	At   time.Time `json:"at"`
	Zone string    `json:"zone" doc:"in which the moment is shown"`
	Root PathNode  `json:"root"`
}

// explainRoute asks the decision that carries calls, branch by branch (N-1, N-3).
func (s *Server) explainRoute(_ context.Context, v *visit, in *explainRoute) (Path, error) {
	r := decision.Request{Dialled: strings.TrimSpace(in.Body.To), At: in.Body.At.UTC()}
	if in.Body.At.IsZero() {
		r.At = v.at
	}
	if r.Dialled == "" {
		return Path{}, pbx.Refuse(pbx.Invalid, "to", "explain.to_missing")
	}
	from, err := v.caller(in.Body.From, &r)
	if err != nil {
		return Path{}, err
	}
	tree := decision.Explore(v.s, v.live, r, switchboard.Permit)
	return Path{From: from, To: strings.TrimSpace(in.Body.To), At: r.At, Zone: v.s.ZoneOf(v.who.User, v.at), Root: s.showNode(v, tree)}, nil
}

// caller fills in who calls: a person whom the visitor sees, or a number outside.
func (v *visit) caller(from string, r *decision.Request) (string, error) {
	from = strings.TrimSpace(from)
	id := pbx.UserID(from)
	if from == "" {
		id = v.who.User
	}
	if ref, ok := v.s.ByExtension(from); ok && ref.Kind == pbx.KindUser {
		id = pbx.UserID(ref.ID)
	}
	if u := v.s.Users[id]; u != nil && v.knows(id) {
		r.Caller, r.Keys = pbx.Actor{Kind: pbx.ActorUser, User: id}, true
		return u.Name, nil
	}
	if !decision.Outsider(v.s, r, from) {
		return "", pbx.Refuse(pbx.Invalid, "from", "explain.from_unknown", "number", r.From.Number)
	}
	return r.From.Number, nil
}

// showNode is a node as the visitor may see it: whose rules he may not see, of that one he is told no rule.
func (s *Server) showNode(v *visit, n *decision.Node) PathNode {
	out := PathNode{Branch: n.Branch, Key: n.Key, Status: n.Status, Seconds: int(n.After / time.Second), Taken: n.Taken, Lines: []string{}, Next: []PathNode{},
		Cause: n.Plan.Refuse, Name: n.Plan.To.Name}
	for _, stop := range n.Plan.Passed {
		// Whether somebody can be reached is told only to those who see his status; a call made would tell, but one call is not a list.
		person := stop.At.Kind == pbx.ToUser && !v.mayKnowStatus(pbx.UserID(stop.At.ID))
		if person || stop.Owner != "" && !v.knowsRules(stop.Owner) {
			return PathNode{Branch: n.Branch, Key: n.Key, Status: n.Status, Seconds: out.Seconds, Taken: n.Taken, End: "hidden", Next: []PathNode{},
				Lines: []string{s.say(v, i18n.T("explain.hidden"))}}
		}
	}
	for _, t := range n.Plan.Trace {
		if who := n.Asked.Caller.User; strings.HasPrefix(t.Key, "denied.") && who != v.who.User && !v.mayAskAbout(who) {
			t = i18n.T("cause.denied") // why somebody has no right is for those who may explain his rights
		}
		if line, ok := v.line(t); ok {
			out.Lines = append(out.Lines, s.say(v, line))
		}
	}
	switch {
	case n.Plan.House != nil:
		out.End = string(n.Plan.House.At.Kind)
	case n.Plan.Refuse != "":
		out.End = "refused"
	default:
		out.End = "rings"
		seen := map[pbx.UserID]bool{}
		for _, a := range n.Plan.Attempts {
			out.For += int(a.Ring / time.Second)
			for _, t := range a.Targets {
				if !seen[t.Party.User] && v.knows(t.Party.User) && v.mayKnowStatus(t.Party.User) {
					out.Rings = append(out.Rings, t.Party.Name)
				}
				seen[t.Party.User] = true
			}
		}
	}
	if out.Name == "" {
		out.Name = n.Plan.To.Number
	}
	if n.Branch == decision.BranchStart && len(n.Next) > 0 && !v.knowsFirst(n) {
		return out
	}
	for _, next := range n.Next {
		out.Next = append(out.Next, s.showNode(v, next))
	}
	return out
}

// knowsFirst reports whether the visitor may see the rules of the person who is called.
func (v *visit) knowsFirst(n *decision.Node) bool {
	first := n.Plan.Passed[0].At
	return first.Kind != pbx.ToUser || v.knowsRules(pbx.UserID(first.ID))
}

// knowsRules reports whether the visitor may see the rules of a person.
func (v *visit) knowsRules(u pbx.UserID) bool {
	return policy.Fields(v.s, v.who, u, v.at).Has(policy.FieldReach) || v.can(policy.ForwardingEdit, policy.User(u))
}

// coversStatus reports whether a sentence tells a status that the visitor does not see.
func (v *visit) coversStatus(t i18n.Text) bool {
	u := pbx.UserID(t.Args["user"])
	if u == "" || v.mayKnowStatus(u) {
		return false
	}
	for _, private := range [...]string{"route.status.", "route.calendar.", "route.hours.", "route.exception", "route.nothing_rings", "route.talking", "route.member."} {
		if strings.HasPrefix(t.Key, private) {
			return true
		}
	}
	return false
}

// line is a sentence of a decision as the visitor may read it: a person he may not see is somebody, and what tells a status
// is left out where he does not see it.
func (v *visit) line(t i18n.Text) (i18n.Text, bool) {
	u := pbx.UserID(t.Args["user"])
	if u == "" {
		return t, true
	}
	return t, v.knows(u) && !v.coversStatus(t)
}
