package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// What an archive holds at most: it stays a file that every program opens.
const (
	archiveFiles  = 500
	archiveOctets = 2 << 30
)

// exportRecordings writes the list of recordings as a table for programs that calculate: what the list shows, as long as it is. Moments are UTC.
func (s *Server) exportRecordings(ctx context.Context, v *visit, in *RecordingFilter) (writer, error) {
	q, any := s.recordings(v, *in, policy.RecordingList)
	q.Limit = 200
	var page store.RecordingPage
	var err error
	if any {
		if page, err = s.c.Store.Recordings(ctx, q); err != nil {
			return nil, err
		}
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		table := beginTable(w, "recordings.csv")
		_ = table.Write(recordingHead)
		for {
			for i := range page.Items {
				v.shows(policy.RecordingList, recordingTarget(&page.Items[i]))
				_ = table.Write(recordingRow(s.showRecording(v, &page.Items[i]), ""))
			}
			if table.Flush(); page.Next == "" || table.Error() != nil { // a reader that is gone gets nothing more
				return
			}
			q.Cursor = page.Next
			if page, err = s.c.Store.Recordings(ctx, q); err != nil {
				s.c.Log.Error("the export of recordings broke off", "error", err)
				panic(http.ErrAbortHandler) // the reader must not take a part for the whole
			}
		}
	}, nil
}

var recordingHead = []string{"recording", "call", "started", "seconds", "direction", "kind", "from", "from_number", "to", "to_number", "notice", "begun_by", "expires", "held", "file"}

// recordingRow is a recording as a line of the table; file is what its sound is called in an archive.
func recordingRow(r Recording, file string) []string {
	row := []string{string(r.ID), string(r.Call), utc(r.Started), strconv.FormatFloat(r.Seconds, 'f', -1, 64), string(r.Direction), string(r.Kind), r.From.Name, r.From.Number,
		r.To.Name, r.To.Number, string(r.Notice), "", utc(r.Expires), strconv.FormatBool(r.Hold), file}
	if r.By != nil {
		row[11] = r.By.Name
	}
	return plain(row)
}

// utc is a moment in a table; none is empty.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// ArchiveExtent is what an archive of recordings would hold.
type ArchiveExtent struct {
	Files   int     `json:"files" doc:"recordings that the visitor may copy"`
	Seconds float64 `json:"seconds"`
	Octets  int64   `json:"octets" doc:"of the archive"`
	Reason  bool    `json:"reason" doc:"the visitor has to say why"`
	Fits    bool    `json:"fits" doc:"false: there are more than one archive holds"`
	Most    int     `json:"most" doc:"files that one archive holds"`
}

// archive is the copies that somebody takes at once.
type archive struct {
	s     *Server
	items []archived
	table []byte
	ArchiveExtent
}

type archived struct {
	pbx.Recording
	size int64
}

// tableName is how the list of what an archive holds is called in it.
const tableName = "recordings.csv"

// archive gathers what somebody may copy of what he asked for. Recordings whose sound is gone are left out.
func (s *Server) archive(ctx context.Context, v *visit, f RecordingFilter) (*archive, error) {
	a := &archive{s: s, ArchiveExtent: ArchiveExtent{Fits: true, Most: archiveFiles}}
	q, any := s.recordings(v, f, policy.RecordingDownload)
	if !any {
		return a, nil
	}
	var table bytes.Buffer
	rows := csv.NewWriter(&table)
	_ = rows.Write(recordingHead)
	empty := zip.NewWriter(&counted{n: &a.Octets})
	for r, err := range s.c.Store.EachRecording(ctx, q) {
		if err != nil {
			return nil, err
		}
		if r.Running {
			continue
		}
		file, err := s.playback(v, r)
		if err != nil {
			continue
		}
		size, err := file.Seek(0, io.SeekEnd)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		if len(a.items) == archiveFiles || a.Octets+size > archiveOctets {
			a.Fits = false
			break
		}
		a.items = append(a.items, archived{*r, size})
		a.Octets, a.Seconds, a.Reason = a.Octets+size, a.Seconds+r.Length.Seconds(), a.Reason || v.asksWhy(r)
		_ = rows.Write(recordingRow(s.showRecording(v, r), soundName(r)))
		if _, err := entry(empty, soundName(r), r.Started); err != nil {
			return nil, err
		}
	}
	a.Files = len(a.items)
	rows.Flush()
	a.table = table.Bytes()
	_, err := entry(empty, tableName, v.at)
	a.Octets += int64(len(a.table))
	return a, errors.Join(err, empty.Close())
}

