package officetest

import (
	"context"
	"testing"
	"time"
)

// A guest is checked in: the phone that the room calls shows his name. He is called while he is out, and a message is left, and he is checked out,
// and the next guest finds no message, no call and no number to dial again, while the reception still has the log. On the way housekeeping says by the room's phone that
// it is clean (G-019).
func TestBaresipStaysInARoom(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	s := start(t)
	s.claim()
	room, guest := s.sounds(ctx, "Room", "201", 440)
	_, desk := s.sounds(ctx, "Desk", "150", 660)
	s.call(201, "POST", "/v1/guest-rooms", object{"user": room})
	only := func() object {
		t.Helper()
		return s.call(200, "GET", "/v1/guest-rooms/"+room, nil)
	}
	tomorrow := time.Now().AddDate(0, 0, 1).UTC().Format(time.DateOnly) + "T11:00"
	s.call(201, "POST", "/v1/guest-rooms/"+room+"/stay", object{"guest": "Ada Lovelace", "language": "de", "departure": tomorrow})

	do(t, guest, "dial", "sip:150@"+s.reach("udp"))
	if e := expect(t, ctx, desk, "CALL_INCOMING"); e.Name != "Ada Lovelace" {
		t.Errorf("the called phone shows %q", e.Name)
	}
	do(t, desk, "accept", "")
	expect(t, ctx, guest, "CALL_ESTABLISHED")
	do(t, guest, "hangup", "")
	expect(t, ctx, guest, "CALL_CLOSED")
	expect(t, ctx, desk, "CALL_CLOSED")

	s.call(200, "PUT", "/v1/users/"+room+"/status", object{"status": "dnd"})
	do(t, desk, "dial", "sip:201@"+s.reach("udp"))
	expect(t, ctx, desk, "CALL_ESTABLISHED")
	eventually(t, "three seconds are recorded", func() bool { return s.recorded() > 3*2*8000 })
	do(t, desk, "hangup", "")
	expect(t, ctx, desk, "CALL_CLOSED")
	eventually(t, "the message waits", func() bool { return only().At("left", "new") == 1.0 })

	eventually(t, "both calls are in the log", func() bool { return len(s.call(200, "GET", "/v1/calls?user="+room, nil).Items()) == 2 })
	r := s.call(200, "DELETE", "/v1/guest-rooms/"+room+"/stay", nil)
	if r.At("occupied") != false || r.At("left", "new") != 0.0 || r.Text("care") != "dirty" {
		t.Errorf("checked out: %v", r)
	}
	s.call(201, "POST", "/v1/guest-rooms/"+room+"/stay", object{"guest": "Charles Babbage", "departure": tomorrow})
	eventually(t, "its sound is gone", func() bool { return s.recorded() < 2*8000 })
	do(t, guest, "dial", "sip:*66@"+s.reach("udp")) // dial again: there is nobody
	expect(t, ctx, guest, "CALL_ESTABLISHED")
	expect(t, ctx, guest, "CALL_CLOSED")
	do(t, guest, "dial", "sip:*572@"+s.reach("udp"))
	expect(t, ctx, guest, "CALL_ESTABLISHED")
	expect(t, ctx, guest, "CALL_CLOSED")
	if care := only().Text("care"); care != "clean" {
		t.Errorf("the room is %s", care)
	}
	if n := len(s.call(200, "GET", "/v1/calls?user="+room, nil).Items()); n < 2 {
		t.Errorf("the log has %d calls of the room", n)
	}
	do(t, guest, "dial", "sip:150@"+s.reach("udp"))
	if e := expect(t, ctx, desk, "CALL_INCOMING"); e.Name != "Charles Babbage" {
		t.Errorf("the called phone shows %q", e.Name)
	}
	do(t, guest, "hangup", "")
}
