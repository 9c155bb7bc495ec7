package api

import (
	"context"
	"net/url"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// WebPhone is what the web app has to know to be a phone. There is no secret in it: the connection is believed for the session's sake.
type WebPhone struct {
	Device    pbx.DeviceID `json:"device"`
	Username  string       `json:"username"`
	Name      string       `json:"name"`
	Extension string       `json:"extension"`
	Domain    string       `json:"domain"`
	Path      string       `json:"path" doc:"where SIP is spoken over a web socket, on the host of this answer"`
}

// browserOf is the device that a person's browsers are; nil before he used one. All of them are places of one device, each with an instance
// of its own.
func browserOf(s *pbx.Snapshot, u pbx.UserID) *pbx.Device {
	var first *pbx.Device
	for _, d := range s.DevicesOf(u) {
		if d.Kind == pbx.DeviceBrowser && (first == nil || d.Created.Before(first.Created) || d.Created.Equal(first.Created) && d.ID < first.ID) {
			first = d
		}
	}
	return first
}

// postPhone makes the asker's browsers a phone of his, if they are none yet.
func (s *Server) postPhone(ctx context.Context, v *visit, _ *struct{}) (WebPhone, error) {
	if err := v.need(policy.SoftphoneUse, policy.User(v.who.User)); err != nil {
		return WebPhone{}, err
	}
	if browserOf(v.s, v.who.User) == nil {
		c := command.CreateDevice{User: v.who.User, Name: s.say(v, i18n.T("device.browser")), Kind: pbx.DeviceBrowser}
		if _, err := s.do(ctx, v, c); err != nil {
			return WebPhone{}, err
		}
	}
	d, u := browserOf(v.s, v.who.User), v.s.Users[v.who.User]
	if d == nil || u == nil {
		return WebPhone{}, missing()
	}
	return WebPhone{Device: d.ID, Username: d.Username, Name: u.Name, Extension: u.Extension, Domain: bracketed(s.host(v)),
		Path: s.c.SIP().WS + "?device=" + url.QueryEscape(string(d.ID))}, nil
}
