package api

import (
	"context"
	"net/url"
	"strings"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// User is a person as the visitor may see him: fields of a class he may not see are absent (BAR AZ-04).
type User struct {
	ID          pbx.UserID   `json:"id"`
	Name        string       `json:"name"`
	Email       string       `json:"email,omitempty" doc:"class reach"`
	Mobile      string       `json:"mobile,omitempty" doc:"class reach"`
	Extension   string       `json:"extension"`
	Language    string       `json:"language,omitempty" doc:"class reach; own setting, empty follows the main group"`
	Zone        string       `json:"zone,omitempty" doc:"class reach; own setting, empty follows the main group"`
	Photo       string       `json:"photo,omitempty" doc:"address of the picture"`
	State       string       `json:"state" enum:"active,suspended,invited" doc:"invited: no password yet; shown to those who see class reach"`
	Groups      []UserGroup  `json:"groups" nullable:"false"`
	OfficeRoles []pbx.RoleID `json:"office_roles,omitempty" doc:"class standing"`
	Devices     *UserDevices `json:"devices,omitempty" doc:"class set-up"`
	Networks    []string     `json:"networks,omitempty" doc:"class set-up: from which the phones may sign in; absent: from everywhere"`
	Presence    string       `json:"presence,omitempty" enum:"available,available2,away,away2,dnd,ringing,talking,offline" doc:"class status"`
	Status      *UserStatus  `json:"status,omitempty" doc:"class status: what the person says about being reachable"`
	Created     time.Time    `json:"created"`
	Revision    string       `json:"revision,omitempty" doc:"for If-Match; shown to those who see class reach"`
	Can         UserCan      `json:"can" doc:"what the visitor may do with this person"`
}

// UserGroup is one place of a person.
type UserGroup struct {
	ID         pbx.GroupID      `json:"id"`
	Name       string           `json:"name"`
	Role       pbx.RoleID       `json:"role,omitempty" doc:"class standing"`
	Main       bool             `json:"main"`
	Membership pbx.MembershipID `json:"membership"`
}

// UserDevices counts a person's phones.
type UserDevices struct {
	Total  int `json:"total"`
	Online int `json:"online"`
}

// UserCan draws the buttons; each is asked again when it is pressed.
type UserCan struct {
	Edit      bool `json:"edit" doc:"e-mail, extension, mobile"`
	Profile   bool `json:"profile" doc:"name, language, zone, picture"`
	Suspend   bool `json:"suspend"`
	Delete    bool `json:"delete"`
	Devices   bool `json:"devices"`
	Reminders bool `json:"reminders" doc:"wake-up and reminder calls"`
	Mailbox   bool `json:"mailbox" doc:"how voicemail works"`
	Invite    bool `json:"invite" doc:"send access again, end sessions"`
	Role      bool `json:"role" doc:"change roles in at least one group"`
	Rights    bool `json:"rights" doc:"read what the person may do, and why"`
}

// showUsers are people as the visitor may see them.
func (s *Server) showUsers(ctx context.Context, v *visit, users ...*pbx.User) ([]User, error) {
	if err := s.knowPasswords(ctx, v, users); err != nil {
		return nil, err
	}
	out := make([]User, 0, len(users))
	for _, u := range users {
		out = append(out, s.showUser(v, u))
	}
	return out, nil
}

// knowPasswords finds out who has chosen a password; who has not is invited.
func (s *Server) knowPasswords(ctx context.Context, v *visit, users []*pbx.User) error {
	if len(users) == 0 {
		return nil
	}
	ids := make([]pbx.UserID, 0, len(users))
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	if len(ids) > 500 {
		ids = nil // asks for everybody
	}
	var err error
	v.logins, err = s.c.Store.Logins(ctx, ids...)
	return err
}

func (v *visit) hasPassword(u pbx.UserID) bool { _, ok := v.logins[u]; return ok }

func (s *Server) showUser(v *visit, u *pbx.User) User {
	may := policy.Fields(v.s, v.who, u.ID, v.at)
	out := User{ID: u.ID, Name: u.Name, Extension: u.Extension, State: "active", Groups: []UserGroup{}, Created: u.Created}
	out.Photo = photoOf(u)
	for _, m := range v.s.MembershipsOf(u.ID) {
		g := v.s.Groups[m.Group]
		if g == nil || !m.IsActive(v.at) || u.ID != v.who.User && !v.can(policy.GroupSee, policy.Group(m.Group)) {
			continue
		}
		place := UserGroup{ID: g.ID, Name: g.Name, Main: m.Main, Membership: m.ID}
		if may.Has(policy.FieldStanding) {
			place.Role = m.Role
		}
		out.Groups = append(out.Groups, place)
	}
	if may.Has(policy.FieldReach) {
		out.Email, out.Mobile, out.Language, out.Zone, out.Revision = u.Email, u.Mobile, u.Language, u.Zone, command.Revision(u)
		if !v.hasPassword(u.ID) {
			out.State = "invited"
		}
	}
	if u.IsSuspended(v.at) {
		out.State = "suspended"
	}
	if may.Has(policy.FieldStanding) {
		for _, a := range v.s.AssignmentsOf(u.ID) {
			if (pbx.Interval{From: a.From, Until: a.Until}).Contains(v.at) {
				out.OfficeRoles = append(out.OfficeRoles, a.Role)
			}
		}
	}
	devices := v.s.DevicesOf(u.ID)
	if may.Has(policy.FieldSetup) {
		out.Devices = &UserDevices{len(devices), v.online(u.ID)}
		out.Networks = networkWords(u.Networks)
	}
	if may.Has(policy.FieldStatus) {
		out.Presence = v.presence(u.ID, may.Has(policy.FieldTalking))
		status := v.status(u.ID)
		out.Status = &status
	}
	who := policy.User(u.ID)
	out.Can = UserCan{
		Edit:      v.can(policy.UserEdit, who),
		Profile:   v.can(policy.UserProfile, who),
		Suspend:   v.can(policy.UserSuspend, who),
		Delete:    v.can(policy.UserDelete, who),
		Mailbox:   v.mayBox(pbx.BoxID(u.ID), false) || v.mayBox(pbx.BoxID(u.ID), true),
		Reminders: v.can(policy.ReminderSet, who),
		Devices:   v.can(policy.DeviceEdit, who) || v.can(policy.SoftphoneUse, who),
		Invite:    v.can(policy.LoginReset, who),
		Role:      u.ID != v.who.User && v.can(policy.MembershipRole, who),
		Rights:    v.can(policy.RightExplain, who) || v.can(policy.MembershipRole, who),
	}
	return out
}

// photoOf is the address of a person's picture; empty without one.
func photoOf(u *pbx.User) string {
	if u.Photo == "" {
		return ""
	}
	return "/v1/users/" + url.PathEscape(string(u.ID)) + "/photo?v=" + url.QueryEscape(u.Photo)
}

// online counts the phones of a person that are registered now.
func (v *visit) online(u pbx.UserID) int {
	n := 0
	for _, d := range v.s.DevicesOf(u) {
		if v.registered(d.ID) {
			n++
		}
	}
	return n
}

func (v *visit) registered(d pbx.DeviceID) bool {
	for _, b := range v.live.Bindings(d) {
		if b.Expires.After(v.at) {
			return true
		}
	}
	return false
}

// presence is the status of a person in one word: his own, or offline where he is available and no phone is connected.
// Whether he talks or rings is told only with the right to see his calls.
func (v *visit) presence(u pbx.UserID, talking bool) string {
	state := string(v.s.StatusOf(u, v.at).Status)
	if state == string(pbx.StatusAvailable) && v.online(u) == 0 {
		state = "offline"
	}
	if !talking {
		return state
	}
	for _, id := range v.live.CallsOf(u) {
		switch c := v.live.Call(id); {
		case c == nil:
		case c.Phase == pbx.PhaseRinging:
			state = "ringing"
		default:
			return "talking"
		}
	}
	return state
}

type usersIn struct {
	List
	Sort  string `query:"sort" default:"name" enum:"name,-name,extension,-extension,email,-email,created,-created"`
	Group string `query:"group" doc:"only members of this group"`
	Role  string `query:"role" doc:"only people with this role, in a group or office-wide; class standing"`
	State string `query:"state" enum:"active,suspended,invited,online"`
}

// listUsers shows exactly the people whom the visitor may see (BAR AZ-03). Search and filters look at no field that he may
// not see, so that nothing can be found out by asking cleverly.
func (s *Server) listUsers(ctx context.Context, v *visit, in *usersIn) (Page[User], error) {
	var rows []*pbx.User
	if in.State == "invited" {
		var err error
		if v.logins, err = s.c.Store.Logins(ctx); err != nil {
			return Page[User]{}, err
		}
	}
	for _, u := range v.s.Users {
		if v.can(policy.UserSee, policy.User(u.ID)) && s.wanted(v, u, in) {
			rows = append(rows, u)
		}
	}
	key := func(u *pbx.User) string {
		switch strings.TrimPrefix(in.Sort, "-") {
		case "extension":
			return byNumber(u.Extension)
		case "created":
			return byTime(u.Created)
		case "email":
			if !policy.Fields(v.s, v.who, u.ID, v.at).Has(policy.FieldReach) {
				return ""
			}
			return strings.ToLower(u.Email)
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

// wanted applies the filters of a list of people.
func (s *Server) wanted(v *visit, u *pbx.User, in *usersIn) bool {
	open := matches(in.Q, u.Name, u.Extension)
	if !open && !matches(in.Q, u.Name, u.Extension, u.Email, u.Mobile) { // then it does not matter what he may see
		return false
	}
	fields := policy.FieldSet(0)
	if !open || in.Role != "" || in.State != "" {
		fields = policy.Fields(v.s, v.who, u.ID, v.at)
	}
	if !open && !fields.Has(policy.FieldReach) {
		return false
	}
	if in.Group != "" && !v.isMember(u.ID, pbx.GroupID(in.Group)) {
		return false
	}
	if in.Role != "" && !(fields.Has(policy.FieldStanding) && v.holds(u.ID, pbx.RoleID(in.Role))) {
		return false
	}
	switch in.State {
	case "active":
		return !u.IsSuspended(v.at)
	case "suspended":
		return u.IsSuspended(v.at)
	case "invited":
		return fields.Has(policy.FieldReach) && !u.IsSuspended(v.at) && !v.hasPassword(u.ID)
	case "online":
		return fields.Has(policy.FieldStatus) && v.online(u.ID) > 0
	}
	return true
}

// isMember reports whether a person is in a group that the visitor may see.
func (v *visit) isMember(u pbx.UserID, g pbx.GroupID) bool {
	if !v.can(policy.GroupSee, policy.Group(g)) {
		return false
	}
	for _, m := range v.s.MembershipsOf(u) {
		if m.Group == g && m.IsActive(v.at) {
			return true
		}
	}
	return false
}

func (v *visit) holds(u pbx.UserID, r pbx.RoleID) bool {
	for _, m := range v.s.MembershipsOf(u) {
		if m.Role == r && m.IsActive(v.at) && v.can(policy.GroupSee, policy.Group(m.Group)) {
			return true
		}
	}
	for _, a := range v.s.AssignmentsOf(u) {
		if a.Role == r && (pbx.Interval{From: a.From, Until: a.Until}).Contains(v.at) {
			return true
		}
	}
	return false
}

type userIn struct {
	User string `path:"user"`
}

func (s *Server) getUser(ctx context.Context, v *visit, in *userIn) (User, error) {
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil {
		return User{}, missing()
	}
	shown, err := s.showUsers(ctx, v, u)
	if err != nil {
		return User{}, err
	}
	return shown[0], nil
}

type newUser struct {
	Body struct {
		Name       string     `json:"name"`
		Email      string     `json:"email"`
		Extension  *string    `json:"extension,omitempty" doc:"absent takes the next free number, empty gives none"`
		Mobile     string     `json:"mobile,omitempty"`
		Language   string     `json:"language,omitempty"`
		Zone       string     `json:"zone,omitempty"`
		Groups     []newPlace `json:"groups,omitempty" nullable:"false" doc:"none means the Default group"`
		Main       string     `json:"main,omitempty" doc:"main group; absent means the first"`
		OfficeRole string     `json:"office_role,omitempty"`
		Invite     bool       `json:"invite,omitempty" doc:"send a mail with a link to choose a password"`
	}
}

type newPlace struct {
	Group string `json:"group"`
	Role  string `json:"role,omitempty" doc:"absent means user"`
}

// createUser adds a person and, when asked, sends the invitation.
func (s *Server) createUser(ctx context.Context, v *visit, in *newUser) (User, error) {
	b := in.Body
	p := command.Person{Name: b.Name, Email: b.Email, Extension: b.Extension, Mobile: b.Mobile, Language: b.Language, Zone: b.Zone, Main: pbx.GroupID(b.Main)}
	for _, g := range b.Groups {
		p.Groups = append(p.Groups, command.Place{Group: pbx.GroupID(g.Group), Role: pbx.RoleID(g.Role)})
	}
	r, err := s.do(ctx, v, command.CreateUser{Person: p, OfficeRole: pbx.RoleID(b.OfficeRole)})
	if err != nil {
		return User{}, err
	}
	if b.Invite {
		if err := s.invite(ctx, v, pbx.UserID(r.Object.ID)); err != nil {
			return User{}, err
		}
	}
	return s.getUser(ctx, v, &userIn{r.Object.ID})
}

type editUser struct {
	User  string `path:"user"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  struct {
		Name      *string   `json:"name,omitempty"`
		Email     *string   `json:"email,omitempty"`
		Extension *string   `json:"extension,omitempty"`
		Mobile    *string   `json:"mobile,omitempty"`
		Language  *string   `json:"language,omitempty"`
		Zone      *string   `json:"zone,omitempty"`
		Networks  *[]string `json:"networks,omitempty" maxItems:"50" doc:"addresses and networks (CIDR) from which the person's phones may sign in, browsers among them; empty means everywhere"`
		Revision  string    `json:"revision,omitempty" doc:"same as If-Match"`
	}
}

func (s *Server) patchUser(ctx context.Context, v *visit, in *editUser) (User, error) {
	b := in.Body
	c := command.EditUser{User: pbx.UserID(in.User), Name: b.Name, Email: b.Email, Extension: b.Extension, Mobile: b.Mobile, Language: b.Language, Zone: b.Zone, Networks: b.Networks}
	if _, err := s.do(ctx, v, matching(pbx.KindUser, in.User, in.Match, b.Revision, c)); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

// matching lets a command through only in the state that its author saw, when he says which.
func matching(kind pbx.Kind, id, header, body string, c command.Command) command.Command {
	revision := strings.Trim(strings.TrimPrefix(header, "W/"), `"`)
	if revision == "" {
		revision = body
	}
	if revision == "" || revision == "*" {
		return c
	}
	return command.Matching{Object: pbx.Ref{Kind: kind, ID: id}, Revision: revision, Command: c}
}

type withReason struct {
	User string `path:"user"`
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (in *withReason) reason() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Reason
}

func (s *Server) suspendUser(ctx context.Context, v *visit, in *withReason) (User, error) {
	if _, err := s.do(ctx, v, command.SuspendUser{User: pbx.UserID(in.User), Reason: in.reason()}); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

func (s *Server) restoreUser(ctx context.Context, v *visit, in *withReason) (User, error) {
	if _, err := s.do(ctx, v, command.RestoreUser{User: pbx.UserID(in.User), Reason: in.reason()}); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

// deleteUser deletes a person and says whose rules lead nowhere now.
func (s *Server) deleteUser(ctx context.Context, v *visit, in *userIn) (deletion, error) {
	before := v.s
	if _, err := s.do(ctx, v, command.DeleteUser{User: pbx.UserID(in.User)}); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}

type nextExtension struct {
	Extension string `json:"extension"`
}

func (s *Server) getNextExtension(_ context.Context, v *visit, _ *struct{}) (nextExtension, error) {
	e, err := command.NextExtension(v.s)
	return nextExtension{e}, err
}
