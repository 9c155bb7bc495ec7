package api

import (
	"context"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// LiveCall is a call that is up, as the visitor may see it.
type LiveCall struct {
	ID        pbx.CallID    `json:"id"`
	Phase     pbx.CallPhase `json:"phase" enum:"ringing,talking,held,parked"`
	From      Party         `json:"from"`
	To        Party         `json:"to"`
	Visitor   *Visitor      `json:"visitor,omitempty" doc:"what a visitor by a Talk link wrote; for who may see numbers outside"`
	Direction string        `json:"direction" enum:"in,out,internal"`
	Started   time.Time     `json:"started"`
	Answered  time.Time     `json:"answered,omitzero"`
	Codec     string        `json:"codec,omitempty"`
	Position  string        `json:"position,omitempty" doc:"park position"`
	ParkedBy  *Party        `json:"parked_by,omitempty"`
	Secure    bool          `json:"secure"`
	OneWay    bool          `json:"one_way,omitempty" doc:"who was called hears the caller, and is heard himself only after pressing any key (intercom)"`
	Recording string        `json:"recording,omitempty" enum:"on,paused,asking" doc:"how its recording stands; absent: it is not recorded"`
	Resumes   time.Time     `json:"resumes,omitzero" doc:"while its recording is paused: when it goes on by itself"`
	Watching  pbx.Watch     `json:"watching,omitempty" doc:"how the visitor takes part in this call of others"`
	Watched   []WatchedBy   `json:"watched" nullable:"false" doc:"who takes part; for who might do so himself, and for those who talk where the office says so"`
	Menu      string        `json:"menu,omitempty" doc:"name of the menu in which the caller chooses"`
	Queue     string        `json:"queue,omitempty" doc:"name of the queue in which the caller waits"`
	Can       LiveCan       `json:"can"`
}

func (s *Server) showLive(v *visit, c *pbx.LiveCall) LiveCall {
	t := policy.Call(c)
	veil, somebody := v.veil(t), s.say(v, i18n.T("call.somebody"))
	out := LiveCall{ID: c.ID, Phase: c.Phase, From: veil.party(c.From, somebody), To: veil.party(c.To, somebody),
		Direction: v.direction(c.From, c.To, c.Users), Started: c.Started, Answered: c.Answered, Codec: c.Codec, Secure: c.Secure, OneWay: c.OneWay, Recording: c.Recording, Resumes: c.Resumes,
		Can: v.liveCan(c, t), Watched: s.watchedBy(v, c, t)}
	if w := c.Watcher(v.who.User); w != nil {
		out.Watching = w.Mode
	}
	if m := v.s.Menus[c.Menu]; m != nil {
		out.Menu = m.Name
	}
	if q := v.s.Queues[c.Queue]; q != nil {
		out.Queue = q.Name
	}
	if p := c.Parked; p != nil {
		out.Position = p.Position
		if p.By != (pbx.Party{}) {
			by := veil.party(p.By, somebody)
			out.ParkedBy = &by
		}
	}
	return out
}

type liveIn struct {
	List
	Sort string `query:"sort" default:"-started" enum:"started,-started"`
}

// listLive shows the calls that are up and that the visitor may see.
func (s *Server) listLive(ctx context.Context, v *visit, in *liveIn) (Page[LiveCall], error) {
	var rows []*pbx.LiveCall
	sees := v.sight(policy.CallSee)
	for _, c := range v.live.Calls() {
		if sees.Sees(policy.Call(c)) {
			rows = append(rows, c)
		}
	}
	part, next, err := pageOf(rows, in.List, in.Sort, func(c *pbx.LiveCall) string { return byTime(c.Started) },
		func(c *pbx.LiveCall) string { return string(c.ID) })
	if err != nil {
		return Page[LiveCall]{}, err
	}
	page := Page[LiveCall]{Items: make([]LiveCall, 0, len(part)), Next: next, Total: len(rows)}
	for _, c := range part {
		v.shows(policy.CallSee, policy.Call(c))
		page.Items = append(page.Items, s.showLive(v, c))
	}
	return page, tellVisitors(ctx, s, page.Items, wroteLive)
}

// wroteLive is by which visit a live call came, and where what its visitor wrote stands.
func wroteLive(c *LiveCall) (pbx.VisitID, **Visitor) { return c.From.visit, &c.Visitor }

type callIn struct {
	Call string `path:"call"`
}

// deleteLive hangs a call up in the visitor's name.
func (s *Server) deleteLive(ctx context.Context, v *visit, in *callIn) error {
	c := v.live.Call(pbx.CallID(in.Call))
	if c == nil {
		return missing()
	}
	if err := v.need(policy.CallHangup, policy.Call(c)); err != nil {
		return err
	}
	return s.c.Calls.Hangup(ctx, v.who, c.ID)
}
