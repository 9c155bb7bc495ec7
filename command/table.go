package command

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"tandem/pbx"
)

// table is a kind of list that people send as a file: comma, semicolon or tab between fields, the first line names the columns.
type table struct {
	headings map[string][]string             // the names that head a column, folded, by column
	octets   int                             // how large a file may be
	rows     int                             // how many lines, without the first
	many     string                          // what is said of more
	heads    func(has map[string]bool) error // refuses a list that lacks columns
}

// column names a column by what stands over it; empty where nobody knows it.
func (t *table) column(heading string) string {
	folded := foldHeading(heading)
	for name, all := range t.headings {
		for _, h := range all {
			if h == folded {
				return name
			}
		}
	}
	return ""
}

// named names the columns by the first line; the ones that nobody knows stay empty and are passed over.
func (t *table) named(record []string) ([]string, error) {
	fields, has := make([]string, len(record)), map[string]bool{}
	for i, h := range record {
		name := t.column(h)
		if name != "" && has[name] {
			return nil, pbx.Refuse(pbx.Invalid, name, "import.column_twice", "column", printable(h))
		}
		fields[i], has[name] = name, true
	}
	return fields, t.heads(has)
}

// read gives each line with something in it to row, with the names of its columns; record is only lent. It refuses a file that cannot be read at all.
func (t *table) read(file []byte, row func(line int, fields, record []string)) error {
	if len(file) > t.octets {
		return pbx.Refuse(pbx.Exhausted, "", "import.too_large", "max", strconv.Itoa(t.octets>>20))
	}
	file, err := unmarked(file)
	if err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma = delimiter(file)
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = r.Comma != '\t' // a tab is a space to the reader
	r.ReuseRecord = true
	var fields []string
	n := 0
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadable(err)
		}
		line, _ := r.FieldPos(0)
		switch {
		case isBlank(record):
		case fields == nil:
			if fields, err = t.named(record); err != nil {
				return err
			}
		case n == t.rows:
			return pbx.Refuse(pbx.Exhausted, "", t.many, "max", strconv.Itoa(t.rows))
		default:
			n++
			row(line, fields, record)
		}
	}
	if n == 0 {
		return pbx.Refuse(pbx.Invalid, "", "import.empty")
	}
	return nil
}

// lacks finds the first of some columns that a list does not have; said are their names where they are not those of the columns.
func lacks(has map[string]bool, key string, columns []string, said map[string]string) error {
	for _, name := range columns {
		if has[name] {
			continue
		}
		shown := name
		if said[name] != "" {
			shown = said[name]
		}
		return pbx.Refuse(pbx.Invalid, name, key, "column", shown)
	}
	return nil
}
