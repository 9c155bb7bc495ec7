package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"tandem/event"
	"tandem/pbx"
)

// Load reads the whole configuration in one state of the database. A new office has version 0 and no rows.
func (t *Tenant) Load(ctx context.Context) (*pbx.Snapshot, error) {
	var version int64
	var nouns []pbx.Noun
	err := t.db.view(ctx, "load", func(x tx) error {
		office, v, err := t.office(ctx, x)
		if err != nil {
			return err
		}
		version, nouns = v, append(nouns, office)
		return errors.Join(
			gather(ctx, x, t.id, groupRows(), &nouns), gather(ctx, x, t.id, roleRows(), &nouns), gather(ctx, x, t.id, userRows(), &nouns),
			gather(ctx, x, t.id, membershipRows(), &nouns), gather(ctx, x, t.id, assignmentRows(), &nouns),
			gather(ctx, x, t.id, grantRows(), &nouns), gather(ctx, x, t.id, deviceRows(), &nouns), gather(ctx, x, t.id, tokenRows(), &nouns),
			gather(ctx, x, t.id, choiceRows(), &nouns), gather(ctx, x, t.id, calendarRows(), &nouns), gather(ctx, x, t.id, forwardingRows(), &nouns), gather(ctx, x, t.id, ringRows(), &nouns),
			gather(ctx, x, t.id, timetableRows(), &nouns), gather(ctx, x, t.id, overrideRows(), &nouns),
			gather(ctx, x, t.id, queueRows(), &nouns), gather(ctx, x, t.id, dutyRows(), &nouns), gather(ctx, x, t.id, menuRows(), &nouns), gather(ctx, x, t.id, entranceRows(), &nouns), gather(ctx, x, t.id, mailboxRows(), &nouns), gather(ctx, x, t.id, recordRuleRows(), &nouns),
			gather(ctx, x, t.id, parkRows(), &nouns), gather(ctx, x, t.id, roomRows(), &nouns),
			gather(ctx, x, t.id, accessRows(), &nouns), gather(ctx, x, t.id, reviewRows(), &nouns), gather(ctx, x, t.id, verdictRows(), &nouns), gather(ctx, x, t.id, promptRows(), &nouns),
			gather(ctx, x, t.id, trunkRows(), &nouns), gather(ctx, x, t.id, didRows(), &nouns), gather(ctx, x, t.id, outRouteRows(), &nouns),
			gather(ctx, x, t.id, restrictionRows(), &nouns), gather(ctx, x, t.id, deckRows(), &nouns), gather(ctx, x, t.id, budgetRows(), &nouns), gather(ctx, x, t.id, alarmRows(), &nouns),
			gather(ctx, x, t.id, regionRows(), &nouns), gather(ctx, x, t.id, contactRows(), &nouns), gather(ctx, x, t.id, reminderRows(), &nouns), gather(ctx, x, t.id, guestRoomRows(), &nouns), gather(ctx, x, t.id, talkLinkRows(), &nouns))
	})
	if err != nil {
		return nil, err
	}
	s, err := pbx.NewSnapshot(version, nouns...)
	if err != nil {
		return nil, fmt.Errorf("store: load: the stored configuration does not fit together: %w", err)
	}
	return s, nil
}

func gather[N any, P interface {
	*N
	pbx.Noun
}](ctx context.Context, x tx, tenant string, r rows[N], to *[]pbx.Noun) error {
	list, err := all(ctx, x, tenant, r)
	for _, n := range list {
		*to = append(*to, P(n))
	}
	return err
}

