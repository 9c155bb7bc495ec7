package i18n

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What is said in each language, as a person would write down what he hears (L10N-03).
func TestSpeech(t *testing.T) {
	c := load(t)
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) // a Wednesday
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 7, 5, 0, 0, time.UTC) }
	type row struct {
		got  []string
		want string
	}
	for language, rows := range map[Say][]row{
		"en": {
			{Say("en").Number(0), "zero"}, {Say("en").Number(13), "thirteen"}, {Say("en").Number(21), "twenty one"}, {Say("en").Number(90), "ninety"},
			{Say("en").Number(100), "one hundred"}, {Say("en").Number(342), "three hundred forty two"}, {Say("en").Number(1001), "one thousand one"},
			{Say("en").Number(21000), "twenty one thousand"}, {Say("en").Number(999999), "nine hundred ninety nine thousand nine hundred ninety nine"},
			{Say("en").Count(1, New), "one new message"}, {Say("en").Count(0, Old), "zero old messages"}, {Say("en").Count(21, Minute), "twenty one minutes"},
			{Say("en").Ordinal(1), "first"}, {Say("en").Ordinal(22), "twenty-second"}, {Say("en").Ordinal(31), "thirty-first"}, {Say("en").Ordinal(40), "forty"},
			{Say("en").Time(0, 0), "twelve a.m."}, {Say("en").Time(7, 5), "seven oh five a.m."}, {Say("en").Time(12, 30), "twelve thirty p.m."}, {Say("en").Time(23, 59), "eleven fifty nine p.m."},
			{Say("en").Date(day(3, 1), now), "Sunday March first"}, {Say("en").Date(day(12, 25), now), "Friday December twenty-fifth"},
			{Say("en").Moment(day(3, 3), now), "yesterday at seven oh five a.m."},
			{Say("en").Duration(90 * time.Second), "one minute thirty seconds"}, {Say("en").Duration(26 * time.Hour), "one day two hours"}, {Say("en").Duration(0), "zero seconds"},
			{Say("en").Duration(time.Hour + 5*time.Second), "one hour"}, {Say("en").Duration(2 * time.Minute), "two minutes"},
			{Say("en").Digits("*72#"), "star seven two hash"}, {Say("en").Phone("+4930123456"), "plus four nine three – zero one two – three four five six"},
			{Say("en").Phone("101"), "one zero one"}, {Say("en").Phone("(030) 12-34"), "zero three zero – one two three four"}, {Say("en").Number(-5), "five"},
			{Say("en").Number(1000000), "one zero zero zero zero zero zero"},
		},
		"de": {
			{Say("de").Number(0), "null"}, {Say("de").Number(1), "eins"}, {Say("de").Number(21), "einundzwanzig"}, {Say("de").Number(30), "dreißig"}, {Say("de").Number(77), "siebenundsiebzig"},
			{Say("de").Number(101), "einhundert eins"}, {Say("de").Number(1000), "ein tausend"}, {Say("de").Number(21345), "einundzwanzig tausend dreihundert fünfundvierzig"},
			{Say("de").Number(101000), "einhundert ein tausend"},
			{Say("de").Count(1, New), "eine neue Nachricht"}, {Say("de").Count(2, New), "zwei neue Nachrichten"}, {Say("de").Count(1, Day), "ein Tag"}, {Say("de").Count(1, Minute), "eine Minute"},
			{Say("de").Count(21, Minute), "einundzwanzig Minuten"}, {Say("de").Count(101, Minute), "einhundert eine Minuten"}, {Say("de").Count(1, Person), "eine Person"},
			{Say("de").Ordinal(3), "dritte"}, {Say("de").Ordinal(7), "siebte"}, {Say("de").Ordinal(21), "einundzwanzigste"},
			{Say("de").Time(1, 0), "ein Uhr"}, {Say("de").Time(1, 1), "ein Uhr eins"}, {Say("de").Time(0, 10), "null Uhr zehn"}, {Say("de").Time(15, 5), "fünfzehn Uhr fünf"}, {Say("de").Time(21, 45), "einundzwanzig Uhr fünfundvierzig"},
			{Say("de").Date(day(3, 16), now), "Montag der sechzehnte März"}, {Say("de").Date(day(3, 5), now), "morgen"},
			{Say("de").Moment(day(3, 4), now), "heute um sieben Uhr fünf"},
			{Say("de").Duration(61 * time.Minute), "eine Stunde eine Minute"}, {Say("de").Duration(24 * time.Hour), "ein Tag"},
			{Say("de").Digits("2*#+"), "zwei Stern Raute plus"},
		},
		"pl": {
			{Say("pl").Number(2), "dwa"}, {Say("pl").Number(22), "dwadzieścia dwa"}, {Say("pl").Number(115), "sto piętnaście"}, {Say("pl").Number(1000), "tysiąc"}, {Say("pl").Number(2000), "dwa tysiące"},
			{Say("pl").Number(5000), "pięć tysięcy"}, {Say("pl").Number(12000), "dwanaście tysięcy"}, {Say("pl").Number(21001), "dwadzieścia jeden tysięcy jeden"}, {Say("pl").Number(22999), "dwadzieścia dwa tysiące dziewięćset dziewięćdziesiąt dziewięć"},
			{Say("pl").Count(1, New), "jedną nową wiadomość"}, {Say("pl").Count(2, New), "dwie nowe wiadomości"}, {Say("pl").Count(5, New), "pięć nowych wiadomości"}, {Say("pl").Count(12, New), "dwanaście nowych wiadomości"},
			{Say("pl").Count(21, New), "dwadzieścia jeden nowych wiadomości"}, {Say("pl").Count(22, Old), "dwadzieścia dwie stare wiadomości"}, {Say("pl").Count(25, Old), "dwadzieścia pięć starych wiadomości"},
			{Say("pl").Count(1, Minute), "jedna minuta"}, {Say("pl").Count(2, Minute), "dwie minuty"}, {Say("pl").Count(31, Minute), "trzydzieści jeden minut"}, {Say("pl").Count(1, Hour), "jedna godzina"}, {Say("pl").Count(3, Hour), "trzy godziny"},
			{Say("pl").Count(1, Day), "jeden dzień"}, {Say("pl").Count(2, Day), "dwa dni"}, {Say("pl").Count(102, Minute), "sto dwie minuty"}, {Say("pl").Count(1, Person), "jedna osoba"}, {Say("pl").Count(4, Person), "cztery osoby"},
			{Say("pl").Ordinal(1), "pierwsza"}, {Say("pl").Ordinal(23), "dwudziesta trzecia"},
			{Say("pl").Time(0, 15), "zero piętnaście"}, {Say("pl").Time(15, 0), "piętnasta zero zero"}, {Say("pl").Time(15, 5), "piętnasta zero pięć"}, {Say("pl").Time(22, 22), "dwudziesta druga dwadzieścia dwa"},
			{Say("pl").Date(day(3, 2), now), "poniedziałek drugiego marca"}, {Say("pl").Date(day(5, 31), now), "niedziela trzydziestego pierwszego maja"},
			{Say("pl").Moment(day(3, 4), now), "dzisiaj o godzinie: siódma zero pięć"},
			{Say("pl").Duration(125 * time.Second), "dwie minuty pięć sekund"}, {Say("pl").Duration(2*time.Hour + time.Minute), "dwie godziny jedna minuta"},
		},
		"ru": {
			{Say("ru").Number(1), "один"}, {Say("ru").Number(21), "двадцать один"}, {Say("ru").Number(40), "сорок"}, {Say("ru").Number(999), "девятьсот девяносто девять"}, {Say("ru").Number(1000), "тысяча"},
			{Say("ru").Number(2000), "две тысячи"}, {Say("ru").Number(5000), "пять тысяч"}, {Say("ru").Number(11000), "одиннадцать тысяч"}, {Say("ru").Number(21000), "двадцать одна тысяча"}, {Say("ru").Number(42042), "сорок две тысячи сорок два"},
			{Say("ru").Count(1, Minute), "одна минута"}, {Say("ru").Count(2, Minute), "две минуты"}, {Say("ru").Count(5, Minute), "пять минут"}, {Say("ru").Count(11, Minute), "одиннадцать минут"}, {Say("ru").Count(21, Minute), "двадцать одна минута"},
			{Say("ru").Count(1, New), "одно новое сообщение"}, {Say("ru").Count(2, New), "два новых сообщения"}, {Say("ru").Count(5, New), "пять новых сообщений"}, {Say("ru").Count(21, New), "двадцать одно новое сообщение"}, {Say("ru").Count(22, Old), "двадцать два старых сообщения"},
			{Say("ru").Count(1, Hour), "один час"}, {Say("ru").Count(2, Hour), "два часа"}, {Say("ru").Count(0, Hour), "ноль часов"}, {Say("ru").Count(1, Day), "один день"}, {Say("ru").Count(3, Day), "три дня"}, {Say("ru").Count(14, Day), "четырнадцать дней"},
			{Say("ru").Count(3, Person), "три человека"}, {Say("ru").Count(5, Person), "пять человек"}, {Say("ru").Count(102, Second), "сто две секунды"}, {Say("ru").Count(112, Second), "сто двенадцать секунд"},
			{Say("ru").Ordinal(3), "третье"}, {Say("ru").Ordinal(30), "тридцатое"},
			{Say("ru").Time(1, 0), "один час ровно"}, {Say("ru").Time(15, 5), "пятнадцать часов пять минут"}, {Say("ru").Time(22, 22), "двадцать два часа двадцать две минуты"}, {Say("ru").Time(0, 1), "ноль часов одна минута"},
			{Say("ru").Date(day(3, 2), now), "понедельник второе марта"}, {Say("ru").Date(day(3, 3), now), "вчера"}, {Say("ru").Moment(day(3, 5), now), "завтра семь часов пять минут"},
			{Say("ru").Duration(122 * time.Second), "две минуты две секунды"},
		},
		"id": {
			{Say("id").Number(0), "nol"}, {Say("id").Number(11), "sebelas"}, {Say("id").Number(12), "dua belas"}, {Say("id").Number(20), "dua puluh"}, {Say("id").Number(25), "dua puluh lima"}, {Say("id").Number(100), "seratus"},
			{Say("id").Number(217), "dua ratus tujuh belas"}, {Say("id").Number(1000), "seribu"}, {Say("id").Number(1999), "seribu sembilan ratus sembilan puluh sembilan"}, {Say("id").Number(21000), "dua puluh satu ribu"},
			{Say("id").Count(1, New), "satu pesan baru"}, {Say("id").Count(3, Minute), "tiga menit"}, {Say("id").Ordinal(1), "pertama"}, {Say("id").Ordinal(12), "ke dua belas"},
			{Say("id").Time(15, 5), "lima belas lewat lima menit"}, {Say("id").Time(7, 0), "tujuh"}, {Say("id").Date(day(3, 21), now), "Sabtu tanggal dua puluh satu Maret"}, {Say("id").Moment(day(3, 4), now), "hari ini pukul tujuh lewat lima menit"},
			{Say("id").Duration(25 * time.Hour), "satu hari satu jam"},
		},
	} {
		for _, r := range rows {
			if got := c.Transcript(string(language), r.got); got != r.want {
				t.Errorf("%s: %q, want %q", language, got, r.want)
			}
		}
	}
	if got := c.Transcript("xx", Say("xx").Count(2, Minute)); got != "two minutes" {
		t.Errorf("a language nobody knows: %q", got)
	}
}

