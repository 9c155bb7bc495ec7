package officetest

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// Every script in testdata/scenario is a story of people and phones in a fresh office. The phones speak real SIP to the whole house; what
// people see is asked of the API, each with his own sign-in. The first line says what the story shows.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenario/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			tell(t, file)
		})
	}
}

// story is a script being played.
type story struct {
	*server
	exchange *Exchange
	at       string // file:line
	people   map[string]string
	groups   map[string]string
	phones   map[string]*actor
	visitors map[string]*Client
	call     string // id of the call that was last seen live
}

// actor is a simulated phone in a story.
type actor struct {
	*Phone
	device, owner string
	secret        string // the latest one; the phone may know an older one
	rings         chan *Talk
	rang          atomic.Int32
	talk          *Talk
	lamps         map[string]*Watch
}

// step is a sentence of the scripts: capital words stand for names and texts.
type step struct {
	says *regexp.Regexp
	do   func(s *story, a []string)
}

var steps = []step{
	{sentence("group NAME"), func(s *story, a []string) {
		s.groups[a[0]] = s.server.call(201, "POST", "/v1/groups", object{"name": a[0]}).Text("id")
	}},
	{sentence("person NAME NAME"), func(s *story, a []string) { s.employ(a[0], a[1], "", "") }},
	{sentence("person NAME NAME in NAME as NAME"), func(s *story, a []string) { s.employ(a[0], a[1], a[2], a[3]) }},
	{sentence("phone NAME of NAME"), func(s *story, a []string) { s.install(a[0], a[1]) }},
	{sentence("NAME dials NAME"), func(s *story, a []string) { s.dial(a[0], a[1]) }},
	{sentence("NAME rings from TEXT"), func(s *story, a []string) { s.ring(a[0], a[1]) }},
	{sentence("NAME never rang"), func(s *story, a []string) {
		if n := s.phone(a[0]).rang.Load(); n != 0 {
			s.fail("it rang %d times", n)
		}
	}},
	{sentence("NAME answers"), func(s *story, a []string) {
		if err := s.talk(a[0]).Answer(s.t.Context()); err != nil {
			s.fail("%v", err)
		}
	}},
	{sentence("NAME declines NAME"), func(s *story, a []string) {
		status := 486
		fmt.Sscan(a[1], &status)
		s.talk(a[0]).Decline(status)
	}},
	{sentence("NAME hangs up"), func(s *story, a []string) { s.talk(a[0]).Hangup() }},
	{sentence("NAME is answered"), func(s *story, a []string) { s.wait(s.talk(a[0]).Answered(), s.talk(a[0]).Ended()) }},
	{sentence("NAME is over"), func(s *story, a []string) { s.wait(s.talk(a[0]).Ended(), nil) }},
	{sentence("NAME is refused NAME TEXT"), func(s *story, a []string) { s.ended(a[0], a[1], a[2]) }},
	{sentence("NAME stops ringing because TEXT"), func(s *story, a []string) { s.ended(a[0], "487", a[1]) }},
	{sentence("NAME registers"), func(s *story, a []string) {
		if err := s.register(a[0], 300); err != nil {
			s.fail("%v", err)
		}
	}},
	{sentence("NAME unregisters"), func(s *story, a []string) {
		if err := s.register(a[0], 0); err != nil {
			s.fail("%v", err)
		}
	}},
	{sentence("NAME cannot register"), func(s *story, a []string) {
		if err := s.register(a[0], 300); err == nil {
			s.fail("it can")
		}
	}},
	{sentence("NAME is offline"), func(s *story, a []string) { s.offline(a[0]) }},
	{sentence("NAME takes the new secret"), func(s *story, a []string) { s.phone(a[0]).Secret = s.phone(a[0]).secret }},
	{sentence("suspend NAME"), func(s *story, a []string) {
		s.server.call(200, "POST", "/v1/users/"+s.people[a[0]]+"/suspend", object{"reason": "story"})
	}},
	{sentence("restore NAME"), func(s *story, a []string) {
		s.server.call(200, "POST", "/v1/users/"+s.people[a[0]]+"/restore", nil)
	}},
	{sentence("delete NAME"), func(s *story, a []string) { s.server.call(204, "DELETE", "/v1/devices/"+s.phone(a[0]).device, nil) }},
	{sentence("renew NAME"), func(s *story, a []string) {
		s.phone(a[0]).secret = s.server.call(200, "POST", "/v1/devices/"+s.phone(a[0]).device+"/secret", nil).Text("account", "secret")
	}},
	{sentence("NAME takes no messages"), func(s *story, a []string) {
		s.server.call(200, "PATCH", "/v1/mailboxes/"+s.people[a[0]], object{"on": false})
	}},
	{sentence("extension NAME NAME"), func(s *story, a []string) {
		s.server.call(200, "PATCH", "/v1/users/"+s.people[a[0]], object{"extension": a[1]})
	}},
	{sentence("NAME signs in"), func(s *story, a []string) { s.signIn(a[0]) }},
	{sentence("NAME is signed in"), func(s *story, a []string) { s.as(s.visitor(a[0]), 200, "GET", "/v1/session", nil) }},
	{sentence("NAME is signed out"), func(s *story, a []string) {
		eventually(s.t, s.at, func() bool { return s.status(a[0], "/v1/session") == 401 })
	}},
	{sentence("NAME sees live NAME from NAME to NAME"), func(s *story, a []string) { s.live(a[0], a[1], a[2], a[3]) }},
	{sentence("NAME sees live nothing"), func(s *story, a []string) {
		eventually(s.t, s.at, func() bool { return len(s.as(s.visitor(a[0]), 200, "GET", "/v1/calls/live", nil).Items()) == 0 })
	}},
	{sentence("NAME sees no live call"), func(s *story, a []string) {
		if list := s.as(s.visitor(a[0]), 200, "GET", "/v1/calls/live", nil).Items(); len(list) != 0 {
			s.fail("%v", list)
		}
	}},
	{sentence("NAME hangs up the call"), func(s *story, a []string) {
		s.as(s.visitor(a[0]), 204, "DELETE", "/v1/calls/live/"+s.call, nil)
	}},
	{sentence("NAME cannot hang up"), func(s *story, a []string) {
		s.as(s.visitor(a[0]), 404, "DELETE", "/v1/calls/live/"+s.call, nil)
	}},
	{sentence("NAME sees the record"), func(s *story, a []string) {
		list := s.as(s.visitor(a[0]), 200, "GET", "/v1/calls", nil).Items()
		if len(list) != 1 || list[0].Text("id") != s.call {
			s.fail("%v", list)
		}
		s.as(s.visitor(a[0]), 200, "GET", "/v1/calls/"+s.call, nil)
	}},
	{sentence("NAME sees no record"), func(s *story, a []string) {
		if list := s.as(s.visitor(a[0]), 200, "GET", "/v1/calls", nil); len(list.Items()) != 0 || list.At("total") != 0.0 {
			s.fail("%v", list)
		}
		if known, unknown := s.status(a[0], "/v1/calls/"+s.call), s.status(a[0], "/v1/calls/cal_none"); known != 404 || unknown != 404 {
			s.fail("the record answers %d, one that does not exist %d", known, unknown)
		}
	}},
	{sentence("missed NAME"), func(s *story, a []string) {
		if n := len(s.server.call(200, "GET", "/v1/calls?result=missed", nil).Items()); fmt.Sprint(n) != a[0] {
			s.fail("%d", n)
		}
	}},
	{sentence("calls NAME"), func(s *story, a []string) {
		if n := len(s.server.call(200, "GET", "/v1/calls", nil).Items()); fmt.Sprint(n) != a[0] {
			s.fail("%d", n)
		}
	}},
	{sentence("NAME watches NAME of NAME"), func(s *story, a []string) { s.watch(a[0], a[1], a[2]) }},
	{sentence("NAME cannot watch NAME of NAME"), func(s *story, a []string) {
		if _, err := s.phone(a[0]).Watch(s.t.Context(), a[1], a[2]); err == nil || !strings.Contains(err.Error(), "404") {
			s.fail("it can: %v", err)
		}
	}},
	{sentence("NAME is shown TEXT of NAME"), func(s *story, a []string) { s.shown(a[0], a[2], a[1], true) }},
	{sentence("NAME is not shown TEXT of NAME"), func(s *story, a []string) { s.shown(a[0], a[2], a[1], false) }},
	{sentence("NAME watches NAME no longer because NAME"), func(s *story, a []string) {
		w := s.phone(a[0]).lamps[a[1]]
		eventually(s.t, s.at, func() bool { _, over := w.Sees(); return over == a[2] })
	}},
	{sentence("NAME shares presence with NAME in NAME"), func(s *story, a []string) {
		s.server.call(200, "PUT", "/v1/groups/"+s.groups[a[2]]+"/members/"+s.people[a[0]]+"/share", object{"presence": a[1]})
	}},
	{sentence("queue NAME of NAME"), func(s *story, a []string) {
		s.server.call(201, "POST", "/v1/queues", object{"name": "Desk", "extension": a[0], "every": 0, "agents": []object{{"id": s.people[a[1]]}}})
	}},
	{sentence("ring group NAME of NAME"), func(s *story, a []string) {
		s.server.call(201, "POST", "/v1/rings", object{"name": "Team", "extension": a[0], "members": []object{{"kind": "user", "id": s.people[a[1]]}}})
	}},
	{sentence("NAME has the number NAME"), func(s *story, a []string) {
		s.server.call(200, "PUT", "/v1/groups/"+s.groups[a[0]]+"/entrance", object{"extension": a[1], "open": object{"kind": "user", "id": s.people["Olga"]}})
	}},
	{sentence("NAME is closed by hand"), func(s *story, a []string) {
		s.server.call(200, "PUT", "/v1/groups/"+s.groups[a[0]]+"/hours/override", object{"state": "closed"})
	}},
	{sentence("NAME forwards all calls to NAME"), func(s *story, a []string) {
		s.dial(a[0], "*72"+a[1])
		s.wait(s.talk(a[0]).Answered(), s.talk(a[0]).Ended())
	}},
	{regexp.MustCompile(`^record (.+)$`), func(s *story, a []string) { s.record(a[0]) }},
}

