package api

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

// Compliance is how limits and restrictions were kept in some time (B-065), as far as report.view reaches.
type Compliance struct {
	From      time.Time          `json:"from"`
	Until     time.Time          `json:"until"`
	Since     time.Time          `json:"complete_since,omitzero" doc:"records before are kept no longer, or only some of them; absent: the period is complete"`
	Partly    bool               `json:"partly,omitempty" doc:"there were too many calls for one report; it begins later than asked"`
	Outside   int                `json:"outside" doc:"calls that asked the rules"`
	Refused   int                `json:"refused"`
	Cut       int                `json:"cut" doc:"ended by a limit, a budget or an alarm"`
	Excepted  int                `json:"excepted" doc:"allowed only by an exception"`
	Emergency int                `json:"emergency" doc:"emergency calls"`
	Blocked   int                `json:"blocked" doc:"emergency calls that were refused; there must be none"`
	Reasons   []ComplianceReason `json:"reasons" nullable:"false" doc:"the most frequent first"`
	People    []CompliancePerson `json:"people" nullable:"false" doc:"who met a rule, those who were refused most first"`
	Rules     []ComplianceRule   `json:"rules" nullable:"false" doc:"by rule; rules of others only for who may ask why about them"`
	Budgets   []ComplianceBudget `json:"budgets" nullable:"false" doc:"marks of budgets that were reached, the last first"`
	Alarms    []ComplianceAlarm  `json:"alarms" nullable:"false" doc:"that stopped calls abroad, the last first"`
	Calls     []ComplianceCall   `json:"calls" nullable:"false" doc:"the last of them"`
	Groups    []Named            `json:"groups" nullable:"false" doc:"that can be asked for"`
}

// ComplianceReason is how often calls met a kind of rule.
type ComplianceReason struct {
	Met   string `json:"met" enum:"refused,cut,excepted,emergency,blocked"`
	Code  string `json:"code" doc:"the kind of rule, in one word"`
	Text  string `json:"text"`
	Calls int    `json:"calls"`
}

// CompliancePerson is how one person kept the rules.
type CompliancePerson struct {
	User     Named     `json:"user" doc:"without an id: nobody inside, or somebody whom the visitor may not see"`
	Photo    string    `json:"photo,omitempty"`
	Outside  int       `json:"outside"`
	Refused  int       `json:"refused"`
	Cut      int       `json:"cut"`
	Excepted int       `json:"excepted"`
	Reason   string    `json:"reason" doc:"what he met most, in words"`
	Last     time.Time `json:"last"`
}

// ComplianceRule is how often one rule decided.
type ComplianceRule struct {
	Met     string            `json:"met" enum:"refused,cut,excepted,emergency,blocked"`
	Text    string            `json:"text" doc:"the rule or the exception as a sentence, or the kind of reason"`
	Name    string            `json:"name,omitempty" doc:"of the profile, as it was called then"`
	Profile pbx.RestrictionID `json:"profile,omitempty" doc:"for who may see it and while it is there"`
	People  int               `json:"people"`
	Calls   int               `json:"calls"`
	Last    time.Time         `json:"last"`
}

// ComplianceBudget is a mark of a budget that was reached.
type ComplianceBudget struct {
	Budget Named     `json:"budget"`
	Whose  string    `json:"whose"`
	Mark   int       `json:"mark" doc:"percent"`
	At     time.Time `json:"at"`
	GoesOn bool      `json:"goes_on" doc:"at its end calls go on and it is told"`
}

// ComplianceAlarm is an alarm that stopped calls abroad.
type ComplianceAlarm struct {
	User   Named     `json:"user" doc:"whose calls it was"`
	Text   string    `json:"text" doc:"what was noticed"`
	Raised time.Time `json:"raised"`
	Lifted time.Time `json:"lifted,omitzero" doc:"absent: it holds"`
}

// ComplianceCall is one call that met a rule.
type ComplianceCall struct {
	Call   pbx.CallID `json:"call,omitempty" doc:"for who may see its record"`
	User   Named      `json:"user"`
	Number string     `json:"number,omitempty" doc:"for who may see its record"`
	At     time.Time  `json:"at"`
	Met    string     `json:"met" enum:"refused,cut,excepted,emergency,blocked"`
	Text   string     `json:"text"`
}

// The most that one report looks at and names.
const (
	complianceDays  = 92
	complianceMost  = 100_000
	complianceShown = 200
)