// naive spells a number in the textbook's way, by another road than the one under test: units and tens from lists of whole words.
func naive(language string, n int) string {
	lists := map[string][3]string{
		"en": {"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", "twenty thirty forty fifty sixty seventy eighty ninety", ""},
		"pl": {"zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście", "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt", "sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset"},
		"ru": {"ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать", "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто", "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"},
		"de": {"null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", ""},
		"id": {"nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas", "", ""},
	}
	l := lists[language]
	units, tens, hundreds := strings.Fields(l[0]), strings.Fields(l[1]), strings.Fields(l[2])
	var parts []string
	if k := n / 1000; k > 0 {
		switch language {
		case "en":
			parts = append(parts, units[k], "thousand")
		case "de":
			parts = append(parts, units[k], "tausend")
		case "id":
			parts = append(parts, map[bool]string{true: "seribu", false: units[k] + " ribu"}[k == 1])
		case "pl":
			parts = append(parts, []string{"", "tysiąc", "dwa tysiące", "trzy tysiące", "cztery tysiące", "pięć tysięcy", "sześć tysięcy", "siedem tysięcy", "osiem tysięcy", "dziewięć tysięcy"}[k])
		case "ru":
			parts = append(parts, []string{"", "тысяча", "две тысячи", "три тысячи", "четыре тысячи", "пять тысяч", "шесть тысяч", "семь тысяч", "восемь тысяч", "девять тысяч"}[k])
		}
	}
	if h := n / 100 % 10; h > 0 {
		switch language {
		case "en":
			parts = append(parts, units[h], "hundred")
		case "de":
			parts = append(parts, units[h]+"hundert")
		case "id":
			parts = append(parts, map[bool]string{true: "seratus", false: units[h] + " ratus"}[h == 1])
		default:
			parts = append(parts, hundreds[h-1])
		}
	}
	rest := n % 100
	switch {
	case rest == 0 && n > 0:
	case language == "de" && rest == 1:
		parts = append(parts, "eins")
	case rest < len(units):
		parts = append(parts, units[rest])
	case language == "id" && rest < 20:
		parts = append(parts, units[rest-10]+" belas")
	case language == "id":
		parts = append(parts, units[rest/10]+" puluh")
		if rest%10 > 0 {
			parts = append(parts, units[rest%10])
		}
	case language == "de" && rest%10 > 0:
		parts = append(parts, units[rest%10]+"und"+tens[rest/10-2])
	default:
		parts = append(parts, tens[rest/10-2])
		if rest%10 > 0 {
			parts = append(parts, units[rest%10])
		}
	}
	return strings.Join(parts, " ")
}

