package blob

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// anew is the ending of a file of an earlier layout that is being written in the present one.
const anew = ".new"

// Rewrap wraps the key of every file, finished or being written, with the current key of the vault, and tells how many were not. It may be cut off
// anywhere and called again, beside readers and writers: a file has one key that opens it at every moment. Sound of earlier versions, which has no key of
// its own, is sealed anew.
func (d *Dir) Rewrap() (changed int, err error) {
	for _, ending := range []string{partial, finished} {
		d.each(ending, func(id, path string, _ fs.FileInfo, fault error) bool {
			done := false
			if fault == nil {
				done, fault = d.rewrap(id, path)
			}
			if fault != nil && !errors.Is(fault, fs.ErrNotExist) { // deleted, or finished meanwhile
				err = errors.Join(err, fmt.Errorf("blob: wrap %s: %w", id, fault))
			}
			if done {
				changed++
			}
			return true
		})
	}
	return changed, err
}

func (d *Dir) rewrap(id, path string) (changed bool, err error) {
	d.heads.Lock()
	defer d.heads.Unlock()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head, err := readHead(f)
	if err != nil {
		return false, err
	}
	l, ok := layoutOf(head)
	switch {
	case !ok:
		return false, nil // it has only begun, or is broken: reading it says so
	case l == layout(formerHead):
		if !strings.HasSuffix(path, finished) {
			return false, nil // left to Recover
		}
		return true, d.sealAnew(f, id, path)
	}
	own, at, err := d.key(head, id)
	if err != nil {
		return false, err
	}
	other := 1 - at
	if d.keys.IsOld(slot(head, at)) {
		if err := patch(f, other, d.keys.Wrap(own, about(id))); err != nil {
			return false, err
		}
		other, changed = at, true
	} else if isZero(slot(head, other)) {
		return false, nil
	}
	if err := patch(f, other, make([]byte, len(slot(head, other)))); err != nil {
		return changed, err
	}
	return changed, nil
}

// patch writes a slot, and waits until the disk has it.
func patch(f *os.File, i int, b []byte) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, int64(len(mark)+i*len(b)))
	return errors.Join(err, f.Sync(), os.Chtimes(f.Name(), info.ModTime(), info.ModTime()))
}

// sealAnew writes a finished file of an earlier layout in the present one.
func (d *Dir) sealAnew(old *os.File, id, path string) error {
	info, err := old.Stat()
	if err != nil {
		return err
	}
	r, err := d.read(old, id)
	if err != nil {
		return err
	}
	head, seal, err := newHead(d.keys, id)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(path, finished) + anew
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := &writer{dir: d, id: id, file: f, seal: seal, rest: make([]byte, 0, pieceSize), room: make([]byte, 0, diskSize)}
	_, err = f.Write(head)
	if err == nil {
		_, err = io.Copy(w, io.NewSectionReader(r, 0, r.Size()))
	}
	if err == nil {
		err = w.put(w.rest, true)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Chtimes(name, info.ModTime(), info.ModTime())
	}
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	if err := publish(name, path); err != nil {
		return err
	}
	return shred(old)
}

// shred destroys the key of a file, so that nobody who finds its sectors later can read them.
func shred(f *os.File) error {
	head, err := readHead(f)
	if err != nil {
		return err
	}
	if l, ok := layoutOf(head); ok {
		_, err = f.WriteAt(make([]byte, int(l)-len(mark)), int64(len(mark)))
	}
	return errors.Join(err, f.Sync())
}
