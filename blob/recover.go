package blob

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Recover implements Store. Of each file that an earlier process left, the pieces up to the first that is torn are kept. It can itself be
// cut off at any point and called again.
func (d *Dir) Recover() ([]Info, error) {
	var list []Info
	var fault error
	d.each(anew, func(_, path string, _ fs.FileInfo, err error) bool {
		if err == nil {
			err = os.Remove(path)
		}
		fault = errors.Join(fault, err)
		return true
	})
	d.each(partial, func(id, path string, _ fs.FileInfo, err error) bool {
		var info Info
		if err == nil {
			info, err = d.mend(id, path)
		}
		switch {
		case err != nil:
			fault = errors.Join(fault, err)
		case info.ID != "":
			list = append(list, info)
		}
		return true
	})
	return list, fault
}

// fitting is the cipher that opens the first piece; where none does, nothing is lost.
func fitting(f io.ReaderAt, l layout, seals []cipher.AEAD) cipher.AEAD {
	buf := make([]byte, diskSize)
	n, _ := f.ReadAt(buf, l.at(0))
	for _, seal := range seals {
		if _, err := seal.Open(nil, nonce(0, n < diskSize), buf[:n], nil); err == nil {
			return seal
		}
	}
	return seals[0]
}

// mend finishes one file; one with nothing in it is removed.
func (d *Dir) mend(id, path string) (Info, error) {
	d.mu.Lock()
	busy := d.writers[id] != nil
	d.mu.Unlock()
	if busy {
		return Info{}, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Info{}, fmt.Errorf("blob: %w", err)
	}
	defer func() { _ = f.Close() }()
	head, err := readHead(f)
	if err != nil {
		return Info{}, err
	}
	l, ok := layoutOf(head)
	if !ok {
		return Info{}, os.Remove(path) // it had only begun
	}
	seals, err := d.sealers(head, id)
	if err != nil {
		return Info{}, err
	}
	seal := fitting(f, l, seals)
	var pieces int64
	var last int
	whole := false
	for buf := make([]byte, diskSize); ; pieces++ {
		n, err := f.ReadAt(buf, l.at(pieces))
		if err != nil && !errors.Is(err, io.EOF) {
			return Info{}, fmt.Errorf("blob: %w", err)
		}
		if n == diskSize {
			if _, err := seal.Open(nil, nonce(pieces, false), buf, nil); err == nil {
				continue
			}
		}
		if n >= tagSize && n < diskSize {
			if plain, err := seal.Open(nil, nonce(pieces, true), buf[:n], nil); err == nil {
				whole, last = true, len(plain) // only the new name is missing
			}
		}
		break
	}
	if pieces == 0 && last == 0 {
		return Info{}, os.Remove(path)
	}
	if !whole {
		err = f.Truncate(l.at(pieces))
		if err == nil {
			_, err = f.WriteAt(seal.Seal(nil, nonce(pieces, true), nil, nil), l.at(pieces))
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = publish(path, strings.TrimSuffix(path, partial)+finished)
	}
	if err != nil {
		return Info{}, fmt.Errorf("blob: recover %s: %w", id, err)
	}
	info, err := f.Stat()
	if err != nil {
		return Info{}, fmt.Errorf("blob: recover %s: %w", id, err)
	}
	return Info{id, pieces*pieceSize + int64(last), info.ModTime()}, nil
}
