package command

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

func TestReadImport(t *testing.T) {
	for _, tt := range []struct {
		name, file, want string
	}{
		{"commas", "name,email\nAnna,a@x.de\n", "2 Anna a@x.de"},
		{"semicolons and a mark", "\ufeffName;E-Mail;Durchwahl\r\nAnna;a@x.de;201\r\n", "2 Anna a@x.de 201"},
		{"tabs", "Nama\tSurel\tGrup\nAnna\ta@x.de\tSales\n", "2 Anna a@x.de Sales"},
		{"an empty cell between tabs", "Nama\tEkstensi\tSurel\nAnna\t\ta@x.de\n", "2 Anna a@x.de"},
		{"Polish", "Imię i nazwisko;Adres e-mail;Rola\nAnna;a@x.de;Menedżer\n", "2 Anna a@x.de Menedżer"},
		{"Russian", "ФИО;Электронная почта;Отдел\nАнна;a@x.de;Продажи\n", "2 Анна a@x.de Продажи"},
		{"Indonesian", "nama lengkap,alamat email,nomor ponsel\nAnna,a@x.de,0812\n", "2 Anna a@x.de 0812"},
		{"columns nobody knows", "id,name,shoe size,email\n7,Anna,38,a@x.de\n", "2 Anna a@x.de"},
		{"empty lines", "\n\nname,email\n\nAnna,a@x.de\n,\n", "5 Anna a@x.de"},
		{"a line break inside quotes", "name,email\n\"Anna\nLena\",a@x.de\nB,b@x.de\n", "2 Anna\nLena a@x.de|4 B b@x.de"},
		{"a formula stays text", "name,email\n=cmd|'/c calc'!A1,a@x.de\n", "2 =cmd|'/c calc'!A1 a@x.de"},
		{"no name column", "mail\na@x.de\n", "invalid import.column_missing @name"},
		{"a column twice", "name,email,mail\nA,a@x.de,b@x.de\n", "invalid import.column_twice @email"},
		{"only a head", "name,email\n", "invalid import.empty"},
		{"nothing", "", "invalid import.empty"},
		{"Latin-1", "name,email\nM\xfcller,a@x.de\n", "invalid import.encoding"},
		{"UTF-16", "\xff\xfen\x00", "invalid import.encoding"},
		{"an open quote", "name,email\n\"Anna,a@x.de\n", "invalid import.quotes"},
		{"too large", strings.Repeat("x", MaxImportBytes+1), "exhausted import.too_large"},
		{"too many", "name,email\n" + strings.Repeat("A,a@x.de\n", MaxImportRows+1), "exhausted import.too_many"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := ReadImport([]byte(tt.file))
			got := refused(err)
			if err == nil {
				var all []string
				for _, r := range rows {
					words := []string{strconv.Itoa(r.Line)}
					for _, w := range []string{r.Name, r.Email, r.Extension, r.Mobile, r.Group, r.Role, r.Language} {
						if w != "" {
							words = append(words, w)
						}
					}
					all = append(all, strings.Join(words, " "))
				}
				got = strings.Join(all, "|")
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestImportProblems(t *testing.T) {
	for _, tt := range []struct {
		name, who string
		row       Row
		want      string
	}{
		{"good", "olga", Row{Name: "A", Email: "a@x.de"}, "ok"},
		{"right to left", "olga", Row{Name: "أحمد", Email: "a@x.de"}, "ok"},
		{"emoji of several parts", "olga", Row{Name: "👩‍👩‍👧 Family", Email: "a@x.de"}, "ok"},
		{"a formula", "olga", Row{Name: "=1+1", Email: "a@x.de"}, "ok"},
		{"NUL", "olga", Row{Name: "A\x00", Email: "a@x.de"}, "invalid name.characters @name"},
		{"turned direction", "olga", Row{Name: "A\u202e", Email: "a@x.de"}, "invalid name.characters @name"},
		{"nobody", "olga", Row{Email: "a@x.de"}, "invalid name.empty @name"},
		{"a path of groups", "olga", Row{Name: "A", Email: "a@x.de", Group: "Sales / North"}, "ok"},
		{"an unknown group", "olga", Row{Name: "A", Email: "a@x.de", Group: "Moon"}, "invalid import.group_unknown @group"},
		{"a hidden group is unknown", "mark", Row{Name: "A", Email: "a@x.de", Group: "Support"}, "invalid import.group_unknown @group"},
		{"a manager into Default", "mark", Row{Name: "A", Email: "a@x.de"}, "not_found error.not_found @group"},
		{"a manager into his group", "mark", Row{Name: "A", Email: "a@x.de", Group: "sales", Role: "Leitung"}, "ok"},
		{"a role above his own", "mark", Row{Name: "A", Email: "a@x.de", Group: "sales", Role: "group_owner"}, "denied denied.not_assignable @role"},
		{"a user imports nobody", "uwe", Row{Name: "A", Email: "a@x.de", Group: "sales"}, "denied denied.no_grant @group"},
		{"a role in Russian", "olga", Row{Name: "A", Email: "a@x.de", Group: "sales", Role: "Менеджер"}, "ok"},
		{"a role that is none", "olga", Row{Name: "A", Email: "a@x.de", Role: "King"}, "invalid role.unknown @role"},
		{"a manager of Default", "olga", Row{Name: "A", Email: "a@x.de", Role: "manager"}, "denied denied.default_group @role"},
		{"no phone", "olga", Row{Name: "A", Email: "a@x.de", Extension: "-"}, "ok"},
		{"a taken number", "olga", Row{Name: "A", Email: "a@x.de", Extension: "100"}, "conflict user.extension_taken @extension"},
		{"a taken address", "olga", Row{Name: "A", Email: "uwe@example.com"}, "conflict user.email_taken @email"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := full(t)
			people := len(o.view().Users)
			r, err := o.Do(t.Context(), o.actor(tt.who), ImportUsers{Rows: []Row{tt.row, {Line: 3, Name: "B", Email: "b@x.de", Group: "sales"}}})
			if len(r.Rows) != 2 {
				t.Fatalf("%d rows, %v", len(r.Rows), err)
			}
			var problem error
			if r.Rows[0].Problem != nil {
				problem = r.Rows[0].Problem
			}
			if got := refused(problem); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if want := map[bool]int{true: 2, false: 0}[err == nil]; len(o.view().Users) != people+want {
				t.Error("all or nothing")
			}
			if (tt.want == "ok") != (err == nil) && tt.who != "uwe" {
				t.Errorf("refused as a whole: %v", err)
			}
		})
	}
}

func TestImportTwiceInOneFile(t *testing.T) {
	o := full(t)
	r, err := o.Do(t.Context(), o.actor("olga"), ImportUsers{Rows: []Row{
		{Line: 2, Name: "A", Email: "a@x.de", Extension: "301"},
		{Line: 3, Name: "B", Email: "A@X.de", Extension: "302"},
		{Line: 4, Name: "C", Email: "c@x.de", Extension: "301"},
		{Line: 5, Name: "D", Email: "d@x.de"},
	}})
	if refused(err) != "invalid import.problems" {
		t.Fatal(err)
	}
	got := []string{}
	for _, row := range r.Rows {
		if row.Problem == nil {
			got = append(got, "ok")
		} else {
			got = append(got, row.Problem.Text.String())
		}
	}
	want := "[ok import.email_twice email=A@X.de line=2 import.extension_twice extension=301 line=2 ok]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v", got)
	}
}

func TestImportTenThousand(t *testing.T) {
	o := claimed(t)
	o.must(o.actor("olga"), EditSettings{Digits: p(4)})
	file := "name;email;extension\n"
	for n := range 8000 {
		file += fmt.Sprintf("Person %d;p%d@example.com;\n", n, n)
	}
	for n := range 2000 {
		file += fmt.Sprintf("Portal %d;q%d@example.com;-\n", n, n)
	}
	rows, err := ReadImport([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	r, err := o.Do(t.Context(), o.actor("olga"), ImportUsers{Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("10,000 people in %v", time.Since(begin))
	numbers := map[string]bool{}
	for _, u := range r.Snapshot.Users {
		if u.Extension != "" && numbers[u.Extension] {
			t.Fatalf("extension %s twice", u.Extension)
		}
		numbers[u.Extension] = true
	}
	if len(r.Snapshot.Users) != 10001 || len(r.Facts) != 20000 {
		t.Errorf("%d people, %d facts", len(r.Snapshot.Users), len(r.Facts))
	}
}

func FuzzReadImport(f *testing.F) {
	for _, s := range []string{"name,email\nA,a@x.de\n", "Name;E-Mail;Durchwahl\n\"A;B\";a@x.de;1", "\ufeffимя\tпочта\nА\ta@x.de", "name,email\n\"", "\xff\xfe", "name,email,name\n,,", ",,,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := ReadImport(file)
		if err != nil {
			if _, ok := asRefusal(err); !ok {
				t.Fatalf("a fault instead of a refusal: %v", err)
			}
			return
		}
		for _, r := range rows {
			if r.Line < 2 {
				t.Fatalf("row in line %d", r.Line)
			}
			if name, err := cleanName("name", r.Name); err == nil && pbx.CheckName("name", name) != nil {
				t.Fatalf("cleaned name %q does not hold", name)
			}
		}
	})
}
