package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// Reviewed is what one person holds beyond what everybody has over himself, with when it was last used (N-8, B-087).
type Reviewed struct {
	User     Named     `json:"user"`
	Photo    string    `json:"photo,omitempty"`
	Holdings []Holding `json:"holdings" nullable:"false"`
}

// Holding is one written thing through which a person holds rights: a role in a group, an exception there, an office-wide role
// or level, a single right.
type Holding struct {
	Kind   string      `json:"kind" enum:"role,override,assignment,grant"`
	ID     string      `json:"id" doc:"of the membership, assignment or grant"`
	Group  pbx.GroupID `json:"group,omitempty" doc:"of a role in a group and of an exception there"`
	Right  string      `json:"right,omitempty" doc:"of an exception and of a single right"`
	Name   string      `json:"name" doc:"the role, or what the right is about"`
	Where  string      `json:"where" doc:"how far it reaches, in words"`
	From   time.Time   `json:"from"`
	Until  time.Time   `json:"until,omitzero"`
	Reason string      `json:"reason,omitempty"`
	Risk   string      `json:"risk" enum:"low,medium,high" doc:"the highest of its rights"`
	Rights []UsedRight `json:"rights" nullable:"false" doc:"those that are worth a look, risky ones first"`
	Last   time.Time   `json:"last,omitzero" doc:"the day on which any of them was last used; absent: not since that is recorded"`
	Unused bool        `json:"unused" doc:"none of them was used for so long, and it was there and recorded all the time"`
	Needs  string      `json:"needs" doc:"the right one needs to take it away"`
	Locked string      `json:"locked,omitempty" doc:"why the visitor may not take it away"`
}

// UsedRight is one right with when it was last used.
type UsedRight struct {
	Right  string    `json:"right"`
	Text   string    `json:"text"`
	Risk   string    `json:"risk" enum:"low,medium,high"`
	Last   time.Time `json:"last,omitzero" doc:"the day; absent: not since that is recorded"`
	Unused bool      `json:"unused"`
}

// RightsReview is a page of people with what they hold.
type RightsReview struct {
	Page[Reviewed]
	Since time.Time `json:"since,omitzero" doc:"the first day on which uses were recorded; absent: nothing was used yet"`
	Days  int       `json:"days" doc:"after so many days without use a right counts as unused"`
}

type reviewIn struct {
	List
	User   string `query:"user" doc:"only this person"`
	Unused bool   `query:"unused" doc:"only what is unused"`
	Risky  bool   `query:"risky" doc:"only what holds a right of high risk"`
	Days   int    `query:"days" default:"90" minimum:"1" maximum:"3650"`
}

// getRightsReview shows the people whom right.explain reaches.
func (s *Server) getRightsReview(ctx context.Context, v *visit, in *reviewIn) (RightsReview, error) {
	uses, err := s.c.Store.Uses(ctx)
	if err != nil {
		return RightsReview{}, err
	}
	b := newUsage(uses, v.at, in.Days)
	sees := v.sight(policy.RightExplain)
	var rows []Reviewed
	for _, u := range v.s.Users {
		if in.User != "" && string(u.ID) != in.User || !matches(in.Q, u.Name) || !sees.Sees(policy.User(u.ID)) {
			continue
		}
		if r := (Reviewed{User: v.named(u.Ref()), Photo: photoOf(u), Holdings: s.holdings(v, b, u.ID, in.Unused, in.Risky)}); len(r.Holdings) > 0 {
			rows = append(rows, r)
		}
	}
	part, next, err := pageOf(rows, in.List, "name", func(r Reviewed) string { return r.User.Name }, func(r Reviewed) string { return r.User.ID })
	if err != nil {
		return RightsReview{}, err
	}
	for _, r := range part {
		v.shows(policy.RightExplain, policy.User(pbx.UserID(r.User.ID)))
	}
	return RightsReview{Page: Page[Reviewed]{Items: part, Next: next, Total: len(rows)}, Since: b.since, Days: in.Days}, nil
}

