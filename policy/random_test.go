package policy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"tandem/pbx"
)

// dice makes small random offices and random questions about them.
type dice struct {
	*rand.Rand
	name   string // how to throw the same again
	users  []pbx.UserID
	groups []pbx.GroupID
	hot    []Right // what most rows and questions are about
	roles  map[pbx.RoleID]*pbx.Role
}

func throw(seed uint64) *dice { return play(seed, nil) }

// play throws what a tape says, and what the seed says after its end.
func play(seed uint64, bytes []byte) *dice {
	return &dice{Rand: rand.New(&tape{bytes, rand.NewPCG(seed, 20260320)}), name: corpus(seed)}
}

func pick[T any](d *dice, list []T) T { return list[d.IntN(len(list))] }

func (d *dice) oneIn(n int) bool { return d.IntN(n) == 0 }

// moment is one of few, so that starts, ends and questions meet exactly.
func (d *dice) moment() time.Time { return noon.Add(time.Duration(d.IntN(7)-3) * time.Hour) }

func (d *dice) interval() (from, until time.Time) {
	from = d.moment().Add(-2 * time.Hour)
	if d.oneIn(3) {
		until = from.Add(time.Duration(1+d.IntN(5)) * time.Hour)
	}
	return from, until
}

func (d *dice) refs() (refs []pbx.Ref) {
	for range d.IntN(3) {
		switch d.IntN(5) {
		case 0:
			refs = append(refs, pbx.Ref{Kind: pbx.KindGroup, ID: string(pick(d, d.groups))})
		case 1:
			refs = append(refs, pbx.Ref{Kind: pbx.Kind(kindNames[1+d.IntN(len(kindNames)-1)]), ID: "x1"})
		default:
			refs = append(refs, pbx.Ref{Kind: pbx.KindUser, ID: string(pick(d, d.users))})
		}
	}
	return refs
}

func (d *dice) scope() pbx.Scope {
	switch d.IntN(6) {
	case 0:
		return pbx.Scope{Kind: pbx.ScopeSelf}
	case 1:
		return pbx.Scope{Kind: pbx.ScopeGroup, Group: pick(d, d.groups)}
	case 2:
		return pbx.Scope{Kind: pbx.ScopeTree, Group: pick(d, d.groups)}
	case 3:
		return pbx.Scope{Kind: pbx.ScopeListed, Refs: d.refs()}
	}
	return pbx.Scope{Kind: pbx.ScopeAll}
}

// right is any, but mostly one of the few that this office quarrels about: rules meet each other only where rows speak about
// rights that bring each other along or need each other.
func (d *dice) right() Right {
	if len(d.hot) > 0 && !d.oneIn(3) {
		return pick(d, d.hot)
	}
	return Right(1 + d.IntN(int(rightCount)-1))
}

// heat picks the rights that the office quarrels about.
func (d *dice) heat() {
	d.hot = nil
	for range 2 {
		r := d.right()
		near := append(r.ImpliedBy(), append(r.Implies(), r.Needs()...)...)
		d.hot = append(d.hot, r)
		for range min(3, len(near)) {
			d.hot = append(d.hot, pick(d, near))
		}
	}
}

func (d *dice) share() pbx.Share {
	return pick(d, []pbx.Share{"", "", pbx.ShareNobody, pbx.ShareGroup, pbx.ShareEveryone})
}

func (d *dice) except() []pbx.Ref {
	if d.oneIn(3) {
		return d.refs()
	}
	return nil
}

var groupRoles = []pbx.RoleID{"user", "user", "user", "receptionist", "group_admin", "manager", "group_owner", "department_head",
	"sales_manager", "support_operator", "observer", "rol_group", "rol_head", "reports"}

var officeRoles = []pbx.RoleID{"system_admin", "system_owner", "system_owner", "telephony_admin", "auditor", "finance", "reports",
	"live_analytics", "website_access", "manage_users", "manage_users", "manage_billing", "recording_playback", "silent_monitor",
	"uc_client", "crm_addon", "rol_level", "rol_admin"}

