package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// Playback is a recording as a file that browsers play, and what it looks like.
type Playback interface {
	SoundFile
	// Peaks is how loud each side is over time, in n steps, from 0 to 1.
	Peaks(n int) ([2][]float32, error)
}

// Recording is what was kept of a conversation, as the visitor may see it.
type Recording struct {
	ID        pbx.RecordingID        `json:"id"`
	Call      pbx.CallID             `json:"call"`
	Started   time.Time              `json:"started"`
	Seconds   float64                `json:"seconds"`
	Running   bool                   `json:"running,omitempty" doc:"the call goes on"`
	From      Party                  `json:"from" doc:"left in the sound; of a conference, who began it"`
	To        Party                  `json:"to" doc:"right in the sound; of a conference, the room"`
	Room      pbx.RoomID             `json:"room,omitempty" doc:"of a conference, all of which is heard in both channels"`
	People    []Party                `json:"people" nullable:"false" doc:"of a conference: colleagues who took part while it was recorded"`
	Own       bool                   `json:"own,omitempty" doc:"of a conference: the visitor hears only the time that he was there"`
	Mine      bool                   `json:"mine" doc:"the visitor can be heard"`
	Kind      pbx.RecordingKind      `json:"kind" enum:"always,demand,room" doc:"how it came to be: by a rule, because somebody wanted it, or of a conference"`
	Direction pbx.RecordingDirection `json:"direction" enum:"in,out,internal" doc:"as the office sees it"`
	Notice    pbx.RecordNotice       `json:"notice" enum:"silent,tell,object,ask" doc:"what was said before"`
	Consent   []RecordingAnswer      `json:"consent" nullable:"false" doc:"who was told, and what he answered"`
	Pauses    []pbx.Interval         `json:"pauses" nullable:"false"`
	By        *Party                 `json:"by,omitempty" doc:"who wanted it, where somebody did"`
	Why       string                 `json:"why" doc:"the rule because of which it was made, as a sentence"`
	Expires   time.Time              `json:"expires,omitzero"`
	Hold      bool                   `json:"hold" doc:"nobody may delete it, time neither"`
	Deleted   time.Time              `json:"deleted,omitzero"`
	Reason    bool                   `json:"reason" doc:"whoever listens has to say why"`
	Can       RecordingCan           `json:"can"`
}

// RecordingAnswer is what one party was told, and what he answered.
type RecordingAnswer struct {
	Party  Party             `json:"party"`
	At     time.Time         `json:"at"`
	Text   string            `json:"text,omitempty" doc:"the words that he heard, as they read now"`
	Answer pbx.ConsentAnswer `json:"answer,omitempty" enum:"agreed,refused"`
}

// RecordingCan says what the visitor may do with a recording.
type RecordingCan struct {
	Play     bool `json:"play"`
	Download bool `json:"download"`
	Delete   bool `json:"delete"`
	History  bool `json:"history" doc:"see who listened"`
	Hold     bool `json:"hold"`
	Share    bool `json:"share" doc:"give it to somebody outside by a link"`
}

// recordingTarget is a recording as something that somebody may hear: its time is that of the call, so that who came later does not hear it (N-5).
func recordingTarget(r *pbx.Recording) policy.Target {
	sound := &policy.Sound{ID: string(r.ID), Start: r.Began, Groups: r.Groups}
	for _, v := range r.Voices {
		sound.Voices = append(sound.Voices, policy.Voice{User: v.User, Span: pbx.Interval{From: v.From, Until: v.Until}})
	}
	if sound.Host = r.Host; r.Room != "" && r.Host == "" { // nobody's group decides: the office does
		sound.Host = pbx.UserID(r.Room)
	}
	return policy.Recording(sound)
}

// recordingOf is the recording that a fact is about, as the fact tells of it.
func recordingOf(f event.Fact) (r pbx.Recording, ok bool) {
	b := f.After
	if b == nil {
		b = f.Before
	}
	return r, b != nil && json.Unmarshal(b, &r) == nil
}

// isHeard reports whether somebody can be heard in a recording.
func isHeard(r *pbx.Recording, u pbx.UserID) bool {
	return u != "" && slices.ContainsFunc(r.Voices, func(v pbx.RecordingVoice) bool { return v.User == u })
}

