package house

import (
	"sync/atomic"
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/store"
	"tandem/switchboard"
)

// Who is told about a queue hears of callers who gave up or want to be called back, and, like the agent himself, of an agent whom it logged out; nobody else does.
func TestQueuesAreToldOf(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Now().Unix())
	w := wakeHouse(t, t.TempDir(), &clock)
	defer w.Close()
	name, extension, agents, told, misses := "Desk", "600", []pbx.QueueAgent{{User: w.guest}}, []pbx.UserID{w.desk}, 2
	q := w.do(command.CreateQueue{Queue: command.Queue{Name: &name, Extension: &extension, Agents: &agents, Notify: &told, Misses: &misses}})
	queue := w.snapshot().Queues[pbx.QueueID(q.ID)]
	caller := pbx.Party{Name: "Eva", Number: "+49301111"}
	for _, kind := range []pbx.NoticeKind{"lost", "callback"} {
		w.tellAlarm(switchboard.Alarm{Queue: queue, Call: "cal_1", From: caller, Kind: kind, Waited: 42 * time.Second})
	}
	if err := w.dismiss(t.Context(), queue.ID, w.guest, 2); err != nil {
		t.Fatal(err)
	}
	if w.snapshot().IsIn(w.guest, queue.ID) {
		t.Error("the agent is still logged in")
	}
	kinds := func(u pbx.UserID) map[pbx.NoticeKind]string {
		page, err := w.Store.Notices(t.Context(), store.NoticeQuery{User: u})
		if err != nil {
			t.Fatal(err)
		}
		all := map[pbx.NoticeKind]string{}
		for _, n := range page.Items {
			all[n.Kind] = n.Says.Args["caller"] + n.Says.Args["agent"] + " " + n.Says.Args["seconds"] + n.Says.Args["n"]
		}
		return all
	}
	if got := kinds(w.desk); len(got) != 3 || got["lost"] != "Eva 42" || got["callback"] != "Eva 42" || got["dismissed"] != "Gast 2" {
		t.Errorf("who is told reads %v", got)
	}
	if got := kinds(w.guest); len(got) != 1 || got["dismissed"] != "Gast 2" {
		t.Errorf("the agent reads %v", got)
	}
}
