package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/i18n"
)

// RecordRuleID names a rule about recording: it is the id of the person, group or queue that it is about, or OfficeRule.
type RecordRuleID string

// OfficeRule is the rule for everybody without another one.
const OfficeRule RecordRuleID = "office"

// RecordRule says whether the calls of a person, a group, a queue or the office are recorded (BAR PR-01). A person without a rule has that of
// the main group, then of the groups above it, then of the office; without any nothing is recorded. Every field is inherited on its own.
type RecordRule struct {
	ID      RecordRuleID `json:"id"`
	Mode    RecordMode   `json:"mode,omitempty"`
	Outside bool         `json:"outside,omitempty"` // with a mode: only calls with somebody outside
	Notice  RecordNotice `json:"notice,omitempty"`
	Days    int          `json:"days,omitempty"` // after which a recording is deleted; 0 inherits, and in the end is UsualKeep
	Shown   RecordShown  `json:"shown,omitempty"`
	Why     RecordWhy    `json:"why,omitempty"`
	Pause   int          `json:"pause,omitempty"` // minutes after which a paused recording goes on by itself (PR-02); 0 inherits, and in the end is UsualPause
}

// RecordMode says when a conversation is recorded.
type RecordMode string

// The modes; the empty one is inherited. RecordNever beats every other of the people in a conversation, then the one that records more counts.
const (
	RecordNever  RecordMode = "never"
	RecordOff    RecordMode = "off"
	RecordDemand RecordMode = "demand" // when one who may wants it
	RecordAlways RecordMode = "always"
)

// RecordModes lists the modes, those that record more last.
func RecordModes() []RecordMode {
	return []RecordMode{RecordOff, RecordDemand, RecordAlways, RecordNever}
}

// RecordNotice says what the people in a conversation are told before a word of theirs is kept; the empty one is inherited, and in the end
// RecordTell. Of several the strictest counts, the last of RecordNotices.
type RecordNotice string

// The notices.
const (
	RecordSilent RecordNotice = "silent" // nothing: only where the law lets it be
	RecordTell   RecordNotice = "tell"   // a sentence
	RecordObject RecordNotice = "object" // a sentence, and 0 stops it and forgets what was kept
	RecordAsk    RecordNotice = "ask"    // nothing is kept until 1 is pressed
)

// RecordNotices lists them, the strictest last.
func RecordNotices() []RecordNotice {
	return []RecordNotice{RecordSilent, RecordTell, RecordObject, RecordAsk}
}

// RecordShown says whether the people who can be heard see who listened (N-15); the empty one is inherited, and in the end RecordOpen.
type RecordShown string

// Who sees who listened.
const (
	RecordOpen   RecordShown = "open"   // who can be heard, and who holds recording.history
	RecordClosed RecordShown = "closed" // only who holds recording.history
)

// RecordWhy says whether whoever listens to others has to say why; the empty one is inherited, and in the end WhyFree.
type RecordWhy string

// Whether a reason is asked for.
const (
	WhyFree  RecordWhy = "free"
	WhyAsked RecordWhy = "asked"
)

// How long recordings are kept, in days.
const (
	UsualKeep  = 90
	MaxKeep    = 3650
	KeepForBin = 30 // what was deleted can be taken back
)

// How long a recording may be paused, in minutes.
const (
	UsualPause = 10
	MaxPause   = 240
)

// RecordingID names a recording; its sound has the same name.
type RecordingID string

