package api

import (
	"context"
	"slices"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Mailbox is how the voicemail of a person or a group works.
type Mailbox struct {
	ID        pbx.BoxID    `json:"id" doc:"of the person or group"`
	Name      string       `json:"name"`
	Shared    bool         `json:"shared" doc:"it belongs to a group, and every member who may hear voicemail hears it"`
	On        bool         `json:"on"`
	Longest   int          `json:"longest" doc:"seconds of one message"`
	Most      int          `json:"most" doc:"messages it takes"`
	Days      int          `json:"days" doc:"after which a message is deleted; 0: never"`
	Language  string       `json:"language,omitempty" doc:"in which callers are spoken to; absent: as everywhere"`
	Greetings []BoxWelcome `json:"greetings" nullable:"false" doc:"every occasion; for who may change them"`
	Mail      pbx.BoxMail  `json:"mail,omitempty" enum:"notice,sound" doc:"what is sent when a message is left; absent: nothing"`
	Clear     bool         `json:"clear,omitempty" doc:"a message is deleted once its sound is on its way"`
	Listed    bool         `json:"listed" doc:"callers from outside find the person by name"`
	PIN       bool         `json:"pin" doc:"one is set, so that messages can be fetched from any phone"`
	PINSince  time.Time    `json:"pin_since,omitzero"`
	Number    string       `json:"number,omitempty" doc:"code that fetches the messages from an own phone, without a PIN; absent: it is switched off"`
	Anywhere  string       `json:"anywhere,omitempty" doc:"code that fetches them from any phone, with the PIN"`
	Edit      bool         `json:"edit" doc:"the visitor may change whether it is on and how much it holds"`
	Private   bool         `json:"private" doc:"the visitor may change greetings, mail and PIN"`
	Revision  string       `json:"revision"`
}

// BoxWelcome is what callers hear on one occasion.
type BoxWelcome struct {
	For     string  `json:"for" enum:"any,busy,available,away,dnd,available2,away2,name"`
	Text    string  `json:"text,omitempty"`
	Own     bool    `json:"own" doc:"callers hear an own sound"`
	Seconds float64 `json:"seconds,omitempty"`
	Sound   string  `json:"sound,omitempty" doc:"its address"`
}

// occasionAny stands in addresses for the occasion without a name.
const occasionAny = "any"

func occasionName(o pbx.Occasion) string {
	if o == pbx.OccasionAny {
		return occasionAny
	}
	return string(o)
}

func readOccasion(name string) pbx.Occasion {
	if name == occasionAny {
		return pbx.OccasionAny
	}
	return pbx.Occasion(name)
}

// mayBox reports whether the visitor may change a mailbox.
func (v *visit) mayBox(id pbx.BoxID, private bool) bool {
	n := command.BoxNeed(id, v.who, private)
	return v.can(n.Right, n.Target)
}

// opens refuses who may not change what is private about a mailbox that he knows of.
func (v *visit) opens(id pbx.BoxID) error {
	n := command.BoxNeed(id, v.who, true)
	d := policy.Decide(v.s, policy.Request{Actor: v.who, Right: n.Right, Target: n.Target, At: v.at})
	if d.OK {
		return nil
	}
	return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: n.Right.String()}
}

// boxToEdit finds a mailbox that the visitor may change in some way; any other is not there.
func (v *visit) boxToEdit(id string) (pbx.Mailbox, error) {
	box := pbx.BoxID(id)
	if v.s.Users[pbx.UserID(id)] == nil && v.s.Groups[pbx.GroupID(id)] == nil {
		return pbx.Mailbox{}, missing()
	}
	if v.mayBox(box, false) || v.mayBox(box, true) {
		return v.s.MailboxOf(box), nil
	}
	n := command.BoxNeed(box, v.who, false)
	return pbx.Mailbox{}, v.need(n.Right, n.Target)
}

func (s *Server) mailbox(v *visit, id pbx.BoxID) Mailbox {
	b := v.s.MailboxOf(id)
	out := Mailbox{ID: id, Shared: id.IsShared(), On: !b.Off, Longest: b.Seconds(), Most: b.Messages(), Days: b.Days, Language: b.Language, Listed: !b.Unlisted, PIN: b.PIN != "",
		PINSince: b.PINSince, Edit: v.mayBox(id, false), Private: v.mayBox(id, true), Greetings: []BoxWelcome{}, Revision: command.Revision(&b)}
	kind := pbx.KindUser
	if out.Shared {
		kind = pbx.KindGroup
	}
	out.Name = v.s.NameOf(pbx.Ref{Kind: kind, ID: string(id)})
	out.Number, out.Anywhere = fetchCodes(v.s, id)
	if !out.Private {
		return out
	}
	out.Mail, out.Clear = b.Mail, b.Clear
	for _, on := range pbx.Occasions() {
		w := BoxWelcome{For: occasionName(on)}
		if i := slices.IndexFunc(b.Greetings, func(g pbx.Greeting) bool { return g.For == on }); i >= 0 {
			g := b.Greetings[i]
			w.Text, w.Own = g.Text, !g.Sound.IsZero()
			if w.Own {
				w.Seconds, w.Sound = g.Sound.Length().Seconds(), "/v1/mailboxes/"+string(id)+"/greetings/"+w.For+"?v="+g.Sound.Blob
			}
		}
		out.Greetings = append(out.Greetings, w)
	}
	return out
}

