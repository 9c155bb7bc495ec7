package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// child is the process that is killed: it places calls as fast as it can, and says which are written.
func child() {
	db, err := store.Open(context.Background(), os.Getenv("TANDEM_STORE_CHILD"))
	if err != nil {
		panic(err)
	}
	x := db.Tenant("main")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("cal_%s_%d_%d", os.Getenv("TANDEM_STORE_ROUND"), w, i)
				ref := pbx.Ref{Kind: pbx.KindCall, ID: id}
				_, err1 := x.Append(context.Background(), nil, []event.Fact{event.New(event.CallStarted, day, admin, ref, event.Started{From: ada, To: bob})})
				fmt.Println("began", id)
				_, err2 := x.Append(context.Background(), []report.CDR{{ID: pbx.CallID(id), Users: []pbx.UserID{"usr_ada"}, Started: day, Ended: day, Cause: pbx.CauseHangup}},
					[]event.Fact{event.New(event.CallEnded, day, admin, ref, event.Ended{Cause: pbx.CauseHangup})})
				if err1 != nil || err2 != nil {
					panic(fmt.Sprint(err1, err2))
				}
				fmt.Println("ended", id)
			}
		})
	}
	wg.Wait()
}

// After kill -9 at any moment every call that was said to be written is there, every call that began has exactly one
// record, and the log is whole (BAR CR-01, CR-03).
func TestKill(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		open(t, address).Close()
		for round, lines := range []int{1, 37, 150} {
			began, ended := kill(t, address, round, lines)
			db := open(t, address)
			x := db.Tenant("main")
			if _, _, err := x.Interrupted(t.Context(), day.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			for id := range began {
				c, err := x.Call(t.Context(), pbx.CallID(id))
				if err != nil || c.Cause != pbx.CauseHangup && (c.Cause != pbx.CauseInterrupted || ended[id]) {
					t.Errorf("%s: %s, %v", id, c.Cause, err)
				}
			}
			if calls, _, err := x.Interrupted(t.Context(), day.Add(time.Hour)); err != nil || len(calls) != 0 {
				t.Errorf("closed twice: %d, %v", len(calls), err)
			}
			v, err := x.Verify(t.Context())
			if err != nil || !v.OK {
				t.Errorf("%+v, %v", v, err)
			}
			n, err := x.Tally(t.Context(), store.Scope{All: true}, time.Time{})
			if err != nil || int64(n.Calls)*2 != v.Entries || n.Calls < len(began) {
				t.Errorf("%d records and %d facts of %d calls, %v", n.Calls, v.Entries, len(began), err)
			}
			if strings.HasPrefix(address, "sqlite:") {
				var ok string
				if err := rawDB(t, address).QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
					t.Errorf("integrity: %s, %v", ok, err)
				}
			}
			db.Close()
		}
	})
}

// kill lets the child write and kills it after some lines.
func kill(t *testing.T, address string, round, lines int) (began, ended map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TANDEM_STORE_CHILD="+address, fmt.Sprint("TANDEM_STORE_ROUND=", round))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began, ended = map[string]bool{}, map[string]bool{}
	in := bufio.NewScanner(out)
	for n := 0; in.Scan(); n++ {
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		what, id, whole := strings.Cut(in.Text(), " ")
		if whole && what == "began" {
			began[id] = true
		} else if whole {
			ended[id] = true
		}
	}
	cmd.Wait() // killed
	if len(began) == 0 {
		t.Fatal("the child wrote nothing")
	}
	return began, ended
}

// A full disk refuses what does not fit with a sentence, keeps what was there, and takes calls again when there is space.
func TestFullDisk(t *testing.T) {
	address := newAddress(t, "sqlite")
	db := open(t, address)
	x := claim(t, db)
	if _, err := db.LimitPages(t.Context(), 40); err != nil {
		t.Fatal(err)
	}
	write := func(i int) error {
		c := record(i, i, 0, ada, bob)
		_, err := x.Append(t.Context(), []report.CDR{c}, []event.Fact{event.New(event.CallEnded, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, event.Ended{})})
		return err
	}
	n := 0
	var err error
	for ; err == nil && n < 10000; n++ {
		err = write(n)
	}
	n-- // the last one did not fit
	if !isCode(err, pbx.Unavailable, "store.full") {
		t.Fatalf("after %d calls: %v", n, err)
	}
	bob := &pbx.User{ID: "usr_bob", Name: strings.Repeat("Bob", 30), Email: "bob@acme.example", Photo: strings.Repeat("x", 20000), Created: day}
	if _, err := x.Apply(t.Context(), 1, pbx.Change{Put: []pbx.Noun{bob}}, []event.Fact{fact(event.UserChanged, pbx.KindUser, "usr_bob")}); !isCode(err, pbx.Unavailable, "store.full") {
		t.Errorf("a change: %v", err)
	}
	check := func(calls int) {
		t.Helper()
		tally, err := x.Tally(t.Context(), store.Scope{All: true}, time.Time{})
		if err != nil || tally.Calls != calls {
			t.Errorf("%d calls, want %d, %v", tally.Calls, calls, err)
		}
		if v, err := x.Verify(t.Context()); err != nil || !v.OK || v.Entries != int64(calls)+1 {
			t.Errorf("%+v, %v", v, err)
		}
	}
	check(n)
	if version, _ := rowsOf(t, x); version != 1 {
		t.Errorf("version %d", version)
	}
	if _, err := db.LimitPages(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := write(n); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	check(n + 1)
}
