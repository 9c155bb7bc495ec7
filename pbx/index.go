package pbx

import (
	"cmp"
	"maps"
	"slices"
)

// index answers the questions that are asked per call and per request. Apply mends it, NewSnapshot builds it.
type index struct {
	extensions  map[string]Ref
	emails      map[string]UserID
	usernames   map[string]*Device
	hashes      map[string]*Token
	memberships map[UserID][]*Membership
	members     map[GroupID][]*Membership
	children    map[GroupID][]*Group
	assignments map[UserID][]*Assignment
	grants      map[UserID][]*Grant
	devices     map[UserID][]*Device
	tokens      map[UserID][]*Token
	standard    GroupID
}

// reindex builds the index of everything anew; a number, address or name that stands twice is an *Error.
func (s *Snapshot) reindex() error {
	s.index = index{
		extensions:  make(map[string]Ref, len(s.Users)),
		emails:      make(map[string]UserID, len(s.Users)),
		usernames:   make(map[string]*Device, len(s.Devices)),
		hashes:      make(map[string]*Token, len(s.Tokens)),
		memberships: make(map[UserID][]*Membership, len(s.Users)),
		members:     make(map[GroupID][]*Membership, len(s.Groups)),
		children:    make(map[GroupID][]*Group, len(s.Groups)),
		assignments: map[UserID][]*Assignment{},
		grants:      map[UserID][]*Grant{},
		devices:     make(map[UserID][]*Device, len(s.Users)),
		tokens:      map[UserID][]*Token{},
	}
	x := &s.index
	for _, u := range s.Users {
		if err := s.linkUser(u); err != nil {
			return err
		}
	}
	for _, d := range s.Devices {
		if err := s.linkUsername(d); err != nil {
			return err
		}
		x.devices[d.User] = append(x.devices[d.User], d)
	}
	for _, t := range s.Tokens {
		if err := s.linkHash(t); err != nil {
			return err
		}
		x.tokens[t.User] = append(x.tokens[t.User], t)
	}
	for _, m := range s.Memberships {
		x.memberships[m.User] = append(x.memberships[m.User], m)
		x.members[m.Group] = append(x.members[m.Group], m)
	}
	for _, g := range s.Groups {
		x.children[g.Parent] = append(x.children[g.Parent], g)
		if g.Default {
			x.standard = g.ID
		}
	}
	for _, a := range s.Assignments {
		x.assignments[a.User] = append(x.assignments[a.User], a)
	}
	for _, g := range s.Grants {
		x.grants[g.User] = append(x.grants[g.User], g)
	}
	sortAll(x.devices, byDevice)
	sortAll(x.tokens, byToken)
	sortAll(x.memberships, byMembership)
	sortAll(x.members, byMembership)
	sortAll(x.children, byName)
	sortAll(x.assignments, byAssignment)
	sortAll(x.grants, byGrant)
	return nil
}

