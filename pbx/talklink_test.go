package pbx

import (
	"errors"
	"testing"
)

// What can end an address, and what is refused: letters of other alphabets, parts of the house, people in charge (PL-05).
func TestSlugs(t *testing.T) {
	for slug, ok := range map[string]bool{
		"anna.becker": true, "sales-2": true, "abc": true, "northwind": true,
		"ab": false, "Anna": false, "anna_b": false, "-anna": false, "anna.": false, "an--na": false, "an.-na": false, "аnna": false, "anna/b": false, "": false,
		"admin": false, "adm1n": false, "ad-min": false, "ce0": false, "0wner": false, "meet": false, "v1": false, "support": false, "5upport": false,
	} {
		if err := CheckSlug(slug); (err == nil) != ok {
			t.Errorf("%q: %v", slug, err)
		}
	}
}

// Two links have neither the same name nor one that is easily taken for the other's.
func TestSlugsAreTold(t *testing.T) {
	s, err := NewSnapshot(1, &Tenant{Name: "N", Country: "DE", Zone: "UTC", Language: "en"}, &TalkLink{ID: "tlk_1", Name: "M", Slug: "modern-sales", To: Destination{Kind: ToUser, ID: "usr_x"}})
	if err != nil {
		t.Fatal(err)
	}
	for slug, code := range map[string]string{"modern-sales": "talk.slug_taken", "modernsales": "talk.slug_alike", "modem-sales": "talk.slug_alike", "m0dern-sa1es": "talk.slug_alike", "modern-retail": ""} {
		var e *Error
		if errors.As(s.FreeSlug(slug, ""), &e); e == nil && code != "" || e != nil && e.Text.Key != code {
			t.Errorf("%s: %v, want %s", slug, e, code)
		}
	}
	if s.FreeSlug("modem-sales", "tlk_1") != nil {
		t.Error("a link stands in its own way")
	}
	if s.Talk("Modern-Sales") == nil || s.Talk("tlk_1") != nil || s.Talk("") != nil {
		t.Error("found by something else than its name")
	}
}

func TestOrigins(t *testing.T) {
	for origin, ok := range map[string]bool{
		"https://www.example.com": true, "https://example.com:8443": true, "http://localhost:3000": true, "http://127.0.0.1": true,
		"http://example.com": false, "https://example.com/": false, "https://*.example.com": false, "https://a.example;script-src": false, "*": false, "https://u@example.com": false,
		"https://exa mple.com": false, "null": false, "https://": false, "https://EXAMPLE.com": false, "javascript://x": false,
	} {
		if isOrigin(origin) != ok {
			t.Errorf("%q: %v", origin, !ok)
		}
	}
}

// What is left of names that strangers type (PL-10, G-8).
func TestVisitorNames(t *testing.T) {
	for typed, want := range map[string]string{
		"  Anna   Becker ": "Anna Becker", "Łucja O’Neil-Żak": "Łucja O’Neil-Żak", "Юлия": "Юлия", "+49 30 123456": "", "112": "", "Ann (verified)": "Ann verified", "Ann\u202e)reversed": "Annreversed",
		"<b>Bob</b>": "bBobb", "Eve\r\nFrom: x": "Eve From x", "": "", "\u200b\u200b": "", "Z\u0301\u0301\u0301\u0301\u0301": "Z\u0301\u0301", "\"; DROP": "DROP", "Ann 😀": "Ann",
	} {
		if got := VisitorName(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if n := len([]rune(VisitorName(string(make([]rune, 10)) + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))); n != 40 {
		t.Errorf("%d letters", n)
	}
}
