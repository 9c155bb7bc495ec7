package toll

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// priced is an office with two lines, price lists and budgets.
func priced(t testing.TB, nouns ...pbx.Noun) *pbx.Snapshot {
	t.Helper()
	s := office(t, everybody(allow("local", "national", "mobile", "toll_free", "international")))
	tenant := s.Tenant
	tenant.Currency = "EUR"
	put := append([]pbx.Noun{&tenant, &pbx.Trunk{ID: "trk_a", Name: "A", Host: "a.example"}, &pbx.Trunk{ID: "trk_b", Name: "B", Host: "b.example"}}, nouns...)
	next, err := s.Apply(pbx.Change{Put: put})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func deck(id string, trunk pbx.TrunkID, from time.Time, prices ...any) *pbx.Deck {
	d := &pbx.Deck{ID: pbx.DeckID(id), Name: id, Trunk: trunk, Currency: "EUR", From: from}
	var list []pbx.Rate
	for i := 0; i < len(prices); i += 2 {
		list = append(list, pbx.Rate{Prefix: prices[i].(string), Minute: int64(prices[i+1].(int))})
	}
	d.Rates, d.Lines = pbx.NewRates(list), len(list)
	return d
}

func TestPriceOn(t *testing.T) {
	soon := noon.Add(24 * time.Hour)
	over := deck("dck_over", "trk_a", noon.Add(-time.Hour), "4822", 7)
	over.Over = true
	ended := deck("dck_ended", "trk_a", noon.Add(-time.Minute), "48", 1)
	ended.Until = noon
	dollars := deck("dck_dollars", "trk_b", noon.AddDate(0, -1, 0), "1", 10_000)
	dollars.Currency, dollars.Exchange = "USD", 920_001
	s := priced(t, deck("dck_all", "", noon.AddDate(-1, 0, 0), "43", 400, "48", 999), deck("dck_old", "trk_a", noon.AddDate(0, -2, 0), "48", 500), over, ended,
		deck("dck_new", "trk_a", noon.AddDate(0, -1, 0), "48", 100, "485", 200, "49", 10), deck("dck_soon", "trk_a", soon, "48", 50), dollars)
	for _, tt := range []struct {
		name, dialled string
		trunk         pbx.TrunkID
		at            time.Time
		want          string
	}{
		{"the newest list that is in force, not the one before", "+48 61 123 45 67", "trk_a", noon, "dck_new 48 100"},
		{"the longest prefix", "+48 512 345 678", "trk_a", noon, "dck_new 485 200"},
		{"a list that lies over it", "+48 22 123 45 67", "trk_a", noon, "dck_over 4822 7"},
		{"one that has ended is not asked", "+48 61 123 45 67", "trk_a", noon.Add(-time.Second), "dck_ended 48 1"},
		{"one that begins later comes then", "+48 61 123 45 67", "trk_a", soon, "dck_soon 48 50"},
		{"and knows only what it knows", "+49 89 901820", "trk_a", soon, "unknown"},
		{"before the first there was the one before", "+48 61 123 45 67", "trk_a", noon.AddDate(0, -1, -1), "dck_old 48 500"},
		{"a trunk with lists of its own does not look into everybody's", "+43 1 234567", "trk_a", noon, "unknown"},
		{"a trunk without takes everybody's", "+43 1 234567", "trk_c", noon, "dck_all 43 400"},
		{"another currency is exchanged, a begun millionth whole", "+1 212 555 0123", "trk_b", noon, "dck_dollars 1 9201"},
		{"free numbers are free", "0800 1234567", "trk_b", noon, "free"},
		{"what nobody knows", "+999 1234567", "trk_b", noon, "unknown"},
	} {
		to := number.Read("DE", tt.dialled)
		q := PriceOn(s, tt.trunk, &to, tt.at)
		got := "unknown"
		if q.Deck != nil {
			got = fmt.Sprint(q.Deck.ID, " ", q.Rate.Prefix, " ", q.Price.Minute)
		} else if q.OK {
			got = "free"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The trunk is not known before the call: the dearest of those that are on counts.
func TestDecideKnowsTheDearestPrice(t *testing.T) {
	a, b := deck("dck_a", "trk_a", noon.AddDate(-1, 0, 0), "43", 100), deck("dck_b", "trk_b", noon.AddDate(-1, 0, 0), "43", 300)
	q := Question{Payer: "usr_bob", To: number.Read("DE", "+43 1 234567"), At: noon}
	s := priced(t, a, b)
	if v := Decide(s, q); !v.Quote.OK || v.Quote.Price.Minute != 300 || v.Quote.Trunk != "trk_b" {
		t.Errorf("%+v", v.Quote)
	}
	q.Trunk = "trk_a"
	if v := Decide(s, q); v.Quote.Price.Minute != 100 {
		t.Errorf("%+v", v.Quote)
	}
	q.Trunk = ""
	s, err := s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Trunk{ID: "trk_b", Name: "B", Host: "b.example", Off: true}}})
	if err != nil {
		t.Fatal(err)
	}
	if v := Decide(s, q); v.Quote.Price.Minute != 100 {
		t.Errorf("with one line off: %+v", v.Quote)
	}
}

// Where a budget of money has to pay, what has no price is refused (TF-05); a budget that only reports, or counts minutes, or other numbers, refuses nothing.
func TestUnknownPriceIsRefusedWhereMoneyIsCounted(t *testing.T) {
	for _, tt := range []struct {
		name   string
		budget pbx.Budget
		want   Code
	}{
		{"a budget of money", pbx.Budget{Measure: pbx.MeasureMoney}, Unpriced},
		{"of a group above", pbx.Budget{Measure: pbx.MeasureMoney, On: pbx.Ref{Kind: pbx.KindGroup, ID: "grp_all"}}, Unpriced},
		{"of somebody else", pbx.Budget{Measure: pbx.MeasureMoney, On: pbx.Ref{Kind: pbx.KindUser, ID: "usr_alice"}}, Allowed},
		{"that reports", pbx.Budget{Measure: pbx.MeasureMoney, Report: true}, Allowed},
		{"of time", pbx.Budget{Measure: pbx.MeasureTime}, Allowed},
		{"for other numbers", pbx.Budget{Measure: pbx.MeasureMoney, Classes: []string{"mobile"}}, Allowed},
		{"that is off", pbx.Budget{Measure: pbx.MeasureMoney, Off: true}, Allowed},
	} {
		b := tt.budget
		b.ID, b.Name, b.Period, b.Limit = "bud_1", "B", pbx.PeriodDay, 100
		if b.On.ID == "" {
			b.On = settings()
		}
		v := Decide(priced(t, &b, deck("dck_a", "", noon.AddDate(-1, 0, 0), "48", 1)), Question{Payer: "usr_bob", To: number.Read("DE", "+43 1 234567"), At: noon})
		if v.Code != tt.want || v.OK != (tt.want == Allowed) {
			t.Errorf("%s: %s, want %s", tt.name, v.Code, tt.want)
		}
	}
}

// Rates.Find agrees with looking at every line.
func TestLongestPrefixIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	digits := func(most int) string {
		var b strings.Builder
		for range 1 + r.IntN(most) {
			b.WriteByte('0' + byte(r.IntN(4)))
		}
		return b.String()
	}
	for range 300 {
		var list []pbx.Rate
		for range r.IntN(40) {
			list = append(list, pbx.Rate{Prefix: digits(6), Minute: r.Int64N(1000)})
		}
		rates := pbx.NewRates(list)
		for range 50 {
			n, want := digits(10), ""
			for _, l := range list {
				if strings.HasPrefix(n, l.Prefix) && len(l.Prefix) > len(want) {
					want = l.Prefix
				}
			}
			got := ""
			if f := rates.Find(n); f != nil {
				got = f.Prefix
			}
			if got != want {
				t.Fatalf("%s of %v: %q, want %q", n, list, got, want)
			}
		}
	}
}

