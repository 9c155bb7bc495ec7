package officetest

import (
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// strategies says how many of three free agents ring for the first caller, by the way in which calls are distributed.
var strategies = map[string]int{
	"all": 3, "hunt": 1, "hunt3": 3, "first3": 3, "next": 1, "random": 1, "idle": 1, "least_talk": 1, "fewest": 1,
	"skill_all": 1, "skill_random": 1, "skill_next": 1, "skill_fewest": 1,
}

// Three agents with simulated phones serve a queue in every way there is: whoever rings first answers, talks, and is free again; the
// record says who waited and who served (X-060, B-059).
func TestEveryStrategyServes(t *testing.T) {
	s := start(t)
	s.claim()
	x, err := NewExchange(netip.MustParseAddrPort(s.Address("SIP UDP")))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	phone := func(name, extension string) (string, *Phone) {
		id, account := s.person(name, extension)
		p := x.Add(account.Username, account.Secret)
		if err := p.Register(ctx, 300); err != nil {
			t.Fatal(err)
		}
		return id, p
	}
	_, caller := phone("Caller", "150")
	var agents []object
	calls := map[string]chan *Talk{}
	for i, name := range []string{"Anna", "Ben", "Cleo"} {
		id, p := phone(name, string(rune('1'+i))+"61")
		agents = append(agents, object{"id": id, "skill": i})
		in := make(chan *Talk, 99)
		p.Ringing, calls[name] = func(talk *Talk) { in <- talk }, in
	}
	q := s.call(201, "POST", "/v1/queues", object{"name": "Desk", "extension": "180", "strategy": "all", "ring": 30, "every": 0, "agents": agents})
	for strategy, rings := range strategies {
		s.call(200, "PATCH", "/v1/queues/"+q.Text("id"), object{"strategy": strategy})
		eventually(t, strategy+": everybody is free", func() bool {
			free := 0
			for _, a := range s.call(200, "GET", "/v1/queues/"+q.Text("id")+"/live", nil).At("agents").([]any) {
				if a.(map[string]any)["duty"] == "free" {
					free++
				}
			}
			return free == 3
		})
		talk, err := caller.Dial(ctx, "180")
		if err != nil {
			t.Fatal(err)
		}
		var asked []string
		eventually(t, strategy+": phones ring", func() bool {
			asked = nil
			for _, a := range s.call(200, "GET", "/v1/queues/"+q.Text("id")+"/live", nil).At("agents").([]any) {
				if row := a.(map[string]any); row["duty"] == "asked" {
					asked = append(asked, row["name"].(string))
				}
			}
			return len(asked) == rings
		})
		theirs := ringing(t, ctx, calls[asked[0]])
		if err := theirs.Answer(ctx); err != nil {
			t.Fatalf("%s: %v", strategy, err)
		}
		eventually(t, strategy+": they talk", func() bool {
			return s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "to", "name") == asked[0]
		})
		talk.Hangup()
		eventually(t, strategy+": the record is there", func() bool {
			list := s.call(200, "GET", "/v1/calls?sort=-started&limit=1", nil)
			if len(list.Items()) == 0 || s.call(200, "GET", "/v1/calls/live", nil).At("total") != 0.0 {
				return false
			}
			c := s.call(200, "GET", "/v1/calls/"+list.Items()[0].Text("id"), nil)
			return strings.Contains(c.Text("trace"), asked[0]+" answered after")
		})
	}
	eventually(t, "the figures of the day", func() bool {
		day := s.call(200, "GET", "/v1/queues/"+q.Text("id")+"/live", nil)
		return day.At("day", "answered") == float64(len(strategies)) && day.At("day", "abandoned") == 0.0
	})
}

