package command

import (
	"strings"
	"testing"

	"tandem/pbx"
)

func TestReadContacts(t *testing.T) {
	for _, tt := range []struct{ name, file, want, refused string }{
		{"English", "name,company,number,mobile,shoe size\nAnn,Acme,030 111,0170 1234567,42\n", "2 Ann|Acme|030 111 work|0170 1234567 mobile", ""},
		{"German, from a spreadsheet", "\ufeffVorname;Nachname;Firma;Telefon;Handy\nAnn;Ek;;030 111;\n;;Acme;030 222;\n", "2 Ann Ek||030 111 work 3 Acme|Acme|030 222 work", ""},
		{"no name", "number\n030 111\n", "", "deck.column_missing"},
		{"no number", "name\nAnn\n", "", "deck.column_missing"},
		{"empty", "name,number\n", "", "import.empty"},
	} {
		rows, err := ReadContacts([]byte(tt.file))
		var got []string
		for _, r := range rows {
			line := string(rune('0'+r.Line)) + " " + r.Name + "|" + r.Company
			for _, n := range r.Numbers {
				line += "|" + n.Number + " " + n.Kind
			}
			got = append(got, line)
		}
		key := ""
		if e, ok := asRefusal(err); ok {
			key = e.Text.Key
		}
		if strings.Join(got, " ") != tt.want || key != tt.refused {
			t.Errorf("%s: %q %s, want %q %s", tt.name, got, key, tt.want, tt.refused)
		}
	}
}

func FuzzReadContacts(f *testing.F) {
	f.Add([]byte("name,number\nAnn,030 111\n"))
	f.Add([]byte("Vorname;Nachname;Telefon\n\"A\nb\";;1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := ReadContacts(file)
		if err == nil && (len(rows) == 0 || len(rows) > pbx.MaxContacts) {
			t.Errorf("%d rows", len(rows))
		}
	})
}
