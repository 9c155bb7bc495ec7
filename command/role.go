package command

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// CreateRole makes a custom role: empty, as a copy of another, or with cells of its own (B-111). Built-in roles are copied,
// never changed.
type CreateRole struct {
	Name  string
	Class pbx.RoleClass            // empty follows Base, and without that is a role of groups
	Base  pbx.RoleID               // empty copies nothing
	Cells map[string]pbx.ScopeKind // nil copies those of Base
}

// Need asks for role.edit.
func (CreateRole) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RoleEdit, policy.System()}}
}

// Change makes the role; the ceiling of its author binds every right in it (N-10).
func (c CreateRole) Change(w *Work) (pbx.Change, error) {
	r := &pbx.Role{ID: pbx.RoleID(w.ID("rol")), Class: c.Class, Base: c.Base, Cells: map[string]pbx.ScopeKind{}}
	w.object = r.Ref()
	var err error
	if r.Name, err = cleanName("name", c.Name); err != nil {
		return pbx.Change{}, err
	}
	base, known := policy.RoleOf(w.Snapshot, c.Base)
	switch {
	case c.Base != "" && !known:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "base", "role.unknown", "role", printable(string(c.Base)))
	case r.Class == "" && known && base.Class != policy.ClassGroup:
		r.Class = pbx.RoleLevel
	case r.Class == "":
		r.Class = pbx.RoleGroup
	case r.Class != pbx.RoleGroup && r.Class != pbx.RoleLevel:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "class", "role.class_unknown", "value", printable(string(r.Class)))
	}
	cells := c.Cells
	if cells == nil {
		cells = Copy(base, r.Class)
	}
	if err := w.fill(r, cells); err != nil {
		return pbx.Change{}, err
	}
	if err := w.askShape(nil, r); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{r}}, nil
}

// Copy is what a custom role of a class takes over from another role: what reaches further than the class knows is brought
// down to it, and what no custom role holds is left out.
func Copy(base policy.Role, class pbx.RoleClass) map[string]pbx.ScopeKind {
	cells := map[string]pbx.ScopeKind{}
	for _, r := range policy.AllRights() {
		kinds := policy.CellScopes(class, r)
		switch k := base.Cell(r); {
		case k == pbx.ScopeNone || len(kinds) == 0:
		case slices.Contains(kinds, k):
			cells[r.String()] = k
		case k != pbx.ScopeSelf:
			cells[r.String()] = kinds[len(kinds)-1]
		}
	}
	return cells
}

// fill writes cells into a role; an empty one takes the right out.
func (w *Work) fill(role *pbx.Role, cells map[string]pbx.ScopeKind) error {
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		right, ok := policy.ParseRight(name)
		switch k := cells[name]; {
		case !ok:
			return pbx.Refuse(pbx.Invalid, "cells", "right.unknown", "right", printable(name))
		case k == pbx.ScopeNone:
			delete(role.Cells, name)
		case !slices.Contains(policy.CellScopes(role.Class, right), k):
			return pbx.Refuse(pbx.Invalid, "cells."+name, "role.cell_unfit", "right", name)
		default:
			role.Cells[name] = k
		}
	}
	return nil
}

// askShape asks for a role to become another, and says at which right it fails when it is one.
func (w *Work) askShape(was, is *pbx.Role) error {
	err := w.Ask(w.Snapshot, policy.RoleEdit, policy.Shape(was, is))
	if err == nil {
		return nil
	}
	before := map[string]pbx.ScopeKind{}
	if was != nil {
		before = was.Cells
	}
	for _, name := range slices.Sorted(maps.Keys(is.Cells)) {
		if is.Cells[name] == before[name] {
			continue
		}
		one := *is
		one.Cells = maps.Clone(before)
		one.Cells[name] = is.Cells[name]
		if e := w.Ask(w.Snapshot, policy.RoleEdit, policy.Shape(was, &one)); e != nil && e.Error() == err.Error() {
			return atField(err, "cells."+name)
		}
	}
	return err
}

// EditRole changes a custom role for everybody who has it; nil fields stay.
type EditRole struct {
	Role  pbx.RoleID
	Name  *string
	Cells map[string]pbx.ScopeKind // what changes; an empty scope takes the right out
}

// Need asks for role.edit.
func (EditRole) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RoleEdit, policy.System()}}
}

// Change writes the role. Whoever has it must be somebody from whom the author could take it and to whom he could give it
// anew (I-1, I-4, I-5); nobody changes what he has himself (I-2).
func (c EditRole) Change(w *Work) (pbx.Change, error) {
	old, err := w.customRole(c.Role)
	if err != nil {
		return pbx.Change{}, err
	}
	r := *old
	r.Cells = maps.Clone(old.Cells)
	if r.Cells == nil {
		r.Cells = map[string]pbx.ScopeKind{}
	}
	if c.Name != nil {
		if r.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if err := w.fill(&r, c.Cells); err != nil {
		return pbx.Change{}, err
	}
	if err := w.askShape(old, &r); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&r}}, nil
}

// customRole finds a role that can be changed, and makes it the object of the work.
func (w *Work) customRole(id pbx.RoleID) (*pbx.Role, error) {
	w.object = pbx.Ref{Kind: pbx.KindRole, ID: string(id)}
	if id.Builtin() != 0 {
		return nil, pbx.Refuse(pbx.Invalid, "", "role.builtin_stays")
	}
	if r := w.Snapshot.Roles[id]; r != nil {
		return r, nil
	}
	return nil, missing()
}

// DeleteRole takes a custom role out. It is refused while somebody has it or is to get it.
type DeleteRole struct{ Role pbx.RoleID }

// Need asks for role.edit.
func (DeleteRole) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RoleEdit, policy.System()}}
}

// Change deletes the role, or tells who stands in the way as far as the actor may see them.
func (c DeleteRole) Change(w *Work) (pbx.Change, error) {
	r, err := w.customRole(c.Role)
	if err != nil {
		return pbx.Change{}, err
	}
	holders := RoleHolders(w.Snapshot, r.ID, w.Now)
	if len(holders) == 0 {
		if err := w.Ask(w.Snapshot, policy.RoleEdit, policy.Shape(r, nil)); err != nil {
			return pbx.Change{}, err
		}
		return pbx.Change{Delete: []pbx.Ref{r.Ref()}}, nil
	}
	var names []string
	for _, u := range holders {
		if len(names) < 3 && w.Ask(w.Snapshot, policy.UserSee, policy.User(u)) == nil {
			names = append(names, w.Snapshot.Users[u].Name)
		}
	}
	if len(names) == 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "role.in_use", "name", r.Name)
	}
	return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "role.in_use_by", "name", r.Name, "people", strings.Join(names, ", "),
		"count", strconv.Itoa(len(holders)))
}

// RoleHolders lists who has a role at a moment or is to get it, in order of id.
func RoleHolders(s *pbx.Snapshot, id pbx.RoleID, at time.Time) []pbx.UserID {
	has := map[pbx.UserID]bool{}
	for _, m := range s.Memberships {
		if m.Role == id && (m.Until.IsZero() || m.Until.After(at)) {
			has[m.User] = true
		}
	}
	for _, a := range s.Assignments {
		if a.Role == id && (a.Until.IsZero() || a.Until.After(at)) {
			has[a.User] = true
		}
	}
	return slices.Sorted(maps.Keys(has))
}
