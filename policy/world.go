package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// World is a small office written down by hand, with calls, recordings and everything else that questions can be about: the
// form of testdata/world.json and of tandem policy check (N-16).
type World struct {
	file  worldFile
	rows  *pbx.Snapshot
	wrong error // first thing in a question that could not be read
}

// Snapshot is the configuration of the world.
func (w *World) Snapshot() *pbx.Snapshot { return w.rows }

// ReadWorld reads a world; what it does not know is an error, because a misspelt line would decide nothing unseen.
func ReadWorld(text []byte) (*World, error) {
	w := &World{}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	err := d.Decode(&w.file)
	if err == nil {
		w.rows, err = w.file.snapshot()
	}
	if err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	return w, nil
}

// worldFile is the file as it is written.
type worldFile struct {
	Note string // for people

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
		Note    string
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
func (w *worldFile) snapshot() (*pbx.Snapshot, error) {
	nouns := []pbx.Noun{&pbx.Tenant{Name: "World", Replay: pbx.Replay(w.Settings.Replay), Spread: w.Settings.Spread}}
	if _, ok := w.Groups["default"]; !ok {
		nouns = append(nouns, &pbx.Group{ID: "default", Name: "default", Default: true})
	}
	for id, g := range w.Groups {
		nouns = append(nouns, &pbx.Group{ID: pbx.GroupID(id), Name: id, Parent: pbx.GroupID(g.Parent), Published: g.Published,
			Default: id == "default", Ceiling: pbx.RoleID(g.Ceiling), Replay: pbx.Replay(g.Replay)})
	}
	homeless := map[string]bool{}
	for id, u := range w.Users {
		homeless[id] = true
		user := &pbx.User{ID: pbx.UserID(id), Name: cmp.Or(u.Name, id), Email: id + "@example.com"}
		for _, s := range u.Suspended {
			user.Suspensions = append(user.Suspensions, s.interval())
		}
		nouns = append(nouns, user)
	}
	for i, m := range w.Memberships {
		homeless[m.User] = homeless[m.User] && m.Until != nil
		row := &pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("m%04d", i)), User: pbx.UserID(m.User), Group: pbx.GroupID(m.Group),
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
		nouns = append(nouns, &pbx.Assignment{ID: pbx.AssignmentID(fmt.Sprintf("a%04d", i)), User: pbx.UserID(a.User), Role: pbx.RoleID(a.Role),
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
	return pbx.NewSnapshot(1, nouns...)
}

// Actor reads who asks, such as "user:uwe" or "token:t-export".
func (w *World) Actor(text string) pbx.Actor {
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
		a.Link = strings.TrimPrefix(w.file.Guests[id].Link, "link:")
	}
	return a
}

// Target reads what a question is about, as the scenarios write it: "user:uwe", "recording:r2#10:00-10:05",
// "membership:uwe@sales:manager". What the world does not hold is a target that fits nothing.
func (w *World) Target(text string) (Target, error) {
	w.wrong = nil
	t := w.target(text)
	if w.wrong != nil {
		return Target{}, fmt.Errorf("target %q: %w", text, w.wrong)
	}
	return t, nil
}

func (w *World) target(text string) Target {
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
		return w.recording(id)
	case "membership":
		return membershipTarget(id)
	case "grant":
		return w.grant(id)
	case "role":
		return roleTarget(id)
	case "link":
		th, valid := w.file.Things[text], w.file.Things[text].interval()
		if th.Revoked != nil {
			valid.Until = *th.Revoked
		}
		return Link(id, pbx.UserID(th.User), pbx.GroupID(th.Group), valid)
	}
	for k, name := range kindNames {
		if name == kind {
			th, ok := w.file.Things[text]
			if !ok {
				return Target{}
			}
			return Owned(Kind(k), id, pbx.UserID(th.User), pbx.GroupID(th.Group))
		}
	}
	return Target{}
}

// note keeps the first thing that could not be read.
func (w *World) note(err error) {
	if w.wrong == nil {
		w.wrong = err
	}
}

func (w *World) call(id string) Target {
	c, ok := w.file.Calls[id]
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

func (w *World) recording(text string) Target {
	id, part, isPart := strings.Cut(text, "#")
	r, ok := w.file.Recordings[id]
	if !ok {
		return Target{kind: KindRecording}
	}
	c := w.file.Calls[r.Call]
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
		w.note(err)
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
func (w *World) grant(text string) Target {
	g := &pbx.Grant{}
	text, g.Deny = strings.CutSuffix(text, "!deny")
	text, except, ok := strings.Cut(text, "^")
	if ok {
		g.Except = parseRefs(strings.Split(except, ","))
	}
	text, until, ok := strings.Cut(text, "~")
	if ok {
		var err error
		g.Until, err = time.Parse(time.RFC3339, until)
		w.note(err)
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
