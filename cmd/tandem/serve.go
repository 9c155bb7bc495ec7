package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"

	"tandem/house"
)

// ports are the addresses and names that must be known before the database.
type ports struct {
	HTTP    string    `name:"http" help:"Web app, API and SIP over WebSocket." default:"127.0.0.1:8080" env:"TANDEM_HTTP" placeholder:"ADDR"`
	SIP     string    `name:"sip" help:"SIP over UDP and TCP." default:":5060" env:"TANDEM_SIP" placeholder:"ADDR"`
	SIPS    string    `name:"sips" help:"SIP over TLS; empty for none." default:":5061" env:"TANDEM_SIPS" placeholder:"ADDR"`
	Metrics string    `help:"Figures for Prometheus, at /metrics; empty for none." env:"TANDEM_METRICS" placeholder:"ADDR"`
	Public  string    `help:"Name or address that phones connect to; default is the machine's own address." env:"TANDEM_PUBLIC" placeholder:"NAME"`
	Web     string    `help:"Address of the web app as people type it, for links in mails; default is that of --http." env:"TANDEM_WEB" placeholder:"URL"`
	RTP     string    `name:"rtp" help:"UDP ports for sound." default:"30000-39999" env:"TANDEM_RTP" placeholder:"LOW-HIGH"`
	Cert    string    `help:"PEM file of the certificate for SIP over TLS; default is a self-made one." env:"TANDEM_CERT" placeholder:"FILE"`
	Key     string    `help:"PEM file of its key." env:"TANDEM_KEY" placeholder:"FILE"`
	Exempt  []network `help:"Networks that are never blocked for wrong secrets, such as 10.0.0.0/8." env:"TANDEM_EXEMPT" placeholder:"NET"`
	Digests []string  `help:"Digest algorithms offered to phones, the preferred first: SHA-256, MD5. Very old phones read only the first." default:"SHA-256,MD5" enum:"SHA-256,MD5" env:"TANDEM_DIGESTS" placeholder:"LIST"`
	Rate    float64   `help:"SIP messages per second that one address may send; 0 for the default." hidden:"" env:"TANDEM_RATE"`
	Proxies []network `help:"Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed." env:"TANDEM_PROXIES" placeholder:"NET"`
}

func (p ports) config(w where, std streams) house.Config {
	return house.Config{Data: w.Data, Database: w.Database, HTTP: p.HTTP, SIP: p.SIP, SIPS: p.SIPS, Metrics: p.Metrics, Public: p.Public, RTP: p.RTP, Web: p.Web,
		Cert: p.Cert, Key: p.Key, Exempt: prefixes(p.Exempt), Rate: p.Rate, Digests: p.Digests, Proxies: prefixes(p.Proxies), Version: version, Log: w.logger(std.err)}
}

// network is a range of addresses, or one address.
type network netip.Prefix

// UnmarshalText reads 10.0.0.0/8 and 10.1.2.3.
func (n *network) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		*n = network(netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is no network; write for example 10.0.0.0/8", text)
	}
	*n = network(p.Masked())
	return nil
}

func prefixes(list []network) (out []netip.Prefix) {
	for _, n := range list {
		out = append(out, netip.Prefix(n))
	}
	return out
}

type serveCommand struct {
	where `embed:""`
	ports `embed:""`
}

// Help is shown by tandem serve --help.
func (serveCommand) Help() string {
	return `Everything else is set in the web app and takes effect at once. At the first start a link is printed; open it to become the owner of the office.
Port 0 takes a free port; the ports in use are printed. SIGTERM says goodbye to running calls and stops.`
}

func (s serveCommand) Run(ctx context.Context, std streams) error {
	h, err := house.Build(ctx, s.config(s.where, std))
	if err != nil {
		return err
	}
	announce(std.out, h)
	return h.Run(ctx)
}

// announce prints where the house is reached, one line each, "what: where".
func announce(w io.Writer, h *house.House) {
	for _, a := range h.Addresses() {
		fmt.Fprintf(w, "%s: %s\n", a.Name, a.Where)
	}
	if link := h.SetupLink(); link != "" {
		fmt.Fprintf(w, "\nSet up your office: %s\n(valid for 24 hours, works once; also in %s)\n", link, h.Config.SetupFile())
	}
}
