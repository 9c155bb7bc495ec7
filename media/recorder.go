package media

import (
	"encoding/binary"
	"io"
	"math"
	"strings"
	"time"

	"tandem/audio"
)

// Record says how a session is recorded.
type Record struct {
	// Sink gets 16-bit little-endian samples of one channel, in order, from one goroutine that serves all recordings; it may
	// take its time. When it fails, the recording ends with EndSink; the call goes on.
	Sink   io.Writer
	Rate   int           // of the samples: 8000 or 16000; 0 for that of the codec in use
	Max    time.Duration // the recording ends after so much sound; 0 for no limit
	Quiet  time.Duration // … after so much quiet; 0 for never
	Trim   bool          // quiet at the beginning is not written, and Recorded.Size leaves out that at the end
	StopOn string        // keys that end it; the tone of the key is left out as well
	Tag    uint64        // comes back with EventRecorded
}

// End says why a recording ended.
type End uint8

// Why a recording ended.
const (
	EndAsked  End = iota + 1 // EndRecord was called, or another recording began
	EndDigit                 // a key of StopOn
	EndMax                   // Max is reached
	EndQuiet                 // Quiet is reached
	EndClosed                // the session was closed
	EndSink                  // the sink failed, or was much too slow
)

// Recorded tells of a finished recording.
type Recorded struct {
	End    End
	Rate   int
	Size   int64         // bytes worth keeping; the sink may have got more, quiet or the tone of a key
	Length time.Duration // of those
	Level  float64       // loudness of the loudest 50 ms in decibels relative to full scale; -90 for nothing at all
	Err    error         // of the sink
}

const (
	window  = 1024                   // samples that packets may come late or out of order
	batch   = 2048                   // bytes handed to the scribe at once
	backlog = 256                    // batches that may wait for a slow sink: half a minute at 8 kHz
	meter   = 20                     // a second: pieces whose loudness is measured
	quietDB = -48.0                  // below this a piece is quiet
	lead    = 8                      // pieces of quiet kept around sound: 400 ms
	leap    = 2 * time.Second        // a jump of time stamps beyond this is no gap but another clock
	keyCut  = 120 * time.Millisecond // what is cut off before a key that is heard in the sound
)

// recorder orders what comes in by its time stamps, measures it and hands it to the scribe. Its session's lock guards it.
type recorder struct {
	Record
	session *Session
	start   time.Duration // engine time of the first sample

	ssrc  uint32
	clock int
	base  uint32 // time stamp of position at
	at    int64
	begun bool
	ring  [window]int16
	head  int64 // position of the next sample to go out; those from head on wait in the ring
	tail  int64 // end of what was put in

	piece  [16000 / meter]int16
	filled int
	loud   bool  // something was heard
	quiet  int64 // pieces of quiet in a row
	skip   [lead][16000 / meter]int16
	held   int // pieces in skip, while nothing was heard yet

	out     *page
	free    []*page
	pages   int
	written int64 // bytes handed over
	keep    int64 // of those, up to the end of the last sound and a little more
	fixed   bool  // keep does not move on any more
	level   float64
	ended   bool
}

// page is a piece of a recording on its way to the sink.
type page struct {
	data [batch]byte
	n    int
}

// Record writes what the far side says to a sink, from now on; a recording that runs is ended. The rate is that of the samples.
// The session need not be bridged. Watch's function gets EventRecorded after the last byte was written.
func (s *Session) Record(r Record) (rate int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, ErrClosed
	}
	c := noCodec
	for _, k := range s.kinds {
		if c = k.codec; c != noCodec {
			break
		}
	}
	if c == noCodec {
		return 0, ErrCodec
	}
	if r.Rate != 8000 && r.Rate != 16000 {
		r.Rate = c.rate()
	}
	s.endRecord(EndAsked)
	s.record = &recorder{Record: r, session: s, level: -90}
	s.house = true
	s.arrange(s.engine.now())
	return r.Rate, nil
}

