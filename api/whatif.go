package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
	"tandem/whatif"
)

type tryDraft struct {
	Body struct {
		Draft Draft     `json:"draft"`
		Days  int       `json:"days,omitempty" minimum:"1" maximum:"3660" doc:"how far back; absent: 30"`
		From  time.Time `json:"from,omitzero" doc:"first moment of start inside, in place of days"`
		Until time.Time `json:"until,omitzero" doc:"first moment of start outside; absent: now"`
	}
}

// Run is a replay of recorded calls through a draft (N-2). It goes on whenever somebody looks at it, and is forgotten when nobody does.
type Run struct {
	ID      string         `json:"id"`
	Done    bool           `json:"done"`
	Share   int            `json:"share" doc:"percent of the time that has been replayed"`
	From    time.Time      `json:"from"`
	Since   time.Time      `json:"complete_since,omitzero" doc:"records before are kept no longer, or only some of them; absent: the period is complete"`
	Until   time.Time      `json:"until"`
	Outcome Outcome        `json:"outcome" doc:"so far"`
	Changes []string       `json:"changes" nullable:"false" doc:"the lines that the log would get"`
	People  []PreviewShare `json:"people" nullable:"false" doc:"whose rights would change; those who gain first"`
	Hidden  int            `json:"hidden" doc:"people whose rights would change too, whom the visitor may not see"`
}

// Outcome is what a draft would have done to recorded calls. Amounts are millionths of the currency, and there for who may see costs.
type Outcome struct {
	Calls   int            `json:"calls" doc:"that were looked at"`
	Outside int            `json:"outside" doc:"of them: to numbers outside"`
	Closed  int            `json:"closed" doc:"would be refused"`
	Opened  int            `json:"opened" doc:"were refused and would be allowed"`
	Shorter int            `json:"shorter" doc:"would end sooner"`
	Moved   int            `json:"moved" doc:"would go over another line, show another number or reach another place"`
	Unknown int            `json:"unknown" doc:"calls that nobody would know the price of"`
	Money   string         `json:"currency,omitempty"`
	Cost    *int64         `json:"cost,omitempty" doc:"of all of them, by today's prices"`
	Would   *int64         `json:"would,omitempty" doc:"what they would have cost"`
	Saved   *int64         `json:"saved,omitempty" doc:"what those cost that would be refused"`
	Groups  []OutcomeGroup `json:"groups" nullable:"false" doc:"the greatest of each grouping"`
}

// OutcomeGroup is one group of calls.
type OutcomeGroup struct {
	By      string `json:"by" enum:"reason,person,class,country,line"`
	Key     string `json:"key"`
	Name    string `json:"name" doc:"in words"`
	Calls   int    `json:"calls"`
	Closed  int    `json:"closed"`
	Opened  int    `json:"opened"`
	Shorter int    `json:"shorter"`
	Moved   int    `json:"moved"`
	Cost    *int64 `json:"cost,omitempty"`
	Would   *int64 `json:"would,omitempty"`
}

// OutcomeCall is one call that would go otherwise.
type OutcomeCall struct {
	Call   pbx.CallID `json:"call"`
	User   *Named     `json:"user,omitempty" doc:"who pays, or called; absent: somebody outside"`
	Number string     `json:"number"`
	At     time.Time  `json:"at"`
	Talk   int        `json:"seconds"`
	Turn   string     `json:"turn" enum:"closed,opened,shorter,moved"`
	Text   string     `json:"text" doc:"why, or where it would go"`
	Cost   *int64     `json:"cost,omitempty"`
	Would  *int64     `json:"would,omitempty"`
}

// runs holds the replays that somebody looks at.
type runs struct {
	mu  sync.Mutex
	all []*run // the last one that was looked at last
}

// The most that are held together, and of one visitor; how long one is held that nobody looks at; and how long one look works on it.
const (
	mostRuns    = 32
	mostOwnRuns = 4
	runKept     = 15 * time.Minute
	runSlice    = 700 * time.Millisecond
)

type run struct {
	id          string
	owner       pbx.Actor
	draft       command.Draft
	from, until time.Time
	seen        time.Time

	mu     sync.Mutex // held by who works on it or reads it
	now    *pbx.Snapshot
	after  *pbx.Snapshot
	replay *whatif.Replayer
	next   string // of the call log
	at     time.Time
	done   bool
	shown  map[pbx.CallID]policy.Target // of the calls that are named one by one
}

func sameVisitor(a, b pbx.Actor) bool { return a.User == b.User && a.Token == b.Token }

