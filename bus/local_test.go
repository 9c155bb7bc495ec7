package bus_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tandem/bus"
	"tandem/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func publish(t testing.TB, b bus.Bus, seq ...int64) {
	t.Helper()
	list := make([]event.Fact, len(seq))
	for i, n := range seq {
		list[i] = event.Fact{Seq: n, Kind: event.UserChanged}
	}
	if err := b.Publish(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

// take shows what waits; "!" after it if the subscription is over because something was lost.
func take(s *bus.Subscription) string {
	seq := []int64{}
	for {
		select {
		case f, ok := <-s.Facts():
			if ok {
				seq = append(seq, f.Seq)
				continue
			}
		default:
		}
		select {
		case <-s.Lagged():
			return fmt.Sprint(seq, "!")
		default:
			return fmt.Sprint(seq)
		}
	}
}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bus.NewLocal(4)
		s := b.Subscribe(100)
		steps := []struct {
			name    string
			publish []int64
			wait    time.Duration
			want    string
		}{
			{"in order", []int64{5, 6}, 0, "[5 6]"},
			{"early ones wait", []int64{9, 8}, 0, "[]"},
			{"and follow the one they waited for", []int64{7}, 0, "[7 8 9]"},
			{"what came in time is not given up later", nil, time.Second, "[]"},
			{"live facts wait for nobody", []int64{12, 0}, 0, "[0]"},
			{"what never comes is waited for shortly, then told as lost", nil, time.Second, "[]!"},
			{"to a new subscriber it is delivered when it comes late", []int64{11}, 0, "[11]"},
			{"afterwards all is as before", []int64{13}, time.Second, "[13]"},
		}
		for _, tt := range steps {
			publish(t, b, tt.publish...)
			time.Sleep(tt.wait)
			synctest.Wait()
			got := take(s)
			if got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
			if got == "[]!" {
				s = b.Subscribe(100)
			}
		}
		s.Close()
		s.Close()
	})
}

func TestTheZeroBusBeginsAnywhere(t *testing.T) {
	var b bus.Local
	s := b.Subscribe(10)
	defer s.Close()
	publish(t, &b, 0, 7, 8)
	if got := take(s); got != "[0 7 8]" {
		t.Error(got)
	}
}

func TestASlowSubscriberHoldsUpNobody(t *testing.T) {
	b := bus.NewLocal(0)
	slow, quick := b.Subscribe(3), b.Subscribe(100)
	defer quick.Close()
	for i := int64(1); i <= 10; i++ {
		publish(t, b, i)
	}
	if got := take(quick); got != "[1 2 3 4 5 6 7 8 9 10]" {
		t.Errorf("quick: %s", got)
	}
	if got := take(slow); got != "[1 2 3]!" {
		t.Errorf("slow: %s", got)
	}
	slow.Close()
}

func TestCloseEndsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bus.NewLocal(0)
		s := b.Subscribe(10)
		var got []int64
		done := false
		go func() {
			for f := range s.Facts() {
				got = append(got, f.Seq)
			}
			done = true
		}()
		publish(t, b, 1)
		synctest.Wait()
		publish(t, b, 2, 3)
		synctest.Wait()
		s.Close()
		synctest.Wait()
		publish(t, b, 4)
		if fmt.Sprint(got) != "[1 2 3]" || !done {
			t.Errorf("%v, ended %v", got, done)
		}
	})
}

// Many publish at once what they have just committed; each subscriber hears all of it in order.
func TestManyPublishers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bus.NewLocal(0)
		s := b.Subscribe(10000)
		defer s.Close()
		var wg sync.WaitGroup
		seq := make(chan int64, 2000)
		for i := range int64(2000) {
			seq <- i + 1
		}
		close(seq)
		for range 8 {
			wg.Go(func() {
				for n := range seq {
					publish(t, b, n)
				}
			})
		}
		wg.Wait()
		for i := range int64(2000) {
			if f := <-s.Facts(); f.Seq != i+1 {
				t.Fatalf("place %d holds %d", i+1, f.Seq)
			}
		}
	})
}

// As long as there is progress nothing is given up, however long the queue of early facts never empties.
func TestProgressIsNotLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bus.NewLocal(0)
		s := b.Subscribe(100)
		defer s.Close()
		for n := int64(1); n < 40; n += 2 {
			publish(t, b, n+1, n+3) // two early ones, of which one keeps waiting
			time.Sleep(60 * time.Millisecond)
			publish(t, b, n)
		}
		select {
		case <-s.Lagged():
			t.Error("told of a loss although every gap was closed in time")
		default:
		}
	})
}

func BenchmarkPublish(b *testing.B) {
	l := bus.NewLocal(0)
	for range 100 {
		s := l.Subscribe(64)
		defer s.Close()
		go func() {
			for range s.Facts() {
			}
		}()
	}
	b.ReportAllocs()
	var seq int64
	for b.Loop() {
		seq++
		publish(b, l, seq)
	}
}
