package media

import (
	"math/rand/v2"
	"time"
)

// rest is how long a port pair is not given out again, so that late packets of a call never reach the next one (RT-10).
const rest = 5 * time.Second

// ports hands out the even ports of a range in random order. It is not safe for concurrent use.
type ports struct {
	free    []uint16
	resting []resting // in the order they came back
}

type resting struct {
	port  uint16
	until time.Duration
}

// newPorts covers all pairs of an even port and its odd neighbour in low…high (RFC 3550 §11).
func newPorts(low, high int) *ports {
	p := &ports{}
	for port := low + low%2; port+1 <= high; port += 2 {
		p.free = append(p.free, uint16(port))
	}
	return p
}

// take draws one of the free pairs; every free pair is equally likely, so the next port cannot be predicted.
func (p *ports) take(now time.Duration) (uint16, bool) {
	for len(p.resting) > 0 && p.resting[0].until <= now {
		p.free = append(p.free, p.resting[0].port)
		p.resting = p.resting[1:]
	}
	if len(p.free) == 0 {
		return 0, false
	}
	i, last := rand.IntN(len(p.free)), len(p.free)-1
	port := p.free[i]
	p.free[i] = p.free[last]
	p.free = p.free[:last]
	return port, true
}

// give lets a pair rest before it is free again.
func (p *ports) give(port uint16, now time.Duration) {
	p.resting = append(p.resting, resting{port, now + rest})
}