// office throws the rows of a small office.
func (d *dice) office() []pbx.Noun {
	d.users, d.groups = nil, nil
	d.heat()
	for i := range 2 + d.IntN(5) {
		d.users = append(d.users, pbx.UserID(fmt.Sprintf("u%d", i)))
	}
	for i := range 1 + d.IntN(5) {
		d.groups = append(d.groups, pbx.GroupID(fmt.Sprintf("g%d", i)))
	}
	nouns := []pbx.Noun{&pbx.Tenant{Name: "Office", Replay: pick(d, []pbx.Replay{"", "whole", "own"}), Spread: d.oneIn(2)}}
	d.roles = map[pbx.RoleID]*pbx.Role{}
	for _, r := range []*pbx.Role{d.role("rol_group", pbx.RoleGroup), d.role("rol_level", pbx.RoleLevel),
		d.template("rol_head", pbx.RoleGroup, "manager", "group_owner", "group_admin", "receptionist", "user"),
		d.template("rol_admin", pbx.RoleLevel, "system_admin", "manage_users", "reports", "telephony_admin")} {
		d.roles[r.ID], nouns = r, append(nouns, r)
	}
	for i, id := range d.groups {
		g := &pbx.Group{ID: id, Name: string(id), Default: i == 0, Published: d.oneIn(4), Replay: pick(d, []pbx.Replay{"", "whole", "own"}),
			Ceiling: pick(d, []pbx.RoleID{"", "", "user", "receptionist", "group_admin"})}
		if i > 0 && d.oneIn(2) {
			g.Parent = d.groups[d.IntN(i)]
		}
		nouns = append(nouns, g)
	}
	for i, id := range d.users {
		if nouns = append(nouns, d.person(id)...); i == 1 { // guests come and go there
			nouns = append(nouns, &pbx.GuestRoom{User: id, Care: pbx.RoomClean, Since: noon})
		}
	}
	if d.oneIn(2) { // people of rank, so that the rules about them are met
		for i, role := range []pbx.RoleID{"system_owner", "system_owner", "system_admin", "manage_users", "manage_users", "rol_admin"} {
			if i >= len(d.users) {
				break
			}
			a := &pbx.Assignment{ID: pbx.AssignmentID(fmt.Sprint("rank", i)), User: d.users[i], Role: role, From: noon.AddDate(0, 0, -1),
				Scope: pbx.Scope{Kind: pbx.ScopeAll}}
			if i == 1 {
				a.Until = noon.AddDate(0, 0, 1)
			}
			nouns = append(nouns, a)
		}
	}
	return nouns
}

// role throws a custom role.
func (d *dice) role(id pbx.RoleID, class pbx.RoleClass) *pbx.Role {
	r := &pbx.Role{ID: id, Name: string(id), Class: class, Cells: map[string]pbx.ScopeKind{}}
	for range d.IntN(6) {
		d.cell(r)
	}
	return r
}

// template throws a copy of a built-in role, with or without changes.
func (d *dice) template(id pbx.RoleID, class pbx.RoleClass, bases ...pbx.RoleID) *pbx.Role {
	r := &pbx.Role{ID: id, Name: string(id), Class: class, Base: pick(d, bases), Cells: map[string]pbx.ScopeKind{}}
	for right := Right(1); right < rightCount; right++ {
		if k := builtinOf(r.Base).cells[right].kind(); k != "" && right != RoleSystem {
			r.Cells[right.String()] = k
		}
	}
	for range d.IntN(3) {
		d.cell(r)
	}
	return r
}

// cell changes one cell of a custom role.
func (d *dice) cell(r *pbx.Role) {
	right := d.right()
	if d.oneIn(3) {
		right = pick(d, []Right{MembershipEdit, MembershipRole, GrantEdit, RoleEdit, BillingAssign, CallListen, CRMUse})
	}
	delete(r.Cells, right.String())
	if kinds := CellScopes(r.Class, right); len(kinds) > 0 && !d.oneIn(4) {
		r.Cells[right.String()] = pick(d, kinds)
	}
}

// reshaped throws what a custom role is to become.
func (d *dice) reshaped(was *pbx.Role) *pbx.Role {
	is := *was
	is.Cells = maps.Clone(was.Cells)
	for range 1 + d.IntN(2) {
		d.cell(&is)
	}
	return &is
}

