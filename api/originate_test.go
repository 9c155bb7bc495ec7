package api

import (
	"testing"

	"tandem/pbx"
)

// A call is begun in one's own name by everybody who may call by a click, and in the name of others by those whose right reaches them; nobody learns
// of people whom he does not see (D-049). What a token may of it depends on the rights it carries (BAR TF-12).
func TestOriginate(t *testing.T) {
	o := live(t)
	for _, tt := range []struct {
		who, path, body string
		status          int
	}{
		{"uwe", "/v1/users/<uwe>/call", `{"to":" 101 ","device":"dev_desk","answer":true}`, 202},
		{"olga", "/v1/users/<uwe>/call", `{"to":"+49 30 1234"}`, 202},
		{"uwe", "/v1/users/<nina>/call", `{"to":"101"}`, 403},
		{"uwe", "/v1/users/<olga>/call", `{"to":"101"}`, 404},
		{"uwe", "/v1/users/usr_none/call", `{"to":"101"}`, 404},
		{"uwe", "/v1/users/<uwe>/call", `{"to":""}`, 422},
	} {
		if r := o.ask(tt.who, "POST", tt.path, tt.body); r.StatusCode != tt.status {
			t.Errorf("%s %s %s: %d %v, want %d", tt.who, tt.path, tt.body, r.StatusCode, r.error(), tt.status)
		}
	}
	if len(o.begun) != 2 {
		t.Fatalf("%+v", o.begun)
	}
	if a := o.begun[0]; a.Who.User != a.For || a.To != "101" || a.Device != "dev_desk" || !a.Answer {
		t.Errorf("%+v", a)
	}
	if a := o.begun[1]; a.Who.User == a.For || a.To != "+49 30 1234" || a.Answer || a.Who.Kind != pbx.ActorUser {
		t.Errorf("%+v", a)
	}
}

// A leaked token of a program begins calls only if that is among the few rights it carries, and its owner pays (BAR TF-12).
func TestOriginateByToken(t *testing.T) {
	o := live(t)
	for name, rights := range map[string]string{"clicks": `["call.originate","call.place","call.out"]`, "reads": `["call.place","call.out","user.see"]`} {
		var made NewToken
		if r := o.ask("olga", "POST", "/v1/tokens", `{"name":"`+name+`","rights":`+rights+`}`); r.StatusCode != 201 {
			t.Fatalf("%d %v", r.StatusCode, r.error())
		} else {
			r.json(t, &made)
		}
		o.keys[name] = made.Secret
	}
	if r := o.ask("reads", "POST", "/v1/users/<olga>/call", `{"to":"101"}`); r.StatusCode != 403 || len(o.begun) != 0 {
		t.Errorf("without the right: %d %v", r.StatusCode, r.error())
	}
	if r := o.ask("clicks", "POST", "/v1/users/<olga>/call", `{"to":"101"}`); r.StatusCode != 202 || len(o.begun) != 1 || o.begun[0].Who.Kind != pbx.ActorToken {
		t.Errorf("with the right: %d %v %+v", r.StatusCode, r.error(), o.begun)
	}
	if r := o.ask("clicks", "GET", "/v1/users/<olga>/voicemail", ""); r.StatusCode < 400 {
		t.Errorf("and nothing else: %d", r.StatusCode)
	}
}
