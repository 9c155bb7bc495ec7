package media

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the integrity of STUN is HMAC-SHA1 (RFC 8489 §14.5)
	"encoding/binary"
	"hash/crc32"
	"net/netip"
)

// What is read and written of STUN: Binding requests, which are ICE's connectivity checks and consents (RFC 8489, RFC 8445).
const (
	stunRequest  = 0x0001
	stunSuccess  = 0x0101
	stunError    = 0x0111
	stunCookie   = 0x2112a442
	stunHead     = 20
	stunUsername = 0x0006
	stunMAC      = 0x0008
	stunCode     = 0x0009
	stunMapped   = 0x0020 // XOR-MAPPED-ADDRESS
	stunUse      = 0x0025 // USE-CANDIDATE
	stunCRC      = 0x8028 // FINGERPRINT
	stunIced     = 0x8029 // ICE-CONTROLLED: the sender believes that we lead
	crcMask      = 0x5354554e
	macSize      = 20
)

// check is a connectivity check whose form is right; whether its sender knows our password is not known yet.
type check struct {
	packet  []byte
	user    []byte
	mac     int  // where MESSAGE-INTEGRITY begins
	use     bool // it chooses this way
	strange bool // it believes that we lead
}

// parseCheck reads a Binding request. What has no name, no integrity or no right fingerprint is none.
func parseCheck(b []byte) (c check, ok bool) {
	be := binary.BigEndian
	if len(b) < stunHead || be.Uint16(b) != stunRequest || be.Uint32(b[4:]) != stunCookie || int(be.Uint16(b[2:])) != len(b)-stunHead || len(b)%4 != 0 {
		return c, false
	}
	c.packet = b
	for at := stunHead; at < len(b); {
		if len(b)-at < 4 {
			return c, false
		}
		kind, size := be.Uint16(b[at:]), int(be.Uint16(b[at+2:]))
		end := at + 4 + (size+3)&^3
		if end > len(b) {
			return c, false
		}
		value := b[at+4 : at+4+size]
		switch {
		case kind == stunCRC:
			return c, c.mac > 0 && size == 4 && end == len(b) && be.Uint32(value) == crc32.ChecksumIEEE(b[:at])^crcMask
		case c.mac > 0: // nothing behind the integrity is believed (RFC 8489 §14.5)
		case kind == stunUsername:
			c.user = value
		case kind == stunUse:
			c.use = true
		case kind == stunIced:
			c.strange = true
		case kind == stunMAC && size == macSize:
			c.mac = at
		}
		at = end
	}
	return c, false // ICE demands the fingerprint (RFC 8445 §7.1)
}

// provenBy reports whether the sender knows the password.
func (c *check) provenBy(pwd string) bool {
	// The sum is taken as if the message ended with the integrity.
	length := binary.BigEndian.Uint16(c.packet[2:])
	binary.BigEndian.PutUint16(c.packet[2:], uint16(c.mac+4+macSize-stunHead))
	sum := stunSum(c.packet[:c.mac], pwd)
	binary.BigEndian.PutUint16(c.packet[2:], length)
	return hmac.Equal(sum, c.packet[c.mac+4:c.mac+4+macSize])
}

func stunSum(b []byte, pwd string) []byte {
	m := hmac.New(sha1.New, []byte(pwd))
	m.Write(b)
	return m.Sum(nil)
}

// answer writes the response to a check into b: where its sender is seen, or that the roles are mixed up (RFC 8445 §7.3.1.1).
func (c *check) answer(b []byte, from netip.AddrPort, pwd string) []byte {
	be := binary.BigEndian
	kind := uint16(stunSuccess)
	if c.strange {
		kind = stunError
	}
	b = be.AppendUint16(b, kind)
	b = append(b, 0, 0)
	b = append(b, c.packet[4:stunHead]...)
	if c.strange {
		b = append(b, 0, stunCode, 0, 4, 0, 0, 4, 87)
	} else {
		b = appendMapped(b, from)
	}
	be.PutUint16(b[2:], uint16(len(b)-stunHead+4+macSize))
	sum := stunSum(b, pwd)
	b = append(b, 0, stunMAC, 0, macSize)
	b = append(b, sum...)
	be.PutUint16(b[2:], uint16(len(b)-stunHead+8))
	crc := crc32.ChecksumIEEE(b) ^ crcMask
	b = append(b, stunCRC>>8, stunCRC&0xff, 0, 4)
	return be.AppendUint32(b, crc)
}

// appendMapped writes an address hidden by the cookie and the transaction, whose 16 bytes b already holds at 4.
func appendMapped(b []byte, a netip.AddrPort) []byte {
	ip := a.Addr().AsSlice()
	family := byte(1)
	if len(ip) == 16 {
		family = 2
	}
	b = append(b, 0, stunMapped, 0, byte(4+len(ip)), 0, family)
	b = binary.BigEndian.AppendUint16(b, a.Port()^stunCookie>>16)
	for i := range ip {
		b = append(b, ip[i]^b[4+i])
	}
	return b
}
