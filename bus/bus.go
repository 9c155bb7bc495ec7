// Package bus carries facts to whoever listens in this process: at least once, in the order of the log.
//
// It does not keep them: a listener that falls behind reads what it missed from package store. Retries to the outside do
// not belong here; package outbox has them.
package bus

import (
	"context"
	"sync"

	"tandem/event"
)

// Bus carries the facts of one office.
type Bus interface {
	// Publish hands facts to all subscribers and does not wait for them.
	Publish(ctx context.Context, facts []event.Fact) error
	// Subscribe listens from now on, until Close or until it falls behind; depth is how many facts may wait, at least one.
	Subscribe(depth int) *Subscription
}

// Subscription is one listener with a bounded queue.
type Subscription struct {
	facts  chan event.Fact
	lagged chan struct{}
	once   sync.Once
	leave  func()
}

// Facts is the queue, in the order of the log. It is closed after Close, and after the subscription fell behind.
func (s *Subscription) Facts() <-chan event.Fact { return s.facts }

// Lagged is closed when facts were lost to this listener: the subscription is over. The listener subscribes anew and
// reads the log (store.Tenant.After) from the last place it knows, in this order, so that nothing falls between.
func (s *Subscription) Lagged() <-chan struct{} { return s.lagged }

// Close ends the subscription; it may be called more than once.
func (s *Subscription) Close() { s.once.Do(s.leave) }
