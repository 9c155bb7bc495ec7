package officetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"tandem/house"
	"tandem/pbx"
)

// A fresh office opens nothing that is dear: whoever dials it is refused with 603 and a Reason, and hears why (TF-01); that somebody
// keeps trying is told to whoever looks after the office, once (B-067).
func TestFreshOfficeRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.claim()
	alice, account := s.person("Alice", "150")
	ctx, desk, carrier, _ := s.deskAndCarrier(account)
	s.works(s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp"}))
	dials := map[string]string{
		"premium": "0900 1234567", "premium abroad": "+44 906 123 4567", "satellite 870": "+870 773 123456", "satellite 881": "+8816 12345678",
		"network 882": "+88216 1234567", "network 883": "+883 5100 1234567", "international premium 979": "+979 1 23456789", "international shared cost 808": "+808 1234 5678",
		"shared cost": "0180 1 123456", "Jamaica": "+1 876 926 1234", "Dominican Republic": "+1 809 221 1111", "Jamaica, dialled long": "001 876 926 1234",
		"looks local": "09001234567", "Poland": "+48 22 123 45 67", "the United States": "+1 212 555 0123", "a country that there is not": "+999 1234567",
	}
	talks := map[string]*Talk{}
	for name, number := range dials {
		talk, err := desk.Dial(ctx, strings.ReplaceAll(number, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		talks[name] = talk
	}
	for name, talk := range talks {
		await(t, ctx, talk.Ended(), talk)
		if talk.Status() != 603 || !strings.HasPrefix(talk.Reason(), "Q.850;cause=21;text=") || talk.Early() < 50 {
			t.Errorf("%s: %d, Reason %q, %d packets of sound", name, talk.Status(), talk.Reason(), talk.Early())
		}
	}
	for _, c := range s.call(200, "GET", "/v1/calls?limit=200", nil).Items() {
		if c.Text("cause") != string(pbx.CauseDenied) {
			t.Errorf("%s: %s", c.Text("dialled"), c.Text("cause"))
		}
	}
	told := func() (all []object) {
		for _, n := range s.call(200, "GET", "/v1/notices?area=groups", nil).Items() {
			if n.Text("kind") == "violations" {
				all = append(all, n)
			}
		}
		return all
	}
	eventually(t, "who may report about Alice is told", func() bool { return len(told()) > 0 })
	if all := told(); len(all) != 1 || !strings.HasPrefix(all[0].Text("title"), "Alice ") || all[0].Text("about", "id") != alice || all[0].Text("severity") != "warning" {
		t.Errorf("%v", all)
	}
}

// Somebody has Alice's web session at night: he sends her calls to a premium number and calls in forty times at once. What it costs stays within her daily
// limit, calls abroad are stopped and the running ones cut, and within a minute she and who looks after the office know by mail; one click opens them
// again, and that is in the log. The stop outlives a restart (TF-06, TF-07).
func TestStolenSession(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := start(t, func(c *house.Config) { c.Data = data })
	s.claim()
	group := s.call(200, "GET", "/v1/groups", nil).Text("items", 0, "id")
	s.join("Alice", group, "user")
	alice := s.call(200, "GET", "/v1/users?q=Alice", nil).Text("items", 0, "id")
	ctx, _, carrier, _ := s.deskAndCarrier(s.phone(alice))
	s.works(s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp"}))
	s.call(201, "POST", "/v1/numbers", object{"number": "030 555150", "shown": true, "to": object{"kind": "user", "id": alice}})
	s.call(200, "POST", "/v1/decks?name=Prices&currency=EUR", "prefix,price\n49,2.00\n")
	const limit = 20
	s.call(201, "POST", "/v1/budgets", object{"name": "Each day", "on": object{"kind": "user", "id": alice}, "measure": "money", "period": "day", "limit": 100 * limit})

	thief := NewClient(s.Base, patience)
	s.as(thief, 200, "POST", "/v1/session", object{"email": "alice@example.com", "password": joinedPassword})
	away := object{"profiles": []object{profile("available", object{"kind": "outside", "number": "0900 1234567"}, object{"rings": false}), profile("dnd", object{"kind": "outside", "number": "0900 1234567"}, object{"rings": false})}}
	began := time.Now()
	// What she may not call herself, no rule of hers leads to, whoever sets it.
	if why := s.as(thief, 422, "PUT", "/v1/users/"+alice+"/forwarding", away); !strings.Contains(why.Text("key"), "forwarding.not_open") {
		t.Errorf("%v", why)
	}
	s.call(201, "POST", "/v1/restrictions", object{"name": "Too open", "on": []object{{"kind": "office"}}, "rules": []object{{"effect": "allow", "classes": []string{"local", "national", "mobile", "premium", "international"}}}})
	s.as(thief, 200, "PUT", "/v1/users/"+alice+"/forwarding", away)
	s.as(thief, 200, "PUT", "/v1/users/"+alice+"/status", object{"status": "dnd"})
	mails := func(kind string) (to []string) {
		for _, m := range s.call(200, "GET", "/v1/mails?limit=200", nil).Items() {
			if m.Text("kind") == kind {
				to = append(to, m.Text("to"))
			}
		}
		return to
	}
	eventually(t, "Alice is told where her calls go", func() bool { return len(mails("forwarded")) == 1 && mails("forwarded")[0] == "alice@example.com" })

	far := carrier.Add("+499001234567", "")
	far.Ringing = func(c *Talk) { _ = c.Answer(context.Background()) }
	caller := carrier.Add("+4940777", "")
	flood := func() {
		t.Helper()
		var all []*Talk
		for range 40 {
			in, err := caller.Dial(ctx, "+4930555150")
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, in)
		}
		for _, in := range all {
			await(t, ctx, in.Ended(), in)
		}
	}
	flood()
	eventually(t, "who looks after the office is told", func() bool { return len(mails("alarm")) == 2 })
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the alarm came after %s", took)
	}
	spent := func() float64 {
		return s.call(200, "GET", "/v1/budgets", nil).At("items", 0, "spent").(float64) / 1e6
	}
	held := s.call(200, "GET", "/v1/alarms?holds=true", nil)
	if held.Text("total") != "1" || held.Text("items", 0, "kind") != "at_once" || held.Text("items", 0, "on", "id") != alice {
		t.Errorf("%v", held)
	}
	eventually(t, "what the calls took is settled", func() bool { return spent() <= 3*2 })
	why := s.call(200, "POST", "/v1/explain/call", object{"from": alice, "to": "0900 1234567"})
	if why.Text("code") != "alarm" {
		t.Errorf("%v", why)
	}

	// A restart opens nothing.
	s.halt()
	s = start(t, func(c *house.Config) { c.Data = data })
	s.as(s.Client, 200, "POST", "/v1/session", object{"email": "olga@example.com", "password": "correct horse battery"})
	if why := s.call(200, "POST", "/v1/explain/call", object{"from": alice, "to": "0900 1234567"}); why.Text("code") != "alarm" {
		t.Errorf("after a restart: %v", why)
	}
	s.as(NewClient(s.Base, patience), 401, "POST", "/v1/alarms/"+held.Text("items", 0, "id")+"/lift", object{})
	s.call(200, "POST", "/v1/alarms/"+held.Text("items", 0, "id")+"/lift", object{"reason": "Her password is changed"})
	if why := s.call(200, "POST", "/v1/explain/call", object{"from": alice, "to": "0900 1234567"}); why.Text("ok") != "true" {
		t.Errorf("after it was lifted: %v", why)
	}
	facts := s.call(200, "GET", "/v1/audit?limit=5", nil)
	if log := facts.Text("items"); !strings.Contains(log, "alarm.lifted") || !strings.Contains(log, "Her password is changed") {
		t.Errorf("%v", facts)
	}
}

// Without any alarm, the daily limit alone bounds what forty calls at once can cost (TF-04, TF-07).
func TestStolenSessionWithoutAlarms(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.claim()
	alice, account := s.person("Alice", "150")
	ctx, _, carrier, _ := s.deskAndCarrier(account)
	s.works(s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp"}))
	s.call(201, "POST", "/v1/numbers", object{"number": "030 555150", "shown": true, "to": object{"kind": "user", "id": alice}})
	s.call(200, "POST", "/v1/decks?name=Prices&currency=EUR", "prefix,price\n49,2.00\n")
	s.call(201, "POST", "/v1/restrictions", object{"name": "Too open", "on": []object{{"kind": "office"}}, "rules": []object{{"effect": "allow", "classes": []string{"premium"}}}})
	s.call(201, "POST", "/v1/budgets", object{"name": "Each day", "on": object{"kind": "user", "id": alice}, "measure": "money", "period": "day", "limit": 2000})
	s.call(200, "PATCH", "/v1/alarms", object{"at_once": 0, "group": 0, "destinations": 0, "short": 0, "country": false})
	to := object{"kind": "outside", "number": "0900 1234567"}
	s.call(200, "PUT", "/v1/users/"+alice+"/forwarding", object{"profiles": []object{profile("dnd", to, object{"rings": false})}})
	s.call(200, "PUT", "/v1/users/"+alice+"/status", object{"status": "dnd"})
	far := carrier.Add("+499001234567", "")
	far.Ringing = func(c *Talk) { _ = c.Answer(context.Background()) }
	caller := carrier.Add("+4940777", "")
	up := make(chan *Talk, 40)
	for range 40 {
		in, err := caller.Dial(ctx, "+4930555150")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			select {
			case <-in.Answered():
				up <- in
			case <-in.Ended():
				up <- nil
			case <-ctx.Done():
				up <- nil
			}
		}()
	}
	talking := []*Talk{}
	for range 40 {
		if in := <-up; in != nil {
			talking = append(talking, in)
		}
	}
	if len(talking) != 10 {
		t.Errorf("%d calls went through, 20 EUR are good for the first minute of 10", len(talking))
	}
	if spent := s.call(200, "GET", "/v1/budgets", nil).At("items", 0, "spent").(float64); spent > 20e6 {
		t.Errorf("%v are spent", spent)
	}
	for _, in := range talking {
		in.Hangup()
	}
}