// Somebody whose number is on the list of a queue calls it: who is to know gets a notice and a mail that name the caller, at once and not when it is too late. Other
// callers are told to nobody, and nobody else is told (B-061).
func TestImportantCallsAreTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	s := start(t)
	olga := s.claim().Text("user", "id")
	agent, _ := s.person("Anna", "161")
	mia, _ := s.person("Mia", "162")
	ada, ben := s.desk(ctx, "Ada", "150"), s.desk(ctx, "Ben", "151")
	q := s.call(201, "POST", "/v1/queues", object{"name": "Service", "extension": "180", "every": 0, "agents": []object{{"id": agent}}, "important": []string{"150"}, "notify": []string{mia, olga}})
	waits := func(p *Phone, n float64) {
		t.Helper()
		if _, err := p.Dial(ctx, "180"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the caller waits", func() bool {
			return float64(len(s.call(200, "GET", "/v1/queues/"+q.Text("id")+"/live", nil).At("waiting").([]any))) == n
		})
	}
	told := func() (titles []string) {
		for _, n := range s.call(200, "GET", "/v1/notices", nil).Items() {
			titles = append(titles, n.Text("title")+" "+n.Text("page"))
		}
		return titles
	}
	waits(ben, 1) // nobody special
	waits(ada, 2)
	eventually(t, "Olga is told", func() bool { return len(told()) > 0 })
	if got, want := told(), "Important call: Ada /queues/"+q.Text("id"); len(got) != 1 || got[0] != want {
		t.Errorf("under the bell: %q, want %q", got, want)
	}
	eventually(t, "mails are written", func() bool {
		letters := 0
		for _, m := range s.call(200, "GET", "/v1/mails", nil).Items() {
			if m.Text("kind") != "important" {
				continue
			}
			letters++
			if to := m.Text("to"); to == "anna@example.com" || !strings.Contains(m.Text("text"), "Ada (150) has come to the queue Service") {
				t.Errorf("a mail to %s: %s", to, m.Text("text"))
			}
		}
		return letters == 2
	})
}

// ringing is the call that rings at a phone now; those that ended are passed over.
func ringing(t *testing.T, ctx context.Context, calls <-chan *Talk) *Talk {
	t.Helper()
	for {
		select {
		case talk := <-calls:
			select {
			case <-talk.Ended():
			default:
				return talk
			}
		case <-ctx.Done():
			t.Fatal("nothing rings")
		}
	}
}

// sounds is a person with a real phone that plays a tone.
func (s *server) sounds(ctx context.Context, name, extension string, hz float64) (string, *Baresip) {
	s.t.Helper()
	id, a := s.person(name, extension)
	a.Server, a.Transport, a.Keys = s.reach("udp"), "udp", "info"
	b, err := StartBaresip(ctx, filepath.Join(s.t.TempDir(), name), toneFile(s.t, hz, 8000, 1), a, "PCMU/8000/1")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { b.Close() })
	eventually(s.t, name+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
	return id, b
}

// A real phone calls a queue of three real phones: it hears the queue at once, one agent declines, the next answers, and they hear
// each other; the third is on a break and is left alone.
func TestBaresipQueue(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t)
	s.claim()
	phone := func(name, extension string, hz float64) (string, *Baresip) { return s.sounds(ctx, name, extension, hz) }
	_, caller := phone("Caller", "150", 440)
	anna, a := phone("Anna", "161", 600)
	ben, b := phone("Ben", "162", 700)
	cleo, c := phone("Cleo", "163", 800)
	s.call(201, "POST", "/v1/queues", object{"name": "Desk", "extension": "180", "strategy": "hunt", "ring": 60,
		"agents": []object{{"id": cleo}, {"id": anna}, {"id": ben}}})
	s.call(200, "PUT", "/v1/users/"+cleo+"/duty", object{"pause": "lunch"})

	events := s.listen(ctx)
	do(t, caller, "dial", "sip:180@"+s.reach("udp"))
	expect(t, ctx, caller, "CALL_ESTABLISHED") // the queue itself
	expect(t, ctx, a, "CALL_INCOMING")
	do(t, a, "hangup", "")
	expect(t, ctx, b, "CALL_INCOMING")
	do(t, b, "accept", "")
	expect(t, ctx, b, "CALL_ESTABLISHED")
	heard(t, caller, 700)
	heard(t, b, 440)
	eventually(t, "the live events tell what the agents do", func() bool {
		duties := map[string]string{}
		for _, row := range events.until(t, "queue", "name", "Desk").At("agents").([]any) {
			m := row.(map[string]any)
			duties[m["name"].(string)] = m["duty"].(string)
		}
		return duties["Ben"] == "talking" && duties["Cleo"] == "away" && duties["Anna"] == "free"
	})
	if strings.Contains(c.Log(), "Incoming call") {
		t.Error("the phone of somebody on a break rings")
	}
	do(t, b, "hangup", "")
	eventually(t, "the record tells the story", func() bool {
		list := s.call(200, "GET", "/v1/calls", nil)
		if len(list.Items()) == 0 {
			return false
		}
		story := s.call(200, "GET", "/v1/calls/"+list.Items()[0].Text("id"), nil).Text("trace")
		return strings.Contains(story, "Anna, who did not take it") && strings.Contains(story, "Ben answered after")
	})
}