type complianceIn struct {
	From  time.Time `query:"from" doc:"first moment of start inside; absent: 30 days ago"`
	Until time.Time `query:"until" doc:"first moment of start outside; absent: now"`
	Group string    `query:"group" doc:"only people who are in it or below it now"`
	User  string    `query:"user" doc:"only this person"`
	Met   string    `query:"met" enum:"refused,cut,excepted,emergency,blocked" doc:"only such calls in the list of calls"`
}

// getCompliance folds the calls of the people whom the visitor may report about.
func (s *Server) getCompliance(ctx context.Context, v *visit, in *complianceIn) (Compliance, error) {
	c := compliance{s: s, v: v, sees: v.sight(policy.ReportView), in: in}
	if err := c.narrow(); err != nil {
		return Compliance{}, err
	}
	if err := c.readCalls(ctx); err != nil {
		return Compliance{}, err
	}
	c.addRows()
	c.addAlarms()
	err := c.addBudgets(ctx)
	if err == nil {
		c.out.Since, err = s.complete(ctx, c.out.From)
	}
	return c.out, err
}

// compliance is a report in the making.
type compliance struct {
	s    *Server
	v    *visit
	in   *complianceIn
	sees policy.Reach
	node *pbx.Node // of the group that is asked about; nil: all
	fold report.Compliance
	out  Compliance
}

// narrow checks what is asked for.
func (c *compliance) narrow() error {
	v, in := c.v, c.in
	c.out = Compliance{From: in.From, Until: in.Until, Reasons: []ComplianceReason{}, People: []CompliancePerson{}, Rules: []ComplianceRule{}, Budgets: []ComplianceBudget{},
		Alarms: []ComplianceAlarm{}, Calls: []ComplianceCall{}, Groups: []Named{}}
	if c.out.Until.IsZero() {
		c.out.Until = v.at
	}
	if c.out.From.IsZero() {
		c.out.From = c.out.Until.AddDate(0, 0, -30)
	}
	if span := c.out.Until.Sub(c.out.From); span <= 0 || span > complianceDays*24*time.Hour {
		return pbx.Refuse(pbx.Invalid, "from", "compliance.period", "days", strconv.Itoa(complianceDays))
	}
	for id, g := range v.s.Groups {
		if c.sees.Sees(policy.Group(id)) && v.can(policy.GroupSee, policy.Group(id)) {
			c.out.Groups = append(c.out.Groups, v.named(g.Ref()))
		}
	}
	slices.SortFunc(c.out.Groups, func(a, b Named) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	if in.Group != "" {
		if !slices.ContainsFunc(c.out.Groups, func(g Named) bool { return g.ID == in.Group }) {
			return missing()
		}
		c.node = v.s.Node(pbx.GroupID(in.Group))
	}
	if in.User != "" && (v.s.Users[pbx.UserID(in.User)] == nil || !c.sees.Sees(policy.User(pbx.UserID(in.User))) || !v.knows(pbx.UserID(in.User))) {
		return missing()
	}
	return nil
}

// covers reports whether the report is about a person.
func (c *compliance) covers(u pbx.UserID) bool {
	if c.in.User != "" && string(u) != c.in.User || c.node != nil && !c.isMember(u) {
		return false
	}
	if u == "" {
		return c.sees.All()
	}
	return c.sees.Sees(policy.User(u))
}

func (c *compliance) isMember(u pbx.UserID) bool {
	p, at := c.v.s.Person(u), pbx.Instant(c.v.at)
	return p != nil && slices.ContainsFunc(p.Places, func(l pbx.Place) bool {
		return l.Node != nil && l.From <= at && at < l.Until && c.node.Holds(l.Node)
	})
}

// who names a person as the visitor may know him.
func (c *compliance) who(u pbx.UserID) Named {
	switch {
	case u == "":
		return Named{Kind: pbx.KindUser, Name: c.s.say(c.v, i18n.T("compliance.nobody"))}
	case !c.v.knows(u):
		return Named{Kind: pbx.KindUser, Name: c.s.say(c.v, i18n.T("call.somebody"))}
	}
	return c.v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(u)})
}

func (c *compliance) reason(met report.Met, code string) string {
	switch met {
	case report.MetCut, report.MetHelpLost:
		return c.s.say(c.v, i18n.T("compliance."+string(met)+"."+code))
	}
	switch code {
	case "budget", "time", "pin":
		return c.s.say(c.v, i18n.T("compliance.refused."+code))
	}
	return c.s.say(c.v, i18n.T("toll."+code))
}

