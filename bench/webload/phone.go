package main

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// phone is a browser: one connection, one call.
type phone struct {
	user, number, host string
	ws                 *websocket.Conn
	answers            chan message
	gone               chan error // why the connection ended
	peer               *webrtc.PeerConnection
	track              *webrtc.TrackLocalStaticRTP
	packet             rtp.Header
	up                 atomic.Bool
	rang, said         atomic.Int64 // when it was called, and when its answer was sent: nanoseconds since 1970
	seq                int
}

// message is as much of a SIP message as is needed here.
type message struct {
	first string
	lines []string
	body  string
}

func read(text string) message {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	return message{lines[0], lines[1:], body}
}

func (m message) get(name string) string {
	for _, l := range m.lines {
		if k, v, ok := strings.Cut(l, ":"); ok && strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func (m message) status() (n int) {
	_, _ = fmt.Sscanf(m.first, "SIP/2.0 %d", &n)
	return n
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// dial opens the connection of somebody.
func dial(ctx context.Context, user, number string) (*phone, error) {
	ws, _, err := websocket.Dial(ctx, *server, &websocket.DialOptions{Subprotocols: []string{"sip"}})
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(1 << 16)
	p := &phone{user: user, number: number, host: random() + ".invalid", ws: ws, answers: make(chan message, 16), gone: make(chan error, 1)}
	go p.listen(ctx)
	return p, nil
}

func (p *phone) send(ctx context.Context, first string, lines []string, body string) error {
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	return p.ws.Write(ctx, websocket.MessageText, []byte(first+"\r\n"+strings.Join(lines, "\r\n")+"\r\n\r\n"+body))
}

// listen takes what comes: answers to what was asked, and calls.
func (p *phone) listen(ctx context.Context) {
	for {
		_, b, err := p.ws.Read(ctx)
		if err != nil {
			p.gone <- err
			return
		}
		m := read(string(b))
		switch {
		case m.status() > 0:
			p.answers <- m
		case strings.HasPrefix(m.first, "INVITE "):
			p.rang.Store(time.Now().UnixNano())
			go p.answer(ctx, m)
		case !strings.HasPrefix(m.first, "ACK "):
			_ = p.reply(ctx, m, "200 OK", "")
		}
	}
}

func (p *phone) contact() string {
	return fmt.Sprintf("Contact: <sip:%s@%s;transport=ws>", p.user, p.host)
}

func (p *phone) reply(ctx context.Context, m message, status, body string) error {
	var lines []string
	for _, l := range m.lines {
		switch k, _, _ := strings.Cut(l, ":"); strings.ToLower(k) {
		case "via", "from", "call-id", "cseq", "record-route":
			lines = append(lines, l)
		case "to":
			if !strings.Contains(l, "tag=") {
				l += ";tag=" + p.host[:16]
			}
			lines = append(lines, l)
		}
	}
	return p.send(ctx, "SIP/2.0 "+status, append(lines, p.contact()), body)
}

func (p *phone) answer(ctx context.Context, m message) {
	body, err := p.describe(&webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: m.body})
	if err != nil {
		_ = p.reply(ctx, m, "488 Not Acceptable Here", "")
		return
	}
	_ = p.reply(ctx, m, "200 OK", body)
	p.said.Store(time.Now().UnixNano())
}

// ask sends a request, with a digest when that is asked for, and gives the last answer to it.
func (p *phone) ask(ctx context.Context, method, uri, body string, lines ...string) (message, []string, error) {
	id, tag, auth := random(), random(), ""
	for range 3 {
		p.seq++
		head := []string{
			fmt.Sprintf("Via: SIP/2.0/WS %s;branch=z9hG4bK%s", p.host, random()), "Max-Forwards: 70",
			fmt.Sprintf("From: <sip:%s@%s>;tag=%s", p.user, *domain, tag), "Call-ID: " + id,
		}
		all := append(head, fmt.Sprintf("To: <%s>", uri), fmt.Sprintf("CSeq: %d %s", p.seq, method), p.contact())
		if method == "REGISTER" {
			all[4] = fmt.Sprintf("To: <sip:%s@%s>", p.user, *domain)
		}
		if all = append(all, lines...); auth != "" {
			all = append(all, auth)
		}
		if err := p.send(ctx, method+" "+uri+" SIP/2.0", all, body); err != nil {
			return message{}, nil, err
		}
		var m message
		for m.status() < 200 {
			select {
			case m = <-p.answers:
			case err := <-p.gone:
				p.gone <- err
				return m, nil, fmt.Errorf("%s: the connection is gone: %w", method, err)
			case <-time.After(10 * time.Second):
				return m, nil, fmt.Errorf("%s is not answered, last: %q", method, m.first)
			}
		}
		if method == "INVITE" {
			to := uri
			if c := m.get("Contact"); m.status() == 200 && c != "" {
				to, _, _ = strings.Cut(strings.TrimPrefix(c, "<"), ">")
			}
			acked := head
			if m.status() == 200 {
				acked = append([]string{fmt.Sprintf("Via: SIP/2.0/WS %s;branch=z9hG4bK%s", p.host, random())}, head[1:]...)
			}
			if err := p.send(ctx, "ACK "+to+" SIP/2.0", append(acked, "To: "+m.get("To"), fmt.Sprintf("CSeq: %d ACK", p.seq)), ""); err != nil {
				return m, nil, err
			}
		}
		switch m.status() {
		case 200:
			return m, head, nil
		case 401, 407:
			name, asked := "Authorization: ", m.get("WWW-Authenticate")
			if m.status() == 407 {
				name, asked = "Proxy-Authorization: ", m.get("Proxy-Authenticate")
			}
			auth = name + p.digest(asked, method, uri)
		default:
			return m, nil, fmt.Errorf("%s %s: %s", method, uri, m.first)
		}
	}
	return message{}, nil, errors.New(method + ": not let in")
}

func (p *phone) digest(asked, method, uri string) string {
	value := func(k string) string {
		_, rest, ok := strings.Cut(asked, k+"=")
		if !ok {
			return ""
		}
		if quoted, in := strings.CutPrefix(rest, `"`); in {
			v, _, _ := strings.Cut(quoted, `"`)
			return v
		}
		v, _, _ := strings.Cut(rest, ",")
		return v
	}
	sum := func(s string) string { x := md5.Sum([]byte(s)); return hex.EncodeToString(x[:]) }
	secret := strings.ReplaceAll(*pass, "{user}", p.user)
	nonce, own := value("nonce"), random()
	proof := sum(sum(p.user+":"+value("realm")+":"+secret) + ":" + nonce + ":00000001:" + own + ":auth:" + sum(method+":"+uri))
	return fmt.Sprintf(`Digest username="%s",realm="%s",nonce="%s",uri="%s",algorithm=MD5,qop=auth,nc=00000001,cnonce="%s",response="%s",opaque="%s"`,
		p.user, value("realm"), nonce, uri, own, proof, value("opaque"))
}

func (p *phone) register(ctx context.Context) error {
	_, _, err := p.ask(ctx, "REGISTER", "sip:"+*domain, "", "Expires: 600")
	return err
}

// call calls another one, and is done when both hear each other.
func (p *phone) call(ctx context.Context, to *phone) error {
	offer, err := p.describe(nil)
	if err != nil {
		return err
	}
	at := time.Now()
	m, _, err := p.ask(ctx, "INVITE", fmt.Sprintf("sip:%s@%s", to.number, *domain), offer)
	if err != nil {
		since := func(n int64) string {
			if n == 0 {
				return "never"
			}
			return time.Unix(0, n).Sub(at).Round(time.Millisecond).String()
		}
		return fmt.Errorf("%w (after %v; the other browser was called after %s, and answered after %s)", err, time.Since(at).Round(time.Millisecond), since(to.rang.Load()), since(to.said.Load()))
	}
	return p.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.body})
}

