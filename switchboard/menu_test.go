package switchboard

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
)

// put changes the office's configuration.
func (o *office) put(nouns ...pbx.Noun) {
	o.t.Helper()
	s, err := o.s.Apply(pbx.Change{Put: append(nouns, &pbx.Mailbox{ID: "usr_bob"})})
	if err != nil {
		o.t.Fatal(err)
	}
	o.s = s
}

// A caller chooses in a menu, by key or by extension, and reaches the person; one who is silent goes to where such callers go.
func TestMenu(t *testing.T) {
	person := pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}
	menu := &pbx.Menu{ID: "mnu_1", Name: "Reception", Extension: "200", Keys: []pbx.MenuKey{{Key: "2", To: person}}, Dial: true,
		Silent: pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}}
	for name, keys := range map[string]string{"a key": "2", "an extension": "102", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o := newOffice(t, nil)
				o.put(menu)
				o.phone("b1", false, (*phone).answers)
				a := o.dial("200", false, offer(pcmu, event8))
				pause(time.Second)
				for _, k := range keys {
					a.send(call.Signal{Kind: call.SignalDigit, Digit: byte(k)})
					pause(200 * time.Millisecond)
				}
				pause(40 * time.Second)
				a.hangsUp()
				synctest.Wait()
				o.drain()
				c := o.only()
				var story []string
				for _, line := range c.Trace {
					story = append(story, line.Key)
				}
				if !slices.Contains(story, "route.house.menu") {
					t.Errorf("the story of the call: %v", story)
				}
				if keys == "" {
					if !slices.Contains(story, "route.house.mailbox") {
						t.Errorf("a silent caller: %v", story)
					}
					return
				}
				if c.To.Name != "bob" || c.Talk() < 30*time.Second || !slices.Contains(story, "route.went_on.chosen") {
					t.Errorf("to %+v, talked %v: %v", c.To, c.Talk(), story)
				}
			})
		})
	}
}
