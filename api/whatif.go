package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
	"tandem/whatif"
)

type tryRestriction struct {
	Body struct {
		Restriction string          `json:"restriction,omitempty" doc:"the profile that the draft changes; absent: it is a new one"`
		Draft       restrictionBody `json:"draft,omitzero" doc:"what would be typed; absent fields stay"`
		Delete      bool            `json:"delete,omitempty" doc:"the draft deletes the profile"`
		Days        int             `json:"days,omitempty" minimum:"1" maximum:"366" doc:"how far back; absent: 30"`
	}
}

// Outcome is what a draft would have done to the calls of the last days (N-2).
type Outcome struct {
	Calls   int             `json:"calls" doc:"that people whom the visitor may decide about dialled"`
	Outside int             `json:"outside" doc:"of them: to numbers outside"`
	Closed  int             `json:"closed" doc:"would be refused"`
	Opened  int             `json:"opened" doc:"were refused and would be allowed"`
	Shorter int             `json:"shorter" doc:"would end sooner"`
	Saved   *int64          `json:"saved,omitempty" doc:"what the calls that would be refused cost by today's prices, in millionths of the currency; for who may see costs"`
	Money   string          `json:"currency,omitempty" doc:"with saved"`
	From    time.Time       `json:"from"`
	People  []OutcomePerson `json:"people" nullable:"false" doc:"those whose calls would go otherwise, most refusals first"`
	Effects []OutcomeCall   `json:"effects" nullable:"false" doc:"the first calls that would go otherwise, of those that the visitor may see"`
	Hidden  int             `json:"hidden" doc:"more of them, that he may not see"`
}

// OutcomePerson counts the calls of one person.
type OutcomePerson struct {
	User    Named `json:"user"`
	Closed  int   `json:"closed"`
	Opened  int   `json:"opened"`
	Shorter int   `json:"shorter"`
}

// OutcomeCall is one call that would go otherwise.
type OutcomeCall struct {
	Call   pbx.CallID `json:"call"`
	User   Named      `json:"user"`
	Number string     `json:"number"`
	At     time.Time  `json:"at"`
	Turn   string     `json:"turn" enum:"closed,opened,shorter"`
	Text   string     `json:"text" doc:"why"`
}

// tryRestriction replays recorded calls through what would be in force with a draft; nothing is changed. The draft is made by the command that
// would change the profile, so that what may not be saved may not be tried.
func (s *Server) tryRestriction(ctx context.Context, v *visit, in *tryRestriction) (Outcome, error) {
	b := &in.Body
	var c command.Command = command.CreateRestriction{Restriction: b.Draft.read(v)}
	if b.Restriction != "" {
		r := v.s.Restrictions[pbx.RestrictionID(b.Restriction)]
		if sees, _ := v.seesRestriction(r); !sees {
			return Outcome{}, missing()
		}
		c = command.EditRestriction{ID: r.ID, Restriction: b.Draft.read(v)}
		if b.Delete {
			c = command.DeleteRestriction{ID: r.ID}
		}
	}
	draft, err := s.c.Desk.Try(ctx, v.who, c)
	if err != nil {
		return Outcome{}, err
	}
	if draft.Snapshot == nil {
		draft.Snapshot = v.s
	}
	from := v.at.AddDate(0, 0, -cmp.Or(b.Days, 30))
	decides, sees := v.sight(policy.RestrictionEdit), v.sight(policy.CallDetail)
	seen, fault := map[pbx.CallID]bool{}, error(nil)
	calls := func(yield func(whatif.Call) bool) {
		q := store.CallQuery{Sight: scope(decides), Sort: "-started", Limit: 200, From: from}
		q.Keep = func(c *report.CDR) bool { return c.From.User != "" && decides.Sees(policy.User(c.From.User)) }
		for {
			var page store.CallPage
			if page, fault = s.c.Store.Calls(ctx, q); fault != nil {
				return
			}
			for i := range page.Items {
				r := &page.Items[i]
				if sees.Sees(recordTarget(r)) {
					seen[r.ID] = true
				}
				if !yield(whatif.Call{ID: r.ID, Payer: r.From.User, Dialled: r.Dialled, At: r.Started, Talk: r.Talk()}) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
	out := whatif.Replay(v.s, draft.Snapshot, calls)
	if fault != nil {
		return Outcome{}, fault
	}
	return s.showOutcome(v, &out, from, seen), nil
}

func (s *Server) showOutcome(v *visit, o *whatif.Outcome, from time.Time, seen map[pbx.CallID]bool) Outcome {
	out := Outcome{Calls: o.Calls, Outside: o.Outside, Closed: o.Closed, Opened: o.Opened, Shorter: o.Shorter, From: from, People: []OutcomePerson{}, Effects: []OutcomeCall{}}
	costs := true
	for u, n := range o.People {
		out.People = append(out.People, OutcomePerson{v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}), n.Closed, n.Opened, n.Shorter})
		costs = costs && v.can(policy.CostSee, policy.User(u))
	}
	slices.SortFunc(out.People, func(a, b OutcomePerson) int {
		return cmp.Or(cmp.Compare(b.Closed, a.Closed), cmp.Compare(b.Shorter, a.Shorter), cmp.Compare(a.User.Name, b.User.Name), cmp.Compare(a.User.ID, b.User.ID))
	})
	if costs && len(v.s.Decks) > 0 {
		out.Saved, out.Money = &o.Saved, v.s.Tenant.Currency
	}
	for _, e := range o.Effects {
		if !seen[e.ID] {
			out.Hidden++
			continue
		}
		text := i18n.T("toll." + string(e.After.Code))
		if e.Turn == whatif.Shorter {
			text = i18n.T("toll.over", "minutes", e.Minutes())
		}
		out.Effects = append(out.Effects, OutcomeCall{e.ID, v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(e.Payer)}), cmp.Or(string(e.To.E164), e.To.Digits), e.At, string(e.Turn), s.say(v, text)})
	}
	return out
}
