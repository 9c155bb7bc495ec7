package sip

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Trunk is a line to a carrier or to another phone system, with all that is needed to speak with it.
type Trunk struct {
	ID        pbx.TrunkID
	Host      string // name or address, with a port or without: without one, DNS says where (RFC 3263)
	Transport string // udp tcp tls; empty lets DNS say, and is UDP where it says nothing
	Domain    string // in addresses; empty is the name in Host
	Register  bool   // we sign in, and it calls us where we said
	Username  string // of the account: in From and To of REGISTER
	AuthName  string // in the digest; empty is Username
	Secret    string
	Expires   time.Duration  // of a registration, as we ask for it; 0 means 10 min
	Ping      time.Duration  // between two looks whether it is there; 0 means 30 s
	Silence   time.Duration  // how long a call may be without any answer; 0 means 4 s (CR-10)
	Sources   []netip.Prefix // where its calls come from, beside the addresses behind Host
	Trusted   bool           // its identity headers are believed (SA-11)
	Onward    pbx.Onward     // how it learns that a call was sent on
	Account   bool           // the account stands in From, and who calls only in P-Asserted-Identity

	Authorities string   // PEM: one of them vouches for the certificate that the far side shows (SA-17)
	Pins        []string // or it is one of these: SHA-256 in small hexadecimal digits
}

// Usual times of trunks.
const (
	trunkExpires   = 10 * time.Minute
	trunkPing      = 30 * time.Second
	trunkSilence   = 4 * time.Second
	trunkRetry     = 30 * time.Second // after a failure, doubling …
	trunkRetryMost = 10 * time.Minute // … up to this
	trunkGood      = 3                // answers in a row until a line that was down is up again (CR-10)
)

func (t Trunk) withDefaults() Trunk {
	t.Expires = cmp.Or(t.Expires, trunkExpires)
	t.Ping = cmp.Or(t.Ping, trunkPing)
	t.Silence = cmp.Or(t.Silence, trunkSilence)
	t.AuthName = cmp.Or(t.AuthName, t.Username)
	if t.Domain == "" {
		t.Domain, _ = splitHost(t.Host)
	}
	return t
}

// same reports whether nothing has changed.
func (t Trunk) same(o Trunk) bool {
	if !slices.Equal(t.Sources, o.Sources) || !slices.Equal(t.Pins, o.Pins) {
		return false
	}
	return t.key() == o.key()
}

func (t Trunk) key() [15]any {
	return [15]any{t.ID, t.Host, t.Transport, t.Domain, t.Register, t.Username, t.AuthName, t.Secret, t.Expires, t.Ping, t.Silence, t.Trusted, t.Account, t.Onward, t.Authorities}
}

// Problem says in one word why a line is not up; the house has a sentence for each.
type Problem string

// The problems of lines.
const (
	NoProblem      Problem = ""
	ProblemName    Problem = "name"       // the name is unknown to DNS
	ProblemRefused Problem = "refused"    // nobody listens there
	ProblemSilent  Problem = "silent"     // no answer
	ProblemTLS     Problem = "tls"        // the certificate is not good, for a reason that has no word of its own
	ProblemExpired Problem = "expired"    // the certificate has run out, or is not good yet
	ProblemOther   Problem = "other_name" // the certificate is for another name
	ProblemIssuer  Problem = "issuer"     // nobody whom we trust vouches for the certificate
	ProblemPlain   Problem = "plain"      // it speaks no TLS
	ProblemShake   Problem = "handshake"  // it speaks TLS, but breaks off: an old version, or a certificate of ours that it wants
	ProblemFamily  Problem = "family"     // we have no socket for such addresses
	ProblemSecret  Problem = "secret"     // name or password are wrong
	ProblemScheme  Problem = "scheme"     // it asks for a proof that we do not know
	ProblemAnswer  Problem = "answer"     // it answered with Status
	ProblemLost    Problem = "connection" // the connection broke
	ProblemPinned  Problem = "pinned"     // the certificate is none of those that the office named
	ProblemChosen  Problem = "chosen"     // none of the authorities that the office chose vouches for the certificate
)

// TrunkState is how a line is at a moment.
type TrunkState struct {
	Trunk    pbx.TrunkID
	Up       bool
	Problem  Problem
	Status   int            // of the answer behind ProblemAnswer and ProblemSecret
	Detail   string         // in the words of the far side or of the system, for people who look for a cause
	Failures int            // in a row
	Target   netip.AddrPort // where requests go
	Latency  time.Duration  // of the last answer
	Expires  time.Time      // of the registration; zero without
	Retry    time.Time      // when it is tried again; zero while it is up
	Refused  Refused        // the last call from there whose certificate was not good enough
}

