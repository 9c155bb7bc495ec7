package api

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// Trunk is a line to a carrier, for those who may change it; its secret is never shown.
type Trunk struct {
	ID        pbx.TrunkID   `json:"id"`
	Name      string        `json:"name"`
	Group     pbx.GroupID   `json:"group,omitempty" doc:"whose it is; empty for the office"`
	GroupName string        `json:"group_name,omitempty"`
	Host      string        `json:"host"`
	Transport string        `json:"transport" enum:",udp,tcp,tls" doc:"empty lets DNS say"`
	Domain    string        `json:"domain,omitempty"`
	Register  bool          `json:"register"`
	Username  string        `json:"username,omitempty"`
	AuthName  string        `json:"auth_name,omitempty"`
	HasSecret bool          `json:"has_secret"`
	Expires   int           `json:"expires,omitempty" doc:"seconds"`
	Ping      int           `json:"ping,omitempty" doc:"seconds"`
	Sources   []string      `json:"sources" nullable:"false"`
	Trusted   bool          `json:"trusted"`
	Account   bool          `json:"account"`
	Encrypt   bool          `json:"encrypt"`
	Calls     int           `json:"calls,omitempty"`
	Sends     number.Form   `json:"sends" enum:"plus,digits,abroad,national"`
	Prefix    string        `json:"prefix,omitempty"`
	Shows     string        `json:"shows,omitempty"`
	Deflects  bool          `json:"deflects"`
	Onward    pbx.Onward    `json:"onward" enum:",diversion,history"`
	Limits    QualityLimits `json:"limits" doc:"from when on its calls are so bad that somebody is told"`
	Off       bool          `json:"off"`

	Authorities string   `json:"authorities,omitempty" doc:"PEM: one of them vouches for the certificate of the far side"`
	Pins        []string `json:"pins" nullable:"false" doc:"or it is one of these: SHA-256 in hexadecimal digits"`
	Shown       string   `json:"shown,omitempty" doc:"SHA-256 of the certificate that this system shows over TLS, for the far side to pin"`

	State    LineState `json:"state"`
	Revision string    `json:"revision"`
}

// LineState is how a line is at this moment.
type LineState struct {
	State   string        `json:"state" enum:"up,down,off,trying"`
	Problem string        `json:"problem,omitempty" doc:"why it is down, as a sentence"`
	Detail  string        `json:"detail,omitempty" doc:"in the words of the far side or of the system"`
	Target  string        `json:"target,omitempty" doc:"where requests go"`
	Latency int           `json:"latency,omitempty" doc:"milliseconds of the last answer"`
	Expires time.Time     `json:"expires,omitzero" doc:"of the registration"`
	Retry   time.Time     `json:"retry,omitzero" doc:"when it is tried again"`
	Calls   int           `json:"calls" doc:"that use it now"`
	Alert   *QualityAlert `json:"alert,omitempty" doc:"what is wrong with its calls"`
	Refused *LineRefusal  `json:"refused,omitempty" doc:"the last call from there that was refused because of its certificate, since the start of the system"`
}

// LineRefusal is a call over a line that was refused because of the certificate that the far side showed, or did not show.
type LineRefusal struct {
	At      time.Time `json:"at"`
	Problem string    `json:"problem" doc:"what was wrong, as a sentence"`
	Source  string    `json:"source" doc:"address it came from"`
	Name    string    `json:"name,omitempty" doc:"whose certificate was shown"`
	Print   string    `json:"print,omitempty" doc:"its SHA-256, to be pinned if it is the right one"`
	Count   int       `json:"count"`
}

// Line is what the house knows about a line.
type Line struct {
	Up      bool
	Problem string
	Status  int
	Detail  string
	Target  string
	Latency time.Duration
	Expires time.Time
	Retry   time.Time
	Alert   report.Alert
	Refused LineRefused
}

// LineRefused is the last call over a line that was refused because of a certificate; zero without one.
type LineRefused struct {
	At      time.Time
	Problem string // in one word
	Source  string
	Name    string
	Print   string
	Count   int
}

// problems are the reasons why a line is down that have a sentence.
var problems = []string{"user", "forbidden", "busy", "name", "refused", "silent", "tls", "expired", "other_name", "issuer", "plain", "handshake", "family", "secret", "scheme", "answer", "connection", "pinned", "chosen"}

