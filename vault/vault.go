// Package vault keeps the keys of this installation, and seals with them what nobody may read in a copy of its disk: secrets in columns, and the key that
// each sound has of its own (BAR PR-07).
//
// The keys are lines of one file: the first seals, the others only open what they sealed before, until all of it is sealed anew (ADR 138).
package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	idSize    = 8
	nonceSize = 12
	tagSize   = 16

	// KeySize is the length of a key, in bytes.
	KeySize = 32
	// SlotSize is the length of a key that is wrapped.
	SlotSize = idSize + nonceSize + KeySize + tagSize

	mark = "sealed1:" // before what is sealed in a column
)

// ErrKey is that of what was sealed with a key that is not there.
var ErrKey = errors.New("vault: it was sealed with a key that is not in the key file; put the file back from a backup")

// Vault holds the keys. Its methods may be called from any goroutine.
type Vault struct {
	path string

	mu   sync.Mutex
	keys []key // the first seals
	read time.Time
}

type id [idSize]byte

type key struct {
	id     id
	secret []byte
	seal   cipher.AEAD
}

func newKey(secret []byte) (key, error) {
	own, err := hkdf.Key(sha256.New, secret, nil, "tandem vault seal", KeySize)
	if err != nil {
		return key{}, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return key{}, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, err
	}
	name, err := hkdf.Key(sha256.New, secret, nil, "tandem vault name", idSize)
	return key{id(name), secret, seal}, err
}

