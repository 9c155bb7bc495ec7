package officetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/audio"
)

// tuned is a real phone of a new person that speaks one tone in one codec.
func (s *server) tuned(ctx context.Context, name, extension string, hz float64, codec string) *Baresip {
	s.t.Helper()
	_, a := s.person(name, extension)
	a.Server, a.Transport, a.Keys = s.reach("udp"), "udp", "info"
	return s.softphone(ctx, name, a, hz, spoken(codec))
}

// softphone is a real phone with an account that speaks a tone.
func (s *server) softphone(ctx context.Context, name string, a Account, hz float64, codecs ...string) *Baresip {
	s.t.Helper()
	return phoneOf(s.t, ctx, filepath.Join(s.t.TempDir(), name), a, hz, codecs...)
}

// phoneOf starts a phone with an account that speaks a tone, and waits until it has registered.
func phoneOf(t *testing.T, ctx context.Context, dir string, a Account, hz float64, codecs ...string) *Baresip {
	t.Helper()
	rate, channels := 8000, 1
	if len(codecs) > 0 {
		part := strings.Split(codecs[0], "/")
		rate, _ = strconv.Atoi(part[1])
		channels, _ = strconv.Atoi(part[2])
	}
	b, err := StartBaresip(ctx, dir, toneFile(t, hz, rate, channels), a, codecs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	eventually(t, filepath.Base(dir)+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
	return b
}

// spoken is a codec as baresip names it, with the rate and channels of the tone that it takes.
func spoken(codec string) string {
	switch codec {
	case "opus":
		return "opus/48000/2"
	case "G722":
		return "G722/16000/1"
	}
	return codec + "/8000/1"
}

// tonesNow are those of some tones that a phone has heard in the last half second of its newest recording.
func tonesNow(b *Baresip, of []float64) []float64 {
	raw, err := os.ReadFile(b.Hears())
	if err != nil || len(raw) < 1000 {
		return nil
	}
	w := leftChannel(raw)
	half := w.Rate / 2
	if half == 0 || len(w.Samples) < half {
		return nil
	}
	last := w.Samples[len(w.Samples)-half:]
	var all []float64
	for _, hz := range of {
		if audio.Purity(last, hz, w.Rate) > 0.1 {
			all = append(all, hz)
		}
	}
	return all
}

// hearsTones waits until a phone hears exactly these of the tones.
func hearsTones(t *testing.T, who string, b *Baresip, of []float64, want ...float64) {
	t.Helper()
	var got []float64
	defer func() {
		if !slices.Equal(got, want) {
			t.Logf("%s hears %v", who, got)
		}
	}()
	eventually(t, fmt.Sprintf("%s hears %v", who, want), func() bool {
		got = tonesNow(b, of)
		return slices.Equal(got, want)
	})
}

// Three real phones in three codecs meet in a room: each hears the two others and never itself. Who is muted is heard by nobody, who moderates
// takes out, and somebody who is called by the house comes in without a PIN.
func TestRoomWithRealPhones(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	s := start(t)
	s.claim()
	room := s.call(201, "POST", "/v1/rooms", object{"name": "Daily", "extension": "790", "pin": "1234", "host_pin": "9876"}).Text("id")
	all := []float64{440, 700, 1100}
	alice, bob, carol := s.tuned(ctx, "Alice", "101", all[0], "PCMU"), s.tuned(ctx, "Bob", "102", all[1], "G722"), s.tuned(ctx, "Carol", "103", all[2], "opus")
	eventually(t, "all phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 3.0 })
	people := func() []any {
		list, _ := s.call(200, "GET", "/v1/rooms/"+room, nil).At("people").([]any)
		return list
	}
	enter := func(b *Baresip, pin string, n int) {
		t.Helper()
		do(t, b, "dial", "sip:790@"+s.reach("udp"))
		expect(t, ctx, b, "CALL_ESTABLISHED")
		for _, k := range pin + "#" {
			do(t, b, "sndcode", string(k))
		}
		eventually(t, "another one is in the room", func() bool { return len(people()) == n })
	}
	enter(alice, "9876", 1)
	enter(bob, "1234", 2)
	hearsTones(t, "Alice", alice, all, all[1])
	hearsTones(t, "Bob", bob, all, all[0])

	var carolID string
	list, _ := s.call(200, "GET", "/v1/users?q=Carol", nil).At("items").([]any)
	carolID = object(list[0].(map[string]any)).Text("id")
	s.call(202, "POST", "/v1/rooms/"+room+"/people", object{"to": object{"kind": "user", "id": carolID}})
	expect(t, ctx, carol, "CALL_INCOMING")
	do(t, carol, "accept", "")
	eventually(t, "Carol is in", func() bool { return len(people()) == 3 })
	hearsTones(t, "Alice", alice, all, all[1], all[2])
	hearsTones(t, "Bob", bob, all, all[0], all[2])
	hearsTones(t, "Carol", carol, all, all[0], all[1])
	eventually(t, "somebody is shown to speak", func() bool { return strings.Contains(fmt.Sprint(people()), "speaks:true") })

	call := func(name string) string {
		for _, p := range people() {
			if o := object(p.(map[string]any)); strings.Contains(fmt.Sprint(o["party"]), name) {
				return o.Text("call")
			}
		}
		return ""
	}
	s.call(204, "PUT", "/v1/rooms/"+room+"/people/"+call("Bob"), object{"muted": true})
	hearsTones(t, "Alice", alice, all, all[2])
	hearsTones(t, "Carol", carol, all, all[0])
	s.call(204, "PUT", "/v1/rooms/"+room+"/live", object{"locked": true})
	s.call(204, "DELETE", "/v1/rooms/"+room+"/people/"+call("Carol"), nil)
	expect(t, ctx, carol, "CALL_CLOSED")
	hearsTones(t, "Alice", alice, all)
	s.call(204, "DELETE", "/v1/rooms/"+room+"/live", nil)
	expect(t, ctx, alice, "CALL_CLOSED")
	expect(t, ctx, bob, "CALL_CLOSED")
	eventually(t, "three records", func() bool { return s.call(200, "GET", "/v1/calls", nil).At("total") == 3.0 })
	calls := fmt.Sprint(s.call(200, "GET", "/v1/calls", nil).At("items"))
	if !strings.Contains(calls, "Daily") || !strings.Contains(calls, "came into the conference room Daily") {
		t.Errorf("records %s", calls)
	}
}

// hearsOn waits until a phone has heard two seconds more.
func hearsOn(t *testing.T, who string, b *Baresip) {
	t.Helper()
	heard := func() (n int64) {
		for _, name := range b.Heard() {
			if info, err := os.Stat(name); err == nil {
				n += info.Size()
			}
		}
		return n
	}
	from := heard()
	eventually(t, who+" hears two seconds more", func() bool { return heard() > from+2*2*8000 })
}

// Three real phones with three tones meet in a room that is recorded: the recording holds exactly the tones of those who were there, nothing before they were told, and
// nothing while it was paused. Everybody in the room sees it, and it is over when the last one leaves (D-040, PR-01, PR-02).
func TestRoomRecordingWithRealPhones(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	s := start(t)
	s.claim()
	s.call(200, "PATCH", "/v1/recording-rules/office", object{"mode": "demand"})
	room := s.call(201, "POST", "/v1/rooms", object{"name": "Daily", "extension": "790"}).Text("id")
	all := []float64{440, 700, 1100}
	alice, bob, carol := s.tuned(ctx, "Alice", "101", all[0], "PCMU"), s.tuned(ctx, "Bob", "102", all[1], "G722"), s.tuned(ctx, "Carol", "103", all[2], "opus")
	eventually(t, "all phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 3.0 })
	state := func() object { return s.call(200, "GET", "/v1/rooms/"+room, nil) }
	enter := func(b *Baresip, n int) {
		t.Helper()
		do(t, b, "dial", "sip:790@"+s.reach("udp"))
		expect(t, ctx, b, "CALL_ESTABLISHED")
		eventually(t, "another one is in the room", func() bool {
			people, _ := state().At("people").([]any)
			return len(people) == n
		})
	}
	becomes := func(want string) {
		t.Helper()
		eventually(t, "the recording is "+want, func() bool { return fmt.Sprint(state().At("recording")) == want })
	}
	order := func(what string) { s.call(202, "POST", "/v1/rooms/"+room+"/recording", object{"do": what}) }
	enter(alice, 1)
	enter(bob, 2)
	hearsTones(t, "Alice", alice, all, all[1])
	order("start")
	becomes("on")
	live := fmt.Sprint(s.call(200, "GET", "/v1/calls/live", nil).At("items"))
	if strings.Count(live, "recording:on") != 2 {
		t.Errorf("who is in the room does not see it: %s", live)
	}
	hearsTones(t, "Alice", alice, all, all[1]) // she has heard the announcement in place of the room
	hearsOn(t, "Alice", alice)
	order("pause")
	becomes("paused")
	do(t, bob, "hangup", "")
	expect(t, ctx, bob, "CALL_CLOSED")
	enter(carol, 2) // and is told while it is paused
	hearsTones(t, "Alice", alice, all, all[2])
	hearsTones(t, "Carol", carol, all, all[0])
	order("resume")
	becomes("on")
	hearsOn(t, "Alice", alice)
	do(t, alice, "hangup", "")
	do(t, carol, "hangup", "")
	var rec object
	eventually(t, "the recording to be whole", func() bool {
		list := s.call(200, "GET", "/v1/recordings", nil)
		if items, _ := list.At("items").([]any); len(items) != 1 || fmt.Sprint(list.At("items", 0, "running")) == "true" {
			return false
		}
		rec = s.call(200, "GET", "/v1/recordings/"+list.Text("items", 0, "id"), nil)
		return true
	})
	if rec.Text("to", "name") != "Daily" || rec.Text("room") != room || len(rec.At("people").([]any)) != 3 || len(rec.At("consent").([]any)) != 3 || len(rec.At("pauses").([]any)) != 1 {
		t.Errorf("%v", rec)
	}
	left, right := s.stereo(ctx, "/v1/recordings/"+rec.Text("id")+"/sound")
	if !slices.Equal(left, right) {
		t.Error("the channels differ")
	}
	// stretches of a fifth of a second, by which of the tones they hold
	const part = 1600
	found := map[string]int{}
	var between []string
	for from := 0; from+part <= len(left); from += part {
		var held []string
		rest, loud := 1.0, false
		for _, v := range left[from : from+part] {
			loud = loud || v > 300 || v < -300
		}
		for _, hz := range all {
			share := audio.Purity(left[from:from+part], hz, 8000)
			rest -= share
			if share > 0.1 {
				held = append(held, strconv.Itoa(int(hz)))
			}
		}
		name := strings.Join(held, "+")
		if !loud {
			name = "silence"
		} else if rest > 0.5 {
			name = "other"
		}
		found[name]++
		between = append(between, name)
	}
	if found["440+700"] < 5 || found["440+1100"] < 5 || found["silence"] == 0 || found["700+1100"] > 0 || found["440+700+1100"] > 0 || found["other"] > 2 {
		t.Errorf("the recording holds %v: %v", found, between)
	}
	for _, p := range s.call(200, "GET", "/v1/audit?limit=100", nil).At("items").([]any) {
		found[fmt.Sprint(p.(map[string]any)["kind"])]++
	}
	if found["room.recorded"] != 1 || found["room.paused"] != 1 || found["room.resumed"] != 1 {
		t.Errorf("the audit log: %v", found)
	}
}
