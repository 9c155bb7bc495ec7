package sip

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/sip/stack"
)

// board is something to watch: lamps that are on or off, and lists of lamps.
type board struct {
	mu     sync.Mutex
	lamps  map[string]string
	lists  map[string][]string
	hidden map[string]bool // device and resource
	looks  int
}

func (b *board) set(name, state string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lamps[name] = state
}

func (b *board) hide(w, resource string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hidden[w+resource] = true
}

func (b *board) look(w Watcher, resource string) (View, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks++
	if b.hidden[string(w.User)+resource] {
		return View{}, false
	}
	if list, ok := b.lists[resource]; ok {
		v := View{List: []Member{}, Keys: list}
		for _, name := range list {
			v.List = append(v.List, Member{Resource: name, Name: "Lamp " + name, Document: lamp(b.lamps[name])})
		}
		return v, true
	}
	state, ok := b.lamps[resource]
	return View{Keys: []string{resource}, Document: lamp(state)}, ok
}

func lamp(state string) Document {
	return Document{Body: []byte(`<lamp version="" state="` + state + `"/>`), Version: len(`<lamp version="`)}
}

func watching(t testing.TB, limits SubscriptionLimits) (*house, *board) {
	b := &board{lamps: map[string]string{"201": "off", "202": "off"}, lists: map[string][]string{}, hidden: map[string]bool{}}
	h := newHouse(t, func(c *Config) {
		c.Packages = map[string]Package{"lamp": {Type: "application/lamp+xml", Look: b.look}}
		c.Subscriptions = limits
	})
	return h, b
}

func (p *phone) subscription(resource, callID string, headers ...string) *stack.Message {
	m := p.request("SUBSCRIBE", "sip:"+resource+"@pbx", "sip:"+resource+"@pbx", callID)
	m.Set(stack.HeaderContact, "<sip:"+p.name+"@"+p.addr+">")
	m.Set(stack.HeaderEvent, "lamp")
	m.Set(stack.HeaderExpires, "300")
	for i := 0; i+1 < len(headers); i += 2 {
		m.Set(headers[i], headers[i+1])
	}
	return m
}

// notified takes the next NOTIFY, checks what every one must have, and answers it.
func (p *phone) notified(state, part string) *stack.Message {
	p.t.Helper()
	tx := p.next("NOTIFY")
	p.check(tx.Request, state, part)
	_ = tx.Respond(stack.NewResponse(tx.Request, 200, ""))
	synctest.Wait()
	return tx.Request
}

func (p *phone) check(m *stack.Message, state, part string) {
	p.t.Helper()
	if got := m.Get(stack.HeaderSubscriptionState); !strings.HasPrefix(got, state) {
		p.t.Fatalf("Subscription-State %q, want %q", got, state)
	}
	if !strings.Contains(string(m.Body), part) {
		p.t.Fatalf("body %s\nwant %s", m.Body, part)
	}
	if m.Contact().URI.IsZero() || m.Get(stack.HeaderEvent) == "" {
		p.t.Fatalf("no Contact or Event:\n%s", m.Encode())
	}
}

func (p *phone) silent() {
	p.t.Helper()
	synctest.Wait()
	select {
	case tx := <-p.requests:
		p.t.Fatalf("unexpected %s\n%s", tx.Request.Method, tx.Request.Encode())
	default:
	}
}

func TestSubscriptionFromBeginningToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		ok := p.expect(p.proven(p.subscription("201", "one", "Event", "lamp;id=7")), 200)
		if ok.Get(stack.HeaderExpires) != "300" || ok.Contact().URI.IsZero() {
			t.Fatalf("answer:\n%s", ok.Encode())
		}
		first := p.notified("active;expires=300", `version="0" state="off"`)
		if first.Get(stack.HeaderEvent) != "lamp;id=7" || first.To().Tag() != "talice" || first.CallID() != "one" {
			t.Fatalf("first:\n%s", first.Encode())
		}
		last, _ := first.CSeq()
		for i, state := range []string{"on", "off", "on"} {
			b.set("201", state)
			h.server.Changed("201")
			n, _ := p.notified("active;", fmt.Sprintf(`version="%d" state="%s"`, i+1, state)).CSeq()
			if n <= last {
				t.Fatalf("CSeq %d after %d", n, last)
			}
			last = n
		}
		h.server.Changed("201")
		h.server.Changed("202")
		h.server.Reconsider()
		p.silent() // nothing new is nothing to tell

		time.Sleep(200 * time.Second)
		refresh := p.within("SUBSCRIBE", ok, nil)
		refresh.Set(stack.HeaderEvent, "lamp;id=7")
		refresh.Set(stack.HeaderExpires, "3600")
		if again := p.expect(p.send(refresh), 200); again.Get(stack.HeaderExpires) != "600" {
			t.Fatalf("a life of %s", again.Get(stack.HeaderExpires))
		}
		p.notified("active;expires=600", `version="4" state="on"`)
		time.Sleep(599 * time.Second)
		p.silent()
		time.Sleep(2 * time.Second)
		p.notified("terminated;reason=timeout", `version="5" state="on"`)
		b.set("201", "off")
		h.server.Changed("201")
		p.silent()
		late := p.within("SUBSCRIBE", ok, nil)
		late.Set(stack.HeaderEvent, "lamp;id=7")
		p.expect(p.proven(late), 481)
		if h.server.Subscriptions() != 0 {
			t.Error("something is left")
		}
	})
}

func TestSubscribeNeedsProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		challenge := p.expect(p.send(p.subscription("201", "bare")), 401)
		p.name = "mallory"
		p.expect(p.send(p.prove(p.subscription("201", "bare"), challenge, algorithmSHA256)), 401)
		p.name = "alice"
		for _, row := range []struct {
			what     string
			resource string
			headers  []string
			status   int
		}{
			{"an event nobody has", "201", []string{"Event", "weather"}, 489},
			{"no event", "201", []string{"Event", ""}, 489},
			{"a resource that is not there", "999", nil, 404},
			{"too short", "201", []string{"Expires", "10"}, 423},
			{"another type", "201", []string{"Accept", "application/pidf+xml"}, 406},
			{"no contact", "201", []string{"Contact", "<mailto:a@b>"}, 400},
			{"a contact at ourselves", "201", []string{"Contact", "<sip:x@192.0.2.1:5060>"}, 403},
		} {
			m := p.subscription(row.resource, strings.ReplaceAll(row.what, " ", "-"), row.headers...)
			answer := p.expect(p.proven(m), row.status)
			if row.status == 489 && answer.Get("Allow-Events") != "lamp" {
				t.Error("an unknown event without Allow-Events")
			}
		}
		b.hide("usr_alice", "202")
		hidden, missing := p.expect(p.proven(p.subscription("202", "h")), 404), p.expect(p.proven(p.subscription("999", "m")), 404)
		if hidden.Reason != missing.Reason {
			t.Error("what is hidden looks different from what is missing")
		}
		p.silent()
		other := p.subscription("201", "as bob")
		other.Set(stack.HeaderFrom, "<sip:bob@pbx>;tag=tbob")
		if h.server.Subscriptions() != 0 {
			t.Error("a refusal left something behind")
		}
	})
}

func TestOneNotifyAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		p.expect(p.proven(p.subscription("201", "one")), 200)
		tx := p.next("NOTIFY")
		for i := range 50 {
			b.set("201", fmt.Sprint(i))
			h.server.Changed("201")
		}
		p.silent()
		_ = tx.Respond(stack.NewResponse(tx.Request, 200, ""))
		p.notified("active", `version="1" state="49"`)
		p.silent()
	})
}

func TestWhoLosesTheRightLosesTheSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		p.expect(p.proven(p.subscription("201", "one")), 200)
		p.notified("active", "off")
		b.set("201", "secret")
		b.hide("usr_alice", "201")
		h.server.Reconsider()
		if m := p.notified("terminated;reason=noresource", ""); len(m.Body) > 0 {
			t.Errorf("the last word says %s", m.Body)
		}
		if h.server.Subscriptions() != 0 {
			t.Error("still there")
		}
	})
}

