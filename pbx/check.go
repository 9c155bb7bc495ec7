package pbx

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/number"
)

// Depth is how many groups may lie below each other (BAR AZ-12).
const Depth = 10

// check holds the invariants against everything a change touched. Every other row held them before and cannot have
// lost them, which a property test compares with checking all rows.
func (s *Snapshot) check(t *touch) error {
	people := newPeople()
	for _, r := range t.rows {
		var err error
		if r.new == nil {
			err = s.checkGone(r.old)
		} else {
			err = s.checkRow(r.old, r.new)
		}
		if err != nil {
			return err
		}
		people.add(r.old)
		people.add(r.new)
	}
	for _, id := range people.list {
		if err := s.checkMemberships(id); err != nil {
			return err
		}
	}
	return s.checkDefault()
}

// people collects the users whose memberships have to be looked at, each once, in the order of the change.
type people struct {
	list []UserID
	seen map[UserID]bool
}

func newPeople() *people { return &people{seen: map[UserID]bool{}} }

func (p *people) add(n Noun) {
	var id UserID
	switch n := n.(type) {
	case *User:
		id = n.ID
	case *Membership:
		id = n.User
	default:
		return
	}
	if !p.seen[id] {
		p.seen[id] = true
		p.list = append(p.list, id)
	}
}

func (s *Snapshot) checkRow(old, n Noun) error {
	switch n := n.(type) {
	case *Tenant:
		before, _ := old.(*Tenant)
		if n.Alarms != nil {
			if err := checkAlarms(n.Alarms); err != nil {
				return err
			}
		}
		return s.checkTenant(before, n)
	case *User:
		return s.checkUser(n)
	case *Group:
		return s.checkGroup(n)
	case *Role:
		before, _ := old.(*Role)
		return s.checkRole(before, n)
	case *Membership:
		return s.checkMembership(n)
	case *Assignment:
		return first(s.hasUser(n.User), s.hasRole(n.Role, n.Until), s.fitsClass(n.Role, true), s.checkScope(n.Scope, n.From, n.Until),
			checkLine("reason", n.Reason, 1000))
	case *Grant:
		if n.Right == "" {
			return Refuse(Invalid, "right", "grant.right_missing")
		}
		return first(s.hasUser(n.User), s.checkScope(n.Scope, n.From, n.Until), checkLine("reason", n.Reason, 1000))
	case *Device:
		return s.checkDevice(n)
	case *Token:
		if n.Hash == "" {
			return Refuse(Invalid, "", "token.hash_missing")
		}
		return first(s.hasUser(n.User), CheckName("name", n.Name))
	case *Choice:
		return s.checkChoice(n)
	case *Calendar:
		return s.checkCalendar(n)
	case *Duty:
		return s.checkDuty(n)
	case *Forwarding:
		return s.checkForwarding(n)
	case *RingGroup:
		return s.checkRing(n)
	case *Timetable:
		return s.checkTimetable(n)
	case *HoursOverride:
		return s.checkOverride(n)
	case *Queue:
		return s.checkQueue(n)
	case *Menu:
		return s.checkMenu(n)
	case *Park:
		return s.checkPark(n)
	case *Room:
		return s.checkRoom(n)
	case *Access:
		return s.checkAccess(n)
	case *Review:
		return s.checkReview(n)
	case *Verdict:
		return s.checkVerdict(n)
	case *Entrance:
		return s.checkEntrance(n)
	case *Prompt:
		return checkPrompt(n)
	case *RecordRule:
		return s.checkRecordRule(n)
	case *Mailbox:
		return s.checkMailbox(n)
	case *Trunk:
		return s.checkTrunk(n)
	case *DID:
		return s.checkDID(n)
	case *OutRoute:
		return s.checkOutRoute(n)
	case *Restriction:
		return s.checkRestriction(n)
	case *Deck:
		return s.checkDeck(n)
	case *Budget:
		return s.checkBudget(n)
	case *Alarm:
		return checkAlarm(n)
	case *Region:
		return s.checkRegion(n)
	case *Contact:
		return s.checkContact(n)
	case *Reminder:
		return s.checkReminder(n)
	case *GuestRoom:
		return s.checkGuestRoom(n)
	case *TalkLink:
		return s.checkTalkLink(n)
	}
	return nil
}

