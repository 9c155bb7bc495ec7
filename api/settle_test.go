package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// rounds is how often a right is taken while others read; TANDEM_REVOCATIONS asks for a longer run.
func rounds(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("TANDEM_REVOCATIONS")); err == nil {
		return n
	}
	return usual
}

// newest is a clock of its own: every look at it is a millisecond later.
func newest() func() time.Time {
	var n atomic.Int64
	return func() time.Time { return start.Add(time.Duration(n.Add(1)) * time.Millisecond) }
}

// put writes the record of a call between two people of Sales into the database, as the switchboard does at its end.
func (o *office) put(id pbx.CallID) {
	o.t.Helper()
	c := o.call("uwe", "nina")
	at := o.now()
	cdr := report.CDR{ID: id, From: c.From, To: c.To, Users: c.Users, Started: at, Answered: at, Ended: at, Cause: pbx.CauseHangup}
	f := event.New(event.CallEnded, at, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindCall, ID: string(id)}, nil)
	facts, err := o.tenant.Append(context.Background(), []report.CDR{cdr}, []event.Fact{f})
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.bus.Publish(context.Background(), facts); err != nil {
		o.t.Fatal(err)
	}
}

// get is one request that may run beside others.
func (o *office) get(who, path string) string {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = "192.0.2.1:1234"
	o.knock(r, who)
	w := httptest.NewRecorder()
	o.door.ServeHTTP(w, r)
	return w.Body.String()
}

// AZ-20, the new enemy: a right is taken, and after that was answered something comes to be that only the right would show. No
// request shows it, by list, by search, by id, in the log of the session or of a program – whether it began before or after.
func TestNothingNewIsShownToTheRevoked(t *testing.T) {
	o := newOffice(t)
	o.now = newest()
	tom, sales := pbx.UserID(o.ids["tom"]), pbx.GroupID(o.ids["sales"])
	var newer, older atomic.Value // the ids that are fetched
	newer.Store("cal_none")
	older.Store("cal_none")
	var seen, asked atomic.Int64
	var wg sync.WaitGroup
	served := make(chan struct{}, 1)
	stop := make(chan struct{})
	for _, reader := range []struct {
		who  string
		path func() string
	}{
		{"tom", func() string { return "/v1/calls?limit=20" }},
		{"program of tom", func() string { return "/v1/calls?limit=5&q=nina" }},
		{"tom", func() string { return "/v1/calls/" + newer.Load().(string) }},
		{"program of tom", func() string { return "/v1/calls/" + older.Load().(string) }},
	} {
		wg.Go(func() {
			for {
				body := o.get(reader.who, reader.path())
				asked.Add(1)
				if strings.Contains(body, `"cal_new`) {
					t.Errorf("shown after the right was gone: %s", body)
				}
				if strings.Contains(body, `"cal_old`) {
					seen.Add(1)
				}
				select { // nobody waits for anybody: a request is always on its way when the right goes
				case <-stop:
					return
				case served <- struct{}{}:
				default:
				}
			}
		})
	}
	for i := range rounds(12) {
		before, after := pbx.CallID(fmt.Sprint("cal_old", i)), pbx.CallID(fmt.Sprint("cal_new", i))
		g := o.do(command.GiveGrant{User: tom, Right: "call.detail", Bounds: command.Bounds{
			Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: sales}, Since: o.now(), Reason: "for a while"}}).Object.ID
		o.put(before)
		older.Store(string(before))
		newer.Store(string(after))
		for range 3 + i%5 {
			<-served
		}
		o.do(command.EndGrant{Grant: pbx.GrantID(g)})
		o.put(after)
	}
	close(stop)
	wg.Wait()
	if seen.Load() == 0 {
		t.Error("not even what was to be seen was seen")
	}
	t.Logf("%d requests, %d of them showed what they should", asked.Load(), seen.Load())
}

