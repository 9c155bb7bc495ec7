package api

import (
	"context"
	"strings"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Queue is where callers wait for an agent. Name and extension are the phone book; everything else is for who may change it.
type Queue struct {
	ID        pbx.QueueID  `json:"id"`
	Name      string       `json:"name"`
	Extension string       `json:"extension"`
	Group     pbx.GroupID  `json:"group,omitempty"`
	GroupName string       `json:"group_name,omitempty"`
	Strategy  pbx.Strategy `json:"strategy,omitempty" enum:"all,hunt,hunt3,first3,next,random,idle,least_talk,fewest,skill_all,skill_random,skill_next,skill_fewest"`
	Agents    []QueueAgent `json:"agents,omitempty" doc:"in the order of the hunt"`
	Ring      int          `json:"ring,omitempty" doc:"seconds that a call rings at an agent"`
	WrapUp    int          `json:"wrap_up,omitempty" doc:"seconds that an agent has to himself after a call"`
	MaxWait   int          `json:"max_wait,omitempty" doc:"seconds; 0: as long as it takes"`
	MaxCalls  int          `json:"max_calls,omitempty" doc:"how many may wait; 0: as many as come"`
	Late      int          `json:"late,omitempty" doc:"seconds; who waits longer was not served in time"`
	Misses    int          `json:"misses,omitempty" doc:"so many calls missed in a row take an agent out; 0: none do"`
	Every     int          `json:"every,omitempty" doc:"seconds between announcements of the position; 0: none"`
	Tell      bool         `json:"tell,omitempty" doc:"the expected wait is announced too"`
	Callback  bool         `json:"callback,omitempty" doc:"who waits may press 1, hang up and be called back"`
	Tries     int          `json:"tries,omitempty" doc:"how often somebody is called back"`
	Pause     int          `json:"pause,omitempty" doc:"seconds between two tries"`
	Keep      int          `json:"keep,omitempty" doc:"seconds that a place is kept for a call back"`
	Payer     *Named       `json:"payer,omitempty" doc:"in whose name and at whose expense numbers outside are called back; absent: colleagues only"`
	Music     *Music       `json:"music,omitempty" doc:"what callers hear while they wait; absent: ringing"`
	Full      *Place       `json:"full,omitempty" doc:"where calls go that waited too long or found the queue full"`
	Nobody    *Place       `json:"nobody,omitempty" doc:"where calls go while no agent is in"`
	Escalate  int          `json:"escalate,omitempty" doc:"seconds; who waits so long is offered to the heads of the department too"`
	Important []string     `json:"important,omitempty" doc:"numbers, or their beginnings and a star, whose callers are served first"`
	Notify    []Named      `json:"notify,omitempty" doc:"who is told when such a caller comes, or somebody waits too long"`
	Revision  string       `json:"revision,omitempty"`
	Edit      bool         `json:"edit"`
	Live      bool         `json:"live" doc:"the visitor may see callers, agents and figures"`
}

// QueueAgent is a person who serves a queue.
type QueueAgent struct {
	ID    pbx.UserID `json:"id"`
	Name  string     `json:"name,omitempty" doc:"not read"`
	Skill int        `json:"skill,omitempty" doc:"a lower number is better and asked first"`
}

func (v *visit) editsQueue(q *pbx.Queue) bool {
	return q != nil && v.can(policy.QueueEdit, command.QueueTarget(q.ID, q.Group))
}

func (v *visit) queue(q *pbx.Queue) Queue {
	out := Queue{ID: q.ID, Name: q.Name, Extension: q.Extension, Edit: v.editsQueue(q), Live: v.seesQueue(q)}
	if !out.Edit {
		return out
	}
	out.Group, out.Strategy, out.Ring, out.WrapUp, out.MaxWait, out.MaxCalls = q.Group, q.Strategy, q.Ring, q.WrapUp, q.MaxWait, q.MaxCalls
	out.Late, out.Misses, out.Every, out.Tell, out.Revision = q.Late, q.Misses, q.Every, q.Tell, command.Revision(q)
	if q.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(q.Group)})
	}
	for _, a := range q.Agents {
		row := QueueAgent{ID: a.User, Skill: a.Skill}
		if v.knows(a.User) {
			row.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(a.User)})
		}
		out.Agents = append(out.Agents, row)
	}
	out.Callback, out.Tries, out.Pause, out.Keep = q.Callback, q.Tries, q.Pause, q.Keep
	out.Music = music("/v1/queues/"+string(q.ID)+"/music", q.Music)
	if q.Payer != "" {
		out.Payer = &Named{Kind: pbx.KindUser, ID: string(q.Payer)}
		if v.knows(q.Payer) {
			out.Payer.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(q.Payer)})
		}
	}
	out.Escalate, out.Important = q.Escalate, q.Important
	for _, u := range q.Notify {
		row := Named{Kind: pbx.KindUser, ID: string(u)}
		if v.knows(u) {
			row.Name = v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(u)})
		}
		out.Notify = append(out.Notify, row)
	}
	full, nobody := v.place("", q.Full), v.place("", q.Nobody)
	out.Full, out.Nobody = &full, &nobody
	return out
}

type queuesIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,extension,-extension"`
}

