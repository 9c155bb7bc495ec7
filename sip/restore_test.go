package sip

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// changes asks for everything and sorts it into what a database would hold now.
func (h *house) changes(db map[pbx.BindingID]Stored) (kept, gone int) {
	k, g := h.server.Changes(1000)
	for _, s := range k {
		db[s.ID] = s
	}
	for _, id := range g {
		delete(db, id)
	}
	return len(k), len(g)
}

func rows(db map[pbx.BindingID]Stored) (list []Stored) {
	for _, s := range db {
		list = append(list, s)
	}
	return list
}

func TestChangesFollowTheRegistrar(t *testing.T) {
	bubble(t, nil, func(t *testing.T, h *house) {
		db := map[pbx.BindingID]Stored{}
		want := func(when string, kept, gone, rows int) {
			t.Helper()
			synctest.Wait()
			if k, g := h.changes(db); k != kept || g != gone || len(db) != rows {
				t.Errorf("%s: %d kept, %d gone, %d rows; want %d, %d, %d", when, k, g, len(db), kept, gone, rows)
			}
		}
		alice := h.phone("alice", "192.0.2.11:5060")
		register := func(headers ...string) { t.Helper(); alice.expect(alice.registers("r1", headers...), 200) }
		want("nobody is there", 0, 0, 0)
		register("Contact", "<sip:alice@192.0.2.11:5060;line=1>;q=0.5", "User-Agent", "Desk 1")
		want("a new phone", 1, 0, 1)
		s := rows(db)[0]
		if s.Contact != "sip:alice@192.0.2.11:5060;line=1" || s.Params != "q=0.5" || s.CallID != "r1" || s.Seq == 0 || s.Source != "192.0.2.11:5060" ||
			s.Transport != "udp" || s.Agent != "Desk 1" || s.Device != "dev_alice" || s.Local.String() != serverAddr {
			t.Errorf("%+v", s)
		}
		want("nothing new", 0, 0, 1)
		for range 3 {
			register("Contact", "<sip:alice@192.0.2.11:5060;line=1>")
		}
		want("refreshed three times", 1, 0, 1)
		if next := rows(db)[0]; next.ID != s.ID || next.Seq <= s.Seq || !next.Since.Equal(s.Since) {
			t.Errorf("%+v after %+v", next, s)
		}
		register("Contact", "<sip:alice@192.0.2.11:5062>")
		register("Contact", "<sip:alice@192.0.2.11:5062>", "Expires", "0")
		want("come and gone within a second", 0, 0, 1)
		register("Contact", "<sip:alice@192.0.2.11:5064>", "Expires", "60")
		want("a second one", 1, 0, 2)
		time.Sleep(61 * time.Second)
		want("the second one is over", 0, 1, 1)
		register("Contact", "*", "Expires", "0")
		want("all gone", 0, 1, 0)
	})
}

// What one process kept the next one takes over: the phone is called without having registered again, over the way it registered by, and
// its next REGISTER is judged by the last one (BAR CR-07).
func TestRestore(t *testing.T) {
	db := map[pbx.BindingID]Stored{}
	var last uint32
	bubble(t, nil, func(t *testing.T, h *house) {
		bob := h.phone("bob", "192.0.2.12:5555") // behind a translator
		bob.expect(bob.registers("r1", "Contact", `<sip:bob@10.0.0.7:5060;x=1>;+sip.instance="<urn:uuid:1>";reg-id=1`, "User-Agent", "Desk 2"), 200)
		h.changes(db)
		last = bob.seq
	})
	bubble(t, func(c *Config) { c.Restore = rows(db) }, func(t *testing.T, h *house) {
		list := h.bound("bob")
		if len(list) != 1 || list[0] != rows(db)[0].Binding {
			t.Fatalf("after the restart: %+v, kept was %+v", list, db)
		}
		if k, g := h.changes(db); k+g != 0 {
			t.Errorf("what was just read is written again: %d, %d", k, g)
		}
		bob := h.phone("bob", "192.0.2.12:5555")
		if err := h.server.Dial(call.Invite{Leg: "leg_out", Call: "cal_1", Binding: list[0], From: pbx.Party{Name: "Ada", Number: "101"}, Offer: []byte(sdpB)}); err != nil {
			t.Fatal(err)
		}
		invite := bob.next("INVITE")
		if got := invite.Request.URI.String(); got != "sip:bob@10.0.0.7:5060;x=1" {
			t.Errorf("called as %s", got)
		}
		bob.respond(invite, 486, "")
		h.signal(call.SignalFailed)

		bob.seq = last - 3 // an old REGISTER
		bob.expect(bob.registers("r1", "Contact", `<sip:bob@10.0.0.7:5060;x=1>;+sip.instance="<urn:uuid:1>";reg-id=1`), 500)
		bob.seq = last
		bob.expect(bob.registers("r1", "Contact", `<sip:bob@10.0.0.7:6060>;+sip.instance="<urn:uuid:1>";reg-id=1`), 200)
		if now := h.bound("bob"); len(now) != 1 || now[0].ID != list[0].ID || now[0].Contact != "sip:bob@10.0.0.7:6060" {
			t.Errorf("the same phone is there twice: %+v", now)
		}
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if now := h.bound("bob"); len(now) != 0 {
			t.Errorf("never over: %+v", now)
		}
		if h.changes(db); len(db) != 0 {
			t.Errorf("still kept: %+v", db)
		}
	})
}

