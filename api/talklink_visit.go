package api

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/auth"
	"tandem/pbx"
)

// Talk is what the interface needs of whoever lets visitors of Talk links in.
type Talk interface {
	Visitors() *auth.Gate
	Shown(l *pbx.TalkLink, name string) string // how a visitor is called who says that this is his name
	Ask(ctx context.Context, l *pbx.TalkLink, name, number, words string) error
	Visited(ctx context.Context, v pbx.Visit) (pbx.VisitID, error) // keeps what a visitor wrote
}

// TalkPage is what a visitor sees who opens a Talk link.
type TalkPage struct {
	Name     string     `json:"name"`
	Office   string     `json:"office"`
	Open     bool       `json:"open" doc:"somebody can be called now; else it is outside the hours"`
	Opens    time.Time  `json:"opens,omitzero" doc:"when it is open again, where that is known"`
	Again    time.Time  `json:"again,omitzero" doc:"the calls of today are used up; when calls are taken again"`
	Zone     string     `json:"zone" doc:"of the place that is called"`
	Named    bool       `json:"named" doc:"the visitor has to say a name"`
	Mailed   bool       `json:"mailed" doc:"… and an e-mail address"`
	About    bool       `json:"about" doc:"he is asked what it is about"`
	Keep     int        `json:"keep" doc:"days that what he writes is kept"`
	Back     bool       `json:"back" doc:"he may ask to be called back"`
	Keypad   bool       `json:"keypad" doc:"a menu may ask for keys"`
	Recorded bool       `json:"recorded" doc:"calls may be recorded; the call itself says so before"`
	Puzzle   TalkPuzzle `json:"puzzle"`
}

// TalkPuzzle is to be solved before anything else: find a number so that the SHA-256 of text, a colon and the number begins with so many zero bits.
type TalkPuzzle struct {
	Text string `json:"text"`
	Bits int    `json:"bits"`
}

type talkKey struct {
	Key string `path:"key" maxLength:"100"`
}

// talkTo finds what a visitor's address opens. Requests that a page of another site makes open nothing: the visitor has to press the button of ours (PL-09).
func (s *Server) talkTo(v *visit, key string) (*pbx.TalkLink, error) {
	if site := v.r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return nil, pbx.Refuse(pbx.NotFound, "", "talk.unknown")
	}
	return s.c.Talk.Visitors().Find(key, s.caller(v).Addr, v.at)
}

// talkHours reports whether a link's calls are taken now, and when they are again.
func (v *visit) talkHours(l *pbx.TalkLink) (open bool, next time.Time) {
	kept := v.s.TalkHours(l, v.at)
	if l.Always || kept.Plan == nil {
		return true, next
	}
	if kept.Plan.At(v.at).State == pbx.StateOpen {
		return true, next
	}
	for stretch := range kept.Plan.Stretches(v.at, v.at.AddDate(0, 0, 14)) {
		if stretch.State == pbx.StateOpen && stretch.From.After(v.at) {
			return false, stretch.From
		}
	}
	return false, next
}

func (s *Server) getTalk(_ context.Context, v *visit, in *talkKey) (TalkPage, error) {
	l, err := s.talkTo(v, in.Key)
	if err != nil {
		return TalkPage{}, err
	}
	p := s.c.Talk.Visitors().Puzzle(l, s.caller(v).Addr, v.at)
	out := TalkPage{Name: l.Name, Office: v.s.Tenant.Name, Zone: v.s.TalkHours(l, v.at).Zone, Named: l.Named, Mailed: l.Mailed, About: l.About, Keep: cmp.Or(l.Keep, pbx.UsualVisitKept), Back: l.Back, Keypad: l.To.Kind == pbx.ToMenu, Recorded: len(v.s.RecordRules) > 0,
		Puzzle: TalkPuzzle{p.Text, p.Bits}}
	out.Open, out.Opens = v.talkHours(l)
	out.Again = s.c.Talk.Visitors().Again(l, v.at)
	return out, nil
}

// TalkTicket lets a visitor's browser make his one call.
type TalkTicket struct {
	Path     string `json:"path" doc:"where SIP is spoken over a web socket, on the host of this answer; it works once, soon, and from the same network"`
	Username string `json:"username"`
	Domain   string `json:"domain"`
	Minutes  int    `json:"minutes" doc:"how long a call may last"`
}

type talkCall struct {
	Key  string `path:"key" maxLength:"100"`
	Body struct {
		Puzzle   string `json:"puzzle" maxLength:"200"`
		Solution string `json:"solution" maxLength:"20"`
		Name     string `json:"name,omitempty" maxLength:"200"`
		Email    string `json:"email,omitempty" maxLength:"254" doc:"only where the link asks for it"`
		Words    string `json:"words,omitempty" maxLength:"200" doc:"what it is about; only where the link asks for it"`
	}
}

