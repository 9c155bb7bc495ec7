package media

// What a party's sound waits in a room, in samples at the rate of rooms.
const (
	waitLeast = mixFrame      // less is eaten up by the clocks' unrest alone
	waitMost  = 10 * mixFrame // beyond 200 ms people talk into each other's words
	waitStep  = mixFrame / 2
	waitSpan  = 100 // packets over which it is seen whether less would do
)

// waits is how long a party's sound waits for packets that are late: longer as soon as one came too late, shorter when for two seconds
// all came early enough for that.
type waits struct {
	delay int64 // 0 before the first packet
	spare int64 // least time that a packet of this span was early
	seen  int
}

// begin is the wait at the beginning of a stream.
func (w *waits) begin() int64 {
	if w.delay == 0 {
		w.delay = mixDelay
	}
	w.seen = 0
	return w.delay
}

// late takes in that sound came too late by so much.
func (w *waits) late(by int64) { w.delay = min(w.delay+max(by, waitStep), waitMost) }

// early takes in that a packet was early by so much, and reports whether less of a wait would have done for all of this span.
func (w *waits) early(by int64) bool {
	if w.seen == 0 {
		w.spare = by
	}
	w.spare = min(w.spare, by)
	if w.seen++; w.seen < waitSpan {
		return false
	}
	if w.spare >= waitLeast+waitStep && w.delay-waitStep >= waitLeast {
		return true
	}
	w.seen = 0
	return false
}

// shorten says by how much sound comes earlier from now on; nobody is to speak just then.
func (w *waits) shorten() int64 {
	w.delay, w.seen = w.delay-waitStep, 0
	return waitStep
}

// isQuiet reports whether nobody speaks in a piece of sound.
func isQuiet(samples []int16) bool {
	var sum int32
	for _, v := range samples {
		sum += max(int32(v), -int32(v))
	}
	return sum < speaks*int32(len(samples))
}
