package media

import "time"

// limit is a packet rate in packets per second; a second's worth may come at once, for instance after a stall.
type limit int32

// The caps per port (RT-07). The busiest honest flow is 200 packets per second (5 ms packets); RTCP is a few per second.
// Packets of foreign addresses are cheap to drop, and a larger share of them is let through, so that a sprayer
// does not easily keep a far side from being learned.
const (
	rtpRate  limit = 400
	rtcpRate limit = 20
	junkRate limit = 2000
)

// pause is how long a port above its cap is not listened to; the kernel drops what its buffer cannot hold.
const pause = 50 * time.Millisecond

// bucket is a token bucket that is full at the beginning.
type bucket struct {
	limit limit
	spent int64         // millionths of a packet
	at    time.Duration // when spent was true
}

// take reports whether one more packet fits.
func (b *bucket) take(now time.Duration) bool {
	if back := int64((now-b.at)/time.Microsecond) * int64(b.limit); now-b.at > time.Second || back >= b.spent {
		b.spent = 0
	} else {
		b.spent -= back
	}
	b.at = now
	if b.spent >= int64(b.limit)*1e6 {
		return false
	}
	b.spent += 1e6
	return true
}
