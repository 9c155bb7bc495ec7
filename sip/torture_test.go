package sip

import (
	"bufio"
	"crypto/tls"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// torture is RFC 4475 as a whole server answers it to strangers (SIP-01). over TCP a second reaction stands where the framing
// makes another one. -1 means that nothing comes back.
var torture = []struct {
	file     string
	udp, tcp int
}{
	{"wsinv", 401, 0}, {"intmeth", 501, 0}, {"esc01", 401, 0}, {"escnull", 401, 0}, {"esc02", 501, 0}, {"lwsdisp", 200, 0}, {"longreq", 401, 0},
	{"dblreq", 401, 0}, {"semiuri", 200, 0}, {"transports", 200, 0}, {"mpart01", 415, 0}, {"unreason", -1, 0}, {"noreason", -1, 0},
	{"badinv01", 400, 0}, {"clerr", 400, -1}, {"ncl", 400, 0}, {"scalar02", 400, 0}, {"scalarlg", -1, 0}, {"quotbal", 400, 0}, {"ltgtruri", 400, 0},
	{"lwsruri", 400, 0}, {"lwsstart", 400, 0}, {"trws", 400, 0}, {"escruri", 400, 0}, {"baddate", 401, 0}, {"regbadct", 400, 0}, {"badaspec", 400, 0},
	{"baddn", 400, -1}, {"badvers", 505, 0}, {"mismatch01", 400, 0}, {"mismatch02", 501, 0}, {"bigcode", -1, 0}, {"badbranch", 400, 0},
	{"insuf", 400, 0}, {"unkscm", 416, 0}, {"novelsc", 416, 0}, {"unksm2", 400, 0}, {"bext01", 420, 0}, {"invut", 415, 0}, {"regaut01", 401, 0},
	{"multi01", 400, 0}, {"mcl01", 400, 0}, {"bcast", -1, 0}, {"zeromf", 200, 0}, {"cparam01", 401, 0}, {"cparam02", 401, 0}, {"regescrt", 401, 0},
	{"sdp01", 406, 0}, {"inv2543", 401, 400}, {"test", -1, 0},
}

const probe = "OPTIONS sip:pbx SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKprobe;rport\r\nMax-Forwards: 70\r\nFrom: <sip:probe@pbx>;tag=p\r\nTo: <sip:pbx>\r\n" +
	"Call-ID: probe\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

// statusOf is the status of the first response in a packet.
func statusOf(data string) int {
	line, _, _ := strings.Cut(data, "\r\n")
	fields := strings.SplitN(line, " ", 3)
	if len(fields) < 2 || fields[0] != "SIP/2.0" {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return n
}

func TestTortureOverUDP(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Packets, c.UDP = nil, []string{"127.0.0.1:0"} })
	conn, err := net.Dial("udp", h.server.Addrs()[0].Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 65536)
	read := func() string {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	for _, row := range torture {
		t.Run(row.file, func(t *testing.T) {
			_, _ = conn.Write(readFile(t, filepath.Join("stack", "testdata", "torture", row.file+".dat")))
			_, _ = conn.Write([]byte(probe)) // SIP-02: a live server makes silence meaningful
			got := -1
			for {
				answer := read()
				if strings.Contains(answer, "z9hG4bKprobe") {
					if statusOf(answer) != 200 {
						t.Errorf("the probe was answered\n%s", answer)
					}
					break
				}
				got = statusOf(answer)
			}
			if got == -1 && row.udp != -1 { // another worker may be slower than the probe's
				got = statusOf(read())
			}
			if got != row.udp {
				t.Errorf("answered %d, want %d", got, row.udp)
			}
		})
	}
	if h.server.Legs() != 0 || h.server.Stats().ServerTx != 0 {
		t.Errorf("strangers left %d legs and %d transactions behind", h.server.Legs(), h.server.Stats().ServerTx)
	}
}

// firstAnswer reads until the probe behind the message is answered or the connection is closed. Another worker may be slower than
// the probe's, so an answer that is expected is waited for.
func firstAnswer(in *bufio.Reader, want int) int {
	got, probed := -1, false
	for {
		first, err := in.ReadString('\n')
		if err != nil {
			return got
		}
		isProbe := false
		for line := first; line != "\r\n"; {
			isProbe = isProbe || strings.Contains(line, "z9hG4bKprobe")
			if line, err = in.ReadString('\n'); err != nil {
				return got
			}
		}
		if isProbe {
			probed = true
		} else {
			got = statusOf(first)
		}
		if probed && (got != -1 || want == -1) {
			return got
		}
	}
}

func tortureStream(t *testing.T, h *house, dial func() (net.Conn, error)) {
	for _, row := range torture {
		t.Run(row.file, func(t *testing.T) {
			want := row.tcp
			if want == 0 {
				want = row.udp
			}
			conn, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, _ = conn.Write(append(readFile(t, filepath.Join("stack", "testdata", "torture", row.file+".dat")), probe...))
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			if got := firstAnswer(bufio.NewReader(conn), want); got != want {
				t.Errorf("answered %d, want %d", got, want)
			}
			live, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			defer live.Close()
			_, _ = live.Write([]byte(probe))
			_ = live.SetReadDeadline(time.Now().Add(5 * time.Second))
			if line, err := bufio.NewReader(live).ReadString('\n'); err != nil || statusOf(line) != 200 {
				t.Errorf("the probe was answered %q, %v", line, err)
			}
		})
	}
}

func TestTortureOverTCP(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Packets, c.TCP, c.Stack.Limits.Frame = nil, []string{"127.0.0.1:0"}, 200*time.Millisecond
	})
	addr := h.server.Addrs()[0].Addr.String()
	tortureStream(t, h, func() (net.Conn, error) { return net.Dial("tcp", addr) })
}

func TestTortureOverTLS(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Stack.Limits.Frame, c.Stack.Limits.Fresh = 200*time.Millisecond, 200*time.Millisecond
		c.Packets, c.TLS, c.TLSConfig = nil, []string{"127.0.0.1:0"}, &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	})
	addr := h.server.Addrs()[0].Addr.String()
	tortureStream(t, h, func() (net.Conn, error) {
		return tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
	})
}
