package officetest

import (
	"context"
	"strings"
	"testing"
)

// steps are the steps of a test call over a line, with how they went.
func (s *server) steps(trunk, call string) (got object, steps string) {
	s.t.Helper()
	eventually(s.t, "the test call is over", func() bool {
		r, err := s.Do(s.t.Context(), "GET", "/v1/trunks/"+trunk+"/call/"+call, nil)
		if err != nil || r.Status != 200 { // between its end and its record
			return false
		}
		got = r.Object
		return got["running"] == false
	})
	for _, x := range got["steps"].([]any) {
		step := object(x.(map[string]any))
		steps += step.Text("kind") + " " + step.Text("state") + " "
	}
	return got, strings.TrimSpace(steps)
}

// last is the problem of the last step.
func last(got object) string {
	all := got["steps"].([]any)
	text, _ := all[len(all)-1].(map[string]any)["problem"].(string)
	return text
}

// A test call goes over the line that is tried and over no other, whatever the ways out say; the phone of who tries it rings first, toll is asked with him as the
// payer, and each way in which it fails says what to do. Nobody tries a line with a colleague or with a call for help.
func TestTestCallOfALine(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.claim()
	olga := s.call(200, "GET", "/v1/users?q=Olga", nil).Text("items", 0, "id")
	s.person("Alice", "150")
	ctx, _, carrier, rung := s.deskAndCarrier(s.phone(olga))
	tried := s.call(201, "POST", "/v1/trunks", object{"name": "Tried", "host": carrier.local.String(), "transport": "udp"})
	other := s.call(201, "POST", "/v1/trunks", object{"name": "Other", "host": "127.0.0.1:9", "transport": "udp"})
	s.call(201, "POST", "/v1/outroutes", object{"name": "All", "trunks": []object{{"trunk": other.Text("id")}}})
	s.works(tried)
	id := tried.Text("id")
	begin := func(number string) string {
		t.Helper()
		return s.call(202, "POST", "/v1/trunks/"+id+"/call", object{"to": number}).Text("call")
	}
	for _, number := range []string{"112", "150", "*97"} {
		if e := s.call(422, "POST", "/v1/trunks/"+id+"/call", object{"to": number}); !strings.Contains(e.Text("message"), "number outside") {
			t.Errorf("%s: %v", number, e)
		}
	}
	if e := s.call(409, "POST", "/v1/trunks/"+id+"/call", object{"to": "0900 1234567"}); !strings.Contains(e.Text("message"), "+499001234567") {
		t.Errorf("a number that she may not call: %v", e)
	}

	far := make(chan *Talk, 1)
	carrier.Add("+4930901820", "").Ringing = func(c *Talk) { far <- c }
	call := begin("030 901820")
	own := <-rung
	if err := own.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	there := receive(t, ctx, far, own)
	if err := there.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "they talk", func() bool {
		return s.call(200, "GET", "/v1/trunks/"+id+"/call/"+call, nil).Text("steps", 4, "kind") == "sound"
	})
	own.listen()
	there.listen()
	eventually(t, "they hear each other", func() bool { return own.Early() > 20 && there.Early() > 20 })
	own.Hangup()
	await(t, ctx, there.Ended(), there)
	got, steps := s.steps(id, call)
	if steps != "allowed passed phone passed line passed callee passed sound passed" || got.Text("verdict") != "passed" {
		t.Errorf("%s: %v", steps, got)
	}
	record := s.call(200, "GET", "/v1/calls/"+call, nil)
	if record.Text("ruling", "payer", "id") != olga || !strings.Contains(record.Text("trace", 0), "test call over Tried") {
		t.Errorf("%v", record)
	}

	carrier.Add("+4930901821", "").Ringing = func(c *Talk) { c.Decline(404) }
	call = begin("030 901821")
	own = <-rung
	if err := own.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, own.Ended(), own)
	if got, steps := s.steps(id, call); steps != "allowed passed phone passed line failed" || !strings.Contains(last(got), "form in which numbers are sent") {
		t.Errorf("%s: %v", steps, got)
	}

	call = begin("030 901820")
	own = <-rung
	own.Decline(603)
	if got, steps := s.steps(id, call); steps != "allowed passed phone failed" || !strings.Contains(last(got), "Pick up") {
		t.Errorf("%s: %v", steps, got)
	}
}

// The same with a real phone and a foreign switch: what is tried is the account, though the way out would take the other line.
func TestTestCallOverKamailio(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	o := startOutside(t, ctx)
	olga := o.call(200, "GET", "/v1/users?q=Olga", nil).Text("items", 0, "id")
	a := o.phone(olga)
	a.Server, a.Transport = o.reach("udp"), "udp"
	own := o.phoneAt(ctx, "own", a, 440)
	o.call(201, "POST", "/v1/outroutes", object{"name": "All", "trunks": []object{{"trunk": o.direct.Text("id")}}})
	id := o.account.Text("id")
	call := o.call(202, "POST", "/v1/trunks/"+id+"/call", object{"to": "089 111222"}).Text("call")
	expect(t, ctx, own, "CALL_INCOMING")
	do(t, own, "accept", "")
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	expect(t, ctx, o.far, "CALL_ESTABLISHED")
	heard(t, o.far, 440)
	heard(t, own, 700)
	do(t, own, "hangup", "")
	expect(t, ctx, o.far, "CALL_CLOSED")
	if got, steps := o.steps(id, call); steps != "allowed passed phone passed line passed callee passed sound passed" {
		t.Errorf("%s: %v", steps, got)
	}
	if legs := o.call(200, "GET", "/v1/calls/"+call, nil); !strings.Contains(legs.Text("trace", 0), "test call over Account") {
		t.Errorf("%v", legs)
	}
}