// keep holds a run, and lets go of the oldest.
func (r *runs) keep(one *run, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	own := 0
	for i := len(r.all) - 1; i >= 0; i-- {
		old := r.all[i]
		if sameVisitor(old.owner, one.owner) {
			own++
		}
		if at.Sub(old.seen) > runKept || sameVisitor(old.owner, one.owner) && own >= mostOwnRuns {
			r.all = slices.Delete(r.all, i, i+1)
		}
	}
	if len(r.all) >= mostRuns {
		r.all = r.all[1:]
	}
	r.all = append(r.all, one)
}

// find is a run of a visitor.
func (r *runs) find(id string, who pbx.Actor, at time.Time) *run {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, one := range r.all {
		if one.id == id && sameVisitor(one.owner, who) && at.Sub(one.seen) <= runKept {
			one.seen = at
			r.all = append(slices.Delete(r.all, i, i+1), one)
			return one
		}
	}
	return nil
}

func (r *runs) drop(id string, who pbx.Actor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = slices.DeleteFunc(r.all, func(one *run) bool { return one.id == id && sameVisitor(one.owner, who) })
}

// knowsDraft refuses drafts about things that the visitor may not know of, like the routes that would change them.
func (v *visit) knowsDraft(d *Draft) error {
	knows := true
	for i := range d.Restrictions {
		if id := d.Restrictions[i].ID; id != "" {
			sees, _ := v.seesRestriction(v.s.Restrictions[pbx.RestrictionID(id)])
			knows = knows && sees
		}
	}
	for i := range d.Trunks {
		if id := d.Trunks[i].ID; id != "" {
			knows = knows && v.editsTrunk(v.s.Trunks[pbx.TrunkID(id)])
		}
	}
	for i := range d.Routes {
		if id := d.Routes[i].ID; id != "" {
			knows = knows && v.s.OutRoutes[pbx.OutRouteID(id)] != nil && v.can(policy.RouteEdit, command.OutRouteTarget())
		}
	}
	for i := range d.Numbers {
		if id := d.Numbers[i].ID; id != "" {
			edit, lead := v.seesDID(v.s.DIDs[pbx.DIDID(id)])
			knows = knows && (edit || lead)
		}
	}
	for i := range d.Budgets {
		if id := d.Budgets[i].ID; id != "" {
			b := v.s.Budgets[pbx.BudgetID(id)]
			knows = knows && b != nil && v.seesBudget(b)
		}
	}
	if !knows {
		return missing()
	}
	return nil
}

// startRun plans a draft by the commands that would carry it out, so that what may not be done may not be tried, and begins to replay; nothing is changed.
func (s *Server) startRun(ctx context.Context, v *visit, in *tryDraft) (Run, error) {
	b := &in.Body
	if err := v.knowsDraft(&b.Draft); err != nil {
		return Run{}, err
	}
	c, err := b.Draft.Command("")
	if err != nil {
		return Run{}, err
	}
	planned, err := s.c.Desk.Try(ctx, v.who, c)
	if err != nil {
		return Run{}, err
	}
	var rows []pbx.Ref
	for _, d := range planned.Differences {
		rows = append(rows, d.Ref)
	}
	always, err := whatif.Always(v.s, planned.Snapshot, rows)
	if err != nil {
		return Run{}, err
	}
	r := &run{id: rand.Text(), owner: v.who, draft: c, until: b.Until, from: b.From, seen: v.at, now: v.s, after: planned.Snapshot, replay: whatif.New(v.s, always), shown: map[pbx.CallID]policy.Target{}}
	if r.until.IsZero() || r.until.After(v.at) {
		r.until = v.at
	}
	if r.from.IsZero() {
		r.from = r.until.AddDate(0, 0, -cmp.Or(b.Days, 30))
	}
	if !r.from.Before(r.until) {
		return Run{}, pbx.Refuse(pbx.Invalid, "until", "whatif.span")
	}
	r.at = r.from
	s.runs.keep(r, v.at)
	return s.goOn(ctx, v, r, planned.Facts)
}

type runIn struct {
	Run string `path:"run"`
}

// getRun works on a replay for a moment, and shows how far it is.
func (s *Server) getRun(ctx context.Context, v *visit, in *runIn) (Run, error) {
	r, err := s.runOf(ctx, v, in.Run)
	if err != nil {
		return Run{}, err
	}
	return s.goOn(ctx, v, r, nil)
}

