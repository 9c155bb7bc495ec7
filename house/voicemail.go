package house

import (
	"context"
	"fmt"
	"io"
	"time"

	"tandem/api"
	"tandem/audio"
	"tandem/blob"
	"tandem/call"
	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
	"tandem/switchboard"
)

// How long what was deleted can be taken back, and the silence between what is said.
const (
	messageBin = 30 * 24 * time.Hour
	phraseGap  = 150 * time.Millisecond // between two sentences
)

// mailboxes is the house's store of messages as the switchboard sees it.
type mailboxes struct{ h *House }

// Box implements switchboard.Boxes: what a caller hears follows from why he is here.
func (b mailboxes) Box(ctx context.Context, at pbx.Destination, cause pbx.Cause) (call.Box, error) {
	s := b.h.snapshot()
	box := s.MailboxOf(pbx.BoxID(at.ID))
	user, group := box.ID.Owner()
	on := pbx.OccasionAny
	if s.Users[user] != nil {
		on = occasion(s.StatusOf(user, time.Now()).Status, cause)
	}
	fresh, old, err := b.h.Store.CountMessages(ctx, user, group)
	if err != nil {
		return call.Box{}, err
	}
	greeting := call.Words(usualGreeting(on))
	out := call.Box{
		Greeting: []call.Clip{greeting, call.Words("say.record.tone")}, Refusal: []call.Clip{greeting, call.Words("say.record.full")},
		Max: time.Duration(box.Seconds()) * time.Second, Full: fresh+old >= box.Messages(),
	}
	if own := box.Greeting(on); own != nil && b.isThere(own.Sound.Blob) {
		out.Greeting = []call.Clip{{Sound: own.Sound.Blob}}
		out.Refusal[0] = out.Greeting[0]
	}
	return out, nil
}

// isThere reports whether a sound can be played: an old one may be gone when a change was taken back.
func (b mailboxes) isThere(sound string) bool {
	r, err := b.h.Blobs.Open(sound)
	if err != nil {
		b.h.log.Warn("the greeting of a mailbox cannot be played", "sound", sound, "error", err)
		return false
	}
	_ = r.Close()
	return true
}

// occasion is why a caller reaches somebody's mailbox: a line that is busy comes before the status.
func occasion(status pbx.Status, cause pbx.Cause) pbx.Occasion {
	if cause == pbx.CauseBusy || cause == pbx.CauseDeclined {
		return pbx.OccasionBusy
	}
	return pbx.Occasion(status)
}

// usualGreeting is the sentence for an occasion.
func usualGreeting(on pbx.Occasion) string {
	switch on {
	case pbx.OccasionBusy:
		return "say.greeting.busy"
	case pbx.Occasion(pbx.StatusDND):
		return "say.greeting.dnd"
	case pbx.Occasion(pbx.StatusAway), pbx.Occasion(pbx.StatusAway2):
		return "say.greeting.away"
	}
	return "say.greeting.available"
}

// Keep implements switchboard.Boxes.
func (b mailboxes) Keep(ctx context.Context, m pbx.Message) error {
	if b.h.isFormer(m.User, m.At) { // who it was for has left meanwhile
		return b.h.Blobs.Delete(string(m.ID))
	}
	t := b.h.tellMessage(m)
	err := b.h.note(ctx, event.MessageLeft, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, pbx.Message{}, m, t.rows...)
	if err == nil {
		b.h.spread(ctx, t)
	}
	return err
}

// tellMessage tells of a message: the person, or every member of the group who may hear it. It is stored with the message, so that neither is
// without the other (CR-05).
func (h *House) tellMessage(m pbx.Message) told {
	s := h.snapshot()
	box := s.MailboxOf(m.Box())
	kind := policy.NoticeVoicemail
	if box.ID.IsShared() {
		kind = policy.NoticeVoicemailGroup
	}
	n := notice{Happening: h.hearers(s, kind, box.ID), about: m.Ref(), page: "/voicemail", noMail: box.Mail == pbx.BoxMailNothing, says: pbx.Says{
		Args: map[string]string{"box": boxName(s, box.ID), "length": clock(m.Length)}, Times: map[string]time.Time{"at": m.At}}}
	n.says.Name("from", m.From)
	if box.Mail == pbx.BoxMailSound {
		n.sound = string(m.ID)
	}
	return h.inform(n)
}

// hearers are those who must know what happens in a mailbox: its person, or the members of its group who may hear it.
func (h *House) hearers(s *pbx.Snapshot, kind pbx.NoticeKind, id pbx.BoxID) policy.Happening {
	user, group := id.Owner()
	if s.Users[user] != nil {
		return policy.Happening{Kind: kind, Users: people(user)}
	}
	at := h.Config.Now()
	members := []pbx.UserID{}
	for _, m := range s.Members(group) {
		if m.IsActive(at) {
			members = append(members, m.User)
		}
	}
	return policy.Happening{Kind: kind, Over: command.BoxTarget(id), Among: members}
}

