package api

import (
	"context"
	"strings"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Group is a group as the visitor may see it; the way up to groups he may not see is cut.
type Group struct {
	ID        pbx.GroupID `json:"id"`
	Name      string      `json:"name"`
	Parent    pbx.GroupID `json:"parent,omitempty"`
	Language  string      `json:"language,omitempty"`
	Zone      string      `json:"zone,omitempty"`
	Published bool        `json:"published"`
	Default   bool        `json:"default"`
	Ceiling   pbx.RoleID  `json:"ceiling" doc:"the highest role that managers of the group may give"`
	Music     *Music      `json:"music,omitempty" doc:"of its own, for whom its people hold; absent: that of the group above, or of the house"`
	Members   int         `json:"members" doc:"members whom the visitor may see"`
	Revision  string      `json:"revision"`
	Can       GroupCan    `json:"can"`
}

// GroupCan draws the buttons.
type GroupCan struct {
	Edit    bool         `json:"edit"`
	Publish bool         `json:"publish"`
	Ceiling []pbx.RoleID `json:"ceiling" nullable:"false" doc:"roles the visitor may set as the ceiling"`
	Create  bool         `json:"create" doc:"groups below it"`
	Delete  bool         `json:"delete"`
	Members bool         `json:"members" doc:"add and remove people"`
	Mailbox bool         `json:"mailbox" doc:"how its voicemail works"`
	People  bool         `json:"people" doc:"create people in it"`
	Roles   []pbx.RoleID `json:"roles" nullable:"false" doc:"roles the visitor may give in it"`
}

func (s *Server) showGroup(v *visit, g *pbx.Group) Group {
	t := policy.Group(g.ID)
	out := Group{ID: g.ID, Name: g.Name, Language: g.Language, Zone: g.Zone, Published: g.Published, Default: g.Default, Ceiling: g.Ceiling,
		Members: len(s.membersOf(v, g.ID)), Revision: command.Revision(g)}
	if g.Parent != "" && v.can(policy.GroupSee, policy.Group(g.Parent)) {
		out.Parent = g.Parent
	}
	if v.can(policy.GroupEdit, t) {
		out.Music = music("/v1/groups/"+string(g.ID)+"/music", g.Music)
	}
	create := v.can(policy.GroupCreate, t)
	out.Can = GroupCan{
		Edit:    v.can(policy.GroupEdit, t),
		Publish: v.can(policy.GroupPublish, t),
		Ceiling: ceilings(v, g),
		Create:  create,
		Delete:  create && !g.Default && len(v.s.Children(g.ID)) == 0,
		Members: v.can(policy.MembershipEdit, t),
		Mailbox: v.mayBox(pbx.BoxID(g.ID), true),
		People:  v.can(policy.UserCreate, t),
		Roles:   policy.Assignable(v.s, v.who, g.ID, v.at),
	}
	if out.Ceiling == "" {
		out.Ceiling = "manager"
	}
	if out.Can.Roles == nil {
		out.Can.Roles = []pbx.RoleID{}
	}
	return out
}

// ceilings lists what the visitor may set as the highest role that managers of a group give.
func ceilings(v *visit, g *pbx.Group) []pbx.RoleID {
	if !v.can(policy.GroupEdit, policy.Group(g.ID)) {
		return []pbx.RoleID{}
	}
	return listed(policy.Ceilings(v.s, v.who, g, v.at))
}

// membersOf lists the active members of a group whom the visitor may see.
func (s *Server) membersOf(v *visit, g pbx.GroupID) []*pbx.User {
	var all []*pbx.User
	for _, m := range v.s.Members(g) {
		if u := v.s.Users[m.User]; u != nil && m.IsActive(v.at) && v.can(policy.UserSee, policy.User(u.ID)) {
			all = append(all, u)
		}
	}
	return all
}

type groupsIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name"`
}

func (s *Server) listGroups(_ context.Context, v *visit, in *groupsIn) (Page[Group], error) {
	var rows []*pbx.Group
	sees := v.sight(policy.GroupSee)
	for _, g := range v.s.Groups {
		if sees.Sees(policy.Group(g.ID)) && matches(in.Q, g.Name) {
			rows = append(rows, g)
		}
	}
	part, next, err := pageOf(rows, in.List, in.Sort, func(g *pbx.Group) string { return strings.ToLower(g.Name) },
		func(g *pbx.Group) string { return string(g.ID) })
	if err != nil {
		return Page[Group]{}, err
	}
	page := Page[Group]{Items: make([]Group, 0, len(part)), Next: next, Total: len(rows)}
	for _, g := range part {
		page.Items = append(page.Items, s.showGroup(v, g))
	}
	return page, nil
}

type groupIn struct {
	Group string `path:"group"`
}

func (s *Server) getGroup(_ context.Context, v *visit, in *groupIn) (Group, error) {
	g := v.s.Groups[pbx.GroupID(in.Group)]
	if g == nil {
		return Group{}, missing()
	}
	return s.showGroup(v, g), nil
}

type newGroup struct {
	Body struct {
		Name     string   `json:"name"`
		Parent   string   `json:"parent,omitempty"`
		Language string   `json:"language,omitempty"`
		Zone     string   `json:"zone,omitempty"`
		Members  []string `json:"members,omitempty" nullable:"false"`
	}
}

func (s *Server) createGroup(ctx context.Context, v *visit, in *newGroup) (Group, error) {
	c := command.CreateGroup{Name: in.Body.Name, Parent: pbx.GroupID(in.Body.Parent), Language: in.Body.Language, Zone: in.Body.Zone}
	for _, u := range in.Body.Members {
		c.Members = append(c.Members, pbx.UserID(u))
	}
	r, err := s.do(ctx, v, c)
	if err != nil {
		return Group{}, err
	}
	return s.getGroup(ctx, v, &groupIn{r.Object.ID})
}