// entry begins a file of an archive. Sound is not pressed together: it would take long and spare little, and the size would not be known before.
func entry(z *zip.Writer, name string, at time.Time) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at.UTC()})
}

// counted counts what is written.
type counted struct{ n *int64 }

func (c *counted) Write(b []byte) (int, error) {
	*c.n += int64(len(b))
	return len(b), nil
}

// measureArchive says what an archive would hold, before somebody takes it.
func (s *Server) measureArchive(ctx context.Context, v *visit, in *RecordingFilter) (ArchiveExtent, error) {
	a, err := s.archive(ctx, v, *in)
	if err != nil {
		return ArchiveExtent{}, err
	}
	return a.ArchiveExtent, nil
}

type archiveIn struct {
	RecordingFilter
	Reason string `query:"reason" maxLength:"500" doc:"why; needed where the extent says so"`
}

// sendArchive sends what the filter finds and the visitor may copy as a ZIP of WAV files with a list. The right is asked anew for each, and each is written
// down as a copy before its first octet leaves (B-053, B-070, N-15). The length is known before, so that a browser shows how far it is.
func (s *Server) sendArchive(ctx context.Context, v *visit, in *archiveIn) (writer, error) {
	a, err := s.archive(ctx, v, in.RecordingFilter)
	switch {
	case err != nil:
		return nil, err
	case len(a.items) == 0:
		return nil, pbx.Refuse(pbx.NotFound, "", "recording.archive_empty")
	case !a.Fits:
		return nil, pbx.Refuse(pbx.Invalid, "", "recording.archive_large", "files", strconv.Itoa(archiveFiles), "size", strconv.Itoa(archiveOctets>>30))
	case a.Reason && in.Reason == "":
		return nil, pbx.Refuse(pbx.Invalid, "reason", "recording.reason_missing")
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", `attachment; filename="recordings-`+v.at.UTC().Format("2006-01-02-150405")+`.zip"`)
		w.Header().Set("Content-Length", strconv.FormatInt(a.Octets, 10))
		w.Header().Set("Cache-Control", "private, no-store")
		if err := a.send(r.Context(), v, unhurried{w}, in.Reason); err != nil {
			s.c.Log.Warn("an archive of recordings broke off", "user", v.who.User, "error", err)
			panic(http.ErrAbortHandler) // the reader must not take a part for the whole
		}
	}, nil
}

func (a *archive) send(ctx context.Context, v *visit, w io.Writer, reason string) error {
	z := zip.NewWriter(w)
	all := make([]*pbx.Recording, len(a.items))
	for i := range a.items {
		all[i] = &a.items[i].Recording
	}
	if err := a.s.tellCopied(ctx, v, all, reason); err != nil {
		return err
	}
	for i := range a.items {
		if err := a.copy(ctx, v, z, &a.items[i], reason); err != nil {
			return err
		}
	}
	f, err := entry(z, tableName, v.at)
	if err == nil {
		_, err = f.Write(a.table)
	}
	return errors.Join(err, z.Close())
}

func (a *archive) copy(ctx context.Context, v *visit, z *zip.Writer, r *archived, reason string) error {
	if err := v.need(policy.RecordingDownload, recordingTarget(&r.Recording)); err != nil {
		return err
	}
	file, err := a.s.playback(v, &r.Recording)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := a.s.noteCopy(ctx, v, &r.Recording, reason); err != nil {
		return err
	}
	f, err := entry(z, soundName(&r.Recording), r.Started)
	if err != nil {
		return err
	}
	if n, err := io.Copy(f, file); err != nil || n != r.size {
		return errors.Join(err, fmt.Errorf("recording %s: %d octets of %d", r.ID, n, r.size))
	}
	return nil
}

// unhurried writes to somebody who may be slow, but not for ever.
type unhurried struct{ w http.ResponseWriter }

func (p unhurried) Write(b []byte) (int, error) {
	_ = http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(streamWrite)) // not every writer has one
	return p.w.Write(b)
}
