package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/bus"
	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// listener is a browser with an open event stream.
type listener struct {
	t     *testing.T
	lines chan string
	leave context.CancelFunc
	over  chan struct{}
}

// pipe is a response writer whose lines are read as they are written.
type pipe struct {
	header http.Header
	code   int
	mu     sync.Mutex
	text   strings.Builder
	lines  chan string
}

func (p *pipe) Header() http.Header { return p.header }

func (p *pipe) WriteHeader(code int) { p.code = code }

func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	s := bufio.NewScanner(strings.NewReader(p.text.String()))
	all := p.text.String()
	p.text.Reset()
	if !strings.HasSuffix(all, "\n") {
		p.text.WriteString(all)
		return len(b), nil
	}
	for s.Scan() {
		p.lines <- s.Text()
	}
	return len(b), nil
}

func (p *pipe) Flush() {}

// listen opens a stream; the first event is its hello.
func (o *office) listen(t *testing.T, who, last string) *listener {
	t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	r := httptest.NewRequest("GET", "/v1/events", nil).WithContext(ctx)
	o.knock(r, who)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	p := &pipe{header: http.Header{}, lines: make(chan string, 4096)}
	l := &listener{t: t, lines: p.lines, leave: leave, over: make(chan struct{})}
	go func() {
		defer close(l.over)
		o.door.ServeHTTP(p, r)
	}()
	t.Cleanup(func() { leave(); <-l.over })
	l.want("hello")
	return l
}

// news is one event.
type news struct {
	id, name string
	data     string
}

// next waits for one event; ok is false when the stream ended without another one.
func (l *listener) next() (news, bool) {
	l.t.Helper()
	var n news
	for {
		select {
		case line := <-l.lines:
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "id":
				n.id = value
			case "event":
				n.name = value
			case "data":
				n.data = value
			case "":
				if n.name != "" {
					return n, true
				}
			}
		case <-l.over:
			if len(l.lines) == 0 {
				return n, false
			}
		case <-time.After(10 * time.Second):
			l.t.Fatal("no event came")
		}
	}
}

// want waits for the next event and checks its name and that its data holds some words.
func (l *listener) want(name string, words ...string) news {
	l.t.Helper()
	n, ok := l.next()
	if !ok || n.name != name {
		l.t.Fatalf("event %q %s (%v), want %q", n.name, n.data, ok, name)
	}
	for _, w := range words {
		if !strings.Contains(n.data, w) {
			l.t.Errorf("%s: %s, without %s", name, n.data, w)
		}
	}
	return n
}

