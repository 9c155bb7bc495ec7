package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// A draft takes the place of all profiles that are in force, and is held to the same invariants.
func TestReadDraft(t *testing.T) {
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	s, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "Lindenhof", Country: "DE", Zone: "Europe/Berlin"}, &pbx.Group{ID: "grp_all", Name: "Default", Default: true},
		&pbx.User{ID: "usr_a", Name: "A", Email: "a@x.example", Extension: "201"}, &pbx.Membership{ID: "mem_a", User: "usr_a", Group: "grp_all", Role: "user", From: day.AddDate(-1, 0, 0)},
		&pbx.Restriction{ID: "rst_old", Name: "Old", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{{Effect: pbx.TollDeny}}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]toll.Code{
		`[{"name":"New","on":[{"kind":"office"}],"rules":[{"effect":"allow","classes":["mobile"],"text":"not read"}]}]`: toll.Allowed,
		`{"items":[{"id":"rst_old","name":"Old","on":[{"kind":"office"}],"rules":[]}]}`:                                 toll.Missing,
		`[]`: toll.Basic,
		`[{"name":"Bad","rules":[{"effect":"limit"}]}]`: "",
		`nothing`: "",
	} {
		path := filepath.Join(t.TempDir(), "draft.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		draft, err := readDraft(path, s)
		if (err == nil) != (want != "") {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err != nil {
			continue
		}
		if v := toll.Decide(draft, toll.Question{Payer: "usr_a", To: number.Read("DE", "0170 1234567"), At: day}); v.Code != want {
			t.Errorf("%s: %s, want %s", text, v.Code, want)
		}
	}
}

func TestReadSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "12h": 12 * time.Hour, "": 0, "0d": 0, "-1h": 0, "month": 0} {
		if got, err := readSpan(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}
