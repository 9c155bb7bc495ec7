package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/store"
	"tandem/toll"
)

// Whether a call could be made is told from the shell with what budgets have left, also for a program that begins it with its token (B-098, BAR TF-12).
func TestExplainCall(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	verb(t, password+"\n", "setup", "--data", data, "--email", email, "--name", "Olga", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin").well(t)
	var log bytes.Buffer
	m, err := where{Data: data}.alone(t.Context(), streams{err: &log, out: &log})
	if err != nil {
		t.Fatal(err, log.String())
	}
	s, _ := m.Directory.View()
	ref, _ := s.ByExtension("100")
	olga, minutes, day, limit := pbx.UserID(ref.ID), pbx.MeasureTime, pbx.PeriodDay, int64(10)
	done, err := m.Desk.Do(t.Context(), pbx.Actor{Kind: pbx.ActorUser, User: olga}, command.CreateToken{User: olga, Name: "Dialler", Budget: &command.Budget{Measure: &minutes, Period: &day, Limit: &limit}})
	if err != nil {
		t.Fatal(err)
	}
	s, _ = m.Directory.View()
	for _, b := range s.Budgets {
		a := toll.AccountOf(s, b, olga, time.Now())
		if err := m.Store.Reserve(t.Context(), store.Reserved{Call: "cal_x", Leg: "leg_x", Held: []store.Spent{{Budget: a.Budget, Window: a.Window, Amount: 570}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}

	ask := []string{"explain", "call", "--data", data, "--from", "100"}
	told := verb(t, "", append(ask, "--to", "089 901820")...).well(t)
	if !strings.HasPrefix(told, "yes: ") {
		t.Errorf("by hand:\n%s", told)
	}
	for _, token := range []string{"Dialler", done.Object.ID} {
		told = verb(t, "", append(ask, "--to", "089 901820", "--token", token)...).well(t)
		for _, want := range []string{"no: ", "(budget)", "The budget Dialler has not enough left.", "Raise the budget"} {
			if !strings.Contains(told, want) {
				t.Errorf("by the program: not told %q:\n%s", want, told)
			}
		}
	}
	var out struct {
		OK           bool
		Code, Budget string
	}
	if err := json.Unmarshal([]byte(verb(t, "", append(ask, "--to", "089 901820", "--token", "Dialler", "--json")...).well(t)), &out); err != nil || out.OK || out.Code != "budget" || out.Budget != "Dialler" {
		t.Errorf("%v %+v", err, out)
	}
	if told = verb(t, "", append(ask, "--to", "112", "--token", "Dialler")...).well(t); !strings.HasPrefix(told, "yes: ") {
		t.Errorf("help:\n%s", told)
	}
	verb(t, "", append(ask, "--to", "112", "--token", "None")...).refused(t, "None", "--token")
}
