package sip

import (
	"context"
	"strings"
	"time"

	"tandem/sip/stack"
)

// TrunkStep is one step of the trial of a line.
type TrunkStep struct {
	Kind    string  // name, connect, certificate, answer, account
	State   string  // running, passed, failed, doubt
	Problem Problem // with failed and doubt
	Status  int     // of the answer behind it
	Target  string  // where it was tried
	Detail  string  // what was found, or the words of the far side or of the system
	Took    time.Duration
}

// More problems, which only a trial tells apart.
const (
	ProblemUser      Problem = "user"      // there is no such account
	ProblemForbidden Problem = "forbidden" // it refuses before it asks for a proof: it knows neither us nor the account
	ProblemBusy      Problem = "busy"      // it is there, and says that it cannot at the moment
)

// probeWait is how long the trial waits for an answer: longer than a call would, so that a slow line is told from a dead one.
const probeWait = 8 * time.Second

// ProbeTrunk tries a line step by step: its name, the way there, the certificate, whether it answers, whether it accepts the account. It changes
// nothing at the carrier: REGISTER without Contact asks what is registered (RFC 3261 §10.2.3). Each step is told when it begins and when it ends.
func (s *Server) ProbeTrunk(ctx context.Context, t Trunk, tell func(TrunkStep)) {
	p := &trial{l: newUplink(s, t.withDefaults()), ctx: ctx, tell: tell}
	list := p.resolve()
	for i, at := range list {
		last := i == len(list)-1
		if p.connect(at, last) && p.answer(last) {
			if p.l.Register {
				p.account()
			}
			p.close()
			return
		}
		p.close()
		if ctx.Err() != nil {
			return
		}
	}
}

type trial struct {
	l     *uplink
	ctx   context.Context
	tell  func(TrunkStep)
	begun time.Time
	at    target
}

func (p *trial) begin(kind string, where string) {
	p.begun = time.Now()
	p.tell(TrunkStep{Kind: kind, State: "running", Target: where})
}

func (p *trial) end(kind, state string, problem Problem, status int, detail string) {
	where := ""
	if p.at.addr.IsValid() {
		where = strings.ToUpper(p.at.transport.String()) + " " + p.at.addr.String()
	}
	p.tell(TrunkStep{Kind: kind, State: state, Problem: problem, Status: status, Target: where, Detail: detail, Took: time.Since(p.begun)})
}

func (p *trial) resolve() []target {
	p.begin("name", p.l.Host)
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	list, err := resolve(ctx, p.l.s.resolver(), p.l.Host, p.l.Transport)
	if err != nil || len(list) == 0 {
		p.end("name", "failed", ProblemName, 0, wordsOf(err))
		return nil
	}
	var words []string
	for _, t := range list {
		words = append(words, strings.ToUpper(t.transport.String())+" "+t.addr.String())
	}
	p.end("name", "passed", NoProblem, 0, strings.Join(words, ", "))
	return list
}

// connect makes the way; a place that fails while others are left is only doubtful.
func (p *trial) connect(at target, last bool) bool {
	p.at = at
	state := "failed"
	if !last {
		state = "doubt"
	}
	p.begin("connect", at.addr.String())
	if at.transport == stack.UDP {
		f, ok := p.l.s.stack.UDPFlow(at.addr)
		if !ok {
			p.end("connect", state, ProblemFamily, 0, "")
			return false
		}
		p.l.flow = f
		p.end("connect", "passed", NoProblem, 0, "")
		return true
	}
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	f, err := p.l.s.stack.Dial(ctx, at.transport, at.addr, p.l.tlsConfig())
	problem := NoProblem
	if err != nil {
		problem = problemOf(err)
	}
	if at.transport == stack.TLS && (err == nil || tlsProblem(err) != NoProblem) { // the connection stood, and the certificate was looked at
		p.end("connect", "passed", NoProblem, 0, "")
		p.begin("certificate", at.addr.String())
		if err != nil {
			p.end("certificate", state, problem, 0, wordsOf(err))
			return false
		}
		p.end("certificate", "passed", NoProblem, 0, "")
	} else if err != nil {
		p.end("connect", state, problem, 0, wordsOf(err))
		return false
	} else {
		p.end("connect", "passed", NoProblem, 0, "")
	}
	p.l.flow = f
	return true
}