// do carries a command out in the name of the system.
func (o *office) do(c command.Command) command.Result {
	o.t.Helper()
	r, err := o.desk.Do(context.Background(), pbx.Actor{Kind: pbx.ActorSystem}, c)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

// end ends a call: the record and the fact are stored, then told.
func (o *office) end(c *pbx.LiveCall) {
	o.t.Helper()
	ctx := context.Background()
	cdr := report.CDR{ID: c.ID, From: c.From, To: c.To, Users: c.Users, Started: c.Started, Answered: c.Answered, Ended: o.now(),
		Cause: pbx.CauseHangup, Reason: i18n.T("cause.hangup")}
	f := event.New(event.CallEnded, o.now(), pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, nil)
	facts, err := o.tenant.Append(ctx, []report.CDR{cdr}, []event.Fact{f})
	if err != nil {
		o.t.Fatal(err)
	}
	o.dir.EndCall(c.ID)
	if err := o.bus.Publish(ctx, facts); err != nil {
		o.t.Fatal(err)
	}
}

func TestEventsShowOnlyWhatTheViewerMaySee(t *testing.T) {
	o := newOffice(t)
	uwe, mark, tom := o.listen(t, "uwe", ""), o.listen(t, "mark", ""), o.listen(t, "tom", "")

	inside := o.call("uwe", "nina")
	o.dir.SetCall(inside)
	uwe.want("call", `"phase":"talking"`, `"name":"uwe"`)
	mark.want("call", `"name":"nina"`)
	across := o.call("uwe", "tom")
	o.dir.SetCall(across)
	tom.want("call", `"hidden":true`, `"name":"tom"`) // nothing of the first call came before it

	o.end(inside)
	for _, l := range []*listener{uwe, mark} {
		for {
			if n, _ := l.next(); n.name == "call.ended" && strings.Contains(n.data, string(inside.ID)) {
				if !strings.Contains(n.data, `"cdr"`) || n.id == "" {
					t.Errorf("%+v has no record or no id", n)
				}
				break
			}
		}
	}
	o.do(command.CreateUser{Person: command.Person{Name: "New", Email: "new@example.com", Groups: []command.Place{{Group: pbx.GroupID(o.ids["support"])}}}})
	for {
		n, _ := tom.next()
		if n.name == "call.ended" {
			t.Errorf("tom hears of a call in another group: %s", n.data)
		}
		if n.name == "changed" && strings.Contains(n.data, `"kind":"user"`) {
			break
		}
	}
}

func TestEventsOfPresence(t *testing.T) {
	o := newOffice(t)
	nina, mark, tom := o.listen(t, "nina", ""), o.listen(t, "mark", ""), o.listen(t, "tom", "")
	phone := pbx.DeviceID(o.ids["phone of uwe"])
	o.dir.SetBindings(phone, []pbx.Binding{{ID: "bnd_1", Device: phone, Expires: start.Add(time.Hour)}})
	nina.want("presence", `"presence":"available"`)
	if n := mark.want("presence", `"presence":"available"`, `"online":1`); n.id != "" {
		t.Error("what is not in the log has no id")
	}
	o.dir.SetBindings(pbx.DeviceID(o.ids["phone of tom"]), []pbx.Binding{{ID: "bnd_2", Expires: start.Add(time.Hour)}})
	tom.want("presence", o.ids["tom"]) // and not uwe's
	o.dir.SetCall(o.call("uwe", "nina"))
	nina.want("call")
	if n := nina.want("presence"); strings.Contains(n.data, o.ids["uwe"]) && !strings.Contains(n.data, `"available"`) {
		t.Errorf("a colleague hears that uwe talks: %s", n.data)
	}
}

func TestEventStreamEndsWithTheSession(t *testing.T) {
	for _, tt := range []struct {
		name, who string
		end       func(*office)
	}{
		{"suspended", "uwe", func(o *office) { o.do(command.SuspendUser{User: pbx.UserID(o.ids["uwe"])}) }},
		{"deleted", "uwe", func(o *office) { o.do(command.DeleteUser{User: pbx.UserID(o.ids["uwe"])}) }},
		{"signed out", "uwe", func(o *office) { o.ask("uwe", "DELETE", "/v1/session", "") }},
		{"signed out by an administrator", "uwe", func(o *office) { o.ask("mark", "DELETE", "/v1/users/<uwe>/sessions", "") }},
		{"password changed elsewhere", "uwe", func(o *office) {
			opened := o.ask("nobody", "POST", "/v1/session", `{"email":"uwe@example.com","password":"`+password+`"}`)
			o.keys = map[string]string{"elsewhere": opened.Cookies()[0].Value}
			if r := o.ask("elsewhere", "PUT", "/v1/profile/password", `{"old":"`+password+`","new":"another horse battery staple"}`); r.StatusCode != 204 {
				o.t.Errorf("%d %s", r.StatusCode, r.body)
			}
		}},
		{"token revoked", "program of uwe", func(o *office) { o.ask("uwe", "DELETE", "/v1/tokens/<token of uwe>", "") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t)
			l := o.listen(t, tt.who, "")
			begin := time.Now()
			tt.end(o)
			for {
				n, ok := l.next()
				if !ok {
					t.Fatal("the stream ended without a word")
				}
				if n.name == "signed_out" {
					break
				}
			}
			<-l.over
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("the stream lived on for %v", took)
			}
		})
	}
}

