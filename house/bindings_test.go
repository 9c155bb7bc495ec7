package house

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/sip"
)

// changes is a registrar's memory of what to write, a batch after the other.
type changes []struct {
	kept []sip.Stored
	gone []pbx.BindingID
}

func (c *changes) Changes(int) ([]sip.Stored, []pbx.BindingID) {
	if len(*c) == 0 {
		return nil, nil
	}
	next := (*c)[0]
	*c = (*c)[1:]
	return next.kept, next.gone
}

func (c *changes) Met(int) []sip.Acquaintance { return nil }

// A batch that cannot be written is written later, before anything newer; a registration of a phone that is gone, has another secret or
// belongs to somebody who is suspended is not taken up again.
func TestKeeper(t *testing.T) {
	m, err := Open(t.Context(), Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	now := time.Now().UTC().Truncate(time.Millisecond)
	office := m.snapshot().Tenant
	office.Name, office.Country, office.Zone, office.Language, office.Digits, office.Claimed = "Test", "DE", "Europe/Berlin", "en", 3, now
	put := []pbx.Noun{&office, &pbx.Group{ID: "grp_1", Name: "Group", Default: true, Created: now},
		&pbx.Assignment{ID: "asg_1", User: "usr_1", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: now}}
	for i := range 3 {
		u := pbx.UserID(fmt.Sprint("usr_", i+1))
		put = append(put, &pbx.User{ID: u, Name: string(u), Email: string(u) + "@test.example", Extension: fmt.Sprint(201 + i), Created: now},
			&pbx.Membership{ID: pbx.MembershipID(fmt.Sprint("mem_", i+1)), User: u, Group: "grp_1", Role: "user", From: now, Main: true},
			&pbx.Device{ID: pbx.DeviceID(fmt.Sprint("dev_", i+1)), User: u, Name: "Phone", Kind: pbx.DeviceDesk, Username: fmt.Sprint("u", i+1), SHA256: "secret", Created: now})
	}
	apply := func(put ...pbx.Noun) {
		t.Helper()
		s := m.snapshot()
		fact := event.Fact{At: now, Kind: event.SettingsChanged, Actor: pbx.Actor{Kind: pbx.ActorSystem, Via: "test"}, Object: office.Ref()}
		if _, err := m.Store.Apply(t.Context(), s.Version, pbx.Change{Put: put}, []event.Fact{fact}); err != nil {
			t.Fatal(err)
		}
		next, err := m.Store.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		m.Directory.Set(next)
	}
	apply(put...)

	row := func(i int, seq uint32) sip.Stored {
		return sip.Stored{Binding: pbx.Binding{ID: pbx.BindingID(fmt.Sprint("bnd_", i)), Device: pbx.DeviceID(fmt.Sprint("dev_", i)), Contact: "sip:a@192.0.2.1",
			Source: "192.0.2.1:5060", Transport: "udp", Since: now, Expires: now.Add(time.Hour)}, CallID: "c", Seq: seq}
	}
	batches := changes{
		{kept: []sip.Stored{row(1, 1), row(2, 1), row(4, 1)}}, // nobody has the fourth phone
		{kept: []sip.Stored{row(1, 2), row(3, 1), row(5, 1)}, gone: []pbx.BindingID{"bnd_2"}},
	}
	k := newKeeper(m)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if err := k.flush(over, &batches); err == nil {
			t.Fatal("written after the end")
		}
	}
	if len(batches) != 1 {
		t.Fatalf("%d batches wait, want the newer one", len(batches))
	}
	if err := k.flush(t.Context(), &batches); err != nil {
		t.Fatal(err)
	}
	want := func(when string, ids ...pbx.BindingID) {
		t.Helper()
		list, err := newKeeper(m).load(t.Context(), now.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		var got []pbx.BindingID
		for _, s := range list {
			got = append(got, s.ID)
			if s.ID == "bnd_1" && s.Seq != 2 {
				t.Errorf("the older batch was written last")
			}
		}
		if slices.Sort(got); !slices.Equal(got, ids) {
			t.Errorf("%s: %v, want %v", when, got, ids)
		}
	}
	want("as written", "bnd_1", "bnd_3")
	s := m.snapshot()
	suspended, renewed := *s.Users["usr_3"], *s.Devices["dev_1"]
	suspended.Suspensions = []pbx.Interval{{From: now}}
	apply(&suspended)
	want("one is suspended", "bnd_1")
	renewed.SHA256 = "another"
	apply(&renewed)
	want("one has another secret")
	if rows, err := m.Store.Bindings(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("what is void is kept: %v, %v", rows, err)
	}
}
