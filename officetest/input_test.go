package officetest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/house"
)

// notebook keeps what a house logs.
type notebook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (n *notebook) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.buf.Write(b)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.buf.String()
}

// attacked is a house with two phones, and what it wrote while it was attacked.
type attacked struct {
	*story
	log *notebook
}

func attack(t *testing.T) *attacked {
	t.Helper()
	a := &attacked{log: &notebook{}}
	a.story = &story{at: "after the attack", people: map[string]string{}, groups: map[string]string{}, phones: map[string]*actor{}, visitors: map[string]*Client{}}
	a.server = start(t, func(c *house.Config) { c.Log = slog.New(slog.NewTextHandler(a.log, nil)) })
	a.people["Olga"] = a.claim().Text("user", "id")
	a.visitors["Olga"] = a.Client
	var err error
	if a.exchange, err = NewExchange(netip.MustParseAddrPort(a.Address("SIP UDP"))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.exchange.Close)
	a.employ("Alice", "101", "", "")
	a.employ("Bob", "102", "", "")
	a.install("alice", "Alice")
	a.install("bob", "Bob")
	return a
}

// stands wants the house to do its work as if nothing had happened: the page, a registration, a call, and no fault in the log.
func (a *attacked) stands() {
	a.t.Helper()
	a.server.call(200, "GET", "/v1/users", nil)
	if page, err := a.Do(a.t.Context(), "GET", "/", nil); err != nil || page.Status != 200 {
		a.t.Errorf("the page: %+v, %v", page, err)
	}
	for _, line := range []string{"alice registers", "alice dials 102", `bob rings from "Alice"`, "bob answers", "alice is answered", "bob hangs up", "alice is over",
		"record cause=hangup"} {
		a.play(line)
	}
	for _, bad := range []string{"panic", "fault", "goroutine", "level=ERROR"} {
		if strings.Contains(a.log.String(), bad) {
			a.t.Errorf("the log has %q:\n%s", bad, a.log)
		}
	}
}

