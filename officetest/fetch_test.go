package officetest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/audio"
)

// Real phones: one leaves a message, fetches it with the PIN of the mailbox from a phone that is not its owner's – after a wrong one – and deletes
// it; the owner's own phone needs no PIN. The lamp follows at once (X-054, FC-01, BL-03, SA-18).
func TestMessagesAreFetchedByRealPhones(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 6*patience)
	defer cancel()
	s := start(t)
	olga := s.claim().Text("user", "id")
	aliceID, alice := s.person("Alice", "150")
	number := s.call(200, "GET", "/v1/users/"+olga, nil).Text("extension")
	s.call(200, "PUT", "/v1/users/"+olga+"/status", object{"status": "dnd"})
	s.call(200, "PATCH", "/v1/mailboxes/"+olga, object{"pin": "480213"})
	phone := func(name string, a Account, hz float64) *Baresip {
		a.Server, a.Transport, a.Keys = s.reach("udp"), "udp", "info"
		b, err := StartBaresip(ctx, filepath.Join(t.TempDir(), name), toneFile(t, hz, 8000, 1), a, "PCMU/8000/1")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		eventually(t, name+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
		return b
	}
	a := phone("alice", alice, 440)
	do(t, a, "dial", "sip:"+number+"@"+s.reach("udp"))
	expect(t, ctx, a, "CALL_ESTABLISHED")
	eventually(t, "four seconds are recorded", func() bool { return s.recorded() > 4*2*8000 })
	do(t, a, "hangup", "")
	expect(t, ctx, a, "CALL_CLOSED")
	messages := func() []object { return s.call(200, "GET", "/v1/voicemail", nil).Items() }
	eventually(t, "the message is there", func() bool { return len(messages()) == 1 })
	id := messages()[0].Text("id")

	fetched := phone("fetcher", s.phone(aliceID), 700) // the second phone of Alice
	do(t, fetched, "dial", "sip:*98"+number+"@"+s.reach("udp"))
	expect(t, ctx, fetched, "CALL_ESTABLISHED")
	eventually(t, "the PIN is asked for", func() bool { return speaks(fetched) })
	types(t, fetched, "*111111#")
	types(t, fetched, "*480213#")
	heard(t, fetched, 440)
	eventually(t, "what was heard to its end is not new", func() bool { return messages()[0].At("new") == false })
	types(t, fetched, "7")
	eventually(t, "the message is deleted", func() bool { return len(messages()) == 0 })
	do(t, fetched, "hangup", "")
	expect(t, ctx, fetched, "CALL_CLOSED")

	s.call(200, "POST", "/v1/voicemail/"+id+"/restore", nil)
	hers := s.phone(olga)
	hers.Waiting = true
	own := phone("olga", hers, 600)
	eventually(t, "her phone shows the message", func() bool { return strings.Contains(own.Log(), "Voice-Message: 0/1") })
	do(t, own, "dial", "sip:*97@"+s.reach("udp"))
	expect(t, ctx, own, "CALL_ESTABLISHED")
	heard(t, own, 440)
	do(t, own, "hangup", "")

	// Five wrong PINs shut the mailbox for that phone; the audit log and a mail say so.
	for _, keys := range []string{"*111111#*222222#*333333#*444444#*555555#", ""} {
		do(t, fetched, "dial", "sip:*98"+number+"@"+s.reach("udp"))
		expect(t, ctx, fetched, "CALL_ESTABLISHED")
		types(t, fetched, keys)
		expect(t, ctx, fetched, "CALL_CLOSED") // the house says goodbye
	}
	eventually(t, "the audit log tells", func() bool { return len(s.call(200, "GET", "/v1/audit?kind=mailbox.locked", nil).Items()) == 1 })
	if mails := s.call(200, "GET", "/v1/mails", nil).Items(); !slices.ContainsFunc(mails, func(m object) bool { return m.Text("kind") == "mailbox_locked" }) {
		t.Errorf("mails %v", mails)
	}
}

// speaks reports whether a phone has heard anything.
func speaks(b *Baresip) bool {
	for _, name := range b.Heard() {
		raw, err := os.ReadFile(name)
		if err != nil || len(raw) < 1000 {
			continue
		}
		w := leftChannel(raw)
		for step := w.Rate / 4; step > 0 && len(w.Samples) >= step; w.Samples = w.Samples[step:] {
			if audio.Level(w.Samples[:step]) > -45 {
				return true
			}
		}
	}
	return false
}

// A phone leaves a message while its receiver looks at the page in a real browser: it appears, is heard, forwarded to a colleague whose phone
// shows it, found, deleted and taken back. The scenario itself is web/test/browser/voicemail.mjs.
func TestVoicemailInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	olga := s.claim().Text("user", "id")
	_, alice := s.person("Alice", "150")
	s.call(200, "PUT", "/v1/users/"+olga+"/status", object{"status": "dnd"})
	number := s.call(200, "GET", "/v1/users/"+olga, nil).Text("extension")
	x := s.exchange()
	p := x.Add(alice.Username, alice.Secret)
	if err := p.Register(ctx, 300); err != nil {
		t.Fatal(err)
	}
	lamp, err := p.Watch(ctx, "message-summary", "150")
	if err != nil {
		t.Fatal(err)
	}
	s.plays(ctx, "voicemail", func(line []byte) {
		if !strings.Contains(string(line), `"call"`) {
			return
		}
		talk, err := p.Dial(ctx, number)
		if err != nil {
			t.Fatal(err)
		}
		<-talk.Answered()
		eventually(t, "two seconds are recorded", func() bool { return s.recorded() > 2*2*8000 })
		talk.Hangup()
	})
	eventually(t, "Alice's phone shows what was forwarded to her", func() bool {
		seen, _ := lamp.Sees()
		return strings.Contains(seen, "Voice-Message: 1/0")
	})
}