// listQueues is the phone book of queues.
func (s *Server) listQueues(_ context.Context, v *visit, in *queuesIn) (Page[Queue], error) {
	var rows []*pbx.Queue
	for _, q := range v.s.Queues {
		if matches(in.Q, q.Name, q.Extension) {
			rows = append(rows, q)
		}
	}
	key := func(q *pbx.Queue) string {
		if strings.HasSuffix(in.Sort, "extension") {
			return byNumber(q.Extension)
		}
		return strings.ToLower(q.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(q *pbx.Queue) string { return string(q.ID) })
	page := Page[Queue]{Items: make([]Queue, 0, len(part)), Next: next, Total: len(rows)}
	for _, q := range part {
		page.Items = append(page.Items, v.queue(q))
	}
	return page, err
}

type queueIn struct {
	Queue string `path:"queue"`
}

func (s *Server) getQueue(_ context.Context, v *visit, in *queueIn) (Queue, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return Queue{}, missing()
	}
	return v.queue(q), nil
}

type queueBody struct {
	Name      *string       `json:"name,omitempty"`
	Extension *string       `json:"extension,omitempty" doc:"absent for a new one takes the next free number, empty gives none"`
	Group     *string       `json:"group,omitempty" doc:"department it belongs to; empty for the office"`
	Strategy  *string       `json:"strategy,omitempty" enum:"all,hunt,hunt3,first3,next,random,idle,least_talk,fewest,skill_all,skill_random,skill_next,skill_fewest"`
	Agents    *[]QueueAgent `json:"agents,omitempty" doc:"in the order of the hunt"`
	Ring      *int          `json:"ring,omitempty" doc:"seconds"`
	WrapUp    *int          `json:"wrap_up,omitempty" doc:"seconds"`
	MaxWait   *int          `json:"max_wait,omitempty" doc:"seconds"`
	MaxCalls  *int          `json:"max_calls,omitempty"`
	Late      *int          `json:"late,omitempty" doc:"seconds"`
	Misses    *int          `json:"misses,omitempty"`
	Every     *int          `json:"every,omitempty" doc:"seconds"`
	Tell      *bool         `json:"tell,omitempty"`
	Escalate  *int          `json:"escalate,omitempty" doc:"seconds"`
	Important *[]string     `json:"important,omitempty" nullable:"false"`
	Notify    *[]pbx.UserID `json:"notify,omitempty" nullable:"false"`
	Callback  *bool         `json:"callback,omitempty"`
	Tries     *int          `json:"tries,omitempty"`
	Pause     *int          `json:"pause,omitempty" doc:"seconds"`
	Keep      *int          `json:"keep,omitempty" doc:"seconds"`
	Payer     *pbx.UserID   `json:"payer,omitempty" doc:"needs forwarding.outside for this person; empty: colleagues only"`
	Full      *Place        `json:"full,omitempty"`
	Nobody    *Place        `json:"nobody,omitempty"`
	Revision  string        `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *queueBody) read() command.Queue {
	c := command.Queue{Name: b.Name, Extension: b.Extension, Ring: b.Ring, WrapUp: b.WrapUp, MaxWait: b.MaxWait, MaxCalls: b.MaxCalls, Late: b.Late,
		Misses: b.Misses, Every: b.Every, Tell: b.Tell, Escalate: b.Escalate, Callback: b.Callback, Tries: b.Tries, Pause: b.Pause, Keep: b.Keep, Payer: b.Payer, Important: b.Important, Notify: b.Notify}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	if b.Strategy != nil {
		strategy := pbx.Strategy(*b.Strategy)
		c.Strategy = &strategy
	}
	if b.Agents != nil {
		list := []pbx.QueueAgent{}
		for _, a := range *b.Agents {
			list = append(list, pbx.QueueAgent{User: a.ID, Skill: a.Skill})
		}
		c.Agents = &list
	}
	if b.Full != nil {
		to := b.Full.destination()
		c.Full = &to
	}
	if b.Nobody != nil {
		to := b.Nobody.destination()
		c.Nobody = &to
	}
	return c
}

type newQueue struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body queueBody
}

func (s *Server) createQueue(ctx context.Context, v *visit, in *newQueue) (Queue, error) {
	made, err := s.made(ctx, v, command.CreateQueue{Queue: in.Body.read()}, in.Dry)
	if err != nil {
		return Queue{}, err
	}
	return v.queue(v.s.Queues[pbx.QueueID(made.ID)]), nil
}

type editQueue struct {
	Queue string `path:"queue"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  queueBody
}

func (s *Server) patchQueue(ctx context.Context, v *visit, in *editQueue) (Queue, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return Queue{}, missing()
	}
	c := command.EditQueue{ID: q.ID, Queue: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindQueue, in.Queue, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Queue{}, err
	}
	return v.queue(v.s.Queues[q.ID]), nil
}

type deleteQueue struct {
	Queue string `path:"queue"`
	Dry   bool   `query:"dry" doc:"only say what would lead nowhere afterwards"`
}

func (s *Server) deleteQueue(ctx context.Context, v *visit, in *deleteQueue) (deletion, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return deletion{}, missing()
	}
	before := v.s
	if err := s.doOrTry(ctx, v, command.DeleteQueue{ID: q.ID}, in.Dry); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}