func TestEventsHideWhatIsNoLongerSeen(t *testing.T) {
	o := live(t)
	mark := o.listen(t, "mark", "")
	o.do(command.SetMember{User: pbx.UserID(o.ids["mark"]), Group: pbx.GroupID(o.ids["sales"]), Role: "user"})
	gone := map[string]bool{}
	for len(gone) < 2 {
		n, ok := mark.next()
		if !ok {
			t.Fatal("the stream ended")
		}
		if n.name == "call.ended" {
			var e ended
			if err := json.Unmarshal([]byte(n.data), &e); err != nil || e.CDR != nil {
				t.Errorf("%s %v", n.data, err)
			}
			gone[string(e.ID)] = true
		}
	}
	o.dir.SetCall(o.call("nina", "uwe"))
	o.do(command.EditUser{User: pbx.UserID(o.ids["mark"]), Name: new("Mark")})
	for {
		n, _ := mark.next()
		if n.name == "call" {
			t.Errorf("a call after the right was gone: %s", n.data)
		}
		if n.name == "changed" && strings.Contains(n.data, `"mine":true`) && strings.Contains(n.data, o.ids["mark"]) {
			break
		}
	}
}

func TestEventsResume(t *testing.T) {
	o := newOffice(t)
	here := o.head()
	o.do(command.EditUser{User: pbx.UserID(o.ids["nina"]), Name: new("Nina")})
	o.do(command.EditUser{User: pbx.UserID(o.ids["tom"]), Name: new("Tom")})
	o.do(command.EditUser{User: pbx.UserID(o.ids["uwe"]), Name: new("Uwe")})
	uwe := o.listen(t, "uwe", fmt.Sprint(here))
	first := uwe.want("changed", o.ids["nina"])
	second := uwe.want("changed", o.ids["uwe"]) // tom's is not his to hear of
	if first.id == "" || second.id == "" || first.id == second.id {
		t.Errorf("ids %q %q", first.id, second.id)
	}
	again := o.listen(t, "uwe", second.id)
	o.do(command.EditUser{User: pbx.UserID(o.ids["nina"]), Name: new("Nina B.")})
	again.want("changed", o.ids["nina"])
}

func TestEventsTellOfWhatIsGone(t *testing.T) {
	o := newOffice(t)
	nina := o.listen(t, "nina", "")
	o.do(command.DeleteUser{User: pbx.UserID(o.ids["tom"])})
	o.do(command.DeleteUser{User: pbx.UserID(o.ids["uwe"])})
	for {
		n, ok := nina.next()
		if !ok || strings.Contains(n.data, o.ids["tom"]) {
			t.Fatalf("%+v %v", n, ok)
		}
		if n.name == "changed" && strings.Contains(n.data, o.ids["uwe"]) {
			break
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	o := newOffice(t)
	for range streamsOfUser {
		o.listen(t, "uwe", "")
	}
	if r := o.ask("uwe", "GET", "/v1/events", ""); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("stream %d: %d", streamsOfUser+1, r.StatusCode)
	}
	if r := o.ask("nina", "GET", "/v1/events", ""); r.StatusCode != http.StatusOK {
		t.Errorf("somebody else: %d", r.StatusCode)
	}
}

// TestSlowBrowserEndsAlone floods a stream that nobody reads: it ends, and the house goes on.
func TestSlowBrowserEndsAlone(t *testing.T) {
	o := newOffice(t)
	st := &stream{moves: make(chan move, 2), over: make(chan struct{})}
	for range 5 {
		st.queue(move{})
	}
	select {
	case <-st.over:
	default:
		t.Error("a full queue does not end the stream")
	}
	sub := o.bus.Subscribe(1)
	for range 3 {
		_ = o.bus.Publish(context.Background(), []event.Fact{{Kind: event.UserChanged}})
	}
	if !isLagged(sub) {
		t.Error("the bus waits for a slow listener")
	}
}

func isLagged(s *bus.Subscription) bool {
	select {
	case <-s.Lagged():
		return true
	default:
		return false
	}
}
