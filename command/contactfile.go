package command

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"tandem/pbx"
)

// MaxContactBytes bounds an uploaded file of contacts.
const MaxContactBytes = 8 << 20

// contactHeadings are the names that head a column of contacts, folded: in the product's languages, and what address books write.
var contactHeadings = map[string][]string{
	"name":    {"name", "full name", "display name", "contact", "vollständiger name", "anzeigename", "kontakt", "nazwa", "imię i nazwisko", "имя", "фио", "контакт", "nama", "nama lengkap", "kontak"},
	"first":   {"first name", "firstname", "given name", "vorname", "imię", "nama depan"},
	"last":    {"last name", "lastname", "surname", "family name", "nachname", "nazwisko", "фамилия", "nama belakang"},
	"company": {"company", "organization", "organisation", "organization name", "firma", "unternehmen", "компания", "организация", "perusahaan", "organisasi"},
	"email":   {"email", "e-mail", "e-mail address", "email address", "e-mail 1 - value", "e-mail-adresse", "adres e-mail", "электронная почта", "почта", "surel"},
	"note":    {"note", "notes", "comment", "notiz", "notizen", "bemerkung", "uwagi", "notatka", "примечание", "заметка", "catatan"},
	"work":    {"number", "phone", "telephone", "phone number", "business phone", "work phone", "phone 1 - value", "telefon", "telefonnummer", "nummer", "rufnummer", "geschäftlich", "telefon geschäftlich", "numer", "numer telefonu", "telefon służbowy", "телефон", "номер", "рабочий телефон", "nomor", "telepon", "nomor telepon"},
	"mobile":  {"mobile", "mobile phone", "cell", "cell phone", "phone 2 - value", "mobil", "handy", "mobiltelefon", "komórka", "telefon komórkowy", "мобильный", "мобильный телефон", "ponsel", "hp"},
	"home":    {"home", "home phone", "privat", "telefon privat", "telefon domowy", "домашний", "домашний телефон", "telepon rumah"},
	"fax":     {"fax", "business fax", "faks", "факс"},
	"other":   {"other", "other phone", "weitere", "inny", "другой", "lainnya"},
}

func contactColumn(heading string) string {
	folded := foldHeading(heading)
	for name, all := range contactHeadings {
		for _, h := range all {
			if h == folded {
				return name
			}
		}
	}
	return ""
}

// ReadContacts reads a file of contacts: comma, semicolon or tab between fields; the first line names the columns, and what it does not know is passed over. It
// refuses a file that cannot be read at all; what is wrong in a line is found when it is added.
func ReadContacts(file []byte) (rows []ContactRow, err error) {
	if len(file) > MaxContactBytes {
		return nil, pbx.Refuse(pbx.Exhausted, "", "import.too_large", "max", strconv.Itoa(MaxContactBytes>>20))
	}
	if file, err = unmarked(file); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma = delimiter(file)
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = r.Comma != '\t'
	var fields []string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := r.FieldPos(0)
		switch {
		case isBlank(record):
		case fields == nil:
			if fields, err = contactHeads(record); err != nil {
				return nil, err
			}
		case len(rows) == pbx.MaxContacts:
			return nil, pbx.Refuse(pbx.Exhausted, "", "contact.too_many", "max", strconv.Itoa(pbx.MaxContacts))
		default:
			rows = append(rows, contactRow(line, fields, record))
		}
	}
	if len(rows) == 0 {
		return nil, pbx.Refuse(pbx.Invalid, "", "import.empty")
	}
	return rows, nil
}

func contactHeads(record []string) ([]string, error) {
	fields, has, err := named(record, contactColumn)
	switch {
	case err != nil:
		return nil, err
	case !has["name"] && !has["first"] && !has["last"] && !has["company"]:
		return nil, pbx.Refuse(pbx.Invalid, "name", "deck.column_missing", "column", "name")
	case !has["work"] && !has["mobile"] && !has["home"] && !has["other"]:
		return nil, pbx.Refuse(pbx.Invalid, "numbers", "deck.column_missing", "column", "number")
	}
	return fields, nil
}

func contactRow(line int, fields, record []string) ContactRow {
	row := ContactRow{Line: line}
	first, last := "", ""
	for i, value := range record {
		if value = strings.TrimSpace(value); i >= len(fields) || value == "" {
			continue
		}
		switch kind := fields[i]; kind {
		case "name":
			row.Name = value
		case "first":
			first = value
		case "last":
			last = value
		case "company":
			row.Company = value
		case "email":
			row.Email = value
		case "note":
			row.Note = value
		case "work", "mobile", "home", "fax", "other":
			row.Numbers = append(row.Numbers, pbx.ContactNumber{Number: value, Kind: kind})
		}
	}
	if row.Name == "" {
		row.Name = strings.TrimSpace(first + " " + last)
	}
	if row.Name == "" {
		row.Name = row.Company
	}
	return row
}