// describe is our offer, or our answer to one.
func (p *phone) describe(offer *webrtc.SessionDescription) (string, error) {
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetIPFilter(net.IP.IsLoopback)
	settings.SetHandleUndeclaredSSRCWithoutAnswer(true) // who answers has heard no answer
	var codecs webrtc.MediaEngine
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	if err := codecs.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio); err != nil {
		return "", err
	}
	peer, err := webrtc.NewAPI(webrtc.WithMediaEngine(&codecs), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	if p.track, err = webrtc.NewTrackLocalStaticRTP(opus, "audio", p.user); err != nil {
		return "", err
	}
	p.peer, p.packet = peer, rtp.Header{Version: 2, PayloadType: 111}
	if _, err := peer.AddTrack(p.track); err != nil {
		return "", err
	}
	peer.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for buf := make([]byte, 1500); ; got.Add(1) {
			if _, _, err := t.Read(buf); err != nil {
				return
			}
		}
	})
	peer.OnConnectionStateChange(func(s webrtc.PeerConnectionState) { p.up.Store(s == webrtc.PeerConnectionStateConnected) })
	whole := webrtc.GatheringCompletePromise(peer)
	var ours webrtc.SessionDescription
	if offer == nil {
		ours, err = peer.CreateOffer(nil)
	} else if err = peer.SetRemoteDescription(*offer); err == nil {
		ours, err = peer.CreateAnswer(nil)
	}
	if err != nil {
		return "", err
	}
	if err := peer.SetLocalDescription(ours); err != nil {
		return "", err
	}
	<-whole
	return peer.LocalDescription().SDP, nil
}
