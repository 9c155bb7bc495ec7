package media

import (
	"errors"
	"net/netip"
	"time"
)

// Flow is what was negotiated for one leg. It is given to Session.Set after each offer/answer.
type Flow struct {
	// Remote is where the far side's description says it listens for RTP. It may be invalid, or hold the unspecified
	// address of an old-style hold; then nothing is sent before its real address was learned.
	Remote netip.AddrPort

	// RemoteRTCP is the same for RTCP; when invalid, Remote with the next port. Unused with Mux.
	RemoteRTCP netip.AddrPort

	// Mux says that both sides agreed on RTP and RTCP on one port (RFC 5761).
	Mux bool

	// Expect are the addresses that packets may come from: the address in the description and the source of the
	// signalling. Nothing is ever learned from any other (RT-01 b). Empty: only Remote's address.
	Expect []netip.Addr

	// Formats are the payload numbers the far side's description gave: what we send it carries these.
	Formats []Format

	// Local are the numbers our description gave: what the far side sends carries these. Nil: the same as Formats.
	Local []Format

	Send    bool // we send to it; false when it does not listen (hold)
	Receive bool // it sends to us; false when we told it not to. While true and bridged, silence is watched (RT-09)

	SealKey *Key // our key from our crypto line; nil for plain RTP
	OpenKey *Key // its key from its crypto line; nil for plain RTP

	Web *Web // of a browser; Remote, RemoteRTCP, Expect and the keys above mean nothing then
}

// Format is one payload number and the codec it means. Names compare without case.
type Format struct {
	Payload  uint8
	Name     string // "PCMU", "telephone-event"
	Clock    int    // Hz
	Channels int    // 0 means 1
}

// Key is an SDES master key and salt for AES_CM_128_HMAC_SHA1_80, the only suite (RFC 4568 §6.2.1).
type Key struct {
	Key  [16]byte
	Salt [14]byte
}

// String hides the key, so that no log shows it.
func (k Key) String() string { return "AES_CM_128_HMAC_SHA1_80 (key hidden)" }

// GoString hides the key as well.
func (k Key) GoString() string { return k.String() }

// EventKind says what a session noticed.
type EventKind uint8

// What a session notices.
const (
	EventDigit       EventKind = iota + 1 // the far side pressed a key (RFC 4733); or, where no events were agreed on and the house listens, by its tones; told once per press, when it begins
	EventSilence                          // a far side that should send has sent nothing for Config.Silence (RT-09); told once per silence
	EventLocked                           // the far side's RTP address is now known; Addr holds it
	EventPlayed                           // a playlist is over; Tag is the list's
	EventForeignKeys                      // a browser's handshake came with another certificate than signalling named (RT-06); no keys were made
	EventRecorded                         // a recording is over and all of it was written; Recorded tells of it, Tag is the recording's
)

// Event is one thing a session noticed.
type Event struct {
	Kind  EventKind
	Digit byte           // '0'–'9', '*', '#', 'A'–'D'
	Addr  netip.AddrPort // with EventLocked
	Tag   uint64         // with EventPlayed and EventRecorded

	Recorded *Recorded // with EventRecorded
}

// Stats are the counters of one session since it was opened.
type Stats struct {
	Received Count // from the far side, as we count it
	Sent     Count // to the far side; Lost and Jitter are what the far side reports by RTCP

	Trip time.Duration // to the far side and back, by its answers to our reports; 0: it gave none

	Locked     netip.AddrPort // where the far side really is; invalid before it was learned
	Secure     bool           // both directions are SRTP
	Foreign    uint64         // packets from addresses that may not send (RT-01)
	Invalid    uint64         // packets that are no RTP or RTCP, or carry a number nobody agreed on
	Rejected   uint64         // SRTP packets with a wrong tag or seen before (RT-02, RT-08)
	Over       uint64         // packets above the rate cap (RT-07)
	Transcoded uint64         // packets to the far side that were brought from another codec
	Unsent     uint64         // packets that had no destination, no agreed format or met a full socket
}

// Count are the figures of one direction.
type Count struct {
	Packets uint64
	Bytes   uint64        // of RTP payload, without headers
	Lost    int64         // by sequence number; negative when packets were doubled on the way (RFC 3550 §6.4.1)
	Jitter  time.Duration // interarrival jitter (RFC 3550 §6.4.1)
}

// What can go wrong.
var (
	ErrExhausted = errors.New("media: no free port pair") // refuse the call; ports come back when others end and after their rest
	ErrClosed    = errors.New("media: closed")
	ErrCodec     = errors.New("media: the house speaks none of the far side's codecs")
	ErrFamily    = errors.New("media: the far side's address family cannot be reached from here")
)
