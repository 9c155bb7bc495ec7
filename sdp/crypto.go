package sdp

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Suite is the only SRTP suite we speak by SDES: 128-bit counter mode with 80-bit tags (RFC 4568 §6.2.1).
const Suite = "AES_CM_128_HMAC_SHA1_80"

// Crypto is one usable a=crypto line (RFC 4568 §9.1): the key its writer encrypts with.
type Crypto struct {
	Tag  int
	Key  [16]byte
	Salt [14]byte
}

// String hides the key, so that no log shows it.
func (c Crypto) String() string { return strconv.Itoa(c.Tag) + " " + Suite + " (key hidden)" }

// Value is the attribute's value as it goes into the description.
func (c Crypto) Value() string {
	var b [30]byte
	copy(b[:16], c.Key[:])
	copy(b[16:], c.Salt[:])
	return strconv.Itoa(c.Tag) + " " + Suite + " inline:" + base64.StdEncoding.EncodeToString(b[:])
}

// ParseCrypto reads the value of an a=crypto attribute. Everything but AES_CM_128_HMAC_SHA1_80 with one key,
// without key index and without parameters that weaken it, is refused: NULL, F8, 32-bit tags, UNENCRYPTED_SRTP,
// UNENCRYPTED_SRTCP, UNAUTHENTICATED_SRTP, key derivation rates (RT-04). Unknown parameters refuse the line as RFC 4568 §6.3.8 demands.
func ParseCrypto(value string) (Crypto, error) {
	f := strings.Fields(value)
	if len(f) < 3 {
		return Crypto{}, &Error{0, "crypto needs tag, suite and key"}
	}
	tag, err := strconv.ParseUint(f[0], 10, 31)
	if err != nil || len(f[0]) > 9 {
		return Crypto{}, &Error{0, "crypto tag is no number"}
	}
	if !strings.EqualFold(f[1], Suite) {
		return Crypto{}, &Error{0, "crypto suite is not offered here"}
	}
	for _, p := range f[3:] {
		if !harmless(p) {
			return Crypto{}, &Error{0, "crypto parameter is not allowed"}
		}
	}
	c := Crypto{Tag: int(tag)}
	return c, c.inline(f[2])
}

// harmless are the parameters that may be ignored: a window hint, a rate of "once", and optional extensions.
func harmless(p string) bool {
	p = strings.ToUpper(p)
	return strings.HasPrefix(p, "WSH=") || p == "KDR=0" || strings.HasPrefix(p, "-")
}

func (c *Crypto) inline(param string) error {
	method, info, ok := strings.Cut(param, ":")
	if !ok || !strings.EqualFold(method, "inline") {
		return &Error{0, "crypto key is not inline"}
	}
	if strings.Contains(info, ";") {
		return &Error{0, "crypto line holds several keys"}
	}
	part := strings.Split(info, "|")
	if len(part) > 2 || len(part) == 2 && !lifetime(part[1]) {
		return &Error{0, "crypto key index or lifetime is not supported"}
	}
	b, err := base64.StdEncoding.DecodeString(part[0])
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(part[0])
	}
	if err != nil || len(b) != 30 {
		return &Error{0, "crypto key is not 30 bytes of base64"}
	}
	copy(c.Key[:], b[:16])
	copy(c.Salt[:], b[16:])
	return nil
}

// lifetime accepts what allows at least a day of packets; the key is never used longer than its call.
func lifetime(s string) bool {
	if power, ok := strings.CutPrefix(s, "2^"); ok {
		n, err := strconv.ParseUint(power, 10, 8)
		return err == nil && n >= 20 && n <= 48
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n >= 1<<20 && n <= 1<<48
}
