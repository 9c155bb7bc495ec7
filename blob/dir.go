package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tandem/vault"
)

// Endings of files: being written, and finished.
const (
	partial  = ".part"
	finished = ".blob"
)

// syncEvery is how often what is being written is brought onto the disk itself: all that a power cut may cost (BAR CR-03).
const syncEvery = time.Second

// Dir keeps blobs as sealed files in a directory. One process at a time may use it.
type Dir struct {
	root   string
	keys   *vault.Vault
	create func(path string) (file, error) // os.OpenFile; tests put a full disk here
	wake   chan struct{}                   // a writer was opened
	done   chan struct{}
	gone   sync.WaitGroup
	heads  sync.Mutex // held while a head changes, or its file goes

	mu      sync.Mutex
	closed  bool
	writers map[string]*writer
}

// file is what a writer needs of one.
type file interface {
	Write([]byte) (int, error)
	WriteAt([]byte, int64) (int, error)
	ReadAt([]byte, int64) (int, error)
	Truncate(int64) error
	Sync() error
	Close() error
}

// OpenDir opens or makes a store in a directory, whose files' keys are wrapped by a vault.
func OpenDir(root string, keys *vault.Vault) (*Dir, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	d := &Dir{root: root, keys: keys, wake: make(chan struct{}, 1), done: make(chan struct{}), writers: map[string]*writer{}}
	d.create = func(path string) (file, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) }
	d.gone.Go(d.sync)
	return d, nil
}

// Close ends the store. What is being written is left to Recover.
func (d *Dir) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	var open []*writer
	for _, w := range d.writers {
		open = append(open, w)
	}
	d.mu.Unlock()
	close(d.done)
	d.gone.Wait()
	for _, w := range open {
		w.leave()
	}
	return nil
}

// sync brings what is being written onto the disk once a second, so that no writer waits for it.
func (d *Dir) sync() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-d.done:
			return
		case <-d.wake:
		}
		for {
			d.mu.Lock()
			var open []*writer
			for _, w := range d.writers {
				open = append(open, w)
			}
			d.mu.Unlock()
			if len(open) == 0 {
				break
			}
			for _, w := range open {
				w.sync()
			}
			timer.Reset(syncEvery)
			select {
			case <-d.done:
				return
			case <-timer.C:
			}
		}
	}
}

// path is where a blob lies: in a directory of the last two signs of its id, which are the ones that differ.
func (d *Dir) path(id, ending string) (string, error) {
	if len(id) < 3 || len(id) > 100 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return "", fmt.Errorf("%w: %q", ErrName, id)
	}
	return filepath.Join(d.root, id[len(id)-2:], id+ending), nil
}

// Create implements Store.
func (d *Dir) Create(id string) (Writer, error) {
	path, err := d.path(id, partial)
	if err != nil {
		return nil, err
	}
	whole, _ := d.path(id, finished)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, ErrClosed
	}
	if _, err := os.Stat(whole); err == nil || d.writers[id] != nil {
		return nil, fmt.Errorf("%w: %s", ErrExists, id)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	f, err := d.create(path)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%w: %s", ErrExists, id)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	head, seal, err := newHead(d.keys, id)
	if err == nil {
		_, err = f.Write(head)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("blob: begin %s: %w", id, err), f.Close(), os.Remove(path))
	}
	w := &writer{dir: d, id: id, path: path, whole: whole, file: f, seal: seal, rest: make([]byte, 0, pieceSize), room: make([]byte, 0, diskSize)}
	d.writers[id] = w
	select {
	case d.wake <- struct{}{}:
	default:
	}
	return w, nil
}

// Delete implements Store. The file's key is destroyed before the file goes.
func (d *Dir) Delete(id string) error {
	path, err := d.path(id, finished)
	if err != nil {
		return err
	}
	d.heads.Lock()
	defer d.heads.Unlock()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	if err := errors.Join(shred(f), f.Close(), os.Remove(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: delete %s: %w", id, err)
	}
	return nil
}

// sizeOf is how much a finished file holds.
func sizeOf(path string, onDisk int64) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head, err := readHead(f)
	if err != nil {
		return 0, err
	}
	if l, ok := layoutOf(head); ok {
		if _, size, ok := l.sizes(onDisk); ok {
			return size, nil
		}
	}
	return 0, ErrCorrupt
}

// List implements Store.
func (d *Dir) List() iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		d.each(finished, func(id, path string, info fs.FileInfo, err error) bool {
			if err != nil {
				return yield(Info{}, err)
			}
			size, err := sizeOf(path, info.Size())
			if errors.Is(err, fs.ErrNotExist) {
				return true // deleted meanwhile
			}
			if err != nil {
				return yield(Info{ID: id}, fmt.Errorf("%w: %s", err, id))
			}
			return yield(Info{id, size, info.ModTime()}, nil)
		})
	}
}

// each goes through the files with an ending until told to stop.
func (d *Dir) each(ending string, visit func(id, path string, info fs.FileInfo, err error) bool) {
	shelves, err := os.ReadDir(d.root)
	if err != nil {
		visit("", "", nil, fmt.Errorf("blob: %w", err))
		return
	}
	for _, shelf := range shelves {
		files, err := os.ReadDir(filepath.Join(d.root, shelf.Name()))
		if err != nil {
			if !visit("", "", nil, fmt.Errorf("blob: %w", err)) {
				return
			}
			continue
		}
		for _, f := range files {
			id, ok := strings.CutSuffix(f.Name(), ending)
			if !ok {
				continue
			}
			info, err := f.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				err = fmt.Errorf("blob: %w", err)
			}
			if !visit(id, filepath.Join(d.root, shelf.Name(), f.Name()), info, err) {
				return
			}
		}
	}
}

// Sweep implements Store.
func (d *Dir) Sweep(before time.Time, known func(id string) bool) (removed []string, err error) {
	for info, fault := range d.List() {
		if fault != nil {
			err = errors.Join(err, fault) // what is broken is kept: somebody may still want to look at it
			continue
		}
		if !info.Written.Before(before) || known(info.ID) {
			continue
		}
		if fault := d.Delete(info.ID); fault != nil {
			err = errors.Join(err, fault)
			continue
		}
		removed = append(removed, info.ID)
	}
	return removed, err
}
