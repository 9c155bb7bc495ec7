package officetest

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"tandem/sdp"
	"tandem/sip/stack"
)

// Exchange is a set of simulated phones behind one UDP socket. They speak real SIP and send real sound, and know nothing of the server's insides.
type Exchange struct {
	server netip.AddrPort
	local  netip.AddrPort
	stack  *stack.Stack

	mu     sync.Mutex
	phones map[string]*Phone // by user name
	talks  map[string]*Talk  // by Call-ID

	watches map[string]*Watch // by Call-ID
}

// Phone is one simulated phone.
type Phone struct {
	Waiting          func(document string) // of messages that wait, sent without a subscription (RFC 3842); set before it registers
	Username, Secret string
	Agent            string      // User-Agent; empty is that of a simulated phone
	Ringing          func(*Talk) // a call comes in; runs on the talk's worker and must not wait. Nil declines

	x *Exchange
}

// NewExchange opens the socket. The server is where SIP over UDP is spoken.
func NewExchange(server netip.AddrPort) (*Exchange, error) {
	return NewExchangeAt(netip.AddrFrom4([4]byte{127, 0, 0, 1}), server)
}

// NewExchangeAt is NewExchange at an address of the loopback network.
func NewExchangeAt(at netip.Addr, server netip.AddrPort) (*Exchange, error) {
	x := &Exchange{server: server, phones: map[string]*Phone{}, talks: map[string]*Talk{}, watches: map[string]*Watch{}}
	x.stack = stack.New(stack.Config{
		OnRequest: x.request, OnAck: x.confirmed, OnCancel: x.cancelled,
		OnUnacked: func(tx *stack.ServerTx) { x.forget(tx.Request.CallID()) },
		Policy:    stack.Policy{Methods: []string{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE", "INFO", "NOTIFY"}, Supported: []string{"eventlist"}},
		Trusted:   func(netip.Addr) bool { return true },
		Sockets:   1,
	})
	local, err := x.stack.ListenUDP(netip.AddrPortFrom(at, 0).String())
	if err != nil {
		x.stack.Close()
		return nil, err
	}
	x.local = local
	return x, nil
}

// confirmed hears that the answer of a phone was confirmed.
func (x *Exchange) confirmed(tx *stack.ServerTx, _ *stack.Message) {
	x.mu.Lock()
	t := x.talks[tx.Request.CallID()]
	x.mu.Unlock()
	if t == nil || t.invite != tx {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.heard:
	default:
		close(t.heard)
	}
}

// Close ends all talks without a word and closes the socket.
func (x *Exchange) Close() {
	x.stack.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range x.talks {
		t.silence()
	}
}

// Cut ends all talks without a word, as when the server is gone.
func (x *Exchange) Cut() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for id, t := range x.talks {
		t.silence()
		delete(x.talks, id)
	}
}

// Add makes a phone; Register connects it.
func (x *Exchange) Add(username, secret string) *Phone {
	p := &Phone{Username: username, Secret: secret, x: x}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.phones[username] = p
	return p
}

func (x *Exchange) phone(username string) *Phone {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.phones[username]
}

func (x *Exchange) talk(callID string) *Talk {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.talks[callID]
}

func (x *Exchange) forget(callID string) {
	x.mu.Lock()
	t := x.talks[callID]
	delete(x.talks, callID)
	x.mu.Unlock()
	if t != nil {
		t.silence()
	}
}

// Register registers the phone for the given number of seconds; 0 takes the registration back.
func (p *Phone) Register(ctx context.Context, seconds int) error {
	req := p.request(stack.MethodRegister, p.uri(""), p.address(), stack.NewToken(), 1)
	req.Add(stack.HeaderContact, "<"+p.contact()+">")
	req.Add(stack.HeaderExpires, fmt.Sprint(seconds))
	answer, err := p.ask(ctx, req)
	if err != nil {
		return err
	}
	if answer.Status != 200 {
		return fmt.Errorf("register %s: %d %s", p.Username, answer.Status, answer.Reason)
	}
	return nil
}

func (p *Phone) uri(user string) stack.URI {
	text := "sip:" + p.x.server.String()
	if user != "" {
		text = "sip:" + stack.EscapeUser(user) + "@" + p.x.server.String()
	}
	u, _ := stack.ParseURI(text)
	return u
}

func (p *Phone) address() stack.NameAddr { return stack.NameAddr{URI: p.uri(p.Username)} }
func (p *Phone) contact() string {
	return "sip:" + stack.EscapeUser(p.Username) + "@" + p.x.local.String()
}
func (p *Phone) flow() (stack.Flow, bool) { return p.x.stack.UDPFlow(p.x.server) }

func (p *Phone) request(method string, to stack.URI, addressee stack.NameAddr, callID string, seq uint32) *stack.Message {
	req := stack.NewRequest(method, to, p.address().WithTag(stack.NewToken()), addressee, callID, seq)
	agent := p.Agent
	if agent == "" {
		agent = "Tandem simulated phone"
	}
	req.Add("User-Agent", agent)
	return req
}

// ask sends a request and answers one challenge.
func (p *Phone) ask(ctx context.Context, req *stack.Message) (*stack.Message, error) {
	answers := make(chan *stack.Message, 8)
	send := func(m *stack.Message) error {
		flow, ok := p.flow()
		if !ok {
			return errors.New("no UDP socket")
		}
		p.x.stack.Request(flow, m, func(a *stack.Message) {
			if a.Status >= 200 {
				answers <- a
			}
		})
		return nil
	}
	if err := send(req); err != nil {
		return nil, err
	}
	for tried := false; ; tried = true {
		select {
		case a := <-answers:
			if a.Status != 401 || tried {
				return a, nil
			}
			again, err := p.authorized(req, a)
			if err != nil {
				return nil, err
			}
			if err := send(again); err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// authorized is the request once more, with the answer to the first challenge (RFC 8760: the most preferred one).
func (p *Phone) authorized(req, challenge *stack.Message) (*stack.Message, error) {
	fields := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimPrefix(challenge.Get(stack.HeaderWWWAuthenticate), "Digest "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[strings.ToLower(name)] = strings.Trim(value, `"`)
	}
	hash := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	if strings.EqualFold(fields["algorithm"], "SHA-256") {
		hash = func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	}
	if fields["nonce"] == "" {
		return nil, fmt.Errorf("%s: no nonce in the challenge", p.Username)
	}
	uri, cnonce := req.URI.String(), stack.NewToken()
	ha1 := hash(p.Username + ":" + fields["realm"] + ":" + p.Secret)
	response := hash(strings.Join([]string{ha1, fields["nonce"], "00000001", cnonce, "auth", hash(req.Method + ":" + uri)}, ":"))
	algorithm := fields["algorithm"]
	if algorithm == "" {
		algorithm = "MD5"
	}
	seq, method := req.CSeq()
	again := stack.NewRequest(method, req.URI, req.From(), req.To(), req.CallID(), seq+1)
	for name, value := range req.Headers() {
		switch name {
		case stack.HeaderContact, stack.HeaderExpires, stack.HeaderEvent, stack.HeaderSupported, "User-Agent":
			again.Add(name, value)
		}
	}
	again.Add(stack.HeaderAuthorization, fmt.Sprintf(
		`Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=%s, cnonce="%s", qop=auth, nc=00000001`,
		p.Username, fields["realm"], fields["nonce"], uri, response, algorithm, cnonce))
	if o := fields["opaque"]; o != "" {
		again.Set(stack.HeaderAuthorization, again.Get(stack.HeaderAuthorization)+`, opaque="`+o+`"`)
	}
	again.SetBody(req.ContentType(), req.Body)
	return again, nil
}

// request is called for everything that comes in.
func (x *Exchange) request(tx *stack.ServerTx) {
	req := tx.Request
	switch req.Method {
	case stack.MethodInvite:
		x.invited(tx)
	case stack.MethodBye:
		tx.Respond(stack.NewResponse(req, 200, ""))
		if t := x.talk(req.CallID()); t != nil {
			x.forget(req.CallID())
			t.end(0, req.Get(stack.HeaderReason))
		}
	case stack.MethodNotify:
		x.notified(tx)
	default:
		tx.Respond(stack.NewResponse(req, 200, ""))
	}
}

func (x *Exchange) invited(tx *stack.ServerTx) {
	req := tx.Request
	if t := x.talk(req.CallID()); t != nil { // a re-INVITE: hold, or a new address
		t.refreshed(tx)
		return
	}
	p := x.phone(req.URI.User)
	if p == nil || p.Ringing == nil {
		tx.Respond(stack.NewResponse(req, 480, ""))
		return
	}
	t := &Talk{phone: p, callID: req.CallID(), invite: tx, Caller: req.From().Name(), answered: make(chan struct{}), heard: make(chan struct{}), ended: make(chan struct{})}
	offer, err := sdp.Parse(req.Body)
	if err == nil {
		t.far, err = offer.Audio(sdp.Plain)
	}
	if err != nil {
		tx.Respond(stack.NewResponse(req, 488, ""))
		return
	}
	t.offer = offer
	x.mu.Lock()
	x.talks[t.callID] = t
	x.mu.Unlock()
	ringing := stack.NewResponse(req, 180, "")
	ringing.Add(stack.HeaderContact, "<"+p.contact()+">")
	tx.Respond(ringing)
	p.Ringing(t)
}

func (x *Exchange) cancelled(tx *stack.ServerTx, cancel *stack.Message) {
	tx.Respond(stack.NewResponse(tx.Request, 487, ""))
	if t := x.talk(tx.Request.CallID()); t != nil {
		x.forget(t.callID)
		t.end(487, cancel.Get(stack.HeaderReason))
	}
}
