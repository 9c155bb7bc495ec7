package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Campaign is a review that goes over what people hold, until an end (N-8, B-087). It counts only what the visitor may see.
type Campaign struct {
	ID      pbx.ReviewID `json:"id"`
	Name    string       `json:"name"`
	Group   *Named       `json:"group,omitempty" doc:"with everything below it; absent: everybody"`
	By      Named        `json:"by"`
	Reason  string       `json:"reason"`
	Begun   time.Time    `json:"begun"`
	Until   time.Time    `json:"until"`
	Ended   time.Time    `json:"ended,omitzero"`
	State   string       `json:"state" enum:"open,overdue,done,ended"`
	Total   int          `json:"total"`
	Kept    int          `json:"kept"`
	Removed int          `json:"removed"`
	Waiting int          `json:"waiting" doc:"things that the visitor can decide now"`
	Nobody  int          `json:"nobody" doc:"open things that nobody can decide, such as what the last System Owner holds"`
	Manage  bool         `json:"manage" doc:"the visitor may close it"`
}

// CampaignItem is one thing that a review looks at.
type CampaignItem struct {
	User    Named    `json:"user"`
	Photo   string   `json:"photo,omitempty"`
	Kind    pbx.Kind `json:"kind" enum:"membership,assignment,grant"`
	ID      string   `json:"id"`
	Right   string   `json:"right,omitempty" doc:"of an exception in the membership"`
	Holding Holding  `json:"holding"`
	Verdict *Decided `json:"verdict,omitempty" doc:"absent while it is open"`
	Decide  bool     `json:"decide" doc:"the visitor can decide it now"`
	Locked  string   `json:"locked,omitempty" doc:"why not"`
	Asked   []Named  `json:"asked" nullable:"false" doc:"who else could decide it, those who hold least first"`
}

// Decided is what became of one thing.
type Decided struct {
	Keep   bool      `json:"keep"`
	Reason string    `json:"reason"`
	By     Named     `json:"by"`
	At     time.Time `json:"at"`
}

// CampaignDetail is a review with everything that the visitor may see of it.
type CampaignDetail struct {
	Campaign
	Since time.Time      `json:"since,omitzero" doc:"the first day on which uses were recorded"`
	Items []CampaignItem `json:"items" nullable:"false"`
}

// campaign is a review as one visitor sees it.
type campaign struct {
	r         *pbx.Review
	manage    bool
	items     []policy.Item
	reviewers [][]pbx.UserID
}

// follow opens a review as far as the visitor may look: all of it for who may look through the scope, and for others what
// they can decide. Nothing at all is no review.
func (v *visit) follow(r *pbx.Review) (campaign, bool) {
	c := campaign{r: r, manage: policy.MayReview(v.s, v.who, r.Group, v.at)}
	items := policy.Items(v.s, r, v.at)
	reviewers := policy.Reviewers(v.s, items, v.at)
	for i := range items {
		u := items[i].User
		if u == v.who.User && !c.manage || !v.knows(u) || !c.manage && !v.can(policy.RightExplain, policy.User(u)) && !slices.Contains(reviewers[i], v.who.User) {
			continue
		}
		c.items, c.reviewers = append(c.items, items[i]), append(c.reviewers, reviewers[i])
	}
	return c, c.manage || len(c.items) > 0
}

// decides reports whether the visitor can decide an item now.
func (c *campaign) decides(v *visit, i int) bool {
	return c.r.Ended.IsZero() && c.items[i].Verdict == nil && slices.Contains(c.reviewers[i], v.who.User)
}

