package command

import (
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

var contactTable = table{headings: contactHeadings, octets: MaxContactBytes, rows: pbx.MaxContacts, many: "contact.too_many", heads: func(has map[string]bool) error {
	switch {
	case !has["name"] && !has["first"] && !has["last"] && !has["company"]:
		return pbx.Refuse(pbx.Invalid, "name", "deck.column_missing", "column", "name")
	case !has["work"] && !has["mobile"] && !has["home"] && !has["other"]:
		return pbx.Refuse(pbx.Invalid, "numbers", "deck.column_missing", "column", "number")
	}
	return nil
}}

// ReadContacts reads a file of contacts. It refuses a file that cannot be read at all; what is wrong in a line is found when it is added.
func ReadContacts(file []byte) (rows []ContactRow, err error) {
	err = contactTable.read(file, func(line int, fields, record []string) { rows = append(rows, contactRow(line, fields, record)) })
	if err != nil {
		return nil, err
	}
	return rows, nil
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
