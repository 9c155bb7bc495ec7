package api

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Seat is a membership with its role, its exceptions, and what of its group's rights comes out.
type Seat struct {
	Membership pbx.MembershipID        `json:"membership"`
	Group      pbx.GroupID             `json:"group"`
	Name       string                  `json:"name" doc:"of the group"`
	Role       pbx.RoleID              `json:"role"`
	Main       bool                    `json:"main"`
	From       time.Time               `json:"from"`
	Until      time.Time               `json:"until,omitzero"`
	State      string                  `json:"state" enum:"coming,active,over"`
	Presence   pbx.Share               `json:"presence" doc:"own value; empty follows the main group"`
	Calls      pbx.Share               `json:"calls" doc:"own value; empty follows the main group"`
	Overrides  map[string]pbx.Override `json:"overrides" doc:"by name of the right"`
	Switches   []Switch                `json:"switches" nullable:"false" doc:"the switches of the first vocabulary"`
	Rights     []SeatRight             `json:"rights" nullable:"false" doc:"every right that may reach a group"`
	Roles      []pbx.RoleID            `json:"roles" nullable:"false" doc:"roles the visitor may give here"`
	NoRole     string                  `json:"no_role,omitempty" doc:"why the visitor may not change the role"`
	NoPresence string                  `json:"no_presence,omitempty" doc:"why the visitor may not change who sees the presence"`
	NoCalls    string                  `json:"no_calls,omitempty" doc:"why the visitor may not change who sees the calls"`
}

// SeatRight is one right over the group of a membership.
type SeatRight struct {
	Right   string    `json:"right"`
	Area    string    `json:"area"`
	Risk    string    `json:"risk" enum:"low,medium,high"`
	Result  string    `json:"result" enum:"allow,deny,none"`
	From    string    `json:"from" doc:"where the result comes from, as a sentence"`
	Until   time.Time `json:"until,omitzero"`
	Value   string    `json:"value" enum:"inherit,allow,deny" doc:"the exception for this person"`
	NoAllow string    `json:"no_allow,omitempty" doc:"why the visitor may not allow it"`
	NoDeny  string    `json:"no_deny,omitempty" doc:"why the visitor may not deny it"`
}

// Switch stands for a few rights that are allowed or denied together.
type Switch struct {
	Name    string   `json:"name"`
	Rights  []string `json:"rights" nullable:"false"`
	Result  string   `json:"result" enum:"allow,deny,none,part"`
	From    string   `json:"from"`
	Value   string   `json:"value" enum:"inherit,allow,deny,part"`
	Risk    string   `json:"risk" enum:"low,medium,high"`
	NoAllow string   `json:"no_allow,omitempty"`
	NoDeny  string   `json:"no_deny,omitempty"`
}

// showSeat shows a membership; false when its group is hidden from the visitor.
func (s *Server) showSeat(v *visit, in *pbx.Snapshot, m *pbx.Membership, at time.Time) (Seat, bool) {
	g := in.Groups[m.Group]
	if g == nil || m.User != v.who.User && !v.can(policy.GroupSee, policy.Group(m.Group)) {
		return Seat{}, false
	}
	out := Seat{Membership: m.ID, Group: g.ID, Name: g.Name, Role: m.Role, Main: m.Main, From: m.From, Until: m.Until, State: "active",
		Presence: m.Presence, Calls: m.Calls, Overrides: m.Overrides, Roles: policy.Assignable(v.s, v.who, g.ID, v.at)}
	if out.Overrides == nil {
		out.Overrides = map[string]pbx.Override{}
	}
	if out.Roles == nil {
		out.Roles = []pbx.RoleID{}
	}
	if m.From.After(at) {
		out.State = "coming"
	}
	out.NoRole = s.lock(v, policy.MembershipRole, policy.Place(m.User, m.Group, "user"))
	out.NoPresence = s.lock(v, policy.PresenceShare, policy.User(m.User))
	out.NoCalls = s.lock(v, policy.CallShare, policy.User(m.User))
	rights := map[policy.Right]SeatRight{}
	for _, r := range policy.AllRights() {
		if !knowsGroups(r) {
			continue
		}
		rights[r] = s.seatRight(v, in, m, r, at)
		out.Rights = append(out.Rights, rights[r])
	}
	for _, sw := range policy.Switches() {
		out.Switches = append(out.Switches, joined(sw, rights))
	}
	return out, true
}

func knowsGroups(r policy.Right) bool {
	for _, c := range r.Scopes() {
		if c == pbx.ScopeGroup {
			return true
		}
	}
	return false
}

// seatRight decides one right over the group, and asks what the visitor may change.
func (s *Server) seatRight(v *visit, in *pbx.Snapshot, m *pbx.Membership, r policy.Right, at time.Time) SeatRight {
	out := SeatRight{Right: r.String(), Area: r.Area(), Risk: r.Risk().String(), Result: "none", Value: "inherit"}
	if o := m.Overrides[r.String()]; o != "" {
		out.Value = string(o)
	}
	if m.From.After(at) {
		at = m.From
	}
	d := policy.Decide(in, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: m.User}, Right: r, Target: policy.OverGroup(r, m.Group, at), At: at})
	switch {
	case d.OK:
		x := d.Source()
		out.Result, out.From, out.Until = "allow", s.showSource(v, in, r, x).Text, x.Until
	case d.Code == policy.Deny:
		out.Result, out.From = "deny", s.say(v, i18n.T("source.denied"))
		for _, x := range policy.Sources(in, m.User, r, at) {
			if x.Deny {
				out.From, out.Until = s.showSource(v, in, r, x).Text, x.Until
			}
		}
	case d.Code == policy.NoGrant:
		out.From = s.say(v, i18n.T("source.none"))
	default:
		out.From = s.say(v, d.Reason())
	}
	if out.Value != string(pbx.OverrideAllow) {
		out.NoAllow = s.lock(v, policy.MembershipOverride, policy.Override(m.User, m.Group, r, pbx.OverrideAllow))
	}
	if out.Value != string(pbx.OverrideDeny) {
		out.NoDeny = s.lock(v, policy.MembershipOverride, policy.Override(m.User, m.Group, r, pbx.OverrideDeny))
	}
	return out
}

// joined is a switch over its rights: what they agree on, or "part".
func joined(sw policy.Switch, rights map[policy.Right]SeatRight) Switch {
	out := Switch{Name: sw.Name, Risk: "low"}
	for i, r := range sw.Rights {
		p := rights[r]
		out.Rights = append(out.Rights, r.String())
		if i == 0 {
			out.Result, out.Value, out.From = p.Result, p.Value, p.From
		}
		if p.Result != out.Result {
			out.Result = "part"
		}
		if p.Value != out.Value {
			out.Value = "part"
		}
		if r.Risk() == policy.RiskHigh || out.Risk == "low" {
			out.Risk = p.Risk
		}
		if out.NoAllow == "" {
			out.NoAllow = p.NoAllow
		}
		if out.NoDeny == "" {
			out.NoDeny = p.NoDeny
		}
	}
	return out
}
