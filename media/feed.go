package media

import (
	"encoding/binary"
	"errors"
	"io"
)

// feedBlock is how much of a stream is read at once: a quarter of a second at 16 kHz.
const feedBlock = 8192

// feed reads a stream ahead of the player, two blocks at a time. Its session's lock guards it, but not the bytes of a block that
// is being read: those are the reader's.
type feed struct {
	session *Session
	source  io.ReaderAt
	size    int64
	blocks  [2]slab // block n of the stream is in blocks[n%2]
}

type slab struct {
	asked bool
	ready bool
	n     int64
	fill  int
	data  [feedBlock]byte
}

// ask lets the reader fetch a block, unless it is there or on its way.
func (f *feed) ask(n int64) {
	b := &f.blocks[n%2]
	if n*feedBlock >= f.size || b.asked && (b.n == n || !b.ready) {
		return
	}
	b.asked, b.ready, b.n, b.fill = true, false, n, 0
	if !f.session.engine.reader.post(errand{f, n}) {
		b.asked = false // asked again with the next frame
	}
}

// take appends samples from a position on; ok is false while they are not there. What cannot be read is silence.
func (f *feed) take(dst []int16, pos int64, count int) (_ []int16, ok bool) {
	for at, end := 2*pos, 2*(pos+int64(count)); at < end; at += 2 {
		n := at / feedBlock
		b := &f.blocks[n%2]
		if !b.ready || b.n != n {
			f.ask(n)
			return nil, false
		}
		v := int16(0)
		if i := int(at % feedBlock); i+2 <= b.fill {
			v = int16(binary.LittleEndian.Uint16(b.data[i:]))
		}
		dst = append(dst, v)
	}
	f.ask(2*(pos+int64(count))/feedBlock + 1)
	return dst, true
}

// errand is one block to read.
type errand struct {
	feed *feed
	n    int64
}

// reader reads what plays from where reading takes time, for all sessions of an engine, so that the metronome never waits.
type reader struct {
	errands chan errand
	done    chan struct{}
	engine  *Engine
}

func newReader(e *Engine) *reader {
	return &reader{errands: make(chan errand, 1024), done: make(chan struct{}), engine: e}
}

func (r *reader) post(e errand) bool {
	select {
	case r.errands <- e:
		return true
	default:
		return false
	}
}

func (r *reader) run() {
	for {
		select {
		case <-r.done:
			return
		case e := <-r.errands:
			f, b := e.feed, &e.feed.blocks[e.n%2]
			n, err := f.source.ReadAt(b.data[:min(feedBlock, f.size-e.n*feedBlock)], e.n*feedBlock)
			if err != nil && !errors.Is(err, io.EOF) {
				r.engine.config.Log.Error("media: what is to be played cannot be read", "error", err)
			}
			f.session.mu.Lock()
			b.ready, b.fill = true, n
			f.session.mu.Unlock()
		}
	}
}
