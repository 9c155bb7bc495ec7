package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
)

// Undo takes one change of the log back: every row it touched becomes what it was, or goes (N-17). Because rows come back as
// they were, with their own beginnings and ends, decisions come back too, also those about the past. All rights are asked
// again, for whoever undoes; and nothing is undone over something newer.
type Undo struct {
	Facts []event.Fact // of the change, all of them
}

// Undone is the payload of the facts of an undo: it names the change that was taken back.
type Undone struct {
	Undoes int64 `json:"undoes"`
}

// undoable holds the kinds of rows whose facts tell everything about them but secrets that stay.
var undoable = []pbx.Kind{pbx.KindSettings, pbx.KindUser, pbx.KindGroup, pbx.KindRole, pbx.KindMembership, pbx.KindAssignment, pbx.KindGrant, pbx.KindVerdict,
	pbx.KindDevice, pbx.KindToken, pbx.KindHours, pbx.KindOverride, pbx.KindQueue, pbx.KindMailbox, pbx.KindRecordRule,
	pbx.KindMenu, pbx.KindEntrance, pbx.KindPark, pbx.KindRoom, pbx.KindStatus, pbx.KindForwarding, pbx.KindRing, pbx.KindAccess, pbx.KindRestriction,
	pbx.KindTrunk, pbx.KindDID, pbx.KindOutRoute, pbx.KindDeck, pbx.KindBudget, pbx.KindRegion, pbx.KindContact, pbx.KindReminder, pbx.KindGuestRoom, pbx.KindTalkLink,
	pbx.KindPrompt, pbx.KindDuty}

// IsUndoable reports whether a fact is of a change that may be taken back, as far as the fact alone tells.
func IsUndoable(f event.Fact) bool {
	if !slices.Contains(undoable, f.Object.Kind) || len(f.Before)+len(f.After) == 0 || bytes.Equal(f.Before, f.After) {
		return false
	}
	switch f.Kind {
	case event.SetupClaimed, event.UserDeleted, event.DeviceDeleted, event.DeviceSecretRenewed, event.TokenRevoked, event.DeckDeleted, event.RoomDeleted, event.ReminderChanged, event.GuestRoomCheckedIn, event.GuestRoomCheckedOut, event.TalkLinkRenewed, event.TalkLinkDeleted:
		return false
	}
	return true
}

// Need asks for nothing: what is needed depends on the rows, and is asked by Change.
func (c Undo) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change plans the rows as they were.
func (c Undo) Change(w *Work) (pbx.Change, error) {
	if len(c.Facts) == 0 {
		return pbx.Change{}, missing()
	}
	var change pbx.Change
	for _, f := range c.Facts {
		if !IsUndoable(f) {
			return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "undo.impossible", "fact", string(f.Kind))
		}
		before, err := w.former(f)
		if err != nil {
			return pbx.Change{}, err
		}
		if before != nil {
			if w.Now.Sub(f.At) > SoundsKept && soundsGone(before, w.Snapshot.Find(f.Object)) {
				return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "undo.sound_gone", "name", f.Name())
			}
			change.Put = append(change.Put, before)
		} else {
			change.Delete = append(change.Delete, f.Object)
		}
	}
	w.object, w.data = c.Facts[0].Object, Undone{c.Facts[0].Seq}
	next, err := w.Snapshot.Apply(change)
	if err != nil {
		return pbx.Change{}, err
	}
	if err := w.authorize(next, w.Snapshot.Diff(change)); err != nil {
		return pbx.Change{}, err
	}
	return change, ownerStays(w, next)
}