// Recording is what was kept of one conversation. It is complete in itself: names and groups are those of its time.
type Recording struct {
	ID      RecordingID      `json:"id"`
	Call    CallID           `json:"call"`
	Started time.Time        `json:"started"`          // of the recording
	Began   time.Time        `json:"began"`            // of the call
	Length  time.Duration    `json:"length,omitempty"` // in nanoseconds; zero while it runs
	Running bool             `json:"running,omitempty"`
	From    Party            `json:"from"`
	To      Party            `json:"to"`
	Voices  []RecordingVoice `json:"voices"`           // people inside who can be heard
	Groups  []GroupID        `json:"groups,omitempty"` // owners of queues, menus and ring groups the call passed
	Mode    RecordMode       `json:"mode"`
	Going   bool             `json:"going,omitempty"` // it is being deleted for good: nobody can hold it any more
	Rule    RecordRuleID     `json:"rule,omitempty"`  // because of which it was made
	Notice  RecordNotice     `json:"notice"`
	Consent []Consent        `json:"consent,omitempty"` // who was told what, and what he answered (PR-03)
	Pauses  []Interval       `json:"pauses,omitempty"`
	By      Party            `json:"by,omitzero"`      // who wanted it, where somebody did
	Expires time.Time        `json:"expires,omitzero"` // when it is deleted by itself
	Hold    bool             `json:"hold,omitempty"`   // nobody deletes it, time neither (PR-05)
	Deleted time.Time        `json:"deleted,omitzero"` // it can be taken back for KeepForBin days
	Room    RoomID           `json:"room,omitempty"`   // of a conference; To is the room then, and Call that of the first who was kept
	Host    UserID           `json:"host,omitempty"`   // … by whose group is decided how much of it its guests hear (D-040)
	Calls   []CallID         `json:"calls,omitempty"`  // … by which people took part
}

// Ref names the recording, for facts about it.
func (r *Recording) Ref() Ref { return Ref{KindRecording, string(r.ID)} }

// RecordingKind says how a recording came to be, as lists are narrowed to it.
type RecordingKind string

// The kinds.
const (
	RecordedAlways   RecordingKind = "always"
	RecordedOnDemand RecordingKind = "demand"
	RecordedRoom     RecordingKind = "room" // of a conference
)

// Kind is how the recording came to be.
func (r *Recording) Kind() RecordingKind {
	switch {
	case r.Room != "":
		return RecordedRoom
	case r.Mode == RecordAlways:
		return RecordedAlways
	}
	return RecordedOnDemand
}

// RecordingDirection says where a recorded conversation came from, as the office sees it.
type RecordingDirection string

// The directions.
const (
	RecordedIn       RecordingDirection = "in"
	RecordedOut      RecordingDirection = "out"
	RecordedInternal RecordingDirection = "internal"
)

// Direction is where the conversation came from; conferences are internal.
func (r *Recording) Direction() RecordingDirection {
	switch {
	case r.Room != "":
	case r.From.User == "" && r.From.Number != "":
		return RecordedIn
	case r.To.User == "" && IsOutside(r.To.Number):
		return RecordedOut
	}
	return RecordedInternal
}

