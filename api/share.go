package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// RecordingLink is a link by which somebody outside listens to a recording until it ends.
type RecordingLink struct {
	ID       pbx.ShareID `json:"id"`
	For      string      `json:"for" doc:"for whom and why, in the giver's words"`
	By       Party       `json:"by" doc:"who gave it"`
	Created  time.Time   `json:"created"`
	Expires  time.Time   `json:"expires"`
	Password bool        `json:"password" doc:"it asks for one"`
	State    string      `json:"state" enum:"open,closed,idle" doc:"closed: too many wrong passwords; idle: its giver may not share the recording any more"`
	Heard    int         `json:"heard" doc:"how often somebody listened"`
	Last     time.Time   `json:"last,omitzero"`
}

// NewRecordingLink is a link that was just made; its secret is shown this once.
type NewRecordingLink struct {
	RecordingLink
	Secret string `json:"secret" doc:"the link is /shared/ and this"`
}

// RecordingLinks lists links to a recording, the newest first.
type RecordingLinks struct {
	Items []RecordingLink `json:"items" nullable:"false"`
}

// asGiver is the visit of whoever gave a link, at this moment: what he may do now is what the link opens.
func (v *visit) asGiver(s *pbx.RecordingShare) *visit {
	giver := *v
	giver.who = pbx.Actor{Kind: pbx.ActorUser, User: s.By, Via: v.who.Via, Addr: v.who.Addr, Request: v.id}
	giver.dry = true // he makes no use of his rights himself
	return &giver
}

// shareable finds a recording that the visitor may give to somebody outside; what he may not hear himself, he may not give (B-070).
func (s *Server) shareable(ctx context.Context, v *visit, id string) (pbx.Recording, error) {
	r, err := s.recording(ctx, v, id, policy.RecordingShare)
	if err != nil {
		return r, err
	}
	if !r.Deleted.IsZero() {
		return r, missing()
	}
	return r, v.need(policy.RecordingPlay, recordingTarget(&r))
}

func (s *Server) showShare(v *visit, r *pbx.Recording, share *pbx.RecordingShare) RecordingLink {
	out := RecordingLink{ID: share.ID, For: share.For, Created: share.Created, Expires: share.Expires, Password: share.Password != "", State: "open", Heard: share.Heard, Last: share.Last}
	by := pbx.Party{User: share.By}
	if u := v.s.Users[share.By]; u != nil {
		by.Name, by.Number = u.Name, u.Extension
	}
	t, somebody := recordingTarget(r), s.say(v, i18n.T("call.somebody"))
	out.By = v.veil(t).party(by, somebody)
	switch giver := v.asGiver(share); {
	case share.Tries == 0:
		out.State = "closed"
	case !giver.can(policy.RecordingShare, t) || !giver.can(policy.RecordingPlay, t):
		out.State = "idle"
	}
	return out
}

// listShares shows the links to a recording to whoever may give more of them.
func (s *Server) listShares(ctx context.Context, v *visit, in *recordingIn) (RecordingLinks, error) {
	r, err := s.shareable(ctx, v, in.Recording)
	if err != nil {
		return RecordingLinks{}, err
	}
	all, err := s.c.Store.Shares(ctx, r.ID, v.at)
	out := RecordingLinks{Items: make([]RecordingLink, 0, len(all))}
	for i := range all {
		out.Items = append(out.Items, s.showShare(v, &r, &all[i]))
	}
	return out, err
}

type shareIn struct {
	Recording string `path:"recording" maxLength:"64"`
	Body      struct {
		For      string `json:"for" maxLength:"200" doc:"for whom and why; it stands in the history of the recording"`
		Days     int    `json:"days,omitempty" doc:"after which it ends, 1 to 30; absent: 7"`
		Password string `json:"password,omitempty" maxLength:"1000" doc:"whoever opens the link has to know it; absent: none"`
	}
}

// createShare makes a link to a recording, for whoever may hear it and give it away.
func (s *Server) createShare(ctx context.Context, v *visit, in *shareIn) (NewRecordingLink, error) {
	r, err := s.shareable(ctx, v, in.Recording)
	if err != nil {
		return NewRecordingLink{}, err
	}
	words, days := strings.TrimSpace(in.Body.For), cmp.Or(in.Body.Days, pbx.UsualShare)
	switch {
	case r.Running:
		return NewRecordingLink{}, pbx.Refuse(pbx.Conflict, "", "share.running")
	case words == "":
		return NewRecordingLink{}, pbx.Refuse(pbx.Invalid, "for", "share.for_missing")
	case days < 1 || days > pbx.MaxShare:
		return NewRecordingLink{}, pbx.Refuse(pbx.Invalid, "days", "share.days_range", "most", strconv.Itoa(pbx.MaxShare))
	}
	share, secret, err := s.c.Auth.NewShare(ctx, pbx.RecordingShare{Recording: r.ID, By: v.who.User, For: words, Created: v.at.Truncate(time.Millisecond),
		Expires: v.at.Truncate(time.Millisecond).AddDate(0, 0, days)}, in.Body.Password)
	if err != nil {
		return NewRecordingLink{}, err
	}
	if err := s.noteShare(ctx, v, event.RecordingShared, &share, store.ShareMade{RecordingShare: share}); err != nil {
		return NewRecordingLink{}, err
	}
	return NewRecordingLink{s.showShare(v, &r, &share), secret}, nil
}

