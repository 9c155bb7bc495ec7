package officetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tandem/audio"
	"tandem/sdp"
	"tandem/sip/stack"
)

// Talk is one call as a simulated phone sees it.
type Talk struct {
	Caller string // name shown, on an incoming call

	phone  *Phone
	callID string
	invite *stack.ServerTx // incoming
	offer  sdp.Session
	far    sdp.Stream

	mu       sync.Mutex
	sound    net.PacketConn
	stop     context.CancelFunc
	client   *stack.ClientTx // outgoing
	dialog   *stack.Message  // outgoing: the 2xx that made it
	status   int
	words    string
	contact  string
	reason   string       // Reason header of a refusal
	early    atomic.Int64 // packets of sound that came before an answer
	over     bool
	answered chan struct{}
	heard    chan struct{} // incoming: our answer was confirmed
	ended    chan struct{}
}

// Answered is closed when the call is up.
func (t *Talk) Answered() <-chan struct{} { return t.answered }

// Confirmed is closed when the server has confirmed our answer to an incoming call.
func (t *Talk) Confirmed() <-chan struct{} { return t.heard }

// Ended is closed when the call is over.
func (t *Talk) Ended() <-chan struct{} { return t.ended }

// Status is the SIP status the call failed with; 0 when it was hung up.
func (t *Talk) Status() int { t.mu.Lock(); defer t.mu.Unlock(); return t.status }

// Contact is where else the call goes, as a 302 said.
func (t *Talk) Contact() string { t.mu.Lock(); defer t.mu.Unlock(); return t.contact }

// Words are what the phone was told about the end of the call: the reason phrase of a refusal, or the Reason header of a CANCEL or BYE.
func (t *Talk) Words() string { t.mu.Lock(); defer t.mu.Unlock(); return t.words }

// Reason is the Reason header of a refusal (RFC 3326).
func (t *Talk) Reason() string { t.mu.Lock(); defer t.mu.Unlock(); return t.reason }

// Early is how many packets of sound came before an answer.
func (t *Talk) Early() int { return int(t.early.Load()) }

// listen counts the sound that comes before an answer, until the call is over.
func (t *Talk) listen() {
	t.mu.Lock()
	c := t.sound
	t.mu.Unlock()
	if c == nil {
		return
	}
	go func() {
		for buf := make([]byte, 1500); ; {
			if n, _, err := c.ReadFrom(buf); err != nil {
				return
			} else if n > 12 {
				t.early.Add(1)
			}
		}
	}()
}

// Dial calls a number. The talk goes on until Hangup, or until the far side ends it.
func (p *Phone) Dial(ctx context.Context, number string) (*Talk, error) {
	t := &Talk{phone: p, callID: stack.NewToken(), answered: make(chan struct{}), heard: make(chan struct{}), ended: make(chan struct{})}
	body, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	flow, ok := p.flow()
	if !ok {
		t.silence()
		return nil, errors.New("no UDP socket")
	}
	p.x.mu.Lock()
	p.x.talks[t.callID] = t
	p.x.mu.Unlock()
	to := p.uri(number)
	req := p.request(stack.MethodInvite, to, stack.NameAddr{URI: to}, t.callID, 1)
	req.Add(stack.HeaderContact, "<"+p.contact()+">")
	req.SetBody("application/sdp", body)
	t.send(flow, req, false)
	return t, nil
}

func (t *Talk) send(flow stack.Flow, req *stack.Message, tried bool) {
	client := t.phone.x.stack.Request(flow, req, func(a *stack.Message) {
		switch {
		case a.Status < 200:
			if len(a.Body) > 0 {
				t.listen()
			}
		case a.Status < 300:
			t.accepted(flow, req, a)
		case a.Status == 401 && !tried:
			again, err := t.phone.authorized(req, a)
			if err != nil {
				t.failed(401, err.Error())
				return
			}
			t.send(flow, again, true)
		default:
			t.mu.Lock()
			t.contact, t.reason = a.Contact().URI.String(), a.Get(stack.HeaderReason)
			t.mu.Unlock()
			t.failed(a.Status, strings.TrimSpace(a.Reason+" "+a.Get(stack.HeaderWarning)))
		}
	})
	t.mu.Lock()
	t.client = client
	t.mu.Unlock()
}

func (t *Talk) failed(status int, words string) {
	t.phone.x.forget(t.callID)
	t.end(status, words)
}

func (t *Talk) accepted(flow stack.Flow, req, answer *stack.Message) {
	seq, _ := req.CSeq()
	ack := stack.NewRequest(stack.MethodAck, answer.Contact().URI, req.From(), answer.To(), t.callID, seq)
	t.phone.x.stack.Send(flow, ack)
	t.mu.Lock()
	repeated := t.dialog != nil
	t.dialog = answer
	t.mu.Unlock()
	if repeated {
		return
	}
	if s, err := sdp.Parse(answer.Body); err == nil {
		if far, err := s.Audio(sdp.Plain); err == nil {
			t.speak(far)
		}
	}
	close(t.answered)
}