// RecordingVoice is one person inside who can be heard, and when.
type RecordingVoice struct {
	User  UserID    `json:"user"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Consent is what one party was told before his words were kept, and what he answered.
type Consent struct {
	Party    Party         `json:"party"`
	At       time.Time     `json:"at"`
	Text     string        `json:"text,omitempty"` // key of the sentence …
	Language string        `json:"language,omitempty"`
	Version  string        `json:"version,omitempty"` // … and the mark of how it read
	Answer   ConsentAnswer `json:"answer,omitempty"`
}

// ConsentAnswer is what somebody said to being recorded.
type ConsentAnswer string

// The answers; none is that he went on talking.
const (
	ConsentNone    ConsentAnswer = ""
	ConsentAgreed  ConsentAnswer = "agreed"
	ConsentRefused ConsentAnswer = "refused"
)

// RecordRuleOf is the rule that counts for a person, group, queue or the office, with everything that is inherited filled in, and for each
// field the rule it comes from.
func (s *Snapshot) RecordRuleOf(id RecordRuleID, at time.Time) (rule RecordRule, mode RecordRuleID) {
	rule.ID = id
	for _, from := range s.recordLine(id, at) {
		r := s.RecordRules[from]
		if r == nil {
			continue
		}
		if rule.Mode == "" && r.Mode != "" {
			rule.Mode, rule.Outside, mode = r.Mode, r.Outside, from
		}
		if rule.Notice == "" {
			rule.Notice = r.Notice
		}
		if rule.Days == 0 {
			rule.Days = r.Days
		}
		if rule.Shown == "" {
			rule.Shown = r.Shown
		}
		if rule.Why == "" {
			rule.Why = r.Why
		}
		if rule.Pause == 0 {
			rule.Pause = r.Pause
		}
	}
	if rule.Mode == "" {
		rule.Mode, mode = RecordOff, OfficeRule
	}
	if rule.Notice == "" {
		rule.Notice = RecordTell
	}
	if rule.Days == 0 {
		rule.Days = UsualKeep
	}
	if rule.Shown == "" {
		rule.Shown = RecordOpen
	}
	if rule.Why == "" {
		rule.Why = WhyFree
	}
	if rule.Pause == 0 {
		rule.Pause = UsualPause
	}
	return rule, mode
}

// recordLine lists whose rules are looked at, the nearest first.
func (s *Snapshot) recordLine(id RecordRuleID, at time.Time) []RecordRuleID {
	line := []RecordRuleID{id}
	group := GroupID("")
	switch {
	case s.Users[UserID(id)] != nil:
		if m := s.MainMembership(UserID(id), at); m != nil {
			group = m.Group
			line = append(line, RecordRuleID(group))
		}
	case s.Queues[QueueID(id)] != nil:
		group = s.Queues[QueueID(id)].Group
		line = append(line, RecordRuleID(group))
	default:
		group = GroupID(id)
	}
	for n := 0; n < len(s.Groups); n++ {
		g := s.Groups[group]
		if g == nil || g.Parent == "" {
			break
		}
		group = g.Parent
		line = append(line, RecordRuleID(group))
	}
	if id != OfficeRule {
		line = append(line, OfficeRule)
	}
	return line
}

// recordRules are those that mean nothing without whom they are about.
func (s *Snapshot) recordRules(id string) []Ref {
	if r := s.RecordRules[RecordRuleID(id)]; r != nil {
		return []Ref{r.Ref()}
	}
	return nil
}

func (s *Snapshot) checkRecordRule(r *RecordRule) error {
	switch {
	case r.ID == OfficeRule:
	case strings.HasPrefix(string(r.ID), "grp_"):
		if err := s.hasGroup("", GroupID(r.ID)); err != nil {
			return err
		}
	case strings.HasPrefix(string(r.ID), "que_"):
		if s.Queues[QueueID(r.ID)] == nil {
			return &Error{Code: NotFound, Text: i18n.T("recording.queue_gone")}
		}
	default:
		if err := s.hasUser(UserID(r.ID)); err != nil {
			return err
		}
	}
	if r.Mode != "" && !slices.Contains(RecordModes(), r.Mode) {
		return Refuse(Invalid, "mode", "recording.mode_unknown", "value", string(r.Mode))
	}
	if r.Notice != "" && !slices.Contains(RecordNotices(), r.Notice) {
		return Refuse(Invalid, "notice", "recording.notice_unknown", "value", string(r.Notice))
	}
	if r.Shown != "" && r.Shown != RecordOpen && r.Shown != RecordClosed {
		return Refuse(Invalid, "shown", "recording.shown_unknown", "value", string(r.Shown))
	}
	if r.Why != "" && r.Why != WhyFree && r.Why != WhyAsked {
		return Refuse(Invalid, "why", "recording.why_unknown", "value", string(r.Why))
	}
	if r.Days < 0 || r.Days > MaxKeep {
		return Refuse(Invalid, "days", "recording.days_range", "most", strconv.Itoa(MaxKeep))
	}
	if r.Pause < 0 || r.Pause > MaxPause {
		return Refuse(Invalid, "pause", "recording.pause_range", "most", strconv.Itoa(MaxPause))
	}
	return nil
}
