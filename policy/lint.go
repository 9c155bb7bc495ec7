package policy

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// LintRule names one mistake that is looked for (N-9).
type LintRule string

// The rules: too much, too little, and traps.
const (
	LintBroad         LintRule = "broad"          // most people who do not look after the office have a risky right over others (B-078)
	LintAbroad        LintRule = "abroad"         // everybody may call expensive numbers anywhere (B-079)
	LintNoLimits      LintRule = "no_limits"      // expensive numbers are open without a limit in time (B-081)
	LintRecordings    LintRule = "recordings"     // many people hear everybody's recordings (B-080)
	LintNoCalls       LintRule = "no_calls"       // people with a number may not call (B-082)
	LintOwnRecordings LintRule = "own_recordings" // people cannot reach their own recordings (B-083)
	LintNoForwarding  LintRule = "no_forwarding"  // people may not set where their calls go (B-084)
	LintHeadless      LintRule = "headless"       // nobody in a group or above it may look after its people (B-085)
	LintWaiting       LintRule = "waiting"        // a wish for rights waits for days (B-085)
	LintOneOwner      LintRule = "one_owner"      // one person alone can rescue the office
	LintNoAppointer   LintRule = "no_appointer"   // nobody can appoint an owner
	LintDefaultAdmin  LintRule = "default_admin"  // who manages the default group manages whoever is put nowhere else
	LintEndless       LintRule = "endless"        // a risky right was given apart, without an end (B-088)
	LintUnreasoned    LintRule = "unreasoned"     // a right was given or taken apart, without a reason (B-089)
	LintSuspended     LintRule = "suspended"      // who is suspended would come back with risky rights
	LintUnusedRole    LintRule = "unused_role"    // a custom role that nobody has
	LintToken         LintRule = "token"          // a key for programs without an end carries risky rights
	LintEmptyScope    LintRule = "empty_scope"    // a right over things that are all gone
	LintUseless       LintRule = "useless"        // a right that was given apart, and is held without it
)

// LintRules lists the rules in the order in which findings are shown.
func LintRules() []LintRule {
	return []LintRule{LintOneOwner, LintNoAppointer, LintBroad, LintAbroad, LintRecordings, LintDefaultAdmin, LintEndless, LintToken, LintSuspended, LintHeadless, LintNoCalls,
		LintOwnRecordings, LintNoForwarding, LintNoLimits, LintWaiting, LintUnreasoned, LintUseless, LintEmptyScope, LintUnusedRole}
}

// How much is too much.
const (
	lintHalf    = 2 // more than one in so many people is most of them
	lintFew     = 4 // fewer people are no crowd
	lintHearers = 3 // people who hear everybody's recordings
	lintTenth   = 10
	lintPatient = 7 * 24 * time.Hour
)

// Lint is one finding. Text says what was found, and the sentence with ".mend" behind its key what would mend it.
type Lint struct {
	Rule    LintRule
	Risk    Risk
	Right   Right        // it is about; NoRight for none
	Subject pbx.Ref      // where it is mended: a group, a role, a person, a token, the office
	People  []pbx.UserID // whom it concerns, in order of id
	Text    i18n.Text
}

// Mend is the sentence that says what would mend it.
func (l *Lint) Mend() i18n.Text {
	return i18n.Text{Key: "lint." + string(l.Rule) + ".mend", Args: l.Text.Args}
}

// Lints looks for every mistake of the list in a whole office, in order of LintRules and then of subject.
func Lints(s *pbx.Snapshot, at time.Time) []Lint {
	l := &linter{s: s, at: at}
	for _, u := range slices.Sorted(maps.Keys(s.Users)) {
		if s.Users[u].IsSuspended(at) {
			l.suspended = append(l.suspended, u)
		} else {
			l.active = append(l.active, u)
		}
	}
	l.crowds()
	l.lacks()
	l.owners()
	l.groups()
	l.restrictions()
	l.apart()
	l.leftovers()
	order := LintRules()
	slices.SortStableFunc(l.found, func(a, b Lint) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Rule), slices.Index(order, b.Rule)), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Subject.String(), b.Subject.String()))
	})
	return l.found
}