func (t *Tenant) office(ctx context.Context, x tx) (*pbx.Tenant, int64, error) {
	var o pbx.Tenant
	var version, claimed, spread, reasons, tone, hidden, council, talk int64
	var sso, prices, codes, speed, alarms, keep string
	err := x.row(ctx, `SELECT version, name, country, zone, language, public, digits, claimed,
		mail_host, mail_port, mail_from, mail_user, mail_password, mail_tls, replay, spread, providers, currency, prices, codes, speed, reasons, listen_tone, listen_hidden, alarms, council, keep, talk FROM tenants WHERE id = $1`, t.id).
		Scan(&version, &o.Name, &o.Country, &o.Zone, &o.Language, &o.Public, &o.Digits, &claimed,
			&o.Mail.Host, &o.Mail.Port, &o.Mail.From, &o.Mail.User, &o.Mail.Password, &o.Mail.TLS, &o.Replay, &spread, &sso, &o.Currency, &prices, &codes, &speed, &reasons, &tone, &hidden, &alarms, &council, &keep, &talk)
	o.Spread, o.Reasons, o.ListenTone, o.ListenHidden, o.Council, o.Talk = spread != 0, reasons != 0, tone != 0, hidden != 0, council != 0, talk != 0
	o.Claimed = moment(claimed)
	if err != nil {
		return nil, 0, missing(err, "tenant.unknown")
	}
	for column, v := range map[string]*string{"mail_password": &o.Mail.Password, "providers": &sso} {
		if *v, err = x.open("tenants", column, t.id, t.id, *v); err != nil {
			return nil, 0, err
		}
	}
	o.Providers, err = readProviders(sso)
	return &o, version, errors.Join(err, decode(prices, &o.Prices), decode(codes, &o.Codes), decode(speed, &o.Speed), decode(alarms, &o.Alarms), decode(keep, &o.Keep))
}

func (t *Tenant) putOffice(ctx context.Context, x tx, o *pbx.Tenant) error {
	prices, err := encode(o.Prices)
	if err != nil {
		return err
	}
	codes, err := encode(o.Codes)
	if err != nil {
		return err
	}
	speed, err := encode(o.Speed)
	if err != nil {
		return err
	}
	alarms, err := encode(o.Alarms)
	if err != nil {
		return err
	}
	keep, err := encode(o.Keep)
	if err != nil {
		return err
	}
	sso, err := writeProviders(o.Providers)
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, `UPDATE tenants SET name = $2, country = $3, zone = $4, language = $5, public = $6, digits = $7, claimed = $8,
		mail_host = $9, mail_port = $10, mail_from = $11, mail_user = $12, mail_password = $13, mail_tls = $14,
		replay = $15, spread = $16, providers = $17, currency = $18, prices = $19, codes = $20, speed = $21, reasons = $22, listen_tone = $23, listen_hidden = $24, alarms = $25, council = $26, keep = $27, talk = $28 WHERE id = $1`,
		t.id, o.Name, o.Country, o.Zone, o.Language, o.Public, o.Digits, ms(o.Claimed),
		o.Mail.Host, o.Mail.Port, o.Mail.From, o.Mail.User, x.seal("tenants", "mail_password", t.id, t.id, o.Mail.Password), o.Mail.TLS, string(o.Replay), flag(o.Spread), x.seal("tenants", "providers", t.id, t.id, sso), o.Currency, prices, codes, speed, flag(o.Reasons), flag(o.ListenTone), flag(o.ListenHidden), alarms, flag(o.Council), keep, flag(o.Talk))
	return err
}

// Also is a row that is written in the transaction of a change: a Login, Link, LinkUsed, Session or Mail.
type Also interface {
	write(ctx context.Context, t *Tenant, x tx) error
}

// Apply writes a change and its facts in one transaction and gives the facts with their place in the log; a fact without
// revision gets base. If base is not the stored version, somebody else was first: pbx.Conflict, and nothing is written.
// A change without a fact is a fault: the audit log cannot be left out (BAR AU-01, AU-04).
func (t *Tenant) Apply(ctx context.Context, base int64, c pbx.Change, facts []event.Fact) ([]event.Fact, error) {
	return t.ApplyAlso(ctx, base, c, facts)
}