// seesHearings reports whether the visitor may see who listened: by right, or because he can be heard and the rule says so (N-15).
func (v *visit) seesHearings(r *pbx.Recording, t policy.Target) bool {
	rule, _ := v.s.RecordRuleOf(r.Rule, r.Began)
	return v.can(policy.RecordingHistory, t) || rule.Shown == pbx.RecordOpen && isHeard(r, v.who.User)
}

// asksWhy reports whether the visitor has to say why he listens.
func (v *visit) asksWhy(r *pbx.Recording) bool {
	rule, _ := v.s.RecordRuleOf(r.Rule, r.Began)
	return rule.Why == pbx.WhyAsked && !isHeard(r, v.who.User)
}

func (s *Server) showRecording(v *visit, r *pbx.Recording) Recording {
	t, somebody := recordingTarget(r), s.say(v, i18n.T("call.somebody"))
	var users []pbx.UserID
	for _, voice := range r.Voices {
		users = append(users, voice.User)
	}
	veil := v.veil(policy.Record(r.Call, users, r.Groups, r.Began))
	out := Recording{ID: r.ID, Call: r.Call, Started: r.Started, Seconds: r.Length.Seconds(), Running: r.Running, From: veil.party(r.From, somebody),
		To: veil.party(r.To, somebody), Mine: isHeard(r, v.who.User), Notice: r.Notice, Consent: s.answers(r.Consent, veil, somebody), Pauses: r.Pauses, Expires: r.Expires,
		Hold: r.Hold, Deleted: r.Deleted, Reason: v.asksWhy(r), Room: r.Room, Kind: r.Kind(), Direction: r.Direction(), People: []Party{}}
	if r.Room != "" {
		out.Own = v.ownSpans(r) != nil
		out.To = Party{Name: r.To.Name, Number: r.To.Number}
		for _, u := range slices.Compact(slices.Sorted(slices.Values(users))) {
			if who := v.s.Users[u]; who != nil {
				out.People = append(out.People, veil.party(who.Party(), somebody))
			}
		}
	}
	if out.Pauses == nil {
		out.Pauses = []pbx.Interval{}
	}
	if r.By != (pbx.Party{}) {
		by := veil.party(r.By, somebody)
		out.By = &by
	}
	out.Why = s.say(v, s.whyRecorded(v, r))
	out.Can = RecordingCan{Play: !r.Running && v.can(policy.RecordingPlay, t), Download: !r.Running && v.can(policy.RecordingDownload, t),
		Delete: !r.Running && !r.Hold && v.can(policy.RecordingDelete, t), History: v.seesHearings(r, t), Hold: !r.Running && v.can(policy.RetentionEdit, policy.System()),
		Share: !r.Running && r.Deleted.IsZero() && v.can(policy.RecordingShare, t) && v.can(policy.RecordingPlay, t)}
	return out
}

// whyRecorded says because of which rule a recording was made; whom the visitor does not know is not named.
func (s *Server) whyRecorded(v *visit, r *pbx.Recording) i18n.Text {
	key := "recording.why." + string(r.Mode)
	about := pbx.Ref{}
	switch {
	case v.s.Users[pbx.UserID(r.Rule)] != nil && v.knows(pbx.UserID(r.Rule)):
		about = pbx.Ref{Kind: pbx.KindUser, ID: string(r.Rule)}
	case v.s.Groups[pbx.GroupID(r.Rule)] != nil && v.can(policy.GroupSee, policy.Group(pbx.GroupID(r.Rule))):
		about = pbx.Ref{Kind: pbx.KindGroup, ID: string(r.Rule)}
	case v.s.Queues[pbx.QueueID(r.Rule)] != nil:
		about = pbx.Ref{Kind: pbx.KindQueue, ID: string(r.Rule)}
	default:
		return i18n.T(key)
	}
	return i18n.T(key+"_of", "name", v.s.NameOf(about))
}

type recordingIn struct {
	Recording string `path:"recording" maxLength:"64"`
}

// recording fetches one that the visitor may know of, and asks for one more right over it.
func (s *Server) recording(ctx context.Context, v *visit, id string, right policy.Right) (pbx.Recording, error) {
	r, err := s.c.Store.Recording(ctx, pbx.RecordingID(id))
	if err != nil {
		return r, hideMissing(err)
	}
	t := recordingTarget(&r)
	if !v.sight(policy.RecordingList).Sees(t) || !r.Deleted.IsZero() && !v.can(policy.RecordingDelete, t) {
		return r, missing()
	}
	return r, v.need(right, t)
}

