package switchboard

import (
	"fmt"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/route"
)

// Every kind of destination, in every status, on every occasion, for callers from inside and outside, as a rule of the status and as an exception,
// carried to its end by the whole switchboard in simulated time (X-048… …X-072; X-056 the mobile, X-059 and X-060 every system extension,
// numbers outside, asked first or not). What is expected stands here as words.
func TestEveryDestinationIsCarried(t *testing.T) {
	destinations := []struct {
		name string
		to   pbx.Destination
		want string // %s is what became of the call before, where it cannot go on
	}{
		{"nowhere", pbx.Destination{}, "%s"},
		{"a colleague", pbx.Destination{Kind: pbx.ToUser, ID: "usr_mona"}, "answered mona1"},
		{"a deleted colleague", pbx.Destination{Kind: pbx.ToUser, ID: "usr_gone"}, "%s"},
		{"back to himself", pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}, "%s"},
		{"his own voicemail", pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}, "mailbox"},
		{"the voicemail of a colleague", pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_mona"}, "mailbox"},
		{"the voicemail of a group", pbx.Destination{Kind: pbx.ToMailbox, ID: "grp_all"}, "mailbox"},
		{"a voicemail that is off", pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_alice"}, "%s"},
		{"his mobile", pbx.Destination{Kind: pbx.ToMobile}, "answered trk_1"},
		{"his mobile, asked first", pbx.Destination{Kind: pbx.ToMobile, Screen: true}, "answered trk_1"},
		{"a number outside", pbx.Destination{Kind: pbx.ToOutside, Number: "+49301234567"}, "answered trk_1"},
		{"a number outside, asked first", pbx.Destination{Kind: pbx.ToOutside, Number: "+49301234567", Screen: true}, "answered trk_1"},
		{"a ring group", pbx.Destination{Kind: pbx.ToRing, ID: "rng_1"}, "answered mona1"},
		{"a queue", pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}, "queue"},
		{"a menu", pbx.Destination{Kind: pbx.ToMenu, ID: "mnu_1"}, "menu"},
		{"a park position", pbx.Destination{Kind: pbx.ToPark, ID: "prk_1"}, "park"},
		{"a conference room", pbx.Destination{Kind: pbx.ToRoom, ID: "rom_1"}, "room"},
		{"a group, by its hours", pbx.Destination{Kind: pbx.ToGroup, ID: "grp_all"}, "answered mona1"},
		{"the names", pbx.Destination{Kind: pbx.ToNames}, "names"},
		{"a queue that is gone", pbx.Destination{Kind: pbx.ToQueue, ID: "que_9"}, "%s"},
		{"the busy tone", pbx.Destination{Kind: pbx.ToBusy}, "busy"},
	}
	occasions := []struct {
		name  string
		ends  string
		when  pbx.When
		rule  func(*pbx.Profile) *pbx.Case
		does  habit
		rings bool // in which statuses this can be
	}{
		{"nobody answers", "no_answer", pbx.WhenNoAnswer, func(p *pbx.Profile) *pbx.Case { return &p.NoAnswer }, ringsOn, true},
		{"he talks", "busy", pbx.WhenBusy, func(p *pbx.Profile) *pbx.Case { return &p.Busy }, "talks", true},
		{"his phone is busy", "busy", pbx.WhenBusy, func(p *pbx.Profile) *pbx.Case { return &p.Busy }, busy, true},
		{"he declines", "busy", pbx.WhenBusy, func(p *pbx.Profile) *pbx.Case { return &p.Busy }, declines, true},
		{"no phone is registered", "offline", pbx.WhenOffline, func(p *pbx.Profile) *pbx.Case { return &p.Offline }, "absent", true},
		{"his phone is gone", "offline", pbx.WhenOffline, func(p *pbx.Profile) *pbx.Case { return &p.Offline }, gone, true},
		{"at once", "away", pbx.WhenAlways, func(p *pbx.Profile) *pbx.Case { return &p.Always }, ringsOn, false},
	}
	// play carries a call for bob with these rules, and tells how it ends.
	play := func(t *testing.T, outside bool, f *pbx.Forwarding, status pbx.Status, does habit) string {
		var did string
		bubble(t, func(t *testing.T) {
			c := &trial{office: newOffice(t, nil), habits: map[pbx.BindingID]habit{}, takes: map[pbx.BindingID]time.Duration{}, keys: []string{""}, after: time.Hour}
			c.wire.quiet = true
			f.User = "usr_bob"
			s, err := c.s.Apply(pbx.Change{Put: []pbx.Noun{f,
				&pbx.User{ID: "usr_bob", Name: "bob", Email: "bob@example.org", Extension: "102", Mobile: "+491701234567"},
				&pbx.Mailbox{ID: "usr_bob"}, &pbx.Mailbox{ID: "usr_mona"},
				&pbx.Choice{User: "usr_bob", Status: status, At: began},
				&pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "carrier.example", Created: began},
				&pbx.DID{ID: "did_1", Number: "+4930555111", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}, Shown: true, Created: began},
				&pbx.Restriction{ID: "rst_1", Name: "Rules", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow}}},
				&pbx.RingGroup{ID: "rng_1", Name: "Ring", Extension: "180", Strategy: pbx.RingAll, Members: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_mona"}}},
				&pbx.Queue{ID: "que_1", Name: "Hotline", Extension: "300", Strategy: pbx.ServeAll, Ring: 20},
				&pbx.Menu{ID: "mnu_1", Name: "Menu", Extension: "200", Wait: 60},
				&pbx.Room{ID: "rom_1", Name: "Round table", Extension: "310", Created: began},
				&pbx.Park{ID: "prk_1", Name: "Park", Extension: "700", Slots: 2, Created: began},
				&pbx.Entrance{Group: "grp_all", Extension: "150", Open: pbx.Destination{Kind: pbx.ToRing, ID: "rng_1"}}}})
			if err != nil {
				t.Fatal(err)
			}
			c.s = s
			switch does {
			case "absent":
			case "talks":
				c.live = c.live.WithCall(&pbx.LiveCall{ID: "cal_bob", Phase: pbx.PhaseTalking, Answered: began, Users: []pbx.UserID{"usr_bob"}})
				c.phone("bob1", "dev_bob1", ringsOn)
			default:
				c.phone("bob1", "dev_bob1", does)
			}
			c.phone("mona1", "dev_mona1", answers)
			c.script("", answers)
			c.asked = route.Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1", Via: "sip"}, Dialled: "102"}
			if outside {
				c.asked = route.Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_1", Via: "sip"}, From: pbx.Party{Number: "+49301112233"}, Dialled: "+4930555111"}
			}
			record := c.carried()
			did = end(&record)
			if len(record.Trace) == 0 || record.Reason.Key == "" {
				t.Errorf("a record without words: %+v", record)
			}
		})
		return did
	}
	elsewhere := pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_mona"}
	check := func(t *testing.T, got, want, ends string) {
		if want == "%s" {
			want = ends
		}
		if got != want {
			t.Errorf("the call came to %q, want %q", got, want)
		}
	}
	for _, d := range destinations {
		t.Run(d.name, func(t *testing.T) {
			for _, o := range occasions {
				for _, outside := range []bool{false, true} {
					who := map[bool]string{false: "from inside", true: "from outside"}[outside]
					for _, status := range pbx.Statuses() {
						if o.rings != status.Rings() {
							continue
						}
						t.Run(fmt.Sprintf("%s, %s, %s", status, o.name, who), func(t *testing.T) {
							p := pbx.Profile{Single: true}
							rule := pbx.Case{Inside: d.to, Outside: &elsewhere}
							if outside {
								rule = pbx.Case{Inside: elsewhere, Outside: &d.to}
							}
							*o.rule(&p) = rule
							check(t, play(t, outside, &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{status: p}}, status, o.does), d.want, o.ends)
						})
					}
					if d.to.IsZero() || d.name == "back to himself" { // an exception leads somewhere; to himself it lets his phones ring
						continue
					}
					t.Run(fmt.Sprintf("an exception, %s, %s", o.name, who), func(t *testing.T) {
						side := map[bool]pbx.Side{false: pbx.SideInside, true: pbx.SideOutside}[outside]
						other := map[bool]pbx.Side{true: pbx.SideInside, false: pbx.SideOutside}[outside]
						f := &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Single: true, NoAnswer: pbx.Case{Inside: elsewhere}, Busy: pbx.Case{Inside: elsewhere}, Offline: pbx.Case{Inside: elsewhere}}},
							Exceptions: []pbx.Exception{{Side: other, When: o.when, To: pbx.Destination{Kind: pbx.ToBusy}}, {Hours: pbx.HoursNever, When: o.when, To: pbx.Destination{Kind: pbx.ToBusy}},
								{Side: side, When: o.when, To: d.to}}}
						check(t, play(t, outside, f, pbx.StatusAvailable, o.does), d.want, o.ends)
					})
				}
			}
		})
	}
}
