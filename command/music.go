package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// SetQueueMusic lets callers hear a sound while they wait in a queue; it lies in a blob already. The zero sound lets them hear ringing.
type SetQueueMusic struct {
	ID    pbx.QueueID
	Sound pbx.Sound
}

// Need asks for queue.edit.
func (c SetQueueMusic) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	return EditQueue{ID: c.ID}.Need(s, who)
}

// Change writes the sound.
func (c SetQueueMusic) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Queues[c.ID]
	if old == nil || c.Sound.IsZero() && old.Music.IsZero() {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	q := *old
	q.Music = c.Sound
	return pbx.Change{Put: []pbx.Noun{&q}}, nil
}

// SetParkMusic is SetQueueMusic for a row of park positions, where the zero sound is the music of the house.
type SetParkMusic struct {
	ID    pbx.ParkID
	Sound pbx.Sound
}

// Need asks for queue.edit.
func (c SetParkMusic) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	return EditPark{ID: c.ID}.Need(s, who)
}

// Change writes the sound.
func (c SetParkMusic) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Parks[c.ID]
	if old == nil || c.Sound.IsZero() && old.Music.IsZero() {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	p := *old
	p.Music = c.Sound
	return pbx.Change{Put: []pbx.Noun{&p}}, nil
}

// SetGroupMusic is SetQueueMusic for whom people of a group hold, where the zero sound is the music of the group above.
type SetGroupMusic struct {
	ID    pbx.GroupID
	Sound pbx.Sound
}

// Need asks for group.edit.
func (c SetGroupMusic) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.GroupEdit, policy.Group(c.ID)}}
}

// Change writes the sound.
func (c SetGroupMusic) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Groups[c.ID]
	if old == nil || c.Sound.IsZero() && old.Music.IsZero() {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	g := *old
	g.Music = c.Sound
	return pbx.Change{Put: []pbx.Noun{&g}}, nil
}