// ApplyAlso is Apply with rows beside the configuration, for instance the password of a person who is created.
func (t *Tenant) ApplyAlso(ctx context.Context, base int64, c pbx.Change, facts []event.Fact, also ...Also) ([]event.Fact, error) {
	if len(facts) == 0 {
		return nil, errors.New("store: apply: a change without facts would leave no trace")
	}
	facts = withRevision(facts, base)
	var stored []event.Fact
	err := t.db.change(ctx, "apply", func(x tx) error {
		n, err := x.exec(ctx, `UPDATE tenants SET version = version + 1 WHERE id = $1 AND version = $2`, t.id, base)
		if err != nil {
			return err
		}
		if n == 0 {
			return pbx.Refuse(pbx.Conflict, "", "change.outdated")
		}
		if err := t.write(ctx, x, c); err != nil {
			return err
		}
		for _, a := range also {
			if err := a.write(ctx, t, x); err != nil {
				return err
			}
		}
		stored, err = t.append(ctx, x, facts)
		return err
	})
	return stored, err
}

func withRevision(facts []event.Fact, base int64) []event.Fact {
	out := make([]event.Fact, len(facts))
	for i, f := range facts {
		if f.Revision == 0 {
			f.Revision = base
		}
		out[i] = f
	}
	return out
}

// sorted holds the rows of a change by table.
type sorted struct {
	office       *pbx.Tenant
	users        []*pbx.User
	groups       []*pbx.Group
	roles        []*pbx.Role
	memberships  []*pbx.Membership
	assignments  []*pbx.Assignment
	grants       []*pbx.Grant
	devices      []*pbx.Device
	tokens       []*pbx.Token
	choices      []*pbx.Choice
	calendars    []*pbx.Calendar
	duties       []*pbx.Duty
	forwardings  []*pbx.Forwarding
	rings        []*pbx.RingGroup
	timetables   []*pbx.Timetable
	overrides    []*pbx.HoursOverride
	queues       []*pbx.Queue
	menus        []*pbx.Menu
	parks        []*pbx.Park
	rooms        []*pbx.Room
	entrances    []*pbx.Entrance
	accesses     []*pbx.Access
	reviews      []*pbx.Review
	verdicts     []*pbx.Verdict
	prompts      []*pbx.Prompt
	mailboxes    []*pbx.Mailbox
	recordRules  []*pbx.RecordRule
	trunks       []*pbx.Trunk
	dids         []*pbx.DID
	outRoutes    []*pbx.OutRoute
	restrictions []*pbx.Restriction
	decks        []*pbx.Deck
	budgets      []*pbx.Budget
	alarms       []*pbx.Alarm
	regions      []*pbx.Region
	contacts     []*pbx.Contact
	reminders    []*pbx.Reminder
	guestRooms   []*pbx.GuestRoom
	talkLinks    []*pbx.TalkLink
	gone         map[pbx.Kind][]string
}