// clock shows how long something lasts: 0:07, 2:30.
func clock(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// Create implements switchboard.Sounds.
func (b mailboxes) Create(name string) (switchboard.Recording, error) { return b.h.Blobs.Create(name) }

// Open implements switchboard.Sounds: messages, and greetings of menus.
func (b mailboxes) Open(name string) (media.Sound, func(), error) {
	rate := 0
	if greeting, ok := b.h.snapshot().SoundOf(name); ok {
		rate = greeting.Rate
	} else {
		m, err := b.h.Store.Message(context.Background(), pbx.MessageID(name))
		if err != nil {
			return media.Sound{}, nil, err
		}
		rate = m.Rate
	}
	r, err := b.h.Blobs.Open(name)
	if err != nil {
		return media.Sound{}, nil, err
	}
	return media.Sound{Stream: r, Size: r.Size(), Rate: rate}, func() { _ = r.Close() }, nil
}

// wav gives a message out as a file that browsers play.
func (h *House) wav(m pbx.Message) (api.SoundFile, error) {
	r, err := h.Blobs.Open(string(m.ID))
	if err != nil {
		return nil, err
	}
	return newWAV(r, m.Rate), nil
}

// wavFile is a header with the samples of a blob behind it.
type wavFile struct {
	*io.SectionReader
	blob blob.Reader
}

func newWAV(r blob.Reader, rate int) *wavFile {
	head := audio.WAVHeader(rate, 1, r.Size())
	return &wavFile{io.NewSectionReader(withHead{head, r}, 0, int64(len(head))+r.Size()), r}
}

// Close gives the blob back.
func (f *wavFile) Close() error { return f.blob.Close() }

// sentence is what a sentence sounds like: the office's own sound of it, else the one that is built in.
func (h *House) sentence(language string, t i18n.Text) []media.Sound {
	list := h.Voice.Say(language, t.Key).Sounds
	for i := range list {
		list[i].Gap = phraseGap
	}
	return list
}

// dropMessages forgets messages that were deleted long ago, with their sound.
func (h *House) dropMessages(ctx context.Context, at time.Time) error {
	gone, err := h.Store.DropMessages(ctx, at.Add(-messageBin))
	for _, id := range gone {
		if err := h.Blobs.Delete(string(id)); err != nil {
			h.log.Warn("the sound of a message cannot be deleted", "message", id, "error", err)
		}
	}
	return err
}

// expireMessages deletes what a mailbox keeps no longer, and what belonged to people and groups that are gone. Each is a fact in the audit
// log; the sound goes with the next sweep, and nothing of it can be taken back (PR-05).
func (h *House) expireMessages(ctx context.Context, at time.Time) error {
	counts, err := h.Store.CountBoxes(ctx)
	if err != nil {
		return err
	}
	s := h.snapshot()
	for id := range counts {
		user, group := id.Owner()
		before := at
		if s.Users[user] != nil || s.Groups[group] != nil {
			box := s.MailboxOf(id)
			if box.Days == 0 {
				continue
			}
			before = at.AddDate(0, 0, -box.Days)
		}
		old, err := h.Store.MessagesIn(ctx, id, before)
		if err != nil {
			return err
		}
		for _, m := range old {
			gone := m
			gone.Deleted = at.Add(-messageBin - time.Second)
			if err := h.note(ctx, event.MessageDeleted, pbx.Actor{Kind: pbx.ActorSystem}, m, gone); err != nil {
				return err
			}
		}
	}
	return nil
}

// note writes a change of a message and tells everybody who may know.
func (h *House) note(ctx context.Context, k event.Kind, who pbx.Actor, before, after pbx.Message, also ...store.Also) error {
	d := pbx.Difference{Ref: after.Ref(), After: &after}
	if before.ID != "" {
		d.Before = &before
	}
	return h.tell(ctx, k, who, d, append(also, store.MessageKept{Message: after})...)
}

// tell writes a change of something that is no configuration, with its rows, and tells everybody who may know.
func (h *House) tell(ctx context.Context, k event.Kind, who pbx.Actor, d pbx.Difference, rows ...store.Also) error {
	stored, err := h.Store.Write(ctx, []event.Fact{event.Changed(k, time.Now(), who, d)}, rows...)
	if err != nil {
		return err
	}
	return h.publish(ctx, stored)
}

// mailedSound is a message as a file for a mail.
func (h *House) mailedSound(id string) (io.ReadSeekCloser, error) {
	m, err := h.Store.Message(context.Background(), pbx.MessageID(id))
	if err != nil {
		return nil, err
	}
	return h.wav(m)
}

// mailed deletes a message whose sound is on its way, where its mailbox is set up so. It can be taken back like any other.
func (h *House) mailed(ctx context.Context, letter store.Mail) {
	if letter.Sound == "" {
		return
	}
	m, err := h.Store.Message(ctx, pbx.MessageID(letter.Sound))
	if err != nil || !m.Deleted.IsZero() {
		return
	}
	if box := h.snapshot().MailboxOf(m.Box()); !box.Clear {
		return
	}
	gone := m
	gone.Deleted = time.Now()
	if err := h.note(ctx, event.MessageDeleted, pbx.Actor{Kind: pbx.ActorSystem, Via: "mail"}, m, gone); err != nil {
		h.log.Error("a message that was mailed cannot be deleted", "message", m.ID, "error", err)
	}
}
