package officetest

import (
	"context"
	"strings"
	"testing"

	"tandem/house"
	"tandem/sip/stack"
)

// A challenge of one process is no challenge of the next on the same data: a proof for it is told to try again, which a phone does without asking anybody for
// a password, and registers nobody (BAR SA-07).
func TestProofForAnEarlierProcessIsStale(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	s := start(t)
	s.claim()
	x := s.exchange()
	_, account := s.person("Alice", "101")
	phone := x.Add(account.Username, account.Secret)
	once := func(m *stack.Message) *stack.Message {
		t.Helper()
		flow, _ := phone.flow()
		answers := make(chan *stack.Message, 8)
		x.stack.Request(flow, m, func(a *stack.Message) { answers <- a })
		select {
		case a := <-answers:
			return a
		case <-ctx.Done():
			t.Fatal("no answer")
			return nil
		}
	}
	req := phone.request(stack.MethodRegister, phone.uri(""), phone.address(), stack.NewToken(), 1)
	req.Add(stack.HeaderContact, "<"+phone.contact()+">")
	proof, err := phone.authorized(req, once(req))
	if err != nil {
		t.Fatal(err)
	}
	config := s.Config
	config.SIP = s.reach("udp")
	s.halt()

	start(t, func(c *house.Config) { *c = config })
	if a := once(proof); a.Status != 401 || !strings.Contains(a.Get(stack.HeaderWWWAuthenticate), "stale=true") {
		t.Errorf("%d %s", a.Status, a.Get(stack.HeaderWWWAuthenticate))
	}
	if err := phone.Register(ctx, 300); err != nil {
		t.Error(err)
	}
}
