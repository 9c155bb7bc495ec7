package house

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tandem/sip"
)

// Config is what must be known before the database: where the data is and where to listen. Everything else is data.
type Config struct {
	Data     string // directory of the database, certificate, checkpoints
	Database string // sqlite:PATH or postgres://…; empty is a file in Data
	HTTP     string // host:port of web app, API and SIP over WebSocket; empty listens nowhere
	SIP      string // host:port of SIP over UDP and TCP
	SIPS     string // host:port of SIP over TLS; empty is none
	Metrics  string // host:port at which figures are read; empty is none
	Public   string // name or address phones connect to; empty is the machine's own address
	Web      string // address of the web app as people type it, for links in mails; empty is that of HTTP
	RTP      string // LOW-HIGH, UDP ports for sound
	Cert     string // PEM files of the certificate; empty is a self-made one
	Key      string
	Exempt   []netip.Prefix   // networks that are never blocked for wrong secrets
	Rate     float64          // SIP messages per second and source before they are dropped; 0 is the stack's default
	Proxies  []netip.Prefix   // reverse proxies whose X-Forwarded-For is believed
	Digests  []string         // digest algorithms offered to phones, the first preferred; none is SHA-256 and MD5
	TrunkTLS *tls.Config      // whom trunks over TLS trust; nil trusts what the system trusts
	FeedTLS  *tls.Config      // whom feeds of calendars trust; nil trusts what the system trusts
	Resolver sip.Resolver     // for trunks; nil asks the system
	Now      func() time.Time // the moment of decisions and of the log; nil is the clock of the machine
	Version  string
	Log      *slog.Logger

	PushClient *http.Client // for push services; nil reaches public addresses only
}

// database is the URL of the database; for an embedded one the data directory is made.
func (c Config) database() (string, error) {
	if c.Database != "" && !strings.HasPrefix(c.Database, "sqlite:") {
		return c.Database, nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	if c.Database != "" {
		return c.Database, nil
	}
	return "sqlite:" + filepath.Join(c.Data, "tandem.db"), nil
}

// sound is where RTP is received and what is written into descriptions: the host of the SIP address where it names one.
func (c Config) sound() (bind, public netip.Addr, low, high int, err error) {
	host, _, err := net.SplitHostPort(c.SIP)
	if err != nil {
		return bind, public, 0, 0, refusedAddress("--sip", err)
	}
	bind = netip.IPv4Unspecified()
	if a, err := netip.ParseAddr(host); err == nil && !a.IsUnspecified() {
		bind = a
	}
	public = bind
	if bind.IsUnspecified() {
		public = ownAddress()
	}
	if c.Public != "" {
		if a, err := resolve(c.Public, bind); err == nil {
			public = a
		} else if c.Log != nil {
			c.Log.Warn("the public name has no address yet; descriptions carry the machine's own", "public", c.Public, "address", public, "error", err)
		}
	}
	if c.RTP != "" {
		from, to, ok := strings.Cut(c.RTP, "-")
		low, err = strconv.Atoi(from)
		if err == nil && ok {
			high, err = strconv.Atoi(to)
		}
		if err != nil || !ok || low < 1024 || high > 65535 || high-low < 3 {
			return bind, public, 0, 0, fmt.Errorf("--rtp %q: give LOW-HIGH between 1024 and 65535, for example 30000-39999", c.RTP)
		}
	}
	return bind, public, low, high, nil
}

func resolve(name string, bind netip.Addr) (netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return a, nil
	}
	network := "ip4"
	if bind.Is6() {
		network = "ip"
	}
	a, err := net.ResolveIPAddr(network, name)
	if err != nil {
		return netip.Addr{}, err
	}
	ip, ok := netip.AddrFromSlice(a.IP)
	if !ok {
		return netip.Addr{}, fmt.Errorf("%s has no address", name)
	}
	return ip.Unmap(), nil
}