// linter collects findings.
type linter struct {
	s         *pbx.Snapshot
	at        time.Time
	active    []pbx.UserID // people who may do something today
	suspended []pbx.UserID
	found     []Lint
}

func (l *linter) add(f Lint, pairs ...string) {
	f.Text = i18n.T("lint."+string(f.Rule), pairs...)
	if f.Subject == (pbx.Ref{}) {
		f.Subject = l.s.Tenant.Ref()
	}
	l.found = append(l.found, f)
}

// asks prepares questions about one person.
func (l *linter) asks(u pbx.UserID) asker {
	q := asker{s: l.s, when: l.at, at: pbx.Instant(l.at), then: pbx.Instant(l.at)}
	q.become(l.s.Person(u))
	return q
}

// reach is the widest scope at which something written gives a person a right, whatever denies it over some.
func (q *asker) reach(r Right) (widest scope) {
	for i := range q.me.Places {
		p := &q.me.Places[i]
		if q.at < p.From || p.Until <= q.at {
			continue
		}
		switch p.Overrides[catalogue[r].name] {
		case pbx.OverrideDeny:
		case pbx.OverrideAllow:
			widest = max(widest, q.permission(p, r))
		default:
			widest = max(widest, q.placed(p, r))
		}
	}
	for _, a := range q.me.Assignments {
		if c := q.cell(a.Role, r); q.inForce(a) && c != noScope {
			if c != selfScope {
				c = scopeOf(a.Scope.Kind)
			}
			widest = max(widest, c)
		}
	}
	for _, g := range q.me.Grants {
		if !g.Deny && g.Right == catalogue[r].name && q.counts(g) {
			widest = max(widest, scopeOf(g.Scope.Kind))
		}
	}
	return widest
}

// crowds finds risky rights over others that most people hold, and recordings that are open to many.
func (l *linter) crowds() {
	crowd := 0
	var wide, all [rightCount][]pbx.UserID
	for _, u := range l.active {
		q := l.asks(u)
		officer := slices.ContainsFunc(q.me.Assignments, q.inForce) // who looks after the office is no crowd
		if !officer {
			crowd++
		}
		for r := Right(1); r < rightCount; r++ {
			if catalogue[r].risk < RiskHigh || r.IsAwaited() {
				continue
			}
			c := q.reach(r)
			if c > selfScope && !officer {
				wide[r] = append(wide[r], u)
			}
			if c == allScope {
				all[r] = append(all[r], u)
			}
		}
	}
	for r := Right(1); r < rightCount; r++ {
		n := len(wide[r])
		switch {
		case r == RecordingPlay && len(all[r]) > max(lintHearers, len(l.active)/lintTenth):
			l.add(Lint{Rule: LintRecordings, Risk: RiskHigh, Right: r, People: all[r]}, "count", strconv.Itoa(len(all[r])))
		case crowd >= lintFew && n*lintHalf > crowd:
			l.add(Lint{Rule: LintBroad, Risk: RiskHigh, Right: r, People: wide[r]}, "right", r.String(), "count", strconv.Itoa(n), "people", strconv.Itoa(crowd))
		}
	}
}

