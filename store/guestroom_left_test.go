package store_test

import (
	"os"
	"regexp"
	"testing"
)

// left says of every table what a check-out does with what is of a guest room in it. A table that is new needs a decision here (G-019). Of rows of the configuration
// package command decides, kind by kind.
var left = map[string]string{
	"messages": "clears", "notices": "clears", "pushes": "clears", "sessions": "clears", "logins": "clears", "links": "clears",
	"callbacks":        "the queues drop the places of the guest",
	"spent":            "keeps: the accounts of a room begin anew at check-out",
	"reserved":         "keeps: of calls that are up, which end on the account they began on",
	"calls":            "keeps: whose they are is decided by the moment they began at",
	"call_parts":       "keeps: likewise",
	"open_calls":       "keeps: of calls that are up",
	"recordings":       "keeps: whose they are is decided by the moment they began at",
	"recording_parts":  "keeps: likewise",
	"recording_shares": "keeps: a link lends what its giver may, and the room may hear nothing of the guest any more",
	"stays":            "keeps: reports of queues",
	"trunk_legs":       "keeps: quality of lines",
	"facts":            "keeps: the audit log",
	"mails":            "keeps: what was sent, for those who run the mail",
	"uses":             "keeps: for those who look rights through",
	"token_uses":       "keeps: tokens of the guest are gone",
	"talk_uses":        "keeps: the link of the guest is gone",
	"visits":           "keeps: what visitors wrote, for as long as the link said",
	"bindings":         "go with the phones of the guest",
	"acquaintances":    "keeps: networks that the phone of the room is at home in",
	"erasures":         "keeps: a record",
	"photos":           "goes when nobody shows it",
	"endings":          "go with the calls and recordings whose names and numbers they are of",
	"blocks":           "nobody's", "countries_called": "nobody's", "schema_steps": "nobody's", "trunk_alerts": "nobody's", "fact_gaps": "nobody's", "forgotten": "nobody's", "tenants": "nobody's",
}

// configuration are the tables of rows that a snapshot holds.
var configuration = regexp.MustCompile(`^(accesses|alarms|assignments|budgets|calendars|contacts|decks|devices|dids|duties|entrances|forwardings|grants|groups|guestrooms|mailboxes|memberships|menus|` +
	`outroutes|overrides|parks|prompts|queues|recordrules|regions|reminders|restrictions|reviews|rings|roles|rooms|statuses|talklinks|timetables|tokens|trunks|users|verdicts)$`)

func TestEveryTableKnowsCheckOut(t *testing.T) {
	schema, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	tables := regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllStringSubmatch(string(schema), -1)
	if len(tables) < 60 {
		t.Fatalf("only %d tables", len(tables))
	}
	for _, m := range tables {
		if left[m[1]] == "" && !configuration.MatchString(m[1]) {
			t.Errorf("does a check-out clear what is of a room in %s? Nobody has decided it", m[1])
		}
	}
}