// person throws one user with everything that hangs on him.
func (d *dice) person(id pbx.UserID) (nouns []pbx.Noun) {
	u := &pbx.User{ID: id, Name: string(id), Email: string(id) + "@example.com"}
	if d.oneIn(6) {
		from, until := d.interval()
		u.Suspensions = []pbx.Interval{{From: from, Until: until}}
	}
	nouns = append(nouns, u)
	open, hasMain := false, false
	for _, g := range d.groups {
		if d.oneIn(2) {
			continue
		}
		m := &pbx.Membership{ID: pbx.MembershipID(string(id) + string(g)), User: id, Group: g, Role: pick(d, groupRoles),
			Presence: d.share(), Calls: d.share(), Main: !hasMain && d.oneIn(2)}
		m.From, m.Until = d.interval()
		hasMain, open = hasMain || m.Main, open || m.Until.IsZero()
		for range d.IntN(3) {
			if m.Overrides == nil {
				m.Overrides = map[string]pbx.Override{}
			}
			m.Overrides[d.right().String()] = pick(d, []pbx.Override{pbx.OverrideAllow, pbx.OverrideDeny})
		}
		nouns = append(nouns, m)
	}
	if !open {
		nouns = append(nouns, &pbx.Membership{ID: pbx.MembershipID(string(id) + "later"), User: id, Group: d.groups[0], Role: "user", From: later})
	}
	for i := range max(0, d.IntN(4)-1) {
		a := &pbx.Assignment{ID: pbx.AssignmentID(fmt.Sprint(id, i)), User: id, Role: pick(d, officeRoles), Scope: d.scope(), Except: d.except()}
		a.From, a.Until = d.interval()
		if d.oneIn(4) {
			a.Since = d.moment()
		}
		nouns = append(nouns, a)
	}
	for i := range max(0, d.IntN(5)-1) {
		nouns = append(nouns, d.grant(id, i))
	}
	nouns = append(nouns, &pbx.Device{ID: pbx.DeviceID("dev" + id), User: id, Name: "phone", Kind: pbx.DeviceDesk, Username: "sip" + string(id)})
	tok := &pbx.Token{ID: pbx.TokenID("tok" + id), User: id, Name: "token", Hash: string(id)}
	tok.From, tok.Until = d.interval()
	for range d.IntN(4) {
		name := d.right().String()
		tok.Rights = append(tok.Rights, name)
		if d.oneIn(2) {
			if tok.Narrow == nil {
				tok.Narrow = map[string]pbx.Scope{}
			}
			tok.Narrow[name] = d.scope()
		}
	}
	return append(nouns, tok)
}

func (d *dice) grant(id pbx.UserID, i int) *pbx.Grant {
	g := &pbx.Grant{ID: pbx.GrantID(fmt.Sprint(id, "-", i)), User: id, Right: d.right().String(), Deny: d.oneIn(3), Scope: d.scope(), Except: d.except()}
	g.From, g.Until = d.interval()
	if d.oneIn(4) {
		g.Since = d.moment()
	}
	return g
}

