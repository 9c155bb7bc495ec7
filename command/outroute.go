package command

import (
	"slices"
	"strings"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// OutRoute is what is typed about a way out (B-102, B-103); nil fields of a change stay.
type OutRoute struct {
	Name     *string
	Place    *int // in the order; nil of a new one puts it last
	Classes  *[]string
	Prefixes *[]string
	Groups   *[]pbx.GroupID
	Trunks   *[]pbx.Way
	Spread   *bool
	Off      *bool
}

// OutRouteTarget is the office's way out: which trunk carries what is for those who may change routes of the office.
func OutRouteTarget() policy.Target { return policy.Owned(policy.KindNumber, "*", "", "") }

func outRouteNeed() []Need { return []Need{{policy.RouteEdit, OutRouteTarget()}} }

// CreateOutRoute adds a way out.
type CreateOutRoute struct{ OutRoute }

// Need asks for route.edit over the office.
func (CreateOutRoute) Need(*pbx.Snapshot, pbx.Actor) []Need { return outRouteNeed() }

// Change makes the way out.
func (c CreateOutRoute) Change(w *Work) (pbx.Change, error) {
	o := pbx.OutRoute{ID: pbx.OutRouteID(w.ID("out")), Created: w.Now}
	w.object = o.Ref()
	if c.Name == nil {
		c.Name = new(string)
	}
	if c.Place == nil {
		last := 1
		for _, x := range w.Snapshot.OutRoutes {
			last = max(last, x.Place+1)
		}
		c.Place = &last
	}
	return c.write(w, o)
}

// EditOutRoute changes a way out.
type EditOutRoute struct {
	ID pbx.OutRouteID
	OutRoute
}

// Need asks for route.edit over the office.
func (EditOutRoute) Need(*pbx.Snapshot, pbx.Actor) []Need { return outRouteNeed() }

// Change writes the new fields.
func (c EditOutRoute) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.OutRoutes[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c OutRoute) write(w *Work, o pbx.OutRoute) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if o.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	set(&o.Place, c.Place)
	set(&o.Spread, c.Spread)
	set(&o.Off, c.Off)
	if c.Classes != nil {
		for _, name := range *c.Classes {
			if !number.IsOutsideClass(name) {
				return pbx.Change{}, pbx.Refuse(pbx.Invalid, "classes", "outroute.class_unknown", "value", name)
			}
		}
		o.Classes = slices.Clone(*c.Classes)
	}
	if c.Prefixes != nil {
		o.Prefixes = nil
		for _, p := range *c.Prefixes {
			if p = strings.Map(dropBlanks, p); p != "" {
				o.Prefixes = append(o.Prefixes, p)
			}
		}
	}
	if c.Groups != nil {
		o.Groups = slices.Clone(*c.Groups)
	}
	if c.Trunks != nil {
		o.Trunks = slices.Clone(*c.Trunks)
		for i := range o.Trunks {
			if o.Trunks[i].Shows, err = w.ownNumber("trunks", o.Trunks[i].Shows); err != nil {
				return pbx.Change{}, err
			}
		}
	}
	return pbx.Change{Put: []pbx.Noun{&o}}, nil
}

func dropBlanks(r rune) rune {
	if strings.ContainsRune(" -./()\t\u00a0", r) {
		return -1
	}
	return r
}

// DeleteOutRoute takes a way out away.
type DeleteOutRoute struct{ ID pbx.OutRouteID }

// Need asks for route.edit over the office.
func (DeleteOutRoute) Need(*pbx.Snapshot, pbx.Actor) []Need { return outRouteNeed() }

// Change deletes the row.
func (c DeleteOutRoute) Change(w *Work) (pbx.Change, error) {
	o := w.Snapshot.OutRoutes[c.ID]
	if o == nil {
		return pbx.Change{}, missing()
	}
	w.object = o.Ref()
	return pbx.Change{Delete: []pbx.Ref{o.Ref()}}, nil
}
