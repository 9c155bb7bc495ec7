package house

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// selfMadeLife is how long a self-made certificate is valid; it is renewed in its last month, at start.
const selfMadeLife = 2 * 365 * 24 * time.Hour

// certificate loads the given pair of PEM files, or with empty names the self-made one in the data directory, which is made when it is
// missing, about to expire, or does not cover a name.
func certificate(data, certFile, keyFile string, names []string, now time.Time) (tls.Certificate, error) {
	if certFile != "" || keyFile != "" {
		c, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return c, fmt.Errorf("certificate: %w (give both --cert and --key as PEM files)", err)
		}
		return c, nil
	}
	dir := filepath.Join(data, "tls")
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	c, err := tls.LoadX509KeyPair(certFile, keyFile)
	switch {
	case err == nil && covers(c, names, now):
		return c, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return c, fmt.Errorf("self-made certificate: %w (delete %s to have a new one made)", err, dir)
	}
	certPEM, keyPEM, err := selfMade(names, now)
	if err != nil {
		return c, fmt.Errorf("make a certificate: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, err
	}
	if err := os.WriteFile(keyFile, keyPEM, 0o600); err != nil {
		return c, err
	}
	if err := os.WriteFile(certFile, certPEM, 0o644); err != nil {
		return c, err
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}

func covers(c tls.Certificate, names []string, now time.Time) bool {
	if c.Leaf == nil || c.Leaf.NotAfter.Sub(now) < 30*24*time.Hour {
		return false
	}
	return !slices.ContainsFunc(names, func(n string) bool { return c.Leaf.VerifyHostname(n) != nil })
}

func selfMade(names []string, now time.Time) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: names[0], Organization: []string{"Tandem, self-made"}},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(selfMadeLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, // trunks show it where they call
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

// CertificateUntil tells until when the certificate that would be used is valid; fs.ErrNotExist when a self-made one has yet to be made.
func CertificateUntil(data, certFile, keyFile string) (time.Time, error) {
	if certFile == "" && keyFile == "" {
		certFile, keyFile = filepath.Join(data, "tls", "cert.pem"), filepath.Join(data, "tls", "key.pem")
	}
	c, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return time.Time{}, err
	}
	return c.Leaf.NotAfter, nil
}