// first is the first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Snapshot) checkTenant(before, n *Tenant) error {
	if n.Digits != 0 && (n.Digits < 2 || n.Digits > 4) {
		return Refuse(Invalid, "digits", "settings.digits_range", "digits", strconv.Itoa(n.Digits))
	}
	if n.Country != "" && !isCountry(n.Country) {
		return Refuse(Invalid, "country", "settings.country_unknown", "country", n.Country)
	}
	if n.Mail.Port < 0 || n.Mail.Port > 65535 {
		return Refuse(Invalid, "mail.port", "settings.port_range", "port", strconv.Itoa(n.Mail.Port))
	}
	if !slices.Contains([]string{"", "starttls", "tls", "none"}, n.Mail.TLS) {
		return Refuse(Invalid, "mail.tls", "settings.mail_tls_unknown", "value", n.Mail.TLS)
	}
	if n.Mail.Host != "" && n.Mail.From == "" {
		return Refuse(Invalid, "mail.from", "settings.mail_from_missing")
	}
	if n.Mail.From != "" {
		if err := CheckEmail("mail.from", n.Mail.From); err != nil {
			return err
		}
	}
	if err := checkPrices(n.Currency, n.Prices); err != nil {
		return err
	}
	if !n.Claimed.IsZero() || n.Name != "" {
		if err := CheckName("name", n.Name); err != nil {
			return err
		}
	}
	if before != nil && before.Country != n.Country {
		for extension, r := range s.index.extensions.All() {
			if number.IsEmergency(n.Country, extension) {
				return Refuse(Conflict, "country", "settings.country_emergency", "extension", extension, "name", s.NameOf(r))
			}
		}
	}
	return first(n.Keep.Check(), s.checkCodes(n.Codes), n.Speed.check("speed"), checkProviders(n.Providers), checkZone(n.Zone), checkLanguage(n.Language), checkLine("public", n.Public, 253),
		checkLine("mail.host", n.Mail.Host, 253), checkLine("mail.user", n.Mail.User, 254))
}

// MaxPrice bounds what one right of one person may cost a month, in hundredths.
const MaxPrice = 100_000_00

// checkPrices wants a currency in capitals and prices that are none below zero.
func checkPrices(currency string, prices map[string]int64) error {
	if currency != "" && (len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return Refuse(Invalid, "currency", "billing.currency_unknown", "currency", currency)
	}
	for right, p := range prices {
		if right == "" || p < 0 || p > MaxPrice {
			return Refuse(Invalid, "prices", "billing.price_range", "max", strconv.Itoa(MaxPrice/100))
		}
	}
	return nil
}

func (s *Snapshot) checkUser(u *User) error {
	for _, i := range u.Suspensions {
		if !i.Until.IsZero() && i.Until.Before(i.From) {
			return Refuse(Invalid, "suspensions", "interval.backwards")
		}
	}
	return first(CheckName("name", u.Name), CheckEmail("email", u.Email), checkMobile(u.Mobile),
		s.CheckExtension(u.Extension), checkLanguage(u.Language), checkZone(u.Zone), u.Speed.check("speed"), checkLine("photo", u.Photo, 128))
}

