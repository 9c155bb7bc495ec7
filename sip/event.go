package sip

import (
	"slices"
	"strings"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Package is an event package (RFC 6665 §7): a kind of state that phones may watch. The house plugs packages in by name; this room
// knows who subscribes, for how long and when to notify, and nothing of what is watched.
type Package struct {
	Type string // media type of its documents

	// Look renders what a watcher may see of a resource now; false when there is no such resource, or none for him – the two look alike.
	// It is asked before every notification, so that whoever loses a right loses the sight with the next one. It must not wait.
	Look func(Watcher, string) (View, bool)
}

// Watcher is the device that subscribes, and the name it calls this house by.
type Watcher struct {
	Device pbx.DeviceID
	User   pbx.UserID
	Host   string
}

// View is the state of a resource: one document, or several when the resource is a list of resources (RFC 4662).
type View struct {
	Keys     []string // what it depends on; Changed with one of them means that it has to be looked at again
	Document Document
	List     []Member // instead of Document; an empty list is one too when it is not nil
}

// Member is one resource of a list.
type Member struct {
	Resource string // user part of its address
	Name     string // as people call it
	Document Document
}

// Document is a body without the number of its version, which is counted for each subscription. Equal documents are not sent twice.
type Document struct {
	Body    []byte
	Version int // where the number belongs in Body; 0 for documents that carry none
}

// numbered is the body with its version.
func (d Document) numbered(version uint32) []byte {
	if d.Version == 0 {
		return d.Body
	}
	number := utoa(version)
	out := make([]byte, 0, len(d.Body)+len(number))
	out = append(out, d.Body[:d.Version]...)
	out = append(out, number...)
	return append(out, d.Body[d.Version:]...)
}

// SubscriptionLimits bounds what phones may watch. Zero fields take the defaults in brackets.
type SubscriptionLimits struct {
	PerDevice int           // [256]
	Total     int           // [32768]
	Min       time.Duration // shorter wishes are answered 423 [60 s]
	Default   time.Duration // when a phone names no time [10 min]
	Max       time.Duration // longer wishes are shortened: after a crash no lamp is wrong for longer than this [10 min]
}

func (l SubscriptionLimits) withDefaults() SubscriptionLimits {
	if l.PerDevice <= 0 {
		l.PerDevice = 256
	}
	if l.Total <= 0 {
		l.Total = 1 << 15
	}
	if l.Min <= 0 {
		l.Min = time.Minute
	}
	if l.Max <= 0 {
		l.Max = 10 * time.Minute
	}
	if l.Default <= 0 {
		l.Default = l.Max
	}
	return l
}

// events keeps the subscriptions. Each belongs to the worker of its Call-ID like a leg; the tables here only find them. Its lock is
// never held while something else runs. One goroutine hands changes out, so that whoever reports one never waits for phones.
type events struct {
	packages map[string]Package
	limits   SubscriptionLimits
	names    string // for Allow-Events

	mu       sync.Mutex
	byDialog map[dialogKey]*subscription
	byDevice map[pbx.DeviceID]map[*subscription]struct{}
	byKey    map[string]map[*subscription]struct{}
	byFlow   map[stack.Flow]map[*subscription]struct{} // connections only
	dirty    map[string]struct{}                       // keys that changed and were not handed out yet
	all      bool
	final    int           // last notifications that wait for their answer
	idle     chan struct{} // closed when there is none of them any more, after close began
	closed   bool
	stopped  bool

	wake chan struct{}
	done sync.WaitGroup
}

func newEvents(packages map[string]Package, limits SubscriptionLimits) *events {
	e := &events{packages: packages, limits: limits.withDefaults(), byDialog: map[dialogKey]*subscription{},
		byDevice: map[pbx.DeviceID]map[*subscription]struct{}{}, byKey: map[string]map[*subscription]struct{}{},
		byFlow: map[stack.Flow]map[*subscription]struct{}{}, dirty: map[string]struct{}{}, wake: make(chan struct{}, 1)}
	names := make([]string, 0, len(packages))
	for name := range packages {
		names = append(names, name)
	}
	slices.Sort(names)
	e.names = strings.Join(names, ", ")
	return e
}

// Changed says that what belongs to these keys may look different now. It never waits; changes in quick succession are one.
func (s *Server) Changed(keys ...string) {
	e := s.events
	e.mu.Lock()
	for _, k := range keys {
		if len(e.byKey[k]) > 0 {
			e.dirty[k] = struct{}{}
		}
	}
	if len(e.dirty) > 0 {
		e.poke()
	}
	e.mu.Unlock()
}

// Reconsider has everything that is watched looked at again, because rights, names or the configuration changed.
func (s *Server) Reconsider() {
	e := s.events
	e.mu.Lock()
	if e.all = len(e.byDialog) > 0; e.all {
		e.poke()
	}
	e.mu.Unlock()
}

// Subscriptions counts what phones watch.
func (s *Server) Subscriptions() int {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	return len(s.events.byDialog)
}

// poke wakes the goroutine. It is called under the lock.
func (e *events) poke() {
	if e.closed {
		return
	}
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// run hands changes out until close.
func (e *events) run() {
	for range e.wake {
		for _, n := range e.concerned() {
			n.kick()
		}
	}
}

// concerned takes what changed and finds who watches it.
func (e *events) concerned() []*subscription {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []*subscription
	if e.all {
		for _, n := range e.byDialog {
			list = append(list, n)
		}
	} else {
		for k := range e.dirty {
			for n := range e.byKey[k] {
				list = append(list, n)
			}
		}
	}
	e.all = false
	clear(e.dirty)
	return list
}

// add makes a subscription findable. A device at its limit loses an older subscription of the same phone to the same thing, which a
// reboot left behind; otherwise it is refused with the status.
func (e *events) add(n *subscription) (status int, reason string) {
	var old *subscription
	defer func() {
		if old != nil { // after the lock was given up
			old.s.stack.Do(old.key.callID, old.stop)
		}
	}()
	e.mu.Lock()
	defer e.mu.Unlock()
	mine := e.byDevice[n.watcher.Device]
	switch {
	case e.closed:
		return 503, ""
	case len(mine) >= e.limits.PerDevice:
		if old = leftBehind(mine, n); old == nil {
			return 403, "Too Many Subscriptions"
		}
		e.drop(old)
	case len(e.byDialog) >= e.limits.Total:
		return 503, ""
	}
	enlist(e.byDevice, n.watcher.Device, n)
	if n.flow.Reliable() {
		enlist(e.byFlow, n.flow, n)
	}
	e.byDialog[n.key] = n
	return 0, ""
}

func enlist[K comparable](table map[K]map[*subscription]struct{}, k K, n *subscription) {
	set := table[k]
	if set == nil {
		set = map[*subscription]struct{}{}
		table[k] = set
	}
	set[n] = struct{}{}
}

func delist[K comparable](table map[K]map[*subscription]struct{}, k K, n *subscription) {
	set := table[k]
	delete(set, n)
	if set != nil && len(set) == 0 {
		delete(table, k)
	}
}

// move notes the way to a phone.
func (e *events) move(n *subscription, f stack.Flow) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delist(e.byFlow, n.flow, n)
	n.flow = f
	if f.Reliable() && e.byDialog[n.key] == n {
		enlist(e.byFlow, f, n)
	}
}

// over lists the subscriptions that came by a connection.
func (e *events) over(f stack.Flow) []*subscription {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]*subscription, 0, len(e.byFlow[f]))
	for n := range e.byFlow[f] {
		list = append(list, n)
	}
	return list
}

