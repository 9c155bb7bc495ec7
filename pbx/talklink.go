package pbx

import (
	"crypto/subtle"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// TalkLink is a public address by which a visitor without account or app calls one place inside (X-031…X-042, C-7). It is found by a name that can be read, or by a
// secret of which only a hash is kept; a link with a secret has no name.
type TalkLink struct {
	ID      TalkLinkID  `json:"id"`
	Name    string      `json:"name"`            // what visitors read
	Slug    string      `json:"slug,omitempty"`  // the end of its address; empty where it has a secret
	Hash    string      `json:"-"`               // of the secret
	User    UserID      `json:"user,omitempty"`  // whose personal link it is
	Group   GroupID     `json:"group,omitempty"` // the department it belongs to; with neither it is the company's
	To      Destination `json:"to"`
	Off     bool        `json:"off,omitempty"`
	From    time.Time   `json:"from,omitzero"`
	Until   time.Time   `json:"until,omitzero"`
	Always  bool        `json:"always,omitempty"`   // also outside the office hours of what it leads to
	Named   bool        `json:"named,omitempty"`    // visitors have to say a name first
	Mailed  bool        `json:"mailed,omitempty"`   // … and an e-mail address
	About   bool        `json:"about,omitempty"`    // they are asked what it is about
	Keep    int         `json:"keep,omitempty"`     // days that what they wrote is kept; 0 is UsualVisitKept (PL-12)
	Back    bool        `json:"back,omitempty"`     // visitors may ask to be called back
	Outside bool        `json:"outside,omitempty"`  // rules of people may send its calls out of the house, at their expense
	Origins []string    `json:"origins,omitempty"`  // sites that may show the page inside their own
	PerAddr int         `json:"per_addr,omitempty"` // calls from one address at a time; 0 is UsualTalk.PerAddr
	Most    int         `json:"most,omitempty"`     // calls at a time; 0 is UsualTalk.Most
	Daily   int         `json:"daily,omitempty"`    // calls in a day of the office; 0 is UsualTalk.Daily
	Minutes int         `json:"minutes,omitempty"`  // of all its calls in a day of the office; 0 is UsualTalk.Minutes
	Longest int         `json:"longest,omitempty"`  // minutes of one call; 0 is UsualTalk.Longest
	Created time.Time   `json:"created"`
}

// TalkLimits bound what visitors of one link take (TF-10).
type TalkLimits struct{ PerAddr, Most, Daily, Minutes, Longest int }

// UsualTalk is what holds where a link says nothing.
func UsualTalk() TalkLimits {
	return TalkLimits{PerAddr: 3, Most: 10, Daily: 200, Minutes: 600, Longest: 60}
}

// IsSpent reports whether calls of one day are all that a day has.
func (t TalkLimits) IsSpent(calls int, took time.Duration) bool {
	return calls >= t.Daily || took >= time.Duration(t.Minutes)*time.Minute
}

// mostTalk is what may be asked for at most.
func mostTalk() TalkLimits {
	return TalkLimits{PerAddr: 50, Most: 500, Daily: 10_000, Minutes: 100_000, Longest: 480}
}

// Bounds of Talk links.
const (
	UsualVisitKept  = 30 // days that what visitors wrote is kept
	mostVisitKept   = 730
	maxTalkOrigins  = 20
	maxTalkSlug     = 60
	minTalkSlug     = 3
	TalkSecretBytes = 24 // of randomness behind a link without a name: 192 bits (PL-01)
)

// Ref points at the link.
func (l *TalkLink) Ref() Ref { return Ref{KindTalkLink, string(l.ID)} }

// Limits are the bounds that hold for the link.
func (l *TalkLink) Limits() TalkLimits {
	t := UsualTalk()
	for _, p := range []struct {
		own int
		to  *int
	}{{l.PerAddr, &t.PerAddr}, {l.Most, &t.Most}, {l.Daily, &t.Daily}, {l.Minutes, &t.Minutes}, {l.Longest, &t.Longest}} {
		if p.own > 0 {
			*p.to = p.own
		}
	}
	return t
}

// Talk finds the link that the end of an address opens at a moment: a name, or a secret. All links are looked at from end to end, whether one is found or not and
// whatever is wrong with it, so that a guess tells nothing by its time (PL-01).
func (s *Snapshot) Talk(key string, at time.Time) *TalkLink {
	slug, hash := []byte(strings.ToLower(key)), []byte(HashSecret(key))
	var found *TalkLink
	for _, l := range s.TalkLinks {
		open := s.Validity(l, at).Contains(at)
		named := len(l.Slug) > 0 && subtle.ConstantTimeCompare([]byte(l.Slug), slug) == 1
		secret := len(l.Hash) > 0 && subtle.ConstantTimeCompare([]byte(l.Hash), hash) == 1
		if open && (named || secret) {
			found = l
		}
	}
	return found
}

// TalkOf is the personal link of somebody; nil without one.
func (s *Snapshot) TalkOf(u UserID) *TalkLink {
	for _, l := range s.TalkLinks {
		if l.User == u && u != "" {
			return l
		}
	}
	return nil
}

// Validity is when a link is open to visitors. One that is switched off – by itself, or with all personal ones by the company –, or leads nowhere any more, never is.
func (s *Snapshot) Validity(l *TalkLink, at time.Time) Interval {
	shut := Interval{Until: time.Unix(0, 0).UTC()}
	switch {
	case l.Off, l.User != "" && !s.Tenant.Talk, !s.Leads("", l.To):
		return shut
	case l.User != "" && (s.Users[l.User] == nil || s.Users[l.User].IsSuspended(at)):
		return shut
	}
	if u := s.Users[UserID(l.To.ID)]; l.To.Kind == ToUser && (u == nil || u.IsSuspended(at)) {
		return shut
	}
	return Interval{From: l.From, Until: l.Until}
}

// TalkGroup is the department whose hours, language and people stand behind a place that links lead to; empty for the office.
func (s *Snapshot) TalkGroup(to Destination, at time.Time) GroupID {
	switch to.Kind {
	case ToGroup:
		return GroupID(to.ID)
	case ToRing:
		if g := s.Rings[RingID(to.ID)]; g != nil {
			return g.Group
		}
	case ToQueue:
		if q := s.Queues[QueueID(to.ID)]; q != nil {
			return q.Group
		}
	case ToMenu:
		if m := s.Menus[MenuID(to.ID)]; m != nil {
			return m.Group
		}
	case ToRoom:
		if r := s.Rooms[RoomID(to.ID)]; r != nil {
			return r.Group
		}
	case ToUser:
		if m := s.MainMembership(UserID(to.ID), at); m != nil {
			return m.Group
		}
	case ToMailbox:
		if s.Groups[GroupID(to.ID)] != nil {
			return GroupID(to.ID)
		}
		if m := s.MainMembership(UserID(to.ID), at); m != nil {
			return m.Group
		}
	}
	return ""
}

// TalkHours are the hours that guard a link: of the person it leads to, else of the department, else of the office.
func (s *Snapshot) TalkHours(l *TalkLink, at time.Time) Kept {
	id := OfficeHours
	if l.To.Kind == ToUser {
		id = HoursID(l.To.ID)
	} else if g := s.TalkGroup(l.To, at); g != "" {
		id = HoursID(g)
	}
	return s.KeptBy(id, at)
}

// IsTalkTarget reports whether a link may lead to places of a kind: everything inside that answers (C-7).
func IsTalkTarget(k DestinationKind) bool {
	return slices.Contains([]DestinationKind{ToUser, ToGroup, ToRing, ToQueue, ToMenu, ToRoom, ToMailbox}, k)
}

// reserved are ends of addresses that would be mistaken for a part of the house or for somebody in charge (PL-05).
var reserved = []string{"admin", "administrator", "api", "account", "assets", "billing", "board", "boss", "ceo", "chief", "director", "guest", "help", "helpdesk", "host", "index", "it",
	"login", "logout", "management", "me", "meet", "moderator", "new", "null", "office", "official", "operator", "owner", "password", "police", "president", "root", "security", "settings",
	"shared", "signin", "signup", "sip", "staff", "support", "sysadmin", "system", "talk", "tandem", "test", "undefined", "user", "v1", "visitor", "webmaster", "www"}

// Lookalike is what a name looks like at a glance: two names with the same one are easily taken for each other.
func Lookalike(slug string) string {
	return strings.NewReplacer("-", "", ".", "", "rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "5", "s").Replace(slug)
}

// CheckSlug refuses what cannot end an address: other letters than a to z, digits, hyphens and dots, names that are too short or long, and names that belong to the house.
func CheckSlug(slug string) error {
	if n := len(slug); n < minTalkSlug || n > maxTalkSlug {
		return Refuse(Invalid, "slug", "talk.slug_length", "least", strconv.Itoa(minTalkSlug), "most", strconv.Itoa(maxTalkSlug))
	}
	for i, r := range slug {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !letter && (r != '-' && r != '.' || i == 0 || i == len(slug)-1 || slug[i-1] == '-' || slug[i-1] == '.') {
			return Refuse(Invalid, "slug", "talk.slug_letters")
		}
	}
	if slices.ContainsFunc(reserved, func(r string) bool { return Lookalike(r) == Lookalike(slug) }) {
		return Refuse(Invalid, "slug", "talk.slug_reserved", "slug", slug)
	}
	return nil
}

// FreeSlug refuses a name that another link has, or one that is easily taken for it.
func (s *Snapshot) FreeSlug(slug string, self TalkLinkID) error {
	for _, l := range s.TalkLinks {
		switch {
		case l.ID == self || l.Slug == "":
		case l.Slug == slug:
			return Refuse(Conflict, "slug", "talk.slug_taken", "slug", slug)
		case Lookalike(l.Slug) == Lookalike(slug):
			return Refuse(Conflict, "slug", "talk.slug_alike", "slug", slug)
		}
	}
	return nil
}

func (s *Snapshot) checkTalkLink(l *TalkLink) error {
	most, limits := mostTalk(), []struct {
		field     string
		own, most int
	}{{"per_addr", l.PerAddr, 0}, {"most", l.Most, 0}, {"daily", l.Daily, 0}, {"minutes", l.Minutes, 0}, {"longest", l.Longest, 0}}
	for i, m := range []int{most.PerAddr, most.Most, most.Daily, most.Minutes, most.Longest} {
		if n := limits[i]; n.own < 0 || n.own > m {
			return Refuse(Invalid, n.field, "talk.limit", "most", strconv.Itoa(m))
		}
	}
	if l.Keep < 0 || l.Keep > mostVisitKept {
		return Refuse(Invalid, "keep", "talk.keep", "most", strconv.Itoa(mostVisitKept))
	}
	if (l.Slug == "") == (l.Hash == "") {
		return Refuse(Invalid, "slug", "talk.slug_length", "least", strconv.Itoa(minTalkSlug), "most", strconv.Itoa(maxTalkSlug))
	}
	if l.Slug != "" {
		if err := first(CheckSlug(l.Slug), s.FreeSlug(l.Slug, l.ID)); err != nil {
			return err
		}
	}
	switch {
	case l.User != "" && (l.Group != "" || l.To != Destination{Kind: ToUser, ID: string(l.User)}):
		return Refuse(Invalid, "to", "talk.personal")
	case l.User != "" && s.TalkOf(l.User) != nil && s.TalkOf(l.User).ID != l.ID:
		return Refuse(Conflict, "", "talk.personal_twice")
	case !IsTalkTarget(l.To.Kind):
		return Refuse(Invalid, "to", "talk.target")
	case !l.Until.IsZero() && !l.Until.After(l.From):
		return Refuse(Invalid, "until", "talk.until")
	case len(l.Origins) > maxTalkOrigins:
		return Refuse(Invalid, "origins", "talk.origins_many", "most", strconv.Itoa(maxTalkOrigins))
	}
	for _, o := range l.Origins {
		if !isOrigin(o) {
			return Refuse(Invalid, "origins", "talk.origin", "value", o)
		}
	}
	if l.User != "" {
		if err := s.hasUser(l.User); err != nil {
			return err
		}
	}
	if l.Group != "" {
		if err := s.hasGroup("group", l.Group); err != nil {
			return err
		}
	}
	return first(CheckName("name", l.Name), checkDestination("to", l.To))
}

// isOrigin reports whether a text names a site as browsers do: scheme and host, perhaps a port, nothing behind. What is not encrypted is only a machine's own (PL-09).
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > 200 || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || text != u.Scheme+"://"+u.Host {
		return false
	}
	for _, r := range u.Host {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-.:[]", r) {
			return false
		}
	}
	addr, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}

// VisitorName is what is left of a name that a visitor typed: one short line of letters with what belongs between them. Nothing in it turns the text around, hides what
// stands behind, or looks like a number or like a mark of the house; without a letter it is empty (PL-10, G-8).
func VisitorName(typed string) string {
	const most = 40
	var out []rune
	letter, marks := false, 0
	for _, r := range typed {
		switch {
		case unicode.IsLetter(r):
			letter, marks = true, 0
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r):
			if marks++; len(out) == 0 || marks > 2 {
				continue
			}
		case unicode.IsDigit(r) && r < 128, r == '\'', r == '’', r == '-', r == '.', r == ',', r == '&':
			marks = 0
		case unicode.IsSpace(r):
			if len(out) == 0 || out[len(out)-1] == ' ' {
				continue
			}
			r, marks = ' ', 0
		default:
			continue
		}
		if out = append(out, r); len(out) == most {
			break
		}
	}
	if !letter {
		return ""
	}
	return strings.TrimSpace(string(out))
}
