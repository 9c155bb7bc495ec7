package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// PromptTarget is what the house says, as something that belongs to the office and to no department.
func PromptTarget() policy.Target { return policy.Owned(policy.KindMenu, "prompts", "", "") }

// SetPrompt lets the house say a sentence with the office's own sound, which lies in a blob already.
type SetPrompt struct {
	ID      pbx.PromptID
	Blob    string
	Rate    int
	Samples int64
}

// Need asks for menu.edit over everything: a sentence is heard by every caller.
func (SetPrompt) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.MenuEdit, PromptTarget()}}
}

// Change writes the row.
func (c SetPrompt) Change(w *Work) (pbx.Change, error) {
	p := &pbx.Prompt{ID: c.ID, Blob: c.Blob, Rate: c.Rate, Samples: c.Samples, Replaced: w.Now}
	w.object = p.Ref()
	return pbx.Change{Put: []pbx.Noun{p}}, nil
}

// ResetPrompt lets the house say a sentence with the built-in sound again.
type ResetPrompt struct{ ID pbx.PromptID }

// Need asks for menu.edit over everything.
func (ResetPrompt) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.MenuEdit, PromptTarget()}}
}

// Change deletes the row. The sound goes when nobody knows it any more.
func (c ResetPrompt) Change(w *Work) (pbx.Change, error) {
	p := w.Snapshot.Prompts[c.ID]
	if p == nil {
		return pbx.Change{}, missing()
	}
	w.object = p.Ref()
	return pbx.Change{Delete: []pbx.Ref{p.Ref()}}, nil
}
