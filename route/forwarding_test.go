package route

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/i18n"
	"tandem/pbx"
)

// house builds an office in which bob has rules, and everything a rule can lead to exists.
func house(t interface{ Fatal(...any) }, f *pbx.Forwarding, more ...pbx.Noun) (*pbx.Snapshot, *world) {
	w := newWorld()
	w.person("alice", "101", false)
	w.phone("usr_alice", "adesk", 1)
	w.person("bob", "102", false)
	w.phone("usr_bob", "bdesk", 1)
	w.person("carol", "103", false)
	w.phone("usr_carol", "cdesk", 1)
	w.nouns[5].(*pbx.User).Mobile = "+491701234567"
	w.nouns = append(w.nouns, &pbx.RingGroup{ID: "rng_1", Name: "Service", Extension: "180", Strategy: pbx.RingAll, Members: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_carol"}}})
	if f != nil {
		f.User = "usr_bob"
		w.nouns = append(w.nouns, f)
	}
	w.nouns = append(w.nouns, more...)
	return w.snapshot(t), w
}

var (
	aliceCalls = pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_adesk"}
	lineCalls  = pbx.Actor{Kind: pbx.ActorTrunk}
)

// ask dials 102, from inside or from a number outside.
func ask(s *pbx.Snapshot, live *pbx.Presence, outside bool) Plan {
	r := Request{Caller: aliceCalls, Dialled: "102", At: noon}
	if outside {
		r.Caller, r.From = lineCalls, pbx.Party{Number: "+49301112233"}
	}
	return Decide(s, live, r)
}

// became is what a plan comes to, in one line.
func became(p Plan) string {
	switch {
	case p.House != nil:
		return string(p.House.At.Kind) + " " + p.House.At.ID
	case p.Refuse != "":
		return "ends " + string(p.Refuse)
	}
	return fmt.Sprint("rings ", rung(p), " ", p.Attempts[0].Ring)
}

// Every kind of destination, in every status, for callers from inside and from outside, on every occasion (X-048…X-066).
func TestEveryDestinationInEveryStatus(t *testing.T) {
	destinations := []struct {
		name string
		to   pbx.Destination
		want string // where the call comes to; %s is the cause it ends with where it cannot go on
	}{
		{"nowhere", pbx.Destination{}, "ends %s"},
		{"a colleague", pbx.Destination{Kind: pbx.ToUser, ID: "usr_carol"}, "rings [bnd_cdesk0] 30s"},
		{"a deleted colleague", pbx.Destination{Kind: pbx.ToUser, ID: "usr_gone"}, "ends %s"},
		{"his own voicemail", pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}, "mailbox usr_bob"},
		{"the voicemail of a colleague", pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_carol"}, "mailbox usr_carol"},
		{"his mobile", pbx.Destination{Kind: pbx.ToMobile}, "ends %s"},
		{"a number outside", pbx.Destination{Kind: pbx.ToOutside, Number: "+48221234567"}, "ends %s"},
		{"a ring group", pbx.Destination{Kind: pbx.ToRing, ID: "rng_1"}, "rings [bnd_cdesk0] 30s"},
		{"a queue that is gone", pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}, "ends %s"},
		{"the busy tone", pbx.Destination{Kind: pbx.ToBusy}, "ends busy"},
	}
	occasions := []struct {
		name  string
		cause pbx.Cause
		rule  func(*pbx.Profile) *pbx.Case
		rings bool
	}{
		{"nobody answers", pbx.CauseNoAnswer, func(p *pbx.Profile) *pbx.Case { return &p.NoAnswer }, true},
		{"busy", pbx.CauseBusy, func(p *pbx.Profile) *pbx.Case { return &p.Busy }, true},
		{"not registered", pbx.CauseOffline, func(p *pbx.Profile) *pbx.Case { return &p.Offline }, true},
		{"always", pbx.CauseAway, func(p *pbx.Profile) *pbx.Case { return &p.Always }, false},
	}
	for _, d := range destinations {
		for _, status := range pbx.Statuses() {
			for _, o := range occasions {
				if o.rings != status.Rings() {
					continue
				}
				for _, outside := range []bool{false, true} {
					who := map[bool]string{false: "a colleague", true: "a caller from outside"}[outside]
					t.Run(fmt.Sprintf("%s calls, %s, %s: %s", who, status, o.name, d.name), func(t *testing.T) {
						p := pbx.Profile{Single: true}
						elsewhere := pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_alice"}
						c := pbx.Case{Inside: elsewhere, Outside: &elsewhere}
						if outside {
							c.Outside = &d.to
						} else {
							c.Inside = d.to
						}
						*o.rule(&p) = c
						s, w := house(t, &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{status: p}}, &pbx.Choice{User: "usr_bob", Status: status, At: noon.Add(-time.Hour)})
						live := w.live
						switch o.cause {
						case pbx.CauseBusy:
							live = live.WithCall(&pbx.LiveCall{ID: "cal_1", Phase: pbx.PhaseTalking, Users: []pbx.UserID{"usr_bob"}})
						case pbx.CauseOffline:
							live = live.WithBindings("dev_bdesk", nil)
						}
						plan := ask(s, live, outside)
						if o.cause == pbx.CauseNoAnswer {
							if got := became(plan); got != "rings [bnd_bdesk0] 30s" {
								t.Fatalf("first %s\ntrace %v", got, plan.Trace)
							}
							if plan.Then.NoAnswer != d.to {
								t.Fatalf("then %+v", plan.Then)
							}
							if d.to.IsZero() {
								return
							}
							r := Request{Caller: aliceCalls, At: noon}
							if outside {
								r.Caller = lineCalls
							}
							plan = Decide(s, live, plan.Go(r, o.cause, noon.Add(30*time.Second)))
						}
						want := d.want
						if slices.Contains([]string{"ends %s"}, want) {
							want = fmt.Sprintf(want, o.cause)
						}
						if got := became(plan); got != want {
							t.Errorf("%s, want %s\ntrace %v", got, want, plan.Trace)
						}
						if len(plan.Trace) < 2 || plan.Refuse != "" && !reflect.DeepEqual(plan.Trace[len(plan.Trace)-1], plan.Text) {
							t.Errorf("trace %v, text %v", plan.Trace, plan.Text)
						}
					})
				}
			}
		}
	}
}

