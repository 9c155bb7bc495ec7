package officetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Three real phones with three tones: what each of them hears is exactly what the matrix says, before and after each switch by interface and by
// key, after the right is taken away in the middle of it, and after the call was taken over (X-098, X-101, G-014, D-035).
func TestWatchWithRealPhones(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	s := start(t)
	s.claim()
	all := []float64{440, 700, 1100}
	bob, customer := s.tuned(ctx, "Bob", "102", all[0], "PCMU"), s.tuned(ctx, "Carla", "103", all[1], "PCMU")
	bossID, account := s.person("Boss", "104")
	account.Server, account.Transport, account.Keys = s.reach("udp"), "udp", "info"
	boss := s.softphone(ctx, "boss", account, all[2], "PCMA/8000/1", "PCMU/8000/1")
	grant := s.call(201, "POST", "/v1/users/"+bossID+"/grants", object{"right": "call.whisper", "scope": object{"kind": "all"}, "reason": "leads the team"})
	for _, right := range []string{"call.see", "call.listen", "call.steal"} {
		s.call(201, "POST", "/v1/users/"+bossID+"/grants", object{"right": right, "scope": object{"kind": "all"}, "reason": "leads the team"})
	}
	eventually(t, "all phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 3.0 })
	events := s.listen(ctx)

	do(t, customer, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, customer, "CALL_ESTABLISHED")
	hearsTones(t, "Bob", bob, all, all[1])
	hearsTones(t, "Carla", customer, all, all[0])
	id := s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "id")

	do(t, boss, "dial", "sip:*22102@"+s.reach("udp"))
	expect(t, ctx, boss, "CALL_ESTABLISHED")
	hearsTones(t, "Boss, who listens,", boss, all, all[0], all[1])
	hearsTones(t, "Bob", bob, all, all[1])
	hearsTones(t, "Carla", customer, all, all[0])

	do(t, boss, "sndcode", "5")
	hearsTones(t, "Bob, to whom Boss whispers,", bob, all, all[1], all[2])
	hearsTones(t, "Carla", customer, all, all[0])
	hearsTones(t, "Boss", boss, all, all[0], all[1])

	do(t, boss, "sndcode", "7")
	hearsTones(t, "Carla, to whom Boss whispers,", customer, all, all[0], all[2])
	hearsTones(t, "Bob", bob, all, all[1])

	do(t, boss, "sndcode", "6") // he has no right to join: nothing changes
	do(t, boss, "sndcode", "5")
	hearsTones(t, "Bob", bob, all, all[1], all[2])
	hearsTones(t, "Carla", customer, all, all[0])

	began := time.Now()
	s.call(204, "DELETE", "/v1/grants/"+grant.Text("id"), object{"reason": "no longer"})
	expect(t, ctx, boss, "CALL_CLOSED")
	if d := time.Since(began); d > time.Second {
		t.Errorf("it ended %v after the right went", d)
	}
	hearsTones(t, "Bob", bob, all, all[1])
	hearsTones(t, "Carla", customer, all, all[0])
	do(t, boss, "dial", "sip:*23102@"+s.reach("udp"))
	expect(t, ctx, boss, "CALL_ESTABLISHED") // he is told that he may not
	hearsTones(t, "Bob", bob, all, all[1])
	do(t, boss, "hangup", "")
	expect(t, ctx, boss, "CALL_CLOSED")

	do(t, boss, "dial", "sip:*25102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_CLOSED")
	hearsTones(t, "Boss, who took over,", boss, all, all[1])
	hearsTones(t, "Carla", customer, all, all[2])
	do(t, customer, "hangup", "")
	expect(t, ctx, boss, "CALL_CLOSED")
	events.until(t, "call.ended", "id", id)
	record := fmt.Sprint(s.call(200, "GET", "/v1/calls/"+id, nil).At("trace"))
	if !strings.Contains(record, "Boss listened and whispered for") || !strings.Contains(record, "Boss took the call over") {
		t.Errorf("record %s", record)
	}
	log := fmt.Sprint(s.call(200, "GET", "/v1/audit", nil).At("items"))
	if !strings.Contains(log, "Boss began to take part in a call of Bob.") || !strings.Contains(log, "Boss no longer takes part in a call of Bob.") {
		t.Errorf("audit %s", log)
	}
}
