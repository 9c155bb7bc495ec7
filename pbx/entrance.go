package pbx

// Entrance is what happens to calls for a group as a whole, by its hours. A break and being closed
// follow Open where they have no destination of their own, a holiday follows Closed.
type Entrance struct {
	Group     GroupID     `json:"group"`
	Extension string      `json:"extension,omitempty"`
	Open      Destination `json:"open,omitzero"`
	Break     Destination `json:"break,omitzero"`
	Closed    Destination `json:"closed,omitzero"`
	Holiday   Destination `json:"holiday,omitzero"`
}

// For is where calls go in a state of the hours, perhaps because of a holiday; nowhere ends them.
func (e *Entrance) For(state State, holiday bool) Destination {
	switch {
	case state == StateClosed && holiday && !e.Holiday.IsZero():
		return e.Holiday
	case state == StateClosed && !e.Closed.IsZero():
		return e.Closed
	case state == StateBreak && !e.Break.IsZero():
		return e.Break
	}
	return e.Open
}

// Leads lists where an entrance leads.
func (e *Entrance) Leads(yield func(Lead) bool) {
	for _, l := range []Lead{{e.Ref(), "open", e.Open}, {e.Ref(), "break", e.Break}, {e.Ref(), "closed", e.Closed}, {e.Ref(), "holiday", e.Holiday}} {
		if !yield(l) {
			return
		}
	}
}

func (s *Snapshot) checkEntrance(e *Entrance) error {
	return first(s.hasGroup("group", e.Group), s.CheckExtension(e.Extension), checkDestination("open", e.Open),
		checkDestination("break", e.Break), checkDestination("closed", e.Closed), checkDestination("holiday", e.Holiday))
}
