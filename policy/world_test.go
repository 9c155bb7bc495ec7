package policy

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// world is testdata/world.json: the small office of the scenarios.
type world struct {
	Settings struct {
		Replay string `json:"conference_replay"`
		Spread bool   `json:"billing_self_propagation"`
	}
	Groups map[string]struct {
		Parent    string
		Published bool
		Ceiling   string `json:"manager_ceiling"`
		Replay    string `json:"conference_replay"`
	}
	Users map[string]struct {
		Name      string
		Suspended []span
	}
	Memberships []struct {
		User, Group, Role string
		span
		Main      bool
		Overrides map[string]string
		Share     struct{ Presence, Calls string }
	}
	Assignments []struct {
		User, Role, Scope string
		span
		Except []string
		Since  *time.Time
	}
	Grants []struct {
		ID, User, Right, Effect, Scope string
		span
		Except []string
		Since  *time.Time
		Reason string
	}
	Calls map[string]struct {
		Start   time.Time
		End     *time.Time
		Parties []struct {
			User string
			span
			Talked *bool
		}
		Groups []string
	}
	Recordings map[string]struct{ Call, Conference string }
	Things     map[string]struct {
		User, Group string
		span
		Revoked *time.Time
	}
	Guests map[string]struct{ Link string }
	Tokens map[string]struct {
		Owner  string
		Rights [][2]string
		span
	}
}

type span struct {
	From  *time.Time
	Until *time.Time
}

func (s span) interval() pbx.Interval {
	return pbx.Interval{From: moment(s.From), Until: moment(s.Until)}
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func readWorld(t testing.TB) *world {
	t.Helper()
	b, err := os.ReadFile("testdata/world.json")
	if err != nil {
		t.Fatal(err)
	}
	var w world
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatal(err)
	}
	return &w
}

// parseScope reads a scope as the tables write it; names of groups stand after "group/".
func parseScope(text string) pbx.Scope {
	kind, rest, _ := strings.Cut(text, ":")
	c := pbx.Scope{Kind: pbx.ScopeKind(kind)}
	switch c.Kind {
	case pbx.ScopeGroup, pbx.ScopeTree:
		c.Group = pbx.GroupID(rest)
	case pbx.ScopeListed:
		c.Refs = parseRefs(strings.Split(rest, ","))
	}
	return c
}

func parseRefs(list []string) (refs []pbx.Ref) {
	for _, name := range list {
		r := pbx.Ref{Kind: pbx.KindUser, ID: name}
		if kind, id, ok := strings.Cut(name, "/"); ok {
			r = pbx.Ref{Kind: pbx.Kind(kind), ID: id}
		}
		refs = append(refs, r)
	}
	return refs
}

