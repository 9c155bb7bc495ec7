package officetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tandem/bus"
	"tandem/command"
	"tandem/directory"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
)

// interleavings is how many orders of events each run of TestNewEnemy tries (AZ-20).
const interleavings = 100_000

// Nobody sees what came to be after a right was taken from him, in whatever order a change, readers, event streams and new things
// meet (AZ-20, the “new enemy”); and what a stream delivers after the change was acknowledged is decided on the new rights (AZ-22).
// Commands, directory, bus and decisions are the real ones; one seed makes one order, and a failing one is printed.
func TestNewEnemy(t *testing.T) {
	base := smallOffice(t)
	told, refused := 0, 0
	for seed := range uint64(interleavings) {
		m := newMeeting(base, seed)
		m.play()
		if m.wrong != "" {
			t.Fatalf("order %d: %s\n%v", seed, m.wrong, m.log)
		}
		told, refused = told+m.told, refused+m.refused
	}
	if told < interleavings/2 || refused < interleavings/2 {
		t.Errorf("%d things were seen, %d were kept back: the orders say little", told, refused)
	}
}

// The driver finds what it looks for: a reader that does not look at the configuration again, and a stream that decides on what it
// saw when it began, are both caught.
func TestNewEnemyFindsHasteAndStaleness(t *testing.T) {
	base := smallOffice(t)
	for name, spoil := range map[string]func(*meeting){"haste": func(m *meeting) { m.hasty = true }, "staleness": func(m *meeting) { m.stale = true }} {
		caught := 0
		for seed := range uint64(2000) {
			m := newMeeting(base, seed)
			spoil(m)
			if m.play(); m.wrong != "" {
				caught++
			}
		}
		if caught == 0 {
			t.Errorf("%s was never caught", name)
		}
	}
}

var meetingDay = time.Date(2026, 3, 20, 10, 0, 0, 0, time.UTC)

