package api

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"tandem/audio"
	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// whole is a recording of ten seconds that is loud from beginning to end.
type whole struct{ *bytes.Reader }

func (whole) Close() error { return nil }

func (whole) Peaks(n int) (sides [2][]float32, err error) {
	for i := range sides {
		for range n {
			sides[i] = append(sides[i], 1)
		}
	}
	return sides, nil
}

// Who hears a conference only because he took part hears his own time where the host's group says so, in pieces as in one go, and sees no more of it (D-040).
func TestOwnPartOfAConference(t *testing.T) {
	const second = 8000 * 4
	raw := append(audio.WAVHeader(8000, 2, 10*second), bytes.Repeat([]byte{0x11}, 10*second)...)
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	r := &pbx.Recording{Started: at, Room: "rom_1"}
	spans := []pbx.Interval{{From: at.Add(-time.Minute), Until: at.Add(2 * time.Second)}, {From: at.Add(5 * time.Second), Until: at.Add(7 * time.Second)}}
	open := func(spans []pbx.Interval) Playback {
		p, err := within(whole{bytes.NewReader(raw)}, r, spans)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if all, err := io.ReadAll(open(nil)); err != nil || !bytes.Equal(all, raw) {
		t.Errorf("without a limit something is changed: %v", err)
	}
	if none, err := io.ReadAll(open([]pbx.Interval{})); err != nil || slices.Max(none[audio.WAVHead:]) != 0 {
		t.Errorf("who was never there hears something: %v", err)
	}
	got, err := io.ReadAll(open(spans))
	if err != nil || len(got) != len(raw) || !bytes.Equal(got[:audio.WAVHead], raw[:audio.WAVHead]) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for s, want := range []byte{0x11, 0x11, 0, 0, 0, 0x11, 0x11, 0, 0, 0} {
		for i, b := range got[audio.WAVHead+s*second : audio.WAVHead+(s+1)*second] {
			if b != want {
				t.Fatalf("second %d, octet %d: %#x", s, i, b)
			}
		}
	}
	p, piece := open(spans), make([]byte, second)
	if _, err := p.Seek(audio.WAVHead+3*second/2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(p, piece); err != nil || piece[second/2-1] != 0x11 || piece[second/2] != 0 {
		t.Errorf("a piece across the end of his time: %v", err)
	}
	sides, err := p.Peaks(10)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{1, 1, 0, 0, 0, 1, 1, 0, 0, 0} {
		if sides[0][i] != want || sides[1][i] != want {
			t.Errorf("step %d shows %v, %v", i, sides[0][i], sides[1][i])
		}
	}
}

// Whoever hears a conference only because he took part hears his own time where the office says so, at every door: the sound, a copy, an archive, its picture, and by a
// link that he gives; who hears it by right hears all (D-040, B-070).
func TestOwnPartAtEveryDoor(t *testing.T) {
	o := live(t)
	const second = 8000 * 4
	raw := append(audio.WAVHeader(8000, 2, 10*second), bytes.Repeat([]byte{0x11}, 10*second)...)
	o.plays = func() Playback { return whole{bytes.NewReader(raw)} }
	user := func(name string) pbx.UserID { return pbx.UserID(o.ids[name]) }
	at := start.Add(-2 * time.Hour)
	r := pbx.Recording{ID: "rec_room", Call: "cal_room", Started: at, Began: at, Length: 10 * time.Second, From: pbx.Party{User: user("mia"), Name: "mia"}, To: pbx.Party{Name: "Room", Number: "800"},
		Mode: pbx.RecordAlways, Rule: pbx.OfficeRule, Notice: pbx.RecordTell, Room: "rom_1", Host: user("mia"), Voices: []pbx.RecordingVoice{
			{User: user("mia"), From: at, Until: at.Add(10 * time.Second)}, {User: user("uwe"), From: at.Add(2 * time.Second), Until: at.Add(4 * time.Second)}}}
	if _, err := o.tenant.Write(t.Context(), []event.Fact{event.New(event.RecordingMade, at, pbx.Actor{Kind: pbx.ActorSystem}, r.Ref(), nil)}, store.RecordingKept{Recording: r}); err != nil {
		t.Fatal(err)
	}
	replay := func(to pbx.Replay) {
		t.Helper()
		s := o.view()
		office := s.Tenant
		office.Replay = to
		grant := func(id string, right string) *pbx.Grant {
			return &pbx.Grant{ID: pbx.GrantID(id), User: user("uwe"), Right: right, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: start.Add(-24 * time.Hour)}
		}
		next, err := s.Apply(pbx.Change{Put: []pbx.Noun{&office, grant("gnt_p", "recording.play"), grant("gnt_d", "recording.download"), grant("gnt_s", "recording.share")}})
		if err != nil {
			t.Fatal(err)
		}
		next.Version++
		o.dir.Set(next)
	}
	loud := func(b []byte) (n int) { return bytes.Count(b, []byte{0x11}) / second }
	doors := func(who string, want int) {
		t.Helper()
		for _, path := range []string{"/v1/recordings/rec_room/sound", "/v1/recordings/rec_room/sound?download=true"} {
			if got := loud(o.wants(200, who, "GET", path, "").body); got != want {
				t.Errorf("%s %s: %d seconds, want %d", who, path, got, want)
			}
		}
		if got := loud(o.wants(200, who, "GET", "/v1/recordings/archive?kind=room", "").body); got != want {
			t.Errorf("%s, archive: %d seconds, want %d", who, got, want)
		}
		var p Peaks
		o.wants(200, who, "GET", "/v1/recordings/rec_room/peaks?steps=10", "").json(t, &p)
		shown := 0
		for _, v := range p.From {
			shown += int(v)
		}
		if shown != want {
			t.Errorf("%s: the picture shows %d seconds, want %d", who, shown, want)
		}
		var made NewRecordingLink
		o.wants(201, who, "POST", "/v1/recordings/rec_room/shares", `{"for":"a lawyer"}`).json(t, &made)
		if got := loud(o.wants(200, "nobody", "GET", "/v1/shared/"+made.Secret+"/sound", "").body); got != want {
			t.Errorf("%s, by a link: %d seconds, want %d", who, got, want)
		}
	}
	replay(pbx.ReplayOwn)
	doors("uwe", 2)
	doors("olga", 10)
	replay(pbx.ReplayWhole)
	doors("uwe", 10)
}