// sentence makes a pattern of a sentence: NAME is one word, TEXT stands in quotes.
func sentence(form string) *regexp.Regexp {
	form = strings.NewReplacer("NAME", `(\S+)`, "TEXT", `"(.*)"`).Replace(form)
	return regexp.MustCompile("^" + form + "$")
}

func tell(t *testing.T, file string) {
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{server: start(t), people: map[string]string{}, groups: map[string]string{}, phones: map[string]*actor{}, visitors: map[string]*Client{}}
	s.people["Olga"] = s.claim().Text("user", "id")
	s.visitors["Olga"] = s.Client
	if s.exchange, err = NewExchange(netip.MustParseAddrPort(s.Address("SIP UDP"))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.exchange.Close)
	for i, line := range strings.Split(string(script), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		s.at = fmt.Sprintf("%s:%d: %s", file, i+1, line)
		s.play(line)
	}
}

func (s *story) play(line string) {
	s.t.Helper()
	for _, st := range steps {
		if a := st.says.FindStringSubmatch(line); a != nil {
			st.do(s, a[1:])
			return
		}
	}
	s.fail("nobody understands this")
}

func (s *story) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf(s.at+": "+format, args...)
}

func (s *story) phone(name string) *actor {
	s.t.Helper()
	if s.phones[name] == nil {
		s.fail("there is no phone %s, only %v", name, slices.Sorted(maps.Keys(s.phones)))
	}
	return s.phones[name]
}

