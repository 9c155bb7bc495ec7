package api

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

// Privacy erases people from the house.
type Privacy interface {
	Pseudonym(of string) (string, error) // what stands in the place of somebody who is erased
	Begin()                              // an erasure was ordered
}

// Erasure is how far it is that somebody is erased. It names nobody: the pseudonym is the same for the same person or number.
type Erasure struct {
	ID         pbx.ErasureID `json:"id"`
	As         string        `json:"as" doc:"what stands in his place"`
	By         Party         `json:"by"`
	Reason     string        `json:"reason"`
	Begun      time.Time     `json:"begun"`
	Ended      time.Time     `json:"ended,omitzero"`
	State      string        `json:"state" enum:"running,done"`
	Recordings int           `json:"recordings" doc:"deleted"`
	Messages   int           `json:"messages" doc:"voicemail, deleted"`
	Rows       int           `json:"rows" doc:"calls, notices, mails and others from which he was taken"`
	Facts      int           `json:"facts" doc:"entries of the log from which he was taken"`
}

// Erasures lists them, the newest first.
type Erasures struct {
	Items []Erasure `json:"items" nullable:"false"`
}

func (s *Server) showErasure(v *visit, e *pbx.Erasure) Erasure {
	out := Erasure{ID: e.ID, As: e.As, Reason: e.Reason, Begun: e.Begun, Ended: e.Ended, State: "done", Recordings: e.Recordings, Messages: e.Messages, Rows: e.Rows, Facts: e.Facts}
	if e.Ended.IsZero() {
		out.State = "running"
	}
	if u := v.s.Users[e.By]; u != nil {
		out.By = Party{User: u.ID, Name: u.Name}
	}
	return out
}

func (s *Server) listErasures(ctx context.Context, v *visit, _ *struct{}) (Erasures, error) {
	if err := v.need(policy.PrivacyRun, policy.System()); err != nil {
		return Erasures{}, err
	}
	list, err := s.c.Store.Erasures(ctx)
	out := Erasures{Items: []Erasure{}}
	for _, e := range list {
		out.Items = append(out.Items, s.showErasure(v, e))
	}
	return out, err
}

// Leaver is somebody who was a colleague.
type Leaver struct {
	ID   pbx.UserID `json:"id"`
	Name string     `json:"name"`
	Left time.Time  `json:"left"`
}

// Leavers lists them, who left last first.
type Leavers struct {
	Items []Leaver `json:"items" nullable:"false"`
}

// listLeavers lists who was deleted: whoever is still here cannot be erased.
func (s *Server) listLeavers(ctx context.Context, v *visit, _ *struct{}) (Leavers, error) {
	out := Leavers{Items: []Leaver{}}
	if err := v.need(policy.PrivacyRun, policy.System()); err != nil {
		return out, err
	}
	page, err := s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Kinds: []event.Kind{event.UserDeleted}, Limit: 200})
	for _, f := range page.Items {
		out.Items = append(out.Items, Leaver{pbx.UserID(f.Object.ID), f.Name(), f.At})
	}
	return out, err
}

// SubjectIn is about whom something is asked: a person, or a number outside.
type SubjectIn struct {
	User   pbx.UserID `query:"user" json:"user,omitempty" maxLength:"64" doc:"somebody who is or was a colleague"`
	Number string     `query:"number" json:"number,omitempty" maxLength:"64" doc:"a number outside, however it is written"`

	Visitor string `query:"visitor" json:"visitor,omitempty" maxLength:"254" doc:"somebody who called by Talk links: the name or the e-mail address that he gave"`
}