// Somebody waits in a queue with a real phone, asks by key to be called back and hangs up. His place is kept over a restart of nothing but time: when an
// agent logs in, her phone rings first and shows who it is, then his; they hear each other, and both records tell the story.
func TestBaresipIsCalledBack(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	s := start(t)
	s.claim()
	_, caller := s.sounds(ctx, "Caller", "150", 440)
	anna, a := s.sounds(ctx, "Anna", "161", 600)
	q := s.call(201, "POST", "/v1/queues", object{"name": "Desk", "extension": "180", "callback": true, "every": 0, "agents": []object{{"id": anna}}}).Text("id")
	s.call(200, "PUT", "/v1/users/"+anna+"/duty", object{"out": []string{q}})

	do(t, caller, "dial", "sip:180@"+s.reach("udp"))
	expect(t, ctx, caller, "CALL_ESTABLISHED")
	eventually(t, "he waits", func() bool { return len(s.call(200, "GET", "/v1/queues/"+q+"/live", nil).At("waiting").([]any)) == 1 })
	do(t, caller, "sndcode", "1")
	time.Sleep(tellTime / 3) // the house looks whether it may, and begins to say so
	do(t, caller, "sndcode", "1")
	expect(t, ctx, caller, "CALL_CLOSED")
	state := func(want string) func() bool {
		return func() bool {
			list := s.call(200, "GET", "/v1/queues/"+q+"/callbacks", nil).Items()
			return len(list) == 1 && list[0].Text("state") == want
		}
	}
	eventually(t, "his place is kept", state("waits"))

	s.call(200, "PUT", "/v1/users/"+anna+"/duty", object{"in": []string{q}})
	expect(t, ctx, a, "CALL_INCOMING")
	if !strings.Contains(a.Log(), "Caller · Desk") {
		t.Error("her phone does not show whom she is to call")
	}
	do(t, a, "accept", "")
	expect(t, ctx, a, "CALL_ESTABLISHED")
	expect(t, ctx, caller, "CALL_INCOMING")
	do(t, caller, "accept", "")
	expect(t, ctx, caller, "CALL_ESTABLISHED")
	heard(t, caller, 600)
	heard(t, a, 440)
	eventually(t, "he is reached", state("done"))
	do(t, a, "hangup", "")
	eventually(t, "the records tell the story", func() bool {
		var story string
		for _, c := range s.call(200, "GET", "/v1/calls", nil).Items() {
			story += s.call(200, "GET", "/v1/calls/"+c.Text("id"), nil).Text("trace")
		}
		return strings.Contains(story, "asked to be called back") && strings.Contains(story, "calls Caller back") && strings.Contains(story, "Anna answered after")
	})
}

// The owner in a real browser sets a queue up with callbacks and music, the agent logs out and in on her own page, and both see at once who waits, who keeps
// his place, who is taken out and who is served (X-060, B-059). The scenario is web/test/browser/queue.mjs.
func TestQueueInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	s.join("Eva", sales, "user")
	x := s.exchange()
	eva := s.phone(s.call(200, "GET", "/v1/users?q=Eva", nil).Text("items", 0, "id"))
	phone := x.Add(eva.Username, eva.Secret)
	rings := make(chan *Talk, 9)
	phone.Ringing = func(talk *Talk) { rings <- talk }
	if err := phone.Register(ctx, 300); err != nil {
		t.Fatal(err)
	}
	_, caller := s.sounds(ctx, "Caller", "150", 440)
	dials := func() {
		do(t, caller, "dial", "sip:180@"+s.reach("udp"))
		expect(t, ctx, caller, "CALL_ESTABLISHED") // the queue itself
	}
	var call *Talk
	s.conducts(ctx, "queue", map[string]func(){
		"calls": dials,
		"keeps his place": func() {
			do(t, caller, "sndcode", "1")
			time.Sleep(tellTime / 3) // the house looks whether it may, and begins to say so
			do(t, caller, "sndcode", "1")
			expect(t, ctx, caller, "CALL_CLOSED")
		},
		"rings": func() { dials(); call = ringing(t, ctx, rings) },
		"answers": func() {
			if err := call.Answer(ctx); err != nil {
				t.Errorf("Eva answers: %v", err)
			}
		},
		"leaves": func() { do(t, caller, "hangup", ""); expect(t, ctx, caller, "CALL_CLOSED") },
	}, "TANDEM_AGENT=eva@example.com", "TANDEM_AGENT_PASSWORD="+joinedPassword, "TANDEM_TONE="+toneFile(t, 600, 16000, 1), "TANDEM_PATIENCE=20")
}
