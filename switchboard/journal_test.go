package switchboard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/sdp"
)

func TestJournalFailsAndRecovers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		a, _ := talk(o, false, false, offer(pcmu))
		o.ledger.breaks(true)
		a.hangsUp()
		pause(time.Second)
		if len(o.ledger.cdrs) != 0 {
			t.Fatal("a record was stored on a full disk")
		}
		o.dial("102", false, offer(pcmu))
		if last := o.wire.log[len(o.wire.log)-1]; last != "refuse caller overload: en cause.overload" {
			t.Errorf("a new call while nothing can be stored: %s", last)
		}
		pause(time.Hour)
		o.ledger.breaks(false)
		pause(10 * time.Second)
		if c := o.only(); c.Cause != pbx.CauseHangup {
			t.Errorf("%+v", c)
		}
		b := o.dial("102", false, offer(pcmu))
		pause(time.Second)
		b.hangsUp()
		synctest.Wait()
		o.drain()
		if len(o.ledger.cdrs) != 2 {
			t.Errorf("%d records", len(o.ledger.cdrs))
		}
		if n := strings.Count(o.logs.String(), "call records"); n != 2 {
			t.Errorf("%d log lines about it, want one per change:\n%s", n, o.logs)
		}
	})
}

func TestDrainTellsWhatIsLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		talk(o, false, false, offer(pcmu))
		o.ledger.breaks(true)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := o.board.Drain(ctx); !errors.Is(err, ErrUnwritten) {
			t.Errorf("Drain = %v", err)
		}
	})
}

func TestJournalKeepsOrderAndRefusesWhenFull(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var got []int64
		block := make(chan struct{})
		o := newOffice(t, nil)
		j := newJournal(nil, 10, o.board.c.Log)
		j.write = func(ctx context.Context, _ []report.CDR, facts []event.Fact) error {
			<-block
			for _, f := range facts {
				got = append(got, f.Seq)
			}
			return nil
		}
		for i := range 3 * batchMost {
			if i < 10 && j.refuses() {
				t.Fatalf("full after %d", i)
			}
			j.put(entry{facts: []event.Fact{{Seq: int64(i)}}})
		}
		if !j.refuses() {
			t.Error("not full")
		}
		close(block)
		if err := j.stop(t.Context()); err != nil {
			t.Error(err)
		}
		for i, n := range got {
			if int64(i) != n {
				t.Fatalf("place %d holds %d", i, n)
			}
		}
		if len(got) != 3*batchMost {
			t.Errorf("%d stored", len(got))
		}
		o.drain()
	})
}

func TestFaultInOneCallSparesTheOthers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		a, _ := talk(o, false, false, offer(pcmu))
		o.phone("m1", false, func(p *phone) { p.rings() })
		set := o.board.c.SetCall
		o.board.c.SetCall = func(c *pbx.LiveCall) {
			if c.To.Name == "mona" {
				panic("a fault for the test")
			}
			set(c)
		}
		o.dial("103", false, offer(pcmu))
		pause(time.Second)
		if o.board.Calls() != 1 {
			t.Errorf("%d calls", o.board.Calls())
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if len(o.ledger.cdrs) != 2 || o.ledger.cdrs[0].Cause != pbx.CauseFailed {
			t.Errorf("%+v", o.ledger.cdrs)
		}
	})
}

