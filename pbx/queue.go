package pbx

import "time"

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
	Greeting  string       `json:"greeting,omitempty"`
	Music     string       `json:"music,omitempty"`
	Full      Destination  `json:"full"`   // where calls go that waited too long, or found the queue full
	Nobody    Destination  `json:"nobody"` // where calls go while no agent is in; nowhere: they wait
	Created   time.Time    `json:"created"`
}

// QueueAgent is a person who serves a queue. A lower skill number is better and asked first.
type QueueAgent struct {
	User  UserID `json:"user"`
	Skill int    `json:"skill,omitempty"`
}