// reaches dials 102 and, where a phone of bob's rings first, lets that come to nothing with a cause.
func reaches(s *pbx.Snapshot, live *pbx.Presence, outside bool, cause pbx.Cause) string {
	p := ask(s, live, outside)
	if cause == "" || len(p.Attempts) == 0 || !slices.Contains(rung(p), "bnd_bdesk0") {
		return became(p)
	}
	r := Request{Caller: aliceCalls, Dialled: "102", At: noon}
	if outside {
		r.Caller, r.From = lineCalls, pbx.Party{Number: "+49301112233"}
	}
	if p.Then.After(cause).IsZero() {
		return "ends " + string(cause)
	}
	return became(Decide(s, live, p.Go(r, cause, noon.Add(30*time.Second))))
}

// The promises of forwarding one by one, each with what it shares its profile with, so that none holds only because another does.
func TestForwardingRows(t *testing.T) {
	box := func(u string) pbx.Destination { return pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_" + u} }
	person := func(u string) pbx.Destination { return pbx.Destination{Kind: pbx.ToUser, ID: "usr_" + u} }
	in := func(d pbx.Destination) pbx.Case { return pbx.Case{Inside: d} }
	busyTone, group := pbx.Destination{Kind: pbx.ToBusy}, pbx.Destination{Kind: pbx.ToRing, ID: "rng_1"}
	chose := func(u string, st pbx.Status) pbx.Noun {
		return &pbx.Choice{User: pbx.UserID("usr_" + u), Status: st, At: noon.Add(-time.Hour)}
	}
	own := map[pbx.Status]pbx.Profile{ // five statuses, five sets
		pbx.StatusAvailable:  {Ring: 11, NoAnswer: in(box("bob"))},
		pbx.StatusAvailable2: {Ring: 22, NoAnswer: in(person("carol"))},
		pbx.StatusAway:       {Always: in(box("alice"))},
		pbx.StatusDND:        {Always: in(busyTone)},
		pbx.StatusAway2:      {Always: in(group)},
	}
	boxBob := box("bob")
	sides := pbx.Case{Inside: person("carol"), Outside: &boxBob}
	split := map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Single: true, NoAnswer: sides, Busy: sides, Offline: sides}, pbx.StatusAway: {Always: sides}}
	apart := map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Single: true, NoAnswer: in(box("alice")), Busy: in(person("carol")), Offline: in(box("bob"))}}
	several := map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {NoAnswer: in(box("alice")), Busy: in(person("carol"))}}
	lunch := []pbx.Exception{{Number: "+49301112233", Hours: pbx.HoursSpecific, Spans: []pbx.Span{{Days: []time.Weekday{time.Monday}, From: 12 * 60, Until: 14 * 60}}, To: person("carol")}}
	dinner := []pbx.Exception{{Number: "+49301112233", Hours: pbx.HoursSpecific, Spans: []pbx.Span{{Days: []time.Weekday{time.Monday}, From: 18 * 60, Until: 20 * 60}}, To: person("carol")}}
	other := []pbx.Exception{{Number: "+49305556666", To: person("carol")}}
	always := []pbx.Exception{{Number: "+49301112233", To: person("carol")}}
	const bobRings = "rings [bnd_bdesk0] 30s"

	type fact string
	const (
		talks  fact = "talks"
		absent fact = "absent"
	)
	for _, tt := range []struct {
		name    string
		f       pbx.Forwarding
		more    []pbx.Noun
		fact    fact
		outside bool
		cause   pbx.Cause
		want    string
	}{
		{"X-050 available rings as long as that status says", pbx.Forwarding{Profiles: own}, nil, "", false, "", "rings [bnd_bdesk0] 11s"},
		{"X-050 available has its own destination", pbx.Forwarding{Profiles: own}, nil, "", false, pbx.CauseNoAnswer, "mailbox usr_bob"},
		{"X-050 the second available rings as long as that one says", pbx.Forwarding{Profiles: own}, []pbx.Noun{chose("bob", pbx.StatusAvailable2)}, "", false, "", "rings [bnd_bdesk0] 22s"},
		{"X-050 the second available has its own destination", pbx.Forwarding{Profiles: own}, []pbx.Noun{chose("bob", pbx.StatusAvailable2)}, "", false, pbx.CauseNoAnswer, "rings [bnd_cdesk0] 30s"},
		{"X-050 away has its own destination", pbx.Forwarding{Profiles: own}, []pbx.Noun{chose("bob", pbx.StatusAway)}, "", false, "", "mailbox usr_alice"},
		{"X-050 do not disturb has its own destination", pbx.Forwarding{Profiles: own}, []pbx.Noun{chose("bob", pbx.StatusDND)}, "", false, "", "ends busy"},
		{"X-050 the second away has its own destination", pbx.Forwarding{Profiles: own}, []pbx.Noun{chose("bob", pbx.StatusAway2)}, "", false, "", "rings [bnd_cdesk0] 30s"},

		{"X-051 a colleague, nobody answers", pbx.Forwarding{Profiles: split}, nil, "", false, pbx.CauseNoAnswer, "rings [bnd_cdesk0] 30s"},
		{"X-051 from outside, nobody answers", pbx.Forwarding{Profiles: split}, nil, "", true, pbx.CauseNoAnswer, "mailbox usr_bob"},
		{"X-051 a colleague, busy", pbx.Forwarding{Profiles: split}, nil, talks, false, "", "rings [bnd_cdesk0] 30s"},
		{"X-051 from outside, busy", pbx.Forwarding{Profiles: split}, nil, talks, true, "", "mailbox usr_bob"},
		{"X-051 a colleague, not registered", pbx.Forwarding{Profiles: split}, nil, absent, false, "", "rings [bnd_cdesk0] 30s"},
		{"X-051 from outside, not registered", pbx.Forwarding{Profiles: split}, nil, absent, true, "", "mailbox usr_bob"},
		{"X-051 a colleague, away", pbx.Forwarding{Profiles: split}, []pbx.Noun{chose("bob", pbx.StatusAway)}, "", false, "", "rings [bnd_cdesk0] 30s"},
		{"X-051 from outside, away", pbx.Forwarding{Profiles: split}, []pbx.Noun{chose("bob", pbx.StatusAway)}, "", true, "", "mailbox usr_bob"},

		{"X-052 first the phone rings", pbx.Forwarding{Profiles: apart}, nil, "", false, "", bobRings},
		{"X-052 then the call goes where unanswered ones go", pbx.Forwarding{Profiles: apart}, nil, "", false, pbx.CauseNoAnswer, "mailbox usr_alice"},
		{"X-052 in a status in which nothing rings this rule does not count", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {NoAnswer: in(box("alice")), Always: in(box("bob"))}}},
			[]pbx.Noun{chose("bob", pbx.StatusAway)}, "", false, "", "mailbox usr_bob"},

		{"X-055 another extension rings", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: in(person("carol"))}}}, []pbx.Noun{chose("bob", pbx.StatusAway)}, "", false, "", "rings [bnd_cdesk0] 30s"},
		{"X-055 there that person's own status counts", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: in(person("carol"))}}},
			[]pbx.Noun{chose("bob", pbx.StatusAway), chose("carol", pbx.StatusDND), &pbx.Forwarding{User: "usr_carol", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusDND: {Always: in(box("carol"))}}}}, "", false, "", "mailbox usr_carol"},
		{"X-055 straight to its voicemail: its phone does not ring", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: in(box("carol"))}}}, []pbx.Noun{chose("bob", pbx.StatusAway)}, "", false, "", "mailbox usr_carol"},

		{"X-064 busy is what the caller gets, though the phone is free", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusDND: {Always: in(busyTone)}}}, []pbx.Noun{chose("bob", pbx.StatusDND)}, "", true, "", "ends busy"},
		{"X-064 after ringing too", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {NoAnswer: in(busyTone)}}}, nil, "", false, pbx.CauseNoAnswer, "ends busy"},

		{"X-065 busy goes its own way", pbx.Forwarding{Profiles: apart}, nil, talks, false, "", "rings [bnd_cdesk0] 30s"},
		{"X-065 a phone that says so is busy", pbx.Forwarding{Profiles: apart}, nil, "", false, pbx.CauseBusy, "rings [bnd_cdesk0] 30s"},
		{"X-065 who declines is busy", pbx.Forwarding{Profiles: apart}, nil, "", false, pbx.CauseDeclined, "rings [bnd_cdesk0] 30s"},
		{"X-065 not registered goes its own way", pbx.Forwarding{Profiles: apart}, nil, absent, false, "", "mailbox usr_bob"},

		{"X-067 a second call is offered", pbx.Forwarding{Profiles: several}, nil, talks, false, "", bobRings},
		{"X-067 and takes the rule for ringing", pbx.Forwarding{Profiles: several}, nil, talks, false, pbx.CauseNoAnswer, "mailbox usr_alice"},
		{"X-067 no second call is offered where the status says so", pbx.Forwarding{Profiles: apart}, nil, talks, false, "", "rings [bnd_cdesk0] 30s"},

		{"X-071 that caller, at that time", pbx.Forwarding{Exceptions: lunch}, nil, "", true, "", "rings [bnd_cdesk0] 30s"},
		{"X-071 that caller, at another time", pbx.Forwarding{Exceptions: dinner}, nil, "", true, "", bobRings},
		{"X-071 another caller, at that time", pbx.Forwarding{Exceptions: other}, nil, "", true, "", bobRings},
		{"X-071 the time is optional", pbx.Forwarding{Exceptions: always}, nil, "", true, "", "rings [bnd_cdesk0] 30s"},

		{"B-058 who is unavailable is stood in for", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: in(person("carol"))}}}, []pbx.Noun{chose("bob", pbx.StatusAway)}, "", true, "", "rings [bnd_cdesk0] 30s"},
		{"B-058 and by a group that does not answer after him", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {NoAnswer: in(group), Offline: in(group)}}}, nil, "", true, pbx.CauseNoAnswer, "rings [bnd_cdesk0] 30s"},
		{"B-058 and when no phone of his is there", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {NoAnswer: in(group), Offline: in(group)}}}, nil, absent, true, "", "rings [bnd_cdesk0] 30s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, w := house(t, &tt.f, tt.more...)
			live := w.live
			switch tt.fact {
			case talks:
				live = live.WithCall(&pbx.LiveCall{ID: "cal_1", Phase: pbx.PhaseTalking, Users: []pbx.UserID{"usr_bob"}})
			case absent:
				live = live.WithBindings("dev_bdesk", nil)
			}
			if got := reaches(s, live, tt.outside, tt.cause); got != tt.want {
				t.Errorf("%s, want %s\ntrace %v", got, tt.want, ask(s, live, tt.outside).Trace)
			}
		})
	}
}