// runOf finds a run of the visitor, who still has to be allowed what the draft would do.
func (s *Server) runOf(ctx context.Context, v *visit, id string) (*run, error) {
	r := s.runs.find(id, v.who, v.at)
	if r == nil {
		return nil, missing()
	}
	if _, err := s.c.Desk.Try(ctx, v.who, r.draft); err != nil {
		return nil, err
	}
	return r, nil
}

func (s *Server) dropRun(_ context.Context, v *visit, in *runIn) error {
	s.runs.drop(in.Run, v.who)
	return nil
}

// goOn replays calls of people whom the visitor may decide about, or whose calls he sees in the log; whoever may try drafts with the whole past
// (draft.simulate) gets the counts of all calls, and still no single one that he does not see.
func (s *Server) goOn(ctx context.Context, v *visit, r *run, facts []event.Fact) (Run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	decides, sees, all := v.sight(policy.RestrictionEdit), v.sight(policy.CallDetail), v.can(policy.DraftSimulate, policy.System())
	q := store.CallQuery{Sight: union(scope(decides), scope(sees)), Sort: "started", Limit: 200, From: r.from, Until: r.until, Cursor: r.next}
	q.Sight.All = q.Sight.All || all
	q.Keep = func(c *report.CDR) bool {
		return all || c.From.User != "" && decides.Sees(policy.User(c.From.User)) || sees.Sees(recordTarget(c))
	}
	for begun := time.Now(); !r.done && time.Since(begun) < runSlice; {
		page, err := s.c.Store.Calls(ctx, q)
		if err != nil {
			return Run{}, err
		}
		for i := range page.Items {
			record := &page.Items[i]
			r.at = record.Started
			for _, c := range whatif.From(record) {
				if r.replay.See(&c) {
					r.shown[c.ID] = recordTarget(record)
				}
			}
		}
		q.Cursor, r.next, r.done = page.Next, page.Next, page.Next == ""
	}
	out := Run{ID: r.id, Done: r.done, Share: 100, From: r.from, Until: r.until, Outcome: s.showOutcome(v, r), Changes: []string{}, People: []PreviewShare{}}
	var err error
	if out.Since, err = s.complete(ctx, r.from); err != nil {
		return out, err
	}
	if !r.done {
		out.Share = int(100 * r.at.Sub(r.from) / r.until.Sub(r.from))
	}
	for _, f := range facts {
		out.Changes = append(out.Changes, s.showEntry(v, f, v.readsWholeLog()).Summary)
	}
	if r.done || facts != nil {
		out.People, out.Hidden = s.shares(v, r.now, r.after, v.at)
	}
	return out, nil
}

// union is everything that one of two scopes selects.
func union(a, b store.Scope) store.Scope {
	if a.All || b.All {
		return store.Scope{All: true}
	}
	users, groups := append(slices.Clone(a.Users), b.Users...), append(slices.Clone(a.Groups), b.Groups...)
	slices.Sort(users)
	slices.Sort(groups)
	return store.Scope{Users: slices.Compact(users), Groups: slices.Compact(groups)}
}

// groupsShown is how many groups of one grouping are told.
const groupsShown = 50

func (s *Server) showOutcome(v *visit, r *run) Outcome {
	o := r.replay.Outcome()
	out := Outcome{Calls: o.Calls, Outside: o.Outside, Closed: o.Closed, Opened: o.Opened, Shorter: o.Shorter, Moved: o.Moved, Unknown: o.Unknown, Groups: []OutcomeGroup{}}
	costs := len(r.now.Decks)+len(r.after.Decks) > 0 && v.seesCosts(o)
	if costs {
		out.Cost, out.Would, out.Saved, out.Money = &o.Cost, &o.Would, &o.Saved, r.after.Tenant.Currency
	}
	all := map[whatif.By][]OutcomeGroup{}
	for g, t := range o.Groups {
		one := OutcomeGroup{By: string(g.By), Key: g.Key, Name: s.outcomeName(v, r, g), Calls: t.Calls, Closed: t.Closed, Opened: t.Opened, Shorter: t.Shorter, Moved: t.Moved}
		if costs {
			one.Cost, one.Would = &t.Cost, &t.Would
		}
		all[g.By] = append(all[g.By], one)
	}
	for _, by := range whatif.Groupings() {
		list := all[by]
		slices.SortFunc(list, func(a, b OutcomeGroup) int {
			return cmp.Or(cmp.Compare(b.turned(), a.turned()), cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Name, b.Name), strings.Compare(a.Key, b.Key))
		})
		out.Groups = append(out.Groups, list[:min(len(list), groupsShown)]...)
	}
	return out
}

