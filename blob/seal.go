package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A sealed file is a head – the mark and a random salt – and pieces of equal size, each sealed with AES-256-GCM; the last one is shorter, maybe
// empty, and sealed as the last, so that a file cut off at a piece's end is noticed. Each file has a key of its own, made of the key file, the
// salt and the blob's id, so the number of the piece can be the nonce and no file passes for another (ADR 35).
const (
	mark      = "tandem1\n"
	saltSize  = 16
	headSize  = len(mark) + saltSize
	pieceSize = 4096 // a quarter of a second of 8 kHz sound: the most that a killed process loses
	tagSize   = 16
	diskSize  = pieceSize + tagSize
)

// newHead is the beginning of a new file.
func newHead() []byte {
	head := make([]byte, headSize)
	copy(head, mark)
	_, _ = rand.Read(head[len(mark):]) // never fails since Go 1.24
	return head
}

// sealer is the file's own cipher.
func sealer(key []byte, head []byte, id string) (cipher.AEAD, error) {
	if len(head) != headSize || string(head[:len(mark)]) != mark {
		return nil, ErrCorrupt
	}
	own, err := hkdf.Key(sha256.New, key, head[len(mark):], "tandem blob "+id, 32)
	if err != nil {
		return nil, fmt.Errorf("blob: key of %s: %w", id, err)
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, fmt.Errorf("blob: key of %s: %w", id, err)
	}
	return cipher.NewGCM(block)
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

// sizes are the pieces before the last and the bytes in a finished file of that length on disk; ok is false when there is no such length.
func sizes(onDisk int64) (pieces, size int64, ok bool) {
	rest := onDisk - int64(headSize)
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

// at is where a piece begins on disk.
func at(n int64) int64 { return int64(headSize) + n*diskSize }

// loadKey reads the key file, or makes it at the first start. It is not made anew where blobs are, because nobody could read them any more.
func loadKey(path string, empty bool) ([]byte, error) {
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && empty:
		return makeKey(path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("blob: %s is missing, and without it nobody can read what is kept beside it; put it back from a backup", path)
	case err != nil:
		return nil, fmt.Errorf("blob: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("blob: %s holds no key of 32 bytes in hexadecimal", path)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return key, nil
}

// makeKey writes a new key; the file appears whole or not at all.
func makeKey(path string) ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails since Go 1.24
	f, err := os.CreateTemp(filepath.Dir(path), ".key-")
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), path) // fails when another process was faster
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return key, nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