func (v *visit) editsTrunk(t *pbx.Trunk) bool {
	return t != nil && v.can(policy.TrunkEdit, command.TrunkTarget(t.ID, t.Group))
}

func (s *Server) trunk(v *visit, t *pbx.Trunk) Trunk {
	out := Trunk{ID: t.ID, Name: t.Name, Group: t.Group, Host: t.Host, Transport: t.Transport, Domain: t.Domain, Register: t.Register, Username: t.Username,
		AuthName: t.AuthName, HasSecret: t.Secret != "", Expires: t.Expires, Ping: t.Ping, Sources: append([]string{}, t.Sources...), Trusted: t.Trusted, Account: t.Account,
		Encrypt: t.Encrypt, Calls: t.Calls, Sends: t.Sends, Prefix: t.Prefix, Shows: t.Shows, Deflects: t.Deflects, Onward: t.Onward, Limits: QualityLimits(t.QualityLimits()), Off: t.Off, Revision: command.Revision(t),
		Authorities: t.Authorities, Pins: append([]string{}, t.Pins...), Shown: s.c.SIP().Print}
	if out.Sends == "" {
		out.Sends = number.FormPlus
	}
	if t.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(t.Group)})
	}
	out.State = s.lineState(v, t)
	return out
}

// lineState says how a line is, in the visitor's language.
func (s *Server) lineState(v *visit, t *pbx.Trunk) LineState {
	out := LineState{State: "trying", Calls: v.live.OnTrunk(t.ID)}
	if t.Off {
		out.State = "off"
		return out
	}
	if s.c.Lines == nil {
		return out
	}
	l, known := s.c.Lines()[t.ID]
	switch {
	case !known:
		return out
	case l.Up:
		out.State = "up"
	case l.Problem != "":
		out.State = "down"
	}
	out.Alert = s.qualityAlert(v, l.Alert)
	if r := l.Refused; !r.At.IsZero() {
		out.Refused = &LineRefusal{r.At, s.say(v, i18n.T("trunk.refused."+r.Problem, "trunk", t.Name)), r.Source, r.Name, r.Print, r.Count}
	}
	out.Target, out.Latency, out.Expires, out.Retry, out.Detail = l.Target, int(l.Latency/time.Millisecond), l.Expires, l.Retry, l.Detail
	if text, known := ProblemText(l.Problem, t.Host, l.Status); known {
		out.Problem = s.say(v, text)
	}
	return out
}

// ProblemText says why a line is down and what to do about it; false for what has no sentence.
func ProblemText(problem, host string, status int) (i18n.Text, bool) {
	if !slices.Contains(problems, problem) {
		return i18n.Text{}, false
	}
	return i18n.T("trunk.problem."+problem, "host", host, "status", strconv.Itoa(status)), true
}

// listTrunks shows the trunks that the visitor may change.
func (s *Server) listTrunks(_ context.Context, v *visit, in *List) (Page[Trunk], error) {
	var rows []*pbx.Trunk
	for _, t := range v.s.TrunksInOrder() {
		if v.editsTrunk(t) && matches(in.Q, t.Name, t.Host) {
			rows = append(rows, t)
		}
	}
	part, next, err := pageOf(rows, *in, "name", func(t *pbx.Trunk) string { return strings.ToLower(t.Name) }, func(t *pbx.Trunk) string { return string(t.ID) })
	page := Page[Trunk]{Items: make([]Trunk, 0, len(part)), Next: next, Total: len(rows)}
	for _, t := range part {
		page.Items = append(page.Items, s.trunk(v, t))
	}
	return page, err
}

type trunkIn struct {
	Trunk string `path:"trunk"`
}

func (s *Server) getTrunk(_ context.Context, v *visit, in *trunkIn) (Trunk, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return Trunk{}, missing()
	}
	return s.trunk(v, t), nil
}