// The same for a request that is held between its decision and its rows: once while the right goes and something new comes, and
// once while the configuration never stops changing.
func TestReadingsAreSettled(t *testing.T) {
	o := newOffice(t)
	o.now = newest()
	tom, sales := pbx.UserID(o.ids["tom"]), pbx.GroupID(o.ids["sales"])
	var held func()
	s := &Server{c: Config{Desk: o.desk, Store: o.tenant, Directory: o.dir, Bus: o.bus, Auth: o.auth, Catalog: catalog(), Used: o.use, Now: o.now,
		Log: slog.New(slog.DiscardHandler)}}
	s.build()
	list := route("GET", "/v1/held", signedIn("rows are asked about one by one"), "", func(s *Server, ctx context.Context, v *visit, in *callsIn) (Page[Call], error) {
		held()
		return s.listCalls(ctx, v, in)
	})
	get := route("GET", "/v1/held/{call}", row(policy.CallDetail), "", func(s *Server, ctx context.Context, v *visit, in *callIn) (Call, error) {
		held()
		return s.getCall(ctx, v, in)
	})
	list.register(s, list)
	get.register(s, get)
	ask := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		o.knock(r, "tom")
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, r)
		return w
	}
	for i, path := range []string{"/v1/held", "/v1/held/cal_new1"} {
		g := o.do(command.GiveGrant{User: tom, Right: "call.detail", Bounds: command.Bounds{
			Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: sales}, Since: o.now(), Reason: "for a while"}}).Object.ID
		times := 0
		held = func() {
			if times++; times == 1 {
				o.do(command.EndGrant{Grant: pbx.GrantID(g)})
				o.put(pbx.CallID(fmt.Sprint("cal_new", i)))
			}
		}
		if w := ask(path); strings.Contains(w.Body.String(), "cal_new") || times != 2 {
			t.Errorf("%s: %d %s after %d readings", path, w.Code, w.Body, times)
		}
	}
	times := 0
	held = func() {
		times++
		o.do(command.EditUser{User: tom, Name: ptr(fmt.Sprint("Tom the ", times))})
	}
	if w := ask("/v1/held"); w.Code != http.StatusServiceUnavailable || times != settleTries {
		t.Errorf("%d %s after %d readings", w.Code, w.Body, times)
	}
	times = 0
	held = func() {
		if times++; times == 1 {
			o.do(command.SuspendUser{User: tom})
		}
	}
	if w := ask("/v1/held"); w.Code != http.StatusUnauthorized || times != 1 {
		t.Errorf("a suspended reader: %d %s after %d readings", w.Code, w.Body, times)
	}
}

// AZ-22: an open stream tells nothing of what comes to be after a right was taken, also when the browser just came back.
func TestStreamsTellTheRevokedNothingNew(t *testing.T) {
	o := newOffice(t)
	o.now = newest()
	tom, sales := pbx.UserID(o.ids["tom"]), pbx.GroupID(o.ids["sales"])
	for i := range rounds(20) {
		g := o.do(command.GiveGrant{User: tom, Right: "call.detail", Bounds: command.Bounds{
			Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: sales}, Since: o.now(), Reason: "for a while"}}).Object.ID
		last := ""
		if i%2 == 1 {
			last = strconv.FormatInt(o.head(), 10)
		}
		l := o.listen(t, "tom", last)
		before, after := pbx.CallID(fmt.Sprint("cal_old", i)), pbx.CallID(fmt.Sprint("cal_new", i))
		o.put(before)
		for {
			if n, ok := l.next(); !ok || n.name == "call.ended" {
				if !strings.Contains(n.data, string(before)) {
					t.Fatalf("%+v instead of %s", n, before)
				}
				break
			}
		}
		begin := time.Now()
		o.do(command.EndGrant{Grant: pbx.GrantID(g)})
		o.put(after)
		o.do(command.EditUser{User: tom, Name: ptr(fmt.Sprint("Tom ", i))}) // the last thing the stream has to tell
		for {
			n, ok := l.next()
			if !ok {
				t.Fatal("the stream ended")
			}
			if strings.Contains(n.data, string(after)) {
				t.Fatalf("told after the right was gone: %+v", n)
			}
			if n.name == "changed" && strings.Contains(n.data, `"user"`) {
				break
			}
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("revoked after %v", took)
		}
		l.leave()
		<-l.over
	}
}

func ptr[T any](v T) *T { return &v }
