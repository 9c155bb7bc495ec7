package officetest

import (
	"encoding/xml"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// scan is what sslscan writes down about a listener.
type scan struct {
	Tests []struct {
		Protocols []struct {
			Type    string `xml:"type,attr"`
			Version string `xml:"version,attr"`
			Enabled int    `xml:"enabled,attr"`
		} `xml:"protocol"`
		Renegotiation struct {
			Supported int `xml:"supported,attr"`
			Secure    int `xml:"secure,attr"`
		} `xml:"renegotiation"`
		Compression struct {
			Supported int `xml:"supported,attr"`
		} `xml:"compression"`
		Heartbleed []struct {
			Vulnerable int `xml:"vulnerable,attr"`
		} `xml:"heartbleed"`
		Ciphers []struct {
			Cipher string `xml:"cipher,attr"`
			Bits   int    `xml:"bits,attr"`
		} `xml:"cipher"`
		Certificates []struct {
			Signature string `xml:"signature-algorithm"`
			Key       struct {
				Type string `xml:"type,attr"`
				Bits int    `xml:"bits,attr"`
			} `xml:"pk"`
		} `xml:"certificates>certificate"`
	} `xml:"ssltest"`
}

// The scanner of Debian finds nothing in the listener for encrypted phones that is worse than "low" in the words of such scanners: TLS 1.2 and 1.3 only, every
// cipher with a fresh key for each connection and at least 128 bits, none of the broken ones, no compression, no insecure renegotiation, no heartbeat, a key
// that is long enough; and no less while a line wants to see certificates (BAR SA-17).
func TestTLSListenerIsSound(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.claim()
	s.soundTLS(t)
	s.call(201, "POST", "/v1/trunks", object{"name": "Switch", "host": "127.0.0.1:9", "transport": "tls", "pins": []string{strings.Repeat("0", 64)}})
	s.soundTLS(t)
}

func (s *server) soundTLS(t *testing.T) {
	t.Helper()
	raw := tool(t, "sslscan", "--no-colour", "--xml=-", "127.0.0.1:"+port(netip.MustParseAddrPort(s.reach("tls"))))
	var found scan
	if err := xml.Unmarshal([]byte(raw[strings.Index(raw, "<?xml"):]), &found); err != nil || len(found.Tests) != 1 {
		t.Fatalf("%v", err)
	}
	got := found.Tests[0]
	var spoken []string
	for _, p := range got.Protocols {
		if p.Enabled != 0 {
			spoken = append(spoken, p.Type+" "+p.Version)
		}
	}
	if slices.Sort(spoken); !slices.Equal(spoken, []string{"tls 1.2", "tls 1.3"}) || len(got.Protocols) < 6 {
		t.Errorf("it speaks %v, of %d that were tried", spoken, len(got.Protocols))
	}
	if len(got.Ciphers) == 0 || len(got.Certificates) == 0 {
		t.Fatal("nothing was found out")
	}
	for _, c := range got.Ciphers {
		fresh := strings.HasPrefix(c.Cipher, "ECDHE-") || strings.HasPrefix(c.Cipher, "TLS_")
		weak := slices.ContainsFunc([]string{"RC4", "3DES", "DES-", "NULL", "EXP", "MD5", "ADH", "AECDH", "PSK", "SEED", "IDEA", "CAMELLIA"}, func(w string) bool { return strings.Contains(c.Cipher, w) })
		if !fresh || weak || c.Bits < 128 {
			t.Errorf("it takes %s with %d bits", c.Cipher, c.Bits)
		}
	}
	if r := got.Renegotiation; r.Supported != 0 && r.Secure == 0 {
		t.Errorf("renegotiation: %+v", r)
	}
	if got.Compression.Supported != 0 {
		t.Error("it compresses")
	}
	for _, h := range got.Heartbleed {
		if h.Vulnerable != 0 {
			t.Error("it bleeds")
		}
	}
	for _, c := range got.Certificates {
		if strings.Contains(strings.ToLower(c.Signature), "sha1") || strings.Contains(strings.ToLower(c.Signature), "md5") || c.Key.Type == "RSA" && c.Key.Bits < 2048 || c.Key.Type == "EC" && c.Key.Bits < 128 {
			t.Errorf("its certificate: %s, %s with %d bits", c.Signature, c.Key.Type, c.Key.Bits)
		}
	}
}
