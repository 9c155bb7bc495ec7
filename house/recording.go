package house

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"tandem/api"
	"tandem/audio"
	"tandem/blob"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// expireAtOnce is how many recordings are deleted in one go; the next round goes on.
const expireAtOnce = 500

// recordings is the house's archive as the switchboard sees it.
type recordings struct{ h *House }

// Keep implements switchboard.Recordings.
func (a recordings) Keep(ctx context.Context, r pbx.Recording) error {
	kind := event.RecordingMade
	if r.Running {
		kind = event.RecordingBegun
	} else {
		defer a.h.settler.add(r.ID)
	}
	return a.h.tell(ctx, kind, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, pbx.Difference{Ref: r.Ref(), After: &r}, store.RecordingKept{Recording: r})
}

// Ordered implements switchboard.Recordings.
func (a recordings) Ordered(ctx context.Context, k event.Kind, who pbx.Actor, room pbx.Room) error {
	return a.h.tell(ctx, k, who, pbx.Difference{Ref: room.Ref()})
}

// Forget implements switchboard.Recordings.
func (a recordings) Forget(ctx context.Context, r pbx.Recording) error {
	named := pbx.Recording{ID: r.ID, Call: r.Call, Started: r.Started}
	return a.h.tell(ctx, event.RecordingDropped, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, pbx.Difference{Ref: named.Ref(), Before: &named}, store.RecordingGone{ID: r.ID})
}

// mendRecordings closes what a crash cut off: a recording whose sound is there ends where it ends, one without any is forgotten (BAR CR-04).
// It is called before calls come.
func (h *House) mendRecordings(ctx context.Context) error {
	open, err := h.Store.RunningRecordings(ctx)
	if err != nil {
		return err
	}
	for _, r := range open {
		p, err := h.openRecording(r.ID)
		if err != nil {
			h.log.Warn("a recording that was cut off has no sound", "recording", r.ID, "error", err)
			if err := (recordings{h}).Forget(ctx, *r); err != nil {
				return err
			}
			continue
		}
		mended := *r
		mended.Running, mended.Length = false, p.Length().Round(time.Millisecond)
		end := r.Started.Add(mended.Length)
		for i := range mended.Voices {
			if mended.Voices[i].Until.IsZero() {
				mended.Voices[i].Until = end
			}
		}
		_ = p.Close()
		if err := (recordings{h}).Keep(ctx, mended); err != nil {
			return err
		}
		h.log.Warn("a recording that was cut off was closed", "recording", r.ID, "length", mended.Length)
	}
	return nil
}

// markRecordings writes what older versions did not write of recordings, a few at a time, so that calls go first.
func (h *House) markRecordings(ctx context.Context) {
	for {
		n, err := h.Store.MarkRecordings(ctx, expireAtOnce)
		if err != nil && ctx.Err() == nil {
			h.log.Error("older recordings are not found by number and call", "error", err)
		}
		if err != nil || n < expireAtOnce {
			return
		}
	}
}

// expireRecordings deletes recordings whose time is over, and those that were deleted long ago, sound first: what a crash leaves is found
// by the next round (PR-05).
func (h *House) expireRecordings(ctx context.Context, at time.Time) error {
	due, err := h.Store.DueRecordings(ctx, at, at.AddDate(0, 0, -pbx.KeepForBin), expireAtOnce)
	if err != nil {
		return err
	}
	for _, r := range due {
		if goes, err := h.Store.Condemn(ctx, r.ID); err != nil {
			return err
		} else if !goes { // somebody held it meanwhile
			continue
		}
		if err := h.deleteRecording(r.ID); err != nil {
			return err
		}
		named := pbx.Recording{ID: r.ID, Call: r.Call, Started: r.Started, Began: r.Began, Length: r.Length, Groups: r.Groups, Voices: r.Voices} // no number stays in the log
		if err := h.tell(ctx, event.RecordingExpired, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Difference{Ref: named.Ref(), Before: &named}, store.RecordingGone{ID: r.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Playback is a recording as a file that browsers play: the caller left, the callee right.
func (h *House) Playback(id pbx.RecordingID) (api.Playback, error) {
	p, err := h.openRecording(id)
	if err != nil { // a nil file is no nil interface
		return nil, err
	}
	return p, nil
}

func (h *House) openRecording(id pbx.RecordingID) (*played, error) {
	r, err := h.Blobs.Open(string(id))
	if err != nil { // it has settled, or does right now: the key of what came is destroyed a moment before the file goes
		if small, fault := h.Blobs.Open(restingAs(id)); fault == nil || errors.Is(err, blob.ErrMissing) {
			r, err = small, fault
		}
	}
	if err != nil {
		return nil, err
	}
	p, err := media.OpenCapture(r, r.Size())
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	f := &played{Playback: p, blob: r, head: audio.WAVHeader(p.Rate(), 2, p.Size())}
	f.SectionReader = io.NewSectionReader(withHead{f.head, p}, 0, int64(len(f.head))+p.Size())
	return f, nil
}

// played is a recording with the head of a file before it.
type played struct {
	*io.SectionReader
	*media.Playback
	blob blob.Reader
	head []byte
}

// ReadAt is the file's, head included.
func (f *played) ReadAt(p []byte, at int64) (int, error) { return f.SectionReader.ReadAt(p, at) }

// Size is the file's.
func (f *played) Size() int64 { return f.SectionReader.Size() }

// Close gives the blob back.
func (f *played) Close() error { return f.blob.Close() }

// withHead reads a head and what comes behind it as one.
type withHead struct {
	head []byte
	body io.ReaderAt
}

func (w withHead) ReadAt(p []byte, at int64) (n int, err error) {
	if head := int64(len(w.head)); at < head {
		n = copy(p, w.head[at:])
		if n == len(p) {
			return n, nil
		}
		more, err := w.body.ReadAt(p[n:], 0)
		return n + more, err
	}
	return w.body.ReadAt(p, at-int64(len(w.head)))
}

// tellHeard makes the notices of people to whom somebody listened (B-053), one for each person: rows that are written with the fact, and what is done afterwards.
func (h *House) tellHeard(all []api.Heard, f event.Fact, by pbx.UserID) (rows []store.Also, spread func(context.Context)) {
	var each []told
	for i := range all {
		t := h.inform(h.heardNotice(&all[i], f, by))
		rows, each = append(rows, t.rows...), append(each, t)
	}
	return rows, func(ctx context.Context) {
		for _, t := range each {
			h.spread(ctx, t)
		}
	}
}

func (h *House) heardNotice(x *api.Heard, f event.Fact, by pbx.UserID) notice {
	how, r := i18n.T("notice.heard.played"), &x.First
	switch {
	case x.N > 1:
		how = i18n.T("notice.heard.copied_many", "n", strconv.Itoa(x.N))
	case f.Kind == event.RecordingDownloaded:
		how = i18n.T("notice.heard.copied")
	case f.Kind == event.RecordingHeard:
		how = i18n.T("notice.heard.link")
	}
	n := notice{Happening: policy.Happening{Kind: policy.NoticeHeard, Users: people(x.To)}, about: r.Ref(), page: "/recordings?recording=" + string(r.ID),
		says: pbx.Says{Args: map[string]string{"reason": cmp.Or(f.Reason, "–")}, Words: map[string]i18n.Text{"how": how}, Times: map[string]time.Time{"call": r.Started}}}
	var who pbx.Party
	if u := h.snapshot().Users[by]; u != nil {
		who = u.Party()
	}
	n.says.Name("by", who)
	return n
}