func (s *Server) holdings(v *visit, b *usage, u pbx.UserID, unused, risky bool) []Holding {
	all := []Holding{}
	for _, h := range policy.Holdings(v.s, u, v.at) {
		shown := s.showHolding(v, b, u, &h)
		if unused && !shown.Unused && !slices.ContainsFunc(shown.Rights, func(r UsedRight) bool { return r.Unused && r.Risk == "high" }) || risky && shown.Risk != "high" {
			continue
		}
		all = append(all, shown)
	}
	return all
}

func (s *Server) showHolding(v *visit, b *usage, u pbx.UserID, h *policy.Held) Holding {
	out := Holding{Kind: string(h.Kind), ID: h.Row().ID, Name: s.holdingName(v, h), Where: s.scopeWords(v, h.Scope), From: h.From, Until: h.Until,
		Reason: h.Reason, Risk: h.Risk().String(), Rights: []UsedRight{}, Locked: s.noTaking(v, u, h)}
	right, _ := h.Taking(u)
	out.Needs = right.String()
	if h.Membership != nil {
		out.Group = h.Membership.Group
	}
	if h.Kind == policy.FromOverride || h.Kind == policy.FromGrant {
		out.Right = h.Right.String()
	}
	out.Unused = len(h.Rights) > 0
	for _, r := range h.Rights {
		x := UsedRight{Right: r.String(), Text: s.whyRight(v, r).Text, Risk: r.Risk().String(), Last: b.last(u, r, h.Via())}
		x.Unused = b.isUnused(x.Last, h.From)
		out.Unused = out.Unused && x.Unused
		if x.Last.After(out.Last) {
			out.Last = x.Last
		}
		out.Rights = append(out.Rights, x)
	}
	rank := func(r UsedRight) int { return slices.Index([]string{"high", "medium", "low"}, r.Risk) }
	slices.SortStableFunc(out.Rights, func(a, b UsedRight) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func (s *Server) holdingName(v *visit, h *policy.Held) string {
	switch {
	case h.Kind == policy.FromRole && h.Membership != nil:
		return s.roleName(v, v.s, h.Membership.Role)
	case h.Assignment != nil:
		return s.roleName(v, v.s, h.Assignment.Role)
	case h.Right == policy.NoRight:
		return "–"
	}
	return s.whyRight(v, h.Right).Text
}

// noTaking says why the visitor may not take something away from a person.
func (s *Server) noTaking(v *visit, u pbx.UserID, h *policy.Held) string {
	right, target := h.Taking(u)
	return s.lock(v, right, target)
}

// usage is what is known about the use of rights, seen from a moment.
type usage struct {
	days  map[useKey]time.Time
	since time.Time // recorded since
	edge  time.Time // used before it, or never since: unused
}

type useKey struct {
	user       pbx.UserID
	right, via string
}

func newUsage(all []store.Use, at time.Time, days int) *usage {
	b := &usage{days: make(map[useKey]time.Time, len(all)), edge: at.AddDate(0, 0, -days)}
	for _, u := range all {
		b.days[useKey{u.User, u.Right, u.Via}] = u.Last
		if b.since.IsZero() || u.Begun.Before(b.since) {
			b.since = u.Begun
		}
	}
	return b
}

// last is the day on which a person last used a right through something. Who looks through a list uses everything that gives
// him the right.
func (b *usage) last(u pbx.UserID, r policy.Right, via string) time.Time {
	a, c := b.days[useKey{u, r.String(), via}], b.days[useKey{u, r.String(), ""}]
	if a.After(c) {
		return a
	}
	return c
}

// isUnused reports whether a right has not been used for long enough to tell: one that is younger, or younger records, tell
// nothing.
func (b *usage) isUnused(last, from time.Time) bool {
	return last.Before(b.edge) && from.Before(b.edge) && !b.since.IsZero() && b.since.Before(b.edge)
}
