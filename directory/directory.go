// Package directory holds the truth of this moment: one snapshot of the configuration and one presence.
//
// It decides nothing and writes nothing down; packages command and store do.
package directory

import (
	"sync"
	"sync/atomic"

	"tandem/pbx"
)

// Directory is read by everybody who decides, without waiting, and written by the few who know better. It is safe for
// use by many goroutines; reading costs two atomic loads.
type Directory struct {
	config atomic.Pointer[pbx.Snapshot]
	live   atomic.Pointer[pbx.Presence]

	mu       sync.Mutex // held by writers, never while a watcher runs
	configs  watchers[step]
	presence watchers[Moved]
}

// step is the change of the configuration from one version to a later one.
type step struct{ old, new *pbx.Snapshot }

// New makes a directory that begins with a snapshot and nobody present.
func New(s *pbx.Snapshot) *Directory {
	d := &Directory{}
	d.config.Store(s)
	d.live.Store(&pbx.Presence{})
	return d
}

// View is the configuration and the presence of this moment. Neither will ever change.
func (d *Directory) View() (*pbx.Snapshot, *pbx.Presence) { return d.config.Load(), d.live.Load() }

// Set makes a newer snapshot the truth. An older one, or the same version again, is passed over: two who commit at the
// same time may call Set in either order. The watchers were told when Set returns, unless another goroutine is just
// telling them an earlier step; then that goroutine goes on with this one.
func (d *Directory) Set(next *pbx.Snapshot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.config.Load()
	if next.Version <= old.Version {
		return
	}
	d.config.Store(next)
	d.configs.show(&d.mu, step{old, next})
}

// Watch calls tell after each change of the configuration, in order and one at a time. It must not wait for long, because
// it holds up the next step, though no reader; it may look into the directory, change it, and watch. After stop no call begins.
func (d *Directory) Watch(tell func(old, new *pbx.Snapshot)) (stop func()) {
	return d.configs.add(&d.mu, func(s step) { tell(s.old, s.new) })
}

// watchers calls functions with values in the order in which they were shown.
type watchers[V any] struct {
	list  []*watcher[V]
	queue []V
	busy  bool
}

type watcher[V any] struct {
	tell    func(V)
	stopped atomic.Bool
}

func (w *watchers[V]) add(mu *sync.Mutex, tell func(V)) (stop func()) {
	one := &watcher[V]{tell: tell}
	mu.Lock()
	defer mu.Unlock()
	w.list = append(w.list[:len(w.list):len(w.list)], one)
	return func() {
		one.stopped.Store(true)
		mu.Lock()
		defer mu.Unlock()
		var rest []*watcher[V]
		for _, o := range w.list {
			if o != one {
				rest = append(rest, o)
			}
		}
		w.list = rest
	}
}

// show is called with the lock held, and gives it up while watchers run.
func (w *watchers[V]) show(mu *sync.Mutex, v V) {
	w.queue = append(w.queue, v)
	if w.busy {
		return
	}
	w.busy = true
	defer func() { w.busy, w.queue = false, nil }()
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.call(mu, w.list, next)
	}
}

func (w *watchers[V]) call(mu *sync.Mutex, list []*watcher[V], v V) {
	mu.Unlock()
	defer mu.Lock()
	for _, one := range list {
		if !one.stopped.Load() {
			one.tell(v)
		}
	}
}
