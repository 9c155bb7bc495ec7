package media

import (
	"encoding/binary"
	"io"
	"sync"
	"time"
)

// Capture keeps what the two sides of a conversation say: every packet of theirs as it came, with its time, one side apart from the other.
// Nothing is decoded while people talk, so it costs the call a copy; ReadCapture makes sound of it. All methods may be called from any goroutine.
//
// What is written is a head and then frames, each whole in itself, so that whatever a crash leaves of it can be heard (BAR CR-01, CR-04).
type Capture struct {
	engine *Engine
	sink   io.Writer
	tell   func(Captured)
	start  time.Duration

	mu     sync.Mutex // taken after a session's lock and before the scribe's
	out    *page
	begun  time.Duration // when the first frame of out came
	free   []*page
	pages  int
	paused bool
	ended  bool
	last   time.Duration // end of the last frame
	tracks [2]struct {
		on   bool
		ssrc uint32
	}
	failed error // of the sink; only the scribe
}

// Captured tells of a finished capture, after its last byte was written.
type Captured struct {
	Length time.Duration // from the beginning to the end of what was heard last
	Err    error         // of the sink; what it took before is whole
}

// Sides of a conversation.
const (
	TrackCaller = 0
	TrackCallee = 1
)

const (
	captureMixed  = 0x80 // among the flags of a frame: it is what all say, not one side
	captureHead   = "TNDMcap1"
	captureFrame  = 11                     // bytes before a payload
	captureMost   = 1400                   // bytes of a payload; RTP over Ethernet has no more
	captureLinger = 250 * time.Millisecond // how long a frame may wait for its page to be full
	captureTail   = 20 * time.Millisecond  // a frame is taken for so long
)

// Capture begins to keep a conversation in a sink, which gets pieces in order from one goroutine that serves all recordings and may take its
// time. When it fails, or is much too slow, the capture ends; the call goes on. tell is called once, on that goroutine.
func (e *Engine) Capture(sink io.Writer, tell func(Captured)) *Capture {
	c := &Capture{engine: e, sink: sink, tell: tell, start: e.now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = c.page()
	c.out.n = copy(c.out.data[:], captureHead)
	return c
}

// Hear takes in what the far side of a session says from now on, as one side of the conversation, in this capture and no other.
func (s *Session) Hear(c *Capture, track int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.capture, s.track = c, uint8(track&1)
	c.mu.Lock()
	c.tracks[s.track].on = false // another clock
	c.mu.Unlock()
}

// Leave takes the session out of a capture, if it is in that one.
func (s *Session) Leave(c *Capture) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.capture == c {
		s.capture = nil
	}
}

// Pause keeps nothing until it is called with false; the time passes as silence (BAR PR-02).
func (c *Capture) Pause(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = on
	c.tracks[0].on, c.tracks[1].on = false, false
}

// End writes what is left. A second End does nothing.
func (c *Capture) End() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish()
}

func (c *Capture) finish() {
	if c.ended {
		return
	}
	c.ended = true
	c.hand(true)
}

// put keeps a packet. The lock of its session is held.
func (c *Capture) put(track uint8, k codec, h header, payload []byte, now time.Duration) {
	if len(payload) == 0 || len(payload) > captureMost {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || c.paused {
		return
	}
	c.keep(track, uint8(k)<<2, h, payload, now)
}

// keep writes a packet down. The lock is held.
func (c *Capture) keep(track, flags uint8, h header, payload []byte, now time.Duration) {
	t := &c.tracks[track]
	flags |= track
	if !t.on || t.ssrc != h.ssrc {
		flags |= 2
		t.on, t.ssrc = true, h.ssrc
	}
	if c.out != nil && (c.out.n+captureFrame+len(payload) > batch || now-c.begun > captureLinger) {
		c.hand(false)
	}
	if c.out == nil {
		if c.out = c.page(); c.out == nil { // the sink is far behind
			c.finish()
			return
		}
		c.begun = now
	}
	b := c.out.data[c.out.n:]
	b[0] = flags
	binary.LittleEndian.PutUint32(b[1:], uint32(max(now-c.start, 0)/time.Millisecond))
	binary.LittleEndian.PutUint32(b[5:], h.stamp)
	binary.LittleEndian.PutUint16(b[9:], uint16(len(payload)))
	copy(b[captureFrame:], payload)
	c.out.n += captureFrame + len(payload)
	c.last = max(c.last, now-c.start+captureTail)
}

// page is an empty one: one that came back, or a new one while there are few.
func (c *Capture) page() *page {
	if n := len(c.free); n > 0 {
		p := c.free[n-1]
		c.free = c.free[:n-1]
		return p
	}
	if c.pages >= backlog {
		return nil
	}
	c.pages++
	return &page{}
}

// hand gives the page in hand to the scribe. The lock is held.
func (c *Capture) hand(last bool) {
	p := c.out
	c.out = nil
	c.engine.scribe.post(sheet{capture: c, page: p, last: last})
}

// write gives a page to the sink; the scribe calls it.
func (c *Capture) write(s sheet) {
	if s.page != nil && s.page.n > 0 && c.failed == nil {
		if _, c.failed = c.sink.Write(s.page.data[:s.page.n]); c.failed != nil {
			c.engine.config.Log.Error("media: a conversation cannot be written", "error", c.failed)
		}
	}
	c.mu.Lock()
	if s.page != nil {
		s.page.n = 0
		c.free = append(c.free, s.page)
	}
	if c.failed != nil && !s.last {
		c.finish()
	}
	told := Captured{Length: c.last, Err: c.failed}
	c.mu.Unlock()
	if s.last && c.tell != nil {
		c.tell(told)
	}
}
