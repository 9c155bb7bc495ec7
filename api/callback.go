package api

import (
	"context"
	"slices"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// callbacksShown is how many places of a queue its page shows, and how long it tells what became of them.
const (
	callbacksShown = 200
	callbacksAfter = 7 * 24 * time.Hour
)

// Callback is a place in a queue that is kept for somebody who wants to be called back, or what became of it.
type Callback struct {
	ID     pbx.CallID        `json:"id" doc:"of the call in which it was asked for"`
	From   Party             `json:"from"`
	State  pbx.CallbackState `json:"state" enum:"waits,done,gave_up,expired,refused,again,dropped"`
	Since  time.Time         `json:"since" doc:"when the caller came into the queue"`
	Asked  time.Time         `json:"asked"`
	Until  time.Time         `json:"until" doc:"how long the place is kept"`
	Next   time.Time         `json:"next,omitzero" doc:"nobody is called before"`
	Tries  int               `json:"tries" doc:"that reached nobody"`
	Ended  time.Time         `json:"ended,omitzero"`
	Agent  *Party            `json:"agent,omitempty" doc:"who called last"`
	Call   pbx.CallID        `json:"call,omitempty" doc:"… in which call"`
	Reason string            `json:"reason,omitempty" doc:"why the last try failed, or the call may not be"`
}

// calledBack is somebody who wants to be called back, as the visitor may see him.
func (v *visit) calledBack(q *pbx.Queue, c pbx.Callback, somebody string) (Party, *veil) {
	var users []pbx.UserID
	if c.From.User != "" {
		users = append(users, c.From.User)
	}
	groups := []pbx.GroupID{q.Group}
	t, right := policy.Call(&pbx.LiveCall{ID: c.ID, Users: users, Groups: groups, Started: c.Since}), policy.CallSee // he waits still
	if c.State != "" && c.State != pbx.CallbackWaits {
		if c.Agent.User != "" {
			users = append(users, c.Agent.User)
		}
		t, right = policy.Record(c.ID, users, groups, c.Since), policy.CallDetail
	}
	veil := v.veil(t)
	if !v.can(right, t) {
		return Party{Name: somebody, Hidden: true}, veil
	}
	return veil.party(c.From, somebody), veil
}

func (s *Server) showCallback(v *visit, q *pbx.Queue, c pbx.Callback) Callback {
	somebody := s.say(v, i18n.T("call.somebody"))
	out := Callback{ID: c.ID, State: c.State, Since: c.Since, Asked: c.Asked, Until: c.Until, Next: c.Next, Tries: c.Tries, Ended: c.Ended}
	var veil *veil
	out.From, veil = v.calledBack(q, c, somebody)
	if c.Agent != (pbx.Party{}) {
		agent := veil.party(c.Agent, somebody)
		out.Agent = &agent
	}
	if out.From.Hidden {
		return out
	}
	out.Call = c.Call
	if c.Reason.Key != "" {
		out.Reason = s.say(v, veil.text(c.Reason))
	}
	return out
}

// listCallbacks shows who is to be called back, and what became of those of the last week.
func (s *Server) listCallbacks(ctx context.Context, v *visit, in *queueIn) (Page[Callback], error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.seesQueue(q) {
		return Page[Callback]{}, missing()
	}
	rows, err := s.c.Store.CallbacksSince(ctx, q.ID, s.c.Now().Add(-callbacksAfter), callbacksShown)
	page := Page[Callback]{Items: make([]Callback, 0, len(rows)), Total: len(rows)}
	for _, c := range rows {
		page.Items = append(page.Items, s.showCallback(v, q, c))
	}
	return page, err
}

type callbackIn struct {
	Queue    string `path:"queue"`
	Callback string `path:"callback"`
}

// deleteCallback takes somebody out who is to be called back.
func (s *Server) deleteCallback(ctx context.Context, v *visit, in *callbackIn) error {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return missing()
	}
	open, err := s.c.Store.Callbacks(ctx, q.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(open, func(c pbx.Callback) bool { return string(c.ID) == in.Callback }) {
		return missing()
	}
	return s.c.Calls.DropCallback(ctx, v.who, q.ID, pbx.CallID(in.Callback))
}
