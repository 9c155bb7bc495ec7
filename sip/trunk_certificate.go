package sip

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"slices"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Refused is a call over a line that was refused because of a certificate (SA-17); zero without one.
type Refused struct {
	At      time.Time
	Problem Problem // plain, bare, chosen, expired, pinned, tls
	Source  netip.AddrPort
	Name    string // whose certificate was shown
	Print   string // its SHA-256
	Count   int
}

// ProblemBare is a far side that showed no certificate though one was asked for.
const ProblemBare Problem = "bare"

// refusedEvery is how often the same refusal is told again.
const refusedEvery = time.Minute

func (t Trunk) isCertified() bool { return t.Authorities != "" || len(t.Pins) > 0 }

// listenTLS is the configuration of our listeners: while a line wants to see certificates, who connects is asked for one. Whether it is good is decided
// when a call comes over the connection, for phones come over the same port and need none. Sessions are not taken up again then: one that began before
// would bring no certificate.
func (s *Server) listenTLS() *tls.Config {
	c := s.cfg.TLSConfig.Clone()
	asking := c.Clone()
	asking.ClientAuth, asking.SessionTicketsDisabled = tls.RequestClientCert, true
	asking.MinVersion = max(asking.MinVersion, tls.VersionTLS12)
	c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if s.asks.Load() {
			return asking, nil
		}
		return nil, nil
	}
	return c
}

// tlsConfig is how we connect: we show our certificate to who asks for one, and trust what the system trusts for the name that the office entered, or
// whom the office chose.
func (l *uplink) tlsConfig() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.s.cfg.TrunkTLS != nil {
		c = l.s.cfg.TrunkTLS.Clone()
	}
	c.ServerName, _ = splitHost(l.Host)
	if own := l.s.cfg.TLSConfig; own != nil && len(own.Certificates) > 0 && len(c.Certificates) == 0 {
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own.Certificates[0], nil }
	}
	if l.isCertified() {
		c.InsecureSkipVerify = true // what follows is stricter
		c.VerifyConnection = func(st tls.ConnectionState) error { return l.vouched(st.PeerCertificates, c.ServerName, time.Now()) }
	}
	return c
}

var (
	errBare   = errors.New("no certificate was shown")
	errPinned = errors.New("it is none of the certificates that were named")
	errChosen = errors.New("none of the authorities that were chosen vouches for it")
)

// otherCertificate is a certificate that nobody named, with its fingerprint for who wants to compare.
type otherCertificate struct{ print string }

func (e otherCertificate) Error() string { return "SHA-256 " + e.print }

func (e otherCertificate) Unwrap() error { return errPinned }

// vouched says what is wrong with the certificate of the far side; nil where it is one of those that were named, or one of the authorities vouches for it
// – for that name, where one is given.
func (l *uplink) vouched(chain []*x509.Certificate, name string, at time.Time) error {
	if len(chain) == 0 {
		return errBare
	}
	if l.isPinned(chain) {
		return nil
	}
	if l.authorities == nil {
		return otherCertificate{pbx.Fingerprint(chain[0].Raw)}
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	// Public authorities vouch for servers only, and carriers show the same certificate where they call.
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: l.authorities, Intermediates: between, DNSName: name, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return errors.Join(errChosen, err)
	}
	return err
}

func (l *uplink) isPinned(chain []*x509.Certificate) bool {
	return len(chain) > 0 && slices.Contains(l.Pins, pbx.Fingerprint(chain[0].Raw))
}

// doubt says in a word why a call that comes over a connection is not believed to be of this line; none where the line wants no certificate, the
// connection is our own, or a good one was shown.
func (l *uplink) doubt(f stack.Flow, at time.Time) Problem {
	if !l.isCertified() {
		return NoProblem
	}
	if own, _ := l.way(); own == f {
		return NoProblem
	}
	if !f.Secure() {
		return ProblemPlain
	}
	err := l.vouched(f.Certificates(), "", at)
	switch {
	case err == nil:
		return NoProblem
	case errors.Is(err, errBare):
		return ProblemBare
	}
	return cmp.Or(tlsProblem(err), ProblemTLS)
}

// refused notes that a call was refused because of a certificate, and tells it unless the same was told just now. A connection that carries no call is
// ended: who comes again is asked for his certificate anew.
func (l *uplink) refused(f stack.Flow, why Problem, at time.Time) {
	now := Refused{At: at, Problem: why, Source: f.Remote}
	if chain := f.Certificates(); len(chain) > 0 {
		now.Name, now.Print = plain(chain[0].Subject.String(), 128), pbx.Fingerprint(chain[0].Raw)
	}
	l.mu.Lock()
	was := l.refusal
	now.Count = was.Count + 1
	l.refusal = now
	again := was.Problem == why && was.Source.Addr() == f.Remote.Addr() && was.Print == now.Print && at.Sub(l.refusedTold) < refusedEvery
	if !again {
		l.refusedTold = at
	}
	l.mu.Unlock()
	if !again {
		l.s.log.Warn("trunk_refused", "trunk", l.ID, "problem", why, "source", f.Remote, "certificate", now.Name, "sha256", now.Print)
	}
	if f.Reliable() {
		l.s.stack.After(f.Token(), time.Second, func() {
			if len(l.s.legsBy(f)) == 0 {
				f.Close()
			}
		})
	}
}
