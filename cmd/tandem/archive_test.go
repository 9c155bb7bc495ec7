package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tandem/blob"
	"tandem/house"
	"tandem/vault"
)

// soundsIn opens the sound of a data directory that no server runs on.
func soundsIn(t *testing.T, data string) *blob.Dir {
	t.Helper()
	c := house.Config{Data: data}
	keys, err := vault.Open(c.SoundKey(), false)
	if err != nil {
		t.Fatal(err)
	}
	d, err := blob.OpenDir(c.Sounds(), keys)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A backup holds the sound with its key, and a restore brings both back; cut after any stretch it is refused, and nothing is changed.
func TestBackupHoldsSound(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "office.backup")
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	s.stop()
	d := soundsIn(t, data)
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
	d = soundsIn(t, to)
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

	begun := t.TempDir() // a house that was only started has a key for pushes, and no sound
	serve(t, loopback(begun)...).stop()
	_ = os.Remove(filepath.Join(begun, "tandem.db"))
	verb(t, "", "restore", "--data", begun, file).well(t)
	if there, err := filepath.Glob(filepath.Join(begun, "sound", "*", "*.blob")); len(there) != 3 || err != nil {
		t.Errorf("restored: %v, %v", there, err)
	}
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

// meanwhile does something when the first byte is written.
type meanwhile struct {
	bytes.Buffer
	once sync.Once
	do   func()
}

func (w *meanwhile) Write(b []byte) (int, error) {
	w.once.Do(w.do)
	return w.Buffer.Write(b)
}

// A recording that settles while the backup runs is in it, in its small form.
func TestBackupTakesWhatSettles(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"msg_first.blob", "rec_second.blob"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &meanwhile{do: func() {
		if err := os.Rename(filepath.Join(root, "rec_second.blob"), filepath.Join(root, "opus_rec_second.blob")); err != nil {
			t.Error(err)
		}
	}}
	w := tar.NewWriter(out)
	n, err := addSound(t.Context(), w, root)
	if err := errors.Join(err, w.Close()); err != nil || n != 2 {
		t.Fatalf("%d sounds, %v", n, err)
	}
	var names []string
	for r := tar.NewReader(&out.Buffer); ; {
		h, err := r.Next()
		if err != nil {
			break
		}
		names = append(names, filepath.Base(h.Name))
	}
	if got := strings.Join(names, " "); got != "msg_first.blob opus_rec_second.blob" {
		t.Error(got)
	}
}
