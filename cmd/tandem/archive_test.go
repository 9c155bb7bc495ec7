package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/blob"
	"tandem/house"
)

// A backup holds the sound with its key, and a restore brings both back; cut after any stretch it is refused, and nothing is changed.
func TestBackupHoldsSound(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "office.backup")
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	s.stop()
	c := house.Config{Data: data}
	d, err := blob.OpenDir(c.Sounds(), c.SoundKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"rec_one", "msg_two", "rec_growing"} {
		w, err := d.Create(id)
		if err == nil {
			_, err = w.Write([]byte("sound of " + id))
		}
		if err == nil && id != "rec_growing" {
			err = w.Finish(w.Size())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = d.Close()
	if out := verb(t, "", "backup", "--data", data, file).well(t); !strings.Contains(out, "with 2 sounds") {
		t.Errorf("it says %q", out)
	}
	if left, _ := filepath.Glob(file + "?*"); len(left) > 0 {
		t.Errorf("beside the backup: %v", left)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	for n := 0; n < len(whole)-1024; n += len(whole)/4 + 1 { // behind that stand only zeros
		cut := filepath.Join(t.TempDir(), "cut")
		if err := os.WriteFile(cut, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		verb(t, "", "restore", "--data", to, cut).refused(t, cut)
		if _, err := os.Stat(filepath.Join(to, "sound")); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("cut at %d: sound is there", n)
		}
	}
	verb(t, "", "restore", "--data", to, file).well(t)
	c = house.Config{Data: to}
	if d, err = blob.OpenDir(c.Sounds(), c.SoundKey()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for _, id := range []string{"rec_one", "msg_two"} {
		r, err := d.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, r.Size())
		if _, err := r.ReadAt(b, 0); err != nil || string(b) != "sound of "+id {
			t.Errorf("%q, %v", b, err)
		}
		_ = r.Close()
	}
	if left, _ := filepath.Glob(filepath.Join(to, "restore-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}

	taken, bare := t.TempDir(), filepath.Join(t.TempDir(), "bare")
	if err := os.MkdirAll(filepath.Join(taken, "sound", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	verb(t, "", "restore", "--data", taken, file).refused(t, "already holds sound")
	if out := verb(t, "", "backup", "--no-sound", "--data", data, bare).well(t); !strings.Contains(out, "with 0 sounds") {
		t.Errorf("it says %q", out)
	}
	verb(t, "", "restore", "--data", taken, bare).well(t)
}

// What names files elsewhere, or others than a backup has, is no backup.
func TestArchiveOfSomebodyElse(t *testing.T) {
	for _, name := range []string{"../evil", "/etc/passwd", "sound/../../evil.blob", "other.txt", "sound/ab/x.sh"} {
		file, to := filepath.Join(t.TempDir(), "x"), t.TempDir()
		if err := os.WriteFile(file, foreign(t, name), 0o600); err != nil {
			t.Fatal(err)
		}
		u, err := readArchive(t.Context(), file, to)
		u.clear()
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// foreign is an archive with one file of a name.
func foreign(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := w.WriteHeader(&tar.Header{Name: name, Size: 1, Mode: 0o600})
	if err == nil {
		_, err = w.Write([]byte("x"))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
