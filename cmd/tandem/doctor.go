package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"tandem/house"
	"tandem/store"
	"tandem/web"
)

type doctorCommand struct {
	where `embed:""`
	ports `embed:""`
}

// finding is the result of one check; an empty advice means that all is well.
type finding struct {
	what, found, advice string
}

// errUnhealthy lets the verb fail after everything was shown.
var errUnhealthy = errors.New("unhealthy")

func (d doctorCommand) Run(ctx context.Context, std streams) (err error) {
	sick := 0
	show := func(f finding) {
		mark := "ok  "
		if f.advice != "" {
			mark = "BAD "
			sick++
		}
		fmt.Fprintf(std.out, "%s%-12s %s\n", mark, f.what, f.found)
		if f.advice != "" {
			fmt.Fprintf(std.out, "    %-12s → %s\n", "", f.advice)
		}
	}
	m, err := d.open(ctx, std)
	if err != nil {
		show(finding{"database", say(err), "check --data or --database, and that this user may read and write there"})
	} else {
		defer closing(m, &err)
		show(d.people(m))
		show(d.audit(ctx, m))
		show(d.mail(ctx, m))
	}
	show(d.disk())
	show(d.certificate())
	for _, p := range []struct{ what, network, addr string }{
		{"web", "tcp", d.HTTP}, {"SIP UDP", "udp", d.SIP}, {"SIP TCP", "tcp", d.SIP}, {"SIP TLS", "tcp", d.SIPS},
	} {
		show(listening(p.what, p.network, p.addr))
	}
	show(clock())
	if !web.Built() {
		show(finding{"web app", "not in this binary", "build with make, which builds the web app first"})
	}
	if sick > 0 {
		fmt.Fprintf(std.out, "\n%d finding(s) need attention.\n", sick)
		return errors.Join(errShown, errUnhealthy)
	}
	_, err = io.WriteString(std.out, "\nAll is well.\n")
	return err
}

func (d doctorCommand) people(m *house.Memory) finding {
	s, _ := m.Directory.View()
	if !m.Claimed() {
		return finding{"office", "nobody owns it yet", "open the link that tandem serve prints, or run tandem setup"}
	}
	return finding{"office", fmt.Sprintf("%s: %d people, %d groups, %d phones, version %d", s.Tenant.Name, len(s.Users), len(s.Groups), len(s.Devices), s.Version), ""}
}

func (d doctorCommand) audit(ctx context.Context, m *house.Memory) finding {
	outside, err := store.Checkpoints(filepath.Join(d.Data, "checkpoints.log"))
	if err != nil {
		return finding{"audit log", err.Error(), "the file checkpoints.log must be readable"}
	}
	v, err := m.Store.Verify(ctx, outside...)
	switch {
	case err != nil:
		return finding{"audit log", err.Error(), "the database could not be read to its end; restore a backup"}
	case !v.OK:
		return finding{"audit log", fmt.Sprintf("broken at entry %d (%s)", v.FirstBad, v.Problem), "somebody changed the database by hand; compare with a backup"}
	}
	return finding{"audit log", fmt.Sprintf("%d entries, intact", v.Entries), ""}
}

func (d doctorCommand) mail(ctx context.Context, m *house.Memory) finding {
	s, _ := m.Directory.View()
	if s.Tenant.Mail.Host == "" {
		return finding{"mail", "no server is set; mails are kept in the outbox", ""}
	}
	addr := net.JoinHostPort(s.Tenant.Mail.Host, fmt.Sprint(s.Tenant.Mail.Port))
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return finding{"mail", err.Error(), "check host and port under Settings, and the firewall"}
	}
	c.Close()
	return finding{"mail", addr + " answers", ""}
}

func (d doctorCommand) disk() finding {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.Data, &fs); err != nil {
		return finding{"disk", err.Error(), "the data directory must exist; tandem serve makes it"}
	}
	free := fs.Bavail * uint64(fs.Bsize) >> 20
	f := finding{"disk", fmt.Sprintf("%d MB free in %s", free, d.Data), ""}
	if free < 500 {
		f.advice = "make room: calls go on when the disk is full, but nothing can be changed and new calls are refused"
	}
	return f
}

func (d doctorCommand) certificate() finding {
	until, err := house.CertificateUntil(d.Data, d.Cert, d.Key)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return finding{"certificate", "a self-made one will be made at start", ""}
	case err != nil:
		return finding{"certificate", err.Error(), "give --cert and --key as PEM files that belong together"}
	case time.Until(until) < 14*24*time.Hour:
		return finding{"certificate", "valid until " + until.Format(time.DateOnly), "renew it and start Tandem again; phones refuse an expired one"}
	}
	return finding{"certificate", "valid until " + until.Format(time.DateOnly), ""}
}

// listening tells whether an address is in use, which it is while the server runs, or free for it.
func listening(what, network, addr string) finding {
	if addr == "" {
		return finding{what, "off", ""}
	}
	var err error
	if network == "udp" {
		var c net.PacketConn
		if c, err = net.ListenPacket("udp", addr); err == nil {
			c.Close()
		}
	} else {
		var l net.Listener
		if l, err = net.Listen("tcp", addr); err == nil {
			l.Close()
		}
	}
	switch {
	case err == nil:
		return finding{what, addr + " is free: the server is not running", ""}
	case errors.Is(err, syscall.EADDRINUSE):
		return finding{what, addr + " is in use, by Tandem if it runs", ""}
	}
	return finding{what, err.Error(), "choose another address with a flag, or start as a user who may use this port"}
}

// clock looks for a clock that cannot be right: certificates, links and the audit log depend on it.
func clock() finding {
	now := time.Now()
	if now.Year() < 2026 {
		return finding{"clock", now.Format(time.RFC3339), "set the clock of this machine, for instance with systemd-timesyncd"}
	}
	return finding{"clock", now.Format(time.RFC3339), ""}
}
