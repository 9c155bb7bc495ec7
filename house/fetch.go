package house

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"time"

	"tandem/audio"
	"tandem/call"
	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/switchboard"
)

// introGap is the quiet between what introduces a message and the message.
const introGap = 400 * time.Millisecond

// Fetch implements switchboard.Boxes: somebody on the phone opens a mailbox, hears what is in it and treats it (X-054, FC-01).
func (b mailboxes) Fetch(ctx context.Context, r switchboard.Reader, e call.Effect) (call.Input, pbx.BoxID, error) {
	f := fetching{h: b.h, r: r, s: b.h.snapshot(), at: b.h.Config.Now()}
	switch e := e.(type) {
	case call.Unlock:
		return f.unlock(ctx, e)
	case call.Treat:
		return nil, r.Box, refusal(f.treat(ctx, e))
	case call.Address:
		return f.done(f.address(e.Number))
	case call.SendOn:
		return f.done(f.sendOn(ctx, e))
	case call.Greet:
		return f.done(f.greet(ctx, e))
	case call.CheckPIN:
		return f.checkPIN(ctx, e.PIN)
	case call.SetPIN:
		return f.done(f.setPIN(ctx, e.PIN))
	}
	return nil, r.Box, nil
}

// fetching is one thing that somebody on the phone wants of a mailbox.
type fetching struct {
	h  *House
	r  switchboard.Reader
	s  *pbx.Snapshot
	at time.Time
}

// refusal is a fault; what is refused is none.
func refusal(err error) error {
	if _, expected := errors.AsType[*pbx.Error](err); expected {
		return nil
	}
	return err
}

func (f *fetching) done(err error) (call.Input, pbx.BoxID, error) {
	return call.Done{OK: err == nil}, f.r.Box, refusal(err)
}

// can reports whether the phone's person, or whoever else calls, may do something with a mailbox by his own right.
func (f *fetching) can(who pbx.Actor, right policy.Right, id pbx.BoxID) bool {
	return who.User != "" && policy.Decide(f.s, policy.Request{Actor: who, Right: right, Target: command.BoxTarget(id), At: f.at}).OK
}

// actor is who acts on the open mailbox: the phone's person by his own right, else the one to whom the mailbox belongs, because its PIN was known.
func (f *fetching) actor() pbx.Actor {
	owner, _ := f.r.Box.Owner()
	if owner == "" || owner == f.r.Who.User || f.can(f.r.Who, policy.VoicemailPlay, f.r.Box) {
		return f.r.Who
	}
	return pbx.Actor{Kind: pbx.ActorUser, User: owner, Device: f.r.Who.Device, Addr: f.r.Who.Addr, Via: "sip"}
}

// caller tells callers apart who try PINs.
func (f *fetching) caller() string {
	if f.r.Who.Device != "" {
		return string(f.r.Who.Device)
	}
	return f.r.From.Number
}

func (f *fetching) unlock(ctx context.Context, e call.Unlock) (call.Input, pbx.BoxID, error) {
	if e.Own {
		id := pbx.BoxID(f.r.Who.User)
		if !f.s.HasMailbox(id) || !f.can(f.r.Who, policy.VoicemailPlay, id) {
			return call.Unlocked{}, "", nil
		}
		return f.contents(ctx, id)
	}
	id, there := boxOf(f.s, e.Number)
	if there = there && f.s.HasMailbox(id); !there {
		id = pbx.BoxID("number:" + e.Number) // a number that is nobody's is refused like a wrong PIN, and as slowly
	}
	switch {
	case there && f.can(f.r.Who, policy.VoicemailPlay, id):
		return f.contents(ctx, id)
	case f.h.pins.blocked(id, f.caller(), f.at):
		return call.Unlocked{Blocked: true}, "", nil
	case e.PIN == "":
		return call.Unlocked{Ask: true}, "", nil
	}
	box := f.s.MailboxOf(id)
	fits, err := f.h.Auth.Fits(ctx, e.PIN, box.PIN)
	if err != nil {
		return nil, "", err
	}
	if fits && there {
		f.h.pins.right(id, f.caller())
		f.r.Box = id
		if owner, _ := id.Owner(); owner != "" {
			f.r.Language = f.s.LanguageOf(owner, f.at)
		}
		return f.contents(ctx, id)
	}
	if !f.h.pins.failed(id, f.caller(), f.at) {
		return call.Unlocked{}, "", nil
	}
	if there {
		err = f.locked(ctx, id)
	}
	return call.Unlocked{Blocked: true}, "", err
}

