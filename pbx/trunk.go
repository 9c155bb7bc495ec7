package pbx

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/number"
)

// Trunk is a line to a carrier or to another phone system (B-101). The times are seconds; 0 takes the usual one.
type Trunk struct {
	ID        TrunkID        `json:"id"`
	Name      string         `json:"name"`
	Group     GroupID        `json:"group,omitempty"` // whose it is: the office's when empty (B-101, B-113)
	Host      string         `json:"host"`            // name or address, with a port or without
	Transport string         `json:"transport,omitempty"`
	Domain    string         `json:"domain,omitempty"` // in addresses; empty is the name in Host
	Register  bool           `json:"register,omitempty"`
	Username  string         `json:"username,omitempty"`
	AuthName  string         `json:"auth_name,omitempty"` // where the carrier wants another name in the proof
	Secret    string         `json:"-"`
	Expires   int            `json:"expires,omitempty"`
	Ping      int            `json:"ping,omitempty"`
	Sources   []string       `json:"sources,omitempty"` // networks its calls come from, beside the addresses of Host
	Trusted   bool           `json:"trusted,omitempty"` // who calls is believed from its identity headers (SA-11)
	Account   bool           `json:"account,omitempty"` // the account stands in From, the caller's number beside it
	Encrypt   bool           `json:"encrypt,omitempty"` // sound has to be encrypted (SRTP)
	Calls     int            `json:"calls,omitempty"`   // at the same time; 0 is without a limit of ours
	Sends     number.Form    `json:"sends,omitempty"`
	Prefix    string         `json:"prefix,omitempty"`   // put before every number that is sent
	Shows     string         `json:"shows,omitempty"`    // number shown where the caller has none that he may show (TF-17)
	Deflects  bool           `json:"deflects,omitempty"` // the carrier sends calls on by itself when it is asked to (302, X-058)
	Onward    Onward         `json:"onward,omitempty"`
	Limits    *QualityLimits `json:"limits,omitempty"` // nil: the usual ones

	// Whose certificate the far side has to show, whoever of both builds up the connection (SA-17). Without either it shows one that the machine trusts
	// where we call it, and none where it calls us.
	Authorities string   `json:"authorities,omitempty"` // PEM: one of them vouches for the certificate
	Pins        []string `json:"pins,omitempty"`        // or it is one of these: SHA-256, 64 hexadecimal digits

	Off     bool      `json:"off,omitempty"`
	Created time.Time `json:"created"`
}

// Onward says how a carrier learns that a call from outside is sent on to a number outside. Where it does, such calls show who calls
// and name the number of the office that they came for; elsewhere they show that number alone (TF-17).
type Onward string

// The ways to tell. The zero value tells nothing.
const (
	OnwardSilent    Onward = ""
	OnwardDiversion Onward = "diversion" // RFC 5806
	OnwardHistory   Onward = "history"   // RFC 7044
)

// DID is a number of the office in the public network, and where calls for it go (B-115).
type DID struct {
	ID      DIDID       `json:"id"`
	Number  string      `json:"number"` // E.164
	Name    string      `json:"name,omitempty"`
	Trunk   TrunkID     `json:"trunk,omitempty"`  // only calls from there count; empty: from any
	Group   GroupID     `json:"group,omitempty"`  // whose it is: its people may show it (TF-17)
	To      Destination `json:"to,omitzero"`      // nowhere: the caller hears that the number is not in use
	Region  RegionID    `json:"region,omitempty"` // where it is: calls of that place show it (B-115)
	Shown   bool        `json:"shown,omitempty"`  // calls of the group's people show this number
	Created time.Time   `json:"created"`
}

// OutRoute says over which trunks numbers are called. The first whose conditions hold decides; without any, all trunks are tried in
// order of their age (B-102).
type OutRoute struct {
	ID       OutRouteID `json:"id"`
	Name     string     `json:"name"`
	Place    int        `json:"place"`              // in the order; smaller ones are asked first
	Classes  []string   `json:"classes,omitempty"`  // of number.Class; empty holds for all
	Prefixes []string   `json:"prefixes,omitempty"` // of E.164 numbers; empty holds for all
	Groups   []GroupID  `json:"groups,omitempty"`   // the caller is in one of them or below; empty holds for all
	Trunks   []Way      `json:"trunks"`
	Spread   bool       `json:"spread,omitempty"` // the least used first, by weight, instead of in order
	Off      bool       `json:"off,omitempty"`
	Created  time.Time  `json:"created"`
}