// former is the row as it was before a fact; nil when the fact made it. It refuses when the row is no longer what the fact
// left behind.
func (w *Work) former(f event.Fact) (pbx.Noun, error) {
	now := w.Snapshot.Find(f.Object)
	moved := pbx.Refuse(pbx.Conflict, "", "undo.moved", "name", f.Name())
	if (now == nil) != (len(f.After) == 0) {
		return nil, moved
	}
	if now != nil {
		shown, err := encode(now)
		if err != nil {
			return nil, fmt.Errorf("undo %s: %w", f.Object, err)
		}
		if !bytes.Equal(shown, f.After) {
			return nil, moved
		}
	}
	if len(f.Before) == 0 {
		return nil, nil
	}
	return decode(f.Object.Kind, f.Before, now)
}

// decode reads a row as a fact keeps it; secrets, which no fact keeps, stay those of the row as it is.
func decode(kind pbx.Kind, b json.RawMessage, now pbx.Noun) (n pbx.Noun, err error) {
	switch kind {
	case pbx.KindSettings:
		t := &pbx.Tenant{}
		n, err = t, json.Unmarshal(b, t)
		if old, ok := now.(*pbx.Tenant); ok {
			t.Mail.Password = old.Mail.Password
			for i := range t.Providers {
				if p := old.Provider(t.Providers[i].ID); p != nil {
					t.Providers[i].Secret = p.Secret
				}
			}
		}
	case pbx.KindUser:
		n = &pbx.User{}
	case pbx.KindGroup:
		n = &pbx.Group{}
	case pbx.KindQueue:
		n = &pbx.Queue{}
	case pbx.KindStatus:
		n = &pbx.Choice{}
	case pbx.KindForwarding:
		n = &pbx.Forwarding{}
	case pbx.KindRing:
		n = &pbx.RingGroup{}
	case pbx.KindAccess:
		n = &pbx.Access{}
	case pbx.KindDID:
		n = &pbx.DID{}
	case pbx.KindOutRoute:
		n = &pbx.OutRoute{}
	case pbx.KindTrunk:
		t := &pbx.Trunk{}
		n, err = t, json.Unmarshal(b, t)
		if old, ok := now.(*pbx.Trunk); ok {
			t.Secret = old.Secret
		} else if t.Username != "" { // it comes back without its password: switched off, until somebody types it
			t.Off, t.Register = true, false
		}
		return n, err
	case pbx.KindRole:
		n = &pbx.Role{}
	case pbx.KindHours:
		n = &pbx.Timetable{}
	case pbx.KindOverride:
		n = &pbx.HoursOverride{}
	case pbx.KindMenu:
		n = &pbx.Menu{}
	case pbx.KindPark:
		n = &pbx.Park{}
	case pbx.KindRoom:
		r := &pbx.Room{}
		n, err = r, json.Unmarshal(b, r)
		if old, ok := now.(*pbx.Room); ok {
			r.PIN, r.HostPIN = old.PIN, old.HostPIN
		}
		return n, err
	case pbx.KindEntrance:
		n = &pbx.Entrance{}
	case pbx.KindRecordRule:
		n = &pbx.RecordRule{}
	case pbx.KindMailbox:
		m := &pbx.Mailbox{}
		n, err = m, json.Unmarshal(b, m)
		if old, ok := now.(*pbx.Mailbox); ok {
			m.PIN = old.PIN
		}
		return n, err
	case pbx.KindRestriction:
		n = &pbx.Restriction{}
	case pbx.KindBudget:
		n = &pbx.Budget{}
	case pbx.KindRegion:
		n = &pbx.Region{}
	case pbx.KindContact:
		n = &pbx.Contact{}
	case pbx.KindReminder:
		n = &pbx.Reminder{}
	case pbx.KindGuestRoom:
		n = &pbx.GuestRoom{}
	case pbx.KindTalkLink:
		l := &pbx.TalkLink{}
		n, err = l, json.Unmarshal(b, l)
		if old, ok := now.(*pbx.TalkLink); ok {
			l.Hash = old.Hash
		}
		return n, err
	case pbx.KindPrompt:
		n = &pbx.Prompt{}
	case pbx.KindDuty:
		n = &pbx.Duty{}
	case pbx.KindDeck:
		d := &pbx.Deck{}
		n, err = d, json.Unmarshal(b, d)
		if old, ok := now.(*pbx.Deck); ok {
			d.Rates = old.Rates
		}
		return n, err
	case pbx.KindMembership:
		n = &pbx.Membership{}
	case pbx.KindAssignment:
		n = &pbx.Assignment{}
	case pbx.KindGrant:
		n = &pbx.Grant{}
	case pbx.KindVerdict:
		n = &pbx.Verdict{}
	case pbx.KindDevice:
		d := &pbx.Device{}
		n, err = d, json.Unmarshal(b, d)
		if old, ok := now.(*pbx.Device); ok {
			d.MD5, d.SHA256 = old.MD5, old.SHA256
		}
		return n, err
	case pbx.KindToken:
		t := &pbx.Token{}
		n, err = t, json.Unmarshal(b, t)
		if old, ok := now.(*pbx.Token); ok {
			t.Hash = old.Hash
		}
		return n, err
	}
	if kind != pbx.KindSettings {
		err = json.Unmarshal(b, n)
	}
	if err != nil {
		return nil, fmt.Errorf("read a row of the log: %w", err)
	}
	return n, nil
}

