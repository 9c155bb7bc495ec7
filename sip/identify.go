package sip

import (
	"crypto/rand"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Credential is what the house knows about a device that wants to sign in.
type Credential struct {
	Device    pbx.DeviceID
	User      pbx.UserID
	Username  string
	Extension string // of the user; the device may call itself by it
	MD5       string // HA1 in hexadecimal, see HA1
	SHA256    string
	Networks  []netip.Prefix // from which the device may sign in; none: from everywhere
	Guest     *Guest         // in place of all that: a visitor, of whom only the user name is given
	Disabled  bool           // the person is suspended: answered as if the account did not exist (SA-03)
}

// admits reports whether the device may sign in from an address.
func (c Credential) admits(ip netip.Addr) bool {
	return len(c.Networks) == 0 || slices.ContainsFunc(c.Networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// AuthFailure is one refused sign-in, for the audit log and the block list.
type AuthFailure struct {
	Source    netip.AddrPort
	Transport string
	Method    string
	Username  string       // as claimed
	Device    pbx.DeviceID // empty when the account does not exist
	Reason    string       // one word: unknown_user disabled wrong_secret besieged network malformed realm algorithm no_qop nonce replay uri identity
	Agent     string
	Blocked   time.Time  // until when the address is blocked now; zero if it is not
	Block     *pbx.Block // the block that began with this failure
	Siege     int        // so many failed at the account with this one that only networks it is known from may use it now (SA-05); 0: no news
}

// dummy is the account that missing ones are compared with, so that they cost the same time (SA-03).
func dummy() Credential {
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // crypto/rand never fails (Go 1.24)
	m, s := pbx.HA1("nobody", hex.EncodeToString(secret[:]))
	return Credential{MD5: m, SHA256: s}
}

// identify finds out which device sends a request (SA-02, SA-03, SA-06, SA-08). Without proof it answers with a challenge and
// returns false; that answer leaves no state behind. It looks the same for every account, existing or not.
func (s *Server) identify(tx *stack.ServerTx) (Credential, bool) {
	req, now := tx.Request, time.Now()
	if c, ok := s.passed(req); ok {
		return c, true
	}
	ip := req.Flow.Remote.Addr().Unmap()
	value, has := "", false
	for v := range req.Lines(stack.HeaderAuthorization) {
		if isDigest(v) && (!has || strings.Contains(v, `"`+pbx.Realm+`"`)) {
			value, has = v, true
		}
	}
	if !has || s.guard.isBlocked(now, ip) && !s.isKnown(now, ip, value) {
		s.challenge(tx, now, false)
		return Credential{}, false
	}
	c, reason, stale := s.verify(req, value, now, ip)
	if reason != "" {
		s.refuse(tx, value, c, reason, now)
	}
	if reason != "" || stale {
		s.challenge(tx, now, stale)
		return Credential{}, false
	}
	if !c.mayBe(req) {
		s.refuse(tx, value, c, "identity", now)
		_ = tx.Respond(stack.NewResponse(req, 403, "Not Your Account"))
		return Credential{}, false
	}
	s.guard.succeeded(now, ip, c.Username)
	return c, true
}

// verify judges one Authorization value. reason names what is wrong; stale means that all is right but the nonce is old.
func (s *Server) verify(req *stack.Message, value string, now time.Time, ip netip.Addr) (c Credential, reason string, stale bool) {
	a, ok := parseAuthorization(value)
	switch {
	case !ok:
		return c, "malformed", false
	case a.realm != pbx.Realm:
		return c, "realm", false
	case !slices.Contains(s.digests, a.algorithm):
		return c, "algorithm", false
	case a.qop != "auth" || a.cnonce == "":
		return c, "no_qop", false
	}
	life := nonceLifeOther
	if req.Method == stack.MethodRegister {
		life = nonceLifeRegister
	}
	age, serial, made := s.nonces.age(a.nonce, now, life, ip, listenerOf(req.Flow))
	if age == nonceForeign {
		return c, "nonce", false
	}
	found, exists := s.cfg.Lookup(a.username)
	c = s.dummy
	if exists && !found.Disabled {
		c = found
	}
	right := a.isRight(req.Method, c.MD5, c.SHA256)
	nc, counted := a.count()
	switch {
	case !exists:
		return Credential{}, "unknown_user", false
	case found.Disabled:
		return found, "disabled", false
	case !right || !counted:
		return found, "wrong_secret", false
	case !found.admits(ip):
		return found, "network", false
	case s.guard.isBesieged(now, ip, c.Username):
		return found, "besieged", false
	case !s.isSameResource(req, a.uri):
		return found, "uri", false
	case age == nonceOld:
		return found, "", true
	case !s.nonces.used.take(serial, made, nc, !req.Flow.Reliable()):
		return found, "replay", false
	}
	return found, "", false
}

// isKnown reports whether a request from a blocked address claims an account that is at home there: one broken phone must not
// silence the office behind the same address.
func (s *Server) isKnown(now time.Time, ip netip.Addr, value string) bool {
	a, ok := parseAuthorization(value)
	return ok && s.guard.knows(now, ip, a.username)
}

// refuse counts, logs and reports a failure. Only wrong guesses count towards a block.
func (s *Server) refuse(tx *stack.ServerTx, value string, c Credential, reason string, now time.Time) {
	req := tx.Request
	a, _ := parseAuthorization(value)
	f := AuthFailure{Source: req.Flow.Remote, Transport: req.Flow.Transport.String(), Method: req.Method, Username: plain(a.username, 64),
		Device: c.Device, Reason: reason, Agent: plain(req.Get(stack.HeaderUserAgent), 128)}
	switch reason {
	case "unknown_user", "disabled", "wrong_secret", "malformed":
		var siege bool
		f.Blocked, siege = s.guard.failed(now, req.Flow.Remote.Addr(), c.Username, c.Device != "")
		if siege {
			f.Siege = s.guard.limits.AccountFailures
		}
		s.guard.note(req.Flow.Remote.Addr(), f.Username, f.Agent)
		if b, shut := s.guard.blockOf(req.Flow.Remote.Addr(), now); shut && b.Since.Equal(now) {
			f.Block = &b
		}
	}
	s.log.Warn("auth_failed", "ip", f.Source.Addr().Unmap().String(), "user", f.Username, "proto", f.Transport, "reason", reason, "method", f.Method)
	if s.cfg.AuthFailed != nil {
		s.cfg.AuthFailed(f)
	}
}

// challenge answers 401 with one header per algorithm, the preferred one first (RFC 8760).
func (s *Server) challenge(tx *stack.ServerTx, now time.Time, stale bool) {
	req := tx.Request
	nonce := s.nonces.make(now, req.Flow.Remote.Addr().Unmap(), listenerOf(req.Flow))
	m := stack.NewResponse(req, 401, "")
	for _, a := range digestsFor(req.Get(stack.HeaderUserAgent), s.digests) {
		m.Add(stack.HeaderWWWAuthenticate, challenge(a, nonce, stale))
	}
	_ = tx.ReplyStateless(m)
}

// listenerOf names the door a request came through.
func listenerOf(f stack.Flow) string {
	return f.Transport.String() + ":" + strconv.Itoa(int(f.Local.Port()))
}

// mayBe reports whether the device may say what the request says about its sender (SA-08, SA-12): From, and with REGISTER also
// the account that is registered, must be its own user name or its user's extension.
func (c Credential) mayBe(req *stack.Message) bool {
	if !c.isNamed(req.From().URI) {
		return false
	}
	return req.Method != stack.MethodRegister || c.isNamed(req.To().URI)
}

func (c Credential) isNamed(u stack.URI) bool {
	name := u.UserText()
	return name != "" && (name == c.Username || name == c.Extension)
}

// isSameResource compares the digest's uri with the Request-URI (RFC 7616 §3.4.6). Phones drop parameters and ports; user and host
// have to agree. A REGISTER is for this house as a whole, so any name of the house will do.
func (s *Server) isSameResource(req *stack.Message, uri string) bool {
	u, err := stack.ParseURI(uri)
	if err != nil || !u.IsSIP() {
		return err == nil && u.Equal(req.URI)
	}
	if u.UserText() != req.URI.UserText() {
		return false
	}
	if strings.EqualFold(u.Host, req.URI.Host) && (u.Port == req.URI.Port || u.Port == 0 || req.URI.Port == 0) {
		return true
	}
	return req.Method == stack.MethodRegister && s.isOurs(u.Host, req.Flow)
}

// isOurs reports whether a host name or address means this server, as seen over a flow.
func (s *Server) isOurs(host string, f stack.Flow) bool {
	if public := s.public(); public != "" && strings.EqualFold(host, public) {
		return true
	}
	addr, ok := stack.URI{Host: host}.Addr()
	return ok && addr == f.Local.Addr().Unmap()
}

// plain makes text of strangers fit for one log line.
func plain(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '?'
		}
		return r
	}, s)
}
