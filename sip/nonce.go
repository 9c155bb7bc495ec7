package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Lives of a nonce (SA-06): what a listener on the wire could replay against us has to be young.
const (
	nonceLifeRegister = 300 * time.Second
	nonceLifeOther    = 30 * time.Second
)

// nonces makes and checks nonces without remembering them: moment, serial number, the process that made it and a signature over these, the source
// address and the listener. Only counters of nonces that a right digest came with are kept, and by the process that made them alone: to all others with
// the same key a nonce is old, so that it is never good for two of them (SA-07).
type nonces struct {
	macs   sync.Pool // of hash.Hash
	node   [nonceNode]byte
	serial atomic.Uint64
	used   replays
	began  time.Time // with the reading of a clock that nobody sets
}

const (
	nonceNode = 8                 // bytes that tell processes apart
	nonceHead = 4 + 8 + nonceNode // Unix seconds, serial number, process
	nonceSize = nonceHead + 12    // and signature
)

// newNonces takes the key that signs. With a nil key it makes a random one, and then nobody else knows its nonces.
func newNonces(key []byte) *nonces {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // crypto/rand never fails (Go 1.24)
	}
	n := &nonces{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
	var first [8]byte
	_, _ = rand.Read(first[:])
	n.serial.Store(binary.BigEndian.Uint64(first[:]))
	_, _ = rand.Read(n.node[:])
	n.began = time.Now()
	n.used.floor = n.began.Unix()
	return n
}

// seconds is a moment on a clock that begins with the machine's and is then set by nobody: when that is put an hour back, phones would otherwise be
// challenged for an hour, and be let in with old proofs when it is put forward (BAR TZ-07).
func (n *nonces) seconds(now time.Time) int64 {
	return n.began.Unix() + int64(now.Sub(n.began)/time.Second)
}

// make is a fresh nonce for one source and listener.
func (n *nonces) make(now time.Time, source netip.Addr, listener string) string {
	var b [nonceSize]byte
	binary.BigEndian.PutUint32(b[:4], uint32(n.seconds(now)))
	binary.BigEndian.PutUint64(b[4:], n.serial.Add(1))
	copy(b[nonceHead-nonceNode:], n.node[:])
	n.sign(b[:], source, listener)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (n *nonces) sign(b []byte, source netip.Addr, listener string) {
	h := n.macs.Get().(hash.Hash)
	defer n.macs.Put(h)
	h.Reset()
	h.Write(b[:nonceHead])
	ip := source.As16()
	h.Write(ip[:])
	h.Write([]byte(listener))
	var sum [sha256.Size]byte
	copy(b[nonceHead:], h.Sum(sum[:0]))
}

// nonceAge says what a presented nonce is.
type nonceAge uint8

const (
	nonceForeign nonceAge = iota // not ours, or for another source or listener
	nonceOld                     // ours, but too old for this method, or of another process with our key
	nonceFresh
)

// age checks signature and life. The serial number identifies the nonce for the count of its uses.
func (n *nonces) age(nonce string, now time.Time, life time.Duration, source netip.Addr, listener string) (nonceAge, uint64, int64) {
	var b, want [nonceSize]byte
	if len(nonce) != base64.RawURLEncoding.EncodedLen(nonceSize) {
		return nonceForeign, 0, 0
	}
	if _, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(nonce)); err != nil {
		return nonceForeign, 0, 0
	}
	copy(want[:nonceHead], b[:nonceHead])
	n.sign(want[:], source, listener)
	if subtle.ConstantTimeCompare(b[:], want[:]) != 1 {
		return nonceForeign, 0, 0
	}
	made := int64(binary.BigEndian.Uint32(b[:4]))
	serial := binary.BigEndian.Uint64(b[4:])
	if [nonceNode]byte(b[nonceHead-nonceNode:nonceHead]) != n.node {
		return nonceOld, serial, made
	}
	passed := n.seconds(now) - made
	if passed < 0 || time.Duration(passed)*time.Second > life || n.used.isForgotten(made) {
		return nonceOld, serial, made
	}
	return nonceFresh, serial, made
}

// replays keeps, for every nonce that was used with a right digest, the highest count seen. Memory is bounded: when the
// table is full, the oldest ten seconds are forgotten, and nonces from before are old from then on.
type replays struct {
	mu    sync.Mutex
	parts [replayParts]replayPart
	count int
	floor int64 // Unix seconds; older nonces are not accepted
}

type replayPart struct {
	since int64 // Unix seconds / replaySpan
	seen  map[uint64]use
}

// use is the highest nc and, below it, which of the 32 before were seen.
type use struct{ top, before uint32 }

const (
	replaySpan  = 10
	replayParts = int64(nonceLifeRegister/time.Second)/replaySpan + 2
	replayLimit = 1 << 18 // nonces; about 10 MB
)

func (r *replays) isForgotten(made int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return made < r.floor
}

// take accepts a count once. With loose, a count may arrive late as datagrams do, but still only once (SA-06).
func (r *replays) take(serial uint64, made int64, nc uint32, loose bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if made < r.floor {
		return false
	}
	p := &r.parts[(made/replaySpan)%replayParts]
	if p.since != made/replaySpan {
		r.count -= len(p.seen)
		*p = replayPart{since: made / replaySpan, seen: map[uint64]use{}}
	}
	u, known := p.seen[serial]
	switch {
	case !known:
		r.count++
		u = use{top: nc}
	case nc > u.top:
		u.before = u.before<<(nc-u.top) | 1<<(nc-u.top-1)
		u.top = nc
	case nc == u.top || !loose || u.top-nc > 32 || u.before&(1<<(u.top-nc-1)) != 0:
		return false
	default:
		u.before |= 1 << (u.top - nc - 1)
	}
	p.seen[serial] = u
	if r.count > replayLimit {
		r.forget()
	}
	return true
}

// forget drops the oldest part that holds anything.
func (r *replays) forget() {
	oldest := -1
	for i := range r.parts {
		if len(r.parts[i].seen) > 0 && (oldest < 0 || r.parts[i].since < r.parts[oldest].since) {
			oldest = i
		}
	}
	p := &r.parts[oldest]
	r.count -= len(p.seen)
	r.floor = (p.since + 1) * replaySpan
	p.seen = nil
	p.since = 0
}