// subject gathers by what somebody is told of: his number, or his id, and the names and addresses that he had here.
func (s *Server) subject(ctx context.Context, v *visit, in SubjectIn) (pbx.Subject, error) {
	sub := pbx.Subject{Country: v.s.Tenant.Country}
	var names []string
	switch {
	case in.Visitor != "" && in.User == "" && in.Number == "":
		return sub, s.visitor(ctx, in.Visitor, &sub)
	case (in.User == "") == (in.Number == ""), in.Visitor != "":
		return sub, pbx.Refuse(pbx.Invalid, "user", "privacy.whom")
	case in.Number != "":
		e, ok := number.Parse(sub.Country, in.Number)
		if !ok {
			return sub, pbx.Refuse(pbx.Invalid, "number", "privacy.number_bad")
		}
		sub.Numbers = []string{string(e)}
		for _, c := range v.s.Contacts {
			if hasNumber(c, string(e)) {
				names = append(names, c.Name, c.Email)
			}
		}
		for c, err := range s.c.Store.CallsAbout(ctx, &sub) {
			if err != nil {
				return sub, err
			}
			for _, p := range append([]pbx.Party{c.From, c.To}, legParties(c)...) {
				if p.User == "" && readNumber(v.s, p.Number) == string(e) {
					names = append(names, p.Name)
				}
			}
		}
	default:
		sub.User = in.User
		if u := v.s.Users[in.User]; u != nil {
			names = append(names, u.Name, u.Email)
			sub.Numbers = append(sub.Numbers, u.Mobile)
		}
		known := v.s.Users[in.User] != nil
		page, err := s.c.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Object: pbx.Ref{Kind: pbx.KindUser, ID: string(in.User)}, Limit: 200})
		if err != nil {
			return sub, err
		}
		for _, f := range page.Items {
			for _, b := range []json.RawMessage{f.Before, f.After} {
				var u pbx.User
				if len(b) > 0 && json.Unmarshal(b, &u) == nil && u.ID == in.User {
					known = true
					names = append(names, u.Name, u.Email)
					sub.Numbers = append(sub.Numbers, u.Mobile)
				}
			}
		}
		if !known {
			return sub, missing()
		}
	}
	sub.Numbers = slices.DeleteFunc(sub.Numbers, func(n string) bool { return len(n) < 7 || n[0] != '+' })
	slices.Sort(sub.Numbers)
	sub.Numbers = slices.Compact(sub.Numbers)
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		switch {
		case utf8.RuneCountInString(n) < 3 || readNumber(v.s, n) != n || strings.HasPrefix(n, "+") || strings.HasPrefix(n, "erased-"):
		case v.isDistinct(n, &sub):
			sub.Words = append(sub.Words, n)
		default:
			sub.Shy = append(sub.Shy, n)
		}
	}
	return sub, nil
}

// visitor gathers by what a visitor of Talk links is told of: by an e-mail address his visits, by a name also those of which nothing else is kept.
func (s *Server) visitor(ctx context.Context, said string, sub *pbx.Subject) error {
	visits, err := s.c.Store.VisitsBy(ctx, said)
	if err != nil {
		return err
	}
	for _, v := range visits {
		sub.Visits = append(sub.Visits, v.ID)
		if len(v.Name) > 2 && !slices.Contains(sub.Shy, v.Name) {
			sub.Shy = append(sub.Shy, v.Name)
		}
	}
	switch name := pbx.VisitorName(said); {
	case strings.Contains(said, "@"):
		sub.Words = []string{strings.TrimSpace(said)}
	case name == "":
		return pbx.Refuse(pbx.Invalid, "visitor", "privacy.visitor_bad")
	default:
		sub.Visitor = name
		if len(name) > 2 && !slices.Contains(sub.Shy, name) {
			sub.Shy = append(sub.Shy, name)
		}
	}
	return nil
}

// pseudonym is what stands in the place of a subject.
func (s *Server) pseudonym(sub *pbx.Subject) (string, error) {
	return s.c.Privacy.Pseudonym(cmp.Or(string(sub.User), strings.Join(sub.Numbers, " "), strings.ToLower(cmp.Or(sub.Visitor, strings.Join(sub.Words, " ")))))
}