func sort(c pbx.Change) (sorted, error) {
	s := sorted{gone: map[pbx.Kind][]string{}}
	for _, n := range c.Put {
		switch n := n.(type) {
		case *pbx.Tenant:
			s.office = n
		case *pbx.User:
			s.users = append(s.users, n)
		case *pbx.Group:
			s.groups = append(s.groups, n)
		case *pbx.Role:
			s.roles = append(s.roles, n)
		case *pbx.Membership:
			s.memberships = append(s.memberships, n)
		case *pbx.Assignment:
			s.assignments = append(s.assignments, n)
		case *pbx.Grant:
			s.grants = append(s.grants, n)
		case *pbx.Device:
			s.devices = append(s.devices, n)
		case *pbx.Token:
			s.tokens = append(s.tokens, n)
		case *pbx.Calendar:
			s.calendars = append(s.calendars, n)
		case *pbx.Duty:
			s.duties = append(s.duties, n)
		case *pbx.Choice:
			s.choices = append(s.choices, n)
		case *pbx.Forwarding:
			s.forwardings = append(s.forwardings, n)
		case *pbx.RingGroup:
			s.rings = append(s.rings, n)
		case *pbx.Timetable:
			s.timetables = append(s.timetables, n)
		case *pbx.HoursOverride:
			s.overrides = append(s.overrides, n)
		case *pbx.Queue:
			s.queues = append(s.queues, n)
		case *pbx.Menu:
			s.menus = append(s.menus, n)
		case *pbx.Park:
			s.parks = append(s.parks, n)
		case *pbx.Room:
			s.rooms = append(s.rooms, n)
		case *pbx.Entrance:
			s.entrances = append(s.entrances, n)
		case *pbx.Access:
			s.accesses = append(s.accesses, n)
		case *pbx.Review:
			s.reviews = append(s.reviews, n)
		case *pbx.Verdict:
			s.verdicts = append(s.verdicts, n)
		case *pbx.Prompt:
			s.prompts = append(s.prompts, n)
		case *pbx.Mailbox:
			s.mailboxes = append(s.mailboxes, n)
		case *pbx.RecordRule:
			s.recordRules = append(s.recordRules, n)
		case *pbx.Trunk:
			s.trunks = append(s.trunks, n)
		case *pbx.DID:
			s.dids = append(s.dids, n)
		case *pbx.OutRoute:
			s.outRoutes = append(s.outRoutes, n)
		case *pbx.Restriction:
			s.restrictions = append(s.restrictions, n)
		case *pbx.Deck:
			s.decks = append(s.decks, n)
		case *pbx.Budget:
			s.budgets = append(s.budgets, n)
		case *pbx.Alarm:
			s.alarms = append(s.alarms, n)
		case *pbx.Region:
			s.regions = append(s.regions, n)
		case *pbx.Contact:
			s.contacts = append(s.contacts, n)
		case *pbx.Reminder:
			s.reminders = append(s.reminders, n)
		case *pbx.GuestRoom:
			s.guestRooms = append(s.guestRooms, n)
		case *pbx.TalkLink:
			s.talkLinks = append(s.talkLinks, n)
		default:
			return s, fmt.Errorf("store: no table for %T", n)
		}
	}
	for _, r := range c.Delete {
		s.gone[r.Kind] = append(s.gone[r.Kind], r.ID)
	}
	return s, nil
}

// tables says where each kind of noun is kept.
func tables() map[pbx.Kind]string {
	return map[pbx.Kind]string{pbx.KindUser: "users", pbx.KindGroup: "groups", pbx.KindRole: "roles", pbx.KindMembership: "memberships",
		pbx.KindAssignment: "assignments", pbx.KindGrant: "grants", pbx.KindDevice: "devices", pbx.KindToken: "tokens",
		pbx.KindStatus: "statuses", pbx.KindCalendar: "calendars", pbx.KindForwarding: "forwardings", pbx.KindRing: "rings",
		pbx.KindPark: "parks", pbx.KindRoom: "rooms",
		pbx.KindQueue: "queues", pbx.KindDuty: "duties", pbx.KindMenu: "menus", pbx.KindEntrance: "entrances", pbx.KindAccess: "accesses", pbx.KindReview: "reviews", pbx.KindVerdict: "verdicts", pbx.KindPrompt: "prompts", pbx.KindMailbox: "mailboxes", pbx.KindRecordRule: "recordrules",
		pbx.KindHours: "timetables", pbx.KindOverride: "overrides",
		pbx.KindTrunk: "trunks", pbx.KindDID: "dids", pbx.KindOutRoute: "outroutes", pbx.KindRestriction: "restrictions", pbx.KindDeck: "decks", pbx.KindBudget: "budgets", pbx.KindAlarm: "alarms", pbx.KindRegion: "regions", pbx.KindContact: "contacts", pbx.KindReminder: "reminders", pbx.KindGuestRoom: "guestrooms", pbx.KindTalkLink: "talklinks"}
}

