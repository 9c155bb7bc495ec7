package command

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

func TestReadDeck(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"commas and points", "prefix,price\n48,0.012\n", "2 48 12000/0/0/0"},
		{"what a German program writes", "\ufeffVorwahl;Ziel;Preis;Verbindungsentgelt;Takt\r\n0049;Deutschland;0,0085;0,01;60/1\r\n", "2 49 8500/10000/1/60 Deutschland"},
		{"Polish", "Prefiks;Kierunek;Cena za minutę;Takt\n+48 22;Warszawa;0,05;30\n", "2 4822 50000/0/30/0 Warszawa"},
		{"Russian", "Код;Направление;Тариф\n7495;Москва;1,5\n", "2 7495 1500000/0/0/0 Москва"},
		{"Indonesian", "kode,tujuan,tarif\n62,Indonesia,0.3\n", "2 62 300000/0/0/0 Indonesia"},
		{"three intervals", "prefix,rate,increment\n1,0.01,1/6/6\n", "2 1 10000/0/6/6"},
		{"a minimum of its own", "prefix,rate,increment,minimum\n1,0.01,6,30\n", "2 1 10000/0/6/30"},
		{"free", "prefix,price\n49800,0\n", "2 49800 0/0/0/0"},
		{"with the sign of the currency", "prefix,price\n1,$0.02\n", "2 1 20000/0/0/0"},
		{"a currency for all", "prefix,price,currency\n1,0.02,usd\n48,0.1,USD\n", "2 1 20000/0/0/0|3 48 100000/0/0/0 USD"},
		{"two currencies", "prefix,price,currency\n1,0.02,USD\n48,0.1,PLN\n", "2 1 20000/0/0/0|3 ! deck.currency_mixed USD"},
		{"no currency", "prefix,price,currency\n1,0.02,dollars\n", "2 ! deck.currency_bad"},
		{"a prefix twice", "prefix,price\n1,0.02\n43,1\n001,0.03\n", "2 1 20000/0/0/0|3 43 1000000/0/0/0|4 ! deck.prefix_twice"},
		{"words for prefixes", "prefix,price\nGermany,0.02\n", "2 ! deck.prefix_bad"},
		{"an empty prefix", "prefix,price\n,0.02\n", "2 ! deck.prefix_bad"},
		{"a short line", "prefix,price\n48\n", "2 ! deck.price_bad"},
		{"a price below nothing", "prefix,price\n48,-0.1\n", "2 ! deck.price_bad"},
		{"a price beyond reason", "prefix,price\n48,1000.01\n", "2 ! deck.price_bad"},
		{"too fine a price", "prefix,price\n48,0.0000001\n", "2 ! deck.price_bad"},
		{"zeros behind are no harm", "prefix,price\n48,0.01000000\n", "2 48 10000/0/0/0"},
		{"a thousand with a separator is none", "prefix,price\n48,\"1,000.50\"\n", "2 ! deck.price_bad"},
		{"an interval in words", "prefix,price,increment\n48,0.1,per minute\n", "2 ! deck.increment_bad"},
		{"the good lines are read beside the bad", "prefix,price\nx,1\n43,0.2\n", "2 ! deck.prefix_bad|3 43 200000/0/0/0"},
		{"no price column", "prefix,name\n48,Poland\n", "invalid deck.column_missing @minute"},
		{"a column twice", "prefix,price,rate\n48,1,2\n", "invalid import.column_twice @minute"},
		{"only a head", "prefix,price\n", "invalid import.empty"},
		{"an open quote", "prefix,price\n\"48,1\n", "invalid import.quotes"},
		{"Latin-1", "prefix,name,price\n1,M\xfcller,1\n", "invalid import.encoding"},
		{"too large", strings.Repeat("x", MaxDeckBytes+1), "exhausted import.too_large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, currency, err := ReadDeck([]byte(tt.file))
			got := refused(err)
			if err == nil {
				var lines []string
				for _, r := range rows {
					line := fmt.Sprintf("%d %s %d/%d/%d/%d %s", r.Line, r.Rate.Prefix, r.Rate.Minute, r.Rate.Setup, r.Rate.Increment, r.Rate.Minimum, r.Rate.Name)
					if r.Problem != nil {
						line = fmt.Sprintf("%d ! %s", r.Line, r.Problem.Text.Key)
					}
					lines = append(lines, strings.TrimSpace(line))
				}
				got = strings.TrimSpace(strings.Join(lines, "|") + " " + currency)
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A second import of the same file changes nothing (N-24); other prices, another line or a later moment do.
func TestSecondImportChangesNothing(t *testing.T) {
	o := full(t)
	rows, _, err := ReadDeck([]byte("prefix,name,price\n48,Poland,0.02\n49,Germany,0.01\n"))
	if err != nil {
		t.Fatal(err)
	}
	name, euro, later := "Carrier", "EUR", o.now.AddDate(0, 1, 0)
	first, err := o.Do(t.Context(), system, ImportDeck{Deck{Name: &name, Currency: &euro}, rows})
	if err != nil || len(first.Differences) != 2 {
		t.Fatalf("%v, %d rows", err, len(first.Differences))
	}
	if first.Snapshot.Tenant.Currency != "EUR" {
		t.Error("the first list says in what the office counts")
	}
	o.now = o.now.Add(time.Hour)
	again, err := o.Do(t.Context(), system, ImportDeck{Deck{Name: &name, Currency: &euro}, rows})
	if err != nil || len(again.Differences) != 0 || again.Object != first.Object {
		t.Errorf("%v, %+v", err, again.Object)
	}
	rows[0].Rate.Minute++
	other, err := o.Do(t.Context(), system, ImportDeck{Deck{Name: &name, Currency: &euro, From: &later}, rows})
	if err != nil || len(other.Differences) != 1 {
		t.Errorf("%v, %d rows", err, len(other.Differences))
	}
	zloty := "PLN"
	if _, err := o.Do(t.Context(), system, ImportDeck{Deck{Name: &name, Currency: &zloty}, rows}); refused(err) != "invalid deck.exchange_missing @exchange" {
		t.Errorf("%v", err)
	}
	if _, err := o.Do(t.Context(), system, ImportDeck{Deck{Name: &name, Currency: &euro}, append(rows, DeckRow{Line: 4, Problem: pbx.Refuse(pbx.Invalid, "", "deck.price_bad")})}); refused(err) != "invalid import.problems" {
		t.Errorf("%v", err)
	}
}

// Whatever the file: lines that are read without a problem are prices that a deck can hold, once each.
func FuzzReadDeck(f *testing.F) {
	for _, seed := range []string{"prefix,price\n48,0.01\n", "Vorwahl;Preis;Takt\n0049;0,01;60/1\n", "\xef\xbb\xbfcode\tname\trate\n1\tx\t.5\n", "prefix,price,currency\n1,1,EUR\n2,2,USD\n", "prefix,price\n\"1\n2\",3\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, _, err := ReadDeck(file)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, r := range rows {
			if r.Problem != nil {
				continue
			}
			x := r.Rate
			if seen[x.Prefix] || x.Prefix == "" || len(x.Prefix) > 15 || strings.Trim(x.Prefix, "0123456789") != "" {
				t.Errorf("line %d: prefix %q", r.Line, x.Prefix)
			}
			if x.Minute < 0 || x.Minute > pbx.MaxRateMoney || x.Setup < 0 || x.Setup > pbx.MaxRateMoney || x.Increment < 0 || x.Increment > 3600 || x.Minimum < 0 || x.Minimum > 3600 {
				t.Errorf("line %d: %+v", r.Line, x)
			}
			if strings.ContainsAny(x.Name, "\n\r\x00") {
				t.Errorf("line %d: name %q", r.Line, x.Name)
			}
			seen[x.Prefix] = true
		}
	})
}
