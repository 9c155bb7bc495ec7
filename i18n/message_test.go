package i18n

import (
	"testing"

	"pgregory.net/rapid"
)

// The categories of the numbers that are easily wrong (L10N-02).
func TestPluralOf(t *testing.T) {
	numbers := []string{"0", "1", "2", "5", "11", "12", "14", "21", "22", "25", "101", "111", "1.5"}
	want := map[string][]Plural{
		"en": {Other, One, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other},
		"de": {Other, One, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other},
		"pl": {Many, One, Few, Many, Many, Many, Many, Many, Few, Many, Many, Many, Other},
		"ru": {Many, One, Few, Many, Many, Many, Many, One, Few, Many, One, Many, Other},
		"id": {Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other},
	}
	for language, row := range want {
		for i, n := range numbers {
			if got := PluralOf(language, n); got != row[i] {
				t.Errorf("%s: %s is %q, want %q", language, n, got, row[i])
			}
		}
	}
}

func TestSay(t *testing.T) {
	tests := []struct {
		name, language, sentence string
		args                     map[string]string
		want                     string
	}{
		{"words alone", "en", "Saved", nil, "Saved"},
		{"a placeholder", "en", "Hello {name},", map[string]string{"name": "Eva"}, "Hello Eva,"},
		{"a value with braces is not read again", "en", "Hello {name}", map[string]string{"name": "{x}"}, "Hello {x}"},
		{"a missing value is visible", "en", "Hello {name}", nil, "Hello {name}"},
		{"plural one", "en", "{n, plural, one {# call} other {# calls}}", map[string]string{"n": "1"}, "1 call"},
		{"plural other", "en", "{n, plural, one {# call} other {# calls}}", map[string]string{"n": "3"}, "3 calls"},
		{"an exact branch comes first", "en", "{n, plural, =0 {nothing} one {# call} other {# calls}}", map[string]string{"n": "0"}, "nothing"},
		{"the verb follows the number", "ru", "{n, plural, one {# звонок ожидает} few {# звонка ожидают} many {# звонков ожидает} other {# звонка ожидает}}",
			map[string]string{"n": "22"}, "22 звонка ожидают"},
		{"a placeholder inside a branch", "de", "{n, plural, one {{name} hat # Telefon} other {{name} hat # Telefone}}",
			map[string]string{"n": "2", "name": "Eva"}, "Eva hat 2 Telefone"},
		{"what is no number is other", "en", "{n, plural, one {one} other {other}}", map[string]string{"n": "many"}, "other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := parse(tt.sentence)
			if err != nil {
				t.Fatal(err)
			}
			c := &Catalog{sentences: map[string]map[string]message{tt.language: {"k": m}}}
			if got := c.Say(tt.language, Text{Key: "k", Args: tt.args}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"{", "}", "{n", "{n, select, a {b} other {c}}", "{n, plural, one {x}}", "{n, plural, one {x} other {y}", "{a b}", "{}", "{n, plural, other}"} {
		if _, err := parse(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("{n, plural, =0 {none} one {# of {name}} other {# of {name}}}")
	f.Add("{name} hung up.")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parse(s)
		if err != nil {
			return
		}
		c := &Catalog{sentences: map[string]map[string]message{"pl": {"k": m}}}
		c.Say("pl", T("k", "n", "5"))
	})
}

// A language that lacks a sentence says it in English; a key that nobody knows is shown.
func TestFallback(t *testing.T) {
	en, _ := parse("Saved")
	c := &Catalog{sentences: map[string]map[string]message{"en": {"saved": en}, "pl": {}}}
	if got := c.Say("pl", T("saved")); got != "Saved" {
		t.Errorf("got %q", got)
	}
	if got := c.Say("xx", T("lost", "a", "1")); got != "lost a=1" {
		t.Errorf("got %q", got)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct{ name, accept, want string }{
		{"nothing", "", ""},
		{"the first that is known", "fr, de;q=0.8, en;q=0.5", "de"},
		{"weight before order", "en;q=0.5, pl;q=0.9", "pl"},
		{"region is ignored", "ru-RU,ru;q=0.9", "ru"},
		{"the old tag of Indonesian", "in-ID", "id"},
		{"refused by weight", "de;q=0, en;q=0.1", "en"},
		{"a broken weight is skipped", "de;q=x, pl;q=0.2", "pl"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Match(tt.accept); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMatchNeverInvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if got := Match(rapid.String().Draw(t, "header")); got != "" && !Known(got) {
			t.Errorf("got %q", got)
		}
	})
}

func BenchmarkSay(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	text := T("route.rings", "name", "Eva", "seconds", "30")
	b.ReportAllocs()
	for b.Loop() {
		c.Say("ru", text)
	}
}
