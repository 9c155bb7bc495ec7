package command

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

var start = time.Date(2026, 3, 20, 10, 0, 0, 0, time.UTC)

// office is a claimed system on a real database, with people in groups:
//
//	Default   olga (system owner), sven (system administrator), anna (auditor), dora (user)
//	Sales     greta (group owner), mark (manager), uwe (user), nina (user)
//	 └ North  kai (user)
//	Support   mia (manager), tom (user)
type office struct {
	*Desk
	t      testing.TB
	tenant *store.Tenant
	dir    *held
	now    time.Time
	told   []event.Fact
	ids    map[string]string
}

// held is a directory of one value.
type held struct {
	mu sync.Mutex
	s  *pbx.Snapshot
}

func (h *held) View() (*pbx.Snapshot, *pbx.Presence) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.s, &pbx.Presence{}
}

func (h *held) Set(s *pbx.Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.Version > h.s.Version {
		h.s = s
	}
}

// entropy gives the same bits to every run.
func entropy(seed uint64) func([]byte) {
	r := rand.NewChaCha8([32]byte{byte(seed)})
	return func(b []byte) { _, _ = r.Read(b) }
}

func fresh(t testing.TB) *office {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	tenant := db.Tenant("main")
	s, err := tenant.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, tenant: tenant, dir: &held{s: s}, now: start, ids: map[string]string{}}
	o.Desk = o.desk(1)
	return o
}

// desk is another door to the same database, as a second process has it.
func (o *office) desk(seed uint64) *Desk {
	return &Desk{Store: o.tenant, Directory: o.dir, Load: o.tenant.Load, Now: func() time.Time { return o.now }, Entropy: entropy(seed),
		Publish: func(_ context.Context, f []event.Fact) error { o.told = append(o.told, f...); return nil }}
}

func claimed(t testing.TB) *office {
	t.Helper()
	o := fresh(t)
	o.must(system, Claim{Name: "Olga", Email: "olga@example.com", Company: "Example", Country: "DE", Zone: "Europe/Berlin", Language: "de"})
	for _, u := range o.view().Users {
		o.ids["olga"] = string(u.ID)
	}
	o.ids["default"] = string(o.view().DefaultGroup())
	return o
}

func full(t testing.TB) *office {
	t.Helper()
	o := claimed(t)
	for _, g := range [][2]string{{"sales", ""}, {"north", "sales"}, {"support", ""}} {
		r := o.must(system, CreateGroup{Name: g[0], Parent: o.group(g[1])})
		o.ids[g[0]] = r.Object.ID
	}
	for _, u := range [][3]string{
		{"sven", "default", "user"}, {"anna", "default", "user"}, {"dora", "default", "user"},
		{"greta", "sales", "group_owner"}, {"mark", "sales", "manager"}, {"uwe", "sales", "user"}, {"nina", "sales", "user"},
		{"kai", "north", "user"}, {"mia", "support", "manager"}, {"tom", "support", "user"},
	} {
		r := o.must(system, CreateUser{Person: Person{Name: u[0], Email: u[0] + "@example.com", Groups: []Place{{o.group(u[1]), pbx.RoleID(u[2])}}}})
		o.ids[u[0]] = r.Object.ID
	}
	o.must(system, SetOfficeRole{User: o.user("sven"), Role: "system_admin"})
	o.must(system, SetOfficeRole{User: o.user("anna"), Role: "auditor"})
	o.now = o.now.Add(time.Hour)
	o.told = nil
	return o
}

var system = pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}

func (o *office) view() *pbx.Snapshot { s, _ := o.dir.View(); return s }

func (o *office) user(name string) pbx.UserID { return pbx.UserID(o.ids[name]) }

func (o *office) group(name string) pbx.GroupID { return pbx.GroupID(o.ids[name]) }

func (o *office) actor(name string) pbx.Actor {
	if name == "system" {
		return system
	}
	return pbx.Actor{Kind: pbx.ActorUser, User: o.user(name), Via: "api", Addr: "192.0.2.1"}
}

func (o *office) must(who pbx.Actor, c Command) Result {
	o.t.Helper()
	r, err := o.Do(context.Background(), who, c)
	if err != nil {
		o.t.Fatalf("%T: %v", c, err)
	}
	return r
}

// refused is the code and the key of a refusal; "ok" when there is none.
func refused(err error) string {
	if err == nil {
		return "ok"
	}
	if e, ok := errors.AsType[*pbx.Error](err); ok {
		s := string(e.Code) + " " + e.Text.Key
		if e.Field != "" {
			s += " @" + e.Field
		}
		return s
	}
	return "fault " + err.Error()
}

// step is one command of a table, what becomes of it, and which facts it leaves – and none other.
type step struct {
	name  string
	who   string
	do    func(*office) Command
	want  string
	facts []event.Kind
}

// play runs each row on an office of its own: first dry, then really. Both must answer the same; the dry run must leave
// nothing; the facts must stand in the log.
func play(t *testing.T, rows []step) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			o := full(t)
			c, who, before := row.do(o), o.actor(row.who), o.view()
			dry, dryErr := o.Try(ctx, who, c)
			if o.view() != before || len(o.told) != 0 {
				t.Fatal("the dry run changed something")
			}
			r, err := o.Do(ctx, who, c)
			if got := refused(err); got != row.want {
				t.Fatalf("got %s, want %s", got, row.want)
			}
			if refused(dryErr) != refused(err) || len(dry.Differences) != len(r.Differences) {
				t.Errorf("dry run: %s with %d differences, really: %s with %d", refused(dryErr), len(dry.Differences), refused(err), len(r.Differences))
			}
			o.wrote(before, row.facts)
		})
	}
}

// wrote checks what stands in the log and what the bus was told since a version.
func (o *office) wrote(before *pbx.Snapshot, want []event.Kind) {
	o.t.Helper()
	got := []event.Kind{}
	for _, f := range o.told {
		got = append(got, f.Kind)
		if f.Seq == 0 || f.Revision != before.Version+1 || !f.Kind.IsKnown() || f.At.IsZero() || len(f.Before)+len(f.After) == 0 {
			o.t.Errorf("fact %+v is not complete", f)
		}
	}
	want = append([]event.Kind{}, want...)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		o.t.Errorf("facts %v, want %v", got, want)
	}
	if len(want) == 0 {
		return
	}
	stored, err := o.tenant.After(context.Background(), o.told[0].Seq-1, len(want)+1)
	if err != nil || len(stored) != len(want) {
		o.t.Errorf("%d facts stand in the log (%v), want %d", len(stored), err, len(want))
	}
	loaded, err := o.tenant.Load(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	if loaded.Version != o.view().Version || Digest(loaded) != Digest(o.view()) {
		o.t.Error("what is stored is not what is shown")
	}
}

// Digest names everything in a snapshot.
func Digest(s *pbx.Snapshot) string {
	all := ""
	for n := range s.All() {
		all += n.Ref().String() + Revision(n) + "\n"
	}
	return all
}
