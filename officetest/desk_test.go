package officetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// names of people of an office, to be combined.
var (
	given  = strings.Fields("Sabine Jonas Marta Felix Anna Oleg Lena Piotr Irina Tobias Agnieszka Daniel Mehmet Heinz Erik Rini Budi Eva Tom Łukasz")
	family = strings.Fields("Krüger Weber Kowalska Brandt Schneider Smirnov Hoffmann Nowak Volkova Keller")
)

// A receptionist among 200 people works with real phones, by keyboard and by dragging: three keystrokes send a call on. The scenario is
// web/test/browser/desk.mjs.
func TestSwitchboardInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "extension")
	s.call(201, "POST", "/v1/parks", object{"name": "Hall", "extension": "700", "slots": 3})
	sales, support := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id"), s.call(201, "POST", "/v1/groups", object{"name": "Support"}).Text("id")
	first := ""
	for i := range 200 {
		name := given[i%len(given)] + " " + family[i/len(given)%len(family)]
		id := s.call(201, "POST", "/v1/users", object{"name": name, "email": fmt.Sprintf("p%d@example.com", i), "extension": fmt.Sprint(200 + i),
			"groups": []object{{"group": []string{sales, support}[i%2], "role": "user"}}}).Text("id")
		if i == 0 {
			first = id
		}
	}
	s.call(201, "POST", "/v1/queues", object{"name": "Front desk", "extension": "720", "agents": []object{{"id": first}}})
	all := []float64{440, 700, 1000}
	bob, carol := s.tuned(ctx, "Bob", "155", all[0], "PCMU"), s.tuned(ctx, "Carol", "156", all[1], "PCMU")
	dials := func(number string) func() {
		return func() { do(t, bob, "dial", "sip:"+number+"@"+s.reach("udp")) }
	}
	closed := func(phones ...*Baresip) {
		t.Helper()
		for _, b := range phones {
			expect(t, ctx, b, "CALL_CLOSED")
		}
	}
	takes := func() {
		expect(t, ctx, carol, "CALL_INCOMING")
		do(t, carol, "accept", "")
		expect(t, ctx, carol, "CALL_ESTABLISHED")
	}
	leaves := func() {
		do(t, bob, "hangup", "")
		closed(bob)
	}
	s.conducts(ctx, "desk", map[string]func(){
		"rings": dials(me), "rings at Carol": func() { dials("156")(); expect(t, ctx, carol, "CALL_INCOMING") }, "waits in the queue": dials("720"),
		"transferred": func() { takes(); hearsTones(t, "Carol", carol, all, all[0]) },
		"over":        func() { leaves(); closed(carol) },
		"to voicemail": func() {
			eventually(t, "Bob is with the mailbox of Carol", func() bool {
				return s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "to", "name") == "Carol"
			})
			leaves()
		},
		"diverted":  func() { takes(); leaves(); closed(carol) },
		"asked":     takes,
		"connected": func() { hearsTones(t, "Carol", carol, all, all[0]); leaves(); closed(carol) },
		"picked":    func() { closed(carol) },
		"hung up":   func() { closed(bob) },
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1))
}
