package policy

import (
	"cmp"
	"slices"
	"time"

	"tandem/pbx"
)

// The kinds of notices.
const (
	NoticeWarning        pbx.NoticeKind = "warning"         // somebody keeps failing at the reader's password (BAR WB-02)
	NoticeAsked          pbx.NoticeKind = "asked"           // a colleague asks the reader for a right (N-7)
	NoticeApproved       pbx.NoticeKind = "approved"        // the reader got what he asked for
	NoticeRefused        pbx.NoticeKind = "refused"         // … or not
	NoticeImportant      pbx.NoticeKind = "important"       // a caller on the list has come to a queue (B-061)
	NoticeWaiting        pbx.NoticeKind = "waiting"         // somebody waits too long in a queue (B-061)
	NoticeLost           pbx.NoticeKind = "lost"            // a caller left a queue before anybody answered
	NoticeCallback       pbx.NoticeKind = "callback"        // … or wants to be called back
	NoticeDismissed      pbx.NoticeKind = "dismissed"       // an agent, maybe the reader, missed so many calls that the queue logged him out
	NoticeReview         pbx.NoticeKind = "review"          // a review of rights begins, and the reader can decide (N-8)
	NoticeOverdue        pbx.NoticeKind = "overdue"         // its time is up, and he has not
	NoticeBudget         pbx.NoticeKind = "budget"          // a mark of a budget is reached (B-044, B-066)
	NoticeMissed         pbx.NoticeKind = "missed"          // somebody called the reader in vain
	NoticeVoicemail      pbx.NoticeKind = "voicemail"       // somebody left the reader a message
	NoticeVoicemailGroup pbx.NoticeKind = "voicemail_group" // … or a group of his
	NoticeMailboxLocked  pbx.NoticeKind = "mailbox_locked"  // somebody keeps failing at the PIN of the reader's mailbox (SA-18)
	NoticeAttack         pbx.NoticeKind = "attack"          // somebody guesses the secrets of phones (SA-04)
	NoticeSiege          pbx.NoticeKind = "siege"           // … of one phone from so many addresses that only known ones may use it (SA-05)
	NoticeEmergency      pbx.NoticeKind = "emergency"       // somebody called for help (N-13)
	NoticeAlarm          pbx.NoticeKind = "alarm"           // calls abroad of somebody are stopped (TF-06)
	NoticeViolations     pbx.NoticeKind = "violations"      // the rules refused somebody again and again (B-067)
	NoticeQuality        pbx.NoticeKind = "quality"         // calls over a line are bad, or good again (B-104)
	NoticeLine           pbx.NoticeKind = "line"            // a line is down, or works again (CR-11)
	NoticeForwarded      pbx.NoticeKind = "forwarded"       // a rule of the reader leads to a number outside it did not lead to before (TF-07)
	NoticeClock          pbx.NoticeKind = "clock"           // the clock of the machine was set (BAR TZ-07)
	NoticeHeard          pbx.NoticeKind = "heard"           // somebody listened to a recording in which the reader is heard (B-053)
	NoticeTalk           pbx.NoticeKind = "talk"            // a visitor wants to be called back, who came by a Talk link that leads to the reader (PL-11)
	NoticeReminder       pbx.NoticeKind = "reminder"        // nobody answered a reminder call that the reader set, or that of a guest he looks after (G-019)
)

// Severity says how much a notice matters.
type Severity string

// The severities. What is critical stands under the bell whatever its reader chose.
const (
	SeverityInfo     Severity = "info"
	SeverityWarning  Severity = "warning"
	SeverityCritical Severity = "critical"
)

// Area says whom a notice is for: the reader himself, somebody who looks after groups, or one who looks after the office.
type Area string

// The areas.
const (
	AreaOwn    Area = "own"
	AreaGroups Area = "groups"
	AreaOffice Area = "office"
)

// NoticeSort is a line of the catalogue of notices.
type NoticeSort struct {
	Kind     pbx.NoticeKind
	Severity Severity
	Area     Area
	Right    Right        // who holds it over what a notice is about must know, beside those it names
	Most     int          // of these, those with the least power first; 0: all
	Usual    pbx.Channels // for whoever chose nothing else
}

