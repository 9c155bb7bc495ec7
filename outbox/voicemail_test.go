package outbox_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"tandem/outbox"
	"tandem/store"
)

// file is a sound in memory.
type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

// A message goes along as a file, or the mail goes without it; whoever deletes what was mailed is told once it has left, and not before.
func TestAMessageGoesByMail(t *testing.T) {
	for _, there := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			host := &mailHost{down: true}
			var sent []string
			p := newPost(t, office, host, func(c *outbox.Config) {
				c.Sound = func(id string) (io.ReadSeekCloser, error) {
					if !there || id != "msg_1" {
						return nil, errors.New("gone")
					}
					return file{bytes.NewReader([]byte("RIFF and a sound"))}, nil
				}
				c.Sent = func(_ context.Context, m store.Mail) { sent = append(sent, m.Sound) }
			})
			letter := p.Write(outbox.Message{Kind: "voicemail", Notice: true, User: "usr_bob", Name: "Bob", To: "bob@acme.example", Language: "en", Link: "https://pbx.example/voicemail",
				Values: map[string]string{"from": "Alice 101", "at": "2026-03-02 10:00", "length": "0:12"}})
			letter.Sound = "msg_1"
			if _, err := p.store.PutMail(t.Context(), letter); err != nil {
				t.Fatal(err)
			}
			if err := p.Retry(t.Context(), letter.ID); err == nil || len(sent) != 0 {
				t.Errorf("the server is down: %v, told of %v", err, sent)
			}
			host.mu.Lock()
			host.down = false
			host.mu.Unlock()
			if err := p.Retry(t.Context(), letter.ID); err != nil || len(sent) != 1 || sent[0] != "msg_1" {
				t.Errorf("sent: %v, told of %v", err, sent)
			}
			mails, _ := host.got()
			if len(mails) != 1 {
				t.Fatalf("%d mails", len(mails))
			}
			along := strings.Contains(mails[0], "voicemail.wav") && strings.Contains(mails[0], base64.StdEncoding.EncodeToString([]byte("RIFF and a sound")))
			if along != there || !strings.Contains(mails[0], "Alice 101 left you a message") {
				t.Errorf("the sound goes along: %v\n%s", along, mails[0])
			}
		})
	}
}
