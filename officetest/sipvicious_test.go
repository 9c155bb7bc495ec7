package officetest

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"tandem/house"
)

// The scanner and the enumerator that attackers use find nothing: not the server, and none of its twenty extensions (BAR SA-01, SA-02).
// A second round changes their User-Agent on the way, as an attacker who reads this would.
func TestSIPVicious(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, 20, 2); err != nil { // extensions 10000 to 10019
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) { c.Data = data })
	x := s.exchange()
	for _, name := range []string{"u00001", "u00002"} { // somebody is at home
		if err := x.Add(name, "p"+name).Register(t.Context(), 300); err != nil {
			t.Fatal(err)
		}
	}
	direct := netip.MustParseAddrPort(s.reach("udp"))

	t.Run("svmap", func(t *testing.T) {
		t.Parallel()
		l := disguise(t, direct, "friendly-scanner")
		for _, method := range []string{"OPTIONS", "REGISTER", "INVITE"} {
			if out := tool(t, "svmap", "-b", "127.0.0.1", "-p", port(l.addr), "-m", method, "-t", "0.01", "127.0.0.1"); !strings.Contains(out, "found nothing") || strings.Contains(out, "|") {
				t.Errorf("%s:\n%s", method, out)
			}
		}
		if l.sent.Load() == 0 || l.answered.Load() != 0 {
			t.Errorf("%d requests, %d answers, want silence", l.sent.Load(), l.answered.Load())
		}
	})
	for _, method := range []string{"REGISTER", "INVITE", "OPTIONS"} {
		for _, disguised := range []bool{false, true} {
			name := method
			if disguised {
				name += " of a known phone"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				agent := "friendly-scanner"
				if disguised {
					agent = "Yealink SIP-T46S 66.85.0.5"
				}
				l := disguise(t, direct, agent)
				args := []string{"-b", "127.0.0.1", "-p", port(l.addr), "-m", method, "-e", "10000-10039", "-t", "0.005", "127.0.0.1"}
				for _, more := range [][]string{nil, {"--force"}} {
					out := tool(t, "svwar", append(more, args...)...)
					if strings.Contains(out, "| 10") {
						t.Errorf("svwar %v found extensions:\n%s", more, out)
					}
				}
				if l.sent.Load() == 0 {
					t.Error("svwar asked nothing")
				}
				if got := l.answered.Load(); disguised != (got > 0) {
					t.Errorf("%d of %d requests were answered", got, l.sent.Load())
				}
			})
		}
	}
	for _, name := range []string{"u00001", "u00002"} {
		if err := x.Add(name, "p"+name).Register(t.Context(), 300); err != nil {
			t.Errorf("after the attack: %v", err)
		}
	}
}

// tool runs one of the sipvicious programs to its end.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = t.TempDir()
	c.Env = []string{"HOME=" + c.Dir, "PATH=/usr/bin:/bin"}
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil && ctx.Err() != nil {
		t.Errorf("%s (see scripts/test-deps): %v", name, err)
	}
	t.Logf("%s %v:\n%s", name, args, &out)
	if strings.Contains(out.String(), "Traceback") || out.Len() == 0 {
		t.Errorf("%s %v does not work here:\n%s", name, args, &out)
	}
	return out.String()
}

func port(a netip.AddrPort) string { _, p, _ := net.SplitHostPort(a.String()); return p }

// line is a wire between an attacker and the server on which the User-Agent is rewritten and datagrams are counted.
type line struct {
	addr           netip.AddrPort
	sent, answered atomic.Int64
}

func disguise(t *testing.T, server netip.AddrPort, agent string) *line {
	t.Helper()
	front, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	l := &line{addr: front.LocalAddr().(*net.UDPAddr).AddrPort()}
	var all sync.WaitGroup
	closed := make(chan struct{})
	backs := map[netip.AddrPort]*net.UDPConn{}
	go func() {
		defer close(closed)
		buf := make([]byte, 65536)
		for {
			n, from, err := front.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			back := backs[from]
			if back == nil {
				if back, err = net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(server)); err != nil {
					t.Error(err)
					return
				}
				backs[from] = back
				all.Go(func() {
					buf := make([]byte, 65536)
					for {
						n, err := back.Read(buf)
						if err != nil {
							return
						}
						l.answered.Add(1)
						front.WriteToUDPAddrPort(buf[:n], from)
					}
				})
			}
			l.sent.Add(1)
			back.Write(bytes.ReplaceAll(buf[:n], []byte("friendly-scanner"), []byte(agent)))
		}
	}()
	t.Cleanup(func() {
		front.Close()
		<-closed
		for _, b := range backs {
			b.Close()
		}
		all.Wait()
	})
	return l
}
