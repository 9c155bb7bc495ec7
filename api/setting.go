package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
)

// Settings are the office as a whole; passwords are written, never read.
type Settings struct {
	Name         string       `json:"name"`
	Country      string       `json:"country"`
	Zone         string       `json:"zone"`
	Language     string       `json:"language"`
	Public       string       `json:"public" doc:"name or address that phones connect to; empty means as started"`
	Digits       int          `json:"digits"`
	Reasons      bool         `json:"reasons" doc:"every change of rights wants a reason"`
	ListenTone   bool         `json:"listen_tone" doc:"who is listened to hears a tone when it begins"`
	ListenHidden bool         `json:"listen_hidden" doc:"… and does not read in the record who did"`
	Council      bool         `json:"council" doc:"the works council has a say: figures about one person are shown to nobody else, and who is listened to is told whatever is set above"`
	Talk         bool         `json:"talk" doc:"people have personal Talk links"`
	Mail         MailSettings `json:"mail"`
	Revision     string       `json:"revision"`
}

// MailSettings are the way out for e-mail.
type MailSettings struct {
	Host        string `json:"host" doc:"empty keeps every mail in the outbox"`
	Port        int    `json:"port"`
	From        string `json:"from"`
	User        string `json:"user"`
	HasPassword bool   `json:"has_password"`
	TLS         string `json:"tls"`
}

func (s *Server) getSettings(_ context.Context, v *visit, _ *struct{}) (Settings, error) {
	t := v.s.Tenant
	return Settings{Name: t.Name, Country: t.Country, Zone: t.Zone, Language: t.Language, Public: t.Public, Digits: t.Digits, Reasons: t.Reasons, ListenTone: t.ListenTone, ListenHidden: t.ListenHidden, Council: t.Council, Talk: t.Talk,
		Mail:     MailSettings{t.Mail.Host, t.Mail.Port, t.Mail.From, t.Mail.User, t.Mail.Password != "", t.Mail.TLS},
		Revision: command.Revision(&t)}, nil
}

type editSettings struct {
	Match string `header:"If-Match"`
	Body  struct {
		Name         *string `json:"name,omitempty"`
		Country      *string `json:"country,omitempty"`
		Zone         *string `json:"zone,omitempty"`
		Language     *string `json:"language,omitempty"`
		Public       *string `json:"public,omitempty"`
		Digits       *int    `json:"digits,omitempty"`
		Reasons      *bool   `json:"reasons,omitempty"`
		ListenTone   *bool   `json:"listen_tone,omitempty"`
		ListenHidden *bool   `json:"listen_hidden,omitempty"`
		Council      *bool   `json:"council,omitempty"`
		Talk         *bool   `json:"talk,omitempty" doc:"true gives one to everybody who has none yet"`
		Mail         *struct {
			Host     *string `json:"host,omitempty"`
			Port     *int    `json:"port,omitempty"`
			From     *string `json:"from,omitempty"`
			User     *string `json:"user,omitempty"`
			Password *string `json:"password,omitempty"`
			TLS      *string `json:"tls,omitempty" enum:",starttls,tls,none"`
		} `json:"mail,omitempty"`
		Revision string `json:"revision,omitempty"`
	}
}

func (s *Server) patchSettings(ctx context.Context, v *visit, in *editSettings) (Settings, error) {
	b := in.Body
	c := command.EditSettings{Name: b.Name, Country: b.Country, Zone: b.Zone, Language: b.Language, Public: b.Public, Digits: b.Digits, Reasons: b.Reasons, ListenTone: b.ListenTone, ListenHidden: b.ListenHidden, Council: b.Council, Talk: b.Talk}
	if m := b.Mail; m != nil {
		c.Mail = &command.EditMail{Host: m.Host, Port: m.Port, From: m.From, User: m.User, Password: m.Password, TLS: m.TLS}
	}
	ref := v.s.Tenant.Ref()
	if _, err := s.do(ctx, v, matching(pbx.KindSettings, ref.ID, in.Match, b.Revision, c)); err != nil {
		return Settings{}, err
	}
	return s.getSettings(ctx, v, nil)
}