// later is when a person of the world who is in no group joins the default one: after every scenario. A snapshot wants
// everybody to have a membership without an end.
var later = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// snapshot builds the configuration of the world.
func (w *world) snapshot(t testing.TB) *pbx.Snapshot {
	t.Helper()
	nouns := []pbx.Noun{&pbx.Tenant{Name: "World", Replay: pbx.Replay(w.Settings.Replay), Spread: w.Settings.Spread}}
	for id, g := range w.Groups {
		nouns = append(nouns, &pbx.Group{ID: pbx.GroupID(id), Name: id, Parent: pbx.GroupID(g.Parent), Published: g.Published,
			Default: id == "default", Ceiling: pbx.RoleID(g.Ceiling), Replay: pbx.Replay(g.Replay)})
	}
	homeless := map[string]bool{}
	for id, u := range w.Users {
		homeless[id] = true
		user := &pbx.User{ID: pbx.UserID(id), Name: u.Name, Email: id + "@example.com"}
		for _, s := range u.Suspended {
			user.Suspensions = append(user.Suspensions, s.interval())
		}
		nouns = append(nouns, user)
	}
	for i, m := range w.Memberships {
		homeless[m.User] = homeless[m.User] && m.Until != nil
		row := &pbx.Membership{ID: pbx.MembershipID("m" + itoa(i)), User: pbx.UserID(m.User), Group: pbx.GroupID(m.Group),
			Role: pbx.RoleID(m.Role), From: m.interval().From, Until: m.interval().Until, Main: m.Main,
			Presence: pbx.Share(m.Share.Presence), Calls: pbx.Share(m.Share.Calls)}
		for right, v := range m.Overrides {
			if v == "inherit" {
				continue // no value: the role speaks
			}
			if row.Overrides == nil {
				row.Overrides = map[string]pbx.Override{}
			}
			row.Overrides[right] = pbx.Override(v)
		}
		nouns = append(nouns, row)
	}
	for _, id := range slices.Sorted(maps.Keys(homeless)) {
		if homeless[id] {
			nouns = append(nouns, &pbx.Membership{ID: pbx.MembershipID("later-" + id), User: pbx.UserID(id), Group: "default",
				Role: "user", From: later})
		}
	}
	for i, a := range w.Assignments {
		nouns = append(nouns, &pbx.Assignment{ID: pbx.AssignmentID("a" + itoa(i)), User: pbx.UserID(a.User), Role: pbx.RoleID(a.Role),
			Scope: parseScope(a.Scope), Except: parseRefs(a.Except), Since: moment(a.Since), From: a.interval().From, Until: a.interval().Until})
	}
	for _, g := range w.Grants {
		nouns = append(nouns, &pbx.Grant{ID: pbx.GrantID(g.ID), User: pbx.UserID(g.User), Right: g.Right, Deny: g.Effect == "deny",
			Scope: parseScope(g.Scope), Except: parseRefs(g.Except), Since: moment(g.Since), From: g.interval().From,
			Until: g.interval().Until, Reason: g.Reason})
	}
	for id, th := range w.Things {
		if name, ok := strings.CutPrefix(id, "device:"); ok {
			nouns = append(nouns, &pbx.Device{ID: pbx.DeviceID(name), User: pbx.UserID(th.User), Name: name, Kind: pbx.DeviceDesk, Username: name})
		}
	}
	for id, tok := range w.Tokens {
		row := &pbx.Token{ID: pbx.TokenID(id), User: pbx.UserID(tok.Owner), Name: id, Hash: id, From: tok.interval().From,
			Until: tok.interval().Until, Narrow: map[string]pbx.Scope{}}
		for _, r := range tok.Rights {
			row.Rights = append(row.Rights, r[0])
			row.Narrow[r[0]] = parseScope(r[1])
		}
		nouns = append(nouns, row)
	}
	s, err := pbx.NewSnapshot(1, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func itoa(i int) string {
	return string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10))
}

// actor reads "user:uwe".
func (w *world) actor(text string) pbx.Actor {
	kind, id, _ := strings.Cut(text, ":")
	a := pbx.Actor{Kind: pbx.ActorKind(kind)}
	switch a.Kind {
	case pbx.ActorUser:
		a.User = pbx.UserID(id)
	case pbx.ActorToken:
		a.Token = pbx.TokenID(id)
	case pbx.ActorDevice:
		a.Device = pbx.DeviceID(id)
	case pbx.ActorGuest:
		a.Link = strings.TrimPrefix(w.Guests[id].Link, "link:")
	}
	return a
}

// target reads a target as the scenarios write it.
func (w *world) target(t testing.TB, text string) Target {
	t.Helper()
	kind, id, _ := strings.Cut(text, ":")
	switch kind {
	case "user":
		return User(pbx.UserID(id))
	case "group":
		return Group(pbx.GroupID(id))
	case "system":
		return System()
	case "site":
		return Site()
	case "device":
		return Device(pbx.DeviceID(id))
	case "token":
		return Token(pbx.TokenID(id))
	case "call":
		return w.call(id)
	case "recording":
		return w.recording(t, id)
	case "membership":
		return membershipTarget(id)
	case "grant":
		return grantTarget(t, id)
	case "role":
		return roleTarget(id)
	case "link":
		th, valid := w.Things[text], w.Things[text].interval()
		if th.Revoked != nil {
			valid.Until = *th.Revoked
		}
		return Link(id, pbx.UserID(th.User), pbx.GroupID(th.Group), valid)
	}
	for k, name := range kindNames {
		if name == kind {
			th, ok := w.Things[text]
			if !ok {
				return Target{}
			}
			return Owned(Kind(k), id, pbx.UserID(th.User), pbx.GroupID(th.Group))
		}
	}
	return Target{}
}