func (s *Snapshot) checkGroup(g *Group) error {
	if err := first(CheckName("name", g.Name), checkLanguage(g.Language), checkZone(g.Zone)); err != nil {
		return err
	}
	if g.Parent != "" && s.Groups[g.Parent] == nil {
		return Refuse(Invalid, "parent", "group.parent_unknown")
	}
	if g.Ceiling != "" {
		if g.Ceiling.Builtin() == 0 {
			return Refuse(Invalid, "ceiling", "role.unknown", "role", string(g.Ceiling))
		}
	}
	above := 1
	for p := s.Groups[g.Parent]; p != nil; p = s.Groups[p.Parent] {
		if p.ID == g.ID {
			return Refuse(Conflict, "parent", "group.cycle", "name", g.Name)
		}
		if above++; above > Depth {
			break
		}
	}
	if above+s.height(g.ID, Depth) > Depth {
		return Refuse(Invalid, "parent", "group.too_deep", "max", strconv.Itoa(Depth))
	}
	for _, o := range s.Children(g.Parent) {
		if o.ID != g.ID && FoldName(o.Name) == FoldName(g.Name) {
			return Refuse(Conflict, "name", "group.name_taken", "name", o.Name)
		}
	}
	return nil
}

// height counts the levels below a group, up to a limit that ends the search in a cycle.
func (s *Snapshot) height(g GroupID, limit int) int {
	if limit == 0 {
		return 0
	}
	h := 0
	for _, c := range s.Children(g) {
		h = max(h, 1+s.height(c.ID, limit-1))
	}
	return h
}

func (s *Snapshot) checkRole(before, r *Role) error {
	if r.Class != "" && r.Class != RoleGroup && r.Class != RoleLevel {
		return Refuse(Invalid, "class", "role.class_unknown", "value", string(r.Class))
	}
	if before != nil && before.IsLevel() != r.IsLevel() {
		return Refuse(Conflict, "class", "role.class_fixed", "name", r.Name)
	}
	for _, o := range s.Roles {
		if o.ID != r.ID && FoldName(o.Name) == FoldName(r.Name) {
			return Refuse(Conflict, "name", "role.name_taken", "name", o.Name)
		}
	}
	for right, scope := range r.Cells {
		if right == "" || !r.Class.Fits(scope) {
			return Refuse(Invalid, "cells", "scope.unknown", "value", string(scope))
		}
	}
	return CheckName("name", r.Name)
}

func (s *Snapshot) checkMembership(m *Membership) error {
	if !m.Until.IsZero() && m.Until.Before(m.From) {
		return Refuse(Invalid, "until", "interval.backwards")
	}
	for right, o := range m.Overrides {
		if right == "" || o != OverrideAllow && o != OverrideDeny {
			return Refuse(Invalid, "overrides", "membership.override_unknown", "value", string(o))
		}
	}
	for _, v := range []Share{m.Presence, m.Calls} {
		if !slices.Contains([]Share{"", ShareNobody, ShareGroup, ShareEveryone}, v) {
			return Refuse(Invalid, "presence", "membership.share_unknown", "value", string(v))
		}
	}
	return first(s.hasUser(m.User), s.hasGroup("group", m.Group), s.hasRole(m.Role, m.Until), s.fitsClass(m.Role, false))
}

func (s *Snapshot) checkDevice(d *Device) error {
	if !isToken(d.Username) {
		return Refuse(Invalid, "username", "device.username_invalid")
	}
	if !slices.Contains([]DeviceKind{DeviceDesk, DeviceSoft, DeviceMobile, DeviceBrowser}, d.Kind) {
		return Refuse(Invalid, "kind", "device.kind_unknown", "value", string(d.Kind))
	}
	return first(s.hasUser(d.User), CheckName("name", d.Name))
}

