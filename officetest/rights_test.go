package officetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/web"
)

// An owner in a real browser gives a role in one group, denies one right to one member after a look at what it does, gives a
// right for a week, and takes both back. The scenario is web/test/browser/person-rights.mjs.
func TestRightsOfAPersonInTheBrowser(t *testing.T) {
	if !web.Built() {
		t.Fatal("the web app is not in this binary; run make, which builds it first")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	for _, name := range []string{"Eva", "Mark"} {
		s.call(201, "POST", "/v1/users", object{"name": name, "email": strings.ToLower(name) + "@example.com", "groups": []object{{"group": sales, "role": "user"}}})
	}
	browser := exec.CommandContext(ctx, "node", "test/browser/person-rights.mjs")
	browser.Dir = filepath.Join("..", "web")
	browser.Env = append(os.Environ(), "TANDEM_BASE=http://"+s.Address("HTTP"), "TANDEM_EMAIL=olga@example.com", "TANDEM_PASSWORD=correct horse battery",
		"TANDEM_GROUP=Sales", "TANDEM_NAME=Mark", "TANDEM_PATIENCE=40")
	browser.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if said, err := browser.CombinedOutput(); err != nil {
		t.Fatalf("the scenario failed: %v\n%s", err, said)
	}
}