func (t *Tenant) write(ctx context.Context, x tx, c pbx.Change) error {
	s, err := sort(c)
	if err != nil {
		return err
	}
	if s.office != nil {
		if err := t.putOffice(ctx, x, s.office); err != nil {
			return err
		}
	}
	for kind, ids := range s.gone {
		table, ok := tables()[kind]
		if !ok {
			return fmt.Errorf("store: no table for %s", kind)
		}
		if err := remove(ctx, x, t.id, table, "id", ids); err != nil {
			return err
		}
	}
	if err := t.forget(ctx, x, s.gone[pbx.KindUser]); err != nil {
		return err
	}
	if err := t.forgetTalk(ctx, x, s.gone[pbx.KindTalkLink]); err != nil {
		return err
	}
	if err := t.voidLinks(ctx, x, s.users); err != nil {
		return err
	}
	if err := t.clearRooms(ctx, x, s.guestRooms); err != nil {
		return err
	}
	return errors.Join(put(ctx, x, t.id, groupRows(), s.groups), put(ctx, x, t.id, roleRows(), s.roles), put(ctx, x, t.id, userRows(), s.users),
		put(ctx, x, t.id, membershipRows(), s.memberships), put(ctx, x, t.id, assignmentRows(), s.assignments),
		put(ctx, x, t.id, grantRows(), s.grants), put(ctx, x, t.id, deviceRows(), s.devices), put(ctx, x, t.id, tokenRows(), s.tokens),
		put(ctx, x, t.id, choiceRows(), s.choices), put(ctx, x, t.id, calendarRows(), s.calendars), put(ctx, x, t.id, forwardingRows(), s.forwardings), put(ctx, x, t.id, ringRows(), s.rings),
		put(ctx, x, t.id, timetableRows(), s.timetables), put(ctx, x, t.id, overrideRows(), s.overrides),
		put(ctx, x, t.id, queueRows(), s.queues), put(ctx, x, t.id, dutyRows(), s.duties), put(ctx, x, t.id, menuRows(), s.menus), put(ctx, x, t.id, entranceRows(), s.entrances), put(ctx, x, t.id, mailboxRows(), s.mailboxes), put(ctx, x, t.id, recordRuleRows(), s.recordRules),
		put(ctx, x, t.id, parkRows(), s.parks), put(ctx, x, t.id, roomRows(), s.rooms),
		put(ctx, x, t.id, accessRows(), s.accesses), put(ctx, x, t.id, reviewRows(), s.reviews), put(ctx, x, t.id, verdictRows(), s.verdicts), put(ctx, x, t.id, promptRows(), s.prompts),
		put(ctx, x, t.id, trunkRows(), s.trunks), put(ctx, x, t.id, didRows(), s.dids), put(ctx, x, t.id, outRouteRows(), s.outRoutes),
		put(ctx, x, t.id, restrictionRows(), s.restrictions), put(ctx, x, t.id, deckRows(), s.decks), put(ctx, x, t.id, budgetRows(), s.budgets), put(ctx, x, t.id, alarmRows(), s.alarms),
		put(ctx, x, t.id, regionRows(), s.regions), put(ctx, x, t.id, contactRows(), s.contacts), put(ctx, x, t.id, reminderRows(), s.reminders), put(ctx, x, t.id, guestRoomRows(), s.guestRooms), put(ctx, x, t.id, talkLinkRows(), s.talkLinks))
}

// voidLinks ends the open links of people whose address is changed by this: they lie in a mailbox that was the wrong one, or is another's now.
func (t *Tenant) voidLinks(ctx context.Context, x tx, users []*pbx.User) error {
	next := make(map[string]string, len(users))
	ids := make([]string, 0, len(users))
	for _, u := range users {
		next[string(u.ID)] = u.Email
		ids = append(ids, string(u.ID))
	}
	var moved []string
	for chunk := range slices.Chunk(ids, params) {
		w := newWhere("users", t.id)
		w.and("id IN " + w.list(chunk))
		err := x.each(ctx, "SELECT id, email FROM users"+w.String(), w.args, func(s *sql.Rows) error {
			var id, email string
			err := s.Scan(&id, &email)
			if email != next[id] {
				moved = append(moved, id)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return remove(ctx, x, t.id, "links", "user_id", moved)
}

// forget takes away the keys of people who are deleted: passwords, sessions, links; and what they last did.
func (t *Tenant) forget(ctx context.Context, x tx, users []string) error {
	for _, table := range []string{"logins", "sessions", "links", "uses"} {
		if err := remove(ctx, x, t.id, table, "user_id", users); err != nil {
			return err
		}
	}
	return nil
}