type trunkBody struct {
	Name      *string        `json:"name,omitempty"`
	Group     *pbx.GroupID   `json:"group,omitempty" doc:"whose it is; empty for the office"`
	Host      *string        `json:"host,omitempty" doc:"name or address of the carrier, with a port or without"`
	Transport *string        `json:"transport,omitempty" enum:",udp,tcp,tls"`
	Domain    *string        `json:"domain,omitempty" doc:"in addresses; empty is the name in host"`
	Register  *bool          `json:"register,omitempty" doc:"sign in at the carrier"`
	Username  *string        `json:"username,omitempty"`
	AuthName  *string        `json:"auth_name,omitempty" doc:"where the carrier wants another name in the proof"`
	Secret    *string        `json:"secret,omitempty" doc:"absent keeps the old one"`
	Expires   *int           `json:"expires,omitempty" doc:"seconds; 0 is usual"`
	Ping      *int           `json:"ping,omitempty" doc:"seconds; 0 is usual"`
	Sources   *[]string      `json:"sources,omitempty" doc:"networks its calls come from, beside the addresses of host"`
	Trusted   *bool          `json:"trusted,omitempty" doc:"believe its identity headers"`
	Account   *bool          `json:"account,omitempty" doc:"the account stands in From"`
	Encrypt   *bool          `json:"encrypt,omitempty" doc:"sound has to be encrypted"`
	Calls     *int           `json:"calls,omitempty" doc:"at the same time; 0 is without a limit"`
	Sends     *number.Form   `json:"sends,omitempty" enum:"plus,digits,abroad,national"`
	Prefix    *string        `json:"prefix,omitempty" doc:"put before every number that is sent"`
	Shows     *string        `json:"shows,omitempty" doc:"number shown where the caller has none that he may show"`
	Deflects  *bool          `json:"deflects,omitempty" doc:"the carrier sends calls on by itself when asked to (302)"`
	Onward    *pbx.Onward    `json:"onward,omitempty" enum:",diversion,history" doc:"how it learns that a call was sent on; such calls then show who calls"`
	Limits    *QualityLimits `json:"limits,omitempty" doc:"from when on somebody is told that its calls are bad; 0 is not looked at"`
	Off       *bool          `json:"off,omitempty"`

	Authorities *string   `json:"authorities,omitempty" doc:"PEM of those who may vouch for the certificate of the far side; needs tls"`
	Pins        *[]string `json:"pins,omitempty" doc:"certificates that the far side may show: SHA-256 as openssl prints it, or PEM; needs tls"`

	Revision string `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *trunkBody) read() command.Trunk {
	return command.Trunk{Name: b.Name, Group: b.Group, Host: b.Host, Transport: b.Transport, Domain: b.Domain, Register: b.Register, Username: b.Username,
		AuthName: b.AuthName, Secret: b.Secret, Expires: b.Expires, Ping: b.Ping, Sources: b.Sources, Trusted: b.Trusted, Account: b.Account, Encrypt: b.Encrypt,
		Calls: b.Calls, Sends: b.Sends, Prefix: b.Prefix, Shows: b.Shows, Deflects: b.Deflects, Onward: b.Onward, Limits: (*pbx.QualityLimits)(b.Limits), Off: b.Off, Authorities: b.Authorities, Pins: b.Pins}
}

type newTrunk struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body trunkBody
}

func (s *Server) createTrunk(ctx context.Context, v *visit, in *newTrunk) (Trunk, error) {
	made, err := s.made(ctx, v, command.CreateTrunk{Trunk: in.Body.read()}, in.Dry)
	if err != nil {
		return Trunk{}, err
	}
	return s.trunk(v, v.s.Trunks[pbx.TrunkID(made.ID)]), nil
}

type editTrunk struct {
	Trunk string `path:"trunk"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  trunkBody
}

func (s *Server) patchTrunk(ctx context.Context, v *visit, in *editTrunk) (Trunk, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return Trunk{}, missing()
	}
	c := command.EditTrunk{ID: t.ID, Trunk: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindTrunk, in.Trunk, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Trunk{}, err
	}
	return s.trunk(v, v.s.Trunks[t.ID]), nil
}

func (s *Server) deleteTrunk(ctx context.Context, v *visit, in *trunkIn) error {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteTrunk{ID: t.ID})
	return err
}

// tryTrunk asks a line that is down to try again at once.
func (s *Server) tryTrunk(_ context.Context, v *visit, in *trunkIn) (Trunk, error) {
	t := v.s.Trunks[pbx.TrunkID(in.Trunk)]
	if !v.editsTrunk(t) {
		return Trunk{}, missing()
	}
	if s.c.TryLine != nil {
		s.c.TryLine(t.ID)
	}
	return s.trunk(v, t), nil
}
