package media

import (
	"fmt"
	"slices"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// replayWindow is how far back packets may come late; twice what RT-08 and RFC 3711 §3.3.2 ask for.
const replayWindow = 128

// maxSources is how many SSRCs one key may carry. Each costs memory for the life of the key.
const maxSources = 64

// crypt is one direction of SRTP and SRTCP under one key.
type crypt struct {
	key     Key
	context *srtp.Context
	voice   []uint32 // SSRCs seen under this key
	control []uint32
}

func newCrypt(k Key) (*crypt, error) {
	c, err := srtp.CreateContext(k.Key[:], k.Salt[:], srtp.ProtectionProfileAes128CmHmacSha1_80,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return nil, fmt.Errorf("media: key: %w", err)
	}
	return &crypt{key: k, context: c}, nil
}

// rekey returns what to use for key k: nothing for none, the old context for the same key, because the roll-over counter
// and the replay window live in it, and a new one otherwise.
func rekey(old *crypt, k *Key) (*crypt, error) {
	if k == nil {
		return nil, nil
	}
	if old != nil && old.key == *k {
		return old, nil
	}
	return newCrypt(*k)
}

// openRTP checks and decrypts a packet in place.
func (c *crypt) openRTP(b []byte, ssrc uint32, h *rtp.Header) ([]byte, bool) {
	known := slices.Contains(c.voice, ssrc)
	if !known && len(c.voice) >= maxSources {
		return nil, false
	}
	plain, err := c.context.DecryptRTP(b, b, h)
	if err != nil {
		return nil, false
	}
	if !known {
		c.voice = append(c.voice, ssrc)
	}
	return plain, true
}

// openRTCP checks and decrypts a compound packet in place.
func (c *crypt) openRTCP(b []byte, ssrc uint32) ([]byte, bool) {
	known := slices.Contains(c.control, ssrc)
	if !known && len(c.control) >= maxSources {
		return nil, false
	}
	plain, err := c.context.DecryptRTCP(b, b, nil)
	if err != nil {
		return nil, false
	}
	if !known {
		c.control = append(c.control, ssrc)
	}
	return plain, true
}