// fetchCodes are what is dialled to fetch the messages of a mailbox: without a PIN and with it. That of a group is dialled with its number.
func fetchCodes(s *pbx.Snapshot, id pbx.BoxID) (free, anywhere string) {
	user, group := id.Owner()
	extension := ""
	if u := s.Users[user]; u != nil {
		extension = u.Extension
	} else if e := s.Entrances[group]; e != nil {
		extension = e.Extension
	}
	for _, k := range pbx.CodeKinds() {
		switch code := s.Tenant.Codes.Of(k); {
		case code == "":
		case k.Action == pbx.CodeMailbox && group == "":
			free = code
		case k.Action == pbx.CodeMailboxOther && extension != "":
			if anywhere = code + extension; group != "" {
				free = anywhere
			}
		}
	}
	return free, anywhere
}

type mailboxIn struct {
	Mailbox string `path:"mailbox" maxLength:"64"`
}

func (s *Server) getMailbox(_ context.Context, v *visit, in *mailboxIn) (Mailbox, error) {
	b, err := v.boxToEdit(in.Mailbox)
	if err != nil {
		return Mailbox{}, err
	}
	return s.mailbox(v, b.ID), nil
}

type patchMailbox struct {
	Mailbox string `path:"mailbox" maxLength:"64"`
	Match   string `header:"If-Match" doc:"revision that was shown"`
	Body    struct {
		On        *bool        `json:"on,omitempty"`
		Longest   *int         `json:"longest,omitempty"`
		Most      *int         `json:"most,omitempty"`
		Days      *int         `json:"days,omitempty"`
		Language  *string      `json:"language,omitempty" maxLength:"10"`
		Greetings []boxText    `json:"greetings,omitempty" doc:"words of greetings; those that are not named stay"`
		Mail      *pbx.BoxMail `json:"mail,omitempty" doc:"notice, sound, or empty for nothing"`
		Clear     *bool        `json:"clear,omitempty"`
		Listed    *bool        `json:"listed,omitempty"`
		PIN       *string      `json:"pin,omitempty" maxLength:"12" doc:"6 to 12 digits; empty takes it away; it is never shown"`
		Revision  string       `json:"revision,omitempty" doc:"same as If-Match"`
	}
}

type boxText struct {
	For  string `json:"for"`
	Text string `json:"text" maxLength:"1000"`
}

func (s *Server) patchMailbox(ctx context.Context, v *visit, in *patchMailbox) (Mailbox, error) {
	b, err := v.boxToEdit(in.Mailbox)
	if err != nil {
		return Mailbox{}, err
	}
	c := command.SetMailbox{ID: b.ID, Longest: in.Body.Longest, Most: in.Body.Most, Days: in.Body.Days, Language: in.Body.Language, Mail: in.Body.Mail, Clear: in.Body.Clear}
	if in.Body.PIN != nil || in.Body.Mail != nil || in.Body.Clear != nil || in.Body.Listed != nil || in.Body.Greetings != nil {
		if err := v.opens(b.ID); err != nil {
			return Mailbox{}, err
		}
	}
	if in.Body.On != nil {
		off := !*in.Body.On
		c.Off = &off
	}
	if in.Body.Listed != nil {
		unlisted := !*in.Body.Listed
		c.Unlisted = &unlisted
	}
	for _, g := range in.Body.Greetings {
		if c.Words == nil {
			c.Words = map[pbx.Occasion]string{}
		}
		c.Words[readOccasion(g.For)] = g.Text
	}
	if in.Body.PIN != nil {
		if c.PIN, err = s.hashPIN(ctx, v, b.ID, *in.Body.PIN); err != nil {
			return Mailbox{}, err
		}
	}
	var todo command.Command = c
	if v.s.Mailboxes[b.ID] != nil {
		todo = matching(pbx.KindMailbox, in.Mailbox, in.Match, in.Body.Revision, c)
	}
	if _, err := s.do(ctx, v, todo); err != nil {
		return Mailbox{}, err
	}
	return s.mailbox(v, b.ID), nil
}

// hashPIN makes of a PIN what is kept of it.
func (s *Server) hashPIN(ctx context.Context, v *visit, id pbx.BoxID, pin string) (*string, error) {
	if pin == "" {
		return &pin, nil
	}
	extension := ""
	if u := v.s.Users[pbx.UserID(id)]; u != nil {
		extension = u.Extension
	}
	if err := command.CheckPIN(pin, extension); err != nil {
		return nil, err
	}
	hash, err := s.c.Auth.Hash(ctx, pin)
	return &hash, err
}

type welcomeIn struct {
	Mailbox string `path:"mailbox" maxLength:"64"`
	For     string `path:"for" maxLength:"20" doc:"any, busy or a status"`
}

