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
	Days   int // how long it is kept; 0 when nothing is
}

// Recording decides it. The rule of everybody inside counts, and that of the queue: never beats all, then the one that records more. Of what
// is said before, the strictest counts, and of how long it is kept, the shortest, over all rules that would have it recorded.
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

func rank[T comparable](list []T, v T) int { return slices.Index(list, v) }
