package media

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"hash/crc32"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v4/packetio"
)

// browser is the far side of a session as browsers are: it looks for a way, makes keys and sends SRTP.
type browser struct {
	*phone
	to       netip.AddrPort
	place    Place
	identity identity
	serial   byte
	checks   chan []byte // answers to checks
	sounds   chan []byte // SRTP and SRTCP
	keys     *packetio.Buffer
	seal     *srtp.Context
	open     *srtp.Context
}

func surf(t testing.TB, s *Session, host string) *browser {
	t.Helper()
	id, err := newIdentity()
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{phone: ring(t, host), to: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.Port()), place: s.Web(false), identity: id,
		checks: make(chan []byte, 16), sounds: make(chan []byte, 256), keys: packetio.NewBuffer()}
	b.read(b.phone)
	t.Cleanup(func() { _ = b.keys.Close() })
	return b
}

// read sorts what comes to one of the browser's sockets, until that closes.
func (b *browser) read(p *phone) {
	go func() {
		var in [2048]byte
		for {
			n, err := p.conn.Read(in[:])
			if err != nil {
				return
			}
			got := append([]byte(nil), in[:n]...)
			switch {
			case isSTUN(got):
				b.checks <- got
			case isDTLS(got):
				_, _ = b.keys.Write(got)
			default:
				b.sounds <- got
			}
		}
	}()
}

// flow is what its description said.
func (b *browser) flow(formats ...Format) Flow {
	return Flow{Formats: formats, Send: true, Receive: true, Web: &Web{Ufrag: "far", Fingerprint: b.identity.print}}
}

// check writes a connectivity check.
func (b *browser) check(pwd string, use, strange bool) []byte {
	be := binary.BigEndian
	b.serial++
	m := be.AppendUint16(nil, stunRequest)
	m = append(m, 0, 0)
	m = be.AppendUint32(m, stunCookie)
	m = append(m, make([]byte, 11)...)
	m = append(m, b.serial)
	user := b.place.Ufrag + ":far"
	m = be.AppendUint16(m, stunUsername)
	m = be.AppendUint16(m, uint16(len(user)))
	m = append(m, user...)
	for len(m)%4 != 0 {
		m = append(m, 0)
	}
	if use {
		m = append(m, 0, stunUse, 0, 0)
	}
	if strange {
		m = be.AppendUint16(m, stunIced)
		m = append(m, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8)
	}
	be.PutUint16(m[2:], uint16(len(m)-stunHead+24))
	sum := stunSum(m, pwd)
	m = append(m, 0, stunMAC, 0, macSize)
	m = append(m, sum...)
	be.PutUint16(m[2:], uint16(len(m)-stunHead+8))
	crc := crc32.ChecksumIEEE(m) ^ crcMask
	m = append(m, stunCRC>>8, stunCRC&0xff, 0, 4)
	return be.AppendUint32(m, crc)
}

// find sends a check from a socket and waits for its answer.
func (b *browser) find(from *phone, use bool) []byte {
	b.t.Helper()
	from.send(b.to, b.check(b.place.Pwd, use, false))
	select {
	case a := <-b.checks:
		return a
	case <-time.After(guard):
		b.t.Fatal("no answer to a check")
		return nil
	}
}

// wire is a browser's end of the handshake.
type wire struct{ b *browser }

func (w wire) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := w.b.keys.Read(p)
	return n, far{}, err
}
func (w wire) WriteTo(p []byte, _ net.Addr) (int, error) {
	return w.b.conn.WriteToUDPAddrPort(p, w.b.to)
}
func (w wire) Close() error                       { return nil }
func (w wire) LocalAddr() net.Addr                { return w.b.conn.LocalAddr() }
func (w wire) SetDeadline(t time.Time) error      { return w.b.keys.SetReadDeadline(t) }
func (w wire) SetReadDeadline(t time.Time) error  { return w.b.keys.SetReadDeadline(t) }
func (w wire) SetWriteDeadline(_ time.Time) error { return nil }

// shake makes keys with the session under a certificate.
func (b *browser) shake(certificate tls.Certificate) error {
	conn, err := dtls.ClientWithOptions(wire{b}, far{}, dtls.WithCertificates(certificate), dtls.WithInsecureSkipVerify(true),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80))
	if err != nil {
		return err
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	ctx, cancel := context.WithTimeout(b.t.Context(), guard)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	state, _ := conn.ConnectionState()
	k, err := state.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", nil, 60)
	if err != nil {
		return err
	}
	b.seal, err = srtp.CreateContext(k[:16], k[32:46], srtp.ProtectionProfileAes128CmHmacSha1_80)
	if err != nil {
		return err
	}
	b.open, err = srtp.CreateContext(k[16:32], k[46:60], srtp.ProtectionProfileAes128CmHmacSha1_80)
	return err
}