type editGroup struct {
	Group string `path:"group"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Name      *string `json:"name,omitempty"`
		Parent    *string `json:"parent,omitempty" doc:"empty moves it to the top"`
		Language  *string `json:"language,omitempty"`
		Zone      *string `json:"zone,omitempty"`
		Published *bool   `json:"published,omitempty"`
		Ceiling   *string `json:"ceiling,omitempty" doc:"the highest role that managers of the group may give: user, receptionist, manager, group_admin"`
		Revision  string  `json:"revision,omitempty"`
	}
}

func (s *Server) patchGroup(ctx context.Context, v *visit, in *editGroup) (Group, error) {
	b := in.Body
	c := command.EditGroup{Group: pbx.GroupID(in.Group), Name: b.Name, Language: b.Language, Zone: b.Zone, Published: b.Published}
	if b.Parent != nil {
		parent := pbx.GroupID(*b.Parent)
		c.Parent = &parent
	}
	if b.Ceiling != nil {
		ceiling := pbx.RoleID(*b.Ceiling)
		c.Ceiling = &ceiling
	}
	if _, err := s.do(ctx, v, matching(pbx.KindGroup, in.Group, in.Match, b.Revision, c)); err != nil {
		return Group{}, err
	}
	return s.getGroup(ctx, v, &groupIn{in.Group})
}

func (s *Server) deleteGroup(ctx context.Context, v *visit, in *groupIn) error {
	_, err := s.do(ctx, v, command.DeleteGroup{Group: pbx.GroupID(in.Group)})
	return err
}

type membersIn struct {
	Group string `path:"group"`
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,extension,-extension"`
}

// listMembers shows the members whom the visitor may see, as people.
func (s *Server) listMembers(ctx context.Context, v *visit, in *membersIn) (Page[User], error) {
	if v.s.Groups[pbx.GroupID(in.Group)] == nil {
		return Page[User]{}, missing()
	}
	var rows []*pbx.User
	for _, u := range s.membersOf(v, pbx.GroupID(in.Group)) {
		if matches(in.Q, u.Name, u.Extension) {
			rows = append(rows, u)
		}
	}
	key := func(u *pbx.User) string {
		if strings.HasSuffix(in.Sort, "extension") {
			return byNumber(u.Extension)
		}
		return strings.ToLower(u.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(u *pbx.User) string { return string(u.ID) })
	if err != nil {
		return Page[User]{}, err
	}
	shown, err := s.showUsers(ctx, v, part...)
	return Page[User]{Items: shown, Next: next, Total: len(rows)}, err
}

type memberIn struct {
	Group string `path:"group"`
	User  string `path:"user"`
}

type setMember struct {
	Group string `path:"group"`
	User  string `path:"user"`
	Body  struct {
		Role      string                  `json:"role,omitempty" doc:"absent keeps the role, or joins as user"`
		Main      bool                    `json:"main,omitempty" doc:"true makes it the main group"`
		From      time.Time               `json:"from,omitzero" doc:"of joining or of the new role; absent means now"`
		Until     *string                 `json:"until,omitempty" doc:"empty takes the end away; absent leaves it as it is"`
		Overrides map[string]pbx.Override `json:"overrides,omitempty" nullable:"false" doc:"by name of the right: allow or deny; the whole set, what is not in it inherits"`
		Presence  *pbx.Share              `json:"presence,omitempty" enum:",nobody,group,everyone" doc:"who sees the presence; empty follows the main group"`
		Calls     *pbx.Share              `json:"calls,omitempty" enum:",nobody,group" doc:"who sees the calls; empty follows the main group"`
	}
}

func (s *Server) putMember(ctx context.Context, v *visit, in *setMember) (User, error) {
	b := in.Body
	until, err := newEnd{Until: b.Until}.until()
	if err != nil {
		return User{}, err
	}
	c := command.SetMember{User: pbx.UserID(in.User), Group: pbx.GroupID(in.Group), Role: pbx.RoleID(b.Role), Main: b.Main, From: b.From, Until: until,
		Overrides: b.Overrides, Replace: b.Overrides != nil, Presence: b.Presence, Calls: b.Calls}
	if _, err := s.do(ctx, v, c); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

type setOverride struct {
	Group string `path:"group"`
	User  string `path:"user"`
	Right string `path:"right"`
	Body  struct {
		Value string `json:"value" enum:"inherit,allow,deny"`
	}
}

func (s *Server) putOverride(ctx context.Context, v *visit, in *setOverride) (User, error) {
	c := command.SetOverride{User: pbx.UserID(in.User), Group: pbx.GroupID(in.Group), Right: in.Right, Value: pbx.Override(in.Body.Value)}
	if _, err := s.do(ctx, v, c); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

type setShare struct {
	Group string `path:"group"`
	User  string `path:"user"`
	Body  struct {
		Presence *pbx.Share `json:"presence,omitempty" enum:",nobody,group,everyone" doc:"empty follows the main group"`
		Calls    *pbx.Share `json:"calls,omitempty" enum:",nobody,group" doc:"empty follows the main group"`
	}
}

func (s *Server) putShare(ctx context.Context, v *visit, in *setShare) (User, error) {
	c := command.SetShare{User: pbx.UserID(in.User), Group: pbx.GroupID(in.Group), Presence: in.Body.Presence, Calls: in.Body.Calls}
	if _, err := s.do(ctx, v, c); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

func (s *Server) deleteMember(ctx context.Context, v *visit, in *memberIn) error {
	_, err := s.do(ctx, v, command.RemoveMember{User: pbx.UserID(in.User), Group: pbx.GroupID(in.Group)})
	return err
}
