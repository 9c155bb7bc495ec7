package officetest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Account is what a phone needs to register, as the API hands it out.
type Account struct {
	Username  string
	Secret    string
	Server    string // host:port
	Transport string // udp tcp tls
	SRTP      bool   // offer SDES keys; with tls
	Waiting   bool   // watch the own mailbox, and write into the log what is told (RFC 3842)
	Answers   bool   // it answers by itself
	Keys      string // how keys are sent: rtpevent or info; empty is the phone's usual
}

// Baresip is a real soft phone in a process of its own. It plays a tone and records what it hears.
type Baresip struct {
	Dir    string // its configuration, log and recordings
	cmd    *exec.Cmd
	conn   net.Conn
	events chan BaresipEvent
	done   chan struct{}

	mu  sync.Mutex
	err error
}

// BaresipEvent is one message of its control connection.
type BaresipEvent struct {
	Event     bool   `json:"event"`
	Response  bool   `json:"response"`
	Type      string `json:"type"` // REGISTER_OK CALL_INCOMING CALL_RINGING CALL_PROGRESS CALL_ESTABLISHED CALL_CLOSED …
	Class     string `json:"class"`
	Param     string `json:"param"`
	Peer      string `json:"peeruri"`
	Name      string `json:"peerdisplayname"` // as the phone shows it
	Direction string `json:"direction"`
	OK        bool   `json:"ok"`
	Data      string `json:"data"`
}

// StartBaresip starts a phone. Its files go to dir, the tone is a mono 16-bit WAV of 8 kHz, codecs are in order of preference.
func StartBaresip(ctx context.Context, dir, tone string, a Account, codecs ...string) (*Baresip, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	sip, control, err := freePorts()
	if err != nil {
		return nil, err
	}
	modules := []string{"menu.so", "ctrl_tcp.so", "aufile.so", "aubridge.so", "sndfile.so", "g711.so", "g722.so", "opus.so", "uuid.so", "srtp.so", "account.so"} // the account names codecs, so it comes last
	if a.Waiting {
		modules = append([]string{"mwi.so"}, modules...)
	}
	var config strings.Builder
	fmt.Fprintf(&config, "module_path /usr/lib/baresip/modules\nsip_listen 127.0.0.1:%d\ncall_max_calls 4\ncall_local_timeout 120\n", sip)
	fmt.Fprintf(&config, "audio_source aufile,%s\naudio_player aubridge,sink\naudio_alert aubridge,alert\n", tone)
	fmt.Fprintf(&config, "snd_path %s\nctrl_tcp_listen 127.0.0.1:%d\nrtp_timeout 0\nrtp_stats no\nnet_interface 127.0.0.1\n", dir, control)
	for _, m := range modules {
		fmt.Fprintf(&config, "module %s\n", m)
	}
	account := fmt.Sprintf("<sip:%s@%s;transport=%s>;auth_user=%s;auth_pass=%s;regint=60;ptime=20",
		a.Username, a.Server, a.Transport, a.Username, a.Secret)
	if len(codecs) > 0 {
		account += ";audio_codecs=" + strings.Join(codecs, ",") // names like PCMU/8000/1
	}
	if a.SRTP {
		account += ";mediaenc=srtp-mand"
	}
	if a.Answers {
		account += ";answermode=auto"
	}
	if a.Keys != "" {
		account += ";dtmfmode=" + a.Keys
	}
	for name, text := range map[string]string{"config": config.String(), "accounts": account + "\n", "contacts": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	b := &Baresip{Dir: dir, events: make(chan BaresipEvent, 256), done: make(chan struct{})}
	b.cmd = exec.Command("baresip", "-f", dir, "-s", "-v")
	b.cmd.Stdout, b.cmd.Stderr = log, log
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("baresip (Debian package baresip-core): %w", err)
	}
	if b.conn, err = dialControl(ctx, control); err != nil {
		b.Close()
		return nil, fmt.Errorf("%w\n%s", err, b.Log())
	}
	go b.read()
	return b, nil
}

// dialControl waits for the control port to open; the process announces nothing earlier.
func dialControl(ctx context.Context, port int) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("control port of baresip: %w", err)
		case <-tick.C:
		}
	}
}

// ports are handed out one after the other, below those that the kernel gives to whoever asks for any: between the moment in which a port is
// found free and that in which the phone opens it, nobody else is given it.
var ports = func() *atomic.Int32 {
	var n atomic.Int32
	n.Store(int32(rand.IntN(4000)))
	return &n
}()

// freePorts finds a SIP port whose successor is free too (baresip opens TLS there), and a control port.
func freePorts() (sip, control int, err error) {
	for range 1000 {
		port := 12000 + 4*int(ports.Add(1)%4000)
		a, err := net.ListenPacket("udp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		t, err1 := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		n, err2 := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+1))
		c, err3 := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+2))
		a.Close()
		for _, l := range []net.Listener{t, n, c} {
			if l != nil {
				l.Close()
			}
		}
		if err1 == nil && err2 == nil && err3 == nil {
			return port, port + 2, nil
		}
	}
	return 0, 0, errors.New("no three neighbouring free ports")
}

func (b *Baresip) read() {
	defer close(b.events)
	r := bufio.NewReader(b.conn)
	for {
		head, err := r.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
		if err != nil {
			return
		}
		body := make([]byte, n+1)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var e BaresipEvent
		if json.Unmarshal(body[:n], &e) == nil {
			select {
			case b.events <- e:
			case <-b.done:
				return
			}
		}
	}
}

// Do sends one command: dial URI, accept, hangup, hold, resume, sndcode DIGIT.
func (b *Baresip) Do(command, params string) error {
	body, err := json.Marshal(map[string]string{"command": command, "params": params, "token": command})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(b.conn, "%d:%s,", len(body), body)
	return err
}

// Wait returns the next event of one of the types; others are passed over. The context bounds the wait.
func (b *Baresip) Wait(ctx context.Context, types ...string) (BaresipEvent, error) {
	for {
		select {
		case e, ok := <-b.events:
			if !ok {
				return e, fmt.Errorf("baresip ended while waiting for %v\n%s", types, b.Log())
			}
			for _, t := range types {
				if e.Type == t {
					return e, nil
				}
			}
		case <-ctx.Done():
			return BaresipEvent{}, fmt.Errorf("waiting for %v: %w\n%s", types, ctx.Err(), b.Log())
		}
	}
}

// Heard lists the recordings of what the far side sent.
func (b *Baresip) Heard() []string {
	files, _ := filepath.Glob(filepath.Join(b.Dir, "dump-*-dec.wav"))
	return files
}

// Hears is the recording that was written last: that of the call in which the phone is, or was; empty where there is none.
func (b *Baresip) Hears() (name string) {
	var last time.Time
	for _, file := range b.Heard() {
		if at, err := os.Stat(file); err == nil && at.ModTime().After(last) {
			name, last = file, at.ModTime()
		}
	}
	return name
}

// Log is what the phone wrote so far.
func (b *Baresip) Log() string {
	text, _ := os.ReadFile(filepath.Join(b.Dir, "log"))
	if len(text) > 20000 {
		text = text[len(text)-20000:]
	}
	return string(text)
}

// Close ends the phone; its registration is taken back first.
func (b *Baresip) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.done:
		return b.err
	default:
		close(b.done)
	}
	if b.conn != nil {
		defer b.conn.Close()
	}
	b.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(5*time.Second, func() { b.cmd.Process.Kill() })
	defer kill.Stop()
	b.err = b.cmd.Wait()
	return b.err
}
