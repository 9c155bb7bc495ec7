package officetest

import (
	"context"
	"testing"

	"tandem/command"
	"tandem/house"
	"tandem/pbx"
)

// After a restart a call rings the phone, though the phone has not registered again; one whose secret was renewed meanwhile has to
// (BAR CR-07).
func TestPhonesRingAfterARestart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	s := start(t)
	s.claim()
	x := s.exchange()
	phones := map[string]*Phone{}
	for name, extension := range map[string]string{"Alice": "101", "Bob": "102", "Carol": "103", "Dora": "104"} {
		_, a := s.person(name, extension)
		phones[name] = x.Add(a.Username, a.Secret)
		if err := phones[name].Register(ctx, 300); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the registrations are written down while the house runs", func() bool {
		rows, err := s.Store.Bindings(ctx)
		return err == nil && len(rows) == 4
	})
	if err := phones["Dora"].Register(ctx, 0); err != nil { // in the last second before the end
		t.Fatal(err)
	}
	config := s.Config
	config.SIP = s.reach("udp")
	s.halt()

	m, err := house.Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _ := m.Directory.View()
	who := pbx.Actor{Kind: pbx.ActorSystem, Via: "test"}
	carol := snapshot.ByUsername(phones["Carol"].Username).ID
	if _, err := m.Desk.Do(ctx, who, command.RenewSecret{Device: carol}); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}

	rings := make(chan *Talk, 1)
	phones["Bob"].Ringing = func(talk *Talk) { rings <- talk }
	s = start(t, func(c *house.Config) { *c = config })
	snapshot, live := s.Directory.View()
	for name, registered := range map[string]int{"Alice": 1, "Bob": 1, "Carol": 0, "Dora": 0} {
		d := snapshot.ByUsername(phones[name].Username)
		if list := live.Bindings(d.ID); len(list) != registered {
			t.Errorf("%s has %d registrations right after the restart, want %d: %+v", name, len(list), registered, list)
		}
	}
	talk, err := phones["Alice"].Dial(ctx, "102")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case ringing := <-rings:
		if err := ringing.Answer(ctx); err != nil {
			t.Fatal(err)
		}
	case <-talk.Ended():
		t.Fatalf("the call failed: %d", talk.Status())
	case <-ctx.Done():
		t.Fatal("Bob's phone does not ring")
	}
	select {
	case <-talk.Answered():
	case <-ctx.Done():
		t.Fatal("never answered")
	}
	talk.Hangup()
	eventually(t, "the call is recorded", func() bool {
		n, err := s.Store.Tally(ctx, everything, dawn)
		return err == nil && n.Calls == 1 && n.Missed == 0
	})
}
