package media

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"

	"tandem/audio/opus"
)

// phases is how many groups the sessions that play are divided into, so that their packets do not all leave at once.
const phases = 4

// metronome is the one clock of everything the house says: one goroutine and one timer for all sessions of an engine.
// While nothing plays, it sleeps without a timer.
type metronome struct {
	engine *Engine
	wake   chan struct{} // something plays
	done   chan struct{}

	mu     sync.Mutex // taken after a session's lock, never before
	groups [phases][]*Session
	count  int
}

// baton is the metronome's room to work in; only its goroutine touches it.
type baton struct {
	raw    [640]int16
	out    [640]int16
	zero   [640]int16
	sum    [mixFrame]int32
	packet [12 + opus.MostBytes + 32]byte // with room for what encryption adds
	opus   opus.Machine
	header rtp.Header
	group  []*Session
}

func newMetronome(e *Engine) *metronome {
	return &metronome{engine: e, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// add lets a session speak every 20 ms from now on. The session's lock is held.
func (m *metronome) add(s *Session) {
	if s.beating {
		return
	}
	s.beating = true
	m.mu.Lock()
	least := 0
	for i := range m.groups {
		if len(m.groups[i]) < len(m.groups[least]) {
			least = i
		}
	}
	m.groups[least] = append(m.groups[least], s)
	m.count++
	first := m.count == 1
	m.mu.Unlock()
	if first {
		select {
		case m.wake <- struct{}{}:
		default:
		}
	}
}

// run beats until the engine closes. Beats have fixed times, so that no delay adds up; after a long stall the lost ones are left out.
func (m *metronome) run() {
	const step = frame / phases
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	l := &baton{}
	for {
		select {
		case <-m.wake:
		case <-m.done:
			return
		}
		due, phase := m.engine.now(), 0
		for {
			on := m.following(phase)
			if on == 0 {
				break
			}
			due, phase = due+time.Duration(on)*step, (phase+on)%phases
			now := m.engine.now()
			if now-due > lag {
				due = now
			}
			timer.Reset(due - now)
			select {
			case <-timer.C:
			case <-m.done:
				return
			}
			m.beat(l, phase)
		}
	}
}

// following is how many steps after a phase the next one comes in which anybody speaks; 0 when nobody does.
func (m *metronome) following(phase int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	for on := 1; on <= phases; on++ {
		if len(m.groups[(phase+on)%phases]) > 0 {
			return on
		}
	}
	return 0
}

// beat lets one group speak.
func (m *metronome) beat(l *baton, phase int) {
	m.mu.Lock()
	l.group = append(l.group[:0], m.groups[phase]...)
	m.mu.Unlock()
	now := m.engine.now()
	over := l.group[:0]
	for _, s := range l.group {
		if s.speak(l, now) {
			over = append(over, s)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range over {
		if i := slices.Index(m.groups[phase], s); i >= 0 {
			last := len(m.groups[phase]) - 1
			m.groups[phase][i] = m.groups[phase][last]
			m.groups[phase][last] = nil
			m.groups[phase] = m.groups[phase][:last]
			m.count--
		}
	}
	clear(l.group[:cap(l.group)])
}