// EndRecord ends the recording that runs, if there is one.
func (s *Session) EndRecord() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endRecord(EndAsked)
}

// endRecord hands over what is left. The lock is held.
func (s *Session) endRecord(why End) {
	r := s.record
	if r == nil {
		return
	}
	s.record = nil
	r.finish(why)
	if !s.closed {
		s.arrange(s.engine.now())
	}
}

// arrange decides whether the session listens to what it hears – for keys, a recording or a room –, and whether its silence is watched. The lock is held.
func (s *Session) arrange(now time.Duration) {
	inband := s.house && s.peer == nil
	for _, k := range s.kinds {
		inband = inband && !k.event
	}
	switch {
	case !inband && s.record == nil && s.seat == nil:
		s.ear = nil
	case s.ear == nil:
		s.ear = &listener{}
	}
	if s.ear != nil {
		s.ear.inband = inband
	}
	s.arm(now)
}

// listen takes the sound of a packet in: for keys, and for a recording. The lock is held.
func (s *Session) listen(l *loop, c codec, h header, payload []byte, now time.Duration) {
	e, rate := s.ear, c.rate()
	p := e.gap.take(h, c.clock(), c.lasts(payload))
	if p.late && c == codecOpus {
		return // its place is filled, and decoders do not go back
	}
	if s.rests(l, c, payload) {
		return
	}
	if s.seat != nil && s.seat.doze.skipped > 0 {
		s.seat.doze.wake(&e.hearing, &l.opus, e.linear[:0], rate)
	}
	if p.lost > 0 {
		before := h
		before.stamp -= uint32(p.lost)
		s.listened(before, c, e.hearing.conceal(&l.opus, c, e.linear[:0], payload, p.lost*rate/c.clock(), rate), now)
	}
	samples := e.hearing.decode(&l.opus, c, e.linear[:0], payload, rate)
	s.listened(h, c, samples, now)
	if !e.inband || s.ear == nil {
		return
	}
	narrow := samples
	if rate != 8000 {
		if narrow = e.other[:0]; s.record == nil || s.record.Rate != 8000 {
			narrow = e.halver.Halve(narrow, samples)
		} else {
			narrow = e.other[:len(samples)/2] // just made for the recording
		}
	}
	for _, digit := range e.keypad.Hear(e.digits[:0], narrow) {
		if s.record != nil && s.record.stops(digit) {
			s.record.cut(keyCut)
		}
		s.pressed(l, digit)
	}
}

// listened gives sound to whoever listens. The lock is held.
func (s *Session) listened(h header, c codec, samples []int16, now time.Duration) {
	if len(samples) == 0 {
		return
	}
	if s.seat != nil {
		s.seat.put(h, c.clock(), samples, c.rate())
	}
	if r := s.record; r != nil {
		r.put(h, c.clock(), s.ear.at(samples, c.rate(), r.Rate), now)
		if r.ended {
			s.endRecord(0)
		}
	}
}

func (r *recorder) stops(digit byte) bool { return strings.IndexByte(r.StopOn, digit) >= 0 }

// put places the sound of a packet where its time stamp says, which counts in a clock.
func (r *recorder) put(h header, clock int, samples []int16, now time.Duration) {
	at := r.at + int64(int32(h.stamp-r.base))*int64(r.Rate)/int64(clock)
	real := int64((now - r.start).Seconds() * float64(r.Rate))
	limit := int64(leap.Seconds() * float64(r.Rate))
	switch {
	case !r.begun:
		r.begun, r.ssrc, r.start = true, h.ssrc, now
		at = 0
	case h.ssrc != r.ssrc, clock != r.clock, at-real > limit, real-at > limit:
		// Another clock: it goes on after what was heard, as much later as it really is.
		at = max(r.tail, real)
		r.ssrc = h.ssrc
	}
	r.clock = clock
	r.base, r.at = h.stamp, at
	if at < r.head { // too late
		return
	}
	end := at + int64(len(samples))
	r.advance(end - window)
	for i, v := range samples {
		if p := at + int64(i); p >= r.head {
			r.ring[p%window] = v
		}
	}
	r.tail = max(r.tail, end)
}