// checkScope refuses a scope that names no existing group. The things a listed scope or an exception names may be
// gone: they then match nothing.
// owns reports whether anything that is dialled belongs to a group.
func (s *Snapshot) owns(g GroupID) bool {
	for _, r := range s.Rings {
		if r.Group == g {
			return true
		}
	}
	for _, q := range s.Queues {
		if q.Group == g {
			return true
		}
	}
	for _, m := range s.Menus {
		if m.Group == g {
			return true
		}
	}
	for _, p := range s.Parks {
		if p.Group == g {
			return true
		}
	}
	for _, r := range s.Rooms {
		if r.Group == g {
			return true
		}
	}
	for _, t := range s.Trunks {
		if t.Group == g {
			return true
		}
	}
	for _, d := range s.DIDs {
		if d.Group == g {
			return true
		}
	}
	for _, o := range s.OutRoutes {
		if slices.Contains(o.Groups, g) {
			return true
		}
	}
	for _, r := range s.Restrictions {
		if r.Group == g {
			return true
		}
	}
	for _, r := range s.Regions {
		if r.Group == g {
			return true
		}
	}
	return s.Entrances[g] != nil
}

func (s *Snapshot) checkScope(c Scope, from, until time.Time) error {
	if !isScopeKind(c.Kind) {
		return Refuse(Invalid, "scope", "scope.unknown", "value", string(c.Kind))
	}
	if !until.IsZero() && until.Before(from) {
		return Refuse(Invalid, "until", "interval.backwards")
	}
	if c.Kind == ScopeGroup || c.Kind == ScopeTree || c.Group != "" {
		return s.hasGroup("scope", c.Group)
	}
	return nil
}

// checkGone refuses to leave references to a row that went.
func (s *Snapshot) checkGone(old Noun) error {
	switch n := old.(type) {
	case *User:
		if len(s.MembershipsOf(n.ID))+len(s.AssignmentsOf(n.ID))+len(s.GrantsOf(n.ID))+len(s.DevicesOf(n.ID))+len(s.TokensOf(n.ID)) > 0 ||
			s.Choices[n.ID] != nil || s.Calendars[n.ID] != nil || s.Duties[n.ID] != nil || s.Forwardings[n.ID] != nil || len(s.hoursRows(string(n.ID)))+len(s.recordRules(string(n.ID))) > 0 || s.Mailboxes[BoxID(n.ID)] != nil {
			return Refuse(Conflict, "", "user.in_use", "name", n.Name)
		}
		for range s.wishesOf(n.ID) {
			return Refuse(Conflict, "", "user.in_use", "name", n.Name)
		}
		for range s.verdictsOn(n.ID) {
			return Refuse(Conflict, "", "user.in_use", "name", n.Name)
		}
	case *Group:
		if len(s.Children(n.ID)) > 0 {
			return Refuse(Conflict, "", "group.has_children", "name", n.Name)
		}
		if len(s.Members(n.ID)) > 0 {
			return Refuse(Conflict, "", "group.in_use", "name", n.Name)
		}
		for range s.scoped(n.ID) {
			return Refuse(Conflict, "", "group.in_use", "name", n.Name)
		}
		if s.owns(n.ID) || len(s.hoursRows(string(n.ID)))+len(s.recordRules(string(n.ID))) > 0 || s.Mailboxes[BoxID(n.ID)] != nil {
			return Refuse(Conflict, "", "group.in_use", "name", n.Name)
		}
	case *Trunk:
		for _, d := range s.DIDs {
			if d.Trunk == n.ID {
				return Refuse(Conflict, "", "trunk.in_use", "name", n.Name)
			}
		}
		for _, o := range s.OutRoutes {
			if slices.ContainsFunc(o.Trunks, func(w Way) bool { return w.Trunk == n.ID }) {
				return Refuse(Conflict, "", "trunk.in_use", "name", n.Name)
			}
		}
		if len(s.DecksOf(n.ID)) > 0 || s.RegionOfTrunk(n.ID) != nil {
			return Refuse(Conflict, "", "trunk.in_use", "name", n.Name)
		}
	case *Region:
		if s.usesRegion(n.ID) {
			return Refuse(Conflict, "", "region.in_use", "name", n.Name)
		}
	case *Role:
		if s.uses(n.ID) {
			return Refuse(Conflict, "", "role.in_use", "name", n.Name)
		}
	}
	return nil
}