func TestAPhoneThatForgotLosesItsSubscription(t *testing.T) {
	for _, status := range []int{481, 500, 0} {
		synctest.Test(t, func(t *testing.T) {
			h, b := watching(t, SubscriptionLimits{})
			p := h.phone("alice", "192.0.2.9:5060")
			p.expect(p.proven(p.subscription("201", "one")), 200)
			p.notified("active", "off")
			b.set("201", "on")
			h.server.Changed("201")
			tx := p.next("NOTIFY")
			if status != 0 {
				_ = tx.Respond(stack.NewResponse(tx.Request, status, ""))
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if h.server.Subscriptions() != 0 {
				t.Errorf("still there after %d", status)
			}
			if status == 0 {
				_ = tx.Respond(stack.NewResponse(tx.Request, 200, ""))
			}
		})
	}
}

func TestSubscriptionLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{PerDevice: 2, Total: 3})
		b.set("203", "off")
		p, q := h.phone("alice", "192.0.2.9:5060"), h.phone("bob", "192.0.2.10:5060")
		for i, resource := range []string{"201", "202"} {
			p.expect(p.proven(p.subscription(resource, fmt.Sprint("p", i))), 200)
			p.notified("active", "off")
		}
		p.expect(p.proven(p.subscription("203", "p2")), 403)
		p.expect(p.proven(p.subscription("202", "p3")), 200) // the same again: the phone was started anew
		p.notified("active", "off")
		b.set("202", "on")
		h.server.Changed("202")
		if m := p.notified("active", "on"); m.CallID() != "p3" {
			t.Error("the old subscription was told")
		}
		p.silent()
		q.expect(q.proven(q.subscription("201", "q0")), 200)
		q.notified("active", "off")
		if full := q.expect(q.proven(q.subscription("202", "q1")), 503); full.Get(stack.HeaderRetryAfter) == "" {
			t.Error("no Retry-After")
		}
		if n := h.server.Subscriptions(); n != 3 {
			t.Errorf("%d subscriptions", n)
		}
	})
}

func TestSubscriptionEnds(t *testing.T) {
	begin := func(t *testing.T) (*house, *phone, *stack.Message) {
		h, _ := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		ok := p.expect(p.proven(p.subscription("201", "one")), 200)
		p.notified("active", "off")
		return h, p, ok
	}
	t.Run("by the phone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, p, ok := begin(t)
			m := p.within("SUBSCRIBE", ok, nil)
			m.Set(stack.HeaderEvent, "lamp")
			m.Set(stack.HeaderExpires, "0")
			p.expect(p.send(m), 200)
			p.notified("terminated;reason=timeout", "off")
		})
	})
	t.Run("before it began: only a look", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, p, _ := begin(t)
			p.expect(p.proven(p.subscription("202", "two", "Expires", "0")), 200)
			p.notified("terminated;reason=timeout", "off")
			if h.server.Subscriptions() != 1 {
				t.Error("a look is kept")
			}
		})
	})
	t.Run("with the device", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, p, _ := begin(t)
			h.server.Drop("dev_alice")
			p.notified("terminated;reason=rejected", "")
		})
	})
	t.Run("with the process", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, p, _ := begin(t)
			done := make(chan struct{})
			go func() { h.server.Close(t.Context()); close(done) }()
			p.notified("terminated;reason=deactivated", "")
			<-done
		})
	})
	t.Run("with the process, and the phone is away", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, p, _ := begin(t)
			began := time.Now()
			h.server.Close(context.Background())
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			p.next("NOTIFY")
		})
	})
	t.Run("not by a stranger to the dialog", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, p, ok := begin(t)
			m := p.within("SUBSCRIBE", ok, nil)
			m.Set(stack.HeaderFrom, "<sip:alice@pbx>;tag=guess")
			m = stack.NewRequest("SUBSCRIBE", ok.Contact().URI, address("<sip:alice@pbx>;tag=guess"), ok.To(), ok.CallID(), 99)
			m.Set(stack.HeaderEvent, "lamp")
			m.Set(stack.HeaderExpires, "0")
			p.expect(p.send(m), 401)
			if h.server.Subscriptions() != 1 {
				t.Error("a stranger ended it")
			}
		})
	})
}

func TestSubscriptionFollowsThePhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		reg := func(p *phone, callID string) {
			m := p.request("REGISTER", "sip:pbx", "sip:alice@pbx", callID)
			m.Set(stack.HeaderContact, `<sip:alice@`+p.addr+`>;+sip.instance="<urn:uuid:1>"`)
			p.expect(p.proven(m), 200)
		}
		reg(p, "r1")
		p.expect(p.proven(p.subscription("201", "one")), 200)
		p.notified("active", "off")
		q := h.phone("alice", "192.0.2.99:5060")
		reg(q, "r2")
		b.set("201", "on")
		h.server.Changed("201")
		q.notified("active", "on")
	})
}