func (p *trial) close() {
	if p.at.transport != stack.UDP && p.l.flow.Alive() {
		p.l.flow.Close()
	}
}

// ask sends one request and waits for its final answer; nil when none comes.
func (p *trial) ask(m *stack.Message) *stack.Message {
	got := make(chan *stack.Message, 1)
	p.l.s.stack.Do(p.l.callID, func() {
		p.l.s.stack.Request(p.l.flow, m, func(resp *stack.Message) {
			if resp.Status >= 200 {
				select {
				case got <- resp:
				default:
				}
			}
		})
	})
	timer := time.NewTimer(probeWait)
	defer timer.Stop()
	select {
	case resp := <-got:
		return resp
	case <-timer.C:
	case <-p.ctx.Done():
	}
	return nil
}

// answer asks whether anybody is there; whoever answers is, whatever he says.
func (p *trial) answer(last bool) bool {
	p.begin("answer", p.at.addr.String())
	resp := p.ask(p.l.request(stack.MethodOptions, stack.URI{Scheme: "sip", Host: p.l.Domain}))
	state := "failed"
	if !last {
		state = "doubt"
	}
	switch {
	case resp == nil || resp.Local && resp.Status == 408:
		p.end("answer", state, ProblemSilent, 0, "")
		return false
	case resp.Local:
		p.end("answer", state, ProblemLost, 0, "")
		return false
	case resp.Status == 503:
		p.end("answer", state, ProblemBusy, resp.Status, plain(resp.Reason, 128))
		return false
	case !p.l.Register && (resp.Status == 401 || resp.Status == 403 || resp.Status == 407):
		p.end("answer", "doubt", ProblemForbidden, resp.Status, plain(resp.Reason, 128)) // it is there, and may not know our address
		return true
	}
	words := plain(resp.Get(stack.HeaderServer), 60)
	if words == "" {
		words = plain(resp.Get(stack.HeaderUserAgent), 60)
	}
	p.end("answer", "passed", NoProblem, resp.Status, words)
	return true
}

// account asks what is registered, which needs the account's proof and changes nothing.
func (p *trial) account() {
	p.begin("account", p.at.addr.String())
	proved := 0
	for {
		m := p.l.request(stack.MethodRegister, stack.URI{Scheme: "sip", Host: p.l.Domain})
		m.Del(stack.HeaderContact)
		if p.l.proof.nonce != "" {
			p.l.proof.prove(m, p.l.AuthName, p.l.Secret)
		}
		resp := p.ask(m)
		if resp == nil || resp.Local {
			p.end("account", "failed", ProblemSilent, 0, "")
			return
		}
		words := plain(resp.Reason, 128)
		switch status := resp.Status; {
		case status < 300:
			p.end("account", "passed", NoProblem, status, "")
		case status == 401 || status == 407:
			next, ok := readChallenge(resp)
			switch {
			case !ok:
				p.end("account", "failed", ProblemScheme, status, words)
			case proved >= 2 || proved == 1 && !isStale(resp):
				p.end("account", "failed", ProblemSecret, status, words)
			default:
				p.l.proof = next
				proved++
				continue
			}
		case status == 404 || status == 604:
			p.end("account", "failed", ProblemUser, status, words)
		case status == 403 && proved > 0:
			p.end("account", "failed", ProblemSecret, status, words)
		case status == 403:
			p.end("account", "failed", ProblemForbidden, status, words)
		case status == 503:
			p.end("account", "failed", ProblemBusy, status, words)
		case proved > 0 && status < 500: // the proof was accepted; this question it does not answer
			p.end("account", "passed", NoProblem, status, words)
		default:
			p.end("account", "failed", ProblemAnswer, status, words)
		}
		return
	}
}
