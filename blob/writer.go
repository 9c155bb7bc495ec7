package blob

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// writer seals one blob piece by piece.
type writer struct {
	dir         *Dir
	id          string
	path, whole string
	seal        cipher.AEAD

	mu     sync.Mutex
	file   file
	pieces int64  // that are on disk
	rest   []byte // of the next piece
	room   []byte
	err    error // the first; nothing is written after it
	over   bool
	dirty  bool
}

// Write implements io.Writer. After an error nothing more is taken; what was taken before is still there for Finish or Recover.
func (w *writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return 0, ErrClosed
	}
	if w.err != nil {
		return 0, w.err
	}
	n := len(b)
	for len(b) > 0 {
		took := copy(w.rest[len(w.rest):pieceSize], b)
		w.rest, b = w.rest[:len(w.rest)+took], b[took:]
		if len(w.rest) < pieceSize {
			break
		}
		if err := w.put(w.rest, false); err != nil {
			w.err = err
			w.rest = w.rest[:0]
			return n - len(b), err
		}
		w.rest = w.rest[:0]
	}
	return n, nil
}

// put seals a piece and writes it after the others. A piece that finds no room leaves no trace.
func (w *writer) put(piece []byte, last bool) error {
	w.room = w.seal.Seal(w.room[:0], nonce(w.pieces, last), piece, nil)
	if _, err := w.file.WriteAt(w.room, present.at(w.pieces)); err != nil {
		return errors.Join(fmt.Errorf("blob: write %s: %w", w.id, err), w.file.Truncate(present.at(w.pieces)))
	}
	w.dirty = true
	if !last {
		w.pieces++
	}
	return nil
}

// Size implements Writer.
func (w *writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pieces*pieceSize + int64(len(w.rest))
}

// Finish implements Writer.
func (w *writer) Finish(size int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return ErrClosed
	}
	err := w.cut(max(size, 0))
	if err == nil {
		err = w.put(w.rest, true)
	}
	if err == nil {
		err = w.file.Sync()
	}
	w.close()
	if err == nil {
		err = publish(w.path, w.whole)
	}
	if err != nil {
		return fmt.Errorf("blob: finish %s: %w", w.id, err)
	}
	return nil
}

// cut leaves out what is beyond a size.
func (w *writer) cut(size int64) error {
	if size >= w.pieces*pieceSize {
		w.rest = w.rest[:min(int64(len(w.rest)), size-w.pieces*pieceSize)]
		return nil
	}
	n := size / pieceSize
	sealed := make([]byte, diskSize)
	if _, err := w.file.ReadAt(sealed, present.at(n)); err != nil {
		return err
	}
	plain, err := w.seal.Open(sealed[:0], nonce(n, false), sealed, nil)
	if err != nil {
		return ErrCorrupt
	}
	if err := w.file.Truncate(present.at(n)); err != nil {
		return err
	}
	w.pieces = n
	w.rest = append(w.rest[:0], plain[:size%pieceSize]...)
	return nil
}

// Abort implements Writer.
func (w *writer) Abort() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return nil
	}
	w.close()
	if err := os.Remove(w.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// leave closes the file as it is.
func (w *writer) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.close()
	}
}

// close ends the writing. The lock is held; the store's is taken within it, never the other way round.
func (w *writer) close() {
	w.over = true
	_ = w.file.Close() // after Sync there is nothing left that could fail
	w.dir.mu.Lock()
	delete(w.dir.writers, w.id)
	w.dir.mu.Unlock()
}

// sync brings what was written onto the disk.
func (w *writer) sync() {
	w.mu.Lock()
	f, dirty := w.file, w.dirty && !w.over
	w.dirty = false
	w.mu.Unlock()
	if dirty {
		_ = f.Sync() // Finish tells of a disk that fails; a file closed meanwhile is synced already
	}
}

// publish gives a finished file its final name.
func publish(path, whole string) error {
	if err := os.Rename(path, whole); err != nil {
		return err
	}
	return syncDir(filepath.Dir(whole))
}