// mend brings the index up to the touched rows; old is the index before and stays as it is.
// All rows leave before the first enters, so that two people can swap numbers in one change.
func (s *Snapshot) mend(old *index, t *touch) error {
	x := &s.index
	if t.cloned[KindUser] {
		x.extensions, x.emails = maps.Clone(old.extensions), maps.Clone(old.emails)
	}
	if t.cloned[KindDevice] {
		x.usernames, x.devices = maps.Clone(old.usernames), maps.Clone(old.devices)
	}
	if t.cloned[KindToken] {
		x.hashes, x.tokens = maps.Clone(old.hashes), maps.Clone(old.tokens)
	}
	if t.cloned[KindMembership] {
		x.memberships, x.members = maps.Clone(old.memberships), maps.Clone(old.members)
	}
	if t.cloned[KindGroup] {
		x.children = maps.Clone(old.children)
	}
	if t.cloned[KindAssignment] {
		x.assignments = maps.Clone(old.assignments)
	}
	if t.cloned[KindGrant] {
		x.grants = maps.Clone(old.grants)
	}
	if x.extensions == nil {
		return s.reindex() // the very first change of a zero snapshot
	}
	for _, r := range t.rows {
		if r.old != nil {
			x.unlink(r.old)
		}
	}
	for _, r := range t.rows {
		if r.new == nil {
			continue
		}
		if err := s.link(r.new); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) unlink(n Noun) {
	switch n := n.(type) {
	case *User:
		if n.Extension != "" {
			delete(x.extensions, n.Extension)
		}
		delete(x.emails, foldEmail(n.Email))
	case *Device:
		delete(x.usernames, n.Username)
		leave(x.devices, n.User, n)
	case *Token:
		delete(x.hashes, n.Hash)
		leave(x.tokens, n.User, n)
	case *Membership:
		leave(x.memberships, n.User, n)
		leave(x.members, n.Group, n)
	case *Group:
		leave(x.children, n.Parent, n)
		if x.standard == n.ID {
			x.standard = ""
		}
	case *Assignment:
		leave(x.assignments, n.User, n)
	case *Grant:
		leave(x.grants, n.User, n)
	}
}

func (s *Snapshot) link(n Noun) error {
	x := &s.index
	switch n := n.(type) {
	case *User:
		return s.linkUser(n)
	case *Device:
		enter(x.devices, n.User, n, byDevice)
		return s.linkUsername(n)
	case *Token:
		enter(x.tokens, n.User, n, byToken)
		return s.linkHash(n)
	case *Membership:
		enter(x.memberships, n.User, n, byMembership)
		enter(x.members, n.Group, n, byMembership)
	case *Group:
		enter(x.children, n.Parent, n, byName)
		if n.Default {
			x.standard = n.ID
		}
	case *Assignment:
		enter(x.assignments, n.User, n, byAssignment)
	case *Grant:
		enter(x.grants, n.User, n, byGrant)
	}
	return nil
}

func (s *Snapshot) linkUser(u *User) error {
	if u.Extension != "" {
		if r, taken := s.index.extensions[u.Extension]; taken {
			return Refuse(Conflict, "extension", "user.extension_taken", "extension", u.Extension, "name", s.nameOf(r))
		}
		s.index.extensions[u.Extension] = u.Ref()
	}
	email := foldEmail(u.Email)
	if id, taken := s.index.emails[email]; taken {
		return Refuse(Conflict, "email", "user.email_taken", "email", u.Email, "name", s.nameOf(Ref{KindUser, string(id)}))
	}
	s.index.emails[email] = u.ID
	return nil
}

func (s *Snapshot) linkUsername(d *Device) error {
	if s.index.usernames[d.Username] != nil {
		return Refuse(Conflict, "username", "device.username_taken", "username", d.Username)
	}
	s.index.usernames[d.Username] = d
	return nil
}

func (s *Snapshot) linkHash(t *Token) error {
	if s.index.hashes[t.Hash] != nil {
		return Refuse(Conflict, "", "token.taken")
	}
	s.index.hashes[t.Hash] = t
	return nil
}

func (s *Snapshot) nameOf(r Ref) string {
	if u := s.Users[UserID(r.ID)]; u != nil {
		return u.Name
	}
	return r.ID
}

// leave and enter copy the list they change: the one before belongs to the snapshot before.
func leave[K comparable, V comparable](m map[K][]V, k K, v V) {
	list := slices.DeleteFunc(slices.Clone(m[k]), func(o V) bool { return o == v })
	if len(list) == 0 {
		delete(m, k)
		return
	}
	m[k] = list
}

func enter[K comparable, V any](m map[K][]V, k K, v V, order func(a, b V) int) {
	i, _ := slices.BinarySearchFunc(m[k], v, order)
	m[k] = slices.Insert(slices.Clone(m[k]), i, v)
}

func sortAll[K comparable, V any](m map[K][]V, order func(a, b V) int) {
	for _, list := range m {
		if len(list) > 1 {
			slices.SortFunc(list, order)
		}
	}
}

func byDevice(a, b *Device) int         { return cmp.Compare(a.ID, b.ID) }
func byToken(a, b *Token) int           { return cmp.Compare(a.ID, b.ID) }
func byMembership(a, b *Membership) int { return cmp.Compare(a.ID, b.ID) }
func byAssignment(a, b *Assignment) int { return cmp.Compare(a.ID, b.ID) }
func byGrant(a, b *Grant) int           { return cmp.Compare(a.ID, b.ID) }
func byName(a, b *Group) int            { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) }
