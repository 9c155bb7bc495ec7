package api

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// autumn keeps calls of the night in which the clocks of Berlin go through two o'clock twice, around its days, and a name
// that a program which calculates would take for a formula.
func autumn(t *testing.T, o *office) {
	t.Helper()
	nina := pbx.UserID(o.ids["nina"])
	for id, at := range map[string]string{
		"cal_saturday": "2026-10-24T21:59:59Z", // 23:59:59
		"cal_first":    "2026-10-25T00:30:00Z", // 02:30, summer
		"cal_second":   "2026-10-25T01:30:00Z", // 02:30, winter
		"cal_last":     "2026-10-25T22:59:59Z", // 23:59:59
	} {
		began, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		c := report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: nina, Name: "nina"}, To: pbx.Party{Number: "+48221234567", Name: "=SUM(A1)"}, Dialled: "+48221234567",
			Users: []pbx.UserID{nina}, Started: began, Answered: began, Ended: began.Add(90 * time.Second), Cause: pbx.CauseHangup}
		if id == "cal_last" {
			c.Answered = time.Time{}
		}
		if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCallTable exports the calls of the longest day: both calls of half past two can be told apart (BAR TZ-05).
func TestCallTable(t *testing.T) {
	o := newOffice(t)
	autumn(t, o)
	const day = "/v1/calls/table?from=2026-10-24T22:00:00Z&until=2026-10-25T23:00:00Z&zone="
	got := o.ask("olga", "GET", day+"Europe/Berlin", "")
	if got.StatusCode != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	rows, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []string{"cal_first 2026-10-25T00:30:00Z +02:00 90", "cal_second 2026-10-25T01:30:00Z +01:00 90", "cal_last 2026-10-25T22:59:59Z +01:00 0"} {
		r := rows[i+1]
		if line := strings.Join([]string{r[0], r[1], r[2], r[5]}, " "); line != want {
			t.Errorf("row %d: %s, want %s", i, line, want)
		}
		if r[9] != "'=SUM(A1)" || r[10] != "'+48221234567" {
			t.Errorf("row %d is calculated with: %q %q", i, r[9], r[10])
		}
	}
	if got = o.ask("olga", "GET", day+"Asia/Jakarta&result=answered&q=SUM", ""); strings.Count(string(got.body), "+07:00") != 2 {
		t.Errorf("in Jakarta: %s", got.body)
	}
	if got = o.ask("mia", "GET", day, ""); strings.Count(string(got.body), "\n") != 1 {
		t.Errorf("mia reads calls of others: %s", got.body)
	}
	if got = o.ask("olga", "GET", day+"Europe/Atlantis", ""); got.StatusCode != 422 || !strings.Contains(string(got.body), "Atlantis") {
		t.Errorf("an unknown zone: %d %s", got.StatusCode, got.body)
	}
}

// TestCallDays counts by the days of a zone, of 23 to 25 hours.
func TestCallDays(t *testing.T) {
	o := newOffice(t)
	autumn(t, o)
	days := func(who, zone, from, until string) (got CallDays) {
		t.Helper()
		o.ask(who, "GET", "/v1/calls/days?from="+from+"&until="+until+"&zone="+zone, "").json(t, &got)
		return got
	}
	berlin := days("olga", "Europe/Berlin", "2026-10-24", "2026-10-26")
	for i, want := range []CallDay{
		{Day: "2026-10-24", Hours: 24, Calls: 1, Answered: 1, Seconds: 90},
		{Day: "2026-10-25", Hours: 25, Calls: 3, Answered: 2, Seconds: 180},
		{Day: "2026-10-26", Hours: 24},
	} {
		d := berlin.Days[i]
		if d.Day != want.Day || d.Hours != want.Hours || d.Calls != want.Calls || d.Answered != want.Answered || d.Seconds != want.Seconds {
			t.Errorf("%+v, want %+v", d, want)
		}
	}
	if d := days("olga", "Europe/Berlin", "2026-03-29", "2026-03-29").Days[0]; d.Hours != 23 || !d.Begins.Equal(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("the shortest day: %+v", d)
	}
	if d := days("olga", "Asia/Jakarta", "2026-10-25", "2026-10-26"); d.Days[0].Calls != 3 || d.Days[1].Calls != 1 {
		t.Errorf("in Jakarta: %+v", d)
	}
	if d := days("mia", "Europe/Berlin", "2026-10-25", "2026-10-25").Days[0]; d.Calls != 0 {
		t.Errorf("mia counts calls of others: %+v", d)
	}
	for _, wrong := range []string{"from=2026-10-25&until=2026-10-24", "from=2024-01-01&until=2026-10-24", "from=2026-02-30&until=2026-03-01"} {
		if r := o.ask("olga", "GET", "/v1/calls/days?"+wrong, ""); r.StatusCode != 422 {
			t.Errorf("%s: %d %s", wrong, r.StatusCode, r.body)
		}
	}
}
