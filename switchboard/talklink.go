package switchboard

import (
	"tandem/i18n"
	"tandem/pbx"
)

// talkStays is the sentence with which nobody connects a visitor with somebody outside: the calls of his link stay in the house (TF-10). It is empty where he may
// be, and for everybody else.
func talkStays(config *pbx.Snapshot, p pbx.Party) i18n.Text {
	if p.Link == "" {
		return i18n.Text{}
	}
	if l := config.TalkLinks[p.Link]; l != nil && l.Outside {
		return i18n.Text{}
	}
	return i18n.T("route.talk_stays")
}

// apart reports whether two parties are not connected with each other, because one of them is a visitor whose calls stay in the house and the other is outside.
func apart(config *pbx.Snapshot, a, b pbx.Party) bool {
	outside := func(p pbx.Party) bool { return p.User == "" && p.Link == "" }
	return talkStays(config, a).Key != "" && outside(b) || talkStays(config, b).Key != "" && outside(a)
}
