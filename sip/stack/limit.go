package stack

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// rates is a token bucket per source in a table of fixed size (SA-13). Spoofed sources push each other out of their set of eight; they
// never make the table grow. IPv6 sources count by /64, because one customer owns at least that much.
type rates struct {
	rate, burst float64
	seed        maphash.Seed
	sets        []rateSet
}

type rateSet struct {
	mu   sync.Mutex
	rows [8]rateRow
}

type rateRow struct {
	source uint64 // hash of the source; 0 for empty
	tokens float64
	at     time.Duration
}

func newRates(sources int, rate, burst float64) *rates {
	if rate < 0 {
		return &rates{rate: -1}
	}
	n := 1
	for n*8 < sources {
		n *= 2
	}
	return &rates{rate: rate, burst: burst, seed: maphash.MakeSeed(), sets: make([]rateSet, n)}
}

// take spends one token of a source; false when it has none. first is true for the first refusal in a row, so that abuse is told once.
func (r *rates) take(addr netip.Addr, now time.Duration) (ok, first bool) {
	if r.rate < 0 {
		return true, false
	}
	raw := addr.As16()
	if addr.Is6() && !addr.Is4In6() {
		binary.BigEndian.PutUint64(raw[8:], 0)
	}
	h := maphash.Bytes(r.seed, raw[:]) | 1
	set := &r.sets[(h>>32)&uint64(len(r.sets)-1)]
	set.mu.Lock()
	defer set.mu.Unlock()
	old := 0
	for i := range set.rows {
		row := &set.rows[i]
		if row.source == h {
			had := row.tokens
			row.tokens = min(r.burst, had+r.rate*(now-row.at).Seconds())
			row.at = now
			if row.tokens < 1 {
				return false, had >= 1
			}
			row.tokens--
			return true, false
		}
		if row.source == 0 || row.at < set.rows[old].at && set.rows[old].source != 0 {
			old = i
		}
	}
	set.rows[old] = rateRow{source: h, tokens: r.burst - 1, at: now}
	return true, false
}