func TestForwarding(t *testing.T) {
	mailbox, carol := pbx.Destination{Kind: pbx.ToMailbox, ID: "usr_bob"}, pbx.Destination{Kind: pbx.ToUser, ID: "usr_carol"}
	self := pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}
	dnd := &pbx.Choice{User: "usr_bob", Status: pbx.StatusDND, At: noon.Add(-time.Hour)}
	silent := map[pbx.Status]pbx.Profile{pbx.StatusDND: {Always: pbx.Case{Inside: mailbox}}}
	back := &pbx.Forwarding{User: "usr_carol", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: pbx.Case{Inside: self}}}}
	tests := []struct {
		name    string
		f       pbx.Forwarding
		more    []pbx.Noun
		outside bool
		want    string
	}{
		{"nobody set anything: it rings", pbx.Forwarding{}, nil, false, "rings [bnd_bdesk0] 30s"},
		{"the ring time is the person's", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Ring: 12}}}, nil, false, "rings [bnd_bdesk0] 12s"},
		{"in a meeting calls go to voicemail (X-049)", pbx.Forwarding{Profiles: silent}, []pbx.Noun{dnd}, false, "mailbox usr_bob"},
		{"a status that has ended does not count", pbx.Forwarding{Profiles: silent}, []pbx.Noun{&pbx.Choice{User: "usr_bob", Status: pbx.StatusDND, At: noon.Add(-time.Hour), Until: noon}}, false, "rings [bnd_bdesk0] 30s"},
		{"outside follows inside without a rule of its own (X-053)", pbx.Forwarding{Profiles: silent}, []pbx.Noun{dnd}, true, "mailbox usr_bob"},
		{"the boss rings through", pbx.Forwarding{Profiles: silent, Exceptions: []pbx.Exception{{Caller: "usr_alice", To: self}}}, []pbx.Noun{dnd}, false, "rings [bnd_bdesk0] 30s"},
		{"others than the boss do not", pbx.Forwarding{Profiles: silent, Exceptions: []pbx.Exception{{Caller: "usr_carol", To: self}}}, []pbx.Noun{dnd}, false, "mailbox usr_bob"},
		{"a customer by the beginning of his number", pbx.Forwarding{Exceptions: []pbx.Exception{{Number: "+4930*", To: carol}}}, nil, true, "rings [bnd_cdesk0] 30s"},
		{"a customer by his number", pbx.Forwarding{Exceptions: []pbx.Exception{{Number: "+49301112233", To: carol}}}, nil, true, "rings [bnd_cdesk0] 30s"},
		{"another number", pbx.Forwarding{Exceptions: []pbx.Exception{{Number: "+49301112234", To: carol}}}, nil, true, "rings [bnd_bdesk0] 30s"},
		{"an exception for outside passes colleagues by", pbx.Forwarding{Exceptions: []pbx.Exception{{Side: pbx.SideOutside, To: carol}}}, nil, false, "rings [bnd_bdesk0] 30s"},
		{"the first exception wins", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol}, {To: mailbox}}}, nil, false, "rings [bnd_cdesk0] 30s"},
		{"an exception that is off", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol, Off: true}, {To: mailbox}}}, nil, false, "mailbox usr_bob"},
		{"an exception that never counts", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol, Hours: pbx.HoursNever}}}, nil, false, "rings [bnd_bdesk0] 30s"},
		{"an exception at this hour: noon in London is one in Berlin", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol, Hours: pbx.HoursSpecific, Spans: []pbx.Span{{Days: []time.Weekday{time.Monday}, From: 13 * 60, Until: 14 * 60}}}}}, nil, false, "rings [bnd_cdesk0] 30s"},
		{"outside that hour", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol, Hours: pbx.HoursOther, Spans: []pbx.Span{{Days: []time.Weekday{time.Monday}, From: 13 * 60, Until: 14 * 60}}}}}, nil, false, "rings [bnd_bdesk0] 30s"},
		{"a span over midnight reaches into the next day", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol, Hours: pbx.HoursSpecific, Spans: []pbx.Span{{Days: []time.Weekday{time.Sunday}, From: 22 * 60, Until: 13*60 + 30}}}}}, nil, false, "rings [bnd_cdesk0] 30s"},
		{"an exception for an occasion leaves the ringing alone", pbx.Forwarding{Exceptions: []pbx.Exception{{To: carol, When: pbx.WhenNoAnswer}}}, nil, false, "rings [bnd_bdesk0] 30s"},
		{"a circle is cut", pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusDND: {Always: pbx.Case{Inside: carol}}}}, []pbx.Noun{dnd, back, &pbx.Choice{User: "usr_carol", Status: pbx.StatusAway, At: noon.Add(-time.Hour)}}, false, "ends away"},
		{"a suspended person is not reached by a rule", pbx.Forwarding{Exceptions: []pbx.Exception{{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_dora"}}}},
			[]pbx.Noun{&pbx.User{ID: "usr_dora", Name: "dora", Email: "dora@example.org", Suspensions: []pbx.Interval{{From: noon.Add(-time.Hour)}}}, &pbx.Membership{ID: "mem_dora", User: "usr_dora", Group: "grp_all", Role: "user", From: noon}}, false, "ends away"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, w := house(t, &tt.f, tt.more...)
			if p := ask(s, w.live, tt.outside); became(p) != tt.want {
				t.Errorf("%s, want %s\ntrace %v", became(p), tt.want, p.Trace)
			}
		})
	}

	// A rule of the person pays for what leads outside (N-12), and exceptions take the place of the status's rules.
	s, w := house(t, &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {NoAnswer: pbx.Case{Inside: mailbox}}},
		Exceptions: []pbx.Exception{{When: pbx.WhenNoAnswer, To: pbx.Destination{Kind: pbx.ToMobile}}, {When: pbx.WhenNoAnswer, To: carol}}})
	p := ask(s, w.live, false)
	if p.Then.Owner != "usr_bob" || p.Then.NoAnswer.Kind != pbx.ToMobile {
		t.Errorf("then %+v", p.Then)
	}
	p = Decide(s, w.live, p.Go(Request{Caller: aliceCalls}, pbx.CauseNoAnswer, noon))
	if p.Refuse != pbx.CauseNoAnswer || p.Text.Key != "route.no_trunk" || p.To.Number != "+491701234567" || p.Passed[1].Owner != "usr_bob" {
		t.Errorf("to his mobile: %+v", p)
	}
	if p = Decide(s, w.live, Request{Caller: lineCalls, From: pbx.Party{Number: "+49301112233"}, Dialled: "0301234567", At: noon}); p.Refuse != pbx.CauseDenied {
		t.Errorf("a caller from outside calls outside: %+v", p)
	}
	mute := pbx.Profile{NoPush: true}
	s, w = house(t, &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: mute}}, &pbx.Device{ID: "dev_app", User: "usr_bob", Name: "App", Kind: pbx.DeviceMobile, Username: "app"})
	live := w.live.WithBindings("dev_app", []pbx.Binding{{ID: "bnd_app", Device: "dev_app", Expires: noon.Add(time.Hour)}})
	if got := rung(ask(s, live, false)); !slices.Equal(got, []string{"bnd_bdesk0"}) {
		t.Errorf("without push rings %v", got)
	}
}