func (d *dice) snapshot(t testing.TB) *pbx.Snapshot {
	t.Helper()
	s, err := pbx.NewSnapshot(1, d.office()...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *dice) actor() pbx.Actor {
	u := pick(d, d.users)
	switch d.IntN(12) {
	case 0, 1:
		return pbx.Actor{Kind: pbx.ActorToken, Token: pbx.TokenID("tok" + u)}
	case 2:
		return pbx.Actor{Kind: pbx.ActorDevice, Device: pbx.DeviceID("dev" + u)}
	case 3:
		return pick(d, []pbx.Actor{{Kind: pbx.ActorGuest, Link: "x1"}, {Kind: pbx.ActorGuest}, {Kind: pbx.ActorTrunk}, {},
			{Kind: pbx.ActorUser, User: "nobody"}, {Kind: pbx.ActorSystem}})
	}
	return pbx.Actor{Kind: pbx.ActorUser, User: u}
}

// target throws something the right speaks about, mostly.
func (d *dice) target(r Right) Target {
	var fits []Kind
	for k := KindUser; k <= KindSite; k++ {
		if r.fits(k) {
			fits = append(fits, k)
		}
	}
	k := pick(d, fits)
	if d.oneIn(40) {
		k = Kind(d.IntN(int(KindSite) + 1))
	}
	return d.thing(k, r)
}

func (d *dice) thing(k Kind, r Right) Target {
	u, g := pick(d, d.users), pick(d, d.groups)
	var users []pbx.UserID
	var groups []pbx.GroupID
	for range d.IntN(4) {
		users = append(users, pick(d, append(d.users, "deleted")))
	}
	if d.oneIn(10) {
		users = append(users, d.users...)
		users = append(users, d.users...)
	}
	for range d.IntN(2) {
		groups = append(groups, pick(d, d.groups))
	}
	switch k {
	case KindUser:
		return User(pick(d, append(d.users, "nobody")))
	case KindGroup:
		return Group(g)
	case KindSystem:
		return System()
	case KindSite:
		return Site()
	case KindDevice:
		return Device(pbx.DeviceID("dev" + u))
	case KindToken:
		return Token(pbx.TokenID("tok" + u))
	case KindCall:
		if d.oneIn(2) {
			return Call(&pbx.LiveCall{ID: "x1", Users: users, Groups: groups, Started: d.moment()})
		}
		return Record("x1", users, groups, d.moment())
	case KindRecording:
		return d.sound(users, groups)
	case KindLink:
		from, until := d.interval()
		return Link(pick(d, []string{"x1", "x2"}), u, "", pbx.Interval{From: from, Until: until})
	case KindMembership:
		switch d.IntN(5) {
		case 0:
			return TakeOut(u, g)
		case 1, 2:
			return Override(u, g, d.right(), pick(d, []pbx.Override{pbx.OverrideAllow, pbx.OverrideAllow, pbx.OverrideDeny, ""}))
		}
		return Place(u, g, pick(d, groupRoles))
	case KindGrant:
		w := d.grant(u, 0)
		if r == DelegateGive && !d.oneIn(4) {
			w.Scope = pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: string(pick(d, d.users))}}}
			w.Right = pick(d, []Right{PresenceSet, ForwardingEdit, VoicemailPlay, CallPickup, UserSee}).String()
		}
		if d.oneIn(4) {
			return Withdraw(w)
		}
		return Give(w)
	case KindRole:
		a := &pbx.Assignment{ID: pbx.AssignmentID(fmt.Sprint(u, 0)), User: u, Role: pick(d, append(officeRoles, "crm_addon", "agent_addon", "live_analytics")), Scope: d.scope(), Except: d.except()}
		_, a.Until = d.interval()
		if d.oneIn(3) {
			return Dismiss(a)
		}
		return Appoint(a)
	case KindTemplate:
		was := d.roles[pick(d, []pbx.RoleID{"rol_group", "rol_head", "rol_level", "rol_admin"})]
		switch d.IntN(8) {
		case 0:
			return Shape(nil, d.role("rol_new", pick(d, []pbx.RoleClass{pbx.RoleGroup, pbx.RoleLevel})))
		case 1:
			return Shape(was, nil)
		}
		return Shape(was, d.reshaped(was))
	case KindNothing:
		return Target{}
	}
	if d.oneIn(3) {
		return Owned(k, "x1", "", pick(d, append(d.groups, "")))
	}
	return Owned(k, "x1", pick(d, append(d.users, "deleted")), "")
}

func (d *dice) sound(users []pbx.UserID, groups []pbx.GroupID) Target {
	start := d.moment()
	s := &Sound{ID: "x1", Start: start, Groups: groups}
	for _, u := range users {
		v := Voice{User: u}
		if d.oneIn(2) {
			v.Span = pbx.Interval{From: start.Add(10 * time.Minute), Until: start.Add(20 * time.Minute)}
		}
		s.Voices = append(s.Voices, v)
	}
	if d.oneIn(2) {
		s.Host = pick(d, d.users)
	}
	if d.oneIn(3) {
		from := start.Add(time.Duration(d.IntN(4)) * 5 * time.Minute)
		return Part(s, pbx.Interval{From: from, Until: from.Add(5 * time.Minute)})
	}
	return Recording(s)
}

func (d *dice) request() Request {
	r := d.right()
	if d.oneIn(4) { // what stands on delegation and conditions deserves more questions
		r = pick(d, []Right{MembershipEdit, MembershipRole, MembershipOverride, GrantEdit, GrantEdit, RoleEdit, RoleEdit, RoleSystem, DelegateGive, RequestApprove, RequestApprove, UserEdit, UserSuspend,
			CallSee, PresenceSee, RecordingPlay, RecordingPlay, CallListen, WebsiteAccess, AdminAccess})
	}
	if d.oneIn(15) { // a manager of users gives what costs
		a := &pbx.Assignment{User: pick(d, d.users), Role: pick(d, []pbx.RoleID{"crm_addon", "live_analytics", "rol_level"}), Scope: d.scope()}
		return Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: d.users[min(3, len(d.users)-1)]}, Right: GrantEdit, Target: Appoint(a), At: noon}
	}
	return Request{Actor: d.actor(), Right: r, Target: d.target(r), At: d.moment()}
}

func describe(s *pbx.Snapshot, r Request) string {
	return fmt.Sprintf("%s%s%s%s %s on %+v at %s", r.Actor.Kind, r.Actor.User, r.Actor.Token, r.Actor.Device, r.Right, r.Target, r.At.Format("15:04"))
}
