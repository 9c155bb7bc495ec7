package officetest

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/web"
)

// A person in a real browser says who may reach him and what happens to everybody else; the scenario itself is
// web/test/browser/reachability.mjs.
func TestReachabilityInTheBrowser(t *testing.T) {
	if !web.Built() {
		t.Fatal("the web app is not in this binary; run make, which builds it first")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	x, err := NewExchange(netip.MustParseAddrPort(s.reach("udp")))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	const password = "seven calm kettles hum"
	id, err := s.Claim(ctx, Claim(), password, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Populate(ctx, s.Desk, pbx.Actor{Kind: pbx.ActorUser, User: id, Via: "cli"}, x); err != nil {
		t.Fatal(err)
	}
	browser := exec.CommandContext(ctx, "node", "test/browser/reachability.mjs")
	browser.Dir = filepath.Join("..", "web")
	browser.Env = append(os.Environ(), "TANDEM_BASE=http://"+s.Address("HTTP"), "TANDEM_EMAIL="+OwnerEmail, "TANDEM_PASSWORD="+password, "TANDEM_PATIENCE=40")
	browser.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said strings.Builder
	browser.Stderr = &said
	out, err := browser.Output()
	if err != nil || !strings.Contains(string(out), `"done"`) {
		t.Fatalf("the scenario failed: %v\n%s", err, said.String())
	}
}
