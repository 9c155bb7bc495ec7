package command

import (
	"slices"
	"strconv"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// Draft is what somebody put together and looked at before he does it (N-2): commands, each planned on what the ones before leave behind, in one change
// or not at all. It asks for what its commands ask for, so nobody gets further with a draft than by hand.
type Draft struct {
	Steps  []DraftStep
	Reason string // every line of the log carries it
}

// DraftStep is one command of a draft, and what its author calls the part it stands in.
type DraftStep struct {
	Part    string // such as "routes"
	Place   int    // in the part
	Command Command
}

// MaxDraft bounds the steps of a draft.
const MaxDraft = 500

// Need asks for nothing: every command asks for itself.
func (Draft) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change plans one command after the other. The field of a refusal begins with the part and the place of the command.
func (d Draft) Change(w *Work) (pbx.Change, error) {
	reason, err := cleanReason(d.Reason)
	switch {
	case err != nil:
		return pbx.Change{}, err
	case len(d.Steps) == 0:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "whatif.nothing")
	case len(d.Steps) > MaxDraft:
		return pbx.Change{}, pbx.Refuse(pbx.Exhausted, "", "whatif.too_many", "max", strconv.Itoa(MaxDraft))
	}
	c := course{work: w, now: w.Snapshot}
	for _, s := range d.Steps {
		if err := c.step(s.Command); err != nil {
			if e, ok := asRefusal(err); ok {
				in := *e
				in.Field = strings.TrimSuffix(s.Part+"."+strconv.Itoa(s.Place)+"."+e.Field, ".")
				err = &in
			}
			return pbx.Change{}, err
		}
	}
	w.object, w.reason = pbx.Ref{Kind: pbx.KindSystem, ID: "draft"}, reason
	return c.change(), nil
}

// EditText takes lines out of the rights of the office as text and adds others (N-16); all that it does not name stays.
type EditText struct {
	Add, Remove []string
	Reason      string
}

// Need asks for what ApplyText asks for.
func (c EditText) Need(s *pbx.Snapshot, who pbx.Actor) []Need { return ApplyText{}.Need(s, who) }

// Change applies the text as it is to be.
func (c EditText) Change(w *Work) (pbx.Change, error) {
	if w.Who.Kind != pbx.ActorSystem && !policy.ReadsText(w.Snapshot, w.Who, w.Now).OK {
		return pbx.Change{}, &pbx.Error{Code: pbx.Denied, Text: policy.ReadsText(w.Snapshot, w.Who, w.Now).Reason()}
	}
	lines := policy.Text(w.Snapshot, w.Now)
	for _, gone := range c.Remove {
		at := slices.Index(lines, strings.TrimSpace(gone))
		if at < 0 {
			return pbx.Change{}, pbx.Refuse(pbx.Conflict, "remove", "whatif.line_gone", "line", gone)
		}
		lines = slices.Delete(lines, at, at+1)
	}
	for _, line := range c.Add {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	change, err := ApplyText{Text: strings.Join(append(lines, ""), "\n"), Reason: c.Reason}.Change(w)
	for _, s := range w.steps {
		if s.Problem != nil { // the line that stands in the way, instead of how many do
			return pbx.Change{}, s.Problem
		}
	}
	return change, err
}