// readCalls goes over the call log, from the last call back.
func (c *compliance) readCalls(ctx context.Context) error {
	q := store.CallQuery{Sight: scope(c.sees), From: c.out.From, Until: c.out.Until, User: pbx.UserID(c.in.User),
		Keep: func(cdr *report.CDR) bool { return c.covers(cdr.AnswersFor()) }}
	if c.node != nil {
		q.Sight = store.Scope{}
		for id := range c.v.s.Users {
			if c.covers(id) {
				q.Sight.Users = append(q.Sight.Users, id)
			}
		}
	}
	return c.take(c.s.c.Store.EachCall(ctx, q))
}

// take folds calls, the last first, as many as one report looks at.
func (c *compliance) take(calls iter.Seq2[*report.CDR, error]) error {
	details := c.v.sight(policy.CallDetail)
	looked, last := 0, time.Time{}
	for cdr, err := range calls {
		switch {
		case err != nil:
			return err
		case looked == complianceMost:
			c.out.Partly, c.out.From = true, last
			return nil
		}
		looked, last = looked+1, cdr.Started
		c.fold.Add(cdr)
		c.name(cdr, &details)
	}
	return nil
}

// name puts a call that met a rule on the list.
func (c *compliance) name(cdr *report.CDR, details *policy.Reach) {
	met, code, _ := report.Meets(cdr)
	if met == report.MetNothing || len(c.out.Calls) >= complianceShown || c.in.Met != "" && c.in.Met != string(met) {
		return
	}
	one := ComplianceCall{User: c.who(cdr.AnswersFor()), At: cdr.Started, Met: string(met), Text: c.reason(met, code)}
	if details.Sees(recordTarget(cdr)) {
		shown := c.s.showCall(c.v, cdr)
		one.Call, one.Number = cdr.ID, shown.To.Number
		if one.Number == "" {
			one.Number = shown.Dialled
		}
	}
	c.out.Calls = append(c.out.Calls, one)
}

// addRows tells by reason, by person and by rule what the calls met.
func (c *compliance) addRows() {
	out := &c.out
	for _, n := range c.fold.Outside {
		out.Outside += n
	}
	people := map[pbx.UserID]*CompliancePerson{}
	var order []*CompliancePerson
	for _, r := range c.fold.Rows() {
		p := people[r.User]
		if p == nil && r.Met != report.MetHelp {
			p = &CompliancePerson{User: c.who(r.User), Outside: c.fold.Outside[r.User], Reason: c.reason(r.Met, r.Code)}
			c.v.shows(policy.ReportView, policy.User(r.User))
			if u := c.v.s.Users[r.User]; u != nil && p.User.ID != "" {
				p.Photo = photoOf(u)
			}
			people[r.User] = p
			order = append(order, p)
		}
		switch r.Met {
		case report.MetRefusal:
			out.Refused += r.Calls
			p.Refused += r.Calls
		case report.MetCut:
			out.Cut += r.Calls
			p.Cut += r.Calls
		case report.MetExcept:
			out.Excepted += r.Calls
			p.Excepted += r.Calls
		case report.MetHelp:
			out.Emergency += r.Calls
		case report.MetHelpLost:
			out.Blocked += r.Calls
			out.Emergency += r.Calls
			p.Refused += r.Calls
		}
		if p != nil && r.Last.After(p.Last) {
			p.Last = r.Last
		}
		c.addReason(&r)
		c.addRule(&r)
	}
	for _, p := range order {
		out.People = append(out.People, *p)
	}
	slices.SortStableFunc(out.People, func(a, b CompliancePerson) int { return b.Refused - a.Refused })
	slices.SortStableFunc(out.Reasons, func(a, b ComplianceReason) int { return b.Calls - a.Calls })
	slices.SortStableFunc(out.Rules, func(a, b ComplianceRule) int { return b.Calls - a.Calls })
}

func (c *compliance) addReason(r *report.Row) {
	i := slices.IndexFunc(c.out.Reasons, func(x ComplianceReason) bool { return x.Met == string(r.Met) && x.Code == r.Code })
	if i < 0 {
		i = len(c.out.Reasons)
		c.out.Reasons = append(c.out.Reasons, ComplianceReason{Met: string(r.Met), Code: r.Code, Text: c.reason(r.Met, r.Code)})
	}
	c.out.Reasons[i].Calls += r.Calls
}

