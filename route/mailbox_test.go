package route

import (
	"slices"
	"testing"

	"tandem/pbx"
)

// Who set nothing is reached by voicemail whatever keeps him from answering, unless his mailbox is off.
func TestUsualMailbox(t *testing.T) {
	off := &pbx.Mailbox{ID: "usr_bob", Off: true}
	dnd := &pbx.Choice{User: "usr_bob", Status: pbx.StatusDND, At: noon}
	empty := &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {}}}
	box := pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}
	tests := []struct {
		name   string
		rules  *pbx.Forwarding
		nouns  []pbx.Noun
		offbob bool // no phone of his is connected
		house  bool // the mailbox answers at once
		then   bool // … or after ringing
		cause  pbx.Cause
		why    string
	}{
		{"no phone is connected", nil, nil, true, true, false, "", "route.usual_mailbox"},
		{"do not disturb", nil, []pbx.Noun{dnd}, false, true, false, "", "route.usual_mailbox"},
		{"nobody answers, or he is busy", nil, nil, false, false, true, "", "route.rings"},
		{"the mailbox is off", nil, []pbx.Noun{off}, true, false, false, pbx.CauseOffline, "route.offline"},
		{"the mailbox is off and he is not to be disturbed", nil, []pbx.Noun{off, dnd}, false, false, false, pbx.CauseAway, "route.nothing_rings"},
		{"he wants callers to hear why nobody answers", empty, nil, true, false, false, pbx.CauseOffline, "route.offline"},
		{"a rule leads to a mailbox that is off", &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Offline: pbx.Case{Inside: box}}}}, []pbx.Noun{off},
			true, false, false, pbx.CauseOffline, "route.mailbox_off"},
	}
	for _, tt := range tests {
		s, w := house(t, tt.rules, tt.nouns...)
		live := w.live
		if tt.offbob {
			live = live.WithBindings("dev_bdesk", nil)
		}
		p := ask(s, live, false)
		if got := p.House != nil && p.House.At == box; got != tt.house || p.Refuse != tt.cause {
			t.Errorf("%s: house %+v, refused %q\n%v", tt.name, p.House, p.Refuse, p.Trace)
		}
		for _, c := range []pbx.Cause{pbx.CauseNoAnswer, pbx.CauseBusy, pbx.CauseOffline} {
			if (p.Then.After(c) == box) != tt.then {
				t.Errorf("%s: after %s goes to %+v", tt.name, c, p.Then.After(c))
			}
		}
		var keys []string
		for _, line := range p.Trace {
			keys = append(keys, line.Key)
		}
		if !slices.Contains(keys, tt.why) {
			t.Errorf("%s: %v does not say %s", tt.name, keys, tt.why)
		}
	}
}