// Way is one trunk of an out route.
type Way struct {
	Trunk  TrunkID `json:"trunk"`
	Weight int     `json:"weight,omitempty"` // with Spread: calls it carries beside one of the others; 0 is 1
	Prefix string  `json:"prefix,omitempty"` // put before the number, for carriers that choose a tariff by it
	Shows  string  `json:"shows,omitempty"`  // number shown in place of the caller's own
}

// IsCertified reports whether the far side has to show a certificate of the office's choosing.
func (t *Trunk) IsCertified() bool { return t.Authorities != "" || len(t.Pins) > 0 }

// Fingerprint is by what a certificate, in DER, is named: SHA-256, 64 hexadecimal digits.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// The most that a trunk can hold of certificates.
const (
	MaxPins        = 20
	MaxAuthorities = 64 << 10 // bytes of PEM
)

// MaxWays is how many trunks one out route may list.
const MaxWays = 20

func (s *Snapshot) checkTrunk(t *Trunk) error {
	if t.Host == "" || strings.ContainsAny(t.Host, " \t<>@\"") {
		return Refuse(Invalid, "host", "trunk.host_bad")
	}
	if !slices.Contains([]string{"", "udp", "tcp", "tls"}, t.Transport) {
		return Refuse(Invalid, "transport", "trunk.transport_unknown", "value", t.Transport)
	}
	if !slices.Contains([]Onward{OnwardSilent, OnwardDiversion, OnwardHistory}, t.Onward) {
		return Refuse(Invalid, "onward", "trunk.onward_unknown", "value", string(t.Onward))
	}
	if t.Register && t.Username == "" {
		return Refuse(Invalid, "username", "trunk.username_missing")
	}
	if !slices.Contains(append(number.Forms(), ""), t.Sends) {
		return Refuse(Invalid, "sends", "trunk.format_unknown", "value", string(t.Sends))
	}
	if t.Expires != 0 && (t.Expires < 60 || t.Expires > 86400) {
		return Refuse(Invalid, "expires", "trunk.expires_range")
	}
	if t.Ping != 0 && (t.Ping < 5 || t.Ping > 3600) {
		return Refuse(Invalid, "ping", "trunk.ping_range")
	}
	if t.Calls < 0 || t.Calls > 100_000 {
		return Refuse(Invalid, "calls", "trunk.calls_range")
	}
	if strings.Trim(t.Prefix, "0123456789*#+") != "" {
		return Refuse(Invalid, "prefix", "trunk.prefix_bad")
	}
	if t.Encrypt && t.Transport != "tls" {
		return Refuse(Invalid, "encrypt", "trunk.encrypt_needs_tls")
	}
	if err := t.checkPeer(); err != nil {
		return err
	}
	if len(t.Sources) > 50 {
		return Refuse(Invalid, "sources", "trunk.sources_many")
	}
	for _, text := range t.Sources {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return Refuse(Invalid, "sources", "trunk.source_bad", "value", text)
		}
		if least := 8; p.Addr().Is4() && p.Bits() < least || p.Addr().Is6() && p.Bits() < 32 {
			return Refuse(Invalid, "sources", "trunk.source_wide", "value", text)
		}
	}
	if t.Group != "" {
		if err := s.hasGroup("group", t.Group); err != nil {
			return err
		}
	}
	return first(CheckName("name", t.Name), t.Limits.check(), checkLine("host", t.Host, 255), checkLine("domain", t.Domain, 255), checkLine("username", t.Username, 128),
		checkLine("auth_name", t.AuthName, 128), checkLine("secret", t.Secret, 256), checkLine("prefix", t.Prefix, 16), checkE164("shows", t.Shows))
}