func TestRestoreTakesOnlyWhatCanBeReached(t *testing.T) {
	now := time.Now()
	row := func(id string, change func(*Stored)) Stored {
		s := Stored{Binding: pbx.Binding{ID: pbx.BindingID(id), Device: "dev_bob", Contact: "sip:bob@192.0.2.12:" + id, Source: "192.0.2.12:5060", Transport: "udp",
			Since: now, Expires: now.Add(time.Hour)}, CallID: "c", Seq: 1, Local: netip.MustParseAddrPort(serverAddr)}
		change(&s)
		return s
	}
	server, err := New(Config{
		NewID: func(p string) string { return p }, Lookup: func(string) (Credential, bool) { return Credential{}, false },
		Incoming: func(call.Incoming) {}, Signal: func(call.Signal) {}, Packets: []net.PacketConn{newEther().open(serverAddr)},
		Registration: Registration{MaxContacts: 2},
		Restore: []Stored{
			row("1001", func(*Stored) {}),
			row("1002", func(s *Stored) { s.Expires = now.Add(-time.Second) }),
			row("1003", func(s *Stored) { s.Transport = "tcp" }),
			row("1004", func(s *Stored) { s.Contact = "nonsense" }),
			row("1005", func(s *Stored) { s.Source = "nonsense" }),
			row("1006", func(s *Stored) { s.Source = "[2001:db8::1]:5060" }), // we have no socket of the family
			row("1007", func(s *Stored) { s.Contact = "sip:bob@192.0.2.12:1001" }),
			row("1008", func(s *Stored) { s.Local = netip.AddrPort{} }), // we listened elsewhere
			row("1009", func(*Stored) {}),                               // one too many
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(t.Context())
	kept, gone := server.Changes(100)
	slices.Sort(gone)
	if want := []pbx.BindingID{"1002", "1003", "1004", "1005", "1006", "1007", "1009"}; len(kept) != 0 || !slices.Equal(gone, want) {
		t.Errorf("%v kept, %v gone, want %v", kept, gone, want)
	}
	for _, id := range []pbx.BindingID{"1001", "1008"} {
		if way, ok := server.registrar.find(id); !ok || way.flow.Remote.Addr() != netip.MustParseAddr("192.0.2.12") || way.flow.Transport != stack.UDP {
			t.Errorf("%s: %+v", id, way)
		}
	}
}

// A phone that changes from UDP to a connection is not kept any longer: after a restart it comes back by itself.
func TestConnectionsAreNotKept(t *testing.T) {
	r := newRegistrar(func(pbx.DeviceID, []pbx.Binding) {})
	newID := func() pbx.BindingID { return "bnd_1" }
	register := func(flow stack.Flow) {
		m := registerRequest(1)
		m.Flow = flow
		contacts, _, err := m.Contacts()
		if err != nil {
			t.Fatal(err)
		}
		if a := r.accounts["dev_1"]; a != nil {
			a.bindings[0].seq = 0 // the request is the same each time
		}
		r.register(time.Now(), "dev_1", m, []wish{{contact: contacts[0], instance: instanceOf(contacts[0]), life: time.Minute}}, false, 5, newID)
	}
	defer r.close()
	udp := stack.Flow{Transport: stack.UDP, Remote: netip.MustParseAddrPort("192.0.2.9:5060")}
	tcp := stack.Flow{Transport: stack.TCP, Remote: udp.Remote}
	for i, step := range []struct {
		flow       stack.Flow
		kept, gone int
	}{{tcp, 0, 0}, {udp, 1, 0}, {tcp, 0, 1}, {tcp, 0, 0}, {udp, 1, 0}} {
		register(step.flow)
		if kept, gone := r.changes(10); len(kept) != step.kept || len(gone) != step.gone {
			t.Errorf("step %d: %v kept, %v gone", i, kept, gone)
		}
	}
}

// However many phones there are, one question takes no more than was asked for, and nothing is lost.
func TestChangesAreBounded(t *testing.T) {
	r := newRegistrar(func(pbx.DeviceID, []pbx.Binding) {})
	defer r.close()
	const n = 250
	for i := range n {
		m := registerRequest(i)
		m.Flow = stack.Flow{Transport: stack.UDP, Remote: netip.MustParseAddrPort("192.0.2.9:5060")}
		contacts, _, _ := m.Contacts()
		device := pbx.DeviceID(m.CallID())
		r.register(time.Now(), device, m, []wish{{contact: contacts[0], instance: instanceOf(contacts[0]), life: time.Minute}}, false, 5,
			func() pbx.BindingID { return pbx.BindingID("bnd_" + device) })
	}
	for _, want := range []int{100, 100, 50, 0} {
		if kept, _ := r.changes(100); len(kept) != want {
			t.Errorf("%d kept, want %d", len(kept), want)
		}
	}
	for device := range r.accounts {
		r.drop(device)
	}
	for _, want := range []int{100, 100, 50, 0} {
		if _, gone := r.changes(100); len(gone) != want {
			t.Errorf("%d gone, want %d", len(gone), want)
		}
	}
}
