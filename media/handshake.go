package media

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/transport/v4/packetio"
)

// identity is the certificate under which an engine makes keys with browsers. It proves nothing by itself: signalling carries its
// fingerprint. One that lives as long as the process spares every call a key pair.
type identity struct {
	certificate tls.Certificate
	print       [32]byte
}

func newIdentity() (identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return identity{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return identity{}, err
	}
	// Nothing about the house or its age stands in it; the years are those of RFC 5280 §4.1.2.5 for "always".
	form := x509.Certificate{SerialNumber: serial, NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, &form, &form, key.Public(), key)
	if err != nil {
		return identity{}, err
	}
	return identity{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, sha256.Sum256(der)}, nil
}

// handshakeTime is how long making keys may take, from the moment the far side's certificate is known. A browser that rings has until it is answered.
const handshakeTime = 2 * time.Minute

// errForeign refuses the certificate of somebody else (RFC 5763 §5).
var errForeign = errors.New("media: the certificate is not the one that signalling named")

// handshake makes the keys of one session with one browser (RFC 5764), on a goroutine of its own: sound does not wait for it.
type handshake struct {
	session *Session
	far     [32]byte
	active  bool
	pipe    *pipe
	foreign atomic.Bool // somebody else's certificate came
}

func (h *handshake) stop() { h.pipe.shut() }

func (h *handshake) run() {
	defer h.pipe.shut()
	conn, err := h.begin()
	if err != nil {
		return
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	if err = conn.HandshakeContext(ctx); err == nil {
		err = h.take(conn)
	}
	if err != nil {
		if h.foreign.Load() {
			h.session.betrayed(h)
		}
		h.session.engine.config.Log.Debug("media: no keys with a browser", "port", h.session.port, "error", err)
		return
	}
	// Packets of the last flight that were lost are answered while somebody reads. There is nothing else to read.
	var b [256]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			return
		}
	}
}

// begin prepares our end.
func (h *handshake) begin() (*dtls.Conn, error) {
	both := []dtls.Option{
		dtls.WithCertificates(h.session.engine.identity.certificate),
		dtls.WithInsecureSkipVerify(true), // judged by its fingerprint
		dtls.WithVerifyPeerCertificate(h.verify),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AES128_CM_HMAC_SHA1_80), // every browser's (RFC 8827 §6.5)
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithFlightInterval(200 * time.Millisecond),
	}
	if h.active {
		options := make([]dtls.ClientOption, len(both))
		for i, o := range both {
			options[i] = o
		}
		return dtls.ClientWithOptions(h.pipe, far{}, options...)
	}
	options := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert),
		dtls.WithInsecureSkipVerifyHello(true)} // the way is proven by a check already, so no cookie is needed
	for _, o := range both {
		options = append(options, o)
	}
	return dtls.ServerWithOptions(h.pipe, far{}, options...)
}

func (h *handshake) verify(certificates [][]byte, _ [][]*x509.Certificate) error {
	if len(certificates) == 0 || sha256.Sum256(certificates[0]) != h.far {
		h.foreign.Store(true)
		return errForeign
	}
	return nil
}

// take derives the keys of both directions (RFC 5764 §4.2).
func (h *handshake) take(conn *dtls.Conn) error {
	state, ok := conn.ConnectionState()
	profile, agreed := conn.SelectedSRTPProtectionProfile()
	if !ok || !agreed || profile != dtls.SRTP_AES128_CM_HMAC_SHA1_80 {
		return errors.New("media: no SRTP profile was agreed on")
	}
	b, err := state.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", nil, 2*(16+14))
	if err != nil {
		return err
	}
	client := Key{Key: [16]byte(b[:16]), Salt: [14]byte(b[32:46])}
	server := Key{Key: [16]byte(b[16:32]), Salt: [14]byte(b[46:60])}
	ours, theirs := server, client
	if h.active {
		ours, theirs = client, server
	}
	open, err := newCrypt(theirs)
	if err != nil {
		return err
	}
	seal, err := newCrypt(ours)
	if err != nil {
		return err
	}
	if !h.session.keyed(h, open, seal) {
		return ErrClosed
	}
	return nil
}

// far stands for the browser, wherever it is now.
type far struct{}

func (far) Network() string { return "udp" }
func (far) String() string  { return "browser" }

// pipe carries the packets of a handshake between a session's port and the goroutine that makes keys.
type pipe struct {
	session *Session
	in      *packetio.Buffer
}

// pipeSize bounds what waits to be read; a whole handshake is a third of it.
const pipeSize = 16 << 10

func newPipe(s *Session) *pipe {
	p := &pipe{s, packetio.NewBuffer()}
	p.in.SetLimitSize(pipeSize)
	return p
}

// put brings a packet in; when too much waits it is lost, as packets are. The session's lock is held.
func (p *pipe) put(b []byte) { _, _ = p.in.Write(b) }

func (p *pipe) shut() { _ = p.in.Close() }

func (p *pipe) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.in.Read(b)
	return n, far{}, err
}

// WriteTo sends to where the browser is, and loses what comes before that is known.
func (p *pipe) WriteTo(b []byte, _ net.Addr) (int, error) {
	s := p.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	s.rtp.send(b)
	return len(b), nil
}

// Close does nothing: the port is the session's.
func (p *pipe) Close() error { return nil }

func (p *pipe) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.session.engine.Public(), p.session.port))
}

func (p *pipe) SetDeadline(t time.Time) error      { return p.in.SetReadDeadline(t) }
func (p *pipe) SetReadDeadline(t time.Time) error  { return p.in.SetReadDeadline(t) }
func (p *pipe) SetWriteDeadline(_ time.Time) error { return nil }
