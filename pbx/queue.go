package pbx

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Strategy is how a queue chooses who is offered a waiting call.
type Strategy string

// The strategies. Those with skill look at the best level first at which anybody is free.
const (
	ServeAll         Strategy = "all"        // everybody who is free
	ServeHunt        Strategy = "hunt"       // one after the other, always from the first
	ServeHuntThree   Strategy = "hunt3"      // three at a time, always from the first
	ServeFirstThree  Strategy = "first3"     // the first three who are free
	ServeNext        Strategy = "next"       // one after the other, from the one after who was offered last
	ServeRandom      Strategy = "random"     // anybody
	ServeIdle        Strategy = "idle"       // who has waited longest for a call
	ServeLeastTalk   Strategy = "least_talk" // who has talked least today
	ServeFewest      Strategy = "fewest"     // who has answered fewest calls today
	ServeSkillAll    Strategy = "skill_all"  // as all, by skill
	ServeSkillRandom Strategy = "skill_random"
	ServeSkillNext   Strategy = "skill_next"
	ServeSkillFewest Strategy = "skill_fewest"
)

// Strategies lists them in the order in which forms show them.
func Strategies() []Strategy {
	return []Strategy{ServeAll, ServeHunt, ServeHuntThree, ServeFirstThree, ServeNext, ServeRandom, ServeIdle, ServeLeastTalk, ServeFewest,
		ServeSkillAll, ServeSkillRandom, ServeSkillNext, ServeSkillFewest}
}

// Queue is where callers wait for one of several agents (X-060, B-059). It belongs to a group, whose hours, language and
// people count. All times are seconds.
type Queue struct {
	ID        QueueID      `json:"id"`
	Name      string       `json:"name"`
	Extension string       `json:"extension,omitempty"`
	Group     GroupID      `json:"group,omitempty"`
	Strategy  Strategy     `json:"strategy"`
	Agents    []QueueAgent `json:"agents,omitempty"` // in the order of the hunt
	Ring      int          `json:"ring"`             // how long an offered call rings at an agent
	WrapUp    int          `json:"wrap_up,omitempty"`
	MaxWait   int          `json:"max_wait,omitempty"` // 0: as long as it takes
	MaxCalls  int          `json:"max_calls,omitempty"`
	Late      int          `json:"late,omitempty"`     // who waits longer was not served in time (SLA); 0: no such mark
	Misses    int          `json:"misses,omitempty"`   // so many calls missed in a row take an agent out; 0: none do
	Every     int          `json:"every,omitempty"`    // between announcements of the position; 0: none
	Tell      bool         `json:"tell,omitempty"`     // the expected wait is announced too
	Callback  bool         `json:"callback,omitempty"` // a caller may hang up, keep his place and be called
	Tries     int          `json:"tries,omitempty"`    // … so often
	Pause     int          `json:"pause,omitempty"`    // … with so much between two tries
	Keep      int          `json:"keep,omitempty"`     // … unless it has taken longer than this
	Payer     UserID       `json:"payer,omitempty"`    // … at whose expense, by whose rights and limits, where that leads outside; nobody: colleagues only
	Greeting  string       `json:"greeting,omitempty"`
	Music     Sound        `json:"music,omitzero"`      // what callers hear while they wait; nothing: ringing
	Full      Destination  `json:"full"`                // where calls go that waited too long, or found the queue full
	Nobody    Destination  `json:"nobody"`              // where calls go while no agent is in; nowhere: they wait
	Escalate  int          `json:"escalate,omitempty"`  // who waits so long is offered to the heads of the department too; 0: never (B-060)
	Important []string     `json:"important,omitempty"` // numbers, or their beginnings and a star, whose callers are served first
	Notify    []UserID     `json:"notify,omitempty"`    // who is told when such a caller comes, or somebody waits too long (B-061)
	Created   time.Time    `json:"created"`
}

// QueueAgent is a person who serves a queue. A lower skill number is better and asked first.
type QueueAgent struct {
	User  UserID `json:"user"`
	Skill int    `json:"skill,omitempty"`
}