func (s *Server) getRecording(ctx context.Context, v *visit, in *recordingIn) (Recording, error) {
	r, err := s.recording(ctx, v, in.Recording, policy.RecordingList)
	if err != nil {
		return Recording{}, err
	}
	return s.showRecording(v, &r), nil
}

type hearIn struct {
	Recording string `path:"recording" maxLength:"64"`
	Reason    string `query:"reason" maxLength:"500" doc:"why; needed where the recording says so"`
	Download  bool   `query:"download" doc:"as a file to keep: recording.download"`
}

// hearRecording sends the sound as WAV, in pieces if need be. Every listening and every copy is written down, and refused without a reason
// where one is asked for (B-053, B-070, N-15).
func (s *Server) hearRecording(ctx context.Context, v *visit, in *hearIn) (writer, error) {
	right, kind := policy.RecordingPlay, event.RecordingPlayed
	if in.Download {
		right, kind = policy.RecordingDownload, event.RecordingDownloaded
	}
	r, err := s.recording(ctx, v, in.Recording, right)
	if err != nil {
		return nil, err
	}
	if r.Running || !r.Deleted.IsZero() {
		return nil, missing()
	}
	if v.asksWhy(&r) && in.Reason == "" {
		return nil, pbx.Refuse(pbx.Invalid, "reason", "recording.reason_missing")
	}
	file, err := s.playback(v, &r)
	if err != nil {
		return nil, err
	}
	if err := s.noteHearing(ctx, v, kind, &r, in.Reason, v.r.Header.Get("Range") != ""); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	name := ""
	if in.Download {
		name = soundName(&r)
	}
	return sendSound(&r, file, name), nil
}

// soundName is what a recording is called as a file.
func soundName(r *pbx.Recording) string {
	return r.Started.UTC().Format("2006-01-02-150405") + "-" + string(r.ID) + ".wav"
}

// again is how long a listening lasts: the pieces that a player fetches meanwhile are one.
const again = 15 * time.Minute

// noteHearing writes down that the visitor listens; of one that asks for a piece, once for all pieces of one listening.
func (s *Server) noteHearing(ctx context.Context, v *visit, kind event.Kind, r *pbx.Recording, reason string, piece bool) error {
	ref := pbx.Ref{Kind: pbx.KindRecording, ID: string(r.ID)}
	if piece {
		last, err := s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Object: ref, Kinds: []event.Kind{kind}, Actor: v.who.User, From: v.at.Add(-again), Limit: 1})
		if err != nil || len(last.Items) > 0 {
			return err
		}
	}
	f := event.New(kind, v.at, v.who, ref, event.Hearing{Reason: reason})
	f.Reason = reason
	return s.writeHearing(ctx, f, v.tellsHeard(r, v.who.User), v.who.User)
}

// writeHearing writes a fact about listening together with the notices of those who are told, so that none is lost.
func (s *Server) writeHearing(ctx context.Context, f event.Fact, heard []Heard, by pbx.UserID, also ...store.Also) error {
	rows, spread := s.c.Heard(heard, f, by)
	stored, err := s.c.Store.Write(ctx, []event.Fact{f}, append(rows, also...)...)
	if err != nil {
		return err
	}
	spread(ctx)
	return s.c.Desk.Publish(ctx, stored)
}

// noteCopy writes down that one of several recordings is copied; tellCopied has told of it.
func (s *Server) noteCopy(ctx context.Context, v *visit, r *pbx.Recording, reason string) error {
	f := event.New(event.RecordingDownloaded, v.at, v.who, pbx.Ref{Kind: pbx.KindRecording, ID: string(r.ID)}, event.Hearing{Reason: reason})
	f.Reason = reason
	return s.writeHearing(ctx, f, nil, v.who.User)
}

