package command

import (
	"strconv"
	"strings"

	"tandem/pbx"
)

// MaxDeckBytes bounds an uploaded price list.
const MaxDeckBytes = 24 << 20

// DeckRow is one line of a price list.
type DeckRow struct {
	Line    int
	Rate    pbx.Rate
	Problem *pbx.Error
}

// deckHeadings are the names that head a column of a price list, folded: in the product's languages, and what carriers write.
var deckHeadings = map[string][]string{
	"prefix":    {"prefix", "code", "codes", "dial code", "dialcode", "destination code", "country code", "area code", "number", "vorwahl", "präfix", "rufnummer", "prefiks", "kod", "numer kierunkowy", "префикс", "код", "код направления", "awalan", "kode", "kode tujuan"},
	"name":      {"name", "destination", "destination name", "description", "country", "zone", "ziel", "zielname", "land", "bezeichnung", "nazwa", "kierunek", "opis", "kraj", "название", "направление", "страна", "tujuan", "nama", "negara"},
	"minute":    {"price", "rate", "minute", "per minute", "price per minute", "rate per minute", "price/min", "rate/min", "cost", "preis", "minutenpreis", "preis pro minute", "preis/min", "cena", "stawka", "cena za minutę", "цена", "тариф", "цена за минуту", "стоимость", "harga", "tarif", "harga per menit"},
	"setup":     {"setup", "setup fee", "connect fee", "connection fee", "connect", "connection", "surcharge", "verbindungsentgelt", "verbindungspreis", "opłata za połączenie", "плата за соединение", "соединение", "biaya sambungan"},
	"increment": {"increment", "interval", "billing increment", "billing", "rounding", "billing interval", "takt", "taktung", "abrechnungstakt", "naliczanie", "takt naliczania", "шаг", "тарификация", "interval tagihan", "kenaikan"},
	"minimum":   {"minimum", "minimum duration", "min duration", "minimal duration", "first interval", "mindestdauer", "minimum sekund", "минимум", "минимальная длительность", "durasi minimum"},
	"currency":  {"currency", "währung", "waluta", "валюта", "mata uang"},
}

var deckTable = table{headings: deckHeadings, octets: MaxDeckBytes, rows: pbx.MaxRates, many: "deck.too_many", heads: func(has map[string]bool) error {
	return lacks(has, "deck.column_missing", []string{"prefix", "minute"}, map[string]string{"minute": "price"})
}}

// ReadDeck reads a price list. It refuses a file that cannot be read at all; what is wrong in a line stands with the line. Currency is the one that
// the file names; empty when it names none.
func ReadDeck(file []byte) (rows []DeckRow, currency string, err error) {
	seen := map[string]int{}
	err = deckTable.read(file, func(line int, fields, record []string) {
		row, money := deckRow(line, fields, record)
		if row.Problem == nil {
			if before, twice := seen[row.Rate.Prefix]; twice {
				row.Problem = pbx.Refuse(pbx.Invalid, "prefix", "deck.prefix_twice", "value", row.Rate.Prefix, "line", strconv.Itoa(before))
			}
			seen[row.Rate.Prefix] = line
		}
		switch {
		case money == "" || row.Problem != nil:
		case currency == "":
			currency = money
		case currency != money:
			row.Problem = pbx.Refuse(pbx.Invalid, "currency", "deck.currency_mixed", "value", printable(money), "currency", currency)
		}
		rows = append(rows, row)
	})
	if err != nil {
		return nil, "", err
	}
	return rows, currency, nil
}

// deckRow reads one line. The first thing that is wrong with it is its problem.
func deckRow(line int, fields, record []string) (row DeckRow, currency string) {
	row.Line = line
	bad := func(field, key, value string) {
		if row.Problem == nil {
			row.Problem = pbx.Refuse(pbx.Invalid, field, key, "value", printable(value))
		}
	}
	has := map[string]bool{}
	for i, value := range record {
		if i >= len(fields) {
			break
		}
		value = strings.TrimSpace(value)
		r := &row.Rate
		if value == "" && fields[i] != "prefix" && fields[i] != "minute" {
			continue
		}
		has[fields[i]] = true
		var ok bool
		switch fields[i] {
		case "prefix":
			if r.Prefix, ok = prefixOf(value); !ok {
				bad("prefix", "deck.prefix_bad", value)
			}
		case "name":
			r.Name = strings.Join(strings.Fields(printable(value)), " ")
			if len([]rune(r.Name)) > 120 {
				r.Name = string([]rune(r.Name)[:120])
			}
		case "minute":
			if r.Minute, ok = micros(value); !ok {
				bad("minute", "deck.price_bad", value)
			}
		case "setup":
			if r.Setup, ok = micros(value); !ok {
				bad("setup", "deck.price_bad", value)
			}
		case "increment":
			minimum := 0
			if minimum, r.Increment, ok = increments(value); !ok {
				bad("increment", "deck.increment_bad", value)
			}
			r.Minimum = max(r.Minimum, minimum)
		case "minimum":
			n, ok := seconds(value)
			if !ok {
				bad("minimum", "deck.increment_bad", value)
			}
			r.Minimum = max(r.Minimum, n)
		case "currency":
			currency = strings.ToUpper(value)
			if pbx.CheckCurrency("currency", currency) != nil {
				bad("currency", "deck.currency_bad", value)
			}
		}
	}
	for _, f := range []struct{ field, key string }{{"prefix", "deck.prefix_bad"}, {"minute", "deck.price_bad"}} {
		if !has[f.field] {
			bad(f.field, f.key, "")
		}
	}
	return row, currency
}

// prefixOf reads the beginning of a number with country code: "+48", "0048" or "48".
func prefixOf(s string) (string, bool) {
	s = strings.Map(dropBlanks, s)
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		s = rest
	} else {
		s = strings.TrimPrefix(s, "00")
	}
	return s, s != "" && len(s) <= 15 && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

// micros reads an amount with up to six decimals behind a point or a comma into millionths.
func micros(s string) (int64, bool) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0€$£", r) {
			return -1
		}
		return r
	}, s)
	whole, part, _ := strings.Cut(strings.ReplaceAll(s, ",", "."), ".")
	if whole == "" && part == "" || len(whole) > 4 || strings.Trim(whole+part, "0123456789") != "" {
		return 0, false
	}
	if len(part) > 6 {
		if strings.Trim(part[6:], "0") != "" {
			return 0, false
		}
		part = part[:6]
	}
	n, err := strconv.ParseInt("0"+whole+part+strings.Repeat("0", 6-len(part)), 10, 64)
	return n, err == nil && n <= pbx.MaxRateMoney
}

// increments reads "60/1" as at least 60 seconds and then by the second, "30" as in steps of 30 seconds, and "1/1/1" by its last two.
func increments(s string) (minimum, step int, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/+-;: ", r) })
	if len(parts) == 0 || len(parts) > 3 {
		return 0, 0, false
	}
	for i, p := range parts {
		n, good := seconds(p)
		if !good {
			return 0, 0, false
		}
		if i < len(parts)-1 {
			minimum = n
		}
		step = n
	}
	return minimum, step, true
}

func seconds(s string) (int, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "s")
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= 3600
}