// postTalkCall lets a visitor in. Nothing of the house is used for him before this (PL-07).
func (s *Server) postTalkCall(ctx context.Context, v *visit, in *talkCall) (TalkTicket, error) {
	l, err := s.talkTo(v, in.Key)
	if err != nil {
		return TalkTicket{}, err
	}
	gate := s.c.Talk.Visitors()
	if l.Named && pbx.VisitorName(in.Body.Name) == "" {
		gate.Refused(auth.RefusedForm)
		return TalkTicket{}, pbx.Refuse(pbx.Invalid, "name", "talk.name_missing")
	}
	said := pbx.Visit{Link: l.ID, At: v.at, Name: pbx.VisitorName(in.Body.Name)}
	if l.About {
		said.Words = plainWords(in.Body.Words)
	}
	if email := strings.TrimSpace(in.Body.Email); l.Mailed {
		if !isMail(email) {
			gate.Refused(auth.RefusedForm)
			return TalkTicket{}, pbx.Refuse(pbx.Invalid, "email", "talk.email_missing")
		}
		said.Email = email
	}
	if err := v.s.CheckVisitor(in.Body.Name); err != nil {
		gate.Refused(auth.RefusedForm)
		return TalkTicket{}, err
	}
	if open, _ := v.talkHours(l); !open {
		gate.Refused(auth.RefusedHours)
		return TalkTicket{}, pbx.Refuse(pbx.Conflict, "", "talk.closed")
	}
	visitor, ticket, err := gate.Admit(l, s.caller(v).Addr, in.Body.Puzzle, in.Body.Solution, s.c.Talk.Shown(l, in.Body.Name), v.at)
	if err != nil {
		return TalkTicket{}, err
	}
	wrote, err := s.c.Talk.Visited(ctx, said)
	if err != nil {
		visitor.End(v.at)
		return TalkTicket{}, err
	}
	visitor.Wrote(wrote)
	return TalkTicket{Path: s.c.SIP().WS + "?talk=" + url.QueryEscape(ticket), Username: visitor.Username, Domain: bracketed(s.host(v)), Minutes: l.Limits().Longest}, nil
}

type talkBack struct {
	Key  string `path:"key" maxLength:"100"`
	Body struct {
		Puzzle   string `json:"puzzle" maxLength:"200"`
		Solution string `json:"solution" maxLength:"20"`
		Name     string `json:"name,omitempty" maxLength:"200"`
		Number   string `json:"number" maxLength:"60"`
		Words    string `json:"words,omitempty" maxLength:"500"`
	}
}

// postTalkBack takes a visitor's wish to be called back to those whom he wanted to reach.
func (s *Server) postTalkBack(ctx context.Context, v *visit, in *talkBack) error {
	l, err := s.talkTo(v, in.Key)
	if err != nil {
		return err
	}
	number := strings.TrimSpace(in.Body.Number)
	name := pbx.VisitorName(in.Body.Name)
	switch {
	case !l.Back:
		return pbx.Refuse(pbx.Conflict, "", "talk.no_back")
	case !isDialable(number):
		return pbx.Refuse(pbx.Invalid, "number", "talk.number_bad")
	case name == "":
		return pbx.Refuse(pbx.Invalid, "name", "talk.name_missing")
	}
	if err := v.s.CheckVisitor(name); err != nil {
		return err
	}
	if err := s.c.Talk.Visitors().Ask(l, s.caller(v).Addr, in.Body.Puzzle, in.Body.Solution, v.at); err != nil {
		return err
	}
	return s.c.Talk.Ask(ctx, l, name, number, plainWords(in.Body.Words))
}

// isDialable reports whether a text could be a telephone number: digits with what people write between them.
func isDialable(text string) bool {
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -/().", r):
		default:
			return false
		}
	}
	return digits >= 3 && digits <= 20
}

// isMail reports whether a text could be an e-mail address: that somebody reads what is sent there, nobody knows.
func isMail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && strings.Contains(domain, ".") && len(text) <= 254 && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>()[],;:\\\"", r)
		}) && !strings.Contains(domain, "@")
}

// plainWords keeps letters and what belongs between them of what a stranger wrote, in one line.
func plainWords(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < ' ', r >= 0x7f && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xfeff:
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

func talkVisitRoutes() []Route {
	const key = "the link is the key; a puzzle, limits and the hours stand before the call"
	return []Route{
		route("GET", "/v1/talk/{key}", public(key), "What a Talk link opens, and the puzzle to be solved first. Whatever opens nothing has one answer.", (*Server).getTalk),
		route("POST", "/v1/talk/{key}/calls", public(key), "Let a visitor make his one call.", (*Server).postTalkCall).created(),
		act("POST", "/v1/talk/{key}/callbacks", public(key), "Tell those whom a visitor wanted to reach that he wants to be called back.", (*Server).postTalkBack).accepted(),
	}
}
