package command

import (
	"time"

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
		return []Need{{policy.UserSee, policy.User(c.User)}, {RoleRight(c.Role), policy.Dismiss(a)}}
	}
	return []Need{{policy.UserSee, policy.User(c.User)}, {RoleRight(c.Role), policy.Appoint(a)}}
}

// RoleRight is the right through which a role is handed on: office-wide roles have one of their own (I-8).
func RoleRight(r pbx.RoleID) policy.Right {
	if b, ok := policy.RoleOf(&pbx.Snapshot{}, r); ok && b.Class == policy.ClassOffice { // no custom role is
		return policy.RoleSystem
	}
	return policy.GrantEdit
}

// classOf says how a role, built in or custom, is given; zero for one that does not exist.
func classOf(s *pbx.Snapshot, id pbx.RoleID) policy.Class {
	r, _ := policy.RoleOf(s, id)
	return r.Class
}

func isOfficeRole(s *pbx.Snapshot, id pbx.RoleID) bool {
	c := classOf(s, id)
	return c == policy.ClassOffice || c == policy.ClassLevel
}

func isGroupRole(s *pbx.Snapshot, id pbx.RoleID) bool { return classOf(s, id) == policy.ClassGroup }

// Change writes the assignment, or ends it.
func (c SetOfficeRole) Change(w *Work) (pbx.Change, error) {
	if w.Snapshot.Users[c.User] == nil {
		return pbx.Change{}, missing()
	}
	if !isOfficeRole(w.Snapshot, c.Role) {
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
	if !isOfficeRole(w.Snapshot, r) {
		return nil, pbx.Refuse(pbx.Invalid, "office_role", "role.unknown", "role", printable(string(r)))
	}
	s, err := w.Snapshot.Apply(soFar)
	if err != nil {
		return nil, err
	}
	a := w.assignment(u, r)
	if err := w.Ask(s, RoleRight(r), policy.Appoint(a)); err != nil {
		return nil, atField(err, "office_role")
	}
	return a, nil
}

// Assign gives a person an office-wide role, a level or a permission over a scope, with exclusions, for a time, for a reason
// (D-019…D-045). The same role may be given several times with different scopes.
type Assign struct {
	User    pbx.UserID
	Role    pbx.RoleID
	Instead pbx.AssignmentID // ends this one in the same change, as when one level takes the place of another
	Bounds
}

// Need asks for the right to hand this role on; Change asks again, once it is known how far it reaches back.
func (c Assign) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserSee, policy.User(c.User)}, {RoleRight(c.Role), policy.Appoint(c.assignment("", c.Bounds)).Recent()}}
}

func (c Assign) assignment(id string, b Bounds) *pbx.Assignment {
	return &pbx.Assignment{ID: pbx.AssignmentID(id), User: c.User, Role: c.Role, Scope: b.Scope, Except: b.Except,
		Since: b.Since, From: b.From, Until: b.Until, Reason: b.Reason}
}

// Change makes the assignment.
func (c Assign) Change(w *Work) (pbx.Change, error) {
	s := w.Snapshot
	if !isOfficeRole(s, c.Role) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "role", "role.unknown", "role", printable(string(c.Role)))
	}
	b, err := w.bounds(c.Bounds)
	if err != nil {
		return pbx.Change{}, err
	}
	if b.Scope.Kind == pbx.ScopeSelf {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "scope", "grant.scope_unfit")
	}
	if why := policy.Unready(s, c.User, c.Role, b.From); why.Key != "" {
		return pbx.Change{}, &pbx.Error{Code: pbx.Invalid, Field: "role", Text: why}
	}
	a := c.assignment(w.ID("asg"), b)
	w.object, w.reason = a.Ref(), b.Reason
	var change pbx.Change
	if c.Instead != "" {
		old := s.Assignments[c.Instead]
		if old == nil || old.User != c.User {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "instead", "assignment.unknown")
		}
		if change, err = w.endAssignment(old); err != nil {
			return pbx.Change{}, err
		}
	}
	if a.Since.IsZero() {
		a.Since = policy.Oldest(s, policy.Request{Actor: w.Who, Right: RoleRight(a.Role), Target: policy.Appoint(a), At: w.Now})
	}
	if err := w.Ask(s, RoleRight(a.Role), policy.Appoint(a)); err != nil {
		return pbx.Change{}, err
	}
	change.Put = append(change.Put, a)
	return change, nil
}

// ChangeAssignment moves the end of an assignment, or says the reason anew; nil stays.
type ChangeAssignment struct {
	Assignment pbx.AssignmentID
	Until      *time.Time // zero takes the end away
	Reason     *string
}

// Need asks to see the person; Change asks the rest, which depends on the moment.
func (c ChangeAssignment) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return seesHolder(assignedTo(s, c.Assignment))
}

func assignedTo(s *pbx.Snapshot, id pbx.AssignmentID) pbx.UserID {
	if a := s.Assignments[id]; a != nil {
		return a.User
	}
	return ""
}

// Change writes the new end.
func (c ChangeAssignment) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Assignments[c.Assignment]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	next := *old
	var err error
	if c.Reason != nil {
		if next.Reason, err = cleanReason(*c.Reason); err != nil {
			return pbx.Change{}, err
		}
		w.reason = next.Reason
	}
	if c.Until != nil {
		if next.Until, err = w.newEnd(old.From, *c.Until); err != nil {
			return pbx.Change{}, err
		}
	}
	if err := w.askAssignment(w.Snapshot, old, &next); err != nil {
		return pbx.Change{}, err
	}
	if isOver(old.Until, w) && c.Until != nil {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "until", "grant.over")
	}
	if old.Role == "system_owner" && old.Until.IsZero() && !next.Until.IsZero() {
		if err := keepOwner(w, old.User); err != nil {
			return pbx.Change{}, err
		}
	}
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// EndAssignment takes an assignment away now; one that has not begun goes without a trace but the log.
type EndAssignment struct{ Assignment pbx.AssignmentID }

// Need asks to see the person; Change asks the rest.
func (c EndAssignment) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return seesHolder(assignedTo(s, c.Assignment))
}

// Change ends the assignment.
func (c EndAssignment) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Assignments[c.Assignment]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return w.endAssignment(old)
}

func (w *Work) endAssignment(old *pbx.Assignment) (pbx.Change, error) {
	if err := w.askAssignment(w.Snapshot, old, nil); err != nil {
		return pbx.Change{}, err
	}
	if old.Role == "system_owner" {
		if err := keepOwner(w, old.User); err != nil {
			return pbx.Change{}, err
		}
	}
	switch {
	case isOver(old.Until, w):
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "grant.over")
	case old.From.After(w.Now):
		return pbx.Change{Delete: []pbx.Ref{old.Ref()}}, nil
	}
	ended := *old
	ended.Until = w.Now
	return pbx.Change{Put: []pbx.Noun{&ended}}, nil
}

// askAssignment asks whether one version of an assignment may become another, as askGrant does for grants.
func (w *Work) askAssignment(s *pbx.Snapshot, old, next *pbx.Assignment) error {
	taken, given := steps(old, next, func(a *pbx.Assignment) time.Time {
		until := a.Until
		a.Until, a.Reason = time.Time{}, ""
		return until
	})
	if taken {
		if err := w.Ask(s, RoleRight(old.Role), policy.Dismiss(old)); err != nil {
			return err
		}
	}
	if given {
		return w.Ask(s, RoleRight(next.Role), policy.Appoint(next))
	}
	return nil
}
