package report

import (
	"slices"
	"strconv"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// Record folds the facts of one call, in the order in which they happened, into its record. Facts of other objects
// and payloads that cannot be read are passed over: a record with gaps is better than none. Of a call that a crash
// cut off there are only the first facts and the one that the start-up sweep adds; its record ends when that one says.
func Record(facts []event.Fact) CDR {
	var d Draft
	for _, f := range facts {
		d.Add(f)
	}
	return d.CDR()
}

// Draft is a record in the making, for those who have the payloads at hand and need not read them back from JSON.
type Draft struct {
	cdr      CDR
	promised []int // seconds within which the queue of each stay was to answer; 0: it promised nothing
}

// Add takes in one stored fact.
func (d *Draft) Add(f event.Fact) {
	if f.Object.Kind != pbx.KindCall {
		return
	}
	switch f.Kind {
	case event.CallStarted:
		if p, err := event.Payload[event.Started](f); err == nil {
			d.Started(pbx.CallID(f.Object.ID), f.At, p)
		}
	case event.CallRouted:
		if p, err := event.Payload[event.Routed](f); err == nil {
			d.Routed(p)
		}
	case event.CallTransferred:
		if p, err := event.Payload[event.Transferred](f); err == nil {
			d.Transferred(p)
		}
	case event.CallParked:
		if p, err := event.Payload[event.Parked](f); err == nil {
			d.Parked(p)
		}
	case event.CallEntered:
		if p, err := event.Payload[event.Entered](f); err == nil {
			d.Entered(f.At, p)
		}
	case event.CallTaken:
		if p, err := event.Payload[event.Taken](f); err == nil {
			d.Taken(p)
		}
	case event.CallQueued:
		if p, err := event.Payload[event.Queued](f); err == nil {
			d.Queued(f.At, p)
		}
	case event.CallDequeued:
		if p, err := event.Payload[event.Dequeued](f); err == nil {
			d.Dequeued(f.At, p)
		}
	case event.CallServed:
		if p, err := event.Payload[event.Served](f); err == nil {
			d.Served(f.At, p)
		}
	case event.CallMessage:
		if p, err := event.Payload[event.Message](f); err == nil {
			d.Message(p)
		}
	case event.CallRecorded:
		if p, err := event.Payload[event.Recorded](f); err == nil {
			d.Recorded(p)
		}
	case event.CallUnrecorded:
		if p, err := event.Payload[event.Recorded](f); err == nil {
			d.Unrecorded(p)
		}
	case event.CallRang:
		if p, err := event.Payload[event.Rang](f); err == nil {
			d.Rang(f.At, p)
		}
	case event.CallAnswered:
		if p, err := event.Payload[event.Answered](f); err == nil {
			d.Answered(f.At, p)
		}
	case event.CallEnded:
		if p, err := event.Payload[event.Ended](f); err == nil {
			d.Ended(f.At, p)
		}
	}
}

// Started takes in call.started.
func (d *Draft) Started(id pbx.CallID, at time.Time, p event.Started) {
	c := &d.cdr
	c.ID, c.Started = id, at
	c.From, c.To, c.Dialled, c.Trace = p.From, p.To, p.Dialled, p.Trace
	c.Users, c.Groups = slices.Clone(p.Users), p.Groups
	c.Ruling = p.Ruling
	c.Secure = p.Leg.Secure
	d.leg(p.Leg)
}

// Routed takes in call.routed: the way goes on, and with it the story of the call.
func (d *Draft) Routed(p event.Routed) {
	c := &d.cdr
	c.Trace = append(slices.Clip(c.Trace), p.Trace...)
	c.Users, c.Groups = slices.Clone(p.Users), p.Groups
	if p.Ruling != nil {
		c.Ruling = p.Ruling
	}
}

// Transferred takes in call.transferred; where the call goes then, call.routed tells.
func (d *Draft) Transferred(p event.Transferred) {
	switch c := &d.cdr; {
	case p.Cause != "":
		text := i18n.T("route.transfer_refused", "name", p.By.Name, "user", string(p.By.User))
		c.Trace = append(slices.Clip(c.Trace), text)
		if p.Reason.Key != "" {
			c.Trace = append(c.Trace, p.Reason)
		}
	case p.Call != "":
		c.Linked = append(slices.Clip(c.Linked), p.Call)
		c.Trace = append(slices.Clip(c.Trace), i18n.T("route.connected", "name", p.By.Name, "user", string(p.By.User)))
	}
}

// Parked takes in call.parked.
func (d *Draft) Parked(p event.Parked) {
	d.cdr.Trace = append(slices.Clip(d.cdr.Trace), i18n.T("route.parked", "name", p.Party.Name, "user", string(p.Party.User), "position", p.Position))
}

// Entered takes in call.entered: who is in a conference room talks, and the room is whom he called.
func (d *Draft) Entered(at time.Time, p event.Entered) {
	c := &d.cdr
	if c.Answered.IsZero() {
		c.Answered = at
		c.To = pbx.Party{Name: p.Name, Number: c.To.Number}
	}
	c.Trace = append(slices.Clip(c.Trace), i18n.T("route.entered", "name", p.Party.Name, "user", string(p.Party.User), "room", p.Name))
	if i := slices.IndexFunc(c.Legs, func(l Leg) bool { return !l.Out }); i >= 0 && c.Legs[i].Answered.IsZero() {
		c.Legs[i].Answered = at
	}
}

// Taken takes in call.taken.
func (d *Draft) Taken(p event.Taken) {
	c, who := &d.cdr, p.Leg.Party
	key := "route.taken"
	if p.Call != "" {
		c.Linked = append(slices.Clip(c.Linked), p.Call)
		who, key = p.By, "route.connected"
		if p.Stolen {
			who, key = p.Leg.Party, "route.stolen"
		}
	}
	c.Trace = append(slices.Clip(c.Trace), i18n.T(key, "name", who.Name, "user", string(who.User)))
	d.leg(p.Leg)
}

// Recorded takes in call.recorded.
func (d *Draft) Recorded(p event.Recorded) {
	c := &d.cdr
	c.Recordings = append(slices.Clip(c.Recordings), p.Recording)
	c.Consents = append(slices.Clip(c.Consents), p.Consent...)
}

// Unrecorded takes in call.unrecorded: of the recording nothing stays.
func (d *Draft) Unrecorded(p event.Recorded) {
	c := &d.cdr
	c.Recordings = slices.DeleteFunc(slices.Clone(c.Recordings), func(r pbx.RecordingID) bool { return r == p.Recording })
	for _, now := range p.Consent {
		c.Consents = slices.DeleteFunc(slices.Clone(c.Consents), func(was pbx.Consent) bool { return was.Party == now.Party && was.At.Equal(now.At) })
	}
	c.Consents = append(slices.Clip(c.Consents), p.Consent...)
}

// Watched takes in that somebody took part in the call; who may read it is asked when it is shown (N-15).
func (d *Draft) Watched(p event.Watched) {
	d.cdr.Trace = append(slices.Clip(d.cdr.Trace), i18n.T("route.watched."+string(p.Mode), "name", p.By.Name, "user", string(p.By.User), "about", string(p.User), "seconds", strconv.Itoa(p.Seconds)))
}

// Message takes in call.message.
func (d *Draft) Message(p event.Message) {
	text := i18n.T("route.left_message", "name", p.Box.Name, "user", string(p.User), "seconds", strconv.Itoa(p.Seconds))
	d.cdr.Trace = append(slices.Clip(d.cdr.Trace), text)
}

// Rang takes in call.rang.
func (d *Draft) Rang(at time.Time, p event.Rang) {
	if p.Leg.Rang.IsZero() {
		p.Leg.Rang = at
	}
	d.leg(p.Leg)
}

// Answered takes in call.answered.
func (d *Draft) Answered(at time.Time, p event.Answered) {
	c := &d.cdr
	if c.Answered.IsZero() {
		c.Answered = at
	}
	c.Codec, c.Secure = p.Codec, p.Secure
	if p.To != (pbx.Party{}) {
		c.To = p.To
	}
	if p.Leg.Answered.IsZero() {
		p.Leg.Answered = at
	}
	d.leg(p.Leg)
	if i := slices.IndexFunc(c.Legs, func(l Leg) bool { return !l.Out }); i >= 0 && c.Legs[i].Answered.IsZero() {
		c.Legs[i].Answered = at
	}
}

// Ended takes in call.ended. Its list of legs is complete; after a crash it is empty, and the legs that are known end with the call.
func (d *Draft) Ended(at time.Time, p event.Ended) {
	c := &d.cdr
	c.Ended, c.Cause, c.By, c.Reason = at, p.Cause, p.By, p.Reason
	c.Trace = append(slices.Clip(c.Trace), p.Trace...)
	if p.Codec != "" {
		c.Codec = p.Codec
	}
	if p.Cause == pbx.CauseDenied {
		c.Reference = c.ID.Reference()
	}
	if len(p.Legs) > 0 {
		c.Legs = c.Legs[:0:0]
		c.Secure = p.Secure
		for _, l := range p.Legs {
			d.leg(l)
		}
	}
	d.closeStays(at)
	for i := range c.Legs {
		if l := &c.Legs[i]; l.Ended.IsZero() {
			l.Ended = at
			if l.Cause == "" {
				l.Cause = p.Cause
			}
		}
	}
	if c.Started.IsZero() {
		c.Started = at
	}
}

// CDR is the record as far as it is known.
func (d *Draft) CDR() CDR { return d.cdr }

// leg adds a leg or replaces what was known of it, and counts its person among those who took part.
func (d *Draft) leg(l event.Leg) {
	c := &d.cdr
	if u := l.Party.User; u != "" && !slices.Contains(c.Users, u) {
		c.Users = append(c.Users, u)
	}
	row := Leg{
		ID: l.ID, Device: l.Device, Party: l.Party, Out: l.Out, Started: l.Started, Rang: l.Rang, Answered: l.Answered,
		Ended: l.Ended, Cause: l.Cause, Status: l.Status, Codec: l.Codec, Packets: l.Packets, Lost: l.Lost, Jitter: l.Jitter, FarPackets: l.FarPackets, FarLost: l.FarLost, FarJitter: l.FarJitter, RTT: l.RTT, Trunk: l.Trunk, Charge: l.Charge,
	}
	row.Score = row.scored()
	if i := slices.IndexFunc(c.Legs, func(o Leg) bool { return o.ID == l.ID }); i >= 0 {
		if row.Rang.IsZero() {
			row.Rang = c.Legs[i].Rang
		}
		c.Legs[i] = row
		return
	}
	c.Legs = append(c.Legs, row)
}
