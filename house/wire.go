package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tandem/api"
	"tandem/auth"
	"tandem/command"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

func (m *Memory) newAuth() *auth.Service {
	return auth.New(auth.Config{Store: m.Store, View: m.snapshot, Publish: m.publish, Proxies: m.Config.Proxies, Log: m.log,
		Warn: func(u pbx.UserID, addr string, failed int) {
			m.log.Warn("login_failed", "user", u, "ip", addr, "failures", failed)
			if m.warn != nil {
				m.warn(u)
			}
		}})
}

func (m *Memory) snapshot() *pbx.Snapshot {
	s, _ := m.Directory.View()
	return s
}

// Claim makes the first account from the shell of the server, where no link is needed, and tells who it is.
func (m *Memory) Claim(ctx context.Context, c command.Claim, password string, who pbx.Actor) (id pbx.UserID, err error) {
	_, err = m.Auth.Claim(ctx, "", c.Email, c.Name, password, auth.Visit{Agent: "command line"}, func(owner pbx.UserID, k auth.Keeper) error {
		c.ID, id = owner, owner
		_, err := m.Desk.Through(k).Do(ctx, who, c)
		return err
	})
	if err == nil {
		err = removeIfThere(m.Config.SetupFile())
	}
	return id, err
}

func removeIfThere(file string) error {
	if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (h *House) newMail() *outbox.Sender {
	return outbox.New(outbox.Config{Store: h.Store, View: h.snapshot, Catalog: h.Catalog, Log: h.log, Sound: h.mailedSound, Sent: h.mailed})
}

func (h *House) apiConfig() api.Config {
	return api.Config{Desk: h.Desk, Store: h.Store, Directory: h.Directory, Bus: h.Bus, Auth: h.Auth, Calls: h.Board, Catalog: h.Catalog, Blobs: h.Blobs, Prompts: h.Voice.Library,
		SIP: h.whereSIP, Compose: h.letter, TestMail: h.testMail, SendMail: h.Mail.Retry, Checkpoints: h.checkpoints, Blocks: blocklist{h}, Push: pushDoor{h}, Lines: h.lineStates, TryLine: h.SIP.TryTrunk, TestLine: h.tryLine, LineTrial: h.lineTrial, Clock: h.clock.wrong.Load, Spent: h.till.Spent, Sound: h.wav, SendOn: h.sendOnPlain, Playback: h.Playback, Privacy: privacy{h}, Talk: talkDoor{h}, Heard: h.tellHeard, Used: h.uses.note, Now: h.Config.Now, Log: h.log, Version: h.Config.Version}
}

// checkpoints are the ends of the audit log as they stand outside the database.
func (h *House) checkpoints() ([]store.Checkpoint, error) {
	return store.Checkpoints(h.Config.Checkpoints())
}

// letter writes the mail that carries a link to a person.
func (h *House) letter(_ pbx.Actor, u pbx.UserID) api.Letter {
	return func(link store.Link, secret string) (store.Mail, error) {
		now := time.Now()
		s := h.snapshot()
		to := s.Users[u]
		if to == nil {
			return store.Mail{}, pbx.Refuse(pbx.NotFound, "", "error.not_found")
		}
		kind := outbox.Reset
		if link.Kind == store.LinkInvitation {
			kind = outbox.Invitation
		}
		// The mail leaves when its transaction has ended: Run looks at the outbox again a moment later.
		time.AfterFunc(time.Second, h.Mail.Wake)
		m := h.mailFor(s, to, now, kind, "/link/"+secret)
		m.Until = link.Expires
		return h.Mail.Write(m), nil
	}
}

// mailFor is a mail to one of us, in his language and zone, with a link to a page of the app where there is one.
func (h *House) mailFor(s *pbx.Snapshot, u *pbx.User, at time.Time, kind outbox.Kind, page string) outbox.Message {
	m := outbox.Message{Kind: kind, User: u.ID, Name: u.Name, To: u.Email, Language: s.LanguageOf(u.ID, at), Zone: s.ZoneOf(u.ID, at)}
	if page != "" {
		m.Link = h.webAddress() + page
	}
	return m
}

// warnPerson tells a person that somebody keeps failing at his password (BAR WB-02).
func (h *House) warnPerson(id pbx.UserID) {
	h.informNow(notice{Happening: policy.Happening{Kind: policy.NoticeWarning, Users: people(id)}, page: "/profile"})
}

func (h *House) testMail(ctx context.Context, to string) error {
	s := h.snapshot()
	m := outbox.Message{Kind: outbox.Test, To: to, Language: s.Tenant.Language, Zone: s.Tenant.Zone, Office: s.Tenant.Name}
	if u := s.ByEmail(to); u != nil {
		m.User, m.Name, m.Language = u.ID, u.Name, s.LanguageOf(u.ID, time.Now())
	}
	return h.Mail.Test(ctx, m)
}

// Where is one address the house is reached at.
type Where struct{ Name, Where string }

// Addresses lists where the house listens: HTTP, SIP UDP, SIP TCP, SIP TLS; with the ports that were chosen.
func (h *House) Addresses() []Where {
	var list []Where
	if h.web != nil && h.web.listener != nil {
		list = append(list, Where{"HTTP", h.web.listener.Addr().String()})
	}
	if h.meters != nil {
		list = append(list, Where{"metrics", h.meters.listener.Addr().String()})
	}
	for _, a := range h.SIP.Addrs() {
		list = append(list, Where{"SIP " + strings.ToUpper(a.Transport), a.Addr.String()})
	}
	return list
}

// Address is where the house listens under a name of Addresses; empty when it does not.
func (h *House) Address(name string) string {
	for _, a := range h.Addresses() {
		if a.Name == name {
			return a.Where
		}
	}
	return ""
}

// whereSIP is where phones connect, as the house was started.
func (h *House) whereSIP() api.SIP {
	out := api.SIP{Host: h.publicName(), WS: "/sip", Print: h.shows}
	if out.Host == "" {
		out.Host = h.Media.Public().String()
	}
	for _, a := range h.SIP.Addrs() {
		switch port := int(a.Addr.Port()); a.Transport {
		case "udp":
			out.UDP = port
		case "tcp":
			out.TCP = port
		case "tls":
			out.TLS = port
		}
	}
	return out
}

// webAddress is the address of the web app as people type it.
func (h *House) webAddress() string {
	if h.Config.Web != "" {
		return strings.TrimRight(h.Config.Web, "/")
	}
	at, err := netip.ParseAddrPort(h.Address("HTTP"))
	if err != nil {
		return ""
	}
	host := at.Addr().Unmap()
	if host.IsUnspecified() {
		host = ownAddress()
	}
	return "http://" + net.JoinHostPort(host.String(), fmt.Sprint(at.Port()))
}

// SetupFile holds the set-up link for whoever cannot see the terminal; only the owner of the process may read it.
func (c Config) SetupFile() string { return filepath.Join(c.Data, "setup-link") }

// SetupLink is the one-time link that claims the office; empty once it is claimed.
func (h *House) SetupLink() string {
	if h.Claimed() {
		return ""
	}
	return h.setup
}

// linkForSetup makes a fresh link while nobody owns the office (BAR FX-01).
func (h *House) linkForSetup(ctx context.Context) error {
	if h.Claimed() {
		return removeIfThere(h.Config.SetupFile())
	}
	secret, err := h.Auth.NewSetup(ctx)
	if err != nil {
		return err
	}
	h.setup = h.webAddress() + "/setup?token=" + url.QueryEscape(secret)
	if err := os.MkdirAll(h.Config.Data, 0o700); err != nil {
		return err
	}
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		if old.Tenant.Claimed.IsZero() && !next.Tenant.Claimed.IsZero() {
			if err := removeIfThere(h.Config.SetupFile()); err != nil {
				h.log.Warn("set-up link", "error", err)
			}
		}
	}))
	return os.WriteFile(h.Config.SetupFile(), []byte(h.setup+"\n"), 0o600)
}
