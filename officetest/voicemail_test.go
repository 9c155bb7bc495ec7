package officetest

import (
	"context"
	"io/fs"
	"net/http"
	"net/netip"
	"path/filepath"
	"testing"

	"tandem/audio"
)

// A phone calls somebody who has none connected, hears the greeting, and speaks after the tone; the owner of the mailbox finds the
// message, and hears what was said.
func TestVoicemailIsLeftAndHeard(t *testing.T) {
	s := start(t)
	olga := s.claim().Text("user", "id")
	_, account := s.person("Alice", "150")
	box := object{"inside": object{"kind": "mailbox", "id": olga}}
	nothing := object{"inside": object{"kind": ""}}
	s.call(200, "PUT", "/v1/users/"+olga+"/forwarding", object{"profiles": []object{{"status": "available", "rings": true, "ring": 30, "no_answer": box, "busy": box,
		"offline": box, "always": nothing, "mobile": false, "single": false, "no_push": false, "no_groups": false}}})
	number := s.call(200, "GET", "/v1/users/"+olga, nil).Text("extension")

	x, err := NewExchange(netip.MustParseAddrPort(s.Address("SIP UDP")))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
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
	a, err := s.Do(t.Context(), http.MethodGet, "/v1/voicemail/"+id+"/sound", nil)
	if err != nil || a.Status != 200 {
		t.Fatalf("its sound: %v %d", err, a.Status)
	}
	wav, err := audio.ParseWAV([]byte(a.Body))
	if err != nil || wav.Rate != 8000 || len(wav.Samples) < 2*wav.Rate || audio.Level(wav.Samples) < -40 {
		t.Errorf("sound: %v, %d samples at %d Hz, %.0f dB", err, len(wav.Samples), wav.Rate, audio.Level(wav.Samples))
	}
	s.call(200, "PATCH", "/v1/voicemail/"+id, object{"new": false})
	s.call(204, "DELETE", "/v1/voicemail/"+id, nil)
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
