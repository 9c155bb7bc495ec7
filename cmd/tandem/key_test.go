package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/house"
	"tandem/vault"
)

// The key is rotated beside a server and the server is killed in the middle of it, again and again: at every start everything opens, and in the end nothing opens
// with the key there was, the log tells of it, and no file is left over (PR-07).
func TestKeyRotationSurvivesKills(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, loopback(data)...)
	s.claim("--data", data)
	var secrets []string
	for i := range 20 {
		u := s.call(201, "POST", "/v1/users", map[string]any{"name": fmt.Sprint("Person ", i), "email": fmt.Sprintf("p%d@example.com", i)})
		d := s.call(201, "POST", "/v1/users/"+u.Text("id")+"/devices", map[string]any{"name": "Phone", "kind": "soft"})
		secrets = append(secrets, d.Text("account", "secret"))
	}
	s.stop()
	d := soundsIn(t, data)
	const sounds = 150
	for i := range sounds {
		w, err := d.Create(fmt.Sprintf("msg_%03d", i))
		if err == nil {
			_, err = fmt.Fprint(w, "what was said ", i)
		}
		if err == nil {
			err = w.Finish(w.Size())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = d.Close()
	c := house.Config{Data: data, HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", SIPS: "127.0.0.1:0", Public: "127.0.0.1", RTP: "20000-28999", Version: "test", Log: slog.New(slog.DiscardHandler)}
	former, err := os.ReadFile(c.SoundKey())
	if err != nil {
		t.Fatal(err)
	}

	if out := verb(t, "", "key", "rotate", "--data", data).well(t); !strings.Contains(out, "tandem key status") {
		t.Errorf("it says %q", out)
	}
	if out := verb(t, "", "key", "status", "--data", data).well(t); !strings.Contains(out, "anew: 1") {
		t.Errorf("it says %q", out)
	}
	everything := func(what string) {
		t.Helper()
		d := soundsIn(t, data)
		defer d.Close()
		for i := range sounds {
			r, err := d.Open(fmt.Sprintf("msg_%03d", i))
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			b := make([]byte, r.Size())
			if _, err := r.ReadAt(b, 0); err != nil || string(b) != fmt.Sprint("what was said ", i) {
				t.Fatalf("%s: %q, %v", what, b, err)
			}
			_ = r.Close()
		}
	}
	keys, err := vault.Open(c.SoundKey(), false)
	if err != nil {
		t.Fatal(err)
	}
	name, err := hex.DecodeString(keys.Name())
	if err != nil {
		t.Fatal(err)
	}
	anew := func() (n int) { // sounds that the new key opens
		all, _ := filepath.Glob(filepath.Join(data, "sound", "*", "msg_*"))
		for _, file := range all {
			if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, name) {
				n++
			}
		}
		return n
	}
	for n := range 4 {
		s := serve(t, loopback(data)...)
		for begun := time.Now(); anew() < (n+1)*sounds/5; {
			if time.Since(begun) > time.Minute {
				t.Fatalf("only %d are sealed anew", anew())
			}
		}
		s.kill()
		everything(fmt.Sprint("killed for the time ", n+1))
	}

	h, err := house.Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := h.Rekey(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	everything("in the end")
	if out := verb(t, "", "key", "status", "--data", data).well(t); !strings.Contains(out, "everything is sealed") {
		t.Errorf("it says %q", out)
	}
	if n := count(t, raw(t, data), "SELECT COUNT(*) FROM facts WHERE kind = 'setup.rekeyed'"); n != 1 {
		t.Errorf("the log tells %d times", n)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "sound", "*", "*[^b]")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	found := false
	err = filepath.WalkDir(data, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		for _, s := range append(secrets, "what was said", strings.TrimSpace(string(former))) {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s holds %q", name, s)
			}
		}
		found = found || bytes.Contains(b, []byte("sealed1:"))
		return err
	})
	if err != nil || !found {
		t.Errorf("nothing is sealed: %v", err)
	}

	// A thief with the former key, and one without any.
	if err := os.WriteFile(c.SoundKey(), former, 0o600); err != nil {
		t.Fatal(err)
	}
	verb(t, "", "doctor", "--data", data).refused(t, "key file")
	d = soundsIn(t, data)
	defer d.Close()
	if _, err := d.Open("msg_000"); !errors.Is(err, vault.ErrKey) {
		t.Errorf("the former key opens: %v", err)
	}
	if err := os.Remove(c.SoundKey()); err != nil {
		t.Fatal(err)
	}
	verb(t, "", "doctor", "--data", data).refused(t, "sound.key", "backup")
}
