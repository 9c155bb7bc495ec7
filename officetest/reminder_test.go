package officetest

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/house"
	"tandem/prompt"
	"tandem/switchboard"
)

// A guest sets a wake-up call on a real phone. In the morning it rings, though he does not want to be disturbed and all his calls go to voicemail; he
// does not answer, and it rings again; he answers, hears "good morning", and puts it off with a key; it rings once more, and he is awake. The next morning he sleeps
// on: the reception, who set that call, is told (G-019). The night passes by a clock that only this test has.
func TestBaresipIsWoken(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	var ahead atomic.Int64
	s := start(t, func(c *house.Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	s.claim()
	guest, phone := s.sounds(ctx, "Guest", "201", 440)
	s.call(200, "PUT", "/v1/users/"+guest+"/status", object{"status": "dnd"})
	s.call(200, "PUT", "/v1/users/"+guest+"/forwarding", object{"profiles": []object{profile("dnd", object{"kind": "mailbox", "id": guest}, object{})}})
	path := "/v1/users/" + guest + "/reminders"
	only := func() object {
		t.Helper()
		items := s.call(200, "GET", path, nil).Items()
		if len(items) != 1 {
			t.Fatalf("%d reminders", len(items))
		}
		return items[0]
	}
	sleep := func(until time.Time) { ahead.Store(int64(time.Until(until))) }
	next := func() time.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339, only().Text("next"))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	rings := func() {
		t.Helper()
		expect(t, ctx, phone, "CALL_INCOMING")
	}

	do(t, phone, "dial", "sip:*550700@"+s.reach("udp"))
	expect(t, ctx, phone, "CALL_ESTABLISHED")
	expect(t, ctx, phone, "CALL_CLOSED")
	if m := only(); m.Text("time") != "07:00" || m.Text("by", "id") != guest {
		t.Fatalf("set: %v", m)
	}
	sleep(next())
	rings()
	do(t, phone, "hangup", "") // he turns over
	expect(t, ctx, phone, "CALL_CLOSED")
	eventually(t, "a try in vain is written down", func() bool { return only().At("tries") == 1.0 })
	sleep(next())
	rings()
	do(t, phone, "accept", "")
	expect(t, ctx, phone, "CALL_ESTABLISHED")
	library, err := prompt.Load()
	if err != nil {
		t.Fatal(err)
	}
	voice := switchboard.Voice{Library: library}
	hears(t, phone, voice.Say("en", "say.wake.call"), 0.97)
	eventually(t, "the answer is written down", func() bool { return only().Text("last") == "answered" })
	do(t, phone, "sndcode", "1")
	eventually(t, "it is put off", func() bool { return only().Text("last") == "snoozed" })
	expect(t, ctx, phone, "CALL_CLOSED")
	sleep(next())
	rings()
	do(t, phone, "accept", "")
	expect(t, ctx, phone, "CALL_ESTABLISHED")
	eventually(t, "he is awake", func() bool { m := only(); return m.Text("last") == "answered" && m.At("next") == nil })
	do(t, phone, "hangup", "")
	expect(t, ctx, phone, "CALL_CLOSED")

	s.call(204, "DELETE", path+"/"+only().Text("id"), nil)
	s.call(201, "POST", path, object{"time": "07:00", "note": "Train"})
	for range 3 {
		sleep(next())
		rings()
		do(t, phone, "hangup", "")
		expect(t, ctx, phone, "CALL_CLOSED")
	}
	if items := s.call(200, "GET", "/v1/notices", nil).Items(); len(items) != 0 {
		t.Errorf("told too early: %v", items)
	}
	sleep(next())
	eventually(t, "the reception is told", func() bool {
		items := s.call(200, "GET", "/v1/notices", nil).Items()
		return len(items) == 1 && items[0].Text("kind") == "reminder" && strings.Contains(items[0].Text("page"), guest)
	})
	if m := only(); m.Text("last") != "missed" || m.At("next") != nil {
		t.Errorf("missed: %v", m)
	}
}