// ownerStays refuses a configuration in which nobody is System Owner for good any more (I-3).
func ownerStays(w *Work, next *pbx.Snapshot) error {
	after := &Work{Snapshot: next, Now: w.Now}
	for id := range next.Users {
		if isLastingOwner(after, id) {
			return nil
		}
	}
	return pbx.Refuse(pbx.Denied, "", "user.last_owner")
}

// authorize asks every question that rows raise when they become others, in whatever command they do.
func (w *Work) authorize(next *pbx.Snapshot, rows []pbx.Difference) error {
	base, err := w.grounds(rows)
	if err != nil {
		return err
	}
	gone := map[pbx.UserID]bool{}
	for _, d := range rows {
		if d.Ref.Kind == pbx.KindUser && d.After == nil {
			gone[pbx.UserID(d.Ref.ID)] = true
		}
	}
	seated := map[[2]string]bool{}
	for _, d := range rows {
		if owner := ownerOf(d); gone[owner] && d.Ref.Kind != pbx.KindUser {
			continue // goes along with the person
		}
		if m := membershipOf(d); m != nil {
			if err := w.with(base).replan(d); err != nil {
				return err
			}
			if place := [2]string{string(m.User), string(m.Group)}; !seated[place] {
				seated[place] = true
				if err := w.reseat(base, next, m.User, m.Group); err != nil {
					return err
				}
			}
		}
		if err := w.askRow(base, d); err != nil {
			return err
		}
	}
	return nil
}

// replan asks for a place to come: that one is given, or taken back, which who sits there now does not tell.
func (w *Work) replan(d pbx.Difference) error {
	before, _ := d.Before.(*pbx.Membership)
	after, _ := d.After.(*pbx.Membership)
	if before != nil && before.From.After(w.Now) && (after == nil || after.Role != before.Role) {
		s, err := w.probe(before, before.Role)
		if err != nil {
			return err
		}
		if err := w.Ask(s, policy.MembershipEdit, policy.TakeOut(before.User, before.Group)); err != nil {
			return err
		}
	}
	if after == nil || !after.From.After(w.Now) || before != nil && alike(before, after) {
		return nil
	}
	if s, err := w.probe(after, "user"); err != nil {
		return err
	} else if after.Role != "user" {
		if err := w.Ask(s, policy.MembershipRole, policy.Place(after.User, after.Group, after.Role)); err != nil {
			return err
		}
	}
	s, err := w.probe(after, after.Role)
	if err != nil {
		return err
	}
	bare := *after
	bare.Overrides = nil
	return w.askOverrides(s, &bare, after.Overrides)
}

