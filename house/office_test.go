package house

import (
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
)

// built is a house on a directory, as it comes up; the test closes it.
func built(t *testing.T, data string) *House {
	t.Helper()
	h, err := Build(t.Context(), Config{Data: data, HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// claimed is a new house that Olga has claimed, and how it is told to change; the test closes it.
func claimed(t *testing.T, data string) (*House, func(command.Command) pbx.Ref) {
	t.Helper()
	h := built(t, data)
	must := func(c command.Command) pbx.Ref {
		t.Helper()
		r, err := h.Desk.Do(t.Context(), pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, c)
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
		return r.Object
	}
	must(command.Claim{Name: "Olga", Email: "olga@example.com", Company: "Example", Country: "DE", Zone: "Europe/Berlin", Language: "en"})
	return h, must
}

// puts writes rows past every command, as a change of a line.
func puts(t *testing.T, h *House, at time.Time, what ...pbx.Noun) {
	t.Helper()
	made := event.New(event.TrunkChanged, at, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindTrunk, ID: "trk_1"}, nil)
	if _, err := h.Store.Apply(t.Context(), h.snapshot().Version, pbx.Change{Put: what}, []event.Fact{made}); err != nil {
		t.Fatal(err)
	}
	next, err := h.Store.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.Directory.Set(next)
}

// withLine gives a house a line, Ada, who may change it, and Bob, who may not.
func withLine(t *testing.T, h *House, trunk *pbx.Trunk, at time.Time) {
	t.Helper()
	since := at.Add(-time.Hour)
	puts(t, h, at, &pbx.Group{ID: "grp_all", Name: "All", Default: true, Created: at}, trunk,
		&pbx.User{ID: "usr_ada", Name: "Ada", Extension: "101", Email: "ada@example.com", Created: at},
		&pbx.User{ID: "usr_bob", Name: "Bob", Extension: "102", Email: "bob@example.com", Created: at},
		&pbx.Membership{ID: "mem_1", User: "usr_ada", Group: "grp_all", Role: "user", Main: true, From: since},
		&pbx.Membership{ID: "mem_2", User: "usr_bob", Group: "grp_all", Role: "user", Main: true, From: since},
		&pbx.Assignment{ID: "asg_1", User: "usr_ada", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: since})
}