// checkPeer takes certificates only where they are shown, and only fingerprints that can be one.
func (t *Trunk) checkPeer() error {
	switch {
	case t.IsCertified() && t.Transport != "tls":
		return Refuse(Invalid, "transport", "trunk.certificate_needs_tls")
	case len(t.Authorities) > MaxAuthorities:
		return Refuse(Invalid, "authorities", "trunk.authorities_long")
	case len(t.Pins) > MaxPins:
		return Refuse(Invalid, "pins", "trunk.pins_many", "max", strconv.Itoa(MaxPins))
	}
	for _, p := range t.Pins {
		if len(p) != 64 || strings.Trim(p, "0123456789abcdef") != "" {
			return Refuse(Invalid, "pins", "trunk.pin_bad", "value", p)
		}
	}
	return nil
}

func (s *Snapshot) checkDID(d *DID) error {
	if d.Number == "" {
		return Refuse(Invalid, "number", "did.number_bad")
	}
	if d.Trunk != "" && s.Trunks[d.Trunk] == nil {
		return Refuse(Invalid, "trunk", "trunk.unknown")
	}
	if d.Group != "" {
		if err := s.hasGroup("group", d.Group); err != nil {
			return err
		}
	}
	if d.Region != "" && !s.isRegion(d.Region) {
		return Refuse(Invalid, "region", "region.unknown")
	}
	return first(checkE164("number", d.Number), checkLine("name", d.Name, 100), checkDestination("to", d.To))
}

func (s *Snapshot) checkOutRoute(o *OutRoute) error {
	if len(o.Trunks) == 0 || len(o.Trunks) > MaxWays {
		return Refuse(Invalid, "trunks", "outroute.trunks_count", "max", strconv.Itoa(MaxWays))
	}
	for i, w := range o.Trunks {
		if s.Trunks[w.Trunk] == nil || slices.ContainsFunc(o.Trunks[:i], func(x Way) bool { return x.Trunk == w.Trunk }) {
			return Refuse(Invalid, "trunks", "trunk.unknown")
		}
		if w.Weight < 0 || w.Weight > 1000 {
			return Refuse(Invalid, "trunks", "outroute.weight_range")
		}
		if strings.Trim(w.Prefix, "0123456789*#+") != "" || len(w.Prefix) > 16 {
			return Refuse(Invalid, "trunks", "trunk.prefix_bad")
		}
		if err := checkE164("trunks", w.Shows); err != nil {
			return err
		}
	}
	for _, p := range o.Prefixes {
		if rest, ok := strings.CutPrefix(p, "+"); !ok || rest == "" || len(rest) > 15 || strings.Trim(rest, "0123456789") != "" {
			return Refuse(Invalid, "prefixes", "outroute.prefix_bad", "value", p)
		}
	}
	for _, g := range o.Groups {
		if err := s.hasGroup("groups", g); err != nil {
			return err
		}
	}
	if len(o.Prefixes) > 500 || len(o.Groups) > 500 || len(o.Classes) > 20 {
		return Refuse(Invalid, "prefixes", "outroute.too_much")
	}
	return CheckName("name", o.Name)
}

// checkE164 takes "+" and 7 to 15 digits, or nothing.
func checkE164(field, n string) error {
	if n == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(n, "+"); !ok || len(rest) < 7 || len(rest) > 15 || strings.Trim(rest, "0123456789") != "" {
		return Refuse(Invalid, field, "number.not_e164", "value", n)
	}
	return nil
}

// Leads lists where a number of the office leads.
func (d *DID) Leads(yield func(Lead) bool) { yield(Lead{d.Ref(), "to", d.To}) }

// ByNumber finds the office's number; nil if it has none such.
func (s *Snapshot) ByNumber(e164 string) *DID {
	d, _ := s.index.dids.Get(e164)
	return d
}

// DIDsInOrder lists the office's numbers, oldest first.
func (s *Snapshot) DIDsInOrder() []*DID {
	all := make([]*DID, 0, len(s.DIDs))
	for _, d := range s.DIDs {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *DID) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// OutRoutesInOrder lists the ways out in the order in which they are asked.
func (s *Snapshot) OutRoutesInOrder() []*OutRoute {
	all := make([]*OutRoute, 0, len(s.OutRoutes))
	for _, o := range s.OutRoutes {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *OutRoute) int {
		if a.Place != b.Place {
			return a.Place - b.Place
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return all
}

// TrunksInOrder lists the trunks, oldest first.
func (s *Snapshot) TrunksInOrder() []*Trunk {
	all := make([]*Trunk, 0, len(s.Trunks))
	for _, t := range s.Trunks {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *Trunk) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}