// isDistinct reports whether a name stands for nobody else: it is long enough to be no other word, and nobody and nothing else here is called so.
func (v *visit) isDistinct(name string, sub *pbx.Subject) bool {
	if !strings.ContainsAny(name, " @") || utf8.RuneCountInString(name) < 6 {
		return false
	}
	for _, u := range v.s.Users {
		if u.ID != sub.User && strings.EqualFold(u.Name, name) {
			return false
		}
	}
	for _, c := range v.s.Contacts {
		if strings.EqualFold(c.Name, name) && !slices.ContainsFunc(sub.Numbers, func(n string) bool { return hasNumber(c, n) }) {
			return false
		}
	}
	return true
}

func hasNumber(c *pbx.Contact, e string) bool {
	return slices.ContainsFunc(c.Numbers, func(n pbx.ContactNumber) bool { return n.Number == e })
}

func legParties(c *report.CDR) (all []pbx.Party) {
	for _, l := range c.Legs {
		all = append(all, l.Party)
	}
	return all
}

// ErasurePlan is what would be erased; nothing is changed.
type ErasurePlan struct {
	Recordings int    `json:"recordings" doc:"would be deleted"`
	Messages   int    `json:"messages" doc:"voicemail, would be deleted"`
	Contacts   int    `json:"contacts" doc:"would be deleted"`
	Calls      int    `json:"calls" doc:"would get a pseudonym"`
	Refused    string `json:"refused,omitempty" doc:"why it would be refused now, as a sentence"`
}

type erasePreviewIn struct {
	Body struct {
		SubjectIn
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"is not looked at"`
	}
}

// previewErasure says what an erasure would do, and whether it would be refused.
func (s *Server) previewErasure(ctx context.Context, v *visit, in *erasePreviewIn) (out ErasurePlan, err error) {
	if err := v.need(policy.PrivacyRun, policy.System()); err != nil {
		return out, err
	}
	sub, err := s.subject(ctx, v, in.Body.SubjectIn)
	if err != nil {
		return out, err
	}
	contacts, err := s.mayErase(ctx, v, &sub, "erased-0")
	if e, ok := asRefusal(err); ok {
		out.Refused, err = s.say(v, e.Text), nil
	}
	if err != nil {
		return out, err
	}
	x := &handout{s: s, v: v, sub: &sub}
	recordings, err := x.recordings(ctx)
	if err != nil {
		return out, err
	}
	messages, err := s.c.Store.MessagesAbout(ctx, &sub)
	if err != nil {
		return out, err
	}
	out.Recordings, out.Messages, out.Contacts = len(recordings), len(messages), len(contacts)
	for _, err := range x.calls(ctx) {
		if err != nil {
			return out, err
		}
		out.Calls++
	}
	return out, nil
}

// mayErase refuses to erase who is still a colleague, what a legal hold keeps and what the configuration still names; contacts go along.
func (s *Server) mayErase(ctx context.Context, v *visit, sub *pbx.Subject, as string) ([]pbx.ContactID, error) {
	if u := v.s.Users[sub.User]; u != nil {
		return nil, pbx.Refuse(pbx.Conflict, "user", "privacy.still_here", "name", u.Name)
	}
	held := 0
	for _, q := range store.RecordingsAbout(sub) {
		for r, err := range s.c.Store.EachRecording(ctx, q) {
			if err != nil {
				return nil, err
			}
			if r.Hold {
				held++
			}
		}
	}
	contacts, set, err := v.standsIn(sub, as)
	switch {
	case err != nil:
		return nil, err
	case held > 0:
		return contacts, pbx.Refuse(pbx.Conflict, "", "privacy.held", "n", strconv.Itoa(held))
	case len(set) > 0:
		return contacts, pbx.Refuse(pbx.Conflict, "", "privacy.still_set", "where", strings.Join(set, ", "))
	}
	return contacts, nil
}

type eraseIn struct {
	Body struct {
		SubjectIn
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"who asked for it, and when; without the name"`
	}
}