// uses reports whether a row without end names a role.
func (s *Snapshot) uses(r RoleID) bool {
	for _, m := range s.Memberships {
		if m.Role == r && m.Until.IsZero() {
			return true
		}
	}
	for _, a := range s.Assignments {
		if a.Role == r && a.Until.IsZero() {
			return true
		}
	}
	return false
}

// checkMemberships holds what is true of all memberships of one person together: one that does not end, at no moment
// two in the same group, at no moment two main ones.
func (s *Snapshot) checkMemberships(id UserID) error {
	u := s.Users[id]
	if u == nil {
		return nil // checkGone saw to it
	}
	list, open := s.MembershipsOf(id), 0
	for i, m := range list {
		if m.Until.IsZero() {
			open++
		}
		for _, o := range list[:i] {
			if !m.overlaps(o) {
				continue
			}
			if m.Group == o.Group {
				return Refuse(Conflict, "group", "membership.twice", "name", u.Name, "group", s.Groups[m.Group].Name)
			}
			if m.Main && o.Main {
				return Refuse(Conflict, "main", "membership.two_mains", "name", u.Name)
			}
		}
	}
	if open == 0 {
		return Refuse(Conflict, "groups", "membership.last", "name", u.Name)
	}
	return nil
}

func (m *Membership) overlaps(o *Membership) bool {
	return (m.Until.IsZero() || o.From.Before(m.Until)) && (o.Until.IsZero() || m.From.Before(o.Until)) &&
		!m.From.Equal(m.Until) && !o.From.Equal(o.Until)
}

// checkDefault wants exactly one default group as soon as there is anybody or any group.
func (s *Snapshot) checkDefault() error {
	n := 0
	for _, g := range s.Groups {
		if g.Default {
			n++
		}
	}
	switch {
	case n > 1:
		return Refuse(Conflict, "default", "group.two_defaults")
	case n == 0 && len(s.Groups)+len(s.Users) > 0:
		return Refuse(Conflict, "default", "group.no_default")
	}
	return nil
}

func (s *Snapshot) hasUser(id UserID) error {
	if s.Users[id] == nil {
		return Refuse(Invalid, "user", "user.unknown")
	}
	return nil
}

func (s *Snapshot) hasGroup(field string, id GroupID) error {
	if s.Groups[id] == nil {
		return Refuse(Invalid, field, "group.unknown")
	}
	return nil
}

// hasRole takes every name for a built-in role that does not look like the id of a custom one: which built-in roles
// exist is known to package policy. A row that ends may name a role that is gone; it then gives nothing.
func (s *Snapshot) hasRole(id RoleID, until time.Time) error {
	if id == "" || strings.HasPrefix(string(id), "rol_") && s.Roles[id] == nil && until.IsZero() {
		return Refuse(Invalid, "role", "role.unknown")
	}
	return nil
}

// fitsClass refuses a custom role that is given in another way than its class says.
func (s *Snapshot) fitsClass(id RoleID, level bool) error {
	if r := s.Roles[id]; r != nil && r.IsLevel() != level {
		return Refuse(Invalid, "role", "role.other_class", "name", r.Name)
	}
	return nil
}

// same reports whether two versions of a row are equal, secrets included.
func same(a, b Noun) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y) && secret(a) == secret(b)
}

// secret is what a row keeps out of its JSON.
func secret(n Noun) string {
	switch n := n.(type) {
	case *Tenant:
		all := strconv.Quote(n.Mail.Password)
		for _, p := range n.Providers {
			all += " " + strconv.Quote(p.Secret)
		}
		return all
	case *Trunk:
		return n.Secret
	case *Device:
		return n.MD5 + " " + n.SHA256
	case *Token:
		return n.Hash
	case *Room:
		return n.PIN + " " + n.HostPIN
	case *Mailbox:
		return n.PIN
	}
	return ""
}