// checkPIN tells whether the phone's person has typed his PIN; tries are counted with those for his mailbox, which has the same.
func (f *fetching) checkPIN(ctx context.Context, pin string) (call.Input, pbx.BoxID, error) {
	id := pbx.BoxID(f.r.Who.User)
	if f.h.pins.blocked(id, f.caller(), f.at) {
		return call.PINChecked{Blocked: true}, f.r.Box, nil
	}
	box := f.s.Mailboxes[id]
	if box == nil || box.PIN == "" {
		return call.PINChecked{}, f.r.Box, nil
	}
	fits, err := f.h.Auth.Fits(ctx, pin, box.PIN)
	switch {
	case err != nil:
		return nil, f.r.Box, err
	case fits:
		f.h.pins.right(id, f.caller())
		return call.PINChecked{OK: true}, f.r.Box, nil
	case f.h.pins.failed(id, f.caller(), f.at):
		return call.PINChecked{Blocked: true}, f.r.Box, f.locked(ctx, id)
	}
	return call.PINChecked{}, f.r.Box, nil
}

// locked writes down that a mailbox opens with its PIN no more for a while, and tells those whose it is.
func (f *fetching) locked(ctx context.Context, id pbx.BoxID) error {
	n := notice{Happening: f.h.hearers(f.s, policy.NoticeMailboxLocked, id), about: pbx.Ref{Kind: pbx.KindMailbox, ID: string(id)}, page: "/voicemail", says: pbx.Says{
		Args: map[string]string{"box": boxName(f.s, id)}, Times: map[string]time.Time{"at": f.at}}}
	n.says.Name("from", pbx.Party{Number: f.r.From.Number})
	t := f.h.inform(n)
	fact := event.New(event.MailboxLocked, f.at, f.r.Who, n.about, event.Tried{From: f.r.From.Number, Call: f.r.Call})
	stored, err := f.h.Store.Write(ctx, []event.Fact{fact}, t.rows...)
	if err != nil {
		return err
	}
	f.h.spread(ctx, t)
	return f.h.publish(ctx, stored)
}

// contents are the messages, the new ones first and each part in the order in which they came.
func (f *fetching) contents(ctx context.Context, id pbx.BoxID) (call.Input, pbx.BoxID, error) {
	list, err := f.h.Store.MessagesIn(ctx, id, f.at.Add(time.Hour))
	if err != nil {
		return nil, "", err
	}
	slices.SortStableFunc(list, func(a, b pbx.Message) int {
		switch {
		case a.IsNew() && !b.IsNew():
			return -1
		case b.IsNew() && !a.IsNew():
			return 1
		}
		return 0
	})
	fresh := 0
	for i := range list {
		if list[i].IsNew() {
			fresh++
		}
	}
	f.r.Box = id
	who, say, zone := f.actor(), i18n.Say(f.r.Language), f.zone(id)
	need := command.BoxNeed(id, who, true)
	out := call.Unlocked{OK: true, Language: f.r.Language, Counts: counts(say, fresh, len(list)-fresh), Edit: f.can(who, policy.VoicemailEdit, id),
		Settings: policy.Decide(f.s, policy.Request{Actor: who, Right: need.Right, Target: need.Target, At: f.at}).OK}
	if fresh > 0 && fresh < len(list) {
		out.Old = words(append([]string{"say.mailbox.have"}, say.Count(len(list)-fresh, i18n.Old)...)...)
	}
	for i, m := range list {
		out.Notes = append(out.Notes, f.note(say, i, m, zone))
	}
	return out, id, nil
}