// probe asks over a connection of its own whether SIP over TCP is still spoken.
func (a *attacked) probe(network string) {
	a.t.Helper()
	c, err := net.Dial(network, a.reach(network))
	if err != nil {
		a.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(c, "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%d;rport\r\nFrom: <sip:p@x>;tag=1\r\nTo: <sip:127.0.0.1>\r\n"+
		"Call-ID: probe%d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", strings.ToUpper(network), c.LocalAddr(), rand.Uint64(), rand.Uint64())
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.HasPrefix(line, "SIP/2.0 ") {
		a.t.Errorf("probe over %s: %q, %v", network, line, err)
	}
}

// The torture messages of RFC 4475 meet the whole house, over UDP and TCP; what each is answered is tested in sip/stack.
func TestTorture(t *testing.T) {
	t.Parallel()
	a := attack(t)
	files, err := filepath.Glob("../sip/stack/testdata/torture/*.dat")
	if err != nil || len(files) < 49 {
		t.Fatalf("%d messages, %v", len(files), err)
	}
	for _, network := range []string{"udp", "tcp"} {
		for _, file := range files {
			message, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := net.Dial(network, a.reach(network))
			if err != nil {
				t.Fatalf("%s over %s: %v", file, network, err)
			}
			if _, err := c.Write(message); err != nil {
				t.Errorf("%s over %s: %v", file, network, err)
			}
			defer c.Close() // kept open: whoever sends half a message holds nobody up
		}
		a.probe(network)
		if n := len(a.server.call(200, "GET", "/v1/users", nil).Items()); n != 3 {
			t.Errorf("after the set over %s the API shows %d people", network, n)
		}
	}
	if n := len(a.server.call(200, "GET", "/v1/calls", nil).Items()); n != 0 {
		t.Errorf("%d calls came of it", n)
	}
	a.stands()
}

// A message of one megabyte is refused over a stream, with words, and does no harm in datagrams.
func TestHugeMessage(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	head := func(network, from string) string {
		return fmt.Sprintf("INVITE sip:102@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bKhuge;rport\r\nFrom: <sip:101@127.0.0.1>;tag=1\r\nTo: <sip:102@127.0.0.1>\r\n"+
			"Call-ID: huge\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:101@%s>\r\n", strings.ToUpper(network), from, from)
	}
	a := attack(t)
	for name, rest := range map[string]string{
		"a body":            "Content-Type: application/sdp\r\nContent-Length: 1048576\r\n\r\n" + strings.Repeat("v", size),
		"one header":        "Subject: " + strings.Repeat("s", size) + "\r\nContent-Length: 0\r\n\r\n",
		"many headers":      strings.Repeat("X-Filler: 0123456789\r\n", size/22) + "Content-Length: 0\r\n\r\n",
		"no end of headers": strings.Repeat("s", size),
	} {
		c, err := net.Dial("tcp", a.reach("tcp"))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		go io.WriteString(c, head("tcp", c.LocalAddr().String())+rest) // it may be cut off in the middle
		answer, err := bufio.NewReader(c).ReadString('\n')
		if !strings.HasPrefix(answer, "SIP/2.0 513 ") && !(answer == "" && name == "no end of headers") {
			t.Errorf("%s of a megabyte over TCP: %q, %v", name, answer, err)
		}
		c.Close()
	}
	c, err := net.Dial("udp", a.reach("udp"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	whole := head("udp", c.LocalAddr().String()) + "Content-Length: 1048576\r\n\r\n" + strings.Repeat("v", size)
	for len(whole) > 0 { // no datagram holds more than 65,507 octets
		n := min(len(whole), 65507)
		if _, err := io.WriteString(c, whole[:n]); err != nil {
			t.Fatal(err)
		}
		whole = whole[n:]
	}
	a.probe("udp")
	a.probe("tcp")
	a.stands()
}

// Bytes that are no SIP at all, on all three ports.
func TestForeignBytes(t *testing.T) {
	t.Parallel()
	a := attack(t)
	dice := rand.NewChaCha8([32]byte{7})
	noise := make([]byte, 4000)
	dice.Read(noise)
	for _, foreign := range [][]byte{
		{0}, []byte("\r\n\r\n"), []byte("\r\n"), []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), []byte("{\"jsonrpc\":\"2.0\"}\n"), []byte("SIP/2.0 200 OK\r\n\r\n"),
		{0x16, 0x03, 0x01, 0x00, 0xa5, 0x01, 0x00, 0x00, 0xa1, 0x03, 0x03}, bytes.Repeat([]byte{0}, 65000), bytes.Repeat([]byte("INVITE "), 9000),
		[]byte("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 0.0.0.0:0\r\n\r\n"), []byte("REGISTER sip:\xff\xfe SIP/2.0\r\nContent-Length: -1\r\n\r\n"), noise, nil,
	} {
		for _, network := range []string{"udp", "tcp", "tls"} {
			transport := strings.Replace(network, "tls", "tcp", 1)
			c, err := net.Dial(transport, a.reach(network))
			if err != nil {
				t.Fatal(err)
			}
			c.Write(foreign) // a stream may be cut off at the first byte
			defer c.Close()
		}
	}
	a.probe("udp")
	a.probe("tcp")
	a.stands()
}

// A list of people with strange names: what can be a name becomes one, exactly; what cannot is named with its line, and then nobody is added.
func TestStrangeNames(t *testing.T) {
	t.Parallel()
	a := attack(t)
	names := []string{"O'Brien", "Zażółć Gęślą-Jaźń", "Анна-Мария фон Штольц", "山田太郎", "محمد علي", "Siti Nurhaliza binti Tarudin", "X Æ A-12", "Søren; DROP TABLE users;--",
		"<script>alert(1)</script>", "Robert \"Bob\" Tables", "Comma, Inc.", "=HYPERLINK(1)", "{name}", "%s%n%d", "null", "0", "👩‍👩‍👧 Family", "Ligature ﬁ",
		"E\u0301milie", "Line\nBreak", strings.Repeat("Ł", 60)}
	file := "\ufeffName;E-Mail;Extension\r\n"
	for i, n := range names {
		file += fmt.Sprintf("\"%s\";person%d@example.com;%d\r\n", strings.ReplaceAll(n, `"`, `""`), i, 300+i)
	}
	dry := a.server.call(200, "POST", "/v1/users/import?dry=1", file)
	if dry.At("problems") != 0.0 || dry.At("created") != float64(len(names)) {
		t.Fatalf("dry run: %v", dry)
	}
	if n := a.server.call(200, "GET", "/v1/users", nil).At("total"); n != 3.0 {
		t.Errorf("the dry run left %v people", n)
	}

	bad := []string{"", "   ", "nul\x00byte", "bell\aring", "override\u202egnirts", strings.Repeat("x", 5000)}
	broken := file
	for i, n := range bad {
		broken += fmt.Sprintf("\"%s\";bad%d@example.com;%d\r\n", n, i, 400+i)
	}
	broken += "Twice;person0@example.com;450\r\nSame Number;other@example.com;300\r\nNo Mail;nobody;451\r\nTaken;alice@example.com;452\r\nTaken Too;free@example.com;101\r\n"
	for _, path := range []string{"/v1/users/import?dry=1", "/v1/users/import"} {
		if r := a.server.call(422, "POST", path, broken+"\xff\xfe;x@example.com;460\r\n"); !strings.Contains(r.Text("message"), "UTF-8") {
			t.Errorf("%s with broken letters: %v", path, r)
		}
		r := a.server.call(200, "POST", path, broken)
		rows := Object{"items": r["rows"]}.Items()
		if len(rows) != len(names)+len(bad)+5 || r.At("problems") != float64(len(bad)+5) {
			t.Fatalf("%s: %d rows, %v problems: %v", path, len(rows), r.At("problems"), rows[min(len(names), len(rows)):])
		}
		for _, p := range rows[len(names):] {
			if p.At("action") != "problem" || len(p.Text("problem", "message")) < 10 || strings.Contains(p.Text("problem", "message"), "{") || p.At("line") == nil {
				t.Errorf("%s lets pass, or does not say why: %v", path, p)
			}
		}
		if n := a.server.call(200, "GET", "/v1/users", nil).At("total"); n != 3.0 {
			t.Errorf("%s left %v people", path, n)
		}
	}

	if got := a.server.call(200, "POST", "/v1/users/import", file); got.At("created") != float64(len(names)) {
		t.Fatalf("for real: %v", got)
	}
	known := map[string]string{}
	for _, u := range a.server.call(200, "GET", "/v1/users?limit=100", nil).Items() {
		known[u.Text("extension")] = u.Text("name")
	}
	for i, n := range names {
		switch n {
		case "E\u0301milie":
			n = "Émilie" // one normal form, so that it is found however it is typed
		case "Line\nBreak":
			n = "Line Break"
		}
		if known[fmt.Sprint(300+i)] != n {
			t.Errorf("%q is kept as %q", n, known[fmt.Sprint(300+i)])
		}
	}
	a.stands()
}
