package command

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"tandem/pbx"
)

// Limits of an imported file.
const (
	MaxImportBytes = 8 << 20
	MaxImportRows  = 20000
)

// headings are the names that head a column, by column and folded: English, German, Polish, Russian, Indonesian, and what other systems export.
var headings = map[string][]string{
	"name":      {"name", "full name", "display name", "vollständiger name", "anzeigename", "imię i nazwisko", "nazwa", "nazwisko", "имя", "фио", "полное имя", "nama", "nama lengkap"},
	"email":     {"email", "e-mail", "e mail", "mail", "email address", "e-mail-adresse", "e-mail adresse", "mailadresse", "adres e-mail", "adres email", "эл. почта", "электронная почта", "почта", "surel", "alamat email"},
	"extension": {"extension", "ext", "number", "durchwahl", "nebenstelle", "nummer", "numer wewnętrzny", "wewnętrzny", "numer", "внутренний номер", "добавочный", "номер", "ekstensi", "nomor ekstensi", "nomor"},
	"mobile":    {"mobile", "mobile number", "cell", "cell phone", "mobil", "handy", "mobilnummer", "handynummer", "telefon komórkowy", "komórka", "мобильный", "мобильный телефон", "сотовый", "ponsel", "nomor ponsel", "hp"},
	"group":     {"group", "department", "gruppe", "abteilung", "grupa", "dział", "группа", "отдел", "grup", "kelompok", "departemen"},
	"role":      {"role", "rolle", "rola", "роль", "peran"},
	"language":  {"language", "sprache", "język", "язык", "bahasa"},
}

// roleNames are the names of group roles in every language, folded.
var roleNames = map[string][]string{
	"user":            {"user", "member", "benutzer", "mitglied", "użytkownik", "członek", "пользователь", "участник", "pengguna", "anggota"},
	"receptionist":    {"receptionist", "empfang", "rezeption", "recepcjonista", "recepcjonistka", "recepcja", "секретарь", "ресепшионист", "resepsionis"},
	"manager":         {"manager", "leitung", "leiter", "leiterin", "menedżer", "kierownik", "менеджер", "руководитель", "manajer"},
	"group_admin":     {"group administrator", "group admin", "gruppenadministrator", "administrator grupy", "администратор группы", "administrator grup", "admin grup"},
	"group_owner":     {"group owner", "gruppenbesitzer", "gruppeneigentümer", "właściciel grupy", "владелец группы", "pemilik grup"},
	"department_head": {"department head", "abteilungsleiter", "abteilungsleiterin", "kierownik działu", "начальник отдела", "kepala departemen"},
}

var peopleTable = table{headings: headings, octets: MaxImportBytes, rows: MaxImportRows, many: "import.too_many", heads: func(has map[string]bool) error {
	return lacks(has, "import.column_missing", []string{"name", "email"}, nil)
}}

// roleNamed finds a group role by id or by its name, a built-in one in any language; empty is user.
func roleNamed(s *pbx.Snapshot, name string) (pbx.RoleID, bool) {
	folded := foldHeading(name)
	if folded == "" {
		return "user", true
	}
	for id, names := range roleNames {
		for _, n := range names {
			if n == folded {
				return pbx.RoleID(id), true
			}
		}
	}
	for _, r := range s.Roles {
		if foldHeading(r.Name) == folded || strings.EqualFold(string(r.ID), strings.TrimSpace(name)) {
			return r.ID, isGroupRole(s, r.ID)
		}
	}
	id := pbx.RoleID(strings.ReplaceAll(folded, " ", "_"))
	return id, isGroupRole(s, id)
}

func foldHeading(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(pbx.FoldName(s), "_", " ")), " ")
}

// foldPath folds a group's name or its path.
func foldPath(s string) string {
	parts := strings.Split(s, "/")
	for i, p := range parts {
		parts[i] = pbx.FoldName(p)
	}
	return strings.Join(parts, "/")
}

// ReadImport reads a list of people, with headings in any of the product's languages. It refuses a file that cannot be read at all; what is wrong in
// a row is found by ImportUsers.
func ReadImport(file []byte) (rows []Row, err error) {
	err = peopleTable.read(file, func(line int, fields, record []string) { rows = append(rows, row(line, fields, record)) })
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// unmarked takes off marks that programs put before the first line, and refuses other encodings than UTF-8.
func unmarked(file []byte) ([]byte, error) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(file, []byte("\xff\xfe")) || bytes.HasPrefix(file, []byte("\xfe\xff")) {
		return nil, pbx.Refuse(pbx.Invalid, "", "import.encoding", "line", "1")
	}
	for n, rest := 1, file; len(rest) > 0; n++ {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if !utf8.Valid(line) {
			return nil, pbx.Refuse(pbx.Invalid, "", "import.encoding", "line", strconv.Itoa(n))
		}
		rest = after
	}
	return file, nil
}

// delimiter is the one of comma, semicolon and tab that stands most often in the first line that says something.
func delimiter(file []byte) rune {
	for line := range bytes.Lines(file) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		best, most := ',', 0
		for _, d := range []rune{',', ';', '\t'} {
			if n := bytes.Count(line, []byte(string(d))); n > most {
				best, most = d, n
			}
		}
		return best
	}
	return ','
}

func isBlank(record []string) bool {
	for _, f := range record {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}

func row(line int, fields, record []string) Row {
	r := Row{Line: line}
	for i, value := range record {
		if i >= len(fields) {
			break
		}
		value = strings.TrimSpace(value)
		switch fields[i] {
		case "name":
			r.Name = value
		case "email":
			r.Email = value
		case "extension":
			r.Extension = value
		case "mobile":
			r.Mobile = value
		case "group":
			r.Group = value
		case "role":
			r.Role = value
		case "language":
			r.Language = value
		}
	}
	return r
}

// unreadable says where the quotes of a file go wrong.
func unreadable(err error) error {
	line := 0
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		line = e.Line
	}
	return pbx.Refuse(pbx.Invalid, "", "import.quotes", "line", strconv.Itoa(line))
}