// advance lets everything before a position go out; what never came is silence.
func (r *recorder) advance(to int64) {
	for ; r.head < to && !r.ended; r.head++ {
		i := r.head % window
		r.piece[r.filled] = r.ring[i]
		r.ring[i] = 0
		if r.filled++; r.filled == r.Rate/meter {
			r.measure()
		}
	}
}

// measure judges a full piece and writes it, or holds it back.
func (r *recorder) measure() {
	piece := r.piece[:r.filled]
	r.filled = 0
	level := audio.Level(piece)
	if math.IsInf(level, -1) {
		level = -90
	}
	r.level = max(r.level, level)
	if level >= quietDB {
		if !r.loud && r.Trim {
			for i := range r.held {
				r.write(r.skip[i][:len(piece)])
			}
		}
		r.loud, r.quiet = true, 0
	} else {
		r.quiet++
	}
	if r.Trim && !r.loud { // the beginning: only the newest quiet is kept
		if r.held == lead {
			copy(r.skip[:], r.skip[1:])
			r.held--
		}
		copy(r.skip[r.held][:], piece)
		r.held++
	} else {
		r.write(piece)
		r.worth()
	}
	per := time.Second / meter
	switch {
	case r.Max > 0 && r.length(r.written) >= r.Max:
		r.finish(EndMax)
	case r.Quiet > 0 && time.Duration(r.quiet)*per >= r.Quiet:
		r.finish(EndQuiet)
	}
}

func (r *recorder) length(bytes int64) time.Duration {
	return time.Duration(bytes/2) * time.Second / time.Duration(r.Rate)
}

// cut leaves the last piece out of what is worth keeping.
func (r *recorder) cut(d time.Duration) {
	r.advance(r.tail)
	r.keep = max(min(r.keep, r.written-2*int64(d.Seconds()*float64(r.Rate))), 0)
	r.fixed = true
}

// worth moves the end of what is worth keeping on to here, unless it has been quiet for a while.
func (r *recorder) worth() {
	if !r.fixed && (!r.Trim || r.quiet <= lead) {
		r.keep = r.written
	}
}

// write hands samples to the scribe, page by page. When the scribe is half a minute behind, the recording ends.
func (r *recorder) write(samples []int16) {
	for _, v := range samples {
		if r.out == nil {
			if r.out = r.page(); r.out == nil {
				r.finish(EndSink)
				return
			}
		}
		binary.LittleEndian.PutUint16(r.out.data[r.out.n:], uint16(v))
		r.out.n += 2
		r.written += 2
		if r.out.n == batch {
			r.hand(0)
		}
	}
}

// page is an empty one: one that came back, or a new one while there are few.
func (r *recorder) page() *page {
	if n := len(r.free); n > 0 {
		p := r.free[n-1]
		r.free = r.free[:n-1]
		return p
	}
	if r.pages >= backlog {
		return nil
	}
	r.pages++
	return &page{}
}

// hand gives the page in hand to the scribe; why is set with the last.
func (r *recorder) hand(why End) {
	p := r.out
	r.out = nil
	r.session.engine.scribe.post(sheet{recorder: r, page: p, why: why})
}

// finish ends the recording once; what is still in the window is written.
func (r *recorder) finish(why End) {
	if r.ended {
		return
	}
	if why != EndMax && why != EndQuiet && why != EndSink {
		r.advance(r.tail)
		if r.filled > 0 && (r.loud || !r.Trim) {
			r.write(r.piece[:r.filled])
			r.worth()
		}
		if r.ended { // by what came last
			return
		}
	}
	r.ended = true
	r.hand(why)
}
