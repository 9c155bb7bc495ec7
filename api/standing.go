package api

import (
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// PersonRights is everything about the rights of one person: what is written, what comes out of it, and what the visitor may
// change of it, with the reason where he may not (G-021, X-111).
type PersonRights struct {
	User        pbx.UserID   `json:"user"`
	Name        string       `json:"name"`
	At          time.Time    `json:"at"`
	Places      []Seat       `json:"places" nullable:"false" doc:"memberships that count or will"`
	Assignments []Assignment `json:"assignments" nullable:"false"`
	Grants      []Grant      `json:"grants" nullable:"false"`
	Levels      []Level      `json:"levels" nullable:"false" doc:"supervisor levels, access types and permissions"`
	Rights      []HeldRight  `json:"rights" nullable:"false" doc:"the whole catalogue, in its order"`
	Console     Console      `json:"console"`
	NoGrant     string       `json:"no_grant,omitempty" doc:"why the visitor may give no single rights to this person"`
	NoRole      string       `json:"no_role,omitempty" doc:"why the visitor may give no role of the whole office to this person"`
}

// HeldRight is one right of the catalogue and what the person has of it.
type HeldRight struct {
	Right    string          `json:"right"`
	Area     string          `json:"area"`
	Risk     string          `json:"risk" enum:"low,medium,high"`
	Billable bool            `json:"billable"`
	Scopes   []pbx.ScopeKind `json:"scopes" nullable:"false" doc:"the scopes it may be given at"`
	State    string          `json:"state" enum:"allow,deny,none"`
	Where    string          `json:"where,omitempty" doc:"how far it reaches, in words"`
	Reach    *Reach          `json:"reach,omitempty"`
	Until    time.Time       `json:"until,omitzero" doc:"when the last of what gives it ends"`
	Sources  []Source        `json:"sources" nullable:"false" doc:"what it comes from, or is denied by"`
}

// Reach is how far a right goes, for programs.
type Reach struct {
	Own    bool          `json:"own"`
	House  bool          `json:"house" doc:"the office itself, and what belongs to nobody"`
	Groups []pbx.GroupID `json:"groups" nullable:"false" doc:"those the visitor may see"`
	People int           `json:"people" doc:"other people"`
}

// Source is one written thing that gives a right or denies it.
type Source struct {
	Kind  string    `json:"kind" enum:"role,override,assignment,grant,implied,published"`
	Deny  bool      `json:"deny,omitempty"`
	ID    string    `json:"id,omitempty" doc:"of the membership, assignment or grant"`
	Text  string    `json:"text" doc:"as a sentence"`
	Until time.Time `json:"until,omitzero"`
}

// Console is what the person may manage, in the words of the old console; derived from rights.
type Console struct {
	People   string   `json:"people" enum:"none,self,group,all" doc:"whose accounts"`
	Groups   []string `json:"groups" nullable:"false" doc:"names, with group"`
	Trunks   bool     `json:"trunks"`
	System   bool     `json:"system" doc:"settings of the office"`
	Phones   bool     `json:"phones" doc:"queues, menus, routes, numbers"`
	Monitors bool     `json:"monitors" doc:"reports, chats, records and recordings of others"`
	Download bool     `json:"download" doc:"copies of recordings of others"`
}

type rightsIn struct {
	User string    `path:"user"`
	At   time.Time `query:"at" doc:"another moment; absent means now"`
}

// getRights shows one person's rights at a moment.
func (s *Server) getRights(ctx context.Context, v *visit, in *rightsIn) (PersonRights, error) {
	in2, at, err := s.asOf(ctx, v, in.At)
	if err != nil {
		return PersonRights{}, err
	}
	u := in2.Users[pbx.UserID(in.User)]
	if u == nil {
		return PersonRights{}, missing()
	}
	out := PersonRights{User: u.ID, Name: u.Name, At: at, Places: []Seat{}, Assignments: []Assignment{}, Grants: []Grant{}}
	reach := map[policy.Right]policy.Extent{}
	for _, r := range policy.AllRights() {
		reach[r] = policy.Reaches(in2, u.ID, r, at)
		out.Rights = append(out.Rights, s.heldRight(v, in2, u.ID, r, at, reach[r]))
	}
	for _, m := range in2.MembershipsOf(u.ID) {
		if m.Until.IsZero() || m.Until.After(at) {
			if place, ok := s.showSeat(v, in2, m, at); ok {
				out.Places = append(out.Places, place)
			}
		}
	}
	slices.SortStableFunc(out.Places, func(a, b Seat) int { return order(b.Main, a.Main) })
	for _, a := range in2.AssignmentsOf(u.ID) {
		if shown := s.showAssignment(v, a); !longOver(shown.Given, at) {
			out.Assignments = append(out.Assignments, shown)
		}
	}
	for _, g := range in2.GrantsOf(u.ID) {
		if shown := s.showGrant(v, g); !longOver(shown.Given, at) {
			out.Grants = append(out.Grants, shown)
		}
	}
	out.Levels = s.showLevels(v, in2, u, at)
	out.Console = s.showConsole(v, policy.ConsoleOf(in2, func(r policy.Right) policy.Extent { return reach[r] }))
	out.NoGrant = s.noGrant(v, u.ID)
	out.NoRole = s.lock(v, policy.RoleSystem, policy.Appoint(&pbx.Assignment{User: u.ID, Role: "auditor", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: v.at}))
	return out, nil
}

// order puts true behind false.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// lingers is how long something that has ended is still shown beside what counts.
const lingers = 7 * 24 * time.Hour

func longOver(g Given, at time.Time) bool {
	return !g.Until.IsZero() && g.Until.Add(lingers).Before(at)
}

// noGrant says why the visitor may give no single right to a person at all. Denying asks for nothing but reach and standing.
func (s *Server) noGrant(v *visit, u pbx.UserID) string {
	return s.lock(v, policy.GrantEdit, policy.Give(&pbx.Grant{User: u, Right: policy.CallOut.String(), Deny: true, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: v.at}))
}

// heldRight tells what a person has of one right.
func (s *Server) heldRight(v *visit, in *pbx.Snapshot, u pbx.UserID, r policy.Right, at time.Time, e policy.Extent) HeldRight {
	out := HeldRight{Right: r.String(), Area: r.Area(), Risk: r.Risk().String(), Billable: r.IsBillable(), Scopes: r.Scopes(), State: "none", Sources: []Source{}}
	lasting, ends := false, time.Time{}
	denied := false
	for _, x := range policy.Sources(in, u, r, at) {
		out.Sources = append(out.Sources, s.showSource(v, in, r, x))
		switch {
		case x.Deny:
			denied = true
		case x.Until.IsZero():
			lasting = true
		case x.Until.After(ends):
			ends = x.Until
		}
	}
	if !e.IsEmpty() {
		out.State, out.Where = "allow", s.where(v, in, u, e)
		out.Reach = &Reach{Own: e.Own, House: e.House, Groups: []pbx.GroupID{}, People: len(e.Users)}
		for _, g := range e.Groups {
			if v.can(policy.GroupSee, policy.Group(g)) {
				out.Reach.Groups = append(out.Reach.Groups, g)
			}
		}
		if !lasting {
			out.Until = ends
		}
	} else if i := slices.IndexFunc(out.Sources, func(x Source) bool { return !x.Deny }); r == policy.BillingAssign && i >= 0 && !denied {
		out.State, out.Where = "allow", out.Sources[i].Text // asked of the one who is to get something, over no thing of its own
	} else if denied {
		out.State = "deny"
	}
	return out
}

// showSource says a source as a sentence.
func (s *Server) showSource(v *visit, in *pbx.Snapshot, r policy.Right, x policy.Source) Source {
	out := Source{Kind: string(x.Kind), Deny: x.Deny, Until: x.Until}
	deny := ""
	if x.Deny {
		deny = "_deny"
	}
	var text i18n.Text
	switch x.Kind {
	case policy.FromRole:
		out.ID = string(x.Membership.ID)
		text = i18n.T("source.role", "role", s.roleName(v, in, x.Membership.Role), "group", s.groupName(v, in, x.Membership.Group))
	case policy.FromOverride:
		out.ID = string(x.Membership.ID)
		text = i18n.T("source.override"+deny, "group", s.groupName(v, in, x.Membership.Group))
	case policy.FromAssignment:
		out.ID = string(x.Assignment.ID)
		text = i18n.T("source.assignment", "role", s.roleName(v, in, x.Assignment.Role), "scope", s.scopeWords(v, x.Scope))
	case policy.FromGrant:
		out.ID = string(x.Grant.ID)
		text = i18n.T("source.grant"+deny, "scope", s.scopeWords(v, x.Scope))
	case policy.FromGroup:
		text = i18n.T("source.published", "group", s.groupName(v, in, x.Group))
	case policy.FromRight:
		text = i18n.T("source.implied", "right", s.say(v, i18n.T("right."+x.By.String())))
	default:
		return out
	}
	out.Text = s.say(v, text)
	return out
}

// roleName is the name of a role: a built-in one's in the visitor's language, a custom one's as it is.
func (s *Server) roleName(v *visit, in *pbx.Snapshot, id pbx.RoleID) string {
	if r := in.Roles[id]; r != nil {
		return r.Name
	}
	return s.say(v, i18n.T("role."+string(id)))
}

// groupName is the name of a group, if the visitor may know it.
func (s *Server) groupName(v *visit, in *pbx.Snapshot, id pbx.GroupID) string {
	if g := in.Groups[id]; g != nil && v.can(policy.GroupSee, policy.Group(id)) {
		return g.Name
	}
	return s.say(v, i18n.T("reach.hidden_group"))
}

func (s *Server) showConsole(v *visit, c policy.Console) Console {
	out := Console{People: "none", Groups: []string{}, Trunks: c.Trunks, System: c.System, Phones: c.Phones, Monitors: c.Monitors, Download: c.Download}
	if c.People != pbx.ScopeNone {
		out.People = string(c.People)
	}
	for _, g := range c.Groups {
		if group := v.s.Groups[g]; group != nil && v.can(policy.GroupSee, policy.Group(g)) {
			out.Groups = append(out.Groups, group.Name)
		}
	}
	return out
}

// asOf is the configuration as it was, or as it will be without further changes, at another moment.
func (s *Server) asOf(ctx context.Context, v *visit, at time.Time) (*pbx.Snapshot, time.Time, error) {
	if at = at.UTC(); at.IsZero() || at.Equal(v.at) {
		return v.s, v.at, nil
	}
	if at.After(v.at) {
		return v.s, at, nil
	}
	since, err := s.c.Store.Forgotten(ctx)
	if err != nil {
		return nil, at, err
	}
	if first := since[store.ForgetAudit]; at.Before(first) {
		return nil, at, pbx.Refuse(pbx.Exhausted, "at", "compare.forgotten")
	}
	facts, err := s.c.Store.ChangesSince(ctx, at)
	if err != nil {
		return nil, at, err
	}
	past, err := command.Rewind(v.s, facts)
	return past, at, err
}
