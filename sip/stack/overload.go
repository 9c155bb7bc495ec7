package stack

import (
	"bytes"
	_ "embed"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// scannerList is data: one word per line that betrays a scanner when it stands anywhere in its User-Agent (SA-01).
//
//go:embed scanners.txt
var scannerList string

var scanners = func() (out []string) {
	for line := range strings.Lines(scannerList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, strings.ToLower(line))
		}
	}
	return out
}()

func isScanner(agent string) bool {
	agent = lowerText(agent)
	for _, s := range scanners {
		if strings.Contains(agent, s) {
			return true
		}
	}
	return false
}

// welcome decides whether a source may speak at all: block list, then rate limit.
func (s *Stack) welcome(t Transport, source netip.AddrPort) bool {
	addr := source.Addr().Unmap()
	if s.cfg.Blocked != nil && s.cfg.Blocked(addr) {
		s.count.blocked.Add(1)
		return false
	}
	if s.cfg.Trusted != nil && s.cfg.Trusted(addr) {
		return true
	}
	ok, first := s.rates.take(addr, s.now())
	if !ok {
		s.count.limited.Add(1)
		if first {
			s.abuse(AbuseFlood, t, source, "")
		}
	}
	return ok
}

func (s *Stack) abuse(kind AbuseKind, t Transport, source netip.AddrPort, detail string) {
	if s.cfg.OnAbuse != nil {
		s.cfg.OnAbuse(Abuse{Kind: kind, Source: source, Transport: t, Detail: detail})
	}
}

// receive carries one frame or datagram from a reader to its shard, or refuses it on the spot. behind is how long the reader has been
// unable to empty its socket; a negative value says that the reader must not run callbacks itself. The error is the parser's.
func (s *Stack) receive(f Flow, raw []byte, behind time.Duration) error {
	s.count.received.Add(1)
	m, err := Parse(raw)
	if m == nil {
		s.count.malformed.Add(1)
		if errors.Is(err, ErrNotSIP) && len(bytes.TrimSpace(raw)) > 0 {
			s.count.notSIP.Add(1)
			s.abuse(AbuseNotSIP, f.Transport, f.Remote, "")
		}
		return err
	}
	if err != nil {
		s.count.malformed.Add(1)
	}
	m.Flow = f
	it := item{msg: m, at: s.now()}
	if m.Status == 0 {
		m.arrive()
		if agent := m.Get(HeaderUserAgent); agent != "" && isScanner(agent) {
			s.count.scanners.Add(1)
			s.abuse(AbuseScanner, f.Transport, f.Remote, agent)
			return nil
		}
		if problem := Validate(m, s.cfg.Policy); problem != nil {
			s.refuse(m, problem)
			return err
		}
	}
	sh := s.shardOf(m.callID)
	if s.admit(sh, m, behind) {
		m.At = s.start.Add(it.at)
		if behind < 0 {
			sh.post(it)
		} else {
			sh.offer(it)
		}
	}
	return nil
}

// arrive writes received and rport into the topmost Via.
func (m *Message) arrive() {
	if m.known&knowVia == 0 {
		return
	}
	for i := range m.headers {
		if m.headers[i].Name == HeaderVia {
			m.headers[i].Value = m.via.stamp(m.Flow.Remote)
			return
		}
	}
}

// refuse answers a request that is not valid, if there is somebody to answer.
func (s *Stack) refuse(m *Message, problem *Problem) {
	s.count.refused.Add(1)
	if _, ok := m.Lookup(HeaderVia); !ok || m.Method == MethodAck {
		return
	}
	s.ReplyStateless(m, problem.Answer(m))
}

// admit is the overload control: what would wait too long is answered 503 without state, beginning with new calls. Requests within
// dialogs, ACK, CANCEL and responses finish work that was begun; they are dropped only when even twice the queue is full.
func (s *Stack) admit(sh *shard, m *Message, behind time.Duration) bool {
	waiting := sh.depth.Load()
	limit := int64(s.limits.Queue)
	lag := sh.lag.Load()
	if waiting < 16 {
		lag = 0 // the figure is of the past
	}
	lag = max(lag, int64(behind))
	switch {
	case m.Status != 0 || m.Method == MethodAck || m.Method == MethodCancel || m.to.Tag() != "":
		if waiting < 2*limit {
			return true
		}
	case m.Method == MethodInvite:
		if waiting < limit/2 && lag < int64(s.limits.LagInvite) {
			return true
		}
		if waiting < 2*limit {
			s.count.shedInvite.Add(1)
			s.shed(m)
			return false
		}
	default:
		if waiting < limit && lag < int64(s.limits.LagRegister) {
			return true
		}
		if waiting < 2*limit {
			s.count.shedOther.Add(1)
			s.shed(m)
			return false
		}
	}
	s.count.dropped.Add(1)
	return false
}

func (s *Stack) shed(m *Message) {
	answer := NewResponse(m, 503, "Busy, try again later")
	answer.headers = append(answer.headers, Header{HeaderRetryAfter, retryAfter()})
	s.ReplyStateless(m, answer)
}