// Answer takes an incoming call.
func (t *Talk) Answer(ctx context.Context) error {
	if _, err := t.open(ctx); err != nil {
		return err
	}
	body, err := t.describe()
	if err != nil {
		t.Decline(488)
		return err
	}
	ok := stack.NewResponse(t.invite.Request, 200, "")
	ok.Add(stack.HeaderContact, "<"+t.phone.contact()+">")
	ok.SetBody("application/sdp", body)
	if err := t.invite.Respond(ok); err != nil {
		t.failed(0, err.Error())
		return err
	}
	t.speak(t.far)
	close(t.answered)
	return nil
}

// Decline refuses an incoming call: 486 busy, 603 declined.
func (t *Talk) Decline(status int) {
	t.invite.Respond(stack.NewResponse(t.invite.Request, status, ""))
	t.failed(status, "")
}

// Hangup ends the call, or gives up an unanswered outgoing one.
func (t *Talk) Hangup() {
	x := t.phone.x
	t.mu.Lock()
	client, dialog := t.client, t.dialog
	t.mu.Unlock()
	var bye *stack.Message
	switch {
	case client != nil && dialog == nil:
		client.Cancel()
		return
	case client != nil:
		bye = stack.NewRequest(stack.MethodBye, dialog.Contact().URI, dialog.From(), dialog.To(), t.callID, 100)
	default:
		req := t.invite.Request
		bye = stack.NewRequest(stack.MethodBye, req.Contact().URI, req.To().WithTag(stack.LocalTag(req)), req.From(), t.callID, 100)
	}
	if flow, ok := t.phone.flow(); ok {
		x.stack.Request(flow, bye, func(*stack.Message) {})
	}
	t.failed(0, "")
}

// refreshed answers a re-INVITE by what we said before, with the direction turned round.
func (t *Talk) refreshed(tx *stack.ServerTx) {
	answer := stack.NewResponse(tx.Request, 200, "")
	answer.Add(stack.HeaderContact, "<"+t.phone.contact()+">")
	offer, err := sdp.Parse(tx.Request.Body)
	if err == nil {
		t.offer = offer
		t.far, err = offer.Audio(sdp.Plain)
	}
	var body []byte
	if err == nil {
		body, err = t.describe()
	}
	if err != nil {
		tx.Respond(stack.NewResponse(tx.Request, 488, ""))
		return
	}
	answer.SetBody("application/sdp", body)
	tx.Respond(answer)
}

func (t *Talk) end(status int, words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.over, t.status, t.words = true, status, words
	close(t.ended)
}

// open takes a port for sound and writes our offer.
func (t *Talk) open(ctx context.Context) ([]byte, error) {
	sound, err := new(net.ListenConfig).ListenPacket(ctx, "udp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("port for sound: %w", err)
	}
	t.mu.Lock()
	t.sound = sound
	t.mu.Unlock()
	return sdp.Offer(t.local(sdp.SendRecv)).Encode(), nil
}

func (t *Talk) local(d sdp.Direction) sdp.Local {
	at := t.sound.LocalAddr().(*net.UDPAddr).AddrPort()
	return sdp.Local{ID: uint64(at.Port()), Version: 1, Addr: at.Addr(), Port: at.Port(), Direction: d, Ptime: 20,
		Codecs: []sdp.Codec{{Payload: 0, Name: "PCMU", Clock: 8000}, {Payload: 8, Name: "PCMA", Clock: 8000}}}
}

func (t *Talk) describe() ([]byte, error) {
	l := t.local(t.far.Direction.Reply(sdp.SendRecv))
	l.Codecs = sdp.Common(t.far.Codecs, l.Codecs)
	s, err := sdp.Answer(t.offer, t.far, l)
	if err != nil {
		return nil, err
	}
	return s.Encode(), nil
}

// speak sends a quiet tone every 20 ms until silence, and listens to nothing.
func (t *Talk) speak(far sdp.Stream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sound == nil || t.stop != nil {
		return
	}
	t.sing(far.Addr, 440)
}

// sing speaks with another tone from now on; the caller holds mu.
func (t *Talk) sing(to netip.AddrPort, hz float64) {
	if t.stop != nil {
		t.stop()
	}
	ctx, stop := context.WithCancel(context.Background())
	t.stop = stop
	go tone(ctx, t.sound, to, hz)
}

// tone sends a tone from a source of its own; it has no seams where it is a multiple of 50 Hz.
func tone(ctx context.Context, c net.PacketConn, to netip.AddrPort, hz float64) {
	const samples = 160
	pcm := audio.Tone(hz, 8000, samples)
	packet := make([]byte, 12, 12+samples)
	packet[0] = 0x80
	binary.BigEndian.PutUint32(packet[8:], 0x7a6e64+uint32(hz))
	for _, v := range pcm {
		packet = append(packet, audio.EncodeMu(v/8))
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for seq := uint32(1); ; seq++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			binary.BigEndian.PutUint16(packet[2:], uint16(seq))
			binary.BigEndian.PutUint32(packet[4:], seq*samples)
			c.WriteTo(packet, net.UDPAddrFromAddrPort(to))
		}
	}
}

// silence frees the port.
func (t *Talk) silence() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stop != nil {
		t.stop()
	}
	if t.sound != nil {
		t.sound.Close()
	}
}