func TestExchangeStaysWhole(t *testing.T) {
	for _, tt := range []struct{ n, rate, want int64 }{{5, 0, 5}, {1, 1, 1}, {1_000_000, 920_000, 920_000}, {1_000_000_000, 1_000_000 * pbx.Micros, most}, {3, 17_000 * pbx.Micros, 51_000}} {
		if got := exchanged(tt.n, tt.rate); got != tt.want {
			t.Errorf("%d at %d: %d, want %d", tt.n, tt.rate, got, tt.want)
		}
	}
}

// With prices and budgets the answer still takes under a microsecond and nothing of the heap.
func BenchmarkDecidePriced(b *testing.B) {
	var many []any
	for i := range 900 {
		many = append(many, fmt.Sprint(100+i), 10_000+i)
	}
	s := priced(b, deck("dck_a", "trk_a", noon.AddDate(-1, 0, 0), many...), deck("dck_b", "trk_b", noon.AddDate(-1, 0, 0), many...),
		&pbx.Budget{ID: "bud_1", Name: "B", On: settings(), Measure: pbx.MeasureMoney, Period: pbx.PeriodMonth, Limit: 1000},
		&pbx.Budget{ID: "bud_2", Name: "B", On: pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay, Limit: 1000},
		&pbx.Budget{ID: "bud_3", Name: "B", On: pbx.Ref{Kind: pbx.KindToken, ID: "tok_1"}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay, Limit: 1000})
	q := Question{Payer: "usr_bob", Token: "tok_1", To: number.Read("DE", "+43 1 234567"), At: noon.Add(-2 * time.Hour)}
	b.ReportAllocs()
	for b.Loop() {
		if v := Decide(s, q); !v.OK || !v.Quote.OK {
			b.Fatal(v.Code)
		}
	}
}
