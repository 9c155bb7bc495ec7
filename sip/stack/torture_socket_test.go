package stack

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// TestTortureOverUDP is SIP-01 and SIP-02 on a real socket: after each message a probe is answered, so that silence means something.
func TestTortureOverUDP(t *testing.T) {
	s := open(t, Config{OnRequest: front, Policy: accepted})
	addr := must[netip.AddrPort](t)(s.ListenUDP("127.0.0.1:0"))
	for i, row := range torture {
		t.Run(row.file, func(t *testing.T) {
			p := dial(t, "udp", addr)
			p.Write(tortureFile(t, row.file))
			probe := "probe" + strconv.Itoa(i)
			p.Write([]byte(request("OPTIONS", probe, probe, 1)))
			want := row.status
			if want == pass {
				want = 200
				if m, _ := Parse(tortureFile(t, row.file)); m.Method == MethodRegister || m.Method == MethodInvite {
					want = 401
				}
			}
			// answers may overtake each other, because the two messages have different Call-IDs
			probed, status := false, drop
			for !probed || (want != drop && status == drop) {
				m, err := p.next()
				if err != nil {
					t.Fatalf("probe answered: %v, status %d: %v", probed, status, err)
				}
				if m.Get(HeaderCallID) == probe {
					probed = true
				} else {
					status = m.Status
				}
			}
			if status != want {
				t.Errorf("%s: %d, want %d", row.why, status, want)
			}
		})
	}
	if st := s.Stats(); st.ServerTx != 0 || st.ClientTx != 0 {
		t.Errorf("state was kept: %+v", st)
	}
}

// TestTortureOverTCP sends the same set over connections of their own and then probes over a new one.
func TestTortureOverTCP(t *testing.T) {
	limits := Limits{Fresh: 150 * time.Millisecond, Frame: 150 * time.Millisecond}
	s := open(t, Config{OnRequest: front, Policy: accepted, Limits: limits})
	addr := must[netip.AddrPort](t)(s.ListenTCP("127.0.0.1:0"))
	tortureStream(t, addr, "tcp", func() net.Conn { return must[net.Conn](t)(net.Dial("tcp", addr.String())) })
}

func TestTortureOverTLS(t *testing.T) {
	limits := Limits{Fresh: 300 * time.Millisecond, Frame: 150 * time.Millisecond}
	s := open(t, Config{OnRequest: front, Policy: accepted, Limits: limits})
	addr := must[netip.AddrPort](t)(s.ListenTLS("127.0.0.1:0", certificate(t)))
	tortureStream(t, addr, "tls", func() net.Conn {
		return must[*tls.Conn](t)(tls.Dial("tcp", addr.String(), &tls.Config{InsecureSkipVerify: true}))
	})
}

func tortureStream(t *testing.T, addr netip.AddrPort, name string, connect func() net.Conn) {
	for _, row := range torture {
		t.Run(row.file, func(t *testing.T) {
			c := connect()
			defer c.Close()
			c.SetDeadline(time.Now().Add(patience))
			p := &peer{Conn: c, framer: Framer{Head: 64 << 10, Body: 256 << 10}, buf: make([]byte, 65536)}
			p.Write(tortureFile(t, row.file))
			want := row.status
			if row.stream != 0 {
				want = row.stream
			}
			if want == pass {
				want = 200
				if m, _ := Parse(tortureFile(t, row.file)); m.Method == MethodRegister || m.Method == MethodInvite {
					want = 401
				}
			}
			if want != drop {
				if m, err := p.next(); err != nil || m.Status != want {
					t.Errorf("%s: want %d, got %v, %v", row.why, want, m, err)
				}
			}
			probe := connect()
			defer probe.Close()
			probe.SetDeadline(time.Now().Add(patience))
			p = &peer{Conn: probe, framer: Framer{Head: 64 << 10, Body: 256 << 10}, buf: make([]byte, 65536)}
			p.Write([]byte(request("OPTIONS", "p", "p", 1)))
			if m, err := p.next(); err != nil || m.Status != 200 {
				t.Errorf("the probe: %v %v", m, err)
			}
		})
	}
}

// TestTortureOverWebSocket: a WebSocket message is a frame, so the reactions are those of a datagram; foreign bytes end the connection.
func TestTortureOverWebSocket(t *testing.T) {
	s := open(t, Config{OnRequest: front, Policy: accepted})
	web := httptest.NewServer(s.WebSocket(WebSocket{}))
	defer web.Close()
	for _, row := range torture {
		t.Run(row.file, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			ws, _, err := websocket.Dial(ctx, web.URL, &websocket.DialOptions{Subprotocols: []string{"sip"}})
			if err != nil {
				t.Fatal(err)
			}
			defer ws.CloseNow()
			ws.Write(ctx, websocket.MessageText, tortureFile(t, row.file))
			want := row.status
			if want == drop {
				return
			}
			if want == pass {
				want = 200
				if m, _ := Parse(tortureFile(t, row.file)); m.Method == MethodRegister || m.Method == MethodInvite {
					want = 401
				}
			}
			_, raw, err := ws.Read(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if m, _ := lenient(raw); m.Status != want {
				t.Errorf("%s: %d, want %d", row.why, m.Status, want)
			}
		})
	}
}