// tellCopied tells everybody who can be heard once, and before the first octet leaves, however many recordings with him are copied (B-053).
func (s *Server) tellCopied(ctx context.Context, v *visit, recordings []*pbx.Recording, reason string) error {
	var all []Heard
	for _, r := range recordings {
		for _, h := range v.tellsHeard(r, v.who.User) {
			n := slices.IndexFunc(all, func(x Heard) bool { return x.To == h.To })
			if n < 0 {
				all = append(all, h)
				continue
			}
			if all[n].N++; h.First.Started.Before(all[n].First.Started) {
				all[n].First = h.First
			}
		}
	}
	rows, spread := s.c.Heard(all, event.Fact{Kind: event.RecordingDownloaded, At: v.at, Reason: reason}, v.who.User)
	if err := s.c.Store.Keep(ctx, rows...); err != nil {
		return err
	}
	spread(ctx)
	return nil
}

// Heard is somebody who is told that recordings with him were listened to.
type Heard struct {
	To    pbx.UserID
	First pbx.Recording // the only one, or the first of several
	N     int
}

// tellsHeard lists those who can be heard and are told of it, unless the rule keeps from them who did (B-053).
func (v *visit) tellsHeard(r *pbx.Recording, by pbx.UserID) (all []Heard) {
	var to []pbx.UserID
	for _, voice := range r.Voices {
		if u := voice.User; u != by && v.s.Users[u] != nil && !slices.Contains(to, u) {
			his := *v
			his.who, his.dry = pbx.Actor{Kind: pbx.ActorUser, User: u, Via: v.who.Via}, true
			if his.seesHearings(r, recordingTarget(r)) {
				to = append(to, u)
			}
		}
	}
	for _, u := range to {
		all = append(all, Heard{u, *r, 1})
	}
	return all
}

type peaksIn struct {
	Recording string `path:"recording" maxLength:"64"`
	Steps     int    `query:"steps" default:"400" minimum:"10" maximum:"2000"`
}

// Peaks is how loud each side is over time.
type Peaks struct {
	From []float32 `json:"from" nullable:"false" doc:"0 to 1"`
	To   []float32 `json:"to" nullable:"false"`
}

// getPeaks shows what a recording looks like to whoever may hear it (PR-04).
func (s *Server) getPeaks(ctx context.Context, v *visit, in *peaksIn) (Peaks, error) {
	r, err := s.recording(ctx, v, in.Recording, policy.RecordingPlay)
	if err != nil {
		return Peaks{}, err
	}
	file, err := s.playback(v, &r)
	if err != nil {
		return Peaks{}, err
	}
	defer func() { _ = file.Close() }()
	sides, err := file.Peaks(in.Steps)
	return Peaks{sides[0], sides[1]}, err
}

// Hearing is one time that somebody listened to a recording or took a copy.
type Hearing struct {
	Who    Party     `json:"who"`
	At     time.Time `json:"at"`
	Copy   bool      `json:"copy" doc:"he took a copy"`
	Link   string    `json:"link,omitempty" enum:"given,taken,used" doc:"he gave a link to somebody outside, or took one back; or somebody listened by a link that he gave"`
	Reason string    `json:"reason,omitempty"`
}

// Hearings lists them, the newest first.
type Hearings struct {
	Items []Hearing `json:"items" nullable:"false"`
}

// listHearings shows who listened to whoever holds recording.history, and to the people who can be heard (N-15).
func (s *Server) listHearings(ctx context.Context, v *visit, in *recordingIn) (Hearings, error) {
	r, err := s.recording(ctx, v, in.Recording, policy.RecordingList)
	if err != nil {
		return Hearings{}, err
	}
	if t := recordingTarget(&r); !v.seesHearings(&r, t) {
		return Hearings{}, v.need(policy.RecordingHistory, t)
	}
	page, err := s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Object: pbx.Ref{Kind: pbx.KindRecording, ID: string(r.ID)},
		Kinds: []event.Kind{event.RecordingPlayed, event.RecordingDownloaded, event.RecordingShared, event.RecordingUnshared, event.RecordingHeard}, Limit: 200})
	if err != nil {
		return Hearings{}, err
	}
	out := Hearings{Items: []Hearing{}}
	for _, f := range page.Items {
		h := Hearing{At: f.At, Copy: f.Kind == event.RecordingDownloaded, Reason: f.Reason}
		who := f.Actor.User
		switch f.Kind {
		case event.RecordingShared:
			h.Link = "given"
		case event.RecordingUnshared:
			h.Link = "taken"
		case event.RecordingHeard:
			h.Link = "used"
			if by, err := event.Payload[event.Shared](f); err == nil {
				who = by.By
			}
		}
		if u := v.s.Users[who]; u != nil { // who listened is told by name: that is what the list is for
			h.Who = Party{User: u.ID, Name: u.Name, Number: u.Extension}
		} else {
			h.Who = Party{Name: s.say(v, i18n.T("call.somebody")), Hidden: true}
		}
		out.Items = append(out.Items, h)
	}
	return out, nil
}

