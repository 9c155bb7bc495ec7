package api

import (
	"context"
	"encoding/base64"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Device is a phone without its secret, which nobody reads after its creation.
type Device struct {
	ID         pbx.DeviceID   `json:"id"`
	User       pbx.UserID     `json:"user"`
	Name       string         `json:"name"`
	Kind       pbx.DeviceKind `json:"kind" enum:"desk,soft,mobile,browser"`
	Username   string         `json:"username"`
	Created    time.Time      `json:"created"`
	Registered bool           `json:"registered"`
	Bindings   []Binding      `json:"bindings" nullable:"false"`
}

// Binding is one place where a phone is registered now.
type Binding struct {
	Contact   string    `json:"contact,omitempty"`
	Source    string    `json:"source"`
	Transport string    `json:"transport"`
	Secure    bool      `json:"secure"`
	Agent     string    `json:"agent,omitempty"`
	Since     time.Time `json:"since"`
	Expires   time.Time `json:"expires"`
}

// Account is what has to be typed or scanned into a phone. It is shown once.
type Account struct {
	Username   string   `json:"username"`
	Secret     string   `json:"secret"`
	Domain     string   `json:"domain"`
	Server     string   `json:"server"`
	Ports      Ports    `json:"ports"`
	Transports []string `json:"transports" nullable:"false"`
	Realm      string   `json:"realm"`
	URI        string   `json:"uri"`
	QR         string   `json:"qr" doc:"picture as data: URI"`
	Text       string   `json:"text" doc:"the account in lines, to copy"`
}

// Ports are the listening ports; 0 means that the transport is off.
type Ports struct {
	SIP  int `json:"sip"`
	SIPS int `json:"sips"`
}

// NewDevice is the answer to making a phone or renewing its secret.
type NewDevice struct {
	Device  Device  `json:"device"`
	Account Account `json:"account"`
}

func (v *visit) showDevice(d *pbx.Device) Device {
	out := Device{ID: d.ID, User: d.User, Name: d.Name, Kind: d.Kind, Username: d.Username, Created: d.Created, Bindings: []Binding{}}
	for _, b := range v.live.Bindings(d.ID) {
		if !b.Expires.After(v.at) {
			continue
		}
		out.Registered = true
		out.Bindings = append(out.Bindings, Binding{b.Contact, b.Source, b.Transport, b.Secure, b.Agent, b.Since, b.Expires})
	}
	return out
}

// listDevices shows a person's phones to himself and to those who may change them (class set-up).
func (s *Server) listDevices(_ context.Context, v *visit, in *userIn) (Page[Device], error) {
	page := Page[Device]{Items: []Device{}}
	for _, d := range v.s.DevicesOf(pbx.UserID(in.User)) {
		page.Items = append(page.Items, v.showDevice(d))
	}
	page.Total = len(page.Items)
	return page, nil
}

type newDevice struct {
	User string `path:"user"`
	Body struct {
		Name string `json:"name"`
		Kind string `json:"kind,omitempty" enum:"desk,soft,mobile,browser" doc:"absent means soft"`
	}
}

func (s *Server) createDevice(ctx context.Context, v *visit, in *newDevice) (NewDevice, error) {
	r, err := s.do(ctx, v, command.CreateDevice{User: pbx.UserID(in.User), Name: in.Body.Name, Kind: pbx.DeviceKind(in.Body.Kind)})
	if err != nil {
		return NewDevice{}, err
	}
	return s.newDevice(v, r)
}

func (s *Server) newDevice(v *visit, r command.Result) (NewDevice, error) {
	d := v.s.Devices[pbx.DeviceID(r.Object.ID)]
	account, err := s.account(v, d, r.Secret)
	return NewDevice{v.showDevice(d), account}, err
}

type deviceIn struct {
	Device string `path:"device"`
}

func (s *Server) renewSecret(ctx context.Context, v *visit, in *deviceIn) (NewDevice, error) {
	r, err := s.do(ctx, v, command.RenewSecret{Device: pbx.DeviceID(in.Device)})
	if err != nil {
		return NewDevice{}, err
	}
	return s.newDevice(v, r)
}

type editDevice struct {
	Device string `path:"device"`
	Body   struct {
		Name *string `json:"name,omitempty"`
		Kind *string `json:"kind,omitempty" enum:"desk,soft,mobile,browser"`
	}
}

func (s *Server) patchDevice(ctx context.Context, v *visit, in *editDevice) (Device, error) {
	c := command.EditDevice{Device: pbx.DeviceID(in.Device), Name: in.Body.Name}
	if in.Body.Kind != nil {
		kind := pbx.DeviceKind(*in.Body.Kind)
		c.Kind = &kind
	}
	if _, err := s.do(ctx, v, c); err != nil {
		return Device{}, err
	}
	return v.showDevice(v.s.Devices[c.Device]), nil
}

func (s *Server) deleteDevice(ctx context.Context, v *visit, in *deviceIn) error {
	_, err := s.do(ctx, v, command.DeleteDevice{Device: pbx.DeviceID(in.Device)})
	return err
}

// SIP is where phones connect, as the house was started; the public name of the office goes before Host.
type SIP struct {
	Host string // name or address
	UDP  int    // ports; 0 means off
	TCP  int
	TLS  int
	WS   string // address of the WebSocket door

	Print string // SHA-256 of the certificate that is shown over TLS; empty without TLS
}

// host is the name or address that phones connect to.
func (s *Server) host(v *visit) string {
	if v.s.Tenant.Public != "" {
		return v.s.Tenant.Public
	}
	return s.c.SIP().Host
}

// account writes what a phone has to know, as fields, as text and as a picture.
func (s *Server) account(v *visit, d *pbx.Device, secret string) (Account, error) {
	sip, host := s.c.SIP(), s.host(v)
	a := Account{Username: d.Username, Secret: secret, Domain: host, Server: host, Realm: pbx.Realm, Transports: []string{},
		Ports: Ports{SIP: sip.UDP, SIPS: sip.TLS}}
	if a.Ports.SIP == 0 {
		a.Ports.SIP = sip.TCP
	}
	for _, t := range []struct {
		name string
		on   bool
	}{{"tls", sip.TLS != 0}, {"tcp", sip.TCP != 0}, {"udp", sip.UDP != 0}, {"ws", sip.WS != ""}} {
		if t.on {
			a.Transports = append(a.Transports, t.name)
		}
	}
	a.URI = "sip:" + d.Username + "@" + bracketed(host)
	png, err := qrcode.Encode(scanned(a), qrcode.Medium, 320)
	if err != nil {
		return Account{}, err
	}
	a.QR = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
	a.Text = s.say(v, i18n.T("account.text", "username", a.Username, "secret", a.Secret, "server", a.Server, "domain", a.Domain,
		"sip", strconv.Itoa(a.Ports.SIP), "sips", strconv.Itoa(a.Ports.SIPS), "realm", a.Realm))
	return a, nil
}

// scanned is the text in the picture: an address of RFC 3261 §19.1.1 with its password, over the safest transport there is.
func scanned(a Account) string {
	port, transport := a.Ports.SIP, "udp"
	if a.Ports.SIPS != 0 {
		port, transport = a.Ports.SIPS, "tls"
	}
	u := url.UserPassword(a.Username, a.Secret)
	return "sip:" + u.String() + "@" + net.JoinHostPort(a.Server, strconv.Itoa(port)) + ";transport=" + transport
}

// bracketed writes an IPv6 address as a URI wants it.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// deviceRights are what handling a phone asks for, over its owner: softphone.use reaches oneself only.
var deviceRights = []policy.Right{policy.SoftphoneUse, policy.DeviceEdit}
