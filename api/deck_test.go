package api

import (
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// A price list comes from a file: the preview says what it would change and what is wrong in which line, and adds nothing (TF-15, N-24).
func TestPriceLists(t *testing.T) {
	o := newOffice(t)
	send := func(query, file string, into *DeckImport) reply {
		t.Helper()
		r := o.ask("olga", "POST", "/v1/decks?"+query, file, "Content-Type", "text/csv")
		if into != nil {
			*into = DeckImport{}
			r.json(t, into)
		}
		return r
	}
	var done DeckImport
	send("dry=1&name=Next", "prefix,name,price\n48,Poland,0.02\n4822,Warsaw,0.01\nPoland,x,y\n49,Germany,\"0,0\"\n", &done)
	if done.Problems != 1 || len(done.Wrong) != 1 || done.Wrong[0].Line != 4 || done.Wrong[0].Field != "prefix" || !strings.Contains(done.Wrong[0].Message, "“Poland”") || done.Deck != nil {
		t.Fatalf("%+v", done)
	}
	if done.Follows != "Carrier 2026" || done.Added != 2 || done.Dearer != 1 || done.Gone != 0 || done.Changes[0].Prefix != "+4822" {
		t.Errorf("%+v", done)
	}
	if r := send("name=Next", "prefix,name,price\nPoland,x,1\n", nil); r.StatusCode != 422 {
		t.Errorf("with a problem: %d %s", r.StatusCode, r.body)
	}
	good := "prefix,name,price,connect fee\n48,Poland,0.02,\n49,Germany,0.01,0.05\n"
	send("dry=1&name=Next", good, &done)
	if done.Deck == nil || done.Deck.Lines != 2 || done.Problems != 0 {
		t.Fatalf("%+v", done)
	}
	var list Decks
	if o.ask("olga", "GET", "/v1/decks", "").json(t, &list); list.Total != 1 || list.Currency != "EUR" || len(list.Trunks) != 2 {
		t.Fatalf("the preview has added something: %+v", list)
	}
	send("name=Next&trunk=<office trunk>", good, &done)
	next := done.Deck
	if next == nil || next.State != "current" || next.TrunkName != "office trunk" {
		t.Fatalf("%+v", done)
	}
	if send("name=Next&trunk=<office trunk>", good, &done); !done.Same || done.Deck.ID != next.ID {
		t.Errorf("the same file again: %+v", done)
	}
	var rates Page[Rate]
	if o.ask("olga", "GET", "/v1/decks/"+string(next.ID)+"/rates?q=%2B4989", "").json(t, &rates); rates.Total != 1 || rates.Items[0].Name != "Germany" || rates.Items[0].Setup != 50_000 {
		t.Errorf("a number finds its line: %+v", rates)
	}
	if r := o.ask("olga", "PATCH", "/v1/trunks/<office trunk>", `{"off":false}`); r.StatusCode != 200 {
		t.Fatal(string(r.body))
	}
	var quotes Quotes
	if o.ask("olga", "GET", "/v1/quotes?number=0049%2089%20901820", "").json(t, &quotes); len(quotes.Items) != 1 || quotes.Items[0].Minute != 10_000 || quotes.Items[0].Place != "Germany" {
		t.Errorf("%+v", quotes)
	}
	if r := o.ask("olga", "DELETE", "/v1/trunks/<office trunk>", ""); r.StatusCode != 409 {
		t.Errorf("a trunk with prices goes: %d", r.StatusCode)
	}
	var changed Deck
	if o.ask("olga", "PATCH", "/v1/decks/"+string(next.ID), `{"from":"2099-01-01T00:00:00Z"}`).json(t, &changed); changed.State != "coming" {
		t.Errorf("%+v", changed)
	}
	if r := o.ask("olga", "PATCH", "/v1/decks/"+string(next.ID), `{"until":"2020-01-01T00:00:00Z"}`); r.StatusCode != 422 {
		t.Errorf("an end before the beginning: %d", r.StatusCode)
	}
	if r := o.ask("olga", "DELETE", "/v1/decks/"+string(next.ID), ""); r.StatusCode != 204 {
		t.Errorf("delete: %d %s", r.StatusCode, r.body)
	}
}

// What a call cost is shown to whoever may see the costs of everybody who paid for it, and to nobody else (B-042, AZ-04).
func TestCostOfACall(t *testing.T) {
	o := newOffice(t)
	nina := pbx.UserID(o.ids["nina"])
	charge := &pbx.Charge{Payer: nina, Priced: true, Name: "Poland", Price: pbx.Price{Minute: 20_000, Increment: time.Minute}, Currency: "EUR"}
	from, at := pbx.Party{User: nina, Name: "Nina", Number: "105"}, start.Add(-20*time.Hour)
	cdr := report.CDR{ID: "cal_abroad", From: from, To: pbx.Party{Number: "+48221234567"}, Dialled: "+48221234567", Users: []pbx.UserID{nina}, Started: at, Answered: at, Ended: at.Add(61 * time.Second), Cause: pbx.CauseHangup,
		Legs: []report.Leg{{ID: "leg_1", Party: from, Started: at, Answered: at, Ended: at.Add(61 * time.Second)},
			{ID: "leg_2", Out: true, Party: pbx.Party{Number: "+48221234567"}, Started: at, Answered: at, Ended: at.Add(61 * time.Second), Charge: charge}}}
	if _, err := o.tenant.Append(t.Context(), []report.CDR{cdr}, nil); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]int64{"olga": 40_000, "nina": 40_000, "greta": 40_000, "tom": -1} {
		r := o.ask(who, "GET", "/v1/calls/cal_abroad", "")
		if want < 0 {
			if r.StatusCode != 404 {
				t.Errorf("%s: %d %s", who, r.StatusCode, r.body)
			}
			continue
		}
		var c Call
		if r.json(t, &c); c.Cost == nil || c.Cost.Amount != want || !c.Cost.Known || c.Cost.Currency != "EUR" || c.Cost.Lines[0].Place != "Poland" || c.Cost.Lines[0].Seconds != 61 {
			t.Errorf("%s: %s", who, r.body)
		}
	}
}