// changeRecording writes a change of a recording, and tells everybody who may know.
func (s *Server) changeRecording(ctx context.Context, v *visit, k event.Kind, before, after pbx.Recording) error {
	return s.tell(ctx, v, k, &before, &after, store.RecordingChanged{Was: before, Is: after})
}

// deleteRecording puts a recording into the bin, from which it can be taken back for a month.
func (s *Server) deleteRecording(ctx context.Context, v *visit, in *recordingIn) error {
	r, err := s.recording(ctx, v, in.Recording, policy.RecordingDelete)
	if err != nil || !r.Deleted.IsZero() {
		return err
	}
	if r.Hold || r.Running {
		return pbx.Refuse(pbx.Conflict, "", "recording.held")
	}
	before := r
	r.Deleted = v.at
	return s.changeRecording(ctx, v, event.RecordingDeleted, before, r)
}

// restoreRecording takes a recording out of the bin.
func (s *Server) restoreRecording(ctx context.Context, v *visit, in *recordingIn) (Recording, error) {
	r, err := s.recording(ctx, v, in.Recording, policy.RecordingDelete)
	if err != nil {
		return Recording{}, err
	}
	if !r.Deleted.IsZero() {
		before := r
		r.Deleted = time.Time{}
		if err := s.changeRecording(ctx, v, event.RecordingRestored, before, r); err != nil {
			return Recording{}, err
		}
	}
	return s.showRecording(v, &r), nil
}

type holdIn struct {
	Recording string `path:"recording" maxLength:"64"`
	Body      struct {
		Hold bool `json:"hold"`
	}
}

// holdRecording keeps a recording from being deleted by anybody, time included, or lets it go again (PR-05).
func (s *Server) holdRecording(ctx context.Context, v *visit, in *holdIn) (Recording, error) {
	r, err := s.recording(ctx, v, in.Recording, policy.RecordingList)
	if err != nil {
		return Recording{}, err
	}
	if err := v.need(policy.RetentionEdit, policy.System()); err != nil {
		return Recording{}, err
	}
	if r.Hold != in.Body.Hold {
		before, kind := r, event.RecordingHeld
		if r.Hold = in.Body.Hold; !r.Hold {
			kind = event.RecordingReleased
		}
		if err := s.changeRecording(ctx, v, kind, before, r); err != nil {
			return Recording{}, err
		}
	}
	return s.showRecording(v, &r), nil
}

// tapeOrder is what is to be done with the recording of a call or a conference.
type tapeOrder struct {
	Do          string `json:"do" enum:"start,stop,pause,resume"`
	ResumeAfter int    `json:"resume_after,omitempty" minimum:"0" maximum:"14400" doc:"with pause: seconds after which it goes on by itself; no later than the rule about recording says"`
}

func (o tapeOrder) after() time.Duration { return time.Duration(o.ResumeAfter) * time.Second }

type tapeIn struct {
	Call string `path:"call"`
	Body tapeOrder
}

// recordLive begins, pauses, goes on with or ends the recording of a call.
func (s *Server) recordLive(ctx context.Context, v *visit, in *tapeIn) error {
	c := v.live.Call(pbx.CallID(in.Call))
	if c == nil {
		return missing()
	}
	if err := v.need(policy.RecordingControl, policy.Call(c)); err != nil {
		return err
	}
	return s.c.Calls.Record(ctx, v.who, c.ID, in.Body.Do, in.Body.after())
}

// RecordRule is what is set about recording somebody's calls, and what counts.
type RecordRule struct {
	About   pbx.RecordRuleID `json:"about" doc:"the person, group or queue it is about; or office"`
	Name    string           `json:"name"`
	Own     RecordSet        `json:"own" doc:"what is set here; absent fields are inherited"`
	Counts  RecordSet        `json:"counts" doc:"what counts, with all that is inherited"`
	From    pbx.RecordRuleID `json:"from" doc:"where the mode that counts is set"`
	FromWho string           `json:"from_who,omitempty" doc:"its name"`
	Edit    bool             `json:"edit"`
}

