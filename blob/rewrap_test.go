package blob

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/vault"
)

// former writes a finished blob as earlier versions did.
func former(t *testing.T, root, id string, b []byte) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "sound.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, _ := hex.DecodeString(strings.TrimSpace(string(text)))
	head := make([]byte, formerHead)
	copy(head, formerMark)
	_, _ = rand.Read(head[len(formerMark):])
	own, err := hkdf.Key(sha256.New, key, head[len(formerMark):], "tandem blob "+id, 32)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := sealer(own)
	if err != nil {
		t.Fatal(err)
	}
	out := head
	n := int64(0)
	for ; len(b) >= pieceSize; b, n = b[pieceSize:], n+1 {
		out = seal.Seal(out, nonce(n, false), b[:pieceSize], nil)
	}
	out = seal.Seal(out, nonce(n, true), b, nil)
	path := filepath.Join(root, "sound", id[len(id)-2:], id+finished)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, out, 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// Sound is wrapped anew while it is read and written, that of earlier versions too; afterwards the new key alone opens it, when it was written stays, and
// a second time there is nothing to do (PR-07).
func TestRewrap(t *testing.T) {
	root := t.TempDir()
	d := dir(t, root)
	write(t, d, "rec_aa", noise(20000))
	path := former(t, root, "msg_bb", noise(9000))
	then := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
	w, err := d.Create("rec_cc")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(noise(7000)[:5000])
	r, err := d.Open("msg_bb")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	if n, err := d.Rewrap(); n != 3 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := d.Rewrap(); n != 0 || err != nil {
		t.Fatalf("again %d, %v", n, err)
	}
	if err := d.keys.Retire(); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(noise(7000)[5000:])
	if err := w.Finish(7000); err != nil {
		t.Fatal(err)
	}
	half := make([]byte, 100)
	if _, err := r.ReadAt(half, 8000); err != nil || !bytes.Equal(half, noise(9000)[8000:8100]) {
		t.Errorf("who reads is cut off: %v", err)
	}
	_ = r.Close()
	_ = d.Close()
	d = dir(t, root)
	for id, n := range map[string]int{"rec_aa": 20000, "msg_bb": 9000, "rec_cc": 7000} {
		if got := read(t, d, id); !bytes.Equal(got, noise(n)) {
			t.Errorf("%s is something else", id)
		}
	}
	for info, err := range d.List() {
		if err != nil || info.ID == "msg_bb" && !info.Written.Equal(then) {
			t.Errorf("%+v, %v", info, err)
		}
	}
}

// A key that is being wrapped may be cut off after any write: the blob opens all the same, with the old key and then with the new one, and the next round ends it.
func TestRewrapIsCutOff(t *testing.T) {
	root := t.TempDir()
	d := dir(t, root)
	write(t, d, "rec_aa", noise(5000))
	path := filepath.Join(root, "sound", "aa", "rec_aa.blob")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	if n, err := d.Rewrap(); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	after, err := os.ReadFile(path)
	if err != nil || len(after) != len(before) {
		t.Fatal(err)
	}
	steps := map[string][]byte{"before": before, "after": after}
	for n := 1; n <= vault.SlotSize; n += 9 {
		torn := bytes.Clone(before)
		copy(slot(torn, 1)[:n], slot(after, 1))
		steps[fmt.Sprint("new slot torn at ", n)] = torn
		torn = bytes.Clone(before)
		copy(slot(torn, 1), slot(after, 1))
		copy(slot(torn, 0)[:n], slot(after, 0))
		steps[fmt.Sprint("old slot torn at ", n)] = torn
	}
	for what, b := range steps {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := read(t, d, "rec_aa"); !bytes.Equal(got, noise(5000)) {
				t.Errorf("%s: it is something else", what)
			}
			if _, err := d.Rewrap(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		head, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if isZero(slot(head, 0)) == isZero(slot(head, 1)) || d.keys.IsOld(slot(head, 0)) && d.keys.IsOld(slot(head, 1)) {
			t.Errorf("%s: the old key is still in the file", what)
		}
	}
}

// A deleted blob has lost its key before the file goes: whoever finds the sectors cannot read them (PR-07).
func TestDeletedIsShredded(t *testing.T) {
	root := t.TempDir()
	d := dir(t, root)
	write(t, d, "rec_aa", noise(5000))
	for id, path := range map[string]string{"rec_aa": filepath.Join(root, "sound", "aa", "rec_aa.blob"), "msg_bb": former(t, root, "msg_bb", noise(5000))} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(id); err != nil {
			t.Fatal(err)
		}
		if r, err := d.read(f, id); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s can be read: %v, %v", id, r, err)
		}
		_ = f.Close()
	}
}