// lacks finds people who cannot do what everybody needs for his work.
func (l *linter) lacks() {
	for _, f := range []struct {
		rule  LintRule
		right Right
		who   func(*pbx.User) bool
	}{
		{LintNoCalls, CallPlace, func(u *pbx.User) bool { return u.Extension != "" }},
		{LintOwnRecordings, RecordingPlay, func(u *pbx.User) bool { return u.Extension != "" }},
		{LintNoForwarding, ForwardingEdit, func(u *pbx.User) bool {
			f := l.s.Forwardings[u.ID]
			return u.Extension != "" && (f == nil || !f.Locked) // locked is a decision, not an oversight
		}},
	} {
		if f.right.IsAwaited() {
			continue
		}
		var people []pbx.UserID
		for _, u := range l.active {
			if f.who(l.s.Users[u]) && !l.may(u, f.right, personal(f.right, u, l.at)) {
				people = append(people, u)
			}
		}
		if len(people) > 0 {
			l.add(Lint{Rule: f.rule, Risk: RiskMedium, Right: f.right, People: people}, "count", strconv.Itoa(len(people)))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.s.Accesses)) {
		a := l.s.Accesses[id]
		if a.Answer == "" && l.at.Sub(a.Asked) >= lintPatient && a.Until.After(l.at) {
			days := int(l.at.Sub(a.Asked) / (24 * time.Hour))
			l.add(Lint{Rule: LintWaiting, Risk: RiskMedium, Subject: a.Ref(), People: []pbx.UserID{a.User}}, "name", l.s.Users[a.User].Name, "days", strconv.Itoa(days))
		}
	}
}

func (l *linter) may(u pbx.UserID, r Right, t Target) bool {
	return Decide(l.s, Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: u}, Right: r, Target: t, At: l.at}).OK
}

// owners finds an office that hangs on one person, or on nobody.
func (l *linter) owners() {
	var owners, appoint []pbx.UserID
	for _, u := range l.active {
		q := l.asks(u)
		if slices.ContainsFunc(q.me.Assignments, func(a *pbx.Assignment) bool { return a.Role == "system_owner" && q.inForce(a) }) {
			owners = append(owners, u)
		}
		if q.reach(RoleSystem) == allScope && !q.denied(RoleSystem) {
			appoint = append(appoint, u)
		}
	}
	if len(owners) == 1 && len(l.active) >= lintFew {
		l.add(Lint{Rule: LintOneOwner, Risk: RiskHigh, People: owners}, "name", l.s.Users[owners[0]].Name)
	}
	if len(appoint) == 0 && !l.s.Tenant.Claimed.IsZero() {
		l.add(Lint{Rule: LintNoAppointer, Risk: RiskHigh, Right: RoleSystem})
	}
}

// groups finds groups without anybody who looks after them, and a default group with somebody who does.
func (l *linter) groups() {
	for _, id := range slices.Sorted(maps.Keys(l.s.Groups)) {
		g := l.s.Groups[id]
		var managers []pbx.UserID
		people := 0
		for _, m := range l.s.Members(id) {
			if !m.IsActive(l.at) || l.s.Users[m.User].IsSuspended(l.at) {
				continue
			}
			people++
			if q := l.asks(m.User); q.cell(m.Role, MembershipEdit) > selfScope {
				managers = append(managers, m.User)
			}
		}
		if g.Default {
			if len(managers) > 0 {
				l.add(Lint{Rule: LintDefaultAdmin, Risk: RiskHigh, Subject: g.Ref(), People: managers}, "group", g.Name, "count", strconv.Itoa(len(managers)))
			}
			continue
		}
		if people > 1 && len(managers) == 0 && len(l.s.Heads(id, l.at)) == 0 {
			l.add(Lint{Rule: LintHeadless, Risk: RiskLow, Subject: g.Ref()}, "group", g.Name, "count", strconv.Itoa(people))
		}
	}
}

// pricy are the kinds of numbers that can cost a fortune.
var pricy = [...]string{"international", "premium", "satellite", "shared_cost"}

