package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// Kept is how long one kind of things is kept, and what of it is old enough to go.
type Kept struct {
	Days   int       `json:"days" doc:"after which it goes; -1: never"`
	Usual  int       `json:"usual" doc:"days where nobody chose any"`
	Fewest int       `json:"fewest" doc:"days that may be chosen"`
	Due    int       `json:"due" doc:"how many would go now"`
	Oldest time.Time `json:"oldest,omitzero" doc:"of those that would go"`
	Since  time.Time `json:"since,omitzero" doc:"what is older may be gone already; absent: nothing is"`
}

// GroupKept is how long calls of one group are kept.
type GroupKept struct {
	Group pbx.GroupID `json:"group"`
	Name  string      `json:"name"`
	Days  int         `json:"days"`
}

// Retention says what is kept for how long.
type Retention struct {
	Calls      Kept        `json:"calls" doc:"records of calls, with what reports count of them"`
	Traces     Kept        `json:"traces" doc:"the way that calls took through the house, step by step"`
	Audit      Kept        `json:"audit" doc:"the audit log"`
	Groups     []GroupKept `json:"groups" nullable:"false" doc:"whose calls are kept for another time"`
	Recordings KeptElse    `json:"recordings" doc:"by the rules of recording; days are those of the office"`
	Notices    int         `json:"notices" doc:"days"`
	Callbacks  int         `json:"callbacks" doc:"days, of what became of calls back"`
	Spent      int         `json:"spent" doc:"days, of what budgets spent"`
	Bin        int         `json:"bin" doc:"days, of recordings and messages that were deleted"`
	Copies     int         `json:"copies" doc:"days, of copies of the database before an update"`
}

// KeptElse is how long is kept what has settings of its own.
type KeptElse struct {
	Days int `json:"days"`
	Held int `json:"held" doc:"recordings that nobody may delete; their calls stay with them"`
}

// KeepIn is how long things are to be kept; what is absent stays.
type KeepIn struct {
	Calls  *int                `json:"calls,omitempty" doc:"days; 0: as usual, -1: for ever"`
	Traces *int                `json:"traces,omitempty"`
	Audit  *int                `json:"audit,omitempty"`
	Groups map[pbx.GroupID]int `json:"groups,omitempty" doc:"days by group; 0: as the groups above it"`
}

type keepIn struct{ Body KeepIn }

func (s *Server) getRetention(ctx context.Context, v *visit, _ *struct{}) (Retention, error) {
	return s.retention(ctx, v, KeepIn{})
}

// previewRetention says what would go with other days; nothing is changed.
func (s *Server) previewRetention(ctx context.Context, v *visit, in *keepIn) (Retention, error) {
	return s.retention(ctx, v, in.Body)
}

func (s *Server) putRetention(ctx context.Context, v *visit, in *keepIn) (Retention, error) {
	b := in.Body
	if _, err := s.do(ctx, v, command.SetKeep{Calls: b.Calls, Traces: b.Traces, Audit: b.Audit, Groups: b.Groups}); err != nil {
		return Retention{}, err
	}
	return s.retention(ctx, v, KeepIn{})
}

func (s *Server) retention(ctx context.Context, v *visit, draft KeepIn) (out Retention, err error) {
	if err := v.need(policy.RetentionEdit, policy.System()); err != nil {
		return out, err
	}
	keep, err := command.SetKeep{Calls: draft.Calls, Traces: draft.Traces, Audit: draft.Audit, Groups: draft.Groups}.Of(v.s)
	if err != nil {
		return out, err
	}
	then := *v.s
	then.Tenant.Keep = keep
	calls, traces, audit := keep.InDays()
	due := func(kept *Kept, days, usual, fewest int, what string, count func() (store.Stock, error), since map[string]time.Time) error {
		stock, err := count()
		*kept = Kept{Days: days, Usual: usual, Fewest: fewest, Due: stock.N, Oldest: stock.Oldest, Since: since[what]}
		return err
	}
	since, err := s.c.Store.Forgotten(ctx)
	if err != nil {
		return out, err
	}
	err = cmp.Or(
		due(&out.Calls, calls, pbx.UsualCalls, pbx.FewestCalls, store.ForgetCalls, func() (store.Stock, error) { return s.c.Store.DueCalls(ctx, store.DueOf(&then, v.at)) }, since),
		due(&out.Traces, traces, pbx.UsualTraces, pbx.FewestTraces, store.ForgetTraces, func() (store.Stock, error) { return s.c.Store.DueTraces(ctx, pbx.Due(v.at, traces)) }, since),
		due(&out.Audit, audit, pbx.UsualAudit, pbx.FewestAudit, store.ForgetAudit, func() (store.Stock, error) { return s.c.Store.DueEntries(ctx, pbx.Due(v.at, audit)) }, since))
	if err != nil {
		return out, err
	}
	out.Groups = []GroupKept{}
	for g, days := range keep.Groups {
		out.Groups = append(out.Groups, GroupKept{g, v.s.Groups[g].Name, days})
	}
	slices.SortFunc(out.Groups, func(a, b GroupKept) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Group, b.Group)) })
	rule, _ := v.s.RecordRuleOf(pbx.OfficeRule, v.at)
	out.Recordings.Days = rule.Days
	out.Recordings.Held, err = s.c.Store.HeldRecordings(ctx)
	out.Notices, out.Callbacks, out.Spent, out.Bin, out.Copies = pbx.NoticesKept, pbx.CallbacksKept, pbx.SpentKept, pbx.KeepForBin, pbx.CopiesKept
	return out, err
}

// Complete says since when nothing was deleted for its age; what is absent is complete.
type Complete struct {
	Calls  time.Time `json:"calls,omitzero" doc:"records of calls"`
	Traces time.Time `json:"traces,omitzero" doc:"the way that calls took"`
	Audit  time.Time `json:"audit,omitzero" doc:"the audit log"`
}

func (s *Server) getComplete(ctx context.Context, _ *visit, _ *struct{}) (Complete, error) {
	since, err := s.c.Store.Forgotten(ctx)
	return Complete{Calls: since[store.ForgetCalls], Traces: since[store.ForgetTraces], Audit: since[store.ForgetAudit]}, err
}

// complete is since when records of calls are complete, where a period begins before.
func (s *Server) complete(ctx context.Context, from time.Time) (time.Time, error) {
	since, err := s.c.Store.Forgotten(ctx)
	if at := since[store.ForgetCalls]; from.Before(at) {
		return at, err
	}
	return time.Time{}, err
}

// retentionRoutes are those of how long things are kept.
func retentionRoutes() []Route {
	return []Route{
		route("GET", "/v1/retention", row(policy.RetentionEdit), "What is kept for how long, and what would go now.", (*Server).getRetention),
		route("PUT", "/v1/retention", row(policy.RetentionEdit), "Choose how long records of calls, their ways and the audit log are kept.", (*Server).putRetention),
		route("POST", "/v1/retention/preview", row(policy.RetentionEdit), "What would go now with other times; nothing is changed.", (*Server).previewRetention),
		route("GET", "/v1/retention/since", signedIn("says of whole kinds of things since when they are complete, and nothing of what is in them"), "Since when records are complete.", (*Server).getComplete),
	}
}
