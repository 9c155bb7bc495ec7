package pbx_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tandem/pbx"
)

func to(kind pbx.DestinationKind, id string) pbx.Destination {
	return pbx.Destination{Kind: kind, ID: id}
}

func key(k string, d pbx.Destination) pbx.MenuKey { return pbx.MenuKey{Key: k, To: d} }

var spoken = []pbx.Saying{{Language: "de", Text: "Guten Tag", Sound: pbx.Sound{Blob: "prm_1", Rate: 16000, Samples: 16000}}}

// doubts are those of a snapshot in one line each: "menu.loop keys!" for a grave one.
func doubts(s *pbx.Snapshot) []string {
	all := []string{}
	for _, d := range s.Doubts() {
		mark := ""
		if d.Grave {
			mark = "!"
		}
		all = append(all, strings.TrimSpace(d.At.ID+" "+strings.Replace(d.Text.Key, ".doubt.", ".", 1)+" "+d.Field)+mark)
	}
	return all
}

func TestDoubts(t *testing.T) {
	person := to(pbx.ToUser, "usr_bob")
	whole := &pbx.Menu{ID: "mnu_a", Name: "A", Extension: "200", Says: spoken, Keys: []pbx.MenuKey{key("1", person)}}
	but := func(f func(*pbx.Menu)) *pbx.Menu { m := *whole; f(&m); return &m }
	into := func(id string) pbx.Destination { return to(pbx.ToMenu, id) }
	tests := []struct {
		name string
		put  []pbx.Noun
		want []string
	}{
		{"a menu as it should be", []pbx.Noun{whole}, nil},
		{"a key that leads to nobody", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = []pbx.MenuKey{key("1", person), key("2", to(pbx.ToUser, "usr_none"))} })}, []string{"mnu_a menu.gone keys.2!"}},
		{"silence that leads to nothing", []pbx.Noun{but(func(m *pbx.Menu) { m.Silent = to(pbx.ToRing, "rng_none") })}, []string{"mnu_a menu.silent_gone silent!"}},
		{"wrong keys that lead to nothing", []pbx.Noun{but(func(m *pbx.Menu) { m.Wrong = to(pbx.ToQueue, "que_none") })}, []string{"mnu_a menu.wrong_gone wrong!"}},
		{"nothing to choose", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = nil })}, []string{"mnu_a menu.dead_end keys"}},
		{"an announcement that goes on", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys, m.Silent = nil, person })}, nil},
		{"an extension is a way out", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys, m.Dial = nil, true })}, nil},
		{"only back to the beginning", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = []pbx.MenuKey{key("1", into("mnu_a"))} })}, []string{"mnu_a menu.loop keys!"}},
		{"back to the beginning beside a way out", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = append(m.Keys, key("9", into("mnu_a"))) })}, nil},
		{"two menus that lead only to each other", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = []pbx.MenuKey{key("1", into("mnu_b"))} }),
			&pbx.Menu{ID: "mnu_b", Name: "B", Says: spoken, Keys: []pbx.MenuKey{key("9", into("mnu_a"))}}}, []string{"mnu_a menu.loop keys!", "mnu_b menu.loop keys!"}},
		{"the way out lies in the second menu", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = []pbx.MenuKey{key("1", into("mnu_b"))} }),
			&pbx.Menu{ID: "mnu_b", Name: "B", Says: spoken, Keys: []pbx.MenuKey{key("9", into("mnu_a")), key("1", person)}}}, nil},
		{"the way out lies behind a group", []pbx.Noun{but(func(m *pbx.Menu) { m.Keys = []pbx.MenuKey{key("1", to(pbx.ToGroup, "grp_sales"))} }),
			&pbx.Entrance{Group: "grp_sales", Open: person}}, nil},
		{"whoever is silent goes in a circle", []pbx.Noun{but(func(m *pbx.Menu) { m.Silent = into("mnu_a") })}, []string{"mnu_a menu.silent_circle silent"}},
		{"a menu that nothing leads to", []pbx.Noun{whole, &pbx.Menu{ID: "mnu_b", Name: "B", Says: spoken, Keys: []pbx.MenuKey{key("1", person)}}}, []string{"mnu_b menu.unreachable extension"}},
		{"two of them that lead to each other", []pbx.Noun{
			&pbx.Menu{ID: "mnu_b", Name: "B", Says: spoken, Keys: []pbx.MenuKey{key("1", person), key("2", into("mnu_c"))}},
			&pbx.Menu{ID: "mnu_c", Name: "C", Says: spoken, Keys: []pbx.MenuKey{key("1", person), key("2", into("mnu_b"))}}}, []string{"mnu_b menu.unreachable extension", "mnu_c menu.unreachable extension"}},
		{"a forwarding rule leads to it", []pbx.Noun{but(func(m *pbx.Menu) { m.Extension = "" }),
			&pbx.Forwarding{User: "usr_ada", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway: {Always: pbx.Case{Inside: into("mnu_a")}}}}}, nil},
		{"no greeting", []pbx.Noun{but(func(m *pbx.Menu) { m.Says = nil })}, []string{"mnu_a menu.says_nothing says"}},
		{"words without a sound", []pbx.Noun{but(func(m *pbx.Menu) { m.Says = []pbx.Saying{{Language: "de", Text: "Guten Tag"}} })}, []string{"mnu_a menu.unspoken says.de"}},
		{"not in the language of the department", []pbx.Noun{but(func(m *pbx.Menu) { m.Group = "grp_polish" })}, []string{"mnu_a menu.language_missing says"}},
		{"in a language that is never spoken", []pbx.Noun{but(func(m *pbx.Menu) { m.Language = "en" })}, []string{"mnu_a menu.language_missing says", "mnu_a menu.language_unheard says.de"}},
		{"a group that sends calls to itself", []pbx.Noun{&pbx.Entrance{Group: "grp_sales", Open: to(pbx.ToGroup, "grp_north")}, &pbx.Entrance{Group: "grp_north", Open: to(pbx.ToGroup, "grp_sales")}},
			[]string{"grp_north entrance.circle!", "grp_sales entrance.circle!"}},
		{"a group without anybody", []pbx.Noun{&pbx.Entrance{Group: "grp_sales", Closed: to(pbx.ToUser, "usr_none")}}, []string{"grp_sales entrance.nowhere open", "grp_sales entrance.gone closed!"}},
	}
	polish := &pbx.Group{ID: "grp_polish", Name: "Polska", Language: "pl", Created: day}
	for _, tt := range tests {
		s, err := office(t).Apply(pbx.Change{Put: append([]pbx.Noun{polish}, tt.put...)})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := doubts(s); !slices.Equal(got, append([]string{}, tt.want...)) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A picture shows every menu once, and a way back as a way back.
func TestChart(t *testing.T) {
	s := applied(t, office(t),
		&pbx.Menu{ID: "mnu_a", Name: "A", Keys: []pbx.MenuKey{key("1", to(pbx.ToUser, "usr_bob")), key("2", to(pbx.ToMenu, "mnu_b"))}, Silent: to(pbx.ToGroup, "grp_sales")},
		&pbx.Menu{ID: "mnu_b", Name: "B", Keys: []pbx.MenuKey{key("9", to(pbx.ToMenu, "mnu_a")), key("8", to(pbx.ToRing, "rng_none"))}},
		&pbx.Entrance{Group: "grp_sales", Open: to(pbx.ToMenu, "mnu_b"), Closed: to(pbx.ToBusy, "")})
	var out strings.Builder
	var tell func(b *pbx.Branch, depth int)
	tell = func(b *pbx.Branch, depth int) {
		fmt.Fprintf(&out, "%s%s→%s:%s", strings.Repeat(" ", depth), b.Field, b.To.Kind, b.To.ID)
		if b.Again {
			out.WriteString(" again")
		}
		if b.Gone {
			out.WriteString(" gone")
		}
		out.WriteString("\n")
		for _, n := range b.Next {
			tell(n, depth+1)
		}
	}
	tell(s.Chart(to(pbx.ToMenu, "mnu_a")), 0)
	want := `→menu:mnu_a
 keys.1→user:usr_bob
 keys.2→menu:mnu_b
  keys.9→menu:mnu_a again
  keys.8→ring:rng_none gone
 silent→group:grp_sales
  open→menu:mnu_b again
  closed→busy:
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

// Over random menus: every menu is in the picture of whatever leads to it, a picture always ends, and "no way out" agrees with
// trying all keys one after the other, as a caller without a plan does.
func TestDoubtsAgreeWithWandering(t *testing.T) {
	for seed := range uint64(400) {
		d := rand.New(rand.NewPCG(seed, 60))
		n := 1 + d.IntN(6)
		var put []pbx.Noun
		for i := range n {
			m := &pbx.Menu{ID: pbx.MenuID(fmt.Sprint("mnu_", i)), Name: fmt.Sprint("M", i), Dial: d.IntN(12) == 0}
			any := func() pbx.Destination {
				switch d.IntN(10) {
				case 0:
					return to(pbx.ToUser, "usr_bob")
				case 1:
					return to(pbx.ToUser, "usr_none")
				case 2:
					return pbx.Destination{}
				}
				return to(pbx.ToMenu, fmt.Sprint("mnu_", d.IntN(n)))
			}
			for k := range d.IntN(4) {
				if x := any(); !x.IsZero() {
					m.Keys = append(m.Keys, key(fmt.Sprint(k), x))
				}
			}
			m.Silent, m.Wrong = any(), any()
			put = append(put, m)
		}
		s := applied(t, office(t), put...)
		for id, m := range s.Menus {
			got := slices.ContainsFunc(s.Doubts(), func(x pbx.Doubt) bool { return x.At == m.Ref() && x.Text.Key == "menu.doubt.loop" })
			if want := !wanders(s, id, map[pbx.MenuID]bool{}) && !(len(m.Keys) == 0 && !m.Dial && m.Silent.IsZero()); got != want {
				t.Fatalf("seed %d: %s without a way out: %v, want %v: %+v", seed, id, got, want, m)
			}
			shown := 0
			var count func(b *pbx.Branch)
			count = func(b *pbx.Branch) {
				shown++
				for _, n := range b.Next {
					count(n)
				}
			}
			if count(s.Chart(to(pbx.ToMenu, string(id)))); shown > 300 {
				t.Fatalf("seed %d: %d places in one picture", seed, shown)
			}
		}
	}
}

// wanders reports whether a caller who tries everything comes to somebody.
func wanders(s *pbx.Snapshot, id pbx.MenuID, been map[pbx.MenuID]bool) bool {
	been[id] = true
	if s.Menus[id].Dial {
		return true
	}
	found := false
	s.Menus[id].Leads(func(l pbx.Lead) bool {
		switch {
		case l.To.Kind == pbx.ToUser && l.To.ID == "usr_bob":
			found = true
		case l.To.Kind == pbx.ToMenu && !been[pbx.MenuID(l.To.ID)]:
			found = wanders(s, pbx.MenuID(l.To.ID), been)
		}
		return !found
	})
	return found
}

func TestMenuSpeaks(t *testing.T) {
	says := func(languages ...string) (all []pbx.Saying) {
		for _, l := range languages {
			all = append(all, pbx.Saying{Language: l, Sound: pbx.Sound{Blob: "prm_" + l, Rate: 8000, Samples: 1}})
		}
		return all
	}
	for _, tt := range []struct {
		name               string
		m                  pbx.Menu
		caller, home, want string
	}{
		{"a fixed language", pbx.Menu{Language: "ru", Says: says("de")}, "de", "de", "ru"},
		{"the caller's", pbx.Menu{Says: says("de", "pl")}, "pl", "de", "pl"},
		{"the department's, where the caller's is missing", pbx.Menu{Says: says("de", "en")}, "pl", "en", "en"},
		{"else the first", pbx.Menu{Says: says("id", "ru")}, "pl", "en", "id"},
		{"words alone do not count", pbx.Menu{Says: append(says("de"), pbx.Saying{Language: "pl", Text: "x"})}, "pl", "de", "de"},
		{"without any greeting the caller's", pbx.Menu{}, "pl", "de", "pl"},
	} {
		if got := tt.m.Speaks(tt.caller, tt.home); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestEntranceFor(t *testing.T) {
	open, pause, closed, holiday := to(pbx.ToUser, "1"), to(pbx.ToUser, "2"), to(pbx.ToUser, "3"), to(pbx.ToUser, "4")
	whole := pbx.Entrance{Open: open, Break: pause, Closed: closed, Holiday: holiday}
	for _, tt := range []struct {
		name    string
		e       pbx.Entrance
		state   pbx.State
		holiday bool
		want    pbx.Destination
	}{
		{"open", whole, pbx.StateOpen, false, open},
		{"break", whole, pbx.StateBreak, false, pause},
		{"closed", whole, pbx.StateClosed, false, closed},
		{"holiday", whole, pbx.StateClosed, true, holiday},
		{"a holiday with hours of its own is open", whole, pbx.StateOpen, true, open},
		{"nobody keeps hours", whole, pbx.StateNone, false, open},
		{"a holiday without a rule is closed", pbx.Entrance{Open: open, Closed: closed}, pbx.StateClosed, true, closed},
		{"a break without a rule is open", pbx.Entrance{Open: open, Closed: closed}, pbx.StateBreak, false, open},
		{"closed without a rule is open", pbx.Entrance{Open: open}, pbx.StateClosed, true, open},
	} {
		if got := tt.e.For(tt.state, tt.holiday); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
