package officetest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"tandem/sip/stack"
)

// Watch is a subscription of a simulated phone. What it was told last stands in it, and each news is announced.
type Watch struct {
	phone *Phone
	event string

	mu   sync.Mutex
	seen string // the last document
	over string // why it ended; empty while it lives
	news chan struct{}
}

// Watch subscribes to an event of a resource, as a lamp key does (RFC 6665).
func (p *Phone) Watch(ctx context.Context, event, resource string) (*Watch, error) {
	w := &Watch{phone: p, event: event, news: make(chan struct{}, 1)}
	callID := stack.NewToken()
	p.x.mu.Lock()
	p.x.watches[callID] = w
	p.x.mu.Unlock()
	req := p.request(stack.MethodSubscribe, p.uri(resource), stack.NameAddr{URI: p.uri(resource)}, callID, 1)
	req.Add(stack.HeaderContact, "<"+p.contact()+">")
	req.Add(stack.HeaderExpires, "300")
	req.Add(stack.HeaderEvent, event)
	req.Add(stack.HeaderSupported, "eventlist")
	answer, err := p.ask(ctx, req)
	if err == nil && answer.Status != 200 {
		err = fmt.Errorf("watch %s: %d %s", resource, answer.Status, answer.Reason)
	}
	if err != nil {
		p.x.mu.Lock()
		delete(p.x.watches, callID)
		p.x.mu.Unlock()
		return nil, err
	}
	return w, nil
}

// Sees is the last document, and why the subscription ended if it has.
func (w *Watch) Sees() (document, over string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen, w.over
}

// News announces that there is another document; several in a row may be one.
func (w *Watch) News() <-chan struct{} { return w.news }

func (x *Exchange) notified(tx *stack.ServerTx) {
	req := tx.Request
	x.mu.Lock()
	w := x.watches[req.CallID()]
	x.mu.Unlock()
	if w == nil {
		p := x.phone(req.URI.User)
		if p == nil || p.Waiting == nil || req.Get(stack.HeaderEvent) != "message-summary" {
			tx.Respond(stack.NewResponse(req, 481, ""))
			return
		}
		tx.Respond(stack.NewResponse(req, 200, ""))
		p.Waiting(string(req.Body))
		return
	}
	tx.Respond(stack.NewResponse(req, 200, ""))
	state := req.Get(stack.HeaderSubscriptionState)
	w.mu.Lock()
	if len(req.Body) > 0 {
		w.seen = string(req.Body)
	}
	if reason, ended := strings.CutPrefix(state, "terminated;reason="); ended {
		w.over = reason
		x.mu.Lock()
		delete(x.watches, req.CallID())
		x.mu.Unlock()
	}
	w.mu.Unlock()
	select {
	case w.news <- struct{}{}:
	default:
	}
}
