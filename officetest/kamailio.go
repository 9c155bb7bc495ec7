package officetest

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Kamailio is a carrier that nobody here has written: a proxy and registrar in a process of its own. People outside register with it,
// by any name and its password; the office signs in as "office" or is known by its address.
type Kamailio struct {
	Main, Silent, Tired, Secure string // its ports: the good one, one without a word, one that rings and breaks down, TLS
	Password                    string
	Dir                         string
	cmd                         *exec.Cmd
}

//go:embed testdata/kamailio.cfg
var kamailioConfig string

// NewKamailio writes its configuration. Calls for +49305551… go to the office's address, those for +49305552… to the contact
// of the account that signed in; all others to people outside.
func NewKamailio(dir, office string) (*Kamailio, error) {
	ports, err := portsFor(4)
	if err != nil {
		return nil, err
	}
	_, own, err := net.SplitHostPort(office)
	if err != nil {
		return nil, err
	}
	k := &Kamailio{Main: ports[0], Silent: ports[1], Tired: ports[2], Secure: ports[3], Password: "carrier-password", Dir: dir}
	fill := strings.NewReplacer("MAIN", k.Main, "SILENT", k.Silent, "TIRED", k.Tired, "SECURE", k.Secure, "OFFICE", own, "PASSWORD", k.Password, "DIR", dir)
	return k, os.WriteFile(filepath.Join(dir, "kamailio.cfg"), []byte(fill.Replace(kamailioConfig)), 0o600)
}

// portsFor finds ports that are free on UDP and TCP.
func portsFor(n int) ([]string, error) {
	var ports []string
	for range 100 {
		a, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer a.Close()
		port := strconv.Itoa(a.LocalAddr().(*net.UDPAddr).Port)
		if t, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			t.Close()
			if ports = append(ports, port); len(ports) == n {
				return ports, nil
			}
		}
	}
	return nil, fmt.Errorf("no %d free ports", n)
}

// Start runs it, with TLS where Dir holds a tls.cfg, and waits until it answers.
func (k *Kamailio) Start(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(k.Dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-f", filepath.Join(k.Dir, "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8", "-Y", k.Dir, "-P", filepath.Join(k.Dir, "pid")}
	if _, err := os.Stat(filepath.Join(k.Dir, "tls.cfg")); err == nil {
		args = append(args, "-A", "TLS")
	}
	k.cmd = exec.Command("kamailio", args...)
	k.cmd.Stdout, k.cmd.Stderr = log, log
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		return fmt.Errorf("kamailio (Debian package kamailio): %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:"+k.Main); err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			k.Stop()
			return fmt.Errorf("kamailio does not listen: %w\n%s", ctx.Err(), k.Log())
		case <-tick.C:
		}
	}
}

// Stop ends it at once, as a power cut does.
func (k *Kamailio) Stop() {
	if k.cmd == nil {
		return
	}
	syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
	k.cmd.Wait()
	k.cmd = nil
}

// Log is what it wrote so far.
func (k *Kamailio) Log() string {
	text, _ := os.ReadFile(filepath.Join(k.Dir, "log"))
	return string(text)
}
