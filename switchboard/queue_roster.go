package switchboard

import (
	"slices"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/queue"
)

// roster says which queues people serve in one configuration; helpers too.
type roster struct {
	of     *pbx.Snapshot
	queues map[pbx.UserID][]pbx.QueueID
}

func (b *Board) serving(s *pbx.Snapshot) map[pbx.UserID][]pbx.QueueID {
	if r := b.roster.Load(); r != nil && r.of == s {
		return r.queues
	}
	r := &roster{of: s, queues: map[pbx.UserID][]pbx.QueueID{}}
	now := time.Now()
	for id, q := range s.Queues {
		for _, a := range q.Agents {
			r.queues[a.User] = append(r.queues[a.User], id)
		}
		for _, u := range helpers(s, q, now) {
			if !q.Serves(u) {
				r.queues[u] = append(r.queues[u], id)
			}
		}
	}
	b.roster.Store(r)
	return r.queues
}

// helpers are the heads of a queue's department, where it calls them when somebody waits too long (B-060).
func helpers(s *pbx.Snapshot, q *pbx.Queue, at time.Time) []pbx.UserID {
	if q.Escalate == 0 || q.Group == "" {
		return nil
	}
	return s.Heads(q.Group, at)
}

// claims says which queue has an agent: it rings him, has him in a call, or waits for him to write it down.
type claims struct {
	mu sync.Mutex
	by map[pbx.UserID]pbx.QueueID
}

func (c *claims) take(u pbx.UserID, q pbx.QueueID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if has, ok := c.by[u]; ok {
		return has == q
	}
	if c.by == nil {
		c.by = map[pbx.UserID]pbx.QueueID{}
	}
	c.by[u] = q
	return true
}

func (c *claims) free(u pbx.UserID, q pbx.QueueID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by[u] == q {
		delete(c.by, u)
	}
}

func (c *claims) elsewhere(u pbx.UserID, q pbx.QueueID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	has, ok := c.by[u]
	return ok && has != q
}

// claim tells other queues whom this one has, and gives back who is free of it.
func (h *hall) claim() {
	h.forget()
	for i := range h.state.Agents {
		a := &h.state.Agents[i]
		has := a.Duty == queue.Asked || a.Duty == queue.Talking || a.Duty == queue.Wrapping
		switch {
		case has && !h.claimed[a.User]:
			if h.b.claims.take(a.User, h.id) {
				h.claimed[a.User] = true
				h.b.lookBut(h.id, a.User)
			}
		case !has && h.claimed[a.User]:
			h.release(a.User)
		}
	}
	if len(h.claimed) == 0 {
		return
	}
	for u := range h.claimed {
		if !slices.ContainsFunc(h.state.Agents, func(a queue.Agent) bool { return a.User == u }) {
			h.release(u)
		}
	}
}

func (h *hall) release(u pbx.UserID) {
	delete(h.claimed, u)
	h.b.claims.free(u, h.id)
	h.b.lookBut(h.id, u)
}

// lookBut lets the other queues of somebody look at him.
func (b *Board) lookBut(q pbx.QueueID, u pbx.UserID) {
	s, _ := b.c.View()
	for _, other := range b.serving(s)[u] {
		if h, ok := b.halls.Load(other); ok && other != q {
			h.(*hall).put(note{look: true})
		}
	}
}