// grounds is the configuration on which memberships and grants are asked for: with the groups and roles they need.
func (w *Work) grounds(rows []pbx.Difference) (*pbx.Snapshot, error) {
	var change pbx.Change
	for _, d := range rows {
		if (d.Ref.Kind == pbx.KindGroup || d.Ref.Kind == pbx.KindRole) && d.Before == nil {
			change.Put = append(change.Put, d.After)
		}
	}
	return w.Snapshot.Apply(change)
}

// ownerOf is whose row it is.
func ownerOf(d pbx.Difference) pbx.UserID {
	n := d.After
	if n == nil {
		n = d.Before
	}
	switch n := n.(type) {
	case *pbx.User:
		return n.ID
	case *pbx.Membership:
		return n.User
	case *pbx.Assignment:
		return n.User
	case *pbx.Grant:
		return n.User
	case *pbx.Device:
		return n.User
	case *pbx.Token:
		return n.User
	case *pbx.Choice:
		return n.User
	case *pbx.Duty:
		return n.User
	case *pbx.Forwarding:
		return n.User
	case *pbx.Access:
		return n.User
	case *pbx.Reminder:
		return n.User
	case *pbx.GuestRoom:
		return n.User
	}
	return ""
}

func membershipOf(d pbx.Difference) *pbx.Membership {
	if m, ok := d.After.(*pbx.Membership); ok {
		return m
	}
	m, _ := d.Before.(*pbx.Membership)
	return m
}