func (w *world) call(id string) Target {
	c, ok := w.Calls[id]
	if !ok {
		return Target{kind: KindCall}
	}
	var users []pbx.UserID
	var groups []pbx.GroupID
	for _, p := range c.Parties {
		users = append(users, pbx.UserID(p.User))
	}
	for _, g := range c.Groups {
		groups = append(groups, pbx.GroupID(g))
	}
	if c.End == nil {
		return Call(&pbx.LiveCall{ID: pbx.CallID(id), Users: users, Groups: groups, Started: c.Start})
	}
	return Record(pbx.CallID(id), users, groups, c.Start)
}

func (w *world) recording(t testing.TB, text string) Target {
	t.Helper()
	id, part, isPart := strings.Cut(text, "#")
	r, ok := w.Recordings[id]
	if !ok {
		return Target{kind: KindRecording}
	}
	c := w.Calls[r.Call]
	sound := &Sound{ID: id, Start: c.Start, Host: pbx.UserID(r.Conference)}
	for _, p := range c.Parties {
		if p.Talked == nil || *p.Talked {
			sound.Voices = append(sound.Voices, Voice{pbx.UserID(p.User), p.interval()})
		}
	}
	for _, g := range c.Groups {
		sound.Groups = append(sound.Groups, pbx.GroupID(g))
	}
	if !isPart {
		return Recording(sound)
	}
	from, until, _ := strings.Cut(part, "-")
	clock := func(hm string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", c.Start.Format("2006-01-02 ")+hm)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	return Part(sound, pbx.Interval{From: clock(from), Until: clock(until)})
}

// membershipTarget reads x@g:role, x@g:- and x@g:!right=allow.
func membershipTarget(text string) Target {
	at, wish, _ := strings.Cut(text, ":")
	who, where, _ := strings.Cut(at, "@")
	user, group := pbx.UserID(who), pbx.GroupID(where)
	if name, ok := strings.CutPrefix(wish, "!"); ok {
		name, value, _ := strings.Cut(name, "=")
		right, _ := ParseRight(name)
		return Override(user, group, right, pbx.Override(value))
	}
	if wish == "-" {
		return TakeOut(user, group)
	}
	return Place(user, group, pbx.RoleID(wish))
}

// grantTarget reads x:right@scope~until^except!deny.
func grantTarget(t testing.TB, text string) Target {
	t.Helper()
	g := &pbx.Grant{}
	text, g.Deny = strings.CutSuffix(text, "!deny")
	text, except, ok := strings.Cut(text, "^")
	if ok {
		g.Except = parseRefs(strings.Split(except, ","))
	}
	text, until, ok := strings.Cut(text, "~")
	if ok {
		var err error
		if g.Until, err = time.Parse(time.RFC3339, until); err != nil {
			t.Fatal(err)
		}
	}
	who, what, _ := strings.Cut(text, ":")
	right, scope, _ := strings.Cut(what, "@")
	g.User, g.Right, g.Scope = pbx.UserID(who), right, parseScope(scope)
	return Give(g)
}

// roleTarget reads x:role@scope and x:-role.
func roleTarget(text string) Target {
	who, what, _ := strings.Cut(text, ":")
	a := &pbx.Assignment{User: pbx.UserID(who), Scope: pbx.Scope{Kind: pbx.ScopeAll}}
	role, scope, ok := strings.Cut(what, "@")
	if ok {
		a.Scope = parseScope(scope)
	}
	role, taken := strings.CutPrefix(role, "-")
	a.Role = pbx.RoleID(role)
	if taken {
		return Dismiss(a)
	}
	return Appoint(a)
}
