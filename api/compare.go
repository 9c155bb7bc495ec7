package api

import (
	"context"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Comparison lists the rights in which two people, one person at two moments, or a person and a role differ (N-22).
type Comparison struct {
	Left  Side          `json:"left"`
	Right Side          `json:"right"`
	Rows  []ComparedRow `json:"rows" nullable:"false" doc:"only what differs, in the order of the catalogue"`
}

// Side is one side of a comparison.
type Side struct {
	User pbx.UserID `json:"user,omitempty"`
	Role pbx.RoleID `json:"role,omitempty"`
	Name string     `json:"name"`
	At   time.Time  `json:"at"`
}

// ComparedRow is one right on both sides.
type ComparedRow struct {
	Right string `json:"right"`
	Area  string `json:"area"`
	Risk  string `json:"risk" enum:"low,medium,high"`
	Left  string `json:"left" doc:"reach in words; empty for none"`
	Other string `json:"other" doc:"the same of the right side"`
}

type compareIn struct {
	User  string    `path:"user"`
	With  string    `query:"with" doc:"id of a person, or role:name; absent compares the person with himself at another moment"`
	Group string    `query:"group" doc:"with a role of a group: where; absent means the main group of the person"`
	At    time.Time `query:"at" doc:"moment of the right side; absent means now"`
}

// compareRights compares. Who looks must be allowed to see the standing of both.
func (s *Server) compareRights(ctx context.Context, v *visit, in *compareIn) (Comparison, error) {
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil {
		return Comparison{}, missing()
	}
	other, at, err := s.asOf(ctx, v, in.At)
	if err != nil {
		return Comparison{}, err
	}
	out := Comparison{Left: Side{User: u.ID, Name: u.Name, At: v.at}, Right: Side{User: u.ID, Name: u.Name, At: at}, Rows: []ComparedRow{}}
	switch role, ok := strings.CutPrefix(in.With, "role:"); {
	case ok:
		out.Right = Side{Role: pbx.RoleID(role), Name: s.roleName(v, other, pbx.RoleID(role)), At: at}
		if other, out.Right.User, err = s.withRole(v, other, u.ID, pbx.RoleID(role), pbx.GroupID(in.Group), at); err != nil {
			return Comparison{}, err
		}
	case in.With != "":
		x := other.Users[pbx.UserID(in.With)]
		if x == nil || !policy.Fields(v.s, v.who, x.ID, v.at).Has(policy.FieldStanding) {
			return Comparison{}, pbx.Refuse(pbx.Invalid, "with", "compare.unknown")
		}
		out.Right = Side{User: x.ID, Name: x.Name, At: at}
	}
	for _, r := range policy.AllRights() {
		a, b := policy.Reaches(v.s, u.ID, r, v.at), policy.Reaches(other, out.Right.User, r, at)
		a, b = a.Among(u.ID, out.Right.User), b.Among(u.ID, out.Right.User)
		if a.Without(b).IsEmpty() && b.Without(a).IsEmpty() {
			continue
		}
		out.Rows = append(out.Rows, ComparedRow{r.String(), r.Area(), r.Risk().String(), s.where(v, v.s, u.ID, a), s.where(v, other, out.Right.User, b)})
	}
	if out.Right.Role != "" {
		out.Right.User = ""
	}
	return out, nil
}

// withRole is the office with one more person who holds nothing but a role.
func (s *Server) withRole(v *visit, in *pbx.Snapshot, like pbx.UserID, role pbx.RoleID, group pbx.GroupID, at time.Time) (*pbx.Snapshot, pbx.UserID, error) {
	const id = "usr_stranger"
	unknown := pbx.Refuse(pbx.Invalid, "with", "compare.unknown")
	if group == "" {
		if m := in.MainMembership(like, at); m != nil {
			group = m.Group
		}
	}
	if in.Groups[group] == nil || !v.can(policy.GroupSee, policy.Group(group)) || role.Builtin() == 0 && in.Roles[role] == nil {
		return nil, "", unknown
	}
	m := &pbx.Membership{ID: "mem_stranger", User: id, Group: group, Role: role, Main: true}
	rows := []pbx.Noun{&pbx.User{ID: id, Name: s.say(v, i18n.T("compare.somebody")), Email: "stranger@tandem.invalid"}, m}
	for _, r := range policy.Roles() {
		if r.ID == role && r.Class != policy.ClassGroup {
			m.Role = "user"
			rows = append(rows, &pbx.Assignment{ID: "asg_stranger", User: id, Role: role, Scope: pbx.Scope{Kind: pbx.ScopeAll}})
		}
	}
	next, err := in.Apply(pbx.Change{Put: rows})
	if err != nil {
		return nil, "", unknown
	}
	return next, id, nil
}
