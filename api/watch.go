package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// WatchedBy is somebody who takes part in a live call of others.
type WatchedBy struct {
	Party Party     `json:"party"`
	Mode  pbx.Watch `json:"mode" enum:"listen,whisper,whisper_other,barge"`
	Since time.Time `json:"since"`
}

// watchedBy lists who takes part in a call of others, for who might do so himself, and, where the office lets people hear a tone and see who it
// was, for those who talk.
func (s *Server) watchedBy(v *visit, c *pbx.LiveCall, t policy.Target) []WatchedBy {
	told := v.s.Tenant.TellsListened() && !v.s.Tenant.HidesListener() && v.who.User != "" && slices.Contains(c.Users, v.who.User)
	all := []WatchedBy{}
	for _, w := range c.Watches {
		if w.By.User != v.who.User && !told && !v.can(policy.CallListen, t) {
			continue
		}
		by := Party{User: w.By.User, Name: w.By.Name, Number: w.By.Number} // who listens is told by name, as in the history of a recording
		all = append(all, WatchedBy{Party: by, Mode: w.Mode, Since: w.Since})
	}
	return all
}

// watchLine reports whether the visitor may read that somebody took part in a call that is over: who did, who reads the log about whom it is
// about, and, unless the office hides it, those who talked (N-15).
func (v *visit) watchLine(t i18n.Text, users []pbx.UserID) (is, reads bool) {
	if !strings.HasPrefix(t.Key, "route.watched.") {
		return false, false
	}
	me := v.who.User
	return true, me != "" && (t.Args["user"] == string(me) || !v.s.Tenant.HidesListener() && slices.Contains(users, me)) ||
		v.can(policy.AuditRead, policy.User(pbx.UserID(t.Args["about"])))
}

// canWatch says how the visitor may take part in a call of others now.
func (v *visit) canWatch(c *pbx.LiveCall, t policy.Target) (modes []pbx.Watch) {
	modes = []pbx.Watch{}
	mine := v.who.User == "" || c.From.User == v.who.User || c.To.User == v.who.User
	talks := c.Phase == pbx.PhaseTalking || c.Phase == pbx.PhaseHeld
	if mine || !talks || c.House || c.From.User == "" && c.To.User == "" || c.To == (pbx.Party{}) {
		return modes
	}
	for _, w := range pbx.Watches() {
		if v.can(watchRights[w], t) {
			modes = append(modes, w)
		}
	}
	return modes
}

// watchRights are the rights to the ways of taking part.
var watchRights = map[pbx.Watch]policy.Right{pbx.WatchListen: policy.CallListen, pbx.WatchWhisper: policy.CallWhisper,
	pbx.WatchWhisperOther: policy.CallWhisper, pbx.WatchBarge: policy.CallBarge, pbx.WatchSteal: policy.CallSteal}

type watchIn struct {
	Call string `path:"call"`
	Body struct {
		Mode pbx.Watch  `json:"mode" enum:"listen,whisper,whisper_other,barge,steal"`
		User pbx.UserID `json:"user,omitempty" doc:"whom it is about; by default the colleague in the call, of two the one who was called"`
	}
}

// watchLive lets the visitor take part in a call of others: his own phone rings, unless he takes part already.
func (s *Server) watchLive(ctx context.Context, v *visit, in *watchIn) error {
	c := v.live.Call(pbx.CallID(in.Call))
	if c == nil {
		return missing()
	}
	right, ok := watchRights[in.Body.Mode]
	if !ok {
		return pbx.Refuse(pbx.Invalid, "mode", "watch.mode_unknown", "value", string(in.Body.Mode))
	}
	if err := v.need(right, policy.Call(c)); err != nil {
		return err
	}
	return s.c.Calls.Watch(ctx, v.who, c.ID, in.Body.User, in.Body.Mode)
}

// unwatchLive ends that the visitor takes part.
func (s *Server) unwatchLive(_ context.Context, v *visit, in *callIn) error {
	c := v.live.Call(pbx.CallID(in.Call))
	if c == nil || c.Watcher(v.who.User) == nil {
		return missing()
	}
	return s.c.Calls.Unwatch(v.who, c.ID)
}
