package api

import (
	"context"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
)

// importOctets bounds an uploaded list; one more than the reader takes, so that its sentence is the one shown.
const importOctets = command.MaxImportBytes + 1024

// Import is what a list of people would do, or did.
type Import struct {
	Rows     []ImportRow `json:"rows" nullable:"false"`
	Created  int         `json:"created"`
	Problems int         `json:"problems"`
}

// ImportRow is one line of the file.
type ImportRow struct {
	Line      int            `json:"line"`
	Name      string         `json:"name"`
	Extension string         `json:"extension,omitempty"`
	Action    string         `json:"action" enum:"create,problem"`
	Problem   *ImportProblem `json:"problem,omitempty"`
}

// ImportProblem says what is wrong with a line.
type ImportProblem struct {
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
	Key     string `json:"key"`
}

type importIn struct {
	Dry     bool   `query:"dry" doc:"only say what would happen"`
	RawBody []byte `contentType:"text/csv"`
}

// importUsers adds all people of a file or none. The dry run and the real one are the same plan.
func (s *Server) importUsers(ctx context.Context, v *visit, in *importIn) (Import, error) {
	rows, err := command.ReadImport(in.RawBody)
	if err != nil {
		return Import{}, err
	}
	carry := s.c.Desk.Do
	if in.Dry {
		carry = s.c.Desk.Try
	}
	r, err := carry(ctx, v.who, v.because(command.ImportUsers{Rows: rows}))
	if e, ok := asRefusal(err); err != nil && !(ok && e.Text.Key == "import.problems") {
		return Import{}, err
	}
	out := Import{Rows: make([]ImportRow, 0, len(r.Rows))}
	for _, row := range r.Rows {
		shown := ImportRow{Line: row.Line, Name: row.Name, Extension: row.Extension, Action: "create"}
		if row.Problem != nil {
			out.Problems++
			shown.Action, shown.Problem = "problem", s.showProblem(v, row.Problem)
		} else {
			out.Created++
		}
		out.Rows = append(out.Rows, shown)
	}
	if err != nil && !in.Dry {
		out.Created = 0
	}
	return out, nil
}

func (s *Server) showProblem(v *visit, e *pbx.Error) *ImportProblem {
	return &ImportProblem{Message: s.say(v, i18n.Text{Key: e.Text.Key, Args: e.Text.Args}), Field: e.Field, Key: e.Text.Key}
}
