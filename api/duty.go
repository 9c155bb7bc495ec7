package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// LiveQueue is a queue at work.
type LiveQueue struct {
	ID        pbx.QueueID  `json:"id"`
	Name      string       `json:"name"`
	Extension string       `json:"extension"`
	Late      int          `json:"late,omitempty" doc:"seconds; who waits longer is not served in time"`
	At        time.Time    `json:"at" doc:"when it was like this"`
	Waiting   []LiveWaiter `json:"waiting" nullable:"false" doc:"in the order in which they are served"`
	Agents    []LiveAgent  `json:"agents" nullable:"false"`
	Day       QueueDay     `json:"day"`
	Edit      bool         `json:"edit"`
}

// LiveWaiter is a caller who waits.
type LiveWaiter struct {
	Call      pbx.CallID `json:"call"`
	From      Party      `json:"from"`
	Since     time.Time  `json:"since"`
	Important bool       `json:"important,omitempty"`
	Rings     bool       `json:"rings,omitempty" doc:"at an agent"`
	Callback  bool       `json:"callback,omitempty" doc:"has hung up and wants to be called back"`
	Tries     int        `json:"tries,omitempty" doc:"… that reached nobody"`
	Next      time.Time  `json:"next,omitzero" doc:"… and is not called before"`
}

// LiveAgent is what somebody who serves the queue does.
type LiveAgent struct {
	ID       pbx.UserID `json:"id"`
	Name     string     `json:"name,omitempty"`
	Duty     string     `json:"duty" enum:"out,free,away,asked,talking,wrapping"`
	Reason   string     `json:"reason,omitempty" enum:",suspended,logged_out,break,status,offline,in_call,elsewhere" doc:"of out and away"`
	Pause    string     `json:"pause,omitempty" doc:"why there is a break"`
	Since    time.Time  `json:"since"`
	Until    time.Time  `json:"until,omitzero" doc:"of wrapping"`
	Helper   bool       `json:"helper,omitempty" doc:"is offered only what waits too long"`
	Answered *int       `json:"answered,omitempty" doc:"today; absent where the works council lets only the agent see it"`
	Talked   *int       `json:"talked,omitempty" doc:"seconds today; as answered"`
	Control  bool       `json:"control" doc:"the visitor may log this agent in and out"`
}

// QueueDay counts the calls of a queue since midnight.
type QueueDay struct {
	Answered  int `json:"answered"`
	InTime    int `json:"in_time" doc:"of the answered"`
	Abandoned int `json:"abandoned"`
	Sent      int `json:"sent" doc:"to where calls go that nobody answers, or that found no place"`
	Waited    int `json:"waited" doc:"seconds, mean of the answered"`
	Longest   int `json:"longest" doc:"seconds, of the answered"`
}

// seesQueue reports whether the visitor may see callers, agents and figures of a queue.
func (v *visit) seesQueue(q *pbx.Queue) bool {
	return q != nil && v.can(policy.AgentData, command.QueueTarget(q.ID, q.Group))
}

func (s *Server) showQueue(v *visit, q *pbx.Queue, l *pbx.LiveQueue) LiveQueue {
	out := LiveQueue{ID: q.ID, Name: q.Name, Extension: q.Extension, Late: q.Late, At: l.At, Waiting: make([]LiveWaiter, 0, len(l.Waiting)),
		Agents: make([]LiveAgent, 0, len(l.Agents)), Edit: v.editsQueue(q)}
	somebody := s.say(v, i18n.T("call.somebody"))
	for _, w := range l.Waiting {
		row := LiveWaiter{Call: w.Call, Since: w.Since, Important: w.Important, Rings: w.Rings, Callback: w.Callback, Tries: w.Tries, Next: w.Next}
		row.From = Party{Name: somebody}
		if w.Callback {
			row.From, _ = v.calledBack(q, pbx.Callback{ID: w.Call, From: w.From, Since: w.Since}, somebody)
		}
		if c := v.live.Call(w.Call); !w.Callback && c != nil && v.can(policy.CallSee, policy.Call(c)) {
			row.From = v.veil(policy.Call(c)).party(w.From, somebody)
		}
		out.Waiting = append(out.Waiting, row)
	}
	for _, a := range l.Agents {
		out.Agents = append(out.Agents, v.liveAgent(a))
	}
	d := l.Day
	out.Day = QueueDay{Answered: d.Answered, InTime: d.InTime, Abandoned: d.Abandoned, Sent: d.Sent, Longest: seconds(d.Longest)}
	if d.Answered > 0 {
		out.Day.Waited = seconds(d.Waited / time.Duration(d.Answered))
	}
	return out
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func (v *visit) liveAgent(a pbx.LiveAgent) LiveAgent {
	row := LiveAgent{ID: a.User, Duty: a.Duty, Reason: a.Reason, Since: a.Since, Until: a.Until, Helper: a.Helper, Control: v.controls(a.User)}
	if policy.Figures(v.s, v.who, a.User) {
		row.Answered, row.Talked = new(a.Answered), new(seconds(a.Talked))
	}
	if v.knows(a.User) {
		row.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(a.User)})
	}
	if d := v.s.Duties[a.User]; d != nil && a.Reason == "break" {
		row.Pause = d.Pause
	}
	return row
}