// addRule counts under the rule that decided, or under the kind of reason where there is none or the visitor may not know it.
func (c *compliance) addRule(r *report.Row) {
	if r.Met == report.MetHelp {
		return
	}
	row := ComplianceRule{Met: string(r.Met), Text: c.reason(r.Met, r.Code)}
	if shown := c.s.ruling(c.v, r.Ruling); shown != nil && shown.Rule != "" {
		row.Text, row.Name, row.Profile = shown.Rule, shown.Name, shown.Profile
	}
	i := slices.IndexFunc(c.out.Rules, func(x ComplianceRule) bool {
		return x.Met == row.Met && x.Text == row.Text && x.Name == row.Name && x.Profile == row.Profile
	})
	if i < 0 {
		i = len(c.out.Rules)
		c.out.Rules = append(c.out.Rules, row)
	}
	x := &c.out.Rules[i]
	x.Calls, x.People = x.Calls+r.Calls, x.People+1
	if r.Last.After(x.Last) {
		x.Last = r.Last
	}
}

func (c *compliance) isInside(at time.Time) bool {
	return !at.Before(c.out.From) && at.Before(c.out.Until)
}

func (c *compliance) addAlarms() {
	for _, a := range c.v.s.Alarms {
		if c.isInside(a.Raised) && c.covers(a.User) {
			c.out.Alarms = append(c.out.Alarms, ComplianceAlarm{User: c.who(a.User), Text: c.s.say(c.v, i18n.T("alarm."+string(a.Kind), "n", strconv.Itoa(a.Count))), Raised: a.Raised, Lifted: a.Lifted})
		}
	}
	slices.SortFunc(c.out.Alarms, func(a, b ComplianceAlarm) int { return b.Raised.Compare(a.Raised) })
}

// addBudgets reads which marks were reached. What of an office's budget is spent is for who may report about everybody.
func (c *compliance) addBudgets(ctx context.Context) error {
	page, err := c.s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Kinds: []event.Kind{event.BudgetReached}, From: c.out.From, Until: c.out.Until, Limit: complianceShown,
		Keep: func(f event.Fact) bool { _, ok := c.mark(f); return ok }})
	for i := range page.Items {
		if m, ok := c.mark(page.Items[i]); ok {
			c.out.Budgets = append(c.out.Budgets, m)
		}
	}
	return err
}

// mark is a mark that was reached; false for one that the report is not about.
func (c *compliance) mark(f event.Fact) (ComplianceBudget, bool) {
	data, err := event.Payload[event.Budget](f)
	b := c.v.s.Budgets[pbx.BudgetID(f.Object.ID)]
	if err != nil || b == nil {
		return ComplianceBudget{}, false
	}
	out := ComplianceBudget{Budget: Named{Kind: pbx.KindBudget, ID: string(b.ID), Name: b.Name}, Mark: data.Mark, At: f.At, GoesOn: b.Report}
	owner := cmp.Or(data.User, c.v.s.BudgetOwner(b))
	switch {
	case owner != "":
		out.Whose = c.who(owner).Name
		return out, c.covers(owner)
	case c.in.User != "":
		return out, false
	case b.On.Kind == pbx.KindGroup:
		g := pbx.GroupID(b.On.ID)
		node := c.v.s.Node(g)
		out.Whose = c.v.s.NameOf(b.On)
		return out, c.sees.Sees(policy.Group(g)) && (c.node == nil || node != nil && c.node.Holds(node))
	}
	out.Whose = c.v.s.Tenant.Name
	return out, c.sees.All() && c.node == nil
}

// exportCompliance writes the report as a table for programs that calculate: by person and kind of reason.
func (s *Server) exportCompliance(ctx context.Context, v *visit, in *complianceIn) (writer, error) {
	c := compliance{s: s, v: v, sees: v.sight(policy.ReportView), in: in}
	if err := c.narrow(); err != nil {
		return nil, err
	}
	if err := c.readCalls(ctx); err != nil {
		return nil, err
	}
	rows := [][]string{{"person", "person_id", "met", "code", "reason", "profile", "rule", "calls", "last"}}
	for _, r := range c.fold.Rows() {
		if in.Met != "" && in.Met != string(r.Met) {
			continue
		}
		who := c.who(r.User)
		row := []string{who.Name, who.ID, string(r.Met), r.Code, c.reason(r.Met, r.Code), "", "", strconv.Itoa(r.Calls), r.Last.UTC().Format(time.RFC3339)}
		if shown := s.ruling(v, r.Ruling); shown != nil {
			row[5], row[6] = shown.Name, shown.Rule
		}
		rows = append(rows, row)
	}
	return tableFile("compliance.csv", rows), nil
}
