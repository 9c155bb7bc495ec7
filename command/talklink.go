package command

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// MaxTalkLinks is how many Talk links there may be beside the personal ones.
const MaxTalkLinks = 500

// Talk is what is typed about a Talk link (X-031…X-042, C-7); nil fields of a change stay.
type Talk struct {
	Name    *string
	Slug    *string // empty gives it a secret in place of a name
	Group   *pbx.GroupID
	To      *pbx.Destination
	Off     *bool
	From    *time.Time
	Until   *time.Time
	Always  *bool
	Named   *bool
	Mailed  *bool
	About   *bool
	Keep    *int
	Back    *bool
	Outside *bool
	Origins *[]string
	PerAddr *int
	Most    *int
	Daily   *int
	Minutes *int
	Longest *int
}

// CreateTalkLink adds a link: of a department, of the company, or somebody's personal one. A link without a name gets a secret, which is in the result, once.
type CreateTalkLink struct {
	User pbx.UserID // whose personal link it is
	Talk
}

// Need asks for link.edit where the link is to belong, and over what it leads to.
func (c CreateTalkLink) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	group := pbx.GroupID("")
	if c.Group != nil {
		group = *c.Group
	}
	needs := []Need{{policy.LinkEdit, policy.Link("new", c.User, group, pbx.Interval{})}}
	if c.To != nil && c.User == "" {
		needs = append(needs, Need{policy.LinkEdit, policy.TalkTarget(s, *c.To, time.Time{})})
	}
	return needs
}

// Change makes the link.
func (c CreateTalkLink) Change(w *Work) (pbx.Change, error) {
	l := pbx.TalkLink{ID: pbx.TalkLinkID(w.ID("tlk")), User: c.User, Created: w.Now}
	w.object = l.Ref()
	if c.User != "" {
		u := w.Snapshot.Users[c.User]
		switch {
		case u == nil:
			return pbx.Change{}, missing()
		case w.Snapshot.TalkOf(c.User) != nil:
			return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "talk.personal_twice")
		}
		l = *w.personalLink(u, nil)
		w.object = l.Ref()
	} else if w.companyLinks() >= MaxTalkLinks {
		return pbx.Change{}, pbx.Refuse(pbx.Exhausted, "", "talk.too_many", "max", strconv.Itoa(MaxTalkLinks))
	}
	if c.Slug == nil && c.User == "" {
		c.Slug = new(string)
	}
	if c.Name == nil && c.User == "" {
		c.Name = new(string)
	}
	return c.write(w, l)
}

func (w *Work) companyLinks() (n int) {
	for _, l := range w.Snapshot.TalkLinks {
		if l.User == "" {
			n++
		}
	}
	return n
}

// EditTalkLink changes a link. Another name is another address; the old one is dead at once.
type EditTalkLink struct {
	ID pbx.TalkLinkID
	Talk
}

// Need asks for link.edit where the link belongs, where it is to belong, and over what it is to lead to.
func (c EditTalkLink) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	l := s.TalkLinks[c.ID]
	if l == nil {
		return nil
	}
	needs := []Need{{policy.LinkEdit, policy.Link(string(l.ID), l.User, l.Group, pbx.Interval{})}}
	if c.Group != nil && *c.Group != l.Group {
		needs = append(needs, Need{policy.LinkEdit, policy.Link(string(l.ID), l.User, *c.Group, pbx.Interval{})})
	}
	if c.To != nil && *c.To != l.To {
		needs = append(needs, Need{policy.LinkEdit, policy.TalkTarget(s, *c.To, time.Time{})})
	}
	return needs
}

// Change writes the new fields.
func (c EditTalkLink) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.TalkLinks[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Talk) write(w *Work, l pbx.TalkLink) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if l.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Slug != nil {
		slug := strings.ToLower(strings.TrimSpace(*c.Slug))
		switch {
		case slug != "":
			l.Slug, l.Hash = slug, ""
		case l.Slug != "" || l.Hash == "":
			w.newSecret(&l)
		}
	}
	if c.To != nil && *c.To != l.To {
		to := *c.To
		if !pbx.IsTalkTarget(to.Kind) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "to", "talk.target")
		}
		if err := w.cleanDestination(nil, "to", &to, nil, false); err != nil {
			return pbx.Change{}, err
		}
		l.To = to
	}
	if c.Origins != nil {
		l.Origins = nil
		for _, o := range *c.Origins {
			if o = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(o)), "/"); o != "" && !slices.Contains(l.Origins, o) {
				l.Origins = append(l.Origins, o)
			}
		}
	}
	for _, t := range []struct {
		typed *time.Time
		to    *time.Time
	}{{c.From, &l.From}, {c.Until, &l.Until}} {
		if t.typed != nil {
			*t.to = t.typed.UTC().Truncate(time.Millisecond)
		}
	}
	if c.Outside != nil && *c.Outside && !l.Outside { // visitors may cost money then
		if err := w.mayLeadOutside(w.Snapshot.Users[l.User], "outside"); err != nil {
			return pbx.Change{}, err
		}
	}
	fill(&l.Group, c.Group)
	fill(&l.Off, c.Off)
	fill(&l.Always, c.Always)
	fill(&l.Named, c.Named)
	fill(&l.Mailed, c.Mailed)
	fill(&l.About, c.About)
	fill(&l.Keep, c.Keep)
	fill(&l.Back, c.Back)
	fill(&l.Outside, c.Outside)
	fill(&l.PerAddr, c.PerAddr)
	fill(&l.Most, c.Most)
	fill(&l.Daily, c.Daily)
	fill(&l.Minutes, c.Minutes)
	fill(&l.Longest, c.Longest)
	return pbx.Change{Put: []pbx.Noun{&l}}, nil
}

