package api

import (
	"context"
	"strings"
	"testing"

	"tandem/pbx"
	"tandem/store"
)

// pushed keeps subscriptions and pushes nothing.
type pushed struct {
	tenant *store.Tenant
	rings  func(u pbx.UserID, id pbx.CallID) bool
}

func (pushed) Key() string { return "key of the office" }

func (p pushed) Subscribe(ctx context.Context, s store.Push) error { return p.tenant.PutPush(ctx, s) }

func (p pushed) Unsubscribe(ctx context.Context, _ pbx.UserID, session string) error {
	_, err := p.tenant.DropPush(ctx, session)
	return err
}

func (p pushed) Decline(u pbx.UserID, id pbx.CallID) bool { return p.rings(u, id) }

func (p pushed) Try(ctx context.Context, u pbx.UserID, session string) error {
	list, err := p.tenant.PushesOf(ctx, u, start)
	for _, s := range list {
		if s.Session == session {
			return nil
		}
	}
	if err == nil {
		err = pbx.Refuse(pbx.NotFound, "", "push.none")
	}
	return err
}

// A browser subscribes for its own session only: another session of the same person is not told, and the end of the session ends it.
func TestPushBelongsToTheSession(t *testing.T) {
	o := newOffice(t)
	body := `{"endpoint":"https://push.example/x","keys":{"p256dh":"x","auth":"y"},"calls":true}`
	var state PushState
	o.ask("uwe", "PUT", "/v1/push", body).json(t, &state)
	if !state.On || !state.Calls || state.Endpoint != "https://push.example/x" || state.Key != "key of the office" {
		t.Errorf("%+v", state)
	}
	if r := o.ask("uwe", "POST", "/v1/push/try", ""); r.StatusCode != 204 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	state = PushState{}
	o.ask("mia", "GET", "/v1/push", "").json(t, &state)
	if state.On || strings.Contains(state.Endpoint, "push.example") {
		t.Errorf("somebody else's: %+v", state)
	}
	o.ask("uwe", "DELETE", "/v1/push", "")
	state = PushState{}
	o.ask("uwe", "GET", "/v1/push", "").json(t, &state)
	if state.On {
		t.Errorf("ended: %+v", state)
	}
}

// A call is declined by whom it rings at, from a browser that is signed in; to anybody else it does not exist, and a token declines nothing.
func TestPushedCallIsDeclined(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		who, call string
		want      int
	}{{"uwe", "cal_rings", 204}, {"uwe", "cal_over", 404}, {"mia", "cal_rings", 404}} {
		if r := o.ask(tt.who, "DELETE", "/v1/push/calls/"+tt.call, ""); r.StatusCode != tt.want {
			t.Errorf("%s declines %s: %d %s, want %d", tt.who, tt.call, r.StatusCode, r.body, tt.want)
		}
	}
}