// restrictions finds profiles that open expensive numbers to everybody, or without a limit in time.
func (l *linter) restrictions() {
	for _, id := range slices.Sorted(maps.Keys(l.s.Restrictions)) {
		r := l.s.Restrictions[id]
		opens, limited := false, false
		for _, rule := range r.Rules {
			limited = limited || rule.Effect == pbx.TollLimit
			anywhere := len(rule.Countries)+len(rule.Prefixes) == 0
			opens = opens || rule.Effect == pbx.TollAllow && anywhere && slices.ContainsFunc(pricy[:], func(c string) bool { return slices.Contains(rule.Classes, c) })
		}
		if r.Off || !opens {
			continue
		}
		f := Lint{Subject: r.Ref(), Right: CallOut}
		if slices.ContainsFunc(r.On, func(on pbx.Ref) bool {
			return on.Kind == pbx.KindSettings || on.Kind == pbx.KindGroup && pbx.GroupID(on.ID) == l.s.DefaultGroup()
		}) {
			f.Rule, f.Risk = LintAbroad, RiskHigh
			l.add(f, "name", r.Name)
		}
		if !limited && !l.budgeted(r.On) {
			f.Rule, f.Risk = LintNoLimits, RiskMedium
			l.add(f, "name", r.Name)
		}
	}
}

// budgeted reports whether budgets that stop calls are put on all that a profile is put on, or on the office.
func (l *linter) budgeted(on []pbx.Ref) bool {
	stops := func(r pbx.Ref) bool {
		return slices.ContainsFunc(l.s.BudgetsOn(r), func(b *pbx.Budget) bool { return !b.Report && len(b.Classes) == 0 })
	}
	return stops(l.s.Tenant.Ref()) || len(on) > 0 && !slices.ContainsFunc(on, func(r pbx.Ref) bool { return !stops(r) })
}

// apart finds what was given or taken besides roles and should not have been, or not like this.
func (l *linter) apart() {
	for _, id := range slices.Sorted(maps.Keys(l.s.Grants)) {
		g := l.s.Grants[id]
		r, ok := ParseRight(g.Right)
		u := l.s.Users[g.User]
		q := asker{s: l.s, at: pbx.Instant(l.at)}
		if !ok || !q.counts(g) {
			continue
		}
		f := Lint{Right: r, Subject: u.Ref(), People: []pbx.UserID{g.User}, Risk: RiskLow}
		if !g.Deny && r.Risk() == RiskHigh && g.Until.IsZero() && g.Scope.Kind != pbx.ScopeSelf {
			f.Rule, f.Risk = LintEndless, RiskMedium
			l.add(f, "name", u.Name, "right", g.Right)
		}
		if g.Reason == "" {
			f.Rule, f.Risk = LintUnreasoned, RiskLow
			l.add(f, "name", u.Name, "right", g.Right)
		}
		if g.Scope.Kind == pbx.ScopeListed && !l.anyLeft(g.Scope.Refs) {
			f.Rule = LintEmptyScope
			l.add(f, "name", u.Name, "right", g.Right)
		} else if !g.Deny && l.holdsWithout(g, r) {
			f.Rule = LintUseless
			l.add(f, "name", u.Name, "right", g.Right)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.s.Assignments)) {
		a := l.s.Assignments[id]
		q := asker{s: l.s, at: pbx.Instant(l.at)}
		if q.inForce(a) && a.Scope.Kind == pbx.ScopeListed && !l.anyLeft(a.Scope.Refs) {
			u := l.s.Users[a.User]
			l.add(Lint{Rule: LintEmptyScope, Risk: RiskLow, Subject: u.Ref(), People: []pbx.UserID{a.User}}, "name", u.Name, "right", string(a.Role))
		}
	}
}

// anyLeft reports whether a list names anything that exists, as far as the snapshot can know: calls and recordings live elsewhere.
func (l *linter) anyLeft(refs []pbx.Ref) bool {
	return slices.ContainsFunc(refs, func(r pbx.Ref) bool {
		switch r.Kind {
		case pbx.KindUser, pbx.KindGroup, pbx.KindDevice, pbx.KindRing, pbx.KindQueue, pbx.KindMenu:
			return l.s.Find(r) != nil
		}
		return true
	})
}