// welcome finds a mailbox whose greetings the visitor may hear and change, and one of them.
func (v *visit) welcome(in welcomeIn) (pbx.Mailbox, pbx.Greeting, error) {
	on := readOccasion(in.For)
	b, err := v.boxToEdit(in.Mailbox)
	if err != nil {
		return b, pbx.Greeting{}, err
	}
	if err := v.opens(b.ID); err != nil {
		return b, pbx.Greeting{}, err
	}
	if !slices.Contains(pbx.Occasions(), on) {
		return b, pbx.Greeting{}, missing()
	}
	for _, g := range b.Greetings {
		if g.For == on {
			return b, g, nil
		}
	}
	return b, pbx.Greeting{For: on}, nil
}

// getWelcome sends an own greeting as callers hear it.
func (s *Server) getWelcome(_ context.Context, v *visit, in *welcomeIn) (writer, error) {
	_, g, err := v.welcome(*in)
	if err != nil {
		return nil, err
	}
	if g.Sound.IsZero() {
		return nil, missing()
	}
	return s.playBlob(g.Sound.Blob, g.Sound.Rate, time.Time{})
}

type welcomeUp struct {
	Mailbox string `path:"mailbox" maxLength:"64"`
	For     string `path:"for" maxLength:"20" doc:"any, busy or a status"`
	RawBody []byte `contentType:"audio/wav"`
}

// putWelcome lets a mailbox greet with an upload. Nothing of it is kept but its samples.
func (s *Server) putWelcome(ctx context.Context, v *visit, in *welcomeUp) (Mailbox, error) {
	b, g, err := v.welcome(welcomeIn{in.Mailbox, in.For})
	if err != nil {
		return Mailbox{}, err
	}
	w, err := s.listenTo(ctx, in.RawBody)
	if err != nil {
		return Mailbox{}, err
	}
	set := func(sound pbx.Sound) command.Command { return command.SetGreeting{ID: b.ID, For: g.For, Sound: sound} }
	err = s.setSound(ctx, v.who, w, set, func(c command.Command) error {
		_, err := s.do(ctx, v, c)
		return err
	})
	if err != nil {
		return Mailbox{}, err
	}
	return s.mailbox(v, b.ID), nil
}

// deleteWelcome puts the usual sentence back.
func (s *Server) deleteWelcome(ctx context.Context, v *visit, in *welcomeIn) (Mailbox, error) {
	b, g, err := v.welcome(*in)
	if err != nil {
		return Mailbox{}, err
	}
	if !g.Sound.IsZero() {
		if _, err := s.do(ctx, v, command.SetGreeting{ID: b.ID, For: g.For}); err != nil {
			return Mailbox{}, err
		}
	}
	return s.mailbox(v, b.ID), nil
}

// mailboxRoutes are those of mailboxes and of the messages in them.
func mailboxRoutes() []Route {
	return []Route{
		route("GET", "/v1/voicemail", signedIn("shows only messages that voicemail.play reaches"), "Messages in mailboxes, the newest first.", (*Server).listMessages),
		raw("GET", "/v1/voicemail/{message}/sound", row(policy.VoicemailPlay), "audio/wav", "Hear a message; parts of it by Range.", (*Server).getSound),
		route("GET", "/v1/voicemail/{message}/history", row(policy.VoicemailPlay), "Who left, heard, marked or deleted a message, and when.", (*Server).getHandlings),
		act("POST", "/v1/voicemail/{message}/forward", row(policy.VoicemailPlay), "Put a copy of a message into another mailbox.", (*Server).sendOn),
		route("PATCH", "/v1/voicemail/{message}", row(policy.VoicemailPlay), "Mark a message as heard, or as new again.", (*Server).patchMessage),
		act("DELETE", "/v1/voicemail/{message}", row(policy.VoicemailEdit), "Delete a message; for a month it can be taken back.", (*Server).deleteMessage),
		route("POST", "/v1/voicemail/{message}/restore", row(policy.VoicemailEdit), "Take a deleted message back.", (*Server).restoreMessage),

		route("GET", "/v1/mailboxes/{mailbox}", row(policy.VoicemailEdit, policy.UserEdit, policy.RouteEdit), "How the mailbox of a person or group works.", (*Server).getMailbox),
		route("PATCH", "/v1/mailboxes/{mailbox}", row(policy.VoicemailEdit, policy.UserEdit, policy.RouteEdit), "Change how a mailbox works.", (*Server).patchMailbox),
		raw("GET", "/v1/mailboxes/{mailbox}/greetings/{for}", row(policy.VoicemailEdit, policy.RouteEdit), "audio/wav", "An own greeting, as callers hear it.", (*Server).getWelcome),
		route("PUT", "/v1/mailboxes/{mailbox}/greetings/{for}", row(policy.VoicemailEdit, policy.RouteEdit), "Greet callers with a sound: WAV, one or two channels, 8, 16 or 24 bits or G.711, at most five minutes.", (*Server).putWelcome).large(promptOctets),
		route("DELETE", "/v1/mailboxes/{mailbox}/greetings/{for}", row(policy.VoicemailEdit, policy.RouteEdit), "Greet callers with the usual sentence again.", (*Server).deleteWelcome),
	}
}