// a browser that is told of calls while no page is open is a place like a phone, also when it is the only one, unless the status blocks that.
func TestBrowsersAreWoken(t *testing.T) {
	for _, tt := range []struct {
		name         string
		desk, wakes  bool
		profile      pbx.Profile
		rings        int
		woken, trace bool
	}{
		{"nobody is told", true, false, pbx.Profile{}, 1, false, false},
		{"beside the phone", true, true, pbx.Profile{}, 2, true, true},
		{"alone", false, true, pbx.Profile{}, 1, true, true},
		{"blocked", true, true, pbx.Profile{NoPush: true}, 1, false, false},
		{"blocked, and nothing else", false, true, pbx.Profile{NoPush: true}, 0, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, w := house(t, &pbx.Forwarding{Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: tt.profile}},
				&pbx.Device{ID: "dev_web", User: "usr_bob", Name: "Browser", Kind: pbx.DeviceBrowser, Username: "web"})
			live := w.live.WithWakes("usr_bob", tt.wakes)
			if !tt.desk {
				live = live.WithBindings("dev_bdesk", nil)
			}
			p := ask(s, live, false)
			var targets []Target
			for _, a := range p.Attempts {
				targets = append(targets, a.Targets...)
			}
			if len(targets) != tt.rings || slices.ContainsFunc(targets, Target.IsWoken) != tt.woken {
				t.Errorf("%+v", targets)
			}
			if slices.ContainsFunc(p.Trace, func(l i18n.Text) bool { return l.Key == "route.woken" }) != tt.trace {
				t.Errorf("trace %v", p.Trace)
			}
			if tt.rings == 0 && p.Refuse != pbx.CauseOffline && p.Then.Offline.IsZero() && p.House == nil {
				t.Errorf("%+v", p)
			}
		})
	}
}