// createErasure orders that somebody is erased (BAR PR-06): his calls and log entries get a pseudonym, his sound, voicemail and contacts are deleted. What a legal hold keeps, and who is
// still a colleague or still stands in the configuration, is not erased: the refusal says why.
func (s *Server) createErasure(ctx context.Context, v *visit, in *eraseIn) (Erasure, error) {
	if err := v.need(policy.PrivacyRun, policy.System()); err != nil {
		return Erasure{}, err
	}
	sub, err := s.subject(ctx, v, in.Body.SubjectIn)
	if err != nil {
		return Erasure{}, err
	}
	as, err := s.pseudonym(&sub)
	if err != nil {
		return Erasure{}, err
	}
	contacts, err := s.mayErase(ctx, v, &sub, as)
	if err != nil {
		return Erasure{}, err
	}
	for _, c := range contacts {
		if _, err := s.do(ctx, v, command.DeleteContact{ID: c}); err != nil {
			return Erasure{}, err
		}
	}
	var entropy [10]byte
	_, _ = rand.Read(entropy[:]) // never fails since Go 1.24
	e := pbx.Erasure{ID: pbx.ErasureID(pbx.NewID("era", v.at, entropy)), As: as, Subject: sub, By: v.who.User, Reason: in.Body.Reason, Begun: v.at.UTC()}
	pbx.NewBlot(&sub, as).Out(&e.Reason)
	f := event.New(event.PrivacyOrdered, v.at, v.who, e.Ref(), nil)
	f.Reason = e.Reason
	stored, err := s.c.Store.Write(ctx, []event.Fact{f}, store.ErasureKept{Erasure: e})
	if err != nil {
		return Erasure{}, err
	}
	s.c.Privacy.Begin()
	return s.showErasure(v, &e), s.c.Desk.Publish(ctx, stored)
}

// standsIn looks where the configuration tells of a subject: in contacts, which are his, and elsewhere, by name.
func (v *visit) standsIn(sub *pbx.Subject, as string) (contacts []pbx.ContactID, elsewhere []string, err error) {
	blot := pbx.NewBlot(sub, as)
	for n := range v.s.All() {
		b, err := json.Marshal(n)
		if err != nil {
			return nil, nil, err
		}
		text := string(b)
		if !blot.Out(&text) {
			continue
		}
		if c, ok := n.(*pbx.Contact); ok && slices.ContainsFunc(sub.Numbers, func(e string) bool { return hasNumber(c, e) }) {
			contacts = append(contacts, c.ID)
			continue
		}
		elsewhere = append(elsewhere, cmp.Or(v.s.NameOf(n.Ref()), string(n.Ref().Kind)))
	}
	slices.Sort(elsewhere)
	return contacts, slices.Compact(elsewhere), nil
}

// exportSubject hands out everything that is kept about somebody, as JSON with the sound, in a ZIP (BAR PR-06).
func (s *Server) exportSubject(ctx context.Context, v *visit, in *SubjectIn) (writer, error) {
	if err := v.need(policy.PrivacyRun, policy.System()); err != nil {
		return nil, err
	}
	sub, err := s.subject(ctx, v, *in)
	if err != nil {
		return nil, err
	}
	as, err := s.pseudonym(&sub)
	if err != nil {
		return nil, err
	}
	f := event.New(event.PrivacyExported, v.at, v.who, pbx.Ref{Kind: pbx.KindErasure, ID: as}, nil)
	stored, err := s.c.Store.Write(ctx, []event.Fact{f})
	if err == nil {
		err = s.c.Desk.Publish(ctx, stored)
	}
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", `attachment; filename="`+as[strings.IndexByte(as, '-')+1:]+`.zip"`)
		w.Header().Set("Cache-Control", "private, no-store")
		x := &handout{s: s, v: v, sub: &sub, as: as, zip: zip.NewWriter(unhurried{w})}
		if err := errors.Join(x.write(r.Context()), x.zip.Close()); err != nil {
			s.c.Log.Warn("what was asked about somebody was not handed out to its end", "error", err)
			panic(http.ErrAbortHandler) // the reader must not take a part for the whole
		}
	}, nil
}

// handout is what is handed out about one subject.
type handout struct {
	s   *Server
	v   *visit
	sub *pbx.Subject
	as  string
	zip *zip.Writer
}

