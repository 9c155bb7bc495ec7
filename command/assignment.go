package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// SetOfficeRole gives a person an office-wide role over everything, or takes it away. Who may do that stands in the table
// of policy: system roles only System Owners, levels the holders of grant.edit (I-8); nobody to himself (I-2).
type SetOfficeRole struct {
	User pbx.UserID
	Role pbx.RoleID
	Take bool // take the role away
}

// Need asks for the right to hand this role on, or to take it away.
func (c SetOfficeRole) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	a := &pbx.Assignment{User: c.User, Role: c.Role, Scope: pbx.Scope{Kind: pbx.ScopeAll}}
	if c.Take {
		if held := heldRole(s, c.User, c.Role); held != nil {
			a = held
		}
		return []Need{{policy.UserSee, policy.User(c.User)}, {roleRight(c.Role), policy.Dismiss(a)}}
	}
	return []Need{{policy.UserSee, policy.User(c.User)}, {roleRight(c.Role), policy.Appoint(a)}}
}

// roleRight is the right through which a role is handed on: office-wide roles have one of their own (I-8).
func roleRight(r pbx.RoleID) policy.Right {
	if classOf(r) == policy.ClassOffice {
		return policy.RoleSystem
	}
	return policy.GrantEdit
}

// classOf says how a built-in role is given; zero for one that does not exist.
func classOf(id pbx.RoleID) policy.Class {
	for _, r := range policy.Roles() {
		if r.ID == id {
			return r.Class
		}
	}
	return 0
}

func isOfficeRole(id pbx.RoleID) bool {
	return classOf(id) == policy.ClassOffice || classOf(id) == policy.ClassLevel
}

func isGroupRole(id pbx.RoleID) bool { return classOf(id) == policy.ClassGroup }

// Change writes the assignment, or ends it.
func (c SetOfficeRole) Change(w *Work) (pbx.Change, error) {
	if w.Snapshot.Users[c.User] == nil {
		return pbx.Change{}, missing()
	}
	if !isOfficeRole(c.Role) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "role", "role.unknown", "role", printable(string(c.Role)))
	}
	w.object = pbx.Ref{Kind: pbx.KindUser, ID: string(c.User)}
	held := heldRole(w.Snapshot, c.User, c.Role)
	switch {
	case c.Take && held == nil:
		return pbx.Change{}, missing()
	case c.Take:
		if c.Role == "system_owner" {
			if err := keepOwner(w, c.User); err != nil {
				return pbx.Change{}, err
			}
		}
		ended := *held
		ended.Until = w.Now
		return pbx.Change{Put: []pbx.Noun{&ended}}, nil
	case held != nil:
		return pbx.Change{}, nil
	}
	return pbx.Change{Put: []pbx.Noun{w.assignment(c.User, c.Role)}}, nil
}

// heldRole is the assignment without end of a role to a person; nil if there is none.
func heldRole(s *pbx.Snapshot, u pbx.UserID, r pbx.RoleID) *pbx.Assignment {
	for _, a := range s.AssignmentsOf(u) {
		if a.Role == r && a.Until.IsZero() {
			return a
		}
	}
	return nil
}

func (w *Work) assignment(u pbx.UserID, r pbx.RoleID) *pbx.Assignment {
	return &pbx.Assignment{ID: pbx.AssignmentID(w.ID("asg")), User: u, Role: r, Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: w.Now}
}

// assign plans an office-wide role for somebody who comes into being in the same change.
func (w *Work) assign(soFar pbx.Change, u pbx.UserID, r pbx.RoleID) (*pbx.Assignment, error) {
	if !isOfficeRole(r) {
		return nil, pbx.Refuse(pbx.Invalid, "office_role", "role.unknown", "role", printable(string(r)))
	}
	s, err := w.Snapshot.Apply(soFar)
	if err != nil {
		return nil, err
	}
	a := w.assignment(u, r)
	if err := w.Ask(s, roleRight(r), policy.Appoint(a)); err != nil {
		return nil, atField(err, "office_role")
	}
	return a, nil
}