// random is an office of four people whose rules, statuses, calls and ring groups are drawn.
func random(t *rapid.T) (*pbx.Snapshot, *pbx.Presence, Request) {
	w := newWorld()
	names := []string{"p0", "p1", "p2", "p3"}
	for i, n := range names {
		u := w.person(n, fmt.Sprint(101+i), rapid.IntRange(0, 9).Draw(t, "gone") == 0)
		w.phone(u, n+"d", rapid.IntRange(0, 2).Draw(t, "bindings"))
		if rapid.Bool().Draw(t, "mobile") {
			w.nouns[len(w.nouns)-3].(*pbx.User).Mobile = "+491701234567"
		}
	}
	destination := rapid.Custom(func(t *rapid.T) pbx.Destination {
		n := rapid.SampledFrom([]string{"usr_p0", "usr_p1", "usr_p2", "usr_p3", "usr_x"}).Draw(t, "id")
		switch rapid.IntRange(0, 8).Draw(t, "kind") {
		case 0, 1, 2:
			return pbx.Destination{Kind: pbx.ToUser, ID: n}
		case 3:
			return pbx.Destination{Kind: pbx.ToMailbox, ID: n}
		case 4:
			return pbx.Destination{Kind: pbx.ToRing, ID: rapid.SampledFrom([]string{"rng_0", "rng_1"}).Draw(t, "ring")}
		case 5:
			return pbx.Destination{Kind: pbx.ToMobile}
		case 6:
			return pbx.Destination{Kind: pbx.ToOutside, Number: "+48221234567"}
		case 7:
			return pbx.Destination{Kind: pbx.ToBusy}
		}
		return pbx.Destination{}
	})
	rule := func(label string) pbx.Case {
		c := pbx.Case{Inside: destination.Draw(t, label)}
		if rapid.Bool().Draw(t, "split") {
			to := destination.Draw(t, label+" outside")
			c.Outside = &to
		}
		return c
	}
	for _, n := range names {
		u := pbx.UserID("usr_" + n)
		f := &pbx.Forwarding{User: u, Profiles: map[pbx.Status]pbx.Profile{}}
		for _, status := range pbx.Statuses() {
			if rapid.Bool().Draw(t, "set") {
				f.Profiles[status] = pbx.Profile{Ring: rapid.SampledFrom([]int{0, 7}).Draw(t, "ring"), NoAnswer: rule("no answer"), Busy: rule("busy"), Offline: rule("offline"), Always: rule("always"),
					Single: rapid.Bool().Draw(t, "single"), NoGroups: rapid.Bool().Draw(t, "no groups")}
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "exceptions") {
			to := destination.Draw(t, "exception to")
			if to.IsZero() {
				to.Kind = pbx.ToBusy
			}
			f.Exceptions = append(f.Exceptions, pbx.Exception{Caller: rapid.SampledFrom([]pbx.UserID{"", "usr_p0"}).Draw(t, "caller"), Side: rapid.SampledFrom([]pbx.Side{"", "inside", "outside"}).Draw(t, "side"),
				When: rapid.SampledFrom([]pbx.When{"", "no_answer", "busy", "offline"}).Draw(t, "when"), To: to, Off: rapid.IntRange(0, 3).Draw(t, "off") == 0})
		}
		w.nouns = append(w.nouns, f)
		if rapid.Bool().Draw(t, "no mailbox") {
			w.nouns = append(w.nouns, &pbx.Mailbox{ID: pbx.BoxID(u), Off: true})
		}
		if rapid.Bool().Draw(t, "chosen") {
			w.nouns = append(w.nouns, &pbx.Choice{User: u, Status: rapid.SampledFrom(pbx.Statuses()).Draw(t, "status"), At: noon.Add(-time.Hour)})
		}
		if rapid.IntRange(0, 3).Draw(t, "talks") == 0 {
			w.live = w.live.WithCall(&pbx.LiveCall{ID: pbx.CallID("cal_" + n), Phase: pbx.PhaseTalking, Answered: noon, Users: []pbx.UserID{u}})
			if rapid.Bool().Draw(t, "over") {
				w.live = w.live.WithoutCall(pbx.CallID("cal_" + n))
			}
		}
	}
	for i := range 2 {
		g := &pbx.RingGroup{ID: pbx.RingID(fmt.Sprint("rng_", i)), Name: fmt.Sprint("R", i), Extension: fmt.Sprint(180 + i), Group: "grp_all", Escalate: rapid.Bool().Draw(t, "escalate"),
			Strategy: rapid.SampledFrom([]pbx.RingStrategy{pbx.RingAll, pbx.RingHunt, pbx.RingRobin, pbx.RingRested}).Draw(t, "strategy"), NoAnswer: destination.Draw(t, "ring then")}
		for _, n := range rapid.SliceOfNDistinct(rapid.SampledFrom(append(names, "x")), 0, 4, rapid.ID).Draw(t, "members") {
			g.Members = append(g.Members, pbx.Ref{Kind: pbx.KindUser, ID: "usr_" + n})
		}
		w.nouns = append(w.nouns, g)
	}
	r := Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_p0", Device: "dev_p0d"}, Dialled: rapid.SampledFrom([]string{"101", "102", "103", "104", "180", "181", "199", "0301234567", "112"}).Draw(t, "dialled"), At: noon}
	if rapid.Bool().Draw(t, "from outside") {
		r.Caller, r.From = lineCalls, pbx.Party{Number: "+49301112233"}
	}
	return w.snapshot(t), w.live, r
}

// In any office: a plan is one of three things, the same when asked twice, and however the phones behave the call ends,
// without ever coming to the same place twice; what the naive evaluator says is the same.
func TestEveryWayEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, live, r := random(t)
		for hops := 0; ; hops++ {
			if hops > Hops {
				t.Fatalf("sent on %d times", hops)
			}
			p := Decide(s, live, r)
			if again := Decide(s, live, r); !reflect.DeepEqual(p, again) {
				t.Fatalf("asked twice:\n%+v\n%+v", p, again)
			}
			if n := b2i(p.Refuse != "") + b2i(p.House != nil) + b2i(len(p.Attempts) > 0); n != 1 || len(p.Trace) == 0 {
				t.Fatalf("%d answers: %+v", n, p)
			}
			if got, want := became(p)+fmt.Sprint(p.Then), naive(s, live, r); got != want {
				t.Fatalf("%s\nnaive: %s\nrequest %+v\ntrace %v", got, want, r, p.Trace)
			}
			for i, a := range p.Passed {
				for _, b := range p.Passed[:i] {
					if a.At.Equal(b.At) && a.At.Kind != pbx.ToBusy {
						t.Fatalf("came twice to %+v", a.At)
					}
				}
			}
			if len(p.Passed) > Hops {
				t.Fatalf("passed %d places", len(p.Passed))
			}
			if p.IsEmergency() && len(p.Passed) > 0 {
				t.Fatalf("an emergency call went somewhere else first: %+v", p.Passed)
			}
			cause := rapid.SampledFrom([]pbx.Cause{pbx.CauseNoAnswer, pbx.CauseBusy, pbx.CauseDeclined, pbx.CauseOffline, pbx.CauseTimeout}).Draw(t, "cause")
			if len(p.Attempts) == 0 || p.Then.After(cause).IsZero() {
				return
			}
			r = p.Go(r, cause, r.At.Add(time.Second))
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// naiveOff reports whether a person takes no messages.
func naiveOff(s *pbx.Snapshot, id string) bool {
	b := s.Mailboxes[pbx.BoxID(id)]
	return b != nil && b.Off
}

// naive answers the question again, as a person would who reads the rules aloud.
func naive(s *pbx.Snapshot, live *pbx.Presence, r Request) string {
	outside := r.Caller.Kind == pbx.ActorTrunk
	been, last := map[string]bool{}, pbx.Cause("")
	key := func(d pbx.Destination) string { return string(d.Kind) + d.ID + d.Number }
	for _, p := range r.Passed {
		been[key(p.At)] = true
		if p.Cause != "" {
			last = p.Cause
		}
	}
	places := len(r.Passed)
	ends := func(c pbx.Cause) string {
		if last != "" {
			c = last
		}
		return "ends " + string(c) + fmt.Sprint(Then{})
	}
	to, owner := r.To, r.Owner
	if to.IsZero() {
		switch r.Dialled {
		case "112":
			return "ends unknown" + fmt.Sprint(Then{})
		case "180", "181":
			to = pbx.Destination{Kind: pbx.ToRing, ID: "rng_" + r.Dialled[2:]}
		case "101", "102", "103", "104":
			to = pbx.Destination{Kind: pbx.ToUser, ID: fmt.Sprint("usr_p", int(r.Dialled[2]-'1'))}
		case "0301234567":
			to = pbx.Destination{Kind: pbx.ToOutside, Number: "0301234567"}
		}
	}
	if !outside && s.Users["usr_p0"].IsSuspended(r.At) {
		return "ends suspended" + fmt.Sprint(Then{})
	}
	if to.IsZero() {
		return "ends unknown" + fmt.Sprint(Then{})
	}
	phones := func(u pbx.UserID) (list []string) {
		for _, d := range s.DevicesOf(u) {
			for _, b := range live.Bindings(d.ID) {
				if d.ID != r.Caller.Device {
					list = append(list, string(b.ID))
				}
			}
		}
		return list
	}
	talking := func(u pbx.UserID) bool { return len(live.CallsOf(u)) > 0 }
	status := func(u pbx.UserID) pbx.Status {
		if c := s.Choices[u]; c != nil {
			return c.Status
		}
		return pbx.StatusAvailable
	}
	for {
		if been[key(to)] && to.Kind != pbx.ToBusy {
			return ends(pbx.CauseFailed)
		}
		if places++; places > Hops {
			return ends(pbx.CauseFailed)
		}
		been[key(to)] = true
		switch to.Kind {
		case pbx.ToBusy:
			return "ends busy" + fmt.Sprint(Then{})
		case pbx.ToMailbox:
			if s.Users[pbx.UserID(to.ID)] == nil || naiveOff(s, to.ID) {
				return ends(pbx.CauseUnknown)
			}
			return "mailbox " + to.ID + fmt.Sprint(Then{})
		case pbx.ToOutside, pbx.ToMobile:
			if to.Kind == pbx.ToOutside && owner == "" && outside {
				return ends(pbx.CauseDenied)
			}
			if to.Kind == pbx.ToMobile && (s.Users[owner] == nil || s.Users[owner].Mobile == "") {
				return ends(pbx.CauseUnknown)
			}
			return ends(pbx.CauseUnknown)
		case pbx.ToRing:
			g := s.Rings[pbx.RingID(to.ID)]
			list := slices.Clone(g.Members)
			if g.Strategy == pbx.RingRested || g.Strategy == pbx.RingRobin {
				list = naiveOrder(g, list, live, s)
			}
			var rings []string
			for _, m := range list {
				u := pbx.UserID(m.ID)
				if s.Users[u] == nil || u == r.Caller.User || s.Users[u].IsSuspended(r.At) || !status(u).Rings() || s.ProfileOf(u, status(u)).NoGroups || talking(u) {
					continue
				}
				rings = append(rings, phones(u)...)
			}
			if len(rings) > 0 {
				return fmt.Sprint("rings ", rings, " 30s", Then{NoAnswer: g.NoAnswer, Busy: g.NoAnswer, Offline: g.NoAnswer})
			}
			last = pbx.CauseOffline
			to, owner = g.NoAnswer, ""
			if to.IsZero() {
				return "ends offline" + fmt.Sprint(Then{})
			}
		case pbx.ToUser:
			u := s.Users[pbx.UserID(to.ID)]
			if u == nil {
				return ends(pbx.CauseUnknown)
			}
			if u.IsSuspended(r.At) {
				return ends(pbx.CauseSuspended)
			}
			if u.ID == r.Caller.User {
				if len(phones(u.ID)) == 0 {
					return ends(pbx.CauseOffline)
				}
				return fmt.Sprint("rings ", phones(u.ID), " 30s", Then{})
			}
			profile, set := s.Forwardings[u.ID].Profiles[status(u.ID)]
			if c := (pbx.Case{Inside: pbx.Destination{Kind: pbx.ToMailbox, ID: to.ID}}); !set && !naiveOff(s, to.ID) {
				profile = pbx.Profile{NoAnswer: c, Busy: c, Offline: c, Always: c}
			}
			rule := map[pbx.When]pbx.Destination{"no_answer": profile.NoAnswer.For(outside), "busy": profile.Busy.For(outside), "offline": profile.Offline.For(outside)}
			replaced, through, away := map[pbx.When]bool{}, false, pbx.Destination{}
			for _, e := range s.Forwardings[u.ID].Exceptions {
				if e.Off || e.Caller != "" && e.Caller != r.Caller.User || e.Side == "inside" && outside || e.Side == "outside" && !outside || !away.IsZero() || through {
					continue
				}
				switch {
				case e.When == "" && e.To.Kind == pbx.ToUser && e.To.ID == to.ID:
					through = true
				case e.When == "":
					away = e.To
				case !replaced[e.When]:
					replaced[e.When], rule[e.When] = true, e.To
				}
			}
			next := func(cause pbx.Cause, d pbx.Destination) bool {
				last, to, owner = cause, d, u.ID
				return !d.IsZero()
			}
			switch {
			case !away.IsZero():
				next(pbx.CauseAway, away)
				continue
			case !through && !status(u.ID).Rings():
				if !next(pbx.CauseAway, profile.Always.For(outside)) {
					return "ends away" + fmt.Sprint(Then{})
				}
				continue
			case profile.Single && talking(u.ID):
				if !next(pbx.CauseBusy, rule["busy"]) {
					return "ends busy" + fmt.Sprint(Then{})
				}
				continue
			case len(phones(u.ID)) == 0:
				if !next(pbx.CauseOffline, rule["offline"]) {
					return "ends offline" + fmt.Sprint(Then{})
				}
				continue
			}
			ring := 30
			if profile.Ring > 0 {
				ring = profile.Ring
			}
			return fmt.Sprint("rings ", phones(u.ID), " ", ring, "s", Then{Owner: u.ID, NoAnswer: rule["no_answer"], Busy: rule["busy"], Offline: rule["offline"]})
		}
	}
}

func naiveOrder(g *pbx.RingGroup, list []pbx.Ref, live *pbx.Presence, s *pbx.Snapshot) []pbx.Ref {
	list = slices.DeleteFunc(list, func(r pbx.Ref) bool { return s.Users[pbx.UserID(r.ID)] == nil })
	served := func(r pbx.Ref) int64 { return live.Served(pbx.UserID(r.ID)) }
	if g.Strategy == pbx.RingRested {
		var out []pbx.Ref
		for len(list) > 0 {
			best := 0
			for i := range list {
				if served(list[i]) < served(list[best]) {
					best = i
				}
			}
			out = append(out, list[best])
			list = slices.Delete(list, best, best+1)
		}
		return out
	}
	last := -1
	for i := range list {
		if served(list[i]) > 0 && (last < 0 || served(list[i]) > served(list[last])) {
			last = i
		}
	}
	return append(slices.Clone(list[last+1:]), list[:last+1]...)
}