// RecordSet are the fields of a rule about recording.
type RecordSet struct {
	Mode    pbx.RecordMode   `json:"mode,omitempty" enum:"never,off,demand,always"`
	Outside bool             `json:"outside,omitempty" doc:"only calls with somebody outside"`
	Notice  pbx.RecordNotice `json:"notice,omitempty" enum:"silent,tell,object,ask"`
	Days    int              `json:"days,omitempty" doc:"after which a recording is deleted"`
	Shown   pbx.RecordShown  `json:"shown,omitempty" enum:"open,closed" doc:"open: the people who can be heard see who listened"`
	Why     pbx.RecordWhy    `json:"why,omitempty" enum:"free,asked" doc:"asked: whoever listens to others says why"`
	Pause   int              `json:"pause,omitempty" doc:"minutes after which a paused recording goes on by itself"`
}

func recordSet(r pbx.RecordRule) RecordSet {
	return RecordSet{r.Mode, r.Outside, r.Notice, r.Days, r.Shown, r.Why, r.Pause}
}

// recordName names whom a rule is about.
func (s *Server) recordName(v *visit, id pbx.RecordRuleID) string {
	switch {
	case id == pbx.OfficeRule:
		return v.s.Tenant.Name
	case v.s.Groups[pbx.GroupID(id)] != nil:
		return v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(id)})
	case v.s.Queues[pbx.QueueID(id)] != nil:
		return v.s.NameOf(pbx.Ref{Kind: pbx.KindQueue, ID: string(id)})
	case v.s.Users[pbx.UserID(id)] != nil && v.knows(pbx.UserID(id)):
		return v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(id)})
	}
	return ""
}

func (s *Server) showRecordRule(v *visit, id pbx.RecordRuleID) RecordRule {
	counts, from := v.s.RecordRuleOf(id, v.at)
	n := command.RecordRuleNeed(v.s, id)
	out := RecordRule{About: id, Name: s.recordName(v, id), Counts: recordSet(counts), From: from, Edit: v.can(n.Right, n.Target)}
	if from != id {
		out.FromWho = s.recordName(v, from)
	}
	if own := v.s.RecordRules[id]; own != nil {
		out.Own = recordSet(*own)
	}
	return out
}

type recordRuleIn struct {
	About string `path:"about" maxLength:"64" doc:"a person, group or queue; or office"`
}

// recordRule finds whom a rule is about, for whoever may change it; each person sees the one that counts for himself.
func (s *Server) recordRule(v *visit, about string) (pbx.RecordRuleID, error) {
	id := pbx.RecordRuleID(about)
	known := id == pbx.OfficeRule || v.s.Users[pbx.UserID(id)] != nil || v.s.Groups[pbx.GroupID(id)] != nil || v.s.Queues[pbx.QueueID(id)] != nil
	if !known {
		return id, missing()
	}
	if v.who.User != "" && pbx.UserID(id) == v.who.User {
		return id, nil
	}
	n := command.RecordRuleNeed(v.s, id)
	return id, v.need(n.Right, n.Target)
}

func (s *Server) getRecordRule(_ context.Context, v *visit, in *recordRuleIn) (RecordRule, error) {
	id, err := s.recordRule(v, in.About)
	if err != nil {
		return RecordRule{}, err
	}
	return s.showRecordRule(v, id), nil
}

type patchRecordRule struct {
	About string `path:"about" maxLength:"64" doc:"a person, group or queue; or office"`
	Body  struct {
		Mode    *pbx.RecordMode   `json:"mode,omitempty" doc:"never, off, demand, always; empty inherits"`
		Outside *bool             `json:"outside,omitempty"`
		Notice  *pbx.RecordNotice `json:"notice,omitempty" doc:"silent, tell, object, ask; empty inherits"`
		Days    *int              `json:"days,omitempty" doc:"0 inherits"`
		Shown   *pbx.RecordShown  `json:"shown,omitempty" doc:"open, closed; empty inherits"`
		Why     *pbx.RecordWhy    `json:"why,omitempty" doc:"free, asked; empty inherits"`
		Pause   *int              `json:"pause,omitempty" doc:"minutes; 0 inherits"`
	}
}

