package house

import (
	"context"
	"maps"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

// A notice is written for everybody who must know, with a mail where he wants one; what somebody chose holds from the next one on. A call in vain
// and a call for help are told as well, without the journal waiting.
func TestNoticesAreWritten(t *testing.T) {
	ctx, system := t.Context(), pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}
	h, must := claimed(t, t.TempDir())
	defer h.Close()
	olga := h.snapshot().ByEmail("olga@example.com").ID
	mark := pbx.UserID(must(command.CreateUser{Person: command.Person{Name: "Mark", Email: "mark@example.com"}}).ID)
	sub := h.Bus.Subscribe(64)
	defer sub.Close()
	told := func(u pbx.UserID) map[pbx.NoticeKind]int {
		t.Helper()
		p, err := h.Store.Notices(ctx, store.NoticeQuery{User: u})
		if err != nil {
			t.Fatal(err)
		}
		count := map[pbx.NoticeKind]int{}
		for _, n := range p.Items {
			count[n.Kind]++
		}
		return count
	}
	mails := func() map[string]int {
		t.Helper()
		list, err := h.Store.Mails(ctx, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, m := range list {
			count[m.Kind+" "+m.To]++
		}
		return count
	}
	check := func(what string, u pbx.UserID, want map[pbx.NoticeKind]int, letters map[string]int) {
		t.Helper()
		if got := told(u); !maps.Equal(got, want) {
			t.Errorf("%s: notices %v, want %v", what, got, want)
		}
		if got := mails(); !maps.Equal(got, letters) {
			t.Errorf("%s: mails %v, want %v", what, got, letters)
		}
	}
	h.warnPerson(mark)
	check("as usual", mark, map[pbx.NoticeKind]int{"warning": 1}, map[string]int{"warning mark@example.com": 1})
	if f := <-sub.Facts(); f.Kind != event.NoticeMoved {
		t.Errorf("live: %v", f)
	}
	must(command.SetNotices{User: mark, Ways: map[pbx.NoticeKind]pbx.Channels{"warning": {Web: true}, "missed": {Mail: true}}})
	h.warnPerson(mark)
	check("without mail", mark, map[pbx.NoticeKind]int{"warning": 2}, map[string]int{"warning mark@example.com": 1})

	started := time.Now()
	missed := func(to pbx.UserID) report.CDR {
		return report.CDR{ID: pbx.CallID(NewID("cal")), From: pbx.Party{Number: "+4930123"}, To: h.snapshot().Users[to].Party(), Started: started, Ended: started.Add(time.Second), Cause: pbx.CauseNoAnswer}
	}
	a, b := missed(mark), missed(olga)
	taken := missed(olga)
	taken.Answered = started
	declined := missed(olga)
	declined.Legs = []report.Leg{{Party: declined.To, Out: true, Cause: pbx.CauseDeclined}}
	for _, c := range []report.CDR{a, b, taken, declined} {
		h.tellMissed(&c)
	}
	dialled := func(number string) event.Fact {
		return event.New(event.CallStarted, started, system, pbx.Ref{Kind: pbx.KindCall, ID: NewID("cal")}, event.Started{From: h.snapshot().Users[mark].Party(), Dialled: number})
	}
	h.tellEmergency(dialled("112"))
	h.tellEmergency(dialled("100"))
	h.tellEmergency(dialled("911")) // no emergency number in Germany
	pour(ctx, h)
	check("mark, by mail only", mark, map[pbx.NoticeKind]int{"warning": 2}, map[string]int{"warning mark@example.com": 1, "missed mark@example.com": 1, "emergency olga@example.com": 1})
	check("olga, as usual", olga, map[pbx.NoticeKind]int{"missed": 1, policy.NoticeEmergency: 1}, mails())
	place, country, who := "Chicago", "US", []pbx.Ref{{Kind: pbx.KindUser, ID: string(mark)}}
	must(command.CreateRegion{Region: command.Region{Name: &place, Country: &country, Members: &who}})
	h.tellEmergency(dialled("911")) // … but one where he is now
	pour(ctx, h)
	check("the number of his place", olga, map[pbx.NoticeKind]int{"missed": 1, policy.NoticeEmergency: 2}, mails())

	if err := h.tidy(ctx, time.Now().AddDate(0, 0, pbx.NoticesKept+1)); err != nil {
		t.Fatal(err)
	}
	check("after a month", olga, map[pbx.NoticeKind]int{}, mails())
}

// pour tells what waits to be told.
func pour(ctx context.Context, h *House) {
	for {
		select {
		case n := <-h.later:
			h.informNow(n)
		case <-ctx.Done():
			return
		default:
			return
		}
	}
}