// askRow asks what the row of a person, a group, a phone or anything else that is no membership needs to become another.
func (w *Work) askRow(base *pbx.Snapshot, d pbx.Difference) error {
	var needs []Need
	if err := w.askLeads(d); err != nil {
		return err
	}
	switch d.Ref.Kind {
	case pbx.KindStatus:
		needs = []Need{{policy.PresenceSet, policy.User(ownerOf(d))}}
	case pbx.KindReminder:
		needs = []Need{{policy.ReminderSet, policy.User(ownerOf(d))}}
	case pbx.KindGuestRoom:
		needs = guestRoomNeeds(d)
	case pbx.KindTalkLink:
		needs = talkNeeds(w.Snapshot, d)
	case pbx.KindDuty:
		return w.askDuty(ownerOf(d))
	case pbx.KindPrompt:
		needs = SetPrompt{}.Need(nil, w.Who)
	case pbx.KindForwarding:
		return w.askForwarding(d)
	case pbx.KindAccess:
		return w.askAccess(d)
	case pbx.KindDID:
		needs = numberNeeds(d)
	case pbx.KindOutRoute:
		needs = outRouteNeed()
	case pbx.KindTrunk:
		var err error
		if needs, err = trunkNeeds(d); err != nil {
			return err
		}
	case pbx.KindRing:
		var err error
		if needs, err = w.ringNeeds(d); err != nil {
			return err
		}
	case pbx.KindSettings:
		before, after := d.Before.(*pbx.Tenant), d.After.(*pbx.Tenant)
		if before.Mail != after.Mail {
			return pbx.Refuse(pbx.Conflict, "", "undo.impossible", "fact", string(event.SettingsChanged)) // the password belongs to its server
		}
		for _, p := range after.Providers {
			if old := before.Provider(p.ID); old == nil || old.Issuer != p.Issuer || old.Client != p.Client {
				return pbx.Refuse(pbx.Conflict, "", "undo.impossible", "fact", string(event.SettingsChanged)) // so does a provider's secret
			}
		}
		needs = settingsNeeds(before, after)
	case pbx.KindUser:
		needs = userNeeds(d, w.Who)
	case pbx.KindGroup:
		needs = groupNeeds(base, d)
		before, _ := d.Before.(*pbx.Group)
		if after, _ := d.After.(*pbx.Group); before != nil && after != nil && before.Ceiling != after.Ceiling {
			if err := w.askCeiling(*before, after.Ceiling); err != nil {
				return err
			}
		}
	case pbx.KindRole:
		before, _ := d.Before.(*pbx.Role)
		after, _ := d.After.(*pbx.Role)
		needs = []Need{{policy.RoleEdit, policy.Shape(before, after)}}
	case pbx.KindHours:
		needs = []Need{HoursNeed(base, pbx.HoursID(d.Ref.ID), policy.HoursEdit)}
	case pbx.KindOverride:
		needs = []Need{HoursNeed(base, pbx.HoursID(d.Ref.ID), policy.HoursOverride)}
	case pbx.KindQueue:
		needs = queueNeeds(d)
	case pbx.KindMenu:
		needs = menuNeeds(d)
	case pbx.KindPark:
		needs = parkNeeds(d)
	case pbx.KindRoom:
		needs = roomNeeds(d)
	case pbx.KindEntrance:
		needs = []Need{{policy.RouteEdit, policy.Group(pbx.GroupID(d.Ref.ID))}}
	case pbx.KindRecordRule:
		needs = []Need{RecordRuleNeed(base, pbx.RecordRuleID(d.Ref.ID))}
	case pbx.KindMailbox:
		var err error
		if needs, err = mailboxNeeds(d, w.Who); err != nil {
			return err
		}
	case pbx.KindRestriction:
		for _, n := range []pbx.Noun{d.Before, d.After} {
			if r, ok := n.(*pbx.Restriction); ok && r != nil {
				needs = append(needs, RestrictionNeeds(base, r.Group, r.On...)...)
			}
		}
	case pbx.KindRegion:
		before, _ := d.Before.(*pbx.Region)
		after, _ := d.After.(*pbx.Region)
		needs = regionNeeds(base, before, after)
	case pbx.KindDeck:
		needs = []Need{{policy.RateEdit, policy.System()}}
	case pbx.KindBudget:
		for _, n := range []pbx.Noun{d.Before, d.After} {
			if b, ok := n.(*pbx.Budget); ok && b != nil {
				needs = append(needs, BudgetNeed(b.On))
			}
		}
	case pbx.KindContact:
		for _, n := range []pbx.Noun{d.Before, d.After} {
			if c, ok := n.(*pbx.Contact); ok && c != nil {
				if err := w.askContact(base, c); err != nil {
					return err
				}
			}
		}
		return nil
	case pbx.KindDevice:
		needs = phoneNeed(ownerOf(d), w.Who)
	case pbx.KindToken:
		needs = []Need{{policy.LoginReset, policy.User(ownerOf(d))}}
	case pbx.KindVerdict:
		return w.askVerdict(d)
	case pbx.KindAssignment:
		before, _ := d.Before.(*pbx.Assignment)
		after, _ := d.After.(*pbx.Assignment)
		return w.askAssignment(base, before, after)
	case pbx.KindGrant:
		before, _ := d.Before.(*pbx.Grant)
		after, _ := d.After.(*pbx.Grant)
		if after == nil && w.ownApproval(before) {
			return w.Ask(base, policy.RequestApprove, policy.User(before.User))
		}
		return w.askGrant(base, before, after)
	}
	for _, n := range needs {
		if err := w.Ask(base, n.Right, n.Target); err != nil {
			return err
		}
	}
	return nil
}

// settingsNeeds is what the settings of the office need to become others: parts of them have rights of their own.
func settingsNeeds(before, after *pbx.Tenant) (needs []Need) {
	a, b := *before, *after
	if a.Spread != b.Spread {
		needs = append(needs, Need{policy.RoleSystem, policy.System()})
	}
	if a.Currency != b.Currency || !maps.Equal(a.Prices, b.Prices) {
		needs = append(needs, Need{policy.RateEdit, policy.System()})
	}
	if !alike(&pbx.Tenant{Providers: a.Providers}, &pbx.Tenant{Providers: b.Providers}) {
		needs = append(needs, Need{policy.LoginEdit, policy.System()})
	}
	a.Spread, a.Currency, a.Prices, a.Providers = b.Spread, b.Currency, b.Prices, b.Providers
	if !alike(&a, &b) || len(needs) == 0 {
		needs = append(needs, Need{policy.SettingEdit, policy.System()})
	}
	return needs
}