// hears waits for a packet and opens it.
func (b *browser) hears() []byte {
	b.t.Helper()
	select {
	case got := <-b.sounds:
		plain, err := b.open.DecryptRTP(nil, got, nil)
		if err != nil {
			b.t.Fatal(err)
		}
		return plain
	case <-time.After(guard):
		b.t.Fatal("the browser hears nothing")
		return nil
	}
}

// says is a packet of the browser's, sealed.
func (b *browser) says(text string) []byte {
	b.t.Helper()
	sealed, err := b.seal.EncryptRTP(nil, b.packet(0, text), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return sealed
}

// until yields until the packet thread has done something.
func until(t testing.TB, done func() bool) {
	t.Helper()
	for end := time.Now().Add(guard); !done(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("it never happened")
		}
	}
}

// meeting is a browser and a phone that hear each other.
func meeting(t testing.TB) (*Session, *browser, *Session, *phone) {
	t.Helper()
	e := engine(t, func(c *Config) { c.Loops = 1 })
	s, other := open(t, e), open(t, e)
	b, p := surf(t, s, "127.0.0.1"), ring(t, "127.0.0.1")
	set(t, s, b.flow(pcmu))
	set(t, other, p.flow(pcmu))
	e.Bridge(s, other)
	b.find(b.phone, true)
	if err := b.shake(b.identity.certificate); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return s.Stats().Secure })
	return s, b, other, p
}

func TestBrowserAndPhoneHearEachOther(t *testing.T) {
	s, b, other, p := meeting(t)
	for range 5 {
		p.talk(other, 0, "from the phone")
		if got := b.hears(); body(got) != "from the phone" {
			t.Fatalf("%x", got)
		}
		b.send(b.to, b.says("from the browser"))
		if got := p.hear(); body(got) != "from the browser" {
			t.Fatalf("%x", got)
		}
	}
	if st := s.Stats(); st.Locked != b.addr() || !st.Secure || st.Received.Packets != 5 {
		t.Errorf("%+v", st)
	}
}

// What a check is answered: where it came from; a browser that believes that we lead is told its mistake.
func TestCheckIsAnswered(t *testing.T) {
	e := engine(t)
	s := open(t, e)
	b := surf(t, s, "127.0.0.1")
	a := b.find(b.phone, false)
	if kind := binary.BigEndian.Uint16(a); kind != stunSuccess {
		t.Fatalf("answer %#x", kind)
	}
	if port := binary.BigEndian.Uint16(a[26:]) ^ stunCookie>>16; port != b.addr().Port() {
		t.Errorf("mapped port %d, is %d", port, b.addr().Port())
	}
	b.send(b.to, b.check(b.place.Pwd, false, true))
	if a = <-b.checks; binary.BigEndian.Uint16(a) != stunError || a[26] != 4 || a[27] != 87 {
		t.Errorf("%x", a)
	}
}

// Nobody without the password gets an answer, is locked or makes keys (RT-01, RT-02 for browsers).
func TestStrangersFindNoWay(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	s := open(t, e)
	b := surf(t, s, "127.0.0.1")
	for _, packet := range [][]byte{
		b.check("not the password", true, false),
		b.check(b.place.Pwd, true, false)[:60],
		append([]byte{22, 0xfe, 0xfd}, make([]byte, 60)...),
	} {
		b.send(b.to, packet)
	}
	changed := b.check(b.place.Pwd, true, false)
	changed[stunHead+4] ^= 1
	b.send(b.to, changed)
	fence(t, e)()
	if st := s.Stats(); st.Locked.IsValid() || st.Foreign+st.Invalid != 4 || len(b.checks) > 0 {
		t.Errorf("%+v, %d answers", st, len(b.checks))
	}
}