// NoticeSorts is the catalogue. A new kind is one line here, its sentences in package i18n (notice.<kind>.name, .title, .text), and the
// place in package house where the fact comes to be.
func NoticeSorts() []NoticeSort {
	all, calm := pbx.Channels{Web: true, Mail: true, Push: true}, pbx.Channels{Web: true, Mail: true}
	return []NoticeSort{
		{Kind: NoticeTalk, Severity: SeverityInfo, Area: AreaOwn, Usual: all},
		{Kind: NoticeMissed, Severity: SeverityInfo, Area: AreaOwn, Usual: pbx.Channels{Web: true, Push: true}},
		{Kind: NoticeVoicemail, Severity: SeverityInfo, Area: AreaOwn, Usual: all},
		{Kind: NoticeHeard, Severity: SeverityInfo, Area: AreaOwn, Usual: pbx.Channels{Web: true}},
		{Kind: NoticeAsked, Severity: SeverityInfo, Area: AreaOwn, Usual: all},
		{Kind: NoticeApproved, Severity: SeverityInfo, Area: AreaOwn, Usual: all},
		{Kind: NoticeRefused, Severity: SeverityInfo, Area: AreaOwn, Usual: all},
		{Kind: NoticeWarning, Severity: SeverityCritical, Area: AreaOwn, Usual: all},
		{Kind: NoticeReminder, Severity: SeverityWarning, Area: AreaOwn, Right: RoomAssign, Most: 10, Usual: all},
		{Kind: NoticeMailboxLocked, Severity: SeverityWarning, Area: AreaOwn, Right: VoicemailPlay, Usual: all},
		{Kind: NoticeForwarded, Severity: SeverityWarning, Area: AreaOwn, Usual: all},
		{Kind: NoticeAlarm, Severity: SeverityCritical, Area: AreaGroups, Right: RestrictionEdit, Most: 5, Usual: all},
		{Kind: NoticeBudget, Severity: SeverityWarning, Area: AreaGroups, Right: BudgetEdit, Most: 5, Usual: all},
		{Kind: NoticeViolations, Severity: SeverityWarning, Area: AreaGroups, Right: ReportView, Most: 5, Usual: all},
		{Kind: NoticeVoicemailGroup, Severity: SeverityInfo, Area: AreaGroups, Right: VoicemailPlay, Usual: calm},
		{Kind: NoticeImportant, Severity: SeverityWarning, Area: AreaGroups, Usual: all},
		{Kind: NoticeWaiting, Severity: SeverityWarning, Area: AreaGroups, Usual: all},
		{Kind: NoticeLost, Severity: SeverityInfo, Area: AreaGroups, Usual: pbx.Channels{Web: true}},
		{Kind: NoticeCallback, Severity: SeverityInfo, Area: AreaGroups, Usual: pbx.Channels{Web: true}},
		{Kind: NoticeDismissed, Severity: SeverityWarning, Area: AreaGroups, Usual: pbx.Channels{Web: true, Push: true}},
		{Kind: NoticeReview, Severity: SeverityInfo, Area: AreaGroups, Usual: calm},
		{Kind: NoticeOverdue, Severity: SeverityWarning, Area: AreaGroups, Usual: calm},
		{Kind: NoticeEmergency, Severity: SeverityCritical, Area: AreaOffice, Right: EmergencyEdit, Most: 10, Usual: all},
		{Kind: NoticeQuality, Severity: SeverityWarning, Area: AreaOffice, Right: TrunkEdit, Most: 5, Usual: calm},
		{Kind: NoticeLine, Severity: SeverityWarning, Area: AreaOffice, Right: TrunkEdit, Most: 5, Usual: all},
		{Kind: NoticeClock, Severity: SeverityWarning, Area: AreaOffice, Right: SettingEdit, Most: 5, Usual: calm},
		{Kind: NoticeAttack, Severity: SeverityCritical, Area: AreaOffice, Right: SettingEdit, Most: 5, Usual: all},
		{Kind: NoticeSiege, Severity: SeverityCritical, Area: AreaOffice, Right: SettingEdit, Most: 5, Usual: all},
	}
}

// NoticeSortOf is the line of a kind; false for one that is not in the catalogue.
func NoticeSortOf(kind pbx.NoticeKind) (NoticeSort, bool) {
	for _, l := range NoticeSorts() {
		if l.Kind == kind {
			return l, true
		}
	}
	return NoticeSort{}, false
}

// Channels is how somebody gets notices of this kind.
func (l NoticeSort) Channels(u *pbx.User) pbx.Channels {
	c, own := u.Notices[l.Kind]
	if !own {
		c = l.Usual
	}
	c.Web = c.Web || l.Severity == SeverityCritical
	return c
}

// Happening is what somebody may have to know.
type Happening struct {
	Kind  pbx.NoticeKind
	Users []pbx.UserID // who must know, whatever he may do
	Over  Target       // … and who holds the kind's right over this; the zero one: nobody else
	Among []pbx.UserID // of those only these; nil: everybody
}

// Reader is somebody who must know, and how he gets to know.
type Reader struct {
	User pbx.UserID
	pbx.Channels
}

// Readers decides who must know of something: those it names, in their order, and then those who decide about it. Nobody is told twice, nobody
// who is suspended, and nobody who wants to know nothing of the kind.
func Readers(s *pbx.Snapshot, h Happening, at time.Time) []Reader {
	l, ok := NoticeSortOf(h.Kind)
	if !ok {
		return nil
	}
	users := slices.Clone(h.Users)
	if l.Right != NoRight && h.Over.kind != 0 {
		deciders := Holders(s, l.Right, h.Over, at)
		if h.Among != nil {
			deciders = slices.DeleteFunc(deciders, func(u pbx.UserID) bool { return !slices.Contains(h.Among, u) })
		}
		slices.SortStableFunc(deciders, func(a, b pbx.UserID) int { return cmp.Compare(len(s.AssignmentsOf(a)), len(s.AssignmentsOf(b))) })
		if l.Most > 0 {
			deciders = deciders[:min(len(deciders), l.Most)]
		}
		users = append(users, deciders...)
	}
	var all []Reader
	told := map[pbx.UserID]bool{}
	for _, id := range users {
		u := s.Users[id]
		if u == nil || told[id] || u.IsSuspended(at) {
			continue
		}
		told[id] = true
		if c := l.Channels(u); c != (pbx.Channels{}) {
			all = append(all, Reader{id, c})
		}
	}
	return all
}