func (g *OutcomeGroup) turned() int { return g.Closed + g.Opened + g.Shorter + g.Moved }

// seesCosts reports whether a visitor may see what the calls of all cost who are in an outcome.
func (v *visit) seesCosts(o *whatif.Outcome) bool {
	costs := v.sight(policy.CostSee)
	if costs.All() {
		return true
	}
	for g := range o.Groups {
		if g.By == whatif.ByPerson && (g.Key == "" || !costs.Sees(policy.User(pbx.UserID(g.Key)))) {
			return false
		}
	}
	return true
}

func (s *Server) outcomeName(v *visit, r *run, g whatif.Group) string {
	switch g.By {
	case whatif.ByPerson:
		if g.Key == "" {
			return s.say(v, i18n.T("whatif.from_outside"))
		}
		return cmp.Or(v.named(pbx.Ref{Kind: pbx.KindUser, ID: g.Key}).Name, s.say(v, i18n.T("call.somebody")))
	case whatif.ByClass:
		return s.say(v, i18n.T("class."+g.Key))
	case whatif.ByCountry:
		return s.country(v)(g.Key)
	case whatif.ByLine:
		return cmp.Or(r.after.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: g.Key}), s.say(v, i18n.T("whatif.no_line")))
	}
	return whatif.Said(g.Key, r.after, v.seesBudget, func(t i18n.Text) string { return s.say(v, t) })
}

type runCalls struct {
	Run string `path:"run"`
	List
	By   string `query:"by" enum:"reason,person,class,country,line" doc:"only calls of this group"`
	Key  string `query:"key" maxLength:"200"`
	Turn string `query:"turn" enum:"closed,opened,shorter,moved"`
}

// listRunCalls names the calls that would go otherwise, of those that the visitor sees in the log.
func (s *Server) listRunCalls(ctx context.Context, v *visit, in *runCalls) (Page[OutcomeCall], error) {
	r, err := s.runOf(ctx, v, in.Run)
	if err != nil {
		return Page[OutcomeCall]{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	o, sees := r.replay.Outcome(), v.sight(policy.CallDetail)
	var rows []*whatif.Effect
	for i := range o.Effects {
		e := &o.Effects[i]
		if in.Turn != "" && string(e.Turn) != in.Turn || in.By != "" && !e.In(whatif.Group{By: whatif.By(in.By), Key: in.Key}) || !sees.Sees(r.shown[e.ID]) {
			continue
		}
		rows = append(rows, e)
	}
	part, next, err := pageOf(rows, in.List, "-at", func(e *whatif.Effect) string { return e.At.UTC().Format(time.RFC3339Nano) }, func(e *whatif.Effect) string { return string(e.ID) + e.Dialled })
	page := Page[OutcomeCall]{Items: make([]OutcomeCall, 0, len(part)), Next: next, Total: len(rows)}
	costs := len(r.now.Decks)+len(r.after.Decks) > 0 && v.seesCosts(o)
	for _, e := range part {
		one := OutcomeCall{Call: e.ID, Number: cmp.Or(string(e.To.E164), e.To.Digits, e.Dialled), At: e.At, Talk: int(e.Talk / time.Second), Turn: string(e.Turn), Text: e.Text(r.after, v.seesBudget, func(t i18n.Text) string { return s.say(v, t) })}
		if who := cmp.Or(e.Payer, e.From); who != "" {
			named := v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(who)})
			one.User = &named
		}
		if costs {
			one.Cost, one.Would = &e.Cost, &e.Would
		}
		page.Items = append(page.Items, one)
	}
	return page, err
}

type applyDraft struct {
	Body struct {
		Draft  Draft  `json:"draft"`
		Reason string `json:"reason,omitempty" doc:"stands at every line of the log"`
	}
}

// Applied is what a draft did.
type Applied struct {
	Changes []string `json:"changes" nullable:"false" doc:"the lines of the log"`
}

// applyDraft carries a draft out, in one change or not at all.
func (s *Server) applyDraft(ctx context.Context, v *visit, in *applyDraft) (Applied, error) {
	if err := v.knowsDraft(&in.Body.Draft); err != nil {
		return Applied{}, err
	}
	c, err := in.Body.Draft.Command(in.Body.Reason)
	if err != nil {
		return Applied{}, err
	}
	r, err := s.do(ctx, v, c)
	if err != nil {
		return Applied{}, err
	}
	out := Applied{Changes: []string{}}
	for _, f := range r.Facts {
		out.Changes = append(out.Changes, s.showEntry(v, f, v.readsWholeLog()).Summary)
	}
	return out, nil
}