func userNeeds(d pbx.Difference, who pbx.Actor) []Need {
	t := policy.User(pbx.UserID(d.Ref.ID))
	before, _ := d.Before.(*pbx.User)
	after, _ := d.After.(*pbx.User)
	switch {
	case after == nil:
		return []Need{{policy.UserDelete, t}}
	case before == nil:
		return []Need{{policy.UserCreate, t}}
	}
	needs := EditUser{User: after.ID, Name: &after.Name}.Need(nil, who)
	if before.Email != after.Email || before.Extension != after.Extension || before.Mobile != after.Mobile {
		needs = append(needs, EditUser{User: after.ID, Email: &after.Email}.Need(nil, who)...)
	}
	if !slices.EqualFunc(before.Suspensions, after.Suspensions, func(a, b pbx.Interval) bool { return a.From.Equal(b.From) && a.Until.Equal(b.Until) }) {
		needs = []Need{{policy.UserSuspend, t}}
	}
	return needs
}

// menuNeeds asks where a menu belongs and where it is to belong.
func menuNeeds(d pbx.Difference) (needs []Need) {
	for _, n := range []pbx.Noun{d.Before, d.After} {
		if m, ok := n.(*pbx.Menu); ok {
			needs = append(needs, Need{policy.MenuEdit, MenuTarget(m.ID, m.Group)})
		}
	}
	return needs
}

func groupNeeds(s *pbx.Snapshot, d pbx.Difference) []Need {
	before, _ := d.Before.(*pbx.Group)
	after, _ := d.After.(*pbx.Group)
	switch {
	case after == nil:
		return []Need{{policy.GroupCreate, policy.Group(before.ID)}}
	case before == nil:
		return []Need{{policy.GroupCreate, place(after.Parent)}}
	}
	c := EditGroup{Group: after.ID, Name: &after.Name, Parent: &after.Parent}
	if before.Published != after.Published {
		c.Published = &after.Published
	}
	return c.Need(s, pbx.Actor{})
}

// reseat asks for what becomes of a person's place in a group, now and to come.
func (w *Work) reseat(base, next *pbx.Snapshot, u pbx.UserID, g pbx.GroupID) error {
	before := (&Work{Snapshot: w.Snapshot, Now: w.Now}).placeIn(u, g)
	after := (&Work{Snapshot: next, Now: w.Now}).placeIn(u, g)
	switch {
	case before == nil && after == nil:
		return w.Ask(base, policy.MembershipEdit, policy.Group(g))
	case after == nil:
		return w.Ask(base, policy.MembershipEdit, policy.TakeOut(u, g))
	case before == nil || before.Role != after.Role:
		right := policy.MembershipRole
		if before == nil && after.Role == "user" {
			right = policy.MembershipEdit
		}
		if err := w.Ask(base, right, policy.Place(u, g, after.Role)); err != nil {
			return err
		}
	default:
		if err := w.Ask(base, policy.MembershipEdit, policy.Group(g)); err != nil {
			return err
		}
		if err := w.askEnd(before, after.Until); err != nil {
			return err
		}
	}
	bare := *after
	bare.Overrides = nil
	if before != nil && before.Role == after.Role {
		bare.Overrides = before.Overrides
	}
	staged, err := next.Apply(pbx.Change{Put: []pbx.Noun{&bare}})
	if bare.From.After(w.Now) {
		staged, err = w.with(next).probe(after, after.Role)
	}
	if err != nil {
		return err
	}
	if err := w.askOverrides(staged, &bare, after.Overrides); err != nil {
		return err
	}
	if before == nil {
		before = &pbx.Membership{}
	}
	shared := *before
	return w.share(staged, &pbx.Membership{User: u, Group: g, Presence: shared.Presence, Calls: shared.Calls}, &after.Presence, &after.Calls)
}