// newSecret gives a link a secret in place of the address it has.
func (w *Work) newSecret(l *pbx.TalkLink) {
	w.secret = w.Word(pbx.TalkSecretBytes)
	l.Slug, l.Hash = "", pbx.HashSecret(w.secret)
}

// RenewTalkLink gives a link a secret in place of its name, or a new one: whoever knows the old address reaches nobody (PL-06).
type RenewTalkLink struct{ ID pbx.TalkLinkID }

// Need asks for link.edit.
func (c RenewTalkLink) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	return EditTalkLink{ID: c.ID}.Need(s, who)
}

// Change writes the hash.
func (c RenewTalkLink) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.TalkLinks[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	l := *old
	w.object = l.Ref()
	w.newSecret(&l)
	return pbx.Change{Put: []pbx.Noun{&l}}, nil
}

// DeleteTalkLink takes a link away; its running calls end.
type DeleteTalkLink struct{ ID pbx.TalkLinkID }

// Need asks for link.edit.
func (c DeleteTalkLink) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	return EditTalkLink{ID: c.ID}.Need(s, who)
}

// Change deletes the row.
func (c DeleteTalkLink) Change(w *Work) (pbx.Change, error) {
	l := w.Snapshot.TalkLinks[c.ID]
	if l == nil {
		return pbx.Change{}, missing()
	}
	w.object = l.Ref()
	return pbx.Change{Delete: []pbx.Ref{l.Ref()}}, nil
}

// personalLinks are the links of all people who have none yet: the company has just let people have them. Guest rooms get none: nobody outside is to find
// out who stays there (G-019).
func (w *Work) personalLinks() []pbx.Noun {
	var all []pbx.Noun
	var taken []string
	for _, id := range slices.Sorted(maps.Keys(w.Snapshot.Users)) {
		if w.Snapshot.TalkOf(id) == nil && w.Snapshot.GuestRooms[id] == nil {
			l := w.personalLink(w.Snapshot.Users[id], taken)
			all, taken = append(all, l), append(taken, l.Slug)
		}
	}
	return all
}

// personalLink is the first link of a person: at the end of its address stands his name, or his name and a number where that is somebody's already.
func (w *Work) personalLink(u *pbx.User, taken []string) *pbx.TalkLink {
	l := &pbx.TalkLink{ID: pbx.TalkLinkID(w.ID("tlk")), Name: u.Name, User: u.ID, To: pbx.Destination{Kind: pbx.ToUser, ID: string(u.ID)}, Created: w.Now}
	base := slugOf(u.Name)
	for n := 1; n <= 50; n++ {
		slug := base
		if n > 1 || len(slug) < 3 {
			slug = strings.Trim(base+"-"+strconv.Itoa(n), "-")
		}
		alike := slices.ContainsFunc(taken, func(t string) bool { return pbx.Lookalike(t) == pbx.Lookalike(slug) })
		if !alike && pbx.CheckSlug(slug) == nil && w.Snapshot.FreeSlug(slug, l.ID) == nil {
			l.Slug = slug
			return l
		}
	}
	l.Slug = "talk-" + w.Word(10) // letters of no alphabet that we can write
	return l
}

// slugOf writes a name as the end of an address.
func slugOf(name string) string {
	var words []string
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '.' }) {
		if w := number.Latin(word); w != "" {
			words = append(words, w)
		}
	}
	slug := strings.Join(words, ".")
	return strings.TrimRight(slug[:min(len(slug), 48)], ".")
}

// talkVerb says what became of a link.
func talkVerb(before *pbx.TalkLink, after pbx.Noun) string {
	l, ok := after.(*pbx.TalkLink)
	switch {
	case !ok:
		return "deleted"
	case before.Hash != l.Hash || before.Slug != l.Slug:
		return "renewed"
	}
	return "changed"
}

// talkNeeds are those of taking a change of a link back.
func talkNeeds(s *pbx.Snapshot, d pbx.Difference) []Need {
	var needs []Need
	for _, n := range []pbx.Noun{d.Before, d.After} {
		if l, ok := n.(*pbx.TalkLink); ok && l != nil {
			needs = append(needs, Need{policy.LinkEdit, policy.Link(string(l.ID), l.User, l.Group, pbx.Interval{})}, Need{policy.LinkEdit, policy.TalkTarget(s, l.To, time.Time{})})
			if l.Outside {
				target := policy.System()
				if l.User != "" {
					target = policy.User(l.User)
				}
				needs = append(needs, Need{policy.ForwardingOutside, target})
			}
		}
	}
	return needs
}
