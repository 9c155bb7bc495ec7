package api

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/toll"
)

// A token has a budget of its own: its owner sets, sees and changes it, and nobody else knows of it. A program can neither raise nor lift it, whatever its owner
// may. What it has left decides about calls that are begun with it, and only about those; it goes with the token (BAR TF-12, B-098).
func TestBudgetOfAToken(t *testing.T) {
	o := newOffice(t)
	o.wants(201, "olga", "POST", "/v1/users/<nina>/grants", `{"right":"token.create","scope":{"kind":"self"},"reason":"a program"}`)
	var made NewToken
	o.wants(201, "nina", "POST", "/v1/tokens", `{"name":"Dialler","budget":{"measure":"money","period":"day","limit":300}}`).json(t, &made)
	o.keys["dialler"] = made.Secret
	if len(made.Token.Budgets) != 1 {
		t.Fatalf("%+v", made.Token)
	}
	b := made.Token.Budgets[0]
	if b.Name != "Dialler" || b.Most != 3_000_000 || b.Spent != 0 || !b.Edit || b.On != (BudgetPlace{"token", string(made.Token.ID), "Dialler"}) || !slices.Equal(b.Marks, []int{80, 100}) {
		t.Errorf("%+v", b)
	}
	path := "/v1/budgets/" + string(b.ID)
	for _, tt := range []struct {
		who, method, path, body string
		status                  int
	}{
		{"nina", "GET", path, "", 200},
		{"nina", "PATCH", path, `{"limit":500,"period":"month"}`, 200},
		{"nina", "POST", path + "/raise", `{"more":100,"reason":"fair"}`, 200},
		{"olga", "GET", path, "", 404},
		{"olga", "PATCH", path, `{"limit":900}`, 404},
		{"greta", "DELETE", path, "", 404},
		{"dialler", "GET", path, "", 404},
		{"dialler", "PATCH", path, `{"limit":900}`, 404},
		{"dialler", "POST", path + "/raise", `{"more":100,"reason":"mine"}`, 404},
		{"dialler", "DELETE", path, "", 404},
		{"dialler", "POST", "/v1/tokens", `{"name":"Free"}`, 403},
		{"nina", "POST", "/v1/budgets", `{"name":"Each","on":{"kind":"token","id":"` + string(made.Token.ID) + `"},"each":true,"measure":"time","limit":1}`, 422},
		{"nina", "POST", "/v1/budgets", `{"name":"Hers","on":{"kind":"user","id":"<nina>"},"measure":"time","limit":1}`, 403},
		{"olga", "POST", "/v1/budgets", `{"name":"Not hers","on":{"kind":"token","id":"` + string(made.Token.ID) + `"},"measure":"time","limit":1}`, 404},
	} {
		if r := o.ask(tt.who, tt.method, tt.path, tt.body); r.StatusCode != tt.status {
			t.Errorf("%s %s %s %s: %d %s, want %d", tt.who, tt.method, tt.path, tt.body, r.StatusCode, r.body, tt.status)
		}
	}

	why := func(who, token string) (w WhyCall) {
		t.Helper()
		o.wants(200, who, "POST", "/v1/explain/call", `{"to":"`+abroad+`"`+token+`}`).json(t, &w)
		return w
	}
	with := `,"token":"` + string(made.Token.ID) + `"`
	if w := why("nina", with); !w.OK {
		t.Errorf("with all of it left: %+v", w)
	}
	s, nina := o.view(), pbx.UserID(o.ids["nina"])
	q := toll.Question{Payer: nina, Token: made.Token.ID, To: s.PlaceOf(nina, "", o.now()).Read(abroad), At: o.now()}
	if lacks, err := o.till.Reserve(context.Background(), "cal_x", "leg_x", nina, toll.Draws(s, &q), pbx.Price{Minute: 6_000_000}, 0, time.Minute); lacks != nil || err != nil {
		t.Fatal(lacks, err)
	}
	for who, token := range map[string]string{"nina": with, "dialler": ""} {
		if w := why(who, token); w.OK || w.Code != "budget" || !strings.Contains(w.Order[len(w.Order)-1].Text, "Dialler") && who == "nina" {
			t.Errorf("%s with nothing left: %+v", who, w)
		}
	}
	if w := why("nina", ""); !w.OK {
		t.Errorf("by hand: %+v", w)
	}
	if r := o.ask("olga", "POST", "/v1/explain/call", `{"to":"`+abroad+`"`+with+`}`); r.StatusCode != 422 {
		t.Errorf("a token of somebody else's: %d %s", r.StatusCode, r.body)
	}
	var list Page[Token]
	o.wants(200, "nina", "GET", "/v1/tokens", "").json(t, &list)
	if i := slices.IndexFunc(list.Items, func(k Token) bool { return k.ID == made.Token.ID }); i < 0 || len(list.Items[i].Budgets) != 1 || list.Items[i].Budgets[0].Spent != 6_000_000 || list.Items[i].Budgets[0].Most != 6_000_000 {
		t.Errorf("%+v", list.Items)
	}

	o.wants(204, "nina", "DELETE", "/v1/tokens/"+string(made.Token.ID), "")
	if o.view().Budgets[b.ID] != nil {
		t.Error("the budget of a token that was revoked is still there")
	}
	var again NewToken
	o.wants(201, "nina", "POST", "/v1/tokens", `{"name":"Again","budget":{"measure":"time","period":"day","limit":5}}`).json(t, &again)
	o.wants(200, "olga", "DELETE", "/v1/users/<nina>", `{"reason":"left"}`)
	if o.view().Budgets[again.Token.Budgets[0].ID] != nil {
		t.Error("the budget of a token whose owner was deleted is still there")
	}
}

// A token has an end, at most a year away; without one it ends in 90 days (BAR TF-12).
func TestTokensEnd(t *testing.T) {
	o := newOffice(t)
	day := 24 * time.Hour
	for _, tt := range []struct {
		name string
		end  string
		want time.Duration // 0: refused
	}{
		{"none", "", 90 * day},
		{"a year", o.now().Add(365 * day).Format(time.RFC3339), 365 * day},
		{"more", o.now().Add(command.MaxTokenLife + time.Hour).Format(time.RFC3339), 0},
		{"past", o.now().Add(-time.Hour).Format(time.RFC3339), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := `{"name":"Script","expires":"` + tt.end + `"}`
			if tt.end == "" {
				body = `{"name":"Script"}`
			}
			r := o.ask("olga", "POST", "/v1/tokens", body)
			if tt.want == 0 {
				if r.StatusCode != 422 {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
				return
			}
			var made NewToken
			r.json(t, &made)
			if got := made.Token.Expires.Sub(o.now()); got < tt.want-time.Minute || got > tt.want {
				t.Errorf("it ends in %v", got)
			}
			o.keys["script"] = made.Secret
			o.wants(200, "script", "GET", "/v1/users", "")
		})
	}
}