func (s *story) talk(name string) *Talk {
	s.t.Helper()
	if s.phone(name).talk == nil {
		s.fail("%s is in no call", name)
	}
	return s.phone(name).talk
}

func (s *story) visitor(name string) *Client {
	s.t.Helper()
	if s.visitors[name] == nil {
		s.fail("%s is not signed in", name)
	}
	return s.visitors[name]
}

func (s *story) status(visitor, path string) int {
	s.t.Helper()
	a, err := s.visitor(visitor).Do(s.t.Context(), "GET", path, nil)
	if err != nil {
		s.fail("%v", err)
	}
	return a.Status
}

func (s *story) employ(name, extension, group, role string) {
	s.t.Helper()
	body := object{"name": name, "email": strings.ToLower(name) + "@example.com", "extension": extension, "invite": true}
	if group != "" {
		body["groups"] = []object{{"group": s.groups[group], "role": role}}
	}
	s.people[name] = s.server.call(201, "POST", "/v1/users", body).Text("id")
}

// install gives a person a phone, which registers.
func (s *story) install(name, owner string) {
	s.t.Helper()
	d := s.server.call(201, "POST", "/v1/users/"+s.people[owner]+"/devices", object{"name": name, "kind": "desk"})
	p := &actor{Phone: s.exchange.Add(d.Text("account", "username"), d.Text("account", "secret")), device: d.Text("device", "id"), owner: s.people[owner], rings: make(chan *Talk, 8)}
	p.Ringing = func(t *Talk) {
		p.rang.Add(1)
		p.rings <- t
	}
	s.phones[name] = p
	if err := s.register(name, 300); err != nil {
		s.fail("%v", err)
	}
}

func (s *story) register(name string, seconds int) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	return s.phone(name).Register(ctx, seconds)
}

func (s *story) dial(name, number string) {
	s.t.Helper()
	talk, err := s.phone(name).Dial(s.t.Context(), number)
	if err != nil {
		s.fail("%v", err)
	}
	s.phone(name).talk = talk
}

