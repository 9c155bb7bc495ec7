package command

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"

	"tandem/pbx"
)

// cleanAuthorities keeps the certificates of a text in PEM and nothing beside them. Whoever is no authority vouches for nobody, so such a certificate
// is refused instead of standing there without effect.
func cleanAuthorities(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	if len(text) > pbx.MaxAuthorities {
		return "", pbx.Refuse(pbx.Invalid, "authorities", "trunk.authorities_long")
	}
	certs, ok := certificatesIn(text)
	if !ok {
		return "", pbx.Refuse(pbx.Invalid, "authorities", "trunk.authorities_bad")
	}
	var out strings.Builder
	for _, c := range certs {
		if !c.IsCA {
			return "", pbx.Refuse(pbx.Invalid, "authorities", "trunk.authority_none", "name", c.Subject.String())
		}
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.String(), nil
}

// certificatesIn reads the certificates of a text in PEM; false where something in it is no certificate, or there is none.
func certificatesIn(text string) ([]*x509.Certificate, bool) {
	var out []*x509.Certificate
	rest := []byte(strings.TrimSpace(text))
	for len(rest) > 0 {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != "CERTIFICATE" {
			return nil, false
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, false
		}
		out, rest = append(out, c), []byte(strings.TrimSpace(string(after)))
	}
	return out, len(out) > 0
}

// cleanPins reads fingerprints as people copy them, one a line – with colons or without, in capitals, with the name of the hash before them – and takes
// a certificate in PEM for its fingerprint.
func cleanPins(list []string) ([]string, error) {
	const begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
	var out []string
	add := func(pin string) {
		if pin != "" && !slices.Contains(out, pin) {
			out = append(out, pin)
		}
	}
	for rest := strings.Join(list, "\n"); rest != ""; {
		lines, block, _ := strings.Cut(rest, begin)
		for line := range strings.FieldsFuncSeq(lines, func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
			add(cleanPin(line))
		}
		if block == "" {
			break
		}
		inner, after, _ := strings.Cut(block, end)
		certs, ok := certificatesIn(begin + inner + end)
		if !ok {
			return nil, pbx.Refuse(pbx.Invalid, "pins", "trunk.pin_bad", "value", begin)
		}
		add(pbx.Fingerprint(certs[0].Raw))
		rest = after
	}
	return out, nil
}

// cleanPin is a fingerprint in the one form that is kept: "sha256 Fingerprint=AB:CD…", as openssl prints it, becomes "abcd…".
func cleanPin(text string) string {
	pin := strings.ToLower(text)
	if _, after, ok := strings.Cut(pin, "="); ok {
		pin = after
	}
	return strings.NewReplacer("sha256", "", "sha-256", "", ":", "", " ", "", "\t", "", "\r", "").Replace(pin)
}
