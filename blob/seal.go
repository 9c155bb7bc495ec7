package blob

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"tandem/vault"
)

// A sealed file is a head and pieces of equal size, each sealed with AES-256-GCM; the last one is shorter, maybe empty, and sealed as the last, so that a
// file cut off at a piece's end is noticed. Each file has a key of its own, so the number of the piece can be the nonce and no file passes for
// another (ADR 35). The head is a mark and two slots; one of them holds the file's key, wrapped by the vault, and the other is zero, except for
// the moment in which the key is wrapped anew (ADR 138). Before there were slots the key was made of the vault's, a salt and the blob's id.
const (
	mark      = "tandem2\n"
	slots     = 2
	headSize  = len(mark) + slots*vault.SlotSize
	pieceSize = 4096 // a quarter of a second of 8 kHz sound: the most that a killed process loses
	tagSize   = 16
	diskSize  = pieceSize + tagSize

	formerMark = "tandem1\n"
	formerHead = len(formerMark) + 16
)

// layout is where the pieces of a file lie: behind a head of so many bytes.
type layout int64

// layoutOf tells it by the beginning of a file; ok is false when it is none of ours.
func layoutOf(head []byte) (l layout, ok bool) {
	switch {
	case len(head) >= headSize && bytes.HasPrefix(head, []byte(mark)):
		return layout(headSize), true
	case len(head) >= formerHead && bytes.HasPrefix(head, []byte(formerMark)):
		return layout(formerHead), true
	}
	return 0, false
}

// present is that of new files.
const present = layout(headSize)

// at is where a piece begins on disk.
func (l layout) at(n int64) int64 { return int64(l) + n*diskSize }

// sizes are the pieces before the last and the bytes in a finished file of that length on disk; ok is false when there is no such length.
func (l layout) sizes(onDisk int64) (pieces, size int64, ok bool) {
	rest := onDisk - int64(l)
	if rest < tagSize {
		return 0, 0, false
	}
	pieces = rest / diskSize
	last := rest%diskSize - tagSize
	if last < 0 {
		return 0, 0, false
	}
	return pieces, pieces*pieceSize + last, true
}

// readHead reads the beginning of a file, as much as there is.
func readHead(f io.ReaderAt) ([]byte, error) {
	head := make([]byte, headSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return head[:n], nil
}

func about(id string) string { return "tandem blob " + id }

// newHead is the beginning of a new file, and its cipher.
func newHead(keys *vault.Vault, id string) ([]byte, cipher.AEAD, error) {
	own := make([]byte, vault.KeySize)
	_, _ = rand.Read(own) // never fails since Go 1.24
	seal, err := sealer(own)
	if err != nil {
		return nil, nil, err
	}
	head := make([]byte, headSize)
	copy(head, mark)
	copy(head[len(mark):], keys.Wrap(own, about(id)))
	return head, seal, nil
}

func sealer(own []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return cipher.NewGCM(block)
}

// slot is a place for a wrapped key in a head.
func slot(head []byte, i int) []byte {
	from := len(mark) + i*vault.SlotSize
	return head[from : from+vault.SlotSize]
}

// key is the file's own one, and the slot it is in.
func (d *Dir) key(head []byte, id string) (own []byte, at int, err error) {
	for i := range slots {
		var fault error
		if own, fault = d.keys.Unwrap(slot(head, i), about(id)); fault == nil {
			return own, i, nil
		}
		if errors.Is(fault, vault.ErrKey) && !isZero(slot(head, i)) {
			err = fault
		}
	}
	if err == nil {
		err = ErrCorrupt // it was changed, or destroyed
	}
	return nil, 0, fmt.Errorf("blob: key of %s: %w", id, err)
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// sealers are the ciphers that a file may have been sealed with: one, or of a file without slots, one for each key of the vault.
func (d *Dir) sealers(head []byte, id string) ([]cipher.AEAD, error) {
	l, ok := layoutOf(head)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrCorrupt, id)
	}
	var owns [][]byte
	var err error
	if l == layout(formerHead) {
		owns, err = d.keys.Derived(head[len(formerMark):formerHead], about(id))
	} else {
		owns = make([][]byte, 1)
		owns[0], _, err = d.key(head, id)
	}
	if err != nil {
		return nil, err
	}
	list := make([]cipher.AEAD, len(owns))
	for i, own := range owns {
		if list[i], err = sealer(own); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// nonce is the number of a piece, and whether it is the last.
func nonce(n int64, last bool) []byte {
	b := make([]byte, 12)
	binary.BigEndian.PutUint64(b[4:], uint64(n))
	if last {
		b[0] = 1
	}
	return b
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