func TestListOfResources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, b := watching(t, SubscriptionLimits{})
		var names []string
		for i := range 200 {
			name := fmt.Sprint(300 + i)
			b.set(name, "off")
			names = append(names, name)
		}
		b.mu.Lock()
		b.lists["all"] = names
		b.mu.Unlock()
		p := h.phone("alice", "192.0.2.9:5060")
		if m := p.expect(p.proven(p.subscription("all", "simple")), 421); m.Get(stack.HeaderRequire) != "eventlist" {
			t.Error("no Require")
		}
		p.expect(p.proven(p.subscription("all", "list", "Supported", "eventlist")), 200)
		told, rounds := 0, 0
		for told < 200 {
			m := p.notified("active", "rlmi")
			if m.Get(stack.HeaderRequire) != "eventlist" || !strings.HasPrefix(m.Get(stack.HeaderContentType), "multipart/related;type=\"application/rlmi+xml\"") {
				t.Fatalf("headers:\n%s", m.Encode()[:600])
			}
			full := bytes.Contains(m.Body, []byte(`fullState="true"`))
			if full != (rounds == 0) {
				t.Fatalf("round %d: full %v", rounds, full)
			}
			if full && bytes.Count(m.Body, []byte("<resource ")) != 200 {
				t.Error("the first notification does not name everybody")
			}
			told += bytes.Count(m.Body, []byte("<lamp"))
			rounds++
		}
		p.silent()
		b.set("305", "on")
		h.server.Changed("305")
		m := p.notified("active", `state="on"`)
		if bytes.Count(m.Body, []byte("<lamp")) != 1 || bytes.Count(m.Body, []byte("<resource ")) != 1 {
			t.Errorf("more than what changed:\n%s", m.Body)
		}
		b.mu.Lock()
		b.lists["all"] = names[:3]
		b.mu.Unlock()
		h.server.Reconsider()
		if m := p.notified("active", `fullState="true"`); bytes.Count(m.Body, []byte("<lamp")) != 3 {
			t.Errorf("a shorter list:\n%s", m.Body)
		}
	})
}

func TestPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := watching(t, SubscriptionLimits{})
		p := h.phone("alice", "192.0.2.9:5060")
		p.register()
		h.server.Push("dev_alice", "message-summary", "application/simple-message-summary", []byte("Messages-Waiting: yes\r\n"))
		h.server.Push("dev_bob", "message-summary", "application/simple-message-summary", nil)
		p.notified("terminated", "Messages-Waiting: yes")
		p.silent()
	})
}

// What a lamp names is enough to pick the call up that rings there, and opens no dialog.
func TestPickupByLamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := watching(t, SubscriptionLimits{})
		bob, alice := h.phone("bob", "192.0.2.12:5060"), h.phone("alice", "192.0.2.9:5060")
		ringing := h.dials(bob)
		bob.respond(ringing, 180, "")
		h.signal(call.SignalRang)
		invite := func(value, callID string) *stack.Message {
			m := alice.request("INVITE", "sip:102@pbx", "sip:102@pbx", callID)
			m.Set(stack.HeaderReplaces, value)
			m.SetBody("application/sdp", []byte(sdpA))
			return m
		}
		alice.proven(invite("cal_1;to-tag=102;from-tag=pickup", "p1"))
		if in := h.call(); in.Replaces != "leg_out" || in.Actor.User != "usr_alice" {
			t.Errorf("picks up %q", in.Replaces)
		}
		for _, value := range []string{"cal_1;to-tag=103;from-tag=pickup", "cal_2;to-tag=102;from-tag=pickup", "cal_1;to-tag=pickup;from-tag=pickup"} {
			alice.expect(alice.proven(invite(value, strings.ReplaceAll(value, ";", "-"))), 481)
		}
		bye := alice.request("BYE", "sip:102@pbx", "sip:102@pbx", "cal_1")
		bye = stack.NewRequest("BYE", bye.URI, address("<sip:alice@pbx>;tag=pickup"), address("<sip:102@pbx>;tag=102"), "cal_1", 9)
		alice.expect(alice.send(bye), 481)
		h.quiet()
	})
}