// leftBehind finds the oldest subscription that a phone has begun anew since.
func leftBehind(mine map[*subscription]struct{}, n *subscription) *subscription {
	var old *subscription
	for o := range mine {
		if o.event == n.event && o.resource == n.resource && o.from.Equal(n.from) && (old == nil || o.since.Before(old.since)) {
			old = o
		}
	}
	return old
}

// depend notes what a subscription depends on from now on.
func (e *events) depend(n *subscription, keys []string) {
	if slices.Equal(n.keys, keys) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byDialog[n.key] != n {
		return
	}
	e.undepend(n)
	n.keys = keys
	for _, k := range keys {
		enlist(e.byKey, k, n)
	}
}

func (e *events) undepend(n *subscription) {
	for _, k := range n.keys {
		delist(e.byKey, k, n)
	}
	n.keys = nil
}

// remove forgets a subscription.
func (e *events) remove(n *subscription) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(n)
}

// drop is remove under the lock.
func (e *events) drop(n *subscription) {
	if e.byDialog[n.key] != n {
		return
	}
	delete(e.byDialog, n.key)
	delist(e.byDevice, n.watcher.Device, n)
	delist(e.byFlow, n.flow, n)
	e.undepend(n)
}

// find is the subscription of a dialog; nil when there is none.
func (e *events) find(k dialogKey) *subscription {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.byDialog[k]
}

// of lists the subscriptions of a device, or of all when it is empty.
func (e *events) of(device pbx.DeviceID) []*subscription {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []*subscription
	if device != "" {
		for n := range e.byDevice[device] {
			list = append(list, n)
		}
		return list
	}
	for _, n := range e.byDialog {
		list = append(list, n)
	}
	return list
}

// moveSubscriptions lets what a device watches follow it to the way it registered by just now.
func (s *Server) moveSubscriptions(device pbx.DeviceID, from, to stack.Flow) {
	for _, n := range s.events.of(device) {
		s.stack.Do(n.key.callID, func() {
			if n.flow == from {
				n.moveTo(to)
			}
		})
	}
}

// farewell counts last notifications under way: +1 when one is sent, -1 when it was answered or given up.
func (e *events) farewell(by int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.final += by
	if e.final == 0 && e.idle != nil {
		close(e.idle)
		e.idle = nil
	}
}

// farewellTime bounds how long the end of the process waits for phones to take note that their subscriptions are over.
const farewellTime = time.Second

// closeEvents tells all phones to subscribe anew, waits a moment for their answers, and stops handing out changes (RFC 6665 §4.4.1).
func (s *Server) closeEvents() {
	e := s.events
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	for _, n := range e.of("") {
		e.farewell(+1) // held until the worker has taken over
		s.stack.Do(n.key.callID, func() { n.end("deactivated"); e.farewell(-1) })
	}
	e.mu.Lock()
	var idle chan struct{}
	if e.final > 0 {
		idle = make(chan struct{})
		e.idle = idle
	}
	e.mu.Unlock()
	if idle != nil {
		late := time.NewTimer(farewellTime)
		defer late.Stop()
		select {
		case <-idle:
		case <-late.C:
		}
	}
	e.stop()
}

// stop ends the goroutine that hands out changes.
func (e *events) stop() {
	e.mu.Lock()
	e.closed, e.all = true, false
	clear(e.dirty)
	if !e.stopped {
		e.stopped = true
		close(e.wake)
	}
	e.mu.Unlock()
	e.done.Wait()
}

// allowEvents names the packages in answers that depend on it.
func (s *Server) allowEvents(m *stack.Message) { m.Set("Allow-Events", s.events.names) }
