package api

import (
	"strings"
	"testing"

	"tandem/i18n"
	"tandem/pbx"
)

// Who may read that somebody took part in a call: who did, those who talked unless the office hides it, and who reads the log (N-15).
func TestWhoReadsThatSomebodyListened(t *testing.T) {
	o := live(t)
	line := i18n.T("route.watched.listen", "name", "Sven", "user", o.ids["sven"], "about", o.ids["uwe"], "seconds", "7")
	talked := []pbx.UserID{pbx.UserID(o.ids["uwe"]), pbx.UserID(o.ids["nina"])}
	s, _ := o.dir.View()
	for _, hidden := range []bool{false, true} {
		office := *s
		office.Tenant.ListenHidden = hidden
		for who, want := range map[string]bool{"uwe": !hidden, "nina": !hidden, "sven": true, "mia": false, "olga": true} {
			v := &visit{s: &office, who: pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids[who])}, at: o.now()}
			if is, reads := v.watchLine(line, talked); !is || reads != want {
				t.Errorf("hidden %v: %s reads %v, want %v", hidden, who, reads, want)
			}
		}
	}
	v := &visit{s: s, who: pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["mia"])}}
	if is, _ := v.watchLine(i18n.T("route.rings"), talked); is {
		t.Error("another line is taken for one of these")
	}
}

// Settings say what people are told who are listened to.
func TestListeningIsSet(t *testing.T) {
	o := live(t)
	var got Settings
	o.ask("olga", "PATCH", "/v1/settings", `{"listen_tone":true,"listen_hidden":true}`).json(t, &got)
	if !got.ListenTone || !got.ListenHidden {
		t.Errorf("%+v", got)
	}
	if r := o.ask("uwe", "PATCH", "/v1/settings", `{"listen_hidden":false}`); r.StatusCode != 403 {
		t.Errorf("%d", r.StatusCode)
	}
	for body, status := range map[string]int{`{"mode":"listen"}`: 202, `{"mode":"steal","user":"<uwe>"}`: 202, `{"mode":"shout"}`: 422} {
		if r := o.ask("olga", "POST", "/v1/calls/live/cal_live_uwe_nina/watch", body); r.StatusCode != status {
			t.Errorf("%s: %d %s", body, r.StatusCode, strings.TrimSpace(string(r.body)))
		}
	}
}
