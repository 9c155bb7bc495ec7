package route

import (
	"testing"

	"tandem/pbx"
)

// Whom a phone book names is named on both ways: on the phone that rings, and in the calls of this moment and the record when he is called.
func TestPhoneBookNames(t *testing.T) {
	w := lines()
	w.trunk("trk_a", func(*pbx.Trunk) {})
	w.did("did_1", "+4930555111", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
	w.nouns = append(w.nouns, &pbx.Contact{ID: "con_1", Name: "Franz Gruber", Numbers: []pbx.ContactNumber{{Number: "+4940777"}}})
	if p := fromOutside(t, w); p.From.Name != "Franz Gruber" || p.From.Number != "+4940777" {
		t.Errorf("from outside: %+v", p.From)
	}
	p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, Dialled: "+4940777", At: noon})
	if len(p.Attempts) == 0 {
		t.Fatalf("not called: %v", p.Trace)
	}
	for _, got := range []pbx.Party{p.To, p.Attempts[0].Targets[0].Party} {
		if got != (pbx.Party{Name: "Franz Gruber", Number: "+4940777"}) {
			t.Errorf("to outside: %+v", got)
		}
	}
}