// noteShare writes down what happened with a link.
func (s *Server) noteShare(ctx context.Context, v *visit, kind event.Kind, share *pbx.RecordingShare, also store.Also) error {
	stored, err := s.c.Store.Write(ctx, []event.Fact{shareFact(v, kind, share)}, also)
	if err != nil {
		return err
	}
	return s.c.Desk.Publish(ctx, stored)
}

// shareFact is what the log tells of a link.
func shareFact(v *visit, kind event.Kind, share *pbx.RecordingShare) event.Fact {
	f := event.New(kind, v.at, v.who, pbx.Ref{Kind: pbx.KindRecording, ID: string(share.Recording)},
		event.Shared{Share: share.ID, By: share.By, For: share.For, Expires: share.Expires})
	f.Reason = share.For
	return f
}

type oneShareIn struct {
	Recording string `path:"recording" maxLength:"64"`
	Share     string `path:"share" maxLength:"64"`
}

// deleteShare takes a link back: it opens nothing from now on.
func (s *Server) deleteShare(ctx context.Context, v *visit, in *oneShareIn) error {
	r, err := s.shareable(ctx, v, in.Recording)
	if err != nil {
		return err
	}
	all, err := s.c.Store.Shares(ctx, r.ID, v.at)
	if err != nil {
		return err
	}
	for i := range all {
		if string(all[i].ID) == in.Share {
			return hideMissing(s.noteShare(ctx, v, event.RecordingUnshared, &all[i], store.ShareEnded{Recording: r.ID, ID: all[i].ID}))
		}
	}
	return missing()
}

// shared finds what a link opens now. It is asked at every request, with the same questions that a colleague is asked: a link dies with its
// recording, its time and its giver's rights. All other links have one answer.
func (s *Server) shared(ctx context.Context, v *visit, token string) (pbx.RecordingShare, pbx.Recording, error) {
	unknown := pbx.Refuse(pbx.NotFound, "", "share.unknown")
	share, err := s.c.Auth.Share(ctx, token, v.at)
	if err != nil {
		return share, pbx.Recording{}, err
	}
	r, err := s.shareable(ctx, v.asGiver(&share), string(share.Recording))
	if _, refused := asRefusal(err); refused || err == nil && r.Running {
		return share, r, unknown
	}
	return share, r, err
}

// SharedRecording is what a link to a recording opens. Who talked is told once the password is right.
type SharedRecording struct {
	Office   string    `json:"office"`
	Password bool      `json:"password" doc:"whoever listens has to know one"`
	Expires  time.Time `json:"expires"`
	Opened   *Opened   `json:"opened,omitempty"`
}