// SetTrunks says which lines there are. Lines that are new or differ begin anew; the others go on undisturbed. Calls over a line that
// is gone end by themselves.
func (s *Server) SetTrunks(list []Trunk) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	next := make(map[pbx.TrunkID]*uplink, len(list))
	var begun, over []*uplink
	for _, t := range list {
		t = t.withDefaults()
		if old := s.trunks[t.ID]; old != nil && old.Trunk.same(t) {
			next[t.ID] = old
			continue
		}
		l := newUplink(s, t)
		next[t.ID] = l
		begun = append(begun, l)
	}
	for id, l := range s.trunks {
		if next[id] != l {
			over = append(over, l)
		}
	}
	s.trunks = next
	s.mu.Unlock()
	s.asks.Store(slices.ContainsFunc(list, Trunk.isCertified))
	s.countCarriers()
	for _, l := range over {
		s.stack.Do(l.callID, l.end)
	}
	for _, l := range begun {
		s.stack.Do(l.callID, l.begin)
	}
}

// countCarriers notes the addresses of all lines: they are not shut out, and not slowed down.
func (s *Server) countCarriers() {
	s.carrierMu.Lock()
	defer s.carrierMu.Unlock()
	all := map[netip.Addr]struct{}{}
	for _, l := range s.lines() {
		l.mu.Lock()
		for _, t := range l.targets {
			all[t.addr.Addr()] = struct{}{}
		}
		l.mu.Unlock()
	}
	s.carriers.Store(&all)
}

func (s *Server) isCarrier(ip netip.Addr) bool {
	all := s.carriers.Load()
	if all == nil {
		return false
	}
	_, ok := (*all)[ip.Unmap()]
	return ok
}

// TryTrunk asks a line that is down to try again at once.
func (s *Server) TryTrunk(id pbx.TrunkID) {
	if l := s.trunk(id); l != nil {
		s.stack.Do(l.callID, l.again)
	}
}

func (s *Server) lines() []*uplink {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.trunks) == 0 {
		return nil
	}
	return slices.Collect(maps.Values(s.trunks))
}

func (s *Server) resolver() Resolver {
	if s.cfg.Resolver != nil {
		return s.cfg.Resolver
	}
	return NewDNS()
}

func (s *Server) trunk(id pbx.TrunkID) *uplink {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trunks[id]
}

// trunkOf finds the line that a request outside a dialog comes from; nil when it comes from none. It is told by the connection or the
// address it was sent to, by a name that only this carrier was told, or by an address that phones do not share with it.
func (s *Server) trunkOf(req *stack.Message) *uplink {
	lines := s.lines()
	if len(lines) == 0 {
		return nil
	}
	for v := range req.Lines(stack.HeaderAuthorization) {
		if isDigest(v) && strings.Contains(v, `"`+pbx.Realm+`"`) {
			return nil // a device that proves who it is
		}
	}
	slices.SortFunc(lines, func(a, b *uplink) int { return cmp.Compare(a.ID, b.ID) })
	user := req.URI.UserText()
	var found *uplink
	best := foreign
	for _, l := range lines {
		near := l.nearness(req.Flow, s.registrar.isHome)
		if near == foreign {
			continue
		}
		if user == l.name || user != "" && user == l.Username {
			return l
		}
		if near > best {
			found, best = l, near
		}
	}
	return found
}

// nearness is how sure it is that something comes from a line.
type nearness uint8

const (
	foreign nearness = iota
	likely           // from one of its addresses
	exact            // over its connection, or from the very address that we send to
	shown            // by a certificate that was named for it
)

func (l *uplink) nearness(f stack.Flow, home func(netip.Addr) bool) nearness {
	if len(l.Pins) > 0 && l.isPinned(f.Certificates()) {
		return shown
	}
	ip := f.Remote.Addr().Unmap()
	l.mu.Lock()
	defer l.mu.Unlock()
	from := netip.AddrPortFrom(ip, f.Remote.Port())
	if l.flow == f || slices.Contains(l.targets, target{f.Transport, from}) {
		return exact
	}
	if slices.ContainsFunc(l.targets, func(t target) bool { return t.addr == from }) { // another line of the same carrier may speak another transport
		return likely
	}
	for _, p := range l.Sources {
		if p.Contains(ip) {
			return likely
		}
	}
	if ip.IsLoopback() || home(ip) { // phones live there too
		return foreign
	}
	for _, t := range l.targets {
		if t.addr.Addr() == ip {
			return likely
		}
	}
	return foreign
}