// smallOffice is an owner, a manager who hears the records of his group by his role, and an assistant who does by a grant.
func smallOffice(t *testing.T) *pbx.Snapshot {
	t.Helper()
	from := meetingDay.AddDate(0, -1, 0)
	member := func(u pbx.UserID, g pbx.GroupID, role pbx.RoleID) *pbx.Membership {
		return &pbx.Membership{ID: pbx.MembershipID("mem_" + string(u) + string(g)), User: u, Group: g, Role: role, From: from, Main: g == "grp_default"}
	}
	nouns := []pbx.Noun{&pbx.Tenant{Name: "Office", Claimed: from}, &pbx.Group{ID: "grp_default", Name: "Default", Default: true}, &pbx.Group{ID: "grp_sales", Name: "Sales"},
		&pbx.Assignment{ID: "asg_olga", User: "usr_olga", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: from},
		&pbx.Grant{ID: "gnt_eva", User: "usr_eva", Right: "call.detail", Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: "grp_sales"}, From: from, Reason: "her desk"}}
	for _, name := range []string{"olga", "mark", "eva", "uwe"} {
		u := pbx.UserID("usr_" + name)
		nouns = append(nouns, &pbx.User{ID: u, Name: name, Email: name + "@example.com"}, member(u, "grp_default", "user"))
	}
	nouns = append(nouns, member("usr_mark", "grp_sales", "manager"), member("usr_uwe", "grp_sales", "user"))
	s, err := pbx.NewSnapshot(1, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// meeting is one order of events: lanes of small steps, of which a seed picks the next. A step that is inside a command lets others
// run in its gaps, as other goroutines and the database would.
type meeting struct {
	*rand.Rand
	dir     *directory.Directory
	bus     *bus.Local
	desk    *command.Desk
	sub     *bus.Subscription
	whom    pbx.UserID
	version int64 // of the configuration in the store
	seq     int64 // of the log in the store
	records []record
	lanes   [][]func()
	gone    bool // the change has been acknowledged
	hasty   bool
	stale   bool
	first   *pbx.Snapshot
	log     []string
	wrong   string
	told    int
	refused int
}

// record is a call of the group that is over.
type record struct {
	id    pbx.CallID
	after bool // it came to be after the right was taken
}

func newMeeting(base *pbx.Snapshot, seed uint64) *meeting {
	m := &meeting{Rand: rand.New(rand.NewPCG(seed, 20)), dir: directory.New(base), bus: bus.NewLocal(0), version: base.Version, first: base}
	m.whom = []pbx.UserID{"usr_mark", "usr_eva"}[m.IntN(2)]
	m.sub = m.bus.Subscribe(64)
	dice := rand.New(rand.NewPCG(seed, 21))
	m.desk = &command.Desk{Store: m, Directory: m.dir, Publish: m.publish, Now: func() time.Time { return meetingDay },
		Load: func(context.Context) (*pbx.Snapshot, error) { s, _ := m.dir.View(); return s, nil },
		Entropy: func(b []byte) {
			for i := range b {
				b[i] = byte(dice.Uint32())
			}
		}}
	m.lanes = [][]func(){
		{m.take, m.arrive, m.arrive},
		{m.arrive, m.arrive},
		m.reader(), m.reader(),
		{m.deliver, m.deliver, m.deliver, m.deliver, m.deliver, m.deliver},
		{m.bystander},
	}
	return m
}

// play runs lanes to their ends and then delivers what is still under way.
func (m *meeting) play() {
	defer m.sub.Close()
	for m.step(-1) {
	}
	for range 20 {
		m.deliver()
	}
}

// step runs the next step of any lane but those that wait inside a command.
func (m *meeting) step(but int) bool {
	var open []int
	for i, l := range m.lanes {
		if i != but && len(l) > 0 {
			open = append(open, i)
		}
	}
	if len(open) == 0 || m.wrong != "" {
		return false
	}
	i := open[m.IntN(len(open))]
	next := m.lanes[i][0]
	m.lanes[i] = m.lanes[i][1:]
	next()
	return true
}

// gap is a moment inside the command in which others run. Who would give a command himself waits, as at the real desk.
func (m *meeting) gap() {
	for m.IntN(2) == 0 && m.stepBesideDesk() {
	}
}

func (m *meeting) stepBesideDesk() bool {
	writers := [2][]func(){m.lanes[0], m.lanes[5]}
	m.lanes[0], m.lanes[5] = nil, nil
	ran := m.step(-1)
	m.lanes[0], m.lanes[5] = writers[0], writers[1]
	return ran
}

// Apply is the store: rows and facts become true together, at one moment, with others before and after.
func (m *meeting) Apply(_ context.Context, base int64, _ pbx.Change, facts []event.Fact) ([]event.Fact, error) {
	m.gap()
	if base != m.version {
		return nil, pbx.Refuse(pbx.Conflict, "", "change.somebody_else")
	}
	m.version++
	for i := range facts {
		m.seq++
		facts[i].Seq = m.seq
	}
	m.gap()
	return facts, nil
}

func (m *meeting) publish(ctx context.Context, facts []event.Fact) error {
	m.gap()
	err := m.bus.Publish(ctx, facts)
	m.gap()
	return err
}

// take takes the right, in one of the ways in which it can be taken.
func (m *meeting) take() {
	sales := pbx.Scope{Kind: pbx.ScopeGroup, Group: "grp_sales"}
	ways := []command.Command{
		command.SuspendUser{User: m.whom},
		command.GiveGrant{User: m.whom, Right: "call.detail", Deny: true, Bounds: command.Bounds{Scope: sales}},
		command.EndGrant{Grant: "gnt_eva"},
	}
	if m.whom == "usr_mark" {
		ways = append(ways[:2], command.RemoveMember{User: m.whom, Group: "grp_sales"}, command.SetMember{User: m.whom, Group: "grp_sales", Role: "user"},
			command.SetOverride{User: m.whom, Group: "grp_sales", Right: "call.detail", Value: pbx.OverrideDeny})
	}
	way := ways[m.IntN(len(ways))]
	if _, err := m.desk.Do(context.Background(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_olga"}, way); err != nil {
		m.wrong = fmt.Sprintf("%T: %v", way, err)
		return
	}
	m.gone = true
	m.note("%T acknowledged", way)
	if s, _ := m.dir.View(); m.sees(s, "at once") {
		m.wrong = "the acknowledged change is not in force"
	}
}

// bystander changes something else, so that versions move without anybody losing anything.
func (m *meeting) bystander() {
	name := "Verkauf"
	if _, err := m.desk.Do(context.Background(), pbx.Actor{Kind: pbx.ActorUser, User: "usr_olga"}, command.EditGroup{Group: "grp_sales", Name: &name}); err != nil {
		m.wrong = err.Error()
	}
}

// arrive lets a call of the group end: its record is written, and then told.
func (m *meeting) arrive() {
	r := record{pbx.CallID(fmt.Sprint("cal_", len(m.records))), m.gone}
	m.records = append(m.records, r)
	m.seq++
	m.note("%s written, after=%v", r.id, r.after)
	_ = m.bus.Publish(context.Background(), []event.Fact{{Seq: m.seq, At: meetingDay, Kind: event.CallEnded, Object: pbx.Ref{Kind: pbx.KindCall, ID: string(r.id)}}})
}

// sees asks the decision for the person about a record of a colleague.
func (m *meeting) sees(s *pbx.Snapshot, id pbx.CallID) bool {
	t := policy.Record(id, []pbx.UserID{"usr_uwe"}, nil, meetingDay.Add(-time.Minute))
	return policy.Decide(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: m.whom}, Right: policy.CallDetail, Target: t, At: meetingDay}).OK
}

// reader is a list as the door makes it: look at the configuration, fetch rows, judge them, and look whether the configuration is
// still the one in force; if not, all of it again.
func (m *meeting) reader() []func() {
	var s *pbx.Snapshot
	var rows []record
	tries := 0
	look := func() { s, _ = m.dir.View() }
	fetch := func() { rows = append([]record(nil), m.records...) }
	var answer func()
	answer = func() {
		if now, _ := m.dir.View(); now.Version != s.Version && !m.hasty && tries < 8 {
			tries++
			look()
			fetch()
			answer()
			return
		}
		for _, r := range rows {
			m.deliverTo("reader", s, r)
		}
	}
	return []func(){look, fetch, answer}
}

// deliver is one turn of an event stream: every decision is about the moment of delivery.
func (m *meeting) deliver() {
	select {
	case f := <-m.sub.Facts():
		if f.Kind != event.CallEnded {
			return
		}
		s, _ := m.dir.View()
		if m.stale {
			s = m.first
		}
		for _, r := range m.records {
			if string(r.id) == f.Object.ID {
				m.deliverTo("stream", s, r)
			}
		}
	default:
	}
}

func (m *meeting) deliverTo(who string, s *pbx.Snapshot, r record) {
	if !m.sees(s, r.id) {
		m.refused++
		return
	}
	m.told++
	m.note("%s tells %s", who, r.id)
	if r.after {
		m.wrong = fmt.Sprintf("the %s tells %s of %s, which came to be after the right was taken", who, m.whom, r.id)
	}
}

func (m *meeting) note(format string, args ...any) {
	m.log = append(m.log, fmt.Sprintf(format, args...))
}