func (x *handout) write(ctx context.Context) error {
	recordings, err := x.recordings(ctx)
	if err != nil {
		return err
	}
	messages, err := x.s.c.Store.MessagesAbout(ctx, x.sub)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		all  iter.Seq2[any, error]
	}{
		{"person.json", x.noun(func(n pbx.Noun) bool { _, contact := n.(*pbx.Contact); return !contact })},
		{"contacts.json", x.noun(func(n pbx.Noun) bool { _, contact := n.(*pbx.Contact); return contact })},
		{"calls.json", x.calls(ctx)},
		{"recordings.json", of(recordings)},
		{"consents.json", x.consents(ctx, recordings)},
		{"voicemail.json", of(messages)},
		{"visits.json", x.visits(ctx)},
		{"notices.json", x.notices(ctx)},
		{"log.json", x.facts(ctx)},
	} {
		if err := x.list(part.name, part.all); err != nil {
			return err
		}
	}
	var sounds []*pbx.Recording
	for i := range recordings {
		if !recordings[i].Running {
			sounds = append(sounds, &recordings[i])
		}
	}
	reason := x.s.c.Catalog.Say(x.v.s.Tenant.Language, i18n.T("privacy.handed_out")) // which names nobody
	if err := x.s.tellCopied(ctx, x.v, sounds, reason); err != nil {
		return err
	}
	for _, r := range sounds {
		if file, err := x.s.c.Playback(r.ID); err == nil {
			err := x.s.noteCopy(ctx, x.v, r, reason)
			if err := errors.Join(err, x.sound("recordings/"+soundName(r), r.Started, file)); err != nil {
				return err
			}
		}
	}
	for _, m := range messages {
		if file, err := x.s.c.Sound(m); err == nil {
			if err := x.sound("voicemail/"+string(m.ID)+".wav", m.At, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// list writes things as a JSON list, one at a time.
func (x *handout) list(name string, all iter.Seq2[any, error]) error {
	w, err := x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: x.v.at.UTC()})
	if err != nil {
		return err
	}
	between := "[\n"
	for one, err := range all {
		if err != nil {
			return err
		}
		b, err := json.MarshalIndent(one, "", "  ")
		if err != nil {
			return err
		}
		if _, err := w.Write(append([]byte(between), b...)); err != nil {
			return err
		}
		between = ",\n"
	}
	end := "\n]\n"
	if between == "[\n" {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}

func (x *handout) sound(name string, at time.Time, file SoundFile) error {
	defer func() { _ = file.Close() }()
	w, err := entry(x.zip, name, at)
	if err == nil {
		_, err = io.Copy(w, file)
	}
	return err
}

func of[T any](list []T) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, one := range list {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// noun goes over what the configuration tells of the subject. Devices and tokens are told of without their secrets.
func (x *handout) noun(is func(pbx.Noun) bool) iter.Seq2[any, error] {
	blot := pbx.NewBlot(x.sub, x.as)
	return func(yield func(any, error) bool) {
		for n := range x.v.s.All() {
			b, err := json.Marshal(n)
			if text := string(b); err == nil && (!is(n) || !blot.Out(&text)) {
				continue
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

func (x *handout) recordings(ctx context.Context) (list []pbx.Recording, err error) {
	for _, q := range store.RecordingsAbout(x.sub) {
		for r, err := range x.s.c.Store.EachRecording(ctx, q) {
			if err != nil {
				return nil, err
			}
			list = append(list, *r)
		}
	}
	slices.SortFunc(list, func(a, b pbx.Recording) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(list, func(a, b pbx.Recording) bool { return a.ID == b.ID }), nil
}

func (x *handout) calls(ctx context.Context) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		told := map[pbx.CallID]bool{}
		for c, err := range x.s.c.Store.CallsAbout(ctx, x.sub) {
			if err == nil && told[c.ID] {
				continue
			}
			if !yield(c, err) {
				return
			}
			if err != nil {
				return
			}
			told[c.ID] = true
		}
	}
}

// visits goes over what the subject wrote as a visitor.
func (x *handout) visits(ctx context.Context) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		found, err := x.s.c.Store.Visits(ctx, x.sub.Visits...)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, id := range x.sub.Visits {
			if v, ok := found[id]; ok && !yield(v, nil) {
				return
			}
		}
	}
}

func (x *handout) notices(ctx context.Context) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if x.sub.User == "" {
			return
		}
		q := store.NoticeQuery{User: x.sub.User, Limit: 200}
		for {
			page, err := x.s.c.Store.Notices(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, n := range page.Items {
				if !yield(n, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

func (x *handout) facts(ctx context.Context) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for after := int64(0); ; {
			list, next, err := x.s.c.Store.FactsAbout(ctx, x.sub, after, 200)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, f := range list {
				if !yield(f, nil) {
					return
				}
			}
			if after = next; after == 0 {
				return
			}
		}
	}
}

// consents are those that the subject gave or refused: of his recordings, and of calls whose recording is gone or was never made.
func (x *handout) consents(ctx context.Context, recordings []pbx.Recording) iter.Seq2[any, error] {
	type moment struct {
		at   int64
		user pbx.UserID
		tel  string
	}
	blot := pbx.NewBlot(x.sub, x.as)
	return func(yield func(any, error) bool) {
		told := map[moment]bool{}
		tell := func(r pbx.RecordingID, call pbx.CallID, all []pbx.Consent) bool {
			for _, c := range all {
				m := moment{c.At.UnixMilli(), c.Party.User, c.Party.Number}
				b, err := json.Marshal(c.Party)
				if text := string(b); err != nil || told[m] || !blot.Out(&text) {
					continue
				}
				told[m] = true
				if !yield(ConsentRecord{r, call, c.Party, c.At, c.Text, x.s.words(c), c.Language, c.Version, c.Answer}, nil) {
					return false
				}
			}
			return true
		}
		for i := range recordings {
			if !tell(recordings[i].ID, recordings[i].Call, recordings[i].Consent) {
				return
			}
		}
		for c, err := range x.s.c.Store.CallsAbout(ctx, x.sub) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !tell("", c.ID, c.Consents) {
				return
			}
		}
	}
}

// ConsentRecord is who was told what before he was recorded, and what he answered (BAR PR-03).
type ConsentRecord struct {
	Recording pbx.RecordingID   `json:"recording,omitempty" doc:"absent where it is gone, or nothing was kept"`
	Call      pbx.CallID        `json:"call"`
	Party     pbx.Party         `json:"party"`
	At        time.Time         `json:"at"`
	Text      string            `json:"text" doc:"key of the sentence"`
	Words     string            `json:"words,omitempty" doc:"the sentence as it reads now"`
	Language  string            `json:"language"`
	Version   string            `json:"version" doc:"mark of how it read then"`
	Answer    pbx.ConsentAnswer `json:"answer" enum:",agreed,refused" doc:"empty: he went on talking"`
}

// privacyRoutes are those of handing out and erasing.
func privacyRoutes() []Route {
	return []Route{
		raw("GET", "/v1/calls/consents", signedIn("shows only calls that call.detail reaches"), "text/csv", "Who was told that he is recorded, in which words, and what he answered, as a table.", (*Server).exportConsents),
		route("GET", "/v1/privacy/erasures", row(policy.PrivacyRun), "Who was erased, by pseudonym.", (*Server).listErasures),
		route("POST", "/v1/privacy/erasures", row(policy.PrivacyRun), "Erase a person who left, or a number outside, from everything that is kept.", (*Server).createErasure).accepted(),
		route("POST", "/v1/privacy/erasures/preview", row(policy.PrivacyRun), "What erasing somebody would delete, or why it would be refused; nothing is changed.", (*Server).previewErasure),
		route("GET", "/v1/privacy/leavers", row(policy.PrivacyRun), "Who was a colleague.", (*Server).listLeavers),
		raw("GET", "/v1/privacy/export", row(policy.PrivacyRun), "application/zip", "Everything that is kept about a person or a number outside, as JSON with the sound.", (*Server).exportSubject),
	}
}
