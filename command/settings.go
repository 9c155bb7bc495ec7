package command

import (
	"fmt"
	"net/netip"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// EditSettings changes the office as a whole; nil fields stay.
type EditSettings struct {
	Name     *string
	Country  *string
	Zone     *string
	Language *string
	Public   *string
	Digits   *int
	Reasons  *bool // every change of rights wants a reason
	Mail     *EditMail

	ListenTone   *bool       // who is listened to hears a tone
	ListenHidden *bool       // … and does not read who it was
	Council      *bool       // the works council has a say
	Talk         *bool       // people have personal Talk links
	Replay       *pbx.Replay // how much of a conference its guests hear again, where a group says nothing (D-040)
}

// EditMail changes the way out for e-mail; nil fields stay. The password is written, never read.
type EditMail struct {
	Host     *string
	Port     *int
	From     *string
	User     *string
	Password *string
	TLS      *string
}

// Need asks for setting.edit.
func (EditSettings) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.SettingEdit, policy.System()}}
}

// Change writes the new fields.
func (c EditSettings) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Tenant
	w.object = t.Ref()
	var err error
	if c.Name != nil {
		if t.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Country != nil {
		if t.Country, err = cleanCountry(*c.Country); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Zone != nil {
		if t.Zone, err = cleanZone(*c.Zone); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Language != nil {
		if t.Language, err = cleanLanguage(*c.Language); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Public != nil {
		if t.Public, err = cleanHost("public", *c.Public); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Digits != nil {
		if t.Digits, err = cleanDigits(*c.Digits); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Reasons != nil {
		t.Reasons = *c.Reasons
	}
	fill(&t.ListenTone, c.ListenTone)
	fill(&t.ListenHidden, c.ListenHidden)
	fill(&t.Council, c.Council)
	if c.Mail != nil {
		if t.Mail, err = c.Mail.edit(t.Mail); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Replay != nil {
		t.Replay = *c.Replay
	}
	change := pbx.Change{Put: []pbx.Noun{&t}}
	if c.Talk != nil {
		if t.Talk = *c.Talk; t.Talk {
			change.Put = append(change.Put, w.personalLinks()...)
		}
	}
	return change, nil
}

func (c *EditMail) edit(m pbx.Mail) (pbx.Mail, error) {
	var err error
	old := m
	if c.Host != nil {
		if m.Host, err = cleanHost("mail.host", *c.Host); err != nil {
			return m, err
		}
	}
	if c.Port != nil {
		if *c.Port < 0 || *c.Port > 65535 {
			return m, pbx.Refuse(pbx.Invalid, "mail.port", "mail.port_bad")
		}
		m.Port = *c.Port
	}
	if c.From != nil {
		m.From = strings.TrimSpace(*c.From)
		if m.From != "" {
			if m.From, err = cleanEmail(m.From); err != nil {
				return m, atField(err, "mail.from")
			}
		}
	}
	if c.User != nil {
		if m.User = strings.TrimSpace(*c.User); len(m.User) > 254 || strings.ContainsAny(m.User, "\r\n\x00") {
			return m, pbx.Refuse(pbx.Invalid, "mail.user", "mail.user_bad")
		}
	}
	if c.Password != nil {
		if m.Password = *c.Password; len(m.Password) > 1000 || strings.ContainsAny(m.Password, "\r\n\x00") {
			return m, pbx.Refuse(pbx.Invalid, "mail.password", "mail.password_bad")
		}
	}
	if c.TLS != nil {
		switch m.TLS = *c.TLS; m.TLS {
		case "", "starttls", "tls", "none":
		default:
			return m, pbx.Refuse(pbx.Invalid, "mail.tls", "mail.tls_bad")
		}
	}
	if m.Host != "" && m.From == "" {
		return m, pbx.Refuse(pbx.Invalid, "mail.from", "mail.from_missing")
	}
	if m.Host == "" && c.Password == nil {
		m.Password = "" // it belonged to a server that is no more
	}
	if c.Password == nil && m.Password != "" && reaches(m) != reaches(old) {
		return m, pbx.Refuse(pbx.Invalid, "mail.password", "mail.password_again")
	}
	return m, nil
}

// reaches is who gets to see the password of a way out: whoever may change the server must not have a password he cannot read sent to a machine
// of his own, or in the clear.
func reaches(m pbx.Mail) string {
	return fmt.Sprint(m.Host, " ", m.Port, " ", m.TLS == "none")
}

// cleanCountry takes an ISO 3166 alpha-2 code to upper case.
func cleanCountry(c string) (string, error) {
	c = strings.ToUpper(strings.TrimSpace(c))
	if len(c) != 2 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", pbx.Refuse(pbx.Invalid, "country", "country.unknown", "country", printable(c))
	}
	return c, nil
}

// cleanDigits bounds the length of the numbers given out.
func cleanDigits(n int) (int, error) {
	if n < 2 || n > 4 {
		return 0, pbx.Refuse(pbx.Invalid, "digits", "settings.digits_bad")
	}
	return n, nil
}

// cleanHost takes a host name or an address; empty stays empty.
func cleanHost(field, host string) (string, error) {
	host = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(host), "."))
	if host == "" {
		return "", nil
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && a.Zone() == "" {
		return a.String(), nil
	}
	bad := len(host) > 253
	for label := range strings.SplitSeq(host, ".") {
		bad = bad || label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != ""
	}
	if bad {
		return "", pbx.Refuse(pbx.Invalid, field, "settings.host_bad", "host", printable(host))
	}
	return host, nil
}
