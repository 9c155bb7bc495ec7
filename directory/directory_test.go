package directory_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tandem/directory"
	"tandem/pbx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func version(n int64) *pbx.Snapshot { return &pbx.Snapshot{Version: n} }

func binding(d pbx.DeviceID, expires int) []pbx.Binding {
	return []pbx.Binding{{ID: "bnd_1", Device: d, Contact: "sip:x@192.0.2.1", Expires: time.Unix(int64(expires), 0)}}
}

func TestSetNeverGoesBack(t *testing.T) {
	d := directory.New(version(3))
	var steps []string
	stop := d.Watch(func(old, new *pbx.Snapshot) { steps = append(steps, fmt.Sprint(old.Version, ">", new.Version)) })
	for _, n := range []int64{4, 4, 3, 7, 6} {
		d.Set(version(n))
	}
	stop()
	d.Set(version(8))
	if s, _ := d.View(); s.Version != 8 || fmt.Sprint(steps) != "[3>4 4>7]" {
		t.Errorf("version %d after %v", s.Version, steps)
	}
}

// A watcher may look, write, watch and stop; what it causes comes after what it was told.
func TestWatchersMayDoAnything(t *testing.T) {
	d := directory.New(version(1))
	var steps []string
	var stop func()
	stop = d.Watch(func(_, new *pbx.Snapshot) {
		steps = append(steps, fmt.Sprint("a", new.Version))
		d.Set(version(3))
		d.SetBindings("dev_1", binding("dev_1", 1))
		d.Watch(func(_, new *pbx.Snapshot) { steps = append(steps, fmt.Sprint("b", new.Version)) })
		stop()
		if s, _ := d.View(); s.Version != 3 {
			t.Errorf("sees %d", s.Version)
		}
	})
	d.Set(version(2))
	if got := fmt.Sprint(steps); got != "[a2 b3]" {
		t.Error(got)
	}
}

func TestStepsAreWholeUnderManyWriters(t *testing.T) {
	d := directory.New(version(-1))
	last := int64(-1)
	d.Watch(func(old, new *pbx.Snapshot) {
		if old.Version != last || new.Version <= old.Version {
			t.Errorf("step %d>%d after %d", old.Version, new.Version, last)
		}
		last = new.Version
	})
	var wg sync.WaitGroup
	for w := range int64(4) {
		wg.Go(func() {
			for i := range int64(200) {
				d.Set(version(i*4 + w))
			}
		})
	}
	wg.Wait()
	if s, _ := d.View(); s.Version != 799 || last != 799 {
		t.Errorf("version %d, told of %d", s.Version, last)
	}
}

func TestPresence(t *testing.T) {
	d := directory.New(version(1))
	var seen []string
	stop := d.WatchPresence(func(m directory.Moved) {
		switch {
		case m.Call != nil:
			seen = append(seen, "call "+string(m.Call.Phase))
		case m.Ended != nil:
			seen = append(seen, "ended "+string(m.Ended.Phase))
		default:
			seen = append(seen, string(m.Device))
		}
	})
	call := &pbx.LiveCall{ID: "cal_1", Phase: pbx.PhaseRinging, Users: []pbx.UserID{"usr_ada", "usr_bob"}}
	talking := &pbx.LiveCall{ID: "cal_1", Phase: pbx.PhaseTalking, Users: []pbx.UserID{"usr_ada", "usr_bob"}}
	d.SetBindings("dev_1", nil)
	d.SetBindings("dev_1", binding("dev_1", 1))
	d.SetBindings("dev_1", binding("dev_1", 2)) // a refresh
	d.SetCall(call)
	_, during := d.View()
	d.SetCall(talking)
	d.EndCall("cal_1")
	d.EndCall("cal_1")
	d.SetBindings("dev_1", nil)
	d.SetBindings("dev_1", nil)
	stop()
	d.SetBindings("dev_2", binding("dev_2", 1))
	if got := fmt.Sprintf("%q", seen); got != `["dev_1" "call ringing" "call talking" "ended talking" "dev_1"]` {
		t.Error(got)
	}
	if during.Call("cal_1") != call || len(during.CallsOf("usr_bob")) != 1 || !during.Bindings("dev_1")[0].Expires.Equal(time.Unix(2, 0)) {
		t.Error("an older view changed, or the refresh was not kept")
	}
	if _, now := d.View(); now.Registered() != 1 || now.Call("cal_1") != nil || now.CallsOf("usr_bob") != nil {
		t.Error("something is left")
	}
}

func BenchmarkView(b *testing.B) {
	d := directory.New(version(1))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if s, p := d.View(); s == nil || p == nil {
				b.Fatal("nothing")
			}
		}
	})
}

func BenchmarkSetBindings(b *testing.B) {
	d := directory.New(version(1))
	devices := make([]pbx.DeviceID, 10000)
	for i := range devices {
		devices[i] = pbx.DeviceID(fmt.Sprintf("dev_%05d", i))
		d.SetBindings(devices[i], binding(devices[i], 0))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		id := devices[i%len(devices)]
		d.SetBindings(id, binding(id, i))
		i++
	}
}

func BenchmarkCall(b *testing.B) {
	d := directory.New(version(1))
	for i := range 1000 {
		d.SetCall(&pbx.LiveCall{ID: pbx.CallID(fmt.Sprint("cal_", i)), Users: []pbx.UserID{pbx.UserID(fmt.Sprint("usr_", i))}})
	}
	c := &pbx.LiveCall{ID: "cal_x", Users: []pbx.UserID{"usr_a", "usr_b"}}
	b.ReportAllocs()
	for b.Loop() {
		d.SetCall(c)
		d.EndCall(c.ID)
	}
}