// Opened is a recording that somebody outside may listen to.
type Opened struct {
	From    string    `json:"from" doc:"left in the sound"`
	To      string    `json:"to" doc:"right in the sound"`
	By      string    `json:"by" doc:"who gave the link"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Pass    string    `json:"pass,omitempty" doc:"goes with requests for the sound, for some hours"`
}

type sharedIn struct {
	Token string `path:"token" maxLength:"100"`
}

func (s *Server) showShared(v *visit, share *pbx.RecordingShare) SharedRecording {
	return SharedRecording{Office: v.s.Tenant.Name, Password: share.Password != "", Expires: share.Expires}
}

func (s *Server) getShared(ctx context.Context, v *visit, in *sharedIn) (SharedRecording, error) {
	share, _, err := s.shared(ctx, v, in.Token)
	if err != nil {
		return SharedRecording{}, err
	}
	return s.showShared(v, &share), nil
}

type openShared struct {
	Token string `path:"token" maxLength:"100"`
	Body  struct {
		Password string `json:"password,omitempty" maxLength:"1000"`
	}
}

// postShared opens a link: what its giver sees of the two sides, without numbers where there are names.
func (s *Server) postShared(ctx context.Context, v *visit, in *openShared) (SharedRecording, error) {
	share, r, err := s.shared(ctx, v, in.Token)
	if err != nil {
		return SharedRecording{}, err
	}
	if err := s.c.Auth.ProveShare(ctx, share, in.Body.Password, s.caller(v).Addr, v.at); err != nil {
		return SharedRecording{}, err
	}
	shown := s.showRecording(v.asGiver(&share), &r)
	out := s.showShared(v, &share)
	out.Opened = &Opened{From: cmp.Or(shown.From.Name, shown.From.Number), To: cmp.Or(shown.To.Name, shown.To.Number), By: v.s.Users[share.By].Name,
		Started: r.Started, Seconds: r.Length.Seconds(), Pass: s.c.Auth.SharePass(share, v.at)}
	return out, nil
}

type hearShared struct {
	Token string `path:"token" maxLength:"100"`
	Pass  string `query:"pass" maxLength:"100" doc:"from opening the link; needed where it asks for a password"`
	Steps int    `query:"steps" default:"400" minimum:"10" maximum:"2000"`
}

// sharedSound opens the sound of a link for whoever has its pass.
func (s *Server) sharedSound(ctx context.Context, v *visit, in *hearShared) (pbx.RecordingShare, pbx.Recording, Playback, error) {
	share, r, err := s.shared(ctx, v, in.Token)
	if err != nil {
		return share, r, nil, err
	}
	if !s.c.Auth.HasPass(share, in.Pass, v.at) {
		return share, r, nil, pbx.Refuse(pbx.Denied, "password", "share.password_again")
	}
	file, err := s.playback(v.asGiver(&share), &r) // a link is no way around what its giver hears
	if _, refused := asRefusal(err); refused {
		err = pbx.Refuse(pbx.NotFound, "", "share.unknown")
	}
	return share, r, file, err
}

// hearSharedSound sends the sound to whoever has a link. Every listening is counted, and written down in the history of the recording (N-15).
func (s *Server) hearSharedSound(ctx context.Context, v *visit, in *hearShared) (writer, error) {
	share, r, file, err := s.sharedSound(ctx, v, in)
	if err != nil {
		return nil, err
	}
	v.who = pbx.Actor{Addr: s.caller(v).Addr, Via: "web", Request: v.id} // whoever it is: the link is all that is known of him
	if heard, err := s.hearsOn(ctx, v, &share); err != nil || !heard {
		if err == nil {
			err = s.writeHearing(ctx, shareFact(v, event.RecordingHeard, &share), v.tellsHeard(&r, share.By), share.By, store.ShareHeard{ID: share.ID, At: v.at})
		}
		if err != nil {
			_ = file.Close()
			return nil, err
		}
	}
	return sendSound(&r, file, ""), nil
}

// hearsOn reports whether a request fetches one more piece of a listening that was written down already.
func (s *Server) hearsOn(ctx context.Context, v *visit, share *pbx.RecordingShare) (bool, error) {
	if v.r.Header.Get("Range") == "" {
		return false, nil
	}
	last, err := s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Object: pbx.Ref{Kind: pbx.KindRecording, ID: string(share.Recording)},
		Kinds: []event.Kind{event.RecordingHeard}, From: v.at.Add(-again), Limit: 200})
	for _, f := range last.Items {
		if by, err := event.Payload[event.Shared](f); err == nil && by.Share == share.ID && f.Actor.Addr == v.who.Addr {
			return true, nil
		}
	}
	return false, err
}

// sharedPeaks shows what a recording looks like to whoever has a link to it.
func (s *Server) sharedPeaks(ctx context.Context, v *visit, in *hearShared) (Peaks, error) {
	_, _, file, err := s.sharedSound(ctx, v, in)
	if err != nil {
		return Peaks{}, err
	}
	defer func() { _ = file.Close() }()
	sides, err := file.Peaks(in.Steps)
	return Peaks{sides[0], sides[1]}, err
}

// sendSound sends a recording as WAV, in pieces if need be; with a name it is a file to keep.
func sendSound(r *pbx.Recording, file Playback, name string) writer {
	return func(w http.ResponseWriter, q *http.Request) {
		defer func() { _ = file.Close() }()
		w.Header().Set("Content-Type", "audio/wav")
		w.Header().Set("Cache-Control", "private, no-store")
		if name != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		}
		http.ServeContent(w, q, "", r.Started, file)
	}
}

func shareRoutes() []Route {
	const key = "the link is the key; what it opens is what its giver may do"
	return []Route{
		route("GET", "/v1/recordings/{recording}/shares", row(policy.RecordingShare), "Links by which somebody outside listens to a recording.", (*Server).listShares),
		route("POST", "/v1/recordings/{recording}/shares", row(policy.RecordingShare), "Make a link to a recording, which ends.", (*Server).createShare).created(),
		act("DELETE", "/v1/recordings/{recording}/shares/{share}", row(policy.RecordingShare), "Take a link to a recording back.", (*Server).deleteShare),
		route("GET", "/v1/shared/{token}", public(key), "Whether a link to a recording still works, and asks for a password.", (*Server).getShared),
		route("POST", "/v1/shared/{token}", public(key), "Open a link to a recording.", (*Server).postShared),
		raw("GET", "/v1/shared/{token}/sound", public(key), "audio/wav", "Hear a recording by a link, the caller left and the callee right; parts of it by Range.", (*Server).hearSharedSound),
		route("GET", "/v1/shared/{token}/peaks", public(key), "What a recording looks like, by a link.", (*Server).sharedPeaks),
	}
}