func (c *campaign) show(v *visit) Campaign {
	r := c.r
	out := Campaign{ID: r.ID, Name: r.Name, By: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(r.By)}), Reason: r.Reason, Begun: r.Begun, Until: r.Until,
		Ended: r.Ended, State: "open", Total: len(c.items), Manage: c.manage && r.Ended.IsZero()}
	if r.Group != "" {
		g := v.named(pbx.Ref{Kind: pbx.KindGroup, ID: string(r.Group)})
		out.Group = &g
	}
	open := 0
	for i := range c.items {
		switch d := c.items[i].Verdict; {
		case d == nil && len(c.reviewers[i]) == 0:
			out.Nobody++
		case d == nil:
			open++
		case d.Keep:
			out.Kept++
		default:
			out.Removed++
		}
		if c.decides(v, i) {
			out.Waiting++
		}
	}
	switch {
	case !r.Ended.IsZero():
		out.State = "ended"
	case open == 0:
		out.State = "done"
	case !r.Until.After(v.at):
		out.State = "overdue"
	}
	return out
}

type campaignsIn struct {
	State string `query:"state" enum:"waiting,all" default:"all"`
}

// listCampaigns shows the reviews that the visitor may look at or decides in, open ones first, then the newest.
func (s *Server) listCampaigns(_ context.Context, v *visit, in *campaignsIn) (Page[Campaign], error) {
	page := Page[Campaign]{Items: []Campaign{}}
	for _, r := range v.s.Reviews {
		if c, ok := v.follow(r); ok {
			if shown := c.show(v); in.State != "waiting" || shown.Waiting > 0 {
				page.Items = append(page.Items, shown)
			}
		}
	}
	rank := func(c Campaign) int { return slices.Index([]string{"overdue", "open", "done", "ended"}, c.State) }
	slices.SortFunc(page.Items, func(a, b Campaign) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Begun.Compare(a.Begun), cmp.Compare(a.ID, b.ID))
	})
	page.Total = len(page.Items)
	return page, nil
}

type newCampaign struct {
	Body struct {
		Name   string    `json:"name"`
		Group  string    `json:"group,omitempty" doc:"with everything below it; absent: everybody"`
		Until  time.Time `json:"until"`
		Reason string    `json:"reason" maxLength:"2000"`
	}
}

// createCampaign starts a review; those who can decide are told by mail and on the first page.
func (s *Server) createCampaign(ctx context.Context, v *visit, in *newCampaign) (CampaignDetail, error) {
	b := in.Body
	r, err := s.do(ctx, v, command.StartReview{Name: b.Name, Group: pbx.GroupID(b.Group), Until: b.Until, Reason: b.Reason})
	if err != nil {
		return CampaignDetail{}, err
	}
	return s.getCampaign(ctx, v, &campaignIn{r.Object.ID})
}

type campaignIn struct {
	Review string `path:"review"`
}

func (v *visit) campaign(id string) (campaign, error) {
	r := v.s.Reviews[pbx.ReviewID(id)]
	if r == nil {
		return campaign{}, missing()
	}
	c, ok := v.follow(r)
	if !ok {
		return campaign{}, missing()
	}
	return c, nil
}

// getCampaign shows one review with its items, open ones that the visitor can decide first.
func (s *Server) getCampaign(ctx context.Context, v *visit, in *campaignIn) (CampaignDetail, error) {
	c, err := v.campaign(in.Review)
	if err != nil {
		return CampaignDetail{}, err
	}
	uses, err := s.c.Store.Uses(ctx)
	if err != nil {
		return CampaignDetail{}, err
	}
	known := newUsage(uses, v.at, 90)
	out := CampaignDetail{Campaign: c.show(v), Since: known.since, Items: []CampaignItem{}}
	for i := range c.items {
		out.Items = append(out.Items, s.showItem(v, &c, i, known))
	}
	rank := func(i CampaignItem) int {
		switch {
		case i.Decide:
			return 0
		case i.Verdict == nil:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out.Items, func(a, b CampaignItem) int { return cmp.Or(rank(a)-rank(b), cmp.Compare(a.User.Name, b.User.Name)) })
	return out, nil
}

func (s *Server) showItem(v *visit, c *campaign, i int, known *usage) CampaignItem {
	item := &c.items[i]
	row, right := item.Key()
	out := CampaignItem{User: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(item.User)}), Kind: row.Kind, ID: row.ID, Right: right,
		Holding: s.showHolding(v, known, item.User, &item.Held), Asked: []Named{}, Decide: c.decides(v, i)}
	if u := v.s.Users[item.User]; u != nil {
		out.Photo = photoOf(u)
	}
	if d := item.Verdict; d != nil {
		out.Verdict = &Decided{Keep: d.Keep, Reason: d.Reason, By: v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(d.By)}), At: d.At}
		if d.Role != "" {
			out.Holding.Name = s.roleName(v, v.s, d.Role)
		}
		return out
	}
	if !out.Decide {
		out.Locked = out.Holding.Locked
	}
	for _, u := range c.reviewers[i] {
		if u != v.who.User && v.knows(u) && len(out.Asked) < 3 {
			out.Asked = append(out.Asked, v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}))
		}
	}
	return out
}