// zone is that in which the mailbox tells when a message came.
func (f *fetching) zone(id pbx.BoxID) *time.Location {
	owner, group := id.Owner()
	name := f.s.ZoneOf(owner, f.at)
	if group != "" {
		name = f.s.ZoneIn(group)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// counts says how many messages there are: "you have two new messages and one old message".
func counts(say i18n.Say, fresh, old int) []call.Clip {
	switch {
	case fresh+old == 0:
		return words("say.mailbox.none")
	case old == 0:
		return words(append([]string{"say.mailbox.have"}, say.Count(fresh, i18n.New)...)...)
	case fresh == 0:
		return words(append([]string{"say.mailbox.have"}, say.Count(old, i18n.Old)...)...)
	}
	return words(slices.Concat([]string{"say.mailbox.have"}, say.Count(fresh, i18n.New), []string{"say.and"}, say.Count(old, i18n.Old))...)
}

// note is a message with what is said before it: its number, when it came, from whom, and who sent it on.
func (f *fetching) note(say i18n.Say, i int, m pbx.Message, zone *time.Location) call.Note {
	said := append([]string{"say.mailbox.message"}, say.Number(i+1)...)
	said = append(append(said, "say.mailbox.received"), say.Moment(m.At.In(zone), f.at.In(zone))...)
	said = append(said, "say.from")
	u := f.s.Users[m.From.User]
	switch {
	case u != nil && u.Extension != "":
		said = append(append(said, "say.greeting.extension"), say.Digits(u.Extension)...)
	case m.From.Number != "":
		said = append(said, say.Phone(m.From.Number)...)
	default:
		said = append(said, "say.unknown_number")
	}
	if by := f.s.Users[m.By]; by != nil && by.Extension != "" {
		said = append(append(said, "say.mailbox.sent_by"), say.Digits(by.Extension)...)
	}
	n := call.Note{ID: m.ID, New: m.IsNew(), Intro: words(said...)}
	if f.r.Who.User != "" && m.From.User != f.r.Who.User { // a stranger who knows a PIN calls nobody at the office's expense
		n.Back, _ = (&keypad{h: f.h}).back(m.From)
	}
	return n
}

// treat marks a message as heard or new, deletes it or takes it back. The rights are asked again: they may have changed meanwhile.
func (f *fetching) treat(ctx context.Context, e call.Treat) error {
	m, err := f.h.Store.Message(ctx, e.ID)
	if err != nil || m.Box() != f.r.Box {
		return err
	}
	who := f.actor()
	after, kind := m, event.MessageMarked
	switch e.As {
	case call.TreatPlayed:
		if who.User == m.User && m.User != "" {
			return nil
		}
		kind = event.MessagePlayed
	case call.TreatHeard:
		if m.IsNew() {
			after.Heard = f.at
		}
	case call.TreatNew:
		after.Heard = time.Time{}
	case call.TreatDeleted:
		after.Deleted, kind = f.at, event.MessageDeleted
	case call.TreatRestored:
		after.Deleted, kind = time.Time{}, event.MessageRestored
	}
	if after == m && kind != event.MessagePlayed || kind != event.MessageMarked && kind != event.MessagePlayed && !f.can(who, policy.VoicemailEdit, f.r.Box) {
		return nil
	}
	return f.h.note(ctx, kind, who, m, after)
}

// address refuses a number whose mailbox takes no messages.
func (f *fetching) address(number string) error {
	to, ok := boxOf(f.s, number)
	if !ok {
		return pbx.Refuse(pbx.NotFound, "to", "error.not_found")
	}
	return f.h.takes(f.s, f.r.Box, to)
}

func (f *fetching) sendOn(ctx context.Context, e call.SendOn) error {
	m, err := f.h.Store.Message(ctx, e.ID)
	if err != nil {
		return err
	}
	to, ok := boxOf(f.s, e.Number)
	if m.Box() != f.r.Box || !ok {
		return pbx.Refuse(pbx.NotFound, "to", "error.not_found")
	}
	intro := audio.WAV{}
	if e.Intro {
		intro = audio.WAV(f.r.Said)
	}
	return f.h.sendOn(ctx, f.actor(), m, to, intro)
}

func (f *fetching) greet(ctx context.Context, e call.Greet) error {
	c := command.SetGreeting{ID: f.r.Box, For: e.For}
	if e.Usual {
		_, err := f.h.Desk.Do(ctx, f.actor(), c)
		return err
	}
	if len(f.r.Said.Samples) == 0 {
		return pbx.Refuse(pbx.Invalid, "", "error.not_found")
	}
	c.Sound = pbx.Sound{Blob: NewID(pbx.PromptBlob), Rate: f.r.Said.Rate, Samples: int64(len(f.r.Said.Samples))}
	if err := f.h.keepSound(c.Sound.Blob, f.r.Said.Samples); err != nil {
		return err
	}
	if _, err := f.h.Desk.Do(ctx, f.actor(), c); err != nil {
		return errors.Join(err, f.h.Blobs.Delete(c.Sound.Blob))
	}
	return nil
}

func (f *fetching) setPIN(ctx context.Context, pin string) error {
	extension := ""
	user, _ := f.r.Box.Owner()
	if u := f.s.Users[user]; u != nil {
		extension = u.Extension
	}
	if err := command.CheckPIN(pin, extension); err != nil {
		return err
	}
	hash, err := f.h.Auth.Hash(ctx, pin)
	if err != nil {
		return err
	}
	_, err = f.h.Desk.Do(ctx, f.actor(), command.SetMailbox{ID: f.r.Box, PIN: &hash})
	return err
}

// takes refuses to send something on to a mailbox that is off, or that it is in.
func (h *House) takes(s *pbx.Snapshot, from, to pbx.BoxID) error {
	if to == from || !s.HasMailbox(to) {
		return pbx.Refuse(pbx.Invalid, "to", "mailbox.takes_nothing", "name", boxName(s, to))
	}
	return nil
}

// sendOn puts a copy of a message, with its sound and what introduces it, into another mailbox, where it is new.
func (h *House) sendOn(ctx context.Context, who pbx.Actor, m pbx.Message, to pbx.BoxID, intro audio.WAV) error {
	s := h.snapshot()
	if err := h.takes(s, m.Box(), to); err != nil {
		return err
	}
	user, group := to.Owner()
	fresh, old, err := h.Store.CountMessages(ctx, user, group)
	if err != nil {
		return err
	}
	if box := s.MailboxOf(to); fresh+old >= box.Messages() {
		return pbx.Refuse(pbx.Conflict, "to", "mailbox.is_full", "name", boxName(s, to))
	}
	next := m
	next.ID, next.User, next.Group, next.Heard, next.Deleted, next.By = pbx.MessageID(NewID("msg")), user, group, time.Time{}, time.Time{}, who.User
	lead, err := h.copySound(string(m.ID), string(next.ID), m.Rate, intro)
	if err != nil {
		return err
	}
	next.Length += lead
	t := h.tellMessage(next)
	if err := h.note(ctx, event.MessageSentOn, who, pbx.Message{}, next, t.rows...); err != nil {
		return errors.Join(err, h.Blobs.Delete(string(next.ID)))
	}
	h.spread(ctx, t)
	return nil
}

// sendOnPlain is sendOn without an introduction.
func (h *House) sendOnPlain(ctx context.Context, who pbx.Actor, m pbx.Message, to pbx.BoxID) error {
	return h.sendOn(ctx, who, m, to, audio.WAV{})
}

func boxName(s *pbx.Snapshot, id pbx.BoxID) string {
	kind := pbx.KindUser
	if id.IsShared() {
		kind = pbx.KindGroup
	}
	return s.NameOf(pbx.Ref{Kind: kind, ID: string(id)})
}

// copySound copies the sound of a message under another name, behind an introduction, and tells how long that is.
func (h *House) copySound(from, to string, rate int, intro audio.WAV) (time.Duration, error) {
	r, err := h.Blobs.Open(from)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	w, err := h.Blobs.Create(to)
	if err != nil {
		return 0, err
	}
	head := pcm(audio.Resample(intro.Samples, intro.Rate, rate))
	if len(head) > 0 {
		head = append(head, make([]byte, 2*int(introGap*time.Duration(rate)/time.Second))...)
	}
	_, err = w.Write(head)
	if err == nil {
		_, err = io.Copy(w, io.NewSectionReader(r, 0, r.Size()))
	}
	if err == nil {
		err = w.Finish(int64(len(head)) + r.Size())
	}
	if err != nil {
		return 0, errors.Join(err, w.Abort())
	}
	return time.Duration(len(head)/2) * time.Second / time.Duration(rate), nil
}

// keepSound stores samples under a name.
func (h *House) keepSound(name string, samples []int16) error {
	w, err := h.Blobs.Create(name)
	if err != nil {
		return err
	}
	raw := pcm(samples)
	if _, err = w.Write(raw); err == nil {
		err = w.Finish(int64(len(raw)))
	}
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	return nil
}

// pcm are samples as they are stored.
func pcm(samples []int16) []byte {
	raw := make([]byte, 2*len(samples))
	for i, v := range samples {
		binary.LittleEndian.PutUint16(raw[2*i:], uint16(v))
	}
	return raw
}
