package house

import (
	"testing"

	"tandem/command"
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
