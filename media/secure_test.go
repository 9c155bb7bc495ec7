package media

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// cipher is the far side's own SRTP, independent of the relay's.
type cipher struct {
	t    testing.TB
	seal *srtp.Context
	open *srtp.Context
}

func keys(n byte) (ours, theirs *Key) {
	ours, theirs = &Key{}, &Key{}
	for i := range ours.Key {
		ours.Key[i], theirs.Key[i] = n+byte(i), n+byte(i)+100
	}
	for i := range ours.Salt {
		ours.Salt[i], theirs.Salt[i] = n+byte(i)+50, n+byte(i)+150
	}
	return ours, theirs
}

func secure(t testing.TB, f *Flow, n byte) *cipher {
	t.Helper()
	ours, theirs := keys(n)
	f.SealKey, f.OpenKey = ours, theirs
	context := func(k *Key) *srtp.Context {
		c, err := srtp.CreateContext(k.Key[:], k.Salt[:], srtp.ProtectionProfileAes128CmHmacSha1_80, srtp.SRTPReplayProtection(64))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	return &cipher{t, context(theirs), context(ours)}
}

func (c *cipher) encrypt(b []byte) []byte {
	c.t.Helper()
	out, err := c.seal.EncryptRTP(nil, b, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *cipher) decrypt(b []byte) []byte {
	c.t.Helper()
	out, err := c.open.DecryptRTP(nil, b, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func TestSRTPBothSidesAndMixed(t *testing.T) {
	e := engine(t)
	a, b, c := ring(t, "127.0.0.1"), ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb, sc := open(t, e), open(t, e), open(t, e)
	fa, fb := a.flow(pcmu), b.flow(Format{100, "PCMU", 8000, 1})
	ca, cb := secure(t, &fa, 1), secure(t, &fb, 2)
	set(t, sa, fa)
	set(t, sb, fb)
	set(t, sc, c.flow(pcmu))

	e.Bridge(sa, sb)
	for range 3 {
		a.send(sa.here(), ca.encrypt(a.packet(0, "secret of a")))
		got := b.hear()
		if bytes.Contains(got, []byte("secret")) {
			t.Fatal("left in the clear")
		}
		if got = cb.decrypt(got); body(got) != "secret of a" || number(got) != 100 {
			t.Errorf("B heard %q as %d", body(got), number(got))
		}
		b.send(sb.here(), cb.encrypt(b.packet(100, "secret of b")))
		if got := ca.decrypt(a.hear()); body(got) != "secret of b" {
			t.Errorf("A heard %q", body(got))
		}
	}
	if st := sa.Stats(); !st.Secure || st.Sent.Bytes != 33 {
		t.Errorf("%+v", st)
	}

	e.Bridge(sa, sc) // secure to plain
	a.send(sa.here(), ca.encrypt(a.packet(0, "to the plain one")))
	if got := c.hear(); body(got) != "to the plain one" {
		t.Errorf("C heard %q", got)
	}
	c.talk(sc, 0, "from the plain one")
	if got := ca.decrypt(a.hear()); body(got) != "from the plain one" {
		t.Errorf("A heard %q", got)
	}
	if sc.Stats().Secure {
		t.Error("plain leg calls itself secure")
	}
}

func TestSRTCPBothWays(t *testing.T) {
	e := engine(t)
	a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb := open(t, e), open(t, e)
	fa, fb := a.flow(pcmu), b.flow(pcmu)
	ca, cb := secure(t, &fa, 1), secure(t, &fb, 2)
	ea, eb := ear(t, a, &fa), ear(t, b, &fb)
	set(t, sa, fa)
	set(t, sb, fb)
	e.Bridge(sa, sb)
	a.send(sa.here(), ca.encrypt(a.packet(0, "x")))
	b.hear()
	clear := senderReport(a.ssrc, nil)
	sealed, err := ca.seal.EncryptRTCP(nil, clear, nil)
	if err != nil {
		t.Fatal(err)
	}
	ea.send(sa.hereRTCP(), clear) // not sealed: dropped
	ea.send(sa.hereRTCP(), sealed)
	got, err := cb.open.DecryptRTCP(nil, eb.hear(), nil)
	if err != nil || got[1] != 200 {
		t.Errorf("%x, %v", got, err)
	}
	if st := sa.Stats(); st.Rejected != 1 {
		t.Errorf("%+v", st)
	}
}

// RT-08: a whole turn of the 16-bit numbers in both directions, with a key that stays over a re-INVITE in the middle.
func TestRollOver(t *testing.T) {
	e := engine(t)
	a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb := open(t, e), open(t, e)
	fa, fb := a.flow(pcmu), b.flow(pcmu)
	ca, cb := secure(t, &fa, 1), secure(t, &fb, 2)
	set(t, sa, fa)
	set(t, sb, fb)
	e.Bridge(sa, sb)
	a.seq = 40000
	for i := range 70000 {
		if i == 67000 {
			set(t, sa, fa)
			set(t, sb, fb)
		}
		// The rate cap counts in real time; the clock of this test is the packet number.
		sa.mu.Lock()
		sa.rtp.rate.spent = 0
		sa.mu.Unlock()
		a.send(sa.here(), ca.encrypt(a.packet(0, "x")))
		if got := cb.decrypt(b.hear()); body(got) != "x" {
			t.Fatalf("packet %d: %x", i, got)
		}
	}
	if st := sa.Stats(); st.Received.Lost != 0 || st.Rejected != 0 {
		t.Errorf("%+v", st)
	}
}

func TestSRTPAttacks(t *testing.T) {
	e := engine(t)
	a := ring(t, "127.0.0.1")
	sa := open(t, e)
	f := a.flow(pcmu)
	ca := secure(t, &f, 1)
	set(t, sa, f)
	now := e.now()
	var sent [][]byte
	for range 200 {
		sent = append(sent, ca.encrypt(a.packet(0, "x")))
	}
	for i, p := range sent {
		if i == 150 {
			continue // comes late
		}
		if _, passed := sa.deliver(a.addr(), p, now); !passed {
			t.Fatalf("packet %d was dropped", i)
		}
	}
	if _, passed := sa.deliver(a.addr(), sent[150], now); !passed {
		t.Error("a packet 50 late was dropped (RT-08: window of at least 64)")
	}
	forged := append([]byte(nil), sent[199]...)
	forged[3]++
	forgedSSRC := append([]byte(nil), sent[199]...)
	forgedSSRC[11]++
	for name, p := range map[string][]byte{
		"RT-08: replayed":           sent[199],
		"RT-08: replayed long ago":  sent[0],
		"RT-02: next, wrong tag":    forged,
		"RT-02: new stream, forged": forgedSSRC,
		"RT-04: in the clear":       a.packet(0, "clear"),
		"too short for a tag":       sent[199][:20],
	} {
		if _, passed := sa.deliver(a.addr(), p, now); passed {
			t.Errorf("%s: accepted", name)
		}
	}
	if got := sa.Stats().Rejected; got != 6 {
		t.Errorf("rejected %d, want 6", got)
	}
	// A legitimate new stream under the same key goes on (RT-08), but not any number of them.
	accepted := 0
	for i := range 200 {
		now += 1e8
		a.ssrc = uint32(i)
		if _, passed := sa.deliver(a.addr(), ca.encrypt(a.packet(0, "x")), now); passed {
			accepted++
		}
	}
	if accepted != maxSources-1 {
		t.Errorf("%d new streams, want %d", accepted, maxSources-1)
	}
}

// RT-08: a far side that begins a new stream in the middle of a secure call, with other numbers and times, and goes back to the old one, is heard without a
// gap, as one stream under one SSRC; what was sent of the streams before is not heard a second time.
func TestNewStreamOnSecureLeg(t *testing.T) {
	e := engine(t)
	a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb := open(t, e), open(t, e)
	fa, fb := a.flow(pcmu), b.flow(pcmu)
	ca, cb := secure(t, &fa, 1), secure(t, &fb, 2)
	set(t, sa, fa)
	set(t, sb, fb)
	e.Bridge(sa, sb)

	var sent [][]byte
	var last header
	first := a.ssrc
	for i := range 200 {
		switch i {
		case 50: // another program speaks: all is new
			a.ssrc, a.seq, a.time = first+1, 64000, 1<<31
		case 100: // a jump of both
			a.seq, a.time = a.seq+30000, a.time+1<<30
		case 150: // back again, where it had been
			a.ssrc, a.seq, a.time = first, 1050, 5000+50*160
		}
		sealed := ca.encrypt(a.packet(0, fmt.Sprint("word ", i)))
		sent = append(sent, sealed)
		a.send(sa.here(), sealed)
		if i%7 == 6 {
			a.send(sa.here(), sent[i*3/7]) // of this stream or an earlier one
		}
		plain := cb.decrypt(b.hear())
		h, _ := parseRTP(plain)
		if got := body(plain); got != fmt.Sprint("word ", i) {
			t.Fatalf("%d: heard %q", i, got)
		}
		begins := i == 0 || i == 50 || i == 100 || i == 150
		if i > 0 && (h.ssrc != last.ssrc || h.seq != last.seq+1 || int32(h.stamp-last.stamp) < 0 || h.marker != begins) {
			t.Errorf("%d: %+v after %+v", i, h, last)
		}
		last = h
	}
	b.silent()
	if st := sa.Stats(); st.Received.Packets != 200 || st.Rejected != 200/7 {
		t.Errorf("%+v", st)
	}
}

// Who holds the key is believed at once, but only from an expected address.
func TestKeyHolderIsLearnedAtOnce(t *testing.T) {
	e := engine(t)
	a := ring(t, "127.0.0.1")
	sa := open(t, e)
	f := a.flow(pcmu)
	ca := secure(t, &f, 1)
	set(t, sa, f)
	if told, passed := sa.deliver(addr("127.0.0.1:999"), ca.encrypt(a.packet(0, "x")), e.now()); !passed || len(told) != 1 || told[0].Kind != EventLocked {
		t.Errorf("%v, %v", passed, told)
	}
	if _, passed := sa.deliver(addr("127.0.0.5:999"), ca.encrypt(a.packet(0, "x")), e.now()); passed {
		t.Error("RT-01: taken from a foreign address")
	}
}

// A sealed stream never uses a number twice, whoever is bridged to it: two sources with the same SSRC and sequence
// must not get the same key stream (RFC 3711 §9.1).
func TestKeyStreamIsNeverReused(t *testing.T) {
	e := engine(t)
	b := ring(t, "127.0.0.1")
	sb := open(t, e)
	f := b.flow(pcmu)
	secure(t, &f, 1)
	set(t, sb, f)
	seen := map[string]bool{}
	for range 3 {
		a, sa := ring(t, "127.0.0.1"), open(t, e)
		a.ssrc, a.seq = 77, 10
		set(t, sa, a.flow(pcmu))
		e.Bridge(sa, sb)
		for range 5 {
			a.talk(sa, 0, "same")
			var h rtp.Header
			if _, err := h.Unmarshal(b.hear()); err != nil {
				t.Fatal(err)
			}
			id := fmt.Sprint(h.SSRC, h.SequenceNumber)
			if seen[id] {
				t.Fatalf("%s twice", id)
			}
			seen[id] = true
		}
		sa.Close()
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	ours, _ := keys(65)
	for _, s := range []string{fmt.Sprintf("%v", *ours), fmt.Sprintf("%+v", Flow{SealKey: ours}.SealKey), fmt.Sprintf("%#v", *ours)} {
		if !strings.Contains(s, "hidden") {
			t.Errorf("printed %q", s)
		}
	}
}
