package command

import (
	"encoding/base32"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// Work is what a command plans with: one snapshot, one moment, one source of randomness; and what it says beside its rows.
type Work struct {
	Snapshot *pbx.Snapshot
	Who      pbx.Actor
	Now      time.Time

	entropy func([]byte)
	object  pbx.Ref
	secret  string
	reason  string
	data    any // payload of the facts
	rows    []Row
	steps   []Step
	used    []use
}

// ID makes a new id.
func (w *Work) ID(prefix string) string {
	var e [10]byte
	w.entropy(e[:])
	return pbx.NewID(prefix, w.Now, e)
}

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// Word makes a random word of letters and digits that carries n bytes of randomness and can be typed without doubt.
func (w *Work) Word(n int) string {
	b := make([]byte, n)
	w.entropy(b)
	return letters.EncodeToString(b)
}

// Ask refuses unless the actor may do this on a snapshot. Tandem itself is not asked: who acts as the system has proved
// it by the set-up link or by standing on the server.
func (w *Work) Ask(s *pbx.Snapshot, right policy.Right, target policy.Target) error {
	if w.Who.Kind == pbx.ActorSystem {
		return nil
	}
	d := policy.Decide(s, policy.Request{Actor: w.Who, Right: right, Target: target, At: w.Now})
	if d.OK {
		w.used = append(w.used, use{right, d.Via()})
		return nil
	}
	if d.Hidden || d.Code == policy.Unknown {
		return missing()
	}
	return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: right.String(), About: target.Ref()}
}