// Serves reports whether somebody is an agent of the queue.
func (q *Queue) Serves(u UserID) bool {
	return slices.ContainsFunc(q.Agents, func(a QueueAgent) bool { return a.User == u })
}

// IsImportant reports whether callers with a number are served first.
func (q *Queue) IsImportant(number string) bool {
	return slices.ContainsFunc(q.Important, func(pattern string) bool { return fitsNumber(pattern, number) })
}

// What a new queue begins with, in seconds: how long a call rings at an agent, and who waits longer was not served in time.
const (
	UsualOffer = 20
	UsualLate  = 60
)

// How callers are called back where nothing else is said: tries, and seconds.
const (
	BackTries = 3
	BackPause = 10 * 60
	BackKeep  = 24 * 60 * 60
)

// MaxCallbacks is how many places of people who want to be called back one queue keeps.
const MaxCallbacks = 200

// MaxAgents is how many people may serve one queue.
const MaxAgents = 500

// How many important numbers a queue may list, and how many people are told.
const (
	MaxImportant = 200
	MaxNotify    = 20
)

func (s *Snapshot) checkQueue(q *Queue) error {
	if !slices.Contains(Strategies(), q.Strategy) {
		return Refuse(Invalid, "strategy", "queue.strategy_unknown", "value", string(q.Strategy))
	}
	if q.Group != "" {
		if err := s.hasGroup("group", q.Group); err != nil {
			return err
		}
	}
	if len(q.Agents) > MaxAgents {
		return Refuse(Invalid, "agents", "queue.agents_many", "max", strconv.Itoa(MaxAgents))
	}
	for i, a := range q.Agents {
		if a.User == "" || slices.ContainsFunc(q.Agents[:i], func(o QueueAgent) bool { return o.User == a.User }) {
			return Refuse(Invalid, "agents", "queue.agent_twice")
		}
		if a.Skill < 0 || a.Skill > 99 {
			return Refuse(Invalid, "agents", "queue.skill_range")
		}
	}
	if len(q.Important) > MaxImportant {
		return Refuse(Invalid, "important", "queue.important_many", "max", strconv.Itoa(MaxImportant))
	}
	for _, number := range q.Important {
		if number == "" || strings.Trim(strings.TrimSuffix(number, "*"), "+0123456789*#") != "" || len(number) > 33 {
			return Refuse(Invalid, "important", "forwarding.number_pattern")
		}
	}
	if len(q.Notify) > MaxNotify {
		return Refuse(Invalid, "notify", "queue.notify_many", "max", strconv.Itoa(MaxNotify))
	}
	for _, n := range []struct {
		field       string
		value, most int
	}{{"ring", q.Ring, 600}, {"wrap_up", q.WrapUp, 3600}, {"max_wait", q.MaxWait, 4 * 3600}, {"max_calls", q.MaxCalls, 1000},
		{"late", q.Late, 3600}, {"misses", q.Misses, 100}, {"every", q.Every, 3600}, {"escalate", q.Escalate, 3600},
		{"tries", q.Tries, 10}, {"pause", q.Pause, 24 * 3600}, {"keep", q.Keep, 7 * 24 * 3600}} {
		if n.value < 0 || n.value > n.most {
			return Refuse(Invalid, n.field, "queue.range", "max", strconv.Itoa(n.most))
		}
	}
	if q.Callback && (q.Tries == 0 || q.Keep == 0) {
		return Refuse(Invalid, "tries", "queue.callback_never")
	}
	if q.Ring == 0 {
		return Refuse(Invalid, "ring", "queue.ring_missing")
	}
	return first(CheckName("name", q.Name), s.CheckExtension(q.Extension), checkLine("greeting", q.Greeting, 64),
		checkDestination("full", q.Full), checkDestination("nobody", q.Nobody))
}

// Leads lists where a queue sends calls on.
func (q *Queue) Leads(yield func(Lead) bool) {
	_ = yield(Lead{Owner: q.Ref(), Field: "full", To: q.Full}) && yield(Lead{Owner: q.Ref(), Field: "nobody", To: q.Nobody})
}
