package api

import (
	"encoding/csv"
	"net/http"
	"strings"
)

// tableFile sends rows, the first of which names the columns, as a file for programs that calculate.
func tableFile(name string, rows [][]string) writer {
	return func(w http.ResponseWriter, _ *http.Request) {
		table := beginTable(w, name)
		for _, row := range rows {
			_ = table.Write(plain(row))
		}
		table.Flush() // a reader that is gone gets nothing more
	}
}

// beginTable says what kind of file follows.
func beginTable(w http.ResponseWriter, name string) *csv.Writer {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return csv.NewWriter(w)
}

// plain keeps a program that calculates from taking words for a formula. Only an offset of a clock may begin with a sign.
func plain(row []string) []string {
	for i, s := range row {
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !isOffset(s) {
			row[i] = "'" + s
		}
	}
	return row
}

// isOffset reports whether a text is one like +02:00.
func isOffset(s string) bool {
	return len(s) == 6 && s[3] == ':' && strings.Trim(s[1:3]+s[4:], "0123456789") == ""
}
