package api

import (
	"context"
	"net/http"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

var consentHead = []string{"call", "started", "at", "name", "number", "sentence", "language", "version", "text", "answer"}

// exportConsents writes who was told in which words that he is recorded, and what he answered, as a table: of the calls that the call log shows, those whose recording is gone too,
// the oldest first (BAR PR-03). The version is the mark of how the sentence read then; text is how it reads now. Moments are UTC.
func (s *Server) exportConsents(ctx context.Context, v *visit, in *callTableIn) (writer, error) {
	q, any := s.calls(v, in.CallFilter, in.Q)
	q.Sort = "started"
	return func(w http.ResponseWriter, _ *http.Request) {
		table := beginTable(w, "consents.csv")
		_ = table.Write(consentHead)
		defer table.Flush()
		if !any {
			return
		}
		for c, err := range s.c.Store.EachCall(ctx, q) {
			if err != nil {
				s.c.Log.Error("the export of consents broke off", "error", err)
				panic(http.ErrAbortHandler) // the reader must not take a part for the whole
			}
			v.shows(policy.CallDetail, recordTarget(c))
			veil, somebody := v.veil(recordTarget(c)), s.say(v, i18n.T("call.somebody"))
			for _, told := range c.Consents {
				who := veil.party(told.Party, somebody)
				_ = table.Write(plain([]string{string(c.ID), utc(c.Started), utc(told.At), who.Name, who.Number, told.Text, told.Language, told.Version, s.words(told), string(told.Answer)}))
			}
			if table.Error() != nil { // a reader that is gone gets nothing more
				return
			}
		}
	}, nil
}

// words are those in which somebody was told, as the sentence reads now; empty where only a tone said it.
func (s *Server) words(told pbx.Consent) string {
	if told.Text == "" {
		return ""
	}
	return s.c.Catalog.Say(told.Language, i18n.Text{Key: told.Text})
}

// answers are who was told that he is recorded, and what he answered, as the visitor may see them.
func (s *Server) answers(of []pbx.Consent, veil *veil, somebody string) []RecordingAnswer {
	out := []RecordingAnswer{}
	for _, c := range of {
		out = append(out, RecordingAnswer{Party: veil.party(c.Party, somebody), At: c.At, Text: s.words(c), Answer: c.Answer})
	}
	return out
}
