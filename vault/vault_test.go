package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t *testing.T, path string, fresh bool) *Vault {
	t.Helper()
	v, err := Open(path, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What is sealed opens as what it is about and as nothing else, in this process and in the next; text of before comes back as it is (PR-07).
func TestSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	v := open(t, path, true)
	kept := v.Seal("hunter2", "trunks.secret main trk_1")
	if strings.Contains(kept, "hunter2") || !IsSealed(kept) || v.IsStale(kept) || kept == v.Seal("hunter2", "trunks.secret main trk_1") {
		t.Error(kept)
	}
	for _, v := range []*Vault{v, open(t, path, false)} {
		if got, err := v.Open(kept, "trunks.secret main trk_1"); got != "hunter2" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	if got, err := v.Open(kept, "trunks.secret main trk_2"); err == nil {
		t.Errorf("it passes for another one: %q", got)
	}
	for _, bad := range []string{kept[:len(kept)-3], kept[:20], mark, mark + "!", kept[:40] + "AAAA" + kept[44:]} {
		if got, err := v.Open(bad, "trunks.secret main trk_1"); err == nil {
			t.Errorf("%q is %q", bad, got)
		}
	}
	if got, err := v.Open("plain", "x"); got != "plain" || err != nil || !v.IsStale("plain") {
		t.Errorf("%q, %v", got, err)
	}
}

// A key that is made in one process opens and seals in others as soon as they meet it; what the former key sealed opens until that is retired,
// and never after; the file holds nothing of it then, and neither does the one it was (PR-07).
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	server, verb := open(t, path, true), open(t, path, false)
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	inode, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer inode.Close()
	old, slot := server.Seal("a", "x"), server.Wrap(bytes.Repeat([]byte{7}, KeySize), "y")
	if err := verb.Rotate(); err != nil {
		t.Fatal(err)
	}
	young := verb.Seal("b", "x")
	if got, err := server.Open(young, "x"); got != "b" || err != nil {
		t.Errorf("the server does not find the new key: %q, %v", got, err)
	}
	if n, err := server.Former(); n != 1 || err != nil || !server.IsStale(old) || !server.IsOld(slot) || server.IsStale(young) || server.Name() != verb.Name() {
		t.Errorf("%d former keys, %v", n, err)
	}
	if got, err := server.Open(old, "x"); got != "a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if own, err := server.Unwrap(slot, "y"); err != nil || own[0] != 7 {
		t.Errorf("%v, %v", own, err)
	}
	if err := server.Retire(); err != nil {
		t.Fatal(err)
	}
	for _, v := range []*Vault{server, open(t, path, false)} {
		if _, err := v.Open(old, "x"); !errors.Is(err, ErrKey) {
			t.Errorf("the old key opens: %v", err)
		}
		if _, err := v.Unwrap(slot, "y"); !errors.Is(err, ErrKey) {
			t.Errorf("the old key opens: %v", err)
		}
	}
	now, err := os.ReadFile(path)
	if err != nil || bytes.Contains(now, bytes.TrimSpace(first)) {
		t.Errorf("the file still holds the old key: %v", err)
	}
	left := make([]byte, len(first))
	if _, err := inode.ReadAt(left, 0); err != nil || bytes.Equal(left, first) {
		t.Errorf("the disk still holds the old key: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
}

// A rotation that another overtakes retires nothing: what the key between sealed would be lost.
func TestRetireKeepsWhatSomebodyMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	server, verb := open(t, path, true), open(t, path, false)
	kept := server.Seal("a", "x")
	if err := verb.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := server.Retire(); err != nil {
		t.Fatal(err)
	}
	if got, err := server.Open(kept, "x"); got != "a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A key file that is missing, or holds something else, is named with the next step; none is made where something is sealed already.
func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if _, err := Open(path, false); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a new key was made")
	}
	for _, text := range []string{"", "xyz\n", strings.Repeat("ab", 31)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, true); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMerge(t *testing.T) {
	if got := string(Merge([]byte("a\n"), []byte("b\na\n"))); got != "b\na\n" {
		t.Errorf("%q", got)
	}
	if got := string(Merge([]byte("b\na\n"), []byte("b\n"))); got != "b\na\n" {
		t.Errorf("%q", got)
	}
}