// TestRandomFaults runs 1000 calls among phones and a store that do everything wrong, each in its own way.
// In the end there are exactly 1000 records, and nothing else.
func TestRandomFaults(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.wire.quiet = true
		o.desk(func(q *pbx.Queue) { q.Strategy, q.MaxWait, q.WrapUp, q.Misses, q.Every = pbx.ServeAll, 60, 2, 3, 5 })
		seeds := make(chan *rand.Rand, 1)
		seeds <- rand.New(rand.NewPCG(1, 2))
		draw := func(n int) int {
			r := <-seeds
			defer func() { seeds <- r }()
			return r.IntN(n)
		}
		misbehave := func(p *phone) {
			for range draw(6) {
				if !p.waits(time.Duration(draw(20_000)) * time.Millisecond) {
					return
				}
				switch draw(14) {
				case 0:
					p.rings()
				case 1:
					p.send(call.Signal{Kind: call.SignalProgress, SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil)})
				case 2, 3:
					if !p.in {
						p.answers()
					}
				case 4:
					p.send(call.Signal{Kind: call.SignalAnswered, SDP: []byte("nonsense")})
				case 5:
					p.fails(pbx.CauseBusy, 486)
				case 6:
					p.fails(pbx.CauseDeclined, 603)
				case 7:
					p.fails(pbx.CauseTimeout, 0)
				case 8:
					p.hangsUp()
				case 9:
					p.send(call.Signal{Kind: call.SignalOffered, SDP: p.describe(sdp.Direction(draw(4)), []sdp.Codec{pcmu}, nil)})
				case 10:
					p.send(call.Signal{Kind: call.SignalOffered, Empty: true})
				case 11:
					p.send(call.Signal{Kind: call.SignalReplied, Status: 200 + draw(300), SDP: p.describe(sdp.SendRecv, []sdp.Codec{pcmu}, nil)})
				case 12:
					p.send(call.Signal{Kind: call.SignalDigit, Digit: '#'})
				case 13:
					p.send(call.Signal{Kind: call.SignalReplied, Status: 200, SDP: []byte{0}})
				}
			}
			if p.in {
				p.waits(time.Duration(draw(40_000)) * time.Millisecond)
				p.hangsUp()
			}
		}
		o.phone("b1", false, misbehave)
		o.phone("b2", true, misbehave)
		o.phone("m1", false, misbehave)
		invites := [][]byte{offer(pcmu, event8), offer(g729), nil, offer(g722, opus), []byte("v=0")}
		for range 1000 {
			p := o.dial([]string{"102", "103", "101", "999", "200"}[draw(5)], draw(2) == 0, invites[draw(len(invites))])
			go misbehave(p)
			pause(time.Duration(draw(200)) * time.Millisecond)
		}
		pause(10 * time.Minute)
		o.drain()
		seen := map[pbx.CallID]bool{}
		causes := map[pbx.Cause]int{}
		for _, c := range o.ledger.cdrs {
			if seen[c.ID] || c.Cause == "" || c.Ended.Before(c.Started) || len(c.Legs) == 0 {
				t.Errorf("record %+v", c)
			}
			seen[c.ID] = true
			causes[c.Cause]++
		}
		ends, starts := map[string]int{}, map[string]int{}
		for _, f := range o.ledger.facts {
			switch f.Kind {
			case event.CallStarted:
				starts[f.Object.ID]++
			case event.CallEnded:
				ends[f.Object.ID]++
			}
		}
		if len(seen) != 1000 || len(ends) != 1000 || len(starts) != 1000 {
			t.Errorf("%d records, %d beginnings, %d ends", len(seen), len(starts), len(ends))
		}
		t.Log(fmt.Sprint(causes))
	})
}

// TestJournalStopsAfterTheLastEntry hands over and stops at once, as a house does whose calls end in the moment it closes.
func TestJournalStopsAfterTheLastEntry(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		for range 200 {
			stored := 0
			j := newJournal(func(_ context.Context, _ []report.CDR, facts []event.Fact) error { stored += len(facts); return nil }, 10, o.board.c.Log)
			for range 3 {
				j.put(entry{facts: []event.Fact{{}}})
			}
			if err := j.stop(t.Context()); err != nil || stored != 3 {
				t.Fatalf("%d of 3 stored, %v", stored, err)
			}
		}
		o.drain()
	})
}

// TestCallThatBeginsWhileTheBoardCloses lets calls come in the moment in which the board closes: each is refused or ended at once, and none is
// left ringing.
func TestCallThatBeginsWhileTheBoardCloses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for range 200 {
			o := newOffice(t, nil)
			o.phone("b1", false, func(p *phone) { p.rings() })
			at := time.Now()
			var calls sync.WaitGroup
			for range 4 {
				calls.Go(func() { o.dial("102", false, offer(pcmu)) })
			}
			o.drain()
			calls.Wait()
			if waited := time.Since(at); waited > 10*time.Second {
				t.Fatalf("the board closed after %v", waited)
			}
		}
	})
}
