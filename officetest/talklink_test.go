package officetest

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A visitor in a real browser talks to a real desk phone by a Talk link: who answers sees what he calls himself and that nobody has checked it. Whatever he sends over his
// connection, it carries that one call to what the link leads to. When the link is deleted his call ends within ten seconds, and the link opens nothing (TF-10, PL-01, PL-03,
// PL-08…PL-11). The scenario is web/test/browser/talklink.mjs.
func TestVisitorInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	id, bob := s.person("Bob", "155")
	bob.Server, bob.Transport = s.reach("udp"), "udp"
	b := s.softphone(ctx, "bob", bob, 700, spoken("PCMU"))
	link := s.call(201, "POST", "/v1/talk-links", object{"name": "Bob", "slug": "bob.direct", "always": true, "to": object{"kind": "user", "id": id}, "origins": []string{"https://www.example.com"}})
	night := s.call(201, "POST", "/v1/groups", object{"name": "Night"}).Text("id")
	s.call(200, "PUT", "/v1/groups/"+night+"/hours/override", object{"state": "closed"})
	ring := s.call(201, "POST", "/v1/rings", object{"name": "Night", "group": night, "members": []object{{"kind": "user", "id": id}}}).Text("id")
	s.call(201, "POST", "/v1/talk-links", object{"name": "Night", "slug": "night-desk", "back": true, "group": night, "to": object{"kind": "ring", "id": ring}})
	answer := func() {
		if in := expect(t, ctx, b, "CALL_INCOMING"); in.Name != "Anna x Becker 49170 (visitor, unverified)" && in.Name != "Visitor (unverified)" {
			t.Errorf("the phone shows %q", in.Name)
		}
		do(t, b, "accept", "")
		expect(t, ctx, b, "CALL_ESTABLISHED")
	}
	s.conducts(ctx, "talklink", map[string]func(){
		"called": answer,
		"talking": func() {
			heard(t, b, 1000)
			live := s.call(200, "GET", "/v1/calls/live", nil)
			if got := live.Text("items", 0, "from", "name"); got != "Anna x Becker 49170 (visitor, unverified)" {
				t.Errorf("the page shows %q", got)
			}
			if live.At("items", 0, "from", "number") != nil || live.Text("items", 0, "from", "link") != link.Text("id") {
				t.Errorf("from %v", live.At("items", 0, "from"))
			}
		},
		"hungup": func() { expect(t, ctx, b, "CALL_CLOSED") },
		"tried": func() {
			expect(t, ctx, b, "CALL_INCOMING")
			expect(t, ctx, b, "CALL_CLOSED")
		},
		"revoked": func() {
			at := time.Now()
			s.call(204, "DELETE", "/v1/talk-links/"+link.Text("id"), nil)
			expect(t, ctx, b, "CALL_CLOSED")
			if took := time.Since(at); took > 5*time.Second {
				t.Errorf("the call went on for %v after its link", took)
			}
		},
		"asked": func() {
			list := s.call(200, "GET", "/v1/calls", nil)
			n := 0
			for i := range 3 {
				if strings.HasSuffix(list.Text("items", i, "from", "name"), "unverified)") {
					n++
				}
			}
			if n != 3 {
				t.Errorf("calls in the log: %d of 3 by visitors", n)
			}
		},
	}, "TANDEM_TONE="+toneFile(t, 1000, 48000, 1), "TANDEM_PATIENCE=20", "TANDEM_LINK=/talk/bob.direct", "TANDEM_CLOSED=/talk/night-desk")
}

// An owner in a real browser makes, copies, changes, switches off and deletes Talk links, and finds those of a group on its own page (X-031…X-042). The scenario is
// web/test/browser/talklinks.mjs.
func TestTalkLinksInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	id, _ := s.person("Bob", "155")
	group := s.call(201, "POST", "/v1/groups", object{"name": "Workshop"}).Text("id")
	s.conducts(ctx, "talklinks", map[string]func(){
		"entrance": func() {
			s.call(200, "PUT", "/v1/groups/"+group+"/entrance", object{"extension": "210", "open": object{"kind": "user", "id": id}})
		},
	}, "TANDEM_GROUP="+group)
	if left := s.call(200, "GET", "/v1/talk-links", nil).Items(); len(left) != 1 || left[0].Text("group") != group || left[0].Text("to", "id") != group {
		t.Errorf("left are %v", left)
	}
}
