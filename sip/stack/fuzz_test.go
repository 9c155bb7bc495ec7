package stack

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
)

func seedTorture(f *testing.F) {
	files, _ := filepath.Glob("testdata/torture/*.dat")
	for _, name := range files {
		f.Add(tortureFile(f, filepath.Base(name[:len(name)-4])))
	}
	f.Add([]byte(benchInvite))
	f.Add([]byte(benchRegister))
}

// FuzzDatagram: no panic, a fixed point (SIP-03), and every refusal can be written.
func FuzzDatagram(f *testing.F) {
	seedTorture(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if m == nil {
			return
		}
		if m.IsRequest() {
			m.Flow = Flow{Transport: UDP, Remote: phone}
			m.arrive()
			if p := Validate(m, accepted); p != nil {
				p.Answer(m).Encode()
			}
			LocalTag(m)
			m.Contacts()
			m.ContentType()
			serverKey(m, m.Method)
		}
		if err == nil {
			checkFixedPoint(t, "input", raw)
		}
	})
}

// FuzzStream: cutting the same bytes in another way gives the same messages (SIP-11).
func FuzzStream(f *testing.F) {
	f.Add([]byte("\r\n\r\n"+benchRegister+benchInvite), uint8(7), uint8(100))
	for _, row := range torture {
		f.Add(append(tortureFile(f, row.file), benchRegister...), uint8(1), uint8(13))
	}
	f.Fuzz(func(t *testing.T, raw []byte, a, b uint8) {
		whole := cutAll(raw, len(raw)+1)
		cut := cutAll(raw, int(a)+1, int(b)+1)
		if !slices.Equal(whole, cut) {
			t.Errorf("whole %.300q\ncut %.300q", whole, cut)
		}
	})
}

func FuzzURI(f *testing.F) {
	for _, s := range []string{"sip:a:b@[::1]:5060;lr;x=%41?a=b", "tel:+1;x=y", "urn:service:sos", "sips:%00@h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURI(s)
		if err != nil {
			return
		}
		again, err := ParseURI(u.String())
		if err != nil || again != u {
			t.Errorf("%q: written as %q, read as %+v %v", s, u, again, err)
		}
		if !u.Equal(again) {
			t.Errorf("%q is not equal to itself", s)
		}
	})
}

func FuzzNameAddr(f *testing.F) {
	for _, s := range []string{`"A \"B" <sip:a@b;lr>;tag=x;q="0,5"`, "sip:a@b;tag=x", "A B <tel:+1>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseNameAddr(s)
		if err != nil || !printable(s) {
			return
		}
		again, err := ParseNameAddr(a.String())
		if err != nil || again.URI != a.URI || again.Name() != a.Name() || again.Tag() != a.Tag() {
			t.Errorf("%q: written as %q, read as %+v %v", s, a, again, err)
		}
	})
}

func FuzzVia(f *testing.F) {
	for _, s := range []string{"SIP/2.0/UDP h:5060;branch=z9hG4bKx;rport", "SIP / 2.0 / TCP [::1]:5;maddr=1.2.3.4", "SIP/2.0/UDP a, SIP/2.0/TCP b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, rest, err := cutVia(s)
		if err != nil {
			return
		}
		if len(rest) >= len(s) {
			t.Errorf("%q: nothing was cut", s)
		}
		again, err := ParseVia(v.stamp(phone))
		if err != nil || again.Host != v.Host || again.Port != v.Port {
			t.Errorf("%q: stamped %q: %v", s, v.stamp(phone), err)
		}
	})
}

func FuzzContacts(f *testing.F) {
	for _, s := range []string{"*", "<sip:a@b>;expires=1, \"x, y\" <sip:c@d;lr>", "sip:a@b;q=0.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw := "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>\r\nTo: <sip:a@h>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nm: " + s + "\r\n\r\n"
		m, err := Parse([]byte(raw))
		if err != nil {
			return
		}
		list, star, err := m.Contacts()
		if err != nil && !star && bytes.Count([]byte(raw), []byte("\r\nm:")) == 1 && bytes.Count([]byte(raw), []byte("*")) == 0 {
			t.Errorf("%q: accepted by the parser, then %v", s, err)
		}
		for _, c := range list {
			if _, err := ParseNameAddr(c.String()); err != nil {
				t.Errorf("%q: contact %q: %v", s, c, err)
			}
		}
	})
}
