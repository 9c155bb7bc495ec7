package whatif

import (
	"cmp"
	"strings"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/toll"
)

// Said is the sentence behind a reason, as Effect.Reason names it, and the profile whose rule it is.
func Said(reason string, draft *pbx.Snapshot, say func(i18n.Text) string) string {
	code, profile, _ := strings.Cut(reason, "|")
	text := say(i18n.T(keyOf(toll.Code(code))))
	if p := draft.Restrictions[pbx.RestrictionID(profile)]; p != nil {
		text += " (" + p.Name + ")"
	}
	return text
}

func keyOf(code toll.Code) string {
	switch code {
	case Barred, Nowhere, toll.Code(Moved):
		return "whatif." + string(code)
	}
	return "toll." + string(code)
}

// Text says why a call would go otherwise, or where it would go.
func (e *Effect) Text(draft *pbx.Snapshot, say func(i18n.Text) string) string {
	switch e.Turn {
	case Shorter:
		return say(i18n.T("toll.over", "minutes", e.Minutes()))
	case Moved:
		return say(i18n.T("whatif.would_go", "before", e.Before.Way.name(draft), "after", e.After.Way.name(draft)))
	}
	return Said(e.Reason(), draft, say)
}

// name is a line with the number that is shown there, or a place of the house.
func (w Way) name(s *pbx.Snapshot) string {
	if w.Trunk != "" {
		name := s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(w.Trunk)})
		if w.Shows != "" {
			name += " (" + w.Shows + ")"
		}
		return name
	}
	return cmp.Or(s.PlaceName(w.To), "–")
}