// RT-06: a browser with another certificate than signalling named makes no keys, and hears nothing (RFC 5763 §5).
func TestForeignCertificate(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	s, other := open(t, e), open(t, e)
	b, p := surf(t, s, "127.0.0.1"), ring(t, "127.0.0.1")
	told := make(chan Event, 9)
	s.Watch(func(ev Event) { told <- ev })
	set(t, s, b.flow(pcmu))
	set(t, other, p.flow(pcmu))
	e.Bridge(s, other)
	b.find(b.phone, true)
	id, err := newIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.shake(id.certificate); err == nil {
		t.Fatal("keys were made with a stranger")
	}
	for _, want := range []EventKind{EventLocked, EventForeignKeys} {
		select {
		case ev := <-told:
			if ev.Kind != want {
				t.Errorf("told %v, want %v", ev.Kind, want)
			}
		case <-time.After(guard):
			t.Fatalf("event %v was not told", want)
		}
	}
	p.talk(other, 0, "secret")
	b.send(b.to, b.packet(0, "plain"))
	fence(t, e)()
	if st := s.Stats(); st.Secure || st.Sent.Packets != 0 || st.Rejected != 1 || len(b.sounds) > 0 {
		t.Errorf("%+v", st)
	}
	p.silent()
}

// Packets from a second address never leak, whatever they hold; one that proves itself and is chosen takes over (network change).
func TestBrowserMoves(t *testing.T) {
	s, b, other, p := meeting(t)
	moved := ring(t, "127.0.0.2")
	b.read(moved)
	spoken := b.says("from elsewhere")
	moved.send(b.to, spoken)
	until(t, func() bool { return s.Stats().Foreign == 1 })
	p.silent()
	b.find(moved, false) // it only looks whether this way works
	if st := s.Stats(); st.Locked != b.addr() {
		t.Fatalf("moved without being chosen: %v", st.Locked)
	}
	b.find(moved, true)
	if st := s.Stats(); st.Locked != moved.addr() {
		t.Fatalf("chosen, but not moved: %v", st.Locked)
	}
	moved.send(b.to, b.says("from there"))
	if got := p.hear(); body(got) != "from there" {
		t.Fatalf("%x", got)
	}
	p.talk(other, 0, "to there")
	if got := b.hears(); body(got) != "to there" {
		t.Fatalf("%x", got)
	}
}

// After an ICE restart both passwords are good, keys and numbering go on.
func TestSearchAnew(t *testing.T) {
	s, b, other, p := meeting(t)
	old := b.place
	fresh := s.Web(true)
	if fresh.Ufrag == old.Ufrag || fresh.Pwd == old.Pwd || fresh.Fingerprint != old.Fingerprint {
		t.Fatal("nothing new")
	}
	set(t, s, b.flow(pcmu))
	b.find(b.phone, true)
	b.place = fresh
	b.find(b.phone, true)
	p.talk(other, 0, "goes on")
	if got := b.hears(); body(got) != "goes on" {
		t.Fatalf("%x", got)
	}
}

// A browser that stopped asking for our packets gets none (RFC 7675).
func TestConsentEnds(t *testing.T) {
	s, b, other, p := meeting(t)
	p.talk(other, 0, "wanted")
	b.hears()
	s.mu.Lock()
	s.web.checked -= consent + time.Second
	s.mu.Unlock()
	p.talk(other, 0, "unwanted")
	until(t, func() bool { return s.Stats().Unsent == 1 })
	b.find(b.phone, false)
	p.talk(other, 0, "wanted again")
	if got := b.hears(); body(got) != "wanted again" {
		t.Fatalf("%x", got)
	}
}

// The house waits with what it says until there are keys.
func TestHouseSpeaksToBrowser(t *testing.T) {
	e := engine(t)
	s := open(t, e)
	b := surf(t, s, "127.0.0.1")
	set(t, s, b.flow(pcmu))
	if err := s.Play(Beep()); err != nil {
		t.Fatal(err)
	}
	b.find(b.phone, true)
	if err := b.shake(b.identity.certificate); err != nil {
		t.Fatal(err)
	}
	if got := b.hears(); number(got) != 0 || len(got) != 172 {
		t.Fatalf("%x", got)
	}
}

func BenchmarkCheck(b *testing.B) {
	f := &browser{place: newPlace([32]byte{})}
	m := f.check(f.place.Pwd, true, false)
	var room [128]byte
	b.ReportAllocs()
	for b.Loop() {
		c, ok := parseCheck(m)
		if !ok || !c.provenBy(f.place.Pwd) {
			b.Fatal("not believed")
		}
		c.answer(room[:0], netip.MustParseAddrPort("192.0.2.1:5"), f.place.Pwd)
	}
}

