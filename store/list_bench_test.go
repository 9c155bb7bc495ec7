package store_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/store"
)

// listed is how many calls or recordings the lists of the benchmarks have.
var listed = flag.Int("listed", 1_000_000, "rows of the lists that are measured")

// timed measures how long a page takes: half of them are faster than p50, one in a hundred is slower than p99.
func timed(b *testing.B, name string, read func() error) {
	b.Run(name, func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			start := time.Now()
			if err := read(); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(start))
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms/p50")
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "ms/p99")
	})
}

// team is the sight of whoever manages the people from one number to another.
func team(from, to int) (s store.Scope) {
	for i := from; i < to; i++ {
		s.Users = append(s.Users, pbx.UserID(fmt.Sprint("usr_", i)))
	}
	return s
}

// BenchmarkCalls reads pages of a log of a million calls of 2,000 people with 100,000 numbers outside. Ten people make a third of the calls, and twenty
// – those from 1500 on – made all of theirs long ago.
func BenchmarkCalls(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x := db.Tenant("main")
		c := record(4711, 0, time.Minute, pbx.Party{User: "usr_WHO", Name: "Person WHO", Number: "2WHO"}, pbx.Party{Number: "+4930NUM"})
		c.Dialled, c.Users = "030NUM", c.Users[:1]
		body, err := json.Marshal(c)
		if err != nil {
			b.Fatal(err)
		}
		parts := strings.NewReplacer("'", "''", "cal_4711", "' || id || '", "WHO", "' || who || '", "NUM", "' || num || '").Replace(string(body))
		// Multiplying by a prime scatters without being random.
		calls := fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d),
			c(i, id, who, num) AS (SELECT i, 'cal_' || (10000000 + i), CASE WHEN i %% 3 = 0 THEN i / 3 %% 10 WHEN CAST(i AS BIGINT) * 7919 %% 2000 BETWEEN 1500 AND 1519 AND i > 200000 THEN 1600 ELSE CAST(i AS BIGINT) * 7919 %% 2000 END,
				CAST(1000000 + CAST(i AS BIGINT) * 104729 %% 100000 AS TEXT) FROM n)
			INSERT INTO calls (tenant, id, started, answered, ended, talk, cause, search, body)
			SELECT 'main', id, 1700000000000 + CAST(i AS BIGINT) * 10000, CASE WHEN i %% 4 = 0 THEN 0 ELSE 1700000005000 + CAST(i AS BIGINT) * 10000 END, 1700000060000 + CAST(i AS BIGINT) * 10000, CASE WHEN i %% 4 = 0 THEN 0 ELSE CAST(i AS BIGINT) * 31 %% 3000000 END,
			'hangup', '+4930' || num || ' 030' || num || ' 2' || who || ' person ' || who, '%s' FROM c`, *listed-1, parts)
		for _, s := range []string{calls,
			`INSERT INTO call_parts (tenant, part, started, call_id) SELECT tenant, substr(body, instr(body, 'usr_'), instr(substr(body, instr(body, 'usr_')), '"') - 1), started, id FROM calls`,
			// The texts, but for the last thousand calls, all at once; what a step of it takes is told below.
			`INSERT INTO call_parts (tenant, part, started, call_id) SELECT tenant, part, started, id FROM (SELECT tenant, started, id, 'text ' || substr(search, 1, 12) AS part FROM calls UNION ALL
				SELECT tenant, started, id, 'text ' || substr(search, 14, 10) FROM calls UNION ALL
				SELECT tenant, started, id, 'text ' || substr(search, instr(search, 'person')) || ' ' || substr(search, 25, instr(search, ' person') - 25) FROM calls) AS texts
				WHERE started <= (SELECT MAX(started) - 10000000 FROM calls) ORDER BY part, started`,
			`WITH RECURSIVE j(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM j WHERE k < 12), t(text) AS (SELECT DISTINCT substr(part, 6) FROM call_parts WHERE part LIKE 'text %'),
				w(text, word) AS (SELECT text, text FROM t WHERE text NOT LIKE 'p%' UNION SELECT text, 'person' FROM t WHERE text LIKE 'p%' UNION SELECT text, substr(text, 8, instr(substr(text, 8), ' ') - 1) FROM t WHERE text LIKE 'p%'
				UNION SELECT text, substr(text, 8 + instr(substr(text, 8), ' ')) FROM t WHERE text LIKE 'p%')
			INSERT INTO endings (tenant, ending, text) SELECT DISTINCT 'main', substr(word, k), text FROM w CROSS JOIN j WHERE k <= length(word) ORDER BY 2, 3`,
			`UPDATE tenants SET texted = (SELECT MAX(started) - 10000000 FROM calls)`,
		} {
			if db.IsPostgres() {
				s = strings.ReplaceAll(s, "instr(", "strpos(")
			}
			start := time.Now()
			if err := db.Exec(b.Context(), s); err != nil {
				b.Fatal(err)
			}
			b.Log(time.Since(start), s[:min(60, len(s))])
		}
		start := time.Now()
		for done := false; !done; {
			var err error
			if done, err = x.TextCalls(b.Context(), time.UnixMilli(1700000000000+int64(*listed)*10000-5000000), 250); err != nil {
				b.Fatal(err)
			}
		}
		b.Log("texts of 500 calls:", time.Since(start)) // the last 500 are read row by row
		if err := db.Analyze(b.Context()); err != nil {
			b.Fatal(err)
		}
		all := store.Scope{All: true}
		for _, q := range []struct {
			name string
			q    store.CallQuery
		}{
			{"everything", store.CallQuery{Sight: all}},
			{"everything counted", store.CallQuery{Sight: all, Count: true}},
			{"longest", store.CallQuery{Sight: all, Sort: "-duration"}},
			{"missed", store.CallQuery{Sight: all, Result: "missed"}},
			{"own", store.CallQuery{Sight: team(1000, 1001), Count: true}},
			{"own of a busy person", store.CallQuery{Sight: team(3, 4), Count: true}},
			{"team of 20", store.CallQuery{Sight: team(500, 520), Count: true}},
			{"team of 20 longest", store.CallQuery{Sight: team(500, 520), Sort: "-duration"}},
			{"team of 20, long ago", store.CallQuery{Sight: team(1500, 1520)}},
			{"busy team", store.CallQuery{Sight: team(0, 10), Count: true}},
			{"team of 200", store.CallQuery{Sight: team(500, 700)}},
			{"team of 200 counted", store.CallQuery{Sight: team(500, 700), Count: true}},
			{"team of 200, most of them gone", store.CallQuery{Sight: store.Scope{Users: append(team(1500, 1520).Users, team(5000, 5180).Users...)}}},
			{"half of the company", store.CallQuery{Sight: team(0, 1000)}},
			{"text that is often", store.CallQuery{Sight: all, Text: "person 7"}},
			{"of a number", store.CallQuery{Sight: all, Text: "+49301012345"}},
			{"of a number, counted", store.CallQuery{Sight: all, Text: "+49301012345", Count: true}},
			{"a number of a team of 200", store.CallQuery{Sight: team(500, 700), Text: "1012345"}},
			{"text of long ago", store.CallQuery{Sight: all, Text: "person 1507"}},
			{"text that is nowhere", store.CallQuery{Sight: all, Text: "nobody"}},
			{"text that is nowhere, counted", store.CallQuery{Sight: all, Text: "nobody", Count: true}},
			{"two letters that are nowhere", store.CallQuery{Sight: all, Text: "xy"}},
			{"text that is nowhere, longest", store.CallQuery{Sight: all, Text: "nobody", Sort: "-duration"}},
			{"text that is nowhere, team of 200", store.CallQuery{Sight: team(500, 700), Text: "nobody"}},
			{"a week", store.CallQuery{Sight: all, From: time.UnixMilli(1700000000000), Until: time.UnixMilli(1700000000000).AddDate(0, 0, 7)}},
		} {
			timed(b, q.name, func() error { _, err := x.Calls(b.Context(), q.q); return err })
		}
	})
}

// BenchmarkRecordings reads pages of a million recordings of 2,000 people with 100,000 numbers, also where few or none pass.
func BenchmarkRecordings(b *testing.B) {
	eachB(b, func(b *testing.B, db *store.DB) {
		x := db.Tenant("main")
		for _, s := range []string{
			fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO recordings (tenant, id, call_id, started, running, expires, hold, deleted, search, body, kind, direction, length, marked)
			SELECT 'main', 'rec_' || (10000000 + i), 'cal_' || i, 1700000000000 + CAST(i AS BIGINT) * 10000, 0, 0, CASE WHEN i %% 100003 = 0 THEN 1 ELSE 0 END, 0, 'person ' || (i %% 2000) || ' +49301' || (i %% 100000),
			'{"id":"rec_' || i || '","from":{"user":"usr_' || (i %% 2000) || '","name":"Person"},"to":{"number":"+49301' || i || '"},"voices":[{"user":"usr_' || (i %% 2000) || '"}],"filler":"a body is about as long as this one"}',
			CASE WHEN i %% 3 = 0 THEN 'demand' ELSE 'always' END, 'out', (i %% 3000) * 1000, 2 FROM n`, *listed-1),
			`INSERT INTO recording_parts (tenant, part, started, recording_id) SELECT tenant, 'usr_' || (CAST(substr(call_id, 5) AS INTEGER) % 2000), started, id FROM recordings`,
			`INSERT INTO recording_parts (tenant, part, started, recording_id) SELECT tenant, 'number +49301' || (CAST(substr(call_id, 5) AS INTEGER) % 100000), started, id FROM recordings`,
			`INSERT INTO recording_parts (tenant, part, started, recording_id) SELECT tenant, 'text +49301' || (CAST(substr(call_id, 5) AS INTEGER) % 100000), started, id FROM recordings`,
			`INSERT INTO recording_parts (tenant, part, started, recording_id) SELECT tenant, 'text person ' || (CAST(substr(call_id, 5) AS INTEGER) % 2000), started, id FROM recordings`,
			`WITH RECURSIVE j(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM j WHERE k < 11), w(text, word) AS (SELECT part, substr(part, 6) FROM recording_parts WHERE part LIKE 'text +%'
				UNION SELECT part, 'person' FROM recording_parts WHERE part LIKE 'text p%' UNION SELECT part, substr(part, 13) FROM recording_parts WHERE part LIKE 'text p%')
			INSERT INTO endings (tenant, ending, text) SELECT 'main', substr(word, k), substr(text, 6) FROM w CROSS JOIN j WHERE k <= length(word) ON CONFLICT (tenant, ending, text) DO NOTHING`,
			`INSERT INTO recording_parts (tenant, part, started, recording_id) SELECT tenant, 'held', started, id FROM recordings WHERE hold = 1`,
		} {
			if err := db.Exec(b.Context(), s); err != nil {
				b.Fatal(err)
			}
		}
		if err := db.Analyze(b.Context()); err != nil {
			b.Fatal(err)
		}
		all, own := store.Scope{All: true}, store.Scope{Users: []pbx.UserID{"usr_7"}}
		for _, q := range []struct {
			name string
			q    store.RecordingQuery
		}{
			{"everything", store.RecordingQuery{Sight: all}},
			{"own", store.RecordingQuery{Sight: own}},
			{"team of 200", store.RecordingQuery{Sight: team(0, 200)}},
			{"team of 200 in the bin", store.RecordingQuery{Sight: team(0, 200), Deleted: true}},
			{"team of 200, text that is nowhere", store.RecordingQuery{Sight: team(0, 200), Text: "nobody"}},
			{"half of the company", store.RecordingQuery{Sight: team(0, 1000)}},
			{"the bin", store.RecordingQuery{Sight: all, Deleted: true}},
			{"of a person", store.RecordingQuery{Sight: all, User: "usr_9"}},
			{"of a number", store.RecordingQuery{Sight: all, Number: "+49301777"}},
			{"kept", store.RecordingQuery{Sight: all, Held: true}},
			{"of a kind that is nowhere", store.RecordingQuery{Sight: all, Kind: pbx.RecordedRoom}},
			{"longest", store.RecordingQuery{Sight: all, Shortest: 2990 * time.Second}},
			{"own, longest", store.RecordingQuery{Sight: own, Shortest: 2990 * time.Second}},
			{"text that is often", store.RecordingQuery{Sight: all, Text: "person 7"}},
			{"a number as text", store.RecordingQuery{Sight: all, Text: "4930112345"}},
			{"two letters that are nowhere", store.RecordingQuery{Sight: all, Text: "xy"}},
			{"text that is nowhere", store.RecordingQuery{Sight: all, Text: "nobody"}},
		} {
			timed(b, q.name, func() error { _, err := x.Recordings(b.Context(), q.q); return err })
		}
	})
}