// controls reports whether the visitor may say what an agent does.
func (v *visit) controls(u pbx.UserID) bool {
	return v.can(policy.PresenceSet, policy.User(u)) || v.can(policy.AgentControl, policy.User(u))
}

func (s *Server) getLiveQueue(_ context.Context, v *visit, in *queueIn) (LiveQueue, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.seesQueue(q) {
		return LiveQueue{}, missing()
	}
	l := s.c.Calls.Queue(q.ID)
	if l == nil {
		return LiveQueue{}, missing()
	}
	return s.showQueue(v, q, l), nil
}

// Duty is what an agent does, queue by queue.
type Duty struct {
	User   pbx.UserID  `json:"user"`
	Name   string      `json:"name"`
	Pause  string      `json:"pause,omitempty" doc:"why there is a break"`
	Since  time.Time   `json:"since,omitzero" doc:"of the break or the last change"`
	Pauses []string    `json:"pauses" nullable:"false" doc:"reasons that are offered; any words will do"`
	Queues []QueueDuty `json:"queues" nullable:"false"`
	Edit   bool        `json:"edit"`
}

// QueueDuty is what an agent does for one queue.
type QueueDuty struct {
	ID        pbx.QueueID `json:"id"`
	Name      string      `json:"name"`
	Extension string      `json:"extension"`
	In        bool        `json:"in"`
	Agent     LiveAgent   `json:"agent"`
	Waiting   int         `json:"waiting" doc:"callers"`
	Longest   time.Time   `json:"longest,omitzero" doc:"since when the first of them waits"`
}

func (s *Server) duty(v *visit, u *pbx.User) Duty {
	out := Duty{User: u.ID, Name: u.Name, Pauses: pbx.Pauses(), Queues: []QueueDuty{}, Edit: v.controls(u.ID)}
	if d := v.s.Duties[u.ID]; d != nil {
		out.Pause, out.Since = d.Pause, d.Since
	}
	for _, q := range v.s.QueuesOf(u.ID) {
		row := QueueDuty{ID: q.ID, Name: q.Name, Extension: q.Extension, In: v.s.IsIn(u.ID, q.ID)}
		if l := s.c.Calls.Queue(q.ID); l != nil {
			row.Waiting = len(l.Waiting)
			for i, w := range l.Waiting {
				if i == 0 || w.Since.Before(row.Longest) {
					row.Longest = w.Since
				}
			}
			if i := slices.IndexFunc(l.Agents, func(a pbx.LiveAgent) bool { return a.User == u.ID }); i >= 0 {
				row.Agent = v.liveAgent(l.Agents[i])
			}
		}
		out.Queues = append(out.Queues, row)
	}
	slices.SortFunc(out.Queues, func(a, b QueueDuty) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out
}

func (s *Server) getDuty(_ context.Context, v *visit, in *userIn) (Duty, error) {
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil {
		return Duty{}, missing()
	}
	return s.duty(v, u), nil
}

type putDuty struct {
	User string `path:"user"`
	Dry  bool   `query:"dry" doc:"only say what it would be"`
	Body struct {
		In    []pbx.QueueID `json:"in,omitempty" nullable:"false" doc:"queues to log in to"`
		Out   []pbx.QueueID `json:"out,omitempty" nullable:"false" doc:"queues to log out of"`
		Pause *string       `json:"pause,omitempty" maxLength:"80" doc:"why; empty ends the break"`
	}
}

func (s *Server) putDuty(ctx context.Context, v *visit, in *putDuty) (Duty, error) {
	c := command.SetDuty{User: pbx.UserID(in.User), In: in.Body.In, Out: in.Body.Out, Pause: in.Body.Pause}
	if err := s.doOrTry(ctx, v, c, in.Dry); err != nil {
		return Duty{}, err
	}
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil {
		return Duty{}, missing()
	}
	return s.duty(v, u), nil
}

func (s *Server) readyDuty(ctx context.Context, v *visit, in *userIn) error {
	return s.c.Calls.Ready(ctx, v.who, pbx.UserID(in.User))
}

// queueMoved tells the viewer that callers or agents of a queue changed: whole to who may see it, and that there is something
// to fetch to its agents.
func (st *stream) queueMoved(l *pbx.LiveQueue) error {
	q := st.v.s.Queues[l.ID]
	switch {
	case q == nil:
		return nil
	case st.sees(policy.AgentData, command.QueueTarget(q.ID, q.Group)):
		return st.send("queue", 0, st.s.showQueue(st.v, q, l))
	case q.Serves(st.v.who.User):
		return st.send("changed", 0, changedThing{Kind: pbx.KindDuty, ID: string(st.v.who.User)})
	}
	return nil
}