func (s *story) ring(name, from string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	select {
	case talk := <-s.phone(name).rings:
		s.phone(name).talk = talk
		if talk.Caller != from {
			s.fail("it shows %q", talk.Caller)
		}
	case <-ctx.Done():
		s.fail("it does not")
	}
}

// wait waits for one thing, and fails when another happens instead.
func (s *story) wait(this, other <-chan struct{}) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	select {
	case <-this:
	case <-other:
		s.fail("the call ended instead")
	case <-ctx.Done():
		s.fail("it does not happen")
	}
}

func (s *story) ended(name, status, words string) {
	s.t.Helper()
	talk := s.talk(name)
	s.wait(talk.Ended(), talk.Answered())
	if got := fmt.Sprint(talk.Status()); got != status || !strings.Contains(talk.Words(), words) {
		s.fail("the phone was told %s %q", got, talk.Words())
	}
	s.phone(name).talk = nil
}

func (s *story) watch(name, event, resource string) {
	s.t.Helper()
	w, err := s.phone(name).Watch(s.t.Context(), event, resource)
	if err != nil {
		s.fail("%v", err)
	}
	if s.phone(name).lamps == nil {
		s.phone(name).lamps = map[string]*Watch{}
	}
	s.phone(name).lamps[resource] = w
}

// shown waits until the last document about a resource has a text in it, or lacks it.
func (s *story) shown(name, resource, text string, there bool) {
	s.t.Helper()
	w := s.phone(name).lamps[resource]
	if w == nil {
		s.fail("it does not watch that")
	}
	eventually(s.t, s.at, func() bool {
		document, _ := w.Sees()
		return document != "" && strings.Contains(document, text) == there
	})
}

func (s *story) offline(name string) {
	s.t.Helper()
	p := s.phone(name)
	eventually(s.t, s.at, func() bool {
		for _, d := range s.server.call(200, "GET", "/v1/users/"+p.owner+"/devices", nil).Items() {
			if d.Text("id") == p.device {
				return d.At("registered") == false && len(Object{"items": d["bindings"]}.Items()) == 0
			}
		}
		return false
	})
}

// signIn opens the person's invitation from the outbox, as the recipient of the mail would, or signs in with the password he chose.
func (s *story) signIn(name string) {
	s.t.Helper()
	const password = "quite a long password"
	address := strings.ToLower(name) + "@example.com"
	c := NewClient(s.Base, patience)
	s.visitors[name] = c
	for _, m := range s.server.call(200, "GET", "/v1/mails", nil).Items() {
		_, link, found := strings.Cut(m.Text("text"), "/link/")
		if m.Text("to") != address || !found {
			continue
		}
		link, _, _ = strings.Cut(link, "\n")
		if a, err := c.Do(s.t.Context(), "POST", "/v1/links/"+strings.TrimSpace(link), object{"password": password}); err == nil && a.Status < 300 {
			return
		}
	}
	s.as(c, 200, "POST", "/v1/session", object{"email": address, "password": password})
}

func (s *story) live(visitor, phase, from, to string) {
	s.t.Helper()
	var seen []object
	eventually(s.t, s.at, func() bool {
		seen = s.as(s.visitor(visitor), 200, "GET", "/v1/calls/live", nil).Items()
		return len(seen) == 1 && seen[0].Text("phase") == phase && seen[0].Text("from", "name") == from && seen[0].Text("to", "name") == to
	})
	s.call = seen[0].Text("id")
}

var condition = regexp.MustCompile(`([a-z.]+)=("[^"]*"|\S+)`)

// holds reports whether a record has all the values of "cause=busy to.number=102".
func holds(record object, text string) bool {
	for _, c := range condition.FindAllStringSubmatch(text, -1) {
		path := []any{}
		for part := range strings.SplitSeq(c[1], ".") {
			path = append(path, part)
		}
		if record.Text(path...) != strings.Trim(c[2], `"`) {
			return false
		}
	}
	return true
}

// record waits for a newest record that fits; it is written a moment after the phones fall silent.
func (s *story) record(text string) {
	s.t.Helper()
	var newest object
	s.t.Cleanup(func() {
		if s.t.Failed() {
			s.t.Logf("the newest record: %v", newest)
		}
	})
	eventually(s.t, s.at, func() bool {
		list := s.server.call(200, "GET", "/v1/calls", nil).Items()
		for _, c := range list {
			// Calls that began in the same millisecond have no order.
			if newest = c; c.Text("started") == list[0].Text("started") && holds(c, text) {
				return true
			}
		}
		return false
	})
	s.call = newest.Text("id")
	if newest.Text("reason") == "" || newest.At("trace", 0) == nil && newest.At("trace") != nil {
		s.fail("it does not say why: %v", newest)
	}
}
