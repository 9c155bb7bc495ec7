package house

import (
	"slices"
	"sync"
	"time"

	"tandem/pbx"
)

// How often a PIN may be wrong: from one caller, and from all together, before the mailbox opens with its PIN no more for a while (SA-18, TF-09).
const (
	pinTries  = 5
	pinPause  = 15 * time.Minute
	pinAll    = 15
	pinWithin = time.Hour
)

// pins remembers wrong PINs. Its zero value has seen none.
type pins struct {
	mu    sync.Mutex
	wrong map[pbx.BoxID][]wrongPIN
}

type wrongPIN struct {
	from string // number or phone of the caller
	at   time.Time
}

// lately is what was wrong and still counts. The lock is held.
func (p *pins) lately(id pbx.BoxID, at time.Time) []wrongPIN {
	list := slices.DeleteFunc(slices.Clone(p.wrong[id]), func(w wrongPIN) bool { return at.Sub(w.at) >= pinWithin })
	if len(list) == 0 {
		delete(p.wrong, id)
		return nil
	}
	p.wrong[id] = list
	return list
}

func tooMany(list []wrongPIN, from string, at time.Time) bool {
	his := 0
	for _, w := range list {
		if w.from == from && at.Sub(w.at) < pinPause {
			his++
		}
	}
	return his >= pinTries || len(list) >= pinAll
}

// blocked reports whether too many were wrong lately.
func (p *pins) blocked(id pbx.BoxID, from string, at time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return tooMany(p.lately(id, at), from, at)
}

// failed notes a wrong one, and tells whether it was the last that is allowed.
func (p *pins) failed(id pbx.BoxID, from string, at time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrong == nil {
		p.wrong = map[pbx.BoxID][]wrongPIN{}
	}
	list := append(p.lately(id, at), wrongPIN{from, at})
	p.wrong[id] = list
	return tooMany(list, from, at)
}

// right forgets what a caller did wrong before.
func (p *pins) right(id pbx.BoxID, from string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := slices.DeleteFunc(p.wrong[id], func(w wrongPIN) bool { return w.from == from }); len(list) == 0 {
		delete(p.wrong, id)
	} else {
		p.wrong[id] = list
	}
}
