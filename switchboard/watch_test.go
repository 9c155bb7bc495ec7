package switchboard

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// deaf lists who does not hear whom in a mixer, by the names that streams are given.
func (m *mix) deaf(names map[Stream]string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for pair, apart := range m.apart {
		if apart {
			all = append(all, names[pair[0]]+" not "+names[pair[1]])
		}
	}
	slices.Sort(all)
	return all
}

func kinds(facts []event.Fact, prefix string) (all []string) {
	for _, f := range facts {
		if strings.HasPrefix(string(f.Kind), prefix) {
			p, _ := event.Payload[event.Watched](f)
			all = append(all, strings.TrimPrefix(string(f.Kind), prefix)+" "+string(p.Mode)+" "+string(f.Actor.User)+" about "+f.Object.ID)
		}
	}
	return all
}

// Mona, who owns the office, listens to Bob by code, whispers, joins, and is put out within the step that takes her right away.
func TestWatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		tenant := o.s.Tenant
		tenant.ListenTone = true
		o.put(&tenant)
		o.phone("b1", false, (*phone).answers)
		alice := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		bridged := o.sound.joined()
		mona := o.dials("mona", "*22102")
		pause(2 * time.Second)
		if len(o.sound.rooms) != 1 || o.sound.rooms[0].count() != 3 || o.sound.rooms[0].announced != 1 {
			t.Fatalf("nobody listens\n%s\n%s", strings.Join(o.wire.log, "\n"), o.logs)
		}
		room := o.sound.rooms[0]
		names := map[Stream]string{o.sound.streams[0]: "alice", o.sound.streams[1]: "bob", o.sound.streams[2]: "mona"}
		for _, step := range []struct{ key, deaf string }{
			{"", "alice not mona, bob not mona"},
			{"5", "alice not mona"},
			{"7", "bob not mona"},
			{"6", ""},
			{"4", "alice not mona, bob not mona"},
			{"6", ""},
		} {
			if step.key != "" {
				mona.press(step.key)
			}
			if got := strings.Join(room.deaf(names), ", "); got != step.deaf {
				t.Errorf("after key %q: %s, want %s", step.key, got, step.deaf)
			}
		}
		var watched *pbx.LiveCall
		for _, c := range o.liveCalls() {
			if c.From.Name == "alice" {
				watched = &c
			}
		}
		if w := watched.Watcher("usr_mona"); w == nil || w.Mode != pbx.WatchBarge || w.About != "usr_bob" || slices.Contains(watched.Users, "usr_mona") {
			t.Errorf("shown as %+v", watched)
		}
		o.mu.Lock()
		s := o.s
		o.mu.Unlock()
		next, err := s.Apply(pbx.Change{Delete: []pbx.Ref{{Kind: pbx.KindAssignment, ID: "asg_mona"}}})
		if err != nil {
			t.Fatal(err)
		}
		o.mu.Lock()
		o.s = next
		o.mu.Unlock()
		o.board.Changed()
		synctest.Wait() // no time passes
		if !mona.over || alice.over || room.count() != 0 || o.sound.joined() != bridged+1 {
			t.Errorf("after her right went: mona %v alice %v, %d mixed, bridged %d times", mona.over, alice.over, room.count(), o.sound.joined()-bridged)
		}
		alice.hangsUp()
		o.drain()
		got := strings.Join(kinds(o.ledger.facts, "watch."), "\n")
		for _, want := range []string{"begun listen usr_mona about usr_bob", "turned whisper usr_mona", "turned whisper_other", "turned barge", "ended barge usr_mona about usr_bob"} {
			if !strings.Contains(got, want) {
				t.Errorf("facts\n%s\nwant %s", got, want)
			}
		}
		for _, r := range o.ledger.cdrs {
			if trace := strings.Join(traceOf(r.Trace), "\n"); r.From.Name == "alice" && !strings.Contains(trace, "route.watched.barge") || r.From.Name == "mona" && (r.To.User != "" || len(r.Users) != 1) {
				t.Errorf("record of %s to %+v, users %v\n%s", r.From.Name, r.To, r.Users, trace)
			}
		}
	})
}