func (s *Server) patchRecordRule(ctx context.Context, v *visit, in *patchRecordRule) (RecordRule, error) {
	id := pbx.RecordRuleID(in.About)
	if _, err := s.recordRule(v, in.About); err != nil {
		return RecordRule{}, err
	}
	b := in.Body
	if _, err := s.do(ctx, v, command.SetRecordRule{ID: id, Mode: b.Mode, Outside: b.Outside, Notice: b.Notice, Days: b.Days, Shown: b.Shown, Why: b.Why, Pause: b.Pause}); err != nil {
		return RecordRule{}, err
	}
	return s.showRecordRule(v, id), nil
}

// RecordRules lists what is set about recording.
type RecordRules struct {
	Items []RecordRule `json:"items" nullable:"false" doc:"the office first, where the visitor may change it, then what is set otherwise"`
}

// listRecordRules shows the rules that the visitor may change.
func (s *Server) listRecordRules(_ context.Context, v *visit, _ *struct{}) (RecordRules, error) {
	ids := []pbx.RecordRuleID{pbx.OfficeRule}
	for id := range v.s.RecordRules {
		if id != pbx.OfficeRule {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids[1:])
	out := RecordRules{Items: []RecordRule{}}
	for _, id := range ids {
		if n := command.RecordRuleNeed(v.s, id); v.can(n.Right, n.Target) {
			out.Items = append(out.Items, s.showRecordRule(v, id))
		}
	}
	return out, nil
}

// recordingRoutes are those of recordings and of the rules about them.
func recordingRoutes() []Route {
	return []Route{
		route("GET", "/v1/recordings", signedIn("shows only recordings that recording.list reaches"), "Recordings, the newest first.", (*Server).listRecordings),
		raw("GET", "/v1/recordings/table", signedIn("shows only recordings that recording.list reaches"), "text/csv", "The list of recordings as a table, the newest first.", (*Server).exportRecordings),
		route("GET", "/v1/recordings/archive/extent", signedIn("counts only recordings that recording.download reaches"), "What an archive of recordings would hold.", (*Server).measureArchive),
		raw("GET", "/v1/recordings/archive", signedIn("holds only recordings that recording.download reaches"), "application/zip", "Recordings with their sound in one file; each is written down as a copy.", (*Server).sendArchive),
		route("GET", "/v1/recordings/{recording}", row(policy.RecordingList), "One recording.", (*Server).getRecording),
		raw("GET", "/v1/recordings/{recording}/sound", row(policy.RecordingPlay, policy.RecordingDownload), "audio/wav", "Hear a recording, the caller left and the callee right; parts of it by Range.", (*Server).hearRecording),
		route("GET", "/v1/recordings/{recording}/peaks", row(policy.RecordingPlay), "What a recording looks like.", (*Server).getPeaks),
		route("GET", "/v1/recordings/{recording}/hearings", row(policy.RecordingHistory), "Who listened to a recording, when and why.", (*Server).listHearings),
		act("DELETE", "/v1/recordings/{recording}", row(policy.RecordingDelete), "Delete a recording; for a month it can be taken back.", (*Server).deleteRecording),
		route("POST", "/v1/recordings/{recording}/restore", row(policy.RecordingDelete), "Take a deleted recording back.", (*Server).restoreRecording),
		route("POST", "/v1/recordings/{recording}/hold", row(policy.RetentionEdit), "Keep a recording from being deleted, or let it go again.", (*Server).holdRecording),
		act("POST", "/v1/calls/live/{call}/recording", row(policy.RecordingControl), "Begin, pause, go on with or end the recording of a call.", (*Server).recordLive).accepted(),

		route("GET", "/v1/recording-rules", signedIn("shows only rules that recording.policy reaches"), "Whose calls are recorded.", (*Server).listRecordRules),
		route("GET", "/v1/recording-rules/{about}", row(policy.RecordingPolicy), "What is set about recording somebody's calls.", (*Server).getRecordRule),
		route("PATCH", "/v1/recording-rules/{about}", row(policy.RecordingPolicy), "Say whether somebody's calls are recorded, and how.", (*Server).patchRecordRule),
	}
}
