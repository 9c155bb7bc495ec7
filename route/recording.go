package route

import (
	"slices"
	"time"

	"tandem/pbx"
)

// Conversation is who talks, and by which way the call came to him.
type Conversation struct {
	People  []pbx.UserID // inside
	Outside bool         // somebody outside talks too
	Queue   pbx.QueueID  // an agent of which answered; empty without one
	At      time.Time
}

// Recorded says whether a conversation is recorded, and what is said before (BAR PR-01).
type Recorded struct {
	Mode   pbx.RecordMode
	Rule   pbx.RecordRuleID // because of which
	Notice pbx.RecordNotice
	Days   int           // how long it is kept; 0 when nothing is
	Pause  time.Duration // how long it may be paused
}

// Recording decides it. The rule of everybody inside counts, and that of the queue: never beats all, then the one that records more. Of what
// is said before, the strictest counts, of how long it is kept, the shortest, and of how long it may be paused, the longest, over all rules that would
// have it recorded.
func Recording(s *pbx.Snapshot, c Conversation) Recorded {
	out := Recorded{Mode: pbx.RecordOff, Rule: pbx.OfficeRule, Notice: pbx.RecordSilent}
	take := func(id pbx.RecordRuleID) {
		r, from := s.RecordRuleOf(id, c.At)
		if r.Outside && !c.Outside {
			r.Mode = pbx.RecordOff
		}
		if rank(pbx.RecordModes(), r.Mode) > rank(pbx.RecordModes(), out.Mode) {
			out.Mode, out.Rule = r.Mode, from
		}
		if r.Mode != pbx.RecordDemand && r.Mode != pbx.RecordAlways {
			return
		}
		if rank(pbx.RecordNotices(), r.Notice) > rank(pbx.RecordNotices(), out.Notice) {
			out.Notice = r.Notice
		}
		if out.Days == 0 || r.Days < out.Days {
			out.Days = r.Days
		}
		out.Pause = max(out.Pause, minutes(r.Pause))
	}
	for _, u := range c.People {
		if s.Users[u] != nil {
			take(pbx.RecordRuleID(u))
		}
	}
	if s.Queues[c.Queue] != nil {
		take(pbx.RecordRuleID(c.Queue))
	}
	return out
}

// RoomRecording decides whether a conference in a room may be recorded, or is by itself: as the rule of its group has it, or that of the office.
func RoomRecording(s *pbx.Snapshot, room *pbx.Room, outside bool, at time.Time) Recorded {
	about := pbx.OfficeRule
	if room.Group != "" {
		about = pbx.RecordRuleID(room.Group)
	}
	r, from := s.RecordRuleOf(about, at)
	if r.Outside && !outside {
		r.Mode = pbx.RecordOff
	}
	return Recorded{Mode: r.Mode, Rule: from, Notice: r.Notice, Days: r.Days, Pause: minutes(r.Pause)}
}

// GuestRecording decides how the rule of somebody in a recorded room changes that for him: never keeps him out of it, a stricter notice is what he hears, and a
// shorter time is how long all of it is kept. Somebody outside has no rule of his own.
func GuestRecording(s *pbx.Snapshot, room Recorded, u pbx.UserID, at time.Time) Recorded {
	if s.Users[u] == nil {
		return room
	}
	r, _ := s.RecordRuleOf(pbx.RecordRuleID(u), at)
	switch r.Mode {
	case pbx.RecordNever:
		room.Mode = pbx.RecordNever
	case pbx.RecordDemand, pbx.RecordAlways:
		if rank(pbx.RecordNotices(), r.Notice) > rank(pbx.RecordNotices(), room.Notice) {
			room.Notice = r.Notice
		}
		room.Days = min(room.Days, r.Days)
	}
	return room
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func rank[T comparable](list []T, v T) int { return slices.Index(list, v) }

// RecordingKind is one of the questions behind a recording that somebody misses.
type RecordingKind string

// The questions, in the order in which somebody who finds no recording should look (B-099). Whether he may hear one stands before them and is for
// package policy.
const (
	RecordingTalked RecordingKind = "talked" // somebody answered: there was something to keep
	RecordingWanted RecordingKind = "wanted" // a rule has such conversations recorded
	RecordingAgreed RecordingKind = "agreed" // nobody stopped it
	RecordingMade   RecordingKind = "made"   // it was active during the call
	RecordingKept   RecordingKind = "kept"   // it has not been deleted, and its time is not over
)

// Traces is what is known about a call whose recording somebody misses.
type Traces struct {
	Talked  bool
	Rule    pbx.RecordMode // by the rules of now
	Refused bool           // one who was asked did not want it
	Made    int            // recordings that were begun and kept
	Kept    int            // … and are there
}

// RecordingCheck is one question with its answer.
type RecordingCheck struct {
	Kind RecordingKind
	OK   bool
}

// RecordingChecks answers the questions. What was made was wanted, whatever the rules say now.
func RecordingChecks(t Traces) []RecordingCheck {
	return []RecordingCheck{
		{RecordingTalked, t.Talked},
		{RecordingWanted, t.Made > 0 || t.Rule == pbx.RecordAlways || t.Rule == pbx.RecordDemand},
		{RecordingAgreed, t.Made > 0 || !t.Refused},
		{RecordingMade, t.Made > 0},
		{RecordingKept, t.Kept > 0},
	}
}
