package pbx

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
)

// HA1 makes the two forms of a device's secret that are kept instead of it, in lower-case hexadecimal: the hashes of
// username:Realm:secret (RFC 7616 §3.4.2, RFC 8760).
func HA1(username, secret string) (md5Hex, sha256Hex string) {
	text := []byte(username + ":" + Realm + ":" + secret)
	m, s := md5.Sum(text), sha256.Sum256(text)
	return hex.EncodeToString(m[:]), hex.EncodeToString(s[:])
}

// HashSecret is what is kept of a random secret – a token, a cookie, a link: its SHA-256 in hexadecimal. What is as long
// and as random as the hash needs no slow one.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
