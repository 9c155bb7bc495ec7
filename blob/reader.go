package blob

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// reader opens pieces as they are asked for, and remembers the last.
type reader struct {
	file *os.File
	seal cipher.AEAD
	lay  layout
	id   string
	size int64

	mu    sync.Mutex
	n     int64 // the piece in plain
	plain []byte
	buf   [diskSize]byte
}

// Open implements Store. The last piece is looked at, so that a file that was cut off is noticed here.
func (d *Dir) Open(id string) (Reader, error) {
	path, err := d.path(id, finished)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrMissing, id)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	r, err := d.read(f, id)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}

func (d *Dir) read(f *os.File, id string) (*reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	head, err := readHead(f)
	if err != nil {
		return nil, err
	}
	seals, err := d.sealers(head, id)
	if err != nil {
		return nil, err
	}
	l, _ := layoutOf(head)
	pieces, size, ok := l.sizes(info.Size())
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrCorrupt, id)
	}
	r := &reader{file: f, lay: l, id: id, size: size, n: -1}
	for _, r.seal = range seals {
		if err = r.open(pieces); err == nil {
			break
		}
	}
	return r, err
}

// open unseals one piece. The lock is held, or nobody else knows the reader yet.
func (r *reader) open(n int64) error {
	if n == r.n {
		return nil
	}
	want := min(int64(diskSize), r.size-n*pieceSize+tagSize)
	if _, err := r.file.ReadAt(r.buf[:want], r.lay.at(n)); err != nil {
		return fmt.Errorf("blob: read %s: %w", r.id, err)
	}
	plain, err := r.seal.Open(r.buf[:0], nonce(n, want < diskSize), r.buf[:want], nil)
	if err != nil {
		r.n = -1
		return fmt.Errorf("%w: %s, piece %d", ErrCorrupt, r.id, n)
	}
	r.n, r.plain = n, plain
	return nil
}

// ReadAt implements io.ReaderAt.
func (r *reader) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("blob: read %s at %d", r.id, off)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	done := 0
	for done < len(b) {
		at := off + int64(done)
		if at >= r.size {
			return done, io.EOF
		}
		if err := r.open(at / pieceSize); err != nil {
			return done, err
		}
		done += copy(b[done:], r.plain[at%pieceSize:])
	}
	return done, nil
}

// Size implements Reader.
func (r *reader) Size() int64 { return r.size }

// Close implements io.Closer.
func (r *reader) Close() error { return r.file.Close() }