// From the page: mona's own phone rings, and she listens; alice, who has no right to, is told that there is no such call; nobody watches himself.
func TestWatchFromAbove(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		o.phone("m1", false, (*phone).answers)
		alice := o.dial("102", false, offer(pcmu, event8))
		pause(time.Second)
		id := o.liveCalls()[0].ID
		user := func(name string) pbx.Actor {
			return pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID("usr_" + name), Via: "api"}
		}
		for who, mode := range map[string]pbx.Watch{"alice": pbx.WatchListen, "bob": pbx.WatchBarge} {
			if err := o.board.Watch(context.Background(), user(who), id, "", mode); err == nil {
				t.Errorf("%s takes part", who)
			}
		}
		if err := o.board.Watch(context.Background(), user("mona"), id, "", "shout"); err == nil {
			t.Error("there is no such way")
		}
		if err := o.board.Watch(context.Background(), user("mona"), id, "usr_alice", pbx.WatchListen); err != nil {
			t.Fatal(err)
		}
		pause(2 * time.Second)
		if len(o.sound.rooms) != 1 || o.sound.rooms[0].count() != 3 {
			t.Fatalf("mona does not listen\n%s\n%s", strings.Join(o.wire.log, "\n"), o.logs)
		}
		if err := o.board.Watch(context.Background(), user("mona"), id, "", pbx.WatchWhisper); err != nil {
			t.Fatal(err)
		}
		pause(time.Second)
		names := map[Stream]string{o.sound.streams[0]: "alice", o.sound.streams[1]: "bob", o.sound.streams[2]: "mona"}
		if got := strings.Join(o.sound.rooms[0].deaf(names), ", "); got != "bob not mona" { // it is about alice
			t.Errorf("whispers: %s", got)
		}
		if err := o.board.Unwatch(user("mona"), id); err != nil {
			t.Error(err)
		}
		pause(time.Second)
		if o.sound.rooms[0].count() != 0 || alice.over || o.board.Unwatch(user("mona"), id) == nil {
			t.Error("mona still listens")
		}
		o.drain()
	})
}

// Who takes a call over is in the place of whom it is about; the other goes on talking.
func TestSteal(t *testing.T) {
	for _, way := range []string{"code", "key"} {
		t.Run(way, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.phone("b1", false, (*phone).answers)
				alice := o.dial("102", false, offer(pcmu, event8))
				pause(time.Second)
				bob := o.find("b1")
				code := "*25102"
				if way == "key" {
					code = "*22102"
				}
				mona := o.dials("mona", code)
				pause(2 * time.Second)
				if way == "key" {
					mona.press("8")
				}
				pause(time.Second)
				if mona.over || alice.over || !bob.over {
					t.Fatalf("mona %v alice %v bob %v\n%s\n%s", mona.over, alice.over, bob.over, strings.Join(o.wire.log, "\n"), o.logs)
				}
				calls := o.liveCalls()
				if len(calls) != 1 || calls[0].From.Name != "alice" || calls[0].To.Name != "mona" || len(calls[0].Watches) != 0 {
					t.Errorf("%+v", calls)
				}
				mona.hangsUp()
				synctest.Wait()
				o.drain()
				if r := o.ledger.cdrs[len(o.ledger.cdrs)-1]; !strings.Contains(strings.Join(traceOf(r.Trace), "\n"), "route.stolen") {
					t.Errorf("record %+v", r)
				}
			})
		})
	}
}

// Two who talk in Opus are heard as they talk: nothing of their sessions changes.
func TestWatchHearsOpus(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		alice := o.dial("102", false, offer(opus, pcmu, event8))
		pause(time.Second)
		mona := o.dials("mona", "*22102")
		pause(3 * time.Second)
		if alice.over || mona.over || len(o.sound.rooms) != 1 || o.sound.rooms[0].count() != 3 {
			t.Fatalf("alice %v mona %v\n%s\n%s", alice.over, mona.over, strings.Join(o.wire.log, "\n"), o.logs)
		}
		for i, st := range o.sound.streams[:2] {
			st.mu.Lock()
			if f := st.flow.Formats; len(f) == 0 || f[0].Name != "opus" {
				t.Errorf("stream %d speaks %v", i, f)
			}
			st.mu.Unlock()
		}
		mona.hangsUp()
		pause(time.Second)
		if alice.over {
			t.Error("alice's call ended with mona's part in it")
		}
		o.drain()
	})
}