// Every number to 9999 in every language, against the textbook; no two sound alike.
func TestSayEveryNumber(t *testing.T) {
	c := load(t)
	for _, language := range Languages() {
		heard := map[string]int{}
		for n := range 10000 {
			got := c.Transcript(language, Say(language).Number(n))
			if want := naive(language, n); got != want {
				t.Fatalf("%s: %d is %q, want %q", language, n, got, want)
			}
			if before, twice := heard[got]; twice {
				t.Fatalf("%s: %d and %d are both %q", language, before, n, got)
			}
			heard[got] = n
		}
	}
}

// Each language has a text for everything that can be spoken in it, and no text that is never spoken; sentences are in all languages.
func TestEverySpokenKeyHasItsText(t *testing.T) {
	c := load(t)
	words := map[string]bool{}
	for _, language := range Languages() {
		for _, k := range Say(language).Words() {
			words[k] = true
		}
	}
	var sentences []string
	for _, k := range c.Spoken(English) {
		if !words[k] || slices.Contains([]string{"say.star", "say.hash", "say.plus", "say.today", "say.tomorrow", "say.yesterday"}, k) {
			sentences = append(sentences, k)
		}
	}
	if len(sentences) < 120 {
		t.Errorf("only %d sentences", len(sentences))
	}
	for _, language := range Languages() {
		want := slices.Concat(Say(language).Words(), sentences)
		slices.Sort(want)
		want = slices.Compact(want)
		got := c.Spoken(language)
		for _, k := range want {
			if !slices.Contains(got, k) {
				t.Errorf("%s: %s can be spoken and has no text", language, k)
			}
		}
		for _, k := range got {
			if !slices.Contains(want, k) {
				t.Errorf("%s: %s is never spoken", language, k)
			}
			if m := c.sentences[language][k]; len(m) != 1 || m[0].words == "" {
				t.Errorf("%s: %s has placeholders; it is one sound", language, k)
			}
		}
	}
}

// Whatever is spoken is spoken in words that exist: all times, days, durations and counts.
func TestSayHoldsTogether(t *testing.T) {
	c := load(t)
	for _, language := range Languages() {
		l := Say(language)
		var list []string
		for n := range 3000 {
			list = append(list, l.Time(n/60-3, n%61)...)
			list = append(list, l.Duration(time.Duration(n)*37*time.Second)...)
			list = append(list, l.Ordinal(n-5)...)
			list = append(list, l.Phone("+"+strconv.Itoa(n*7919))...)
			for _, u := range Units() {
				list = append(list, l.Count(n*331, u)...)
			}
			day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
			list = append(list, l.Moment(day, day.AddDate(0, 0, n%5-2))...)
		}
		known := map[string]bool{Pause: true}
		for _, k := range c.Spoken(language) {
			known[k] = true
		}
		for _, k := range list {
			if !known[k] {
				t.Errorf("%s: %s has no text", language, k)
				known[k] = true
			}
		}
	}
}
