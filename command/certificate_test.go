package command

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

func inPEM(t *testing.T, authority bool) (text, print string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "carrier"}, NotAfter: time.Now().Add(time.Hour), IsCA: authority, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})), hex.EncodeToString(sum[:])
}

func isInvalid(err error) bool {
	var e *pbx.Error
	return errors.As(err, &e) && e.Code == pbx.Invalid
}

// Fingerprints are read as people copy them, and certificates are taken for theirs.
func TestPinsAsTheyAreTyped(t *testing.T) {
	text, print := inPEM(t, false)
	small := strings.Repeat("ab", 32)
	colons := strings.TrimSuffix(strings.Repeat("AB:", 32), ":")
	for _, tt := range []struct {
		typed []string
		want  []string
	}{
		{nil, nil},
		{[]string{" \n"}, nil},
		{[]string{colons}, []string{small}},
		{[]string{"sha256 Fingerprint=" + colons + "\n"}, []string{small}},
		{[]string{"SHA-256: " + strings.ToUpper(small), small}, []string{small}},
		{[]string{colons + "\r\n" + text + "\n" + strings.Repeat("0", 64)}, []string{small, print, strings.Repeat("0", 64)}},
		{[]string{text + text}, []string{print}},
		{[]string{"no fingerprint"}, []string{"nofingerprint"}}, // which the check of the trunk refuses by name
	} {
		if got, err := cleanPins(tt.typed); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, %v", tt.typed, got, err)
		}
	}
	if _, err := cleanPins([]string{"-----BEGIN CERTIFICATE-----\nnothing"}); !isInvalid(err) {
		t.Errorf("half a certificate: %v", err)
	}
}

// Only authorities may vouch, and nothing but their certificates is kept.
func TestAuthorities(t *testing.T) {
	ca, _ := inPEM(t, true)
	leaf, _ := inPEM(t, false)
	if got, err := cleanAuthorities("  " + ca + "\n\n" + ca); err != nil || got != ca+ca {
		t.Errorf("%q, %v", got, err)
	}
	for name, text := range map[string]string{
		"a server's": leaf, "words": "trust me", "a key": "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "words behind it": ca + "trust me", "too much": strings.Repeat(ca, 200),
	} {
		if got, err := cleanAuthorities(text); got != "" || !isInvalid(err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