// BenchmarkBrowser is what a leg of a browser costs besides its sound: it comes in – check, handshake, keys – and goes; and one packet of it through
// the relay to a phone, opened and passed on. The browser's own part is in both figures.
func BenchmarkBrowser(b *testing.B) {
	b.Run("arrives", func(b *testing.B) {
		e := engine(b, func(c *Config) { c.Loops = 1 })
		began := cpu(syscall.RUSAGE_SELF)
		b.ReportAllocs()
		for b.Loop() {
			s := open(b, e)
			w := surf(b, s, "127.0.0.1")
			set(b, s, w.flow(pcmu))
			w.find(w.phone, true)
			if err := w.shake(w.identity.certificate); err != nil {
				b.Fatal(err)
			}
			until(b, func() bool { return s.Stats().Secure })
			s.Close()
			_ = w.conn.Close()
		}
		b.ReportMetric(float64((cpu(syscall.RUSAGE_SELF)-began).Microseconds())/1000/float64(b.N), "CPU-ms/leg")
	})
	b.Run("packet", func(b *testing.B) {
		s, w, _, p := meeting(b)
		var in [2000]byte
		began := cpu(syscall.RUSAGE_SELF)
		b.ReportAllocs()
		for b.Loop() {
			s.mu.Lock()
			s.rtp.rate.spent = 0 // the cap is about real time
			s.mu.Unlock()
			w.send(w.to, w.says("twenty milliseconds of sound, as long as those of a desk phone: 160 octets"))
			if _, err := p.conn.Read(in[:]); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64((cpu(syscall.RUSAGE_SELF)-began).Microseconds())/float64(b.N), "CPU-µs/packet")
	})
}

// RT-05: while a browser's call is set up, somebody who has proven nothing sends ClientHellos, which offer no encryption at all, to the same port, and
// so does the browser's own address before its check. None of them gets an answer or costs a handshake; what is read of them is capped, the call is
// set up, and another call loses nothing.
func TestHellosOfStrangers(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	fence := fence(t, e)
	s, other := open(t, e), open(t, e)
	b, p, thief := surf(t, s, "127.0.0.1"), ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	set(t, s, b.flow(pcmu))
	set(t, other, p.flow(pcmu))
	e.Bridge(s, other)
	hello := nullHello()
	b.phone.send(b.to, hello) // before any check
	n := *hellos
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for i := range n {
		if i >= 2000 && i%1000 == 0 { // of the long run: so many a second
			<-second.C
		}
		thief.send(b.to, hello)
		if i%100 == 0 {
			fence() // the other call goes on
		}
		if i == n/2 { // in the middle of it
			b.find(b.phone, true)
			if err := b.shake(b.identity.certificate); err != nil {
				t.Fatalf("no keys beside %d hellos: %v", i, err)
			}
		}
	}
	until(t, func() bool { return s.Stats().Secure })
	until(t, func() bool { // the port may be at rest for a moment
		b.phone.send(b.to, b.says("hello"))
		p.conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		var in [2000]byte
		_, err := p.conn.Read(in[:])
		return err == nil
	})
	thief.silent()
	if st := s.Stats(); st.Foreign == 0 || st.Foreign > uint64(n)+1 {
		t.Errorf("%+v", st)
	}
}

// nullHello is a ClientHello whose only cipher is TLS_NULL_WITH_NULL_NULL (RFC 6347 §4.2.1).
func nullHello() []byte {
	body := append([]byte{0xfe, 0xfd}, make([]byte, 32)...)                        // version and random
	body = append(body, 0, 0, 0, 2, 0, 0, 1, 0)                                    // no session, no cookie, one cipher, no compression
	head := []byte{1, 0, 0, byte(len(body)), 0, 0, 0, 0, 0, 0, 0, byte(len(body))} // ClientHello, whole
	record := []byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(head) + len(body))}
	return append(append(record, head...), body...)
}

// What claims to be a check is read within its bounds, is left as it came, and is answered by a well-formed message (RT-07).
func FuzzCheck(f *testing.F) {
	b := &browser{place: newPlace([32]byte{})}
	f.Add(b.check(b.place.Pwd, true, false))
	f.Add(b.check(b.place.Pwd, false, true))
	f.Add([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Fuzz(func(t *testing.T, in []byte) {
		before := bytes.Clone(in)
		c, ok := parseCheck(in)
		if !ok {
			return
		}
		c.provenBy(b.place.Pwd)
		if !bytes.Equal(in, before) {
			t.Fatalf("%x became %x", before, in)
		}
		out := c.answer(nil, netip.MustParseAddrPort("192.0.2.1:5"), b.place.Pwd)
		if !isSTUN(out) || len(out)%4 != 0 || int(binary.BigEndian.Uint16(out[2:])) != len(out)-stunHead || !bytes.Equal(out[8:20], in[8:20]) {
			t.Fatalf("answered %x by %x", in, out)
		}
	})
}
