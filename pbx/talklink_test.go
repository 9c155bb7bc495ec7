package pbx

import (
	"errors"
	"testing"
	"time"
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

// Nobody outside goes by the name of somebody in charge, in whatever alphabet, or by that of the office; colleagues are told from visitors (PL-05).
func TestNamesThatImitate(t *testing.T) {
	in := func(n string) *Membership {
		return &Membership{ID: MembershipID("mem_" + n), User: UserID("usr_" + n), Group: "grp_1", Role: "user"}
	}
	s, err := NewSnapshot(1, &Tenant{Name: "Northwind", Country: "DE", Zone: "UTC", Language: "en"}, &Group{ID: "grp_1", Name: "All", Default: true}, in("1"), in("2"), in("3"), &User{ID: "usr_1", Name: "Anna Becker", Email: "a@x.example", Extension: "101"},
		&User{ID: "usr_2", Name: "Юлия Орлова", Email: "b@x.example", Extension: "102"}, &User{ID: "usr_3", Name: "Łucja Müller", Email: "c@x.example", Extension: "103"})
	if err != nil {
		t.Fatal(err)
	}
	for name, refused := range map[string]bool{
		"Admin": true, "ADMlN": true, "Аdmіn": true, "Ａｄｍｉｎ": true, "A d m i n": true, "Anna (CEO)": true, "𝐀𝐝𝐦𝐢𝐧": true, "Αdmin": true, "Ádmin": true, "adm1n": true, "Support-Team": true, "АДМИН": true,
		"Northwind": true, "N0rthwind IT": true, "Geschäftsführung": true, "Boss": true, "IT": true,
		"Hugo Boss": false, "Anna": false, "Adminton": false, "Юлия": false, "Ita": false, "": false, "Wind North": false,
	} {
		if err := s.CheckVisitor(name); (err != nil) != refused {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, like := range map[string]bool{
		"Anna Becker": true, "becker, anna": true, "Аnnа Весkеr": true, "AnnaBecker": true, "Ánna Bécker": true, "ЮЛИЯ ОРЛОВА": true, "Lucja Muller": true, "Anna\u200bBecker": true,
		"Anna": false, "Anna Beckmann": false, "Юлия": false, "": false,
	} {
		if s.IsLikeColleague(name) != like {
			t.Errorf("%q: %v", name, !like)
		}
	}
}

// A day of the office begins with its first moment and ends with the next one's, whatever clocks do: every moment is inside its own (PL-04).
func TestOfficeDays(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		s, err := NewSnapshot(1, &Tenant{Name: "N", Country: "DE", Zone: zone, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		z, days := s.officeZone(), 0
		for at := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2012; days++ {
			d := s.OfficeDay(at)
			if at.Before(d.From) || !at.Before(d.Until) || z.Day(d.From) != d.Date {
				t.Fatalf("%s: %v is in the day of %v from %v until %v", zone, at, d.Date, d.From, d.Until)
			}
			for _, in := range []time.Time{d.From, d.From.Add(d.Until.Sub(d.From) / 2), d.Until.Add(-time.Second)} {
				if got := s.OfficeDay(in); got != d {
					t.Fatalf("%s: %v is in %+v, want %+v", zone, in, got, d)
				}
			}
			if length := d.Until.Sub(d.From); length < 22*time.Hour || length > 26*time.Hour {
				t.Errorf("%s: %v takes %v", zone, d.Date, length)
			}
			at = d.Until
		}
		if want := 7*365 + 1; days < want-1 || days > want+1 {
			t.Errorf("%s: %d days in seven years", zone, days)
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