// holdsWithout reports whether a person reaches as far without a grant: over the same group, or over everything.
func (l *linter) holdsWithout(g *pbx.Grant, r Right) bool {
	if len(g.Except) > 0 || !g.Since.IsZero() || !g.Until.IsZero() || g.Scope.Kind == pbx.ScopeListed {
		return false
	}
	me := *l.s.Person(g.User)
	me.Grants = slices.DeleteFunc(slices.Clone(me.Grants), func(o *pbx.Grant) bool { return o == g })
	q := asker{s: l.s, when: l.at, at: pbx.Instant(l.at), then: pbx.Instant(l.at)}
	q.become(&me)
	want := scopeOf(g.Scope.Kind)
	if q.reach(r) < want {
		return false
	}
	if want != groupScope && want != treeScope {
		return true
	}
	node := l.s.Node(g.Scope.Group)
	for i := range me.Places { // the same right by a role in that very group or above it, where the role reaches down
		p := &me.Places[i]
		if q.at < p.From || p.Until <= q.at || p.Overrides[g.Right] == pbx.OverrideDeny {
			continue
		}
		c := q.placed(p, r)
		if p.Overrides[g.Right] == pbx.OverrideAllow {
			c = q.permission(p, r)
		}
		if c >= want && p.Node == node || c == treeScope && p.Node.Holds(node) {
			return true
		}
	}
	for _, a := range me.Assignments {
		if q.inForce(a) && len(a.Except) == 0 && a.Since.IsZero() && a.Scope.Kind == pbx.ScopeAll && q.cell(a.Role, r) > selfScope {
			return true
		}
	}
	return false
}

// leftovers finds what should have been cleared away.
func (l *linter) leftovers() {
	for _, u := range l.suspended {
		q := l.asks(u)
		var risky []Right
		for r := Right(1); r < rightCount; r++ {
			if catalogue[r].risk == RiskHigh && !r.IsAwaited() && q.reach(r) == allScope {
				risky = append(risky, r)
			}
		}
		if len(risky) > 0 {
			l.add(Lint{Rule: LintSuspended, Risk: RiskMedium, Subject: l.s.Users[u].Ref(), People: []pbx.UserID{u}}, "name", l.s.Users[u].Name, "count", strconv.Itoa(len(risky)))
		}
	}
	held := map[pbx.RoleID]bool{}
	for _, m := range l.s.Memberships {
		held[m.Role] = held[m.Role] || m.Until.IsZero() || m.Until.After(l.at)
	}
	for _, a := range l.s.Assignments {
		held[a.Role] = held[a.Role] || a.Until.IsZero() || a.Until.After(l.at)
	}
	for _, id := range slices.Sorted(maps.Keys(l.s.Roles)) {
		if r := l.s.Roles[id]; !held[id] {
			l.add(Lint{Rule: LintUnusedRole, Risk: RiskLow, Subject: r.Ref()}, "role", r.Name)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.s.Tokens)) {
		t := l.s.Tokens[id]
		if !t.Until.IsZero() || l.s.Users[t.User].IsSuspended(l.at) {
			continue
		}
		if n := l.riskyOf(t); n > 0 {
			u := l.s.Users[t.User]
			l.add(Lint{Rule: LintToken, Risk: RiskHigh, Subject: u.Ref(), People: []pbx.UserID{t.User}}, "name", u.Name, "token", t.Name, "count", strconv.Itoa(n))
		}
	}
}

// riskyOf counts the risky rights over others that a token carries.
func (l *linter) riskyOf(t *pbx.Token) (n int) {
	q := l.asks(t.User)
	for r := Right(1); r < rightCount; r++ {
		if catalogue[r].risk < RiskHigh || r.IsAwaited() || !ByToken(r) || len(t.Rights) > 0 && !slices.Contains(t.Rights, catalogue[r].name) {
			continue
		}
		if q.reach(r) > selfScope {
			n++
		}
	}
	return n
}
