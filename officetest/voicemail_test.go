package officetest

import (
	"context"
	"io/fs"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"tandem/audio"
)

// A phone calls somebody who has none connected, hears the greeting, and speaks after the tone; the owner of the mailbox finds the
// message, and hears what was said.
func TestVoicemailIsLeftAndHeard(t *testing.T) {
	s := start(t)
	olga := s.claim().Text("user", "id")
	_, account := s.person("Alice", "150")
	desk := s.call(201, "POST", "/v1/users/"+olga+"/devices", object{"name": "desk", "kind": "desk"})
	s.call(200, "PUT", "/v1/users/"+olga+"/status", object{"status": "dnd"}) // nobody set a rule: the mailbox answers
	number := s.call(200, "GET", "/v1/users/"+olga, nil).Text("extension")

	x, err := NewExchange(netip.MustParseAddrPort(s.Address("SIP UDP")))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	told := make(chan string, 16)
	lamp := x.Add(desk.Text("account", "username"), desk.Text("account", "secret"))
	lamp.Waiting = func(document string) { told <- document }
	if err := lamp.Register(ctx, 300); err != nil {
		t.Fatal(err)
	}
	watch, err := lamp.Watch(ctx, "message-summary", number)
	if err != nil {
		t.Fatal(err)
	}
	// shows waits until both lamps show a count: the one that was asked for, and the one of a phone that does not ask (BL-03).
	shows := func(count string) {
		t.Helper()
		eventually(t, "the phone shows "+count, func() bool {
			seen, _ := watch.Sees()
			return strings.Contains(seen, "Voice-Message: "+count+" (0/0)")
		})
		for {
			select {
			case seen := <-told:
				if strings.Contains(seen, "Voice-Message: "+count+" (0/0)") {
					return
				}
			case <-ctx.Done():
				t.Fatalf("no phone that only registers was told %s", count)
			}
		}
	}
	shows("0/0")
	p := x.Add(account.Username, account.Secret)
	if err := p.Register(ctx, 300); err != nil {
		t.Fatal(err)
	}
	talk, err := p.Dial(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-talk.Answered():
	case <-talk.Ended():
		t.Fatalf("the mailbox did not answer: %d %s", talk.Status(), talk.Words())
	}
	eventually(t, "three seconds are recorded", func() bool { return s.recorded() > 3*2*8000 })
	talk.Hangup()

	var found object
	eventually(t, "the message is there", func() bool {
		list := s.call(200, "GET", "/v1/voicemail", nil)
		if len(list.Items()) == 1 {
			found = list.Items()[0]
		}
		return found != nil
	})
	if found.Text("from", "name") != "Alice" || found.At("new") != true || found.At("mine") != true {
		t.Errorf("message %v", found)
	}
	id := found.Text("id")
	shows("1/0")
	a, err := s.Do(t.Context(), http.MethodGet, "/v1/voicemail/"+id+"/sound", nil)
	if err != nil || a.Status != 200 {
		t.Fatalf("its sound: %v %d", err, a.Status)
	}
	wav, err := audio.ParseWAV([]byte(a.Body))
	if err != nil || wav.Rate != 8000 || len(wav.Samples) < 2*wav.Rate || audio.Level(wav.Samples) < -40 {
		t.Errorf("sound: %v, %d samples at %d Hz, %.0f dB", err, len(wav.Samples), wav.Rate, audio.Level(wav.Samples))
	}
	s.call(200, "PATCH", "/v1/voicemail/"+id, object{"new": false})
	shows("0/1")
	s.call(204, "DELETE", "/v1/voicemail/"+id, nil)
	shows("0/0")
	if n := len(s.call(200, "GET", "/v1/voicemail", nil).Items()); n != 0 {
		t.Errorf("%d messages after it was deleted", n)
	}
	s.call(200, "POST", "/v1/voicemail/"+id+"/restore", nil)
}

// recorded is how many bytes of sound are being kept.
func (s *server) recorded() (size int64) {
	_ = filepath.WalkDir(s.Config.Sounds(), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if info, err := e.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}