// Open reads the key file. Where there is none, it is made with mode 0600 if fresh says that nothing was sealed yet; otherwise nobody could
// read that any more, and the error says so.
func Open(path string, fresh bool) (*Vault, error) {
	v := &Vault{path: path}
	err := v.load()
	if errors.Is(err, fs.ErrNotExist) && fresh {
		if err = replace(path, line(random()), nil); err == nil {
			err = v.load()
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("vault: %s is missing, and without it nobody can read what was sealed with it; put it back from a backup", path)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// load reads the file if it is another one than before. The lock is held, or nobody else knows the vault yet.
func (v *Vault) load() error {
	info, err := os.Stat(v.path)
	if err != nil {
		return err
	}
	if info.ModTime().Equal(v.read) {
		return nil
	}
	text, err := os.ReadFile(v.path)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	keys, err := parse(text)
	if err != nil {
		return fmt.Errorf("vault: %s %w", v.path, err)
	}
	if err := os.Chmod(v.path, 0o600); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	v.keys, v.read = keys, info.ModTime()
	return nil
}

func parse(text []byte) ([]key, error) {
	var keys []key
	for _, word := range strings.Fields(string(text)) {
		secret, err := hex.DecodeString(word)
		if err != nil || len(secret) != KeySize {
			return nil, errors.New("holds a line that is no key of 32 bytes in hexadecimal")
		}
		k, err := newKey(secret)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("holds no key")
	}
	return keys, nil
}

// Merge joins two states of a key file, so that what was sealed at the time of either can be opened; the first line is that of the newer.
func Merge(older, newer []byte) []byte {
	var out bytes.Buffer
	seen := map[string]bool{}
	for _, word := range append(strings.Fields(string(newer)), strings.Fields(string(older))...) {
		if !seen[word] {
			seen[word] = true
			out.WriteString(word + "\n")
		}
	}
	return out.Bytes()
}

func random() []byte {
	secret := make([]byte, KeySize)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	return secret
}

func line(secret []byte) []byte { return []byte(hex.EncodeToString(secret) + "\n") }

// current is the key that seals, and of finds one by its name, in the file if need be: another process may have added it.
func (v *Vault) current() key {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys[0]
}

func (v *Vault) of(name []byte) (key, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for range 2 {
		for _, k := range v.keys {
			if bytes.Equal(k.id[:], name) {
				return k, true
			}
		}
		if v.load() != nil {
			break
		}
	}
	return key{}, false
}

// seal is the name of the key, the nonce, and what is sealed.
func (k key) sealed(plain []byte, about string) []byte {
	out := make([]byte, idSize+nonceSize, idSize+nonceSize+len(plain)+tagSize)
	copy(out, k.id[:])
	_, _ = rand.Read(out[idSize:])
	return k.seal.Seal(out, out[idSize:], plain, []byte(about))
}

func (v *Vault) opened(sealed []byte, about string) ([]byte, error) {
	if len(sealed) < idSize+nonceSize+tagSize {
		return nil, errors.New("vault: too short to be sealed")
	}
	k, ok := v.of(sealed[:idSize])
	if !ok {
		return nil, ErrKey
	}
	plain, err := k.seal.Open(nil, sealed[idSize:idSize+nonceSize], sealed[idSize+nonceSize:], []byte(about))
	if err != nil {
		return nil, fmt.Errorf("vault: what is kept of %s is not what was sealed", about)
	}
	return plain, nil
}

// Seal seals a text for a column. What it is about has to be said again to open it, so that no value passes for another.
func (v *Vault) Seal(plain, about string) string {
	return mark + base64.RawStdEncoding.EncodeToString(v.current().sealed([]byte(plain), about))
}

// Open opens what Seal sealed. Text that was kept before there were seals comes back as it is.
func (v *Vault) Open(kept, about string) (string, error) {
	text, ok := strings.CutPrefix(kept, mark)
	if !ok {
		return kept, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("vault: what is kept of %s is not what was sealed", about)
	}
	plain, err := v.opened(raw, about)
	return string(plain), err
}

// IsSealed reports whether a text is sealed at all, and IsStale whether it is not sealed with the current key.
func IsSealed(kept string) bool { return strings.HasPrefix(kept, mark) }

// IsStale implements store.Keys.
func (v *Vault) IsStale(kept string) bool {
	text, ok := strings.CutPrefix(kept, mark)
	raw, err := base64.RawStdEncoding.DecodeString(text)
	return !ok || err != nil || v.IsOld(raw)
}

// Wrap seals the key of a sound, as SlotSize bytes.
func (v *Vault) Wrap(own []byte, about string) []byte { return v.current().sealed(own, about) }

// Unwrap opens what Wrap sealed.
func (v *Vault) Unwrap(slot []byte, about string) ([]byte, error) { return v.opened(slot, about) }

// IsOld reports whether a slot was not sealed with the current key.
func (v *Vault) IsOld(slot []byte) bool {
	name := v.current().id
	return len(slot) < idSize || !bytes.Equal(slot[:idSize], name[:])
}

// Derived are the keys that sound of earlier versions was sealed with: one that was made of each key.
func (v *Vault) Derived(salt []byte, about string) ([][]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := make([][]byte, 0, len(v.keys))
	for _, k := range v.keys {
		own, err := hkdf.Key(sha256.New, k.secret, salt, about, KeySize)
		if err != nil {
			return nil, err
		}
		list = append(list, own)
	}
	return list, nil
}

// Name is what the current key is called; it tells nothing of the key.
func (v *Vault) Name() string {
	name := v.current().id
	return hex.EncodeToString(name[:])
}

// Former is how many keys there are that only open, after a look at the file.
func (v *Vault) Former() (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.load(); err != nil {
		return 0, err
	}
	return len(v.keys) - 1, nil
}

// Rotate makes a new key that seals from now on, in this process and, once they look, in others; those there were go on opening.
func (v *Vault) Rotate() error {
	return v.rewrite(func(keys []key) []byte {
		out := line(random())
		for _, k := range keys {
			out = append(out, line(k.secret)...)
		}
		return out
	})
}

// Retire takes the keys out of the file that only open, for good. It is for whoever has sealed everything anew; a key that somebody has made
// meanwhile stays, and so do all others then.
func (v *Vault) Retire() error {
	name := v.current().id
	return v.rewrite(func(keys []key) []byte {
		if keys[0].id != name {
			return nil
		}
		return line(keys[0].secret)
	})
}

// rewrite changes the file, while no other process does. Nil leaves it.
func (v *Vault) rewrite(change func([]key) []byte) error {
	lock, err := os.OpenFile(v.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.load(); err != nil {
		return err
	}
	text := change(v.keys)
	if text == nil {
		return nil
	}
	old, err := os.OpenFile(v.path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer old.Close()
	if err := replace(v.path, text, old); err != nil {
		return err
	}
	v.read = time.Time{}
	return v.load()
}

// replace writes a file that appears whole or not at all; what the old one held is overwritten.
func replace(path string, text []byte, old *os.File) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-")
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	switch {
	case err != nil:
	case old == nil:
		if err = os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) { // another process was faster
			err = nil
		}
	default:
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err == nil && old != nil {
		info, fault := old.Stat()
		if fault == nil {
			_, fault = old.WriteAt(make([]byte, info.Size()), 0)
		}
		err = errors.Join(fault, old.Sync())
	}
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
