package officetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/house"
	"tandem/vault"
)

// The key is changed while two real phones talk and are recorded: what was said before and after is heard; then whoever has the data directory without the key file, or
// with that of before, finds no sound, no secret of a phone, of a line, of a mail host, no PIN (PR-07).
func TestBaresipRekeyed(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	data := t.TempDir()
	s := start(t, func(c *house.Config) { c.Data = data })
	s.claim()
	s.call(200, "PATCH", "/v1/recording-rules/office", object{"mode": "always", "notice": "silent"})
	secrets := []string{"carrier-knows-7731", "post-office-5512", "48120599317", "TNDMcap1"}
	s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": "127.0.0.1:9", "transport": "udp", "username": "office", "secret": secrets[0], "off": true})
	s.call(200, "PATCH", "/v1/settings", object{"mail": object{"host": "127.0.0.1", "port": 9, "from": "pbx@example.com", "user": "pbx", "password": secrets[1], "tls": "none"}})
	s.call(201, "POST", "/v1/rooms", object{"name": "Daily", "extension": "790", "pin": secrets[2]})
	var phones []*Baresip
	for i, name := range []string{"Alice", "Bob"} {
		_, a := s.person(name, fmt.Sprint(101+i))
		secrets = append(secrets, a.Secret)
		a.Server, a.Transport = s.reach("udp"), "udp"
		phones = append(phones, s.softphone(ctx, name, a, []float64{440, 1000}[i], "PCMU/8000/1"))
	}
	alice, bob := phones[0], phones[1]
	former, err := os.ReadFile(s.Config.SoundKey())
	if err != nil {
		t.Fatal(err)
	}
	events := s.listen(ctx)
	do(t, alice, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, alice, "CALL_ESTABLISHED")
	id := events.until(t, "call", "recording", "on").Text("id")
	heard(t, bob, 440)

	verb, err := vault.Open(s.Config.SoundKey(), false) // another process, as the command line is one
	if err != nil {
		t.Fatal(err)
	}
	if err := verb.Rotate(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Rekey(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Keys.Former(); n != 0 || err != nil {
		t.Fatalf("%d former keys, %v", n, err)
	}
	do(t, alice, "ausrc", "aufile,"+toneFile(t, 700, 8000, 1))
	heard(t, bob, 700)
	do(t, alice, "hangup", "")
	expect(t, ctx, bob, "CALL_CLOSED")
	events.until(t, "call.ended", "id", id)
	var rec object
	eventually(t, "the recording to be whole", func() bool {
		rec = s.call(200, "GET", "/v1/recordings?call="+id, nil)
		return fmt.Sprint(rec.At("items", 0, "id")) != "<nil>" && fmt.Sprint(rec.At("items", 0, "running")) != "true"
	})
	left, _ := s.stereo(ctx, "/v1/recordings/"+rec.Text("items", 0, "id")+"/sound")
	if purest(left, 440) < 0.9 || purest(left, 700) < 0.9 {
		t.Errorf("before %.2f, after %.2f", purest(left, 440), purest(left, 700))
	}
	s.halt()

	secrets = append(secrets, strings.TrimSpace(string(former)))
	for name, b := range files(t, data) {
		for _, secret := range secrets {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	stolen := t.TempDir()
	if err := os.CopyFS(stolen, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	c := house.Config{Data: stolen, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if err := os.Remove(c.SoundKey()); err != nil {
		t.Fatal(err)
	}
	if m, err := house.Open(ctx, c); err == nil {
		m.Close()
		t.Error("it opens without a key")
	}
	if _, err := os.Stat(filepath.Join(stolen, "sound.key")); err == nil {
		t.Error("a new key is made")
	}
	if err := os.WriteFile(c.SoundKey(), former, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := house.Open(ctx, c); !errors.Is(err, vault.ErrKey) {
		t.Errorf("with the former key: %v", err)
		if err == nil {
			m.Close()
		}
	}
}