type decideIn struct {
	Review string `path:"review"`
	Body   struct {
		Kind   string `json:"kind" enum:"membership,assignment,grant"`
		ID     string `json:"id"`
		Right  string `json:"right,omitempty" doc:"of an exception in the membership"`
		Keep   bool   `json:"keep" doc:"false takes it away"`
		Reason string `json:"reason" maxLength:"2000"`
	}
}

// decideCampaign confirms one thing or takes it away.
func (s *Server) decideCampaign(ctx context.Context, v *visit, in *decideIn) (Campaign, error) {
	if _, err := v.campaign(in.Review); err != nil {
		return Campaign{}, err
	}
	b := in.Body
	if _, err := s.do(ctx, v, command.DecideReview{Review: pbx.ReviewID(in.Review), Row: pbx.Ref{Kind: pbx.Kind(b.Kind), ID: b.ID}, Right: b.Right,
		Keep: b.Keep, Reason: b.Reason}); err != nil {
		return Campaign{}, err
	}
	c, _ := v.follow(v.s.Reviews[pbx.ReviewID(in.Review)])
	return c.show(v), nil
}

type endCampaignIn struct {
	Review string `path:"review"`
	Body   struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}

// endCampaign closes a review; what is open stays as it is.
func (s *Server) endCampaign(ctx context.Context, v *visit, in *endCampaignIn) (Campaign, error) {
	if _, err := v.campaign(in.Review); err != nil {
		return Campaign{}, err
	}
	if _, err := s.do(ctx, v, command.EndReview{Review: pbx.ReviewID(in.Review), Reason: in.Body.Reason}); err != nil {
		return Campaign{}, err
	}
	c, _ := v.follow(v.s.Reviews[pbx.ReviewID(in.Review)])
	return c.show(v), nil
}

// exportCampaign writes a review as a table for programs that calculate.
func (s *Server) exportCampaign(ctx context.Context, v *visit, in *campaignIn) (writer, error) {
	d, err := s.getCampaign(ctx, v, in)
	if err != nil {
		return nil, err
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	}
	rows := [][]string{{"person", "person_id", "kind", "name", "where", "risk", "from", "until", "last_used", "verdict", "reason", "by", "at"}}
	for _, i := range d.Items {
		row := []string{i.User.Name, i.User.ID, i.Holding.Kind, i.Holding.Name, i.Holding.Where, i.Holding.Risk, day(i.Holding.From), day(i.Holding.Until),
			day(i.Holding.Last), "open", "", "", ""}
		if x := i.Verdict; x != nil {
			verdict := map[bool]string{true: "kept", false: "removed"}[x.Keep]
			row = append(row[:9], verdict, x.Reason, x.By.Name, x.At.UTC().Format(time.RFC3339))
		}
		rows = append(rows, row)
	}
	return tableFile("review.csv", rows), nil
}

// reviews reports whether the visitor may look at reviews at all, without looking through any.
func (v *visit) reviews() bool {
	for _, r := range []policy.Right{policy.MembershipRole, policy.MembershipOverride, policy.GrantEdit, policy.RoleSystem} {
		if policy.Owns(v.s, v.who, r, v.at) {
			return true
		}
	}
	far := policy.Can(v.s, v.who, v.at)[policy.RightExplain.String()]
	return far != pbx.ScopeNone && far != pbx.ScopeSelf
}
