package api

import (
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Party is one side of a call as the visitor may see it (field class party): an outside number in full only with
// call.number, a person inside whom he may not see is somebody.
type Party struct {
	User   pbx.UserID `json:"user,omitempty"`
	Name   string     `json:"name,omitempty"`
	Number string     `json:"number,omitempty"`
	Hidden bool       `json:"hidden,omitempty" doc:"a person inside whom the visitor may not see"`

	Link pbx.TalkLinkID `json:"link,omitempty" doc:"of a visitor: the Talk link he came by; nobody has checked the name"`

	visit pbx.VisitID // of a visitor, to those who may see what he wrote
}

// veil covers what a visitor may not see of one call.
type veil struct {
	v       *visit
	numbers bool              // outside numbers in full
	covered map[string]string // what has to be covered in sentences, and with what
	somehow bool              // somebody is covered
}

func (v *visit) veil(t policy.Target) *veil {
	return &veil{v: v, numbers: v.can(policy.CallNumber, t), covered: map[string]string{}}
}

// party covers one side.
func (c *veil) party(p pbx.Party, somebody string) Party {
	if p.User == "" {
		if c.numbers || !pbx.IsOutside(p.Number) {
			shown := Party{Name: p.Name, Number: p.Number, Link: p.Link}
			if c.numbers {
				shown.visit = p.Visit
			}
			return shown
		}
		masked := pbx.Mask(p.Number)
		c.cover(p.Number, masked)
		if p.Name == p.Number {
			return Party{Name: masked, Number: masked}
		}
		return Party{Name: p.Name, Number: masked}
	}
	if c.v.knows(p.User) {
		return Party{User: p.User, Name: p.Name, Number: p.Number}
	}
	c.somehow = true
	c.cover(p.Name, somebody)
	c.cover(p.Number, somebody)
	return Party{Name: somebody, Hidden: true}
}

func (c *veil) cover(what, with string) {
	if what != "" {
		c.covered[what] = with
	}
}

// knows reports whether the visitor may see a person. Who is deleted is known to those who see everybody.
func (v *visit) knows(u pbx.UserID) bool {
	if u == v.who.User {
		return true
	}
	if v.s.Users[u] == nil {
		return v.sight(policy.UserSee).All()
	}
	return v.can(policy.UserSee, policy.User(u))
}

// text covers the values of a sentence.
func (c *veil) text(t i18n.Text) i18n.Text {
	out := i18n.Text{Key: t.Key}
	if len(t.Args) > 0 {
		out.Args = make(map[string]string, len(t.Args))
	}
	for name, value := range t.Args {
		if with, ok := c.covered[value]; ok {
			value = with
		} else if !c.numbers && pbx.IsOutside(value) {
			value = pbx.Mask(value)
		}
		out.Args[name] = value
	}
	return out
}
