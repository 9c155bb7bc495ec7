package route

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/pbx"
)

// The preview and the engine are one evaluator (N-3): each node is what Decide answers to the question of the node, each
// branch is the question that the call machine would ask, and supposing a status comes to the same as having it.
func TestAPreviewIsWhatWouldHappen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, live, r := random(t)
		root, nodes := Explore(s, live, r, nil), 0
		var look func(n *Node)
		look = func(n *Node) {
			nodes++
			if !reflect.DeepEqual(n.Plan, Decide(s, live, n.Asked)) {
				t.Fatalf("a node differs from the decision: %+v", n)
			}
			if len(n.Plan.Attempts) == 0 && n != root && len(n.Next) > 0 {
				t.Fatalf("goes on from where nothing rings: %+v", n.Plan)
			}
			taken := 0
			for _, next := range n.Next {
				if next.Taken {
					taken++
				}
				if next.Taken && !n.Taken {
					t.Fatal("a way is taken that begins nowhere")
				}
				switch next.Branch {
				case BranchNoAnswer:
					var rang time.Duration
					for _, a := range n.Plan.Attempts {
						rang += a.Ring
					}
					if want := n.Plan.Go(n.Asked, pbx.CauseNoAnswer, n.Asked.At.Add(rang)); !reflect.DeepEqual(next.Asked, want) {
						t.Fatalf("asked %+v, want %+v", next.Asked, want)
					}
					if next.After != n.After+rang {
						t.Fatalf("after %v", next.After)
					}
				case BranchStatus:
					u := pbx.UserID(n.Plan.Passed[0].At.ID)
					real, err := s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Choice{User: u, Status: next.Status, At: noon.Add(-time.Hour)}}})
					if err != nil {
						t.Fatal(err)
					}
					if p := Decide(real, live, n.Asked); !reflect.DeepEqual(p, next.Plan) {
						t.Fatalf("supposed %+v\nreal %+v", next.Plan, p)
					}
				}
				look(next)
			}
			if taken > 1 {
				t.Fatalf("%d ways are taken", taken)
			}
		}
		look(root)
		if !root.Taken || nodes > most+1 {
			t.Fatalf("%d nodes", nodes)
		}
	})
}

func TestRingGroups(t *testing.T) {
	member := func(names ...string) (refs []pbx.Ref) {
		for _, n := range names {
			refs = append(refs, pbx.Ref{Kind: pbx.KindUser, ID: "usr_" + n})
		}
		return refs
	}
	three := member("ann", "ben", "cem")
	talked := func(names ...string) func(*pbx.Presence) *pbx.Presence {
		return func(live *pbx.Presence) *pbx.Presence {
			for _, n := range names {
				id := pbx.CallID("cal_" + n)
				live = live.WithCall(&pbx.LiveCall{ID: id, Phase: pbx.PhaseTalking, Answered: noon, Users: []pbx.UserID{pbx.UserID("usr_" + n)}}).WithoutCall(id)
			}
			return live
		}
	}
	talks := func(live *pbx.Presence) *pbx.Presence {
		return live.WithCall(&pbx.LiveCall{ID: "cal_1", Phase: pbx.PhaseTalking, Users: []pbx.UserID{"usr_ann"}})
	}
	mailbox := pbx.Destination{Kind: pbx.ToMailbox, ID: "grp_all"}
	tests := []struct {
		name  string
		group pbx.RingGroup
		live  func(*pbx.Presence) *pbx.Presence
		more  []pbx.Noun
		want  [][]string
		ends  string
	}{
		{"all ring together", pbx.RingGroup{Strategy: pbx.RingAll, Members: three}, nil, nil, [][]string{{"bnd_ann0", "bnd_ben0", "bnd_cem0"}}, ""},
		{"one after the other", pbx.RingGroup{Strategy: pbx.RingHunt, Members: three}, nil, nil, [][]string{{"bnd_ann0"}, {"bnd_ben0"}, {"bnd_cem0"}}, ""},
		{"in turn, behind the last call", pbx.RingGroup{Strategy: pbx.RingRobin, Members: three}, talked("cem", "ann"), nil, [][]string{{"bnd_ben0"}, {"bnd_cem0"}, {"bnd_ann0"}}, ""},
		{"in turn, nobody had a call yet", pbx.RingGroup{Strategy: pbx.RingRobin, Members: three}, nil, nil, [][]string{{"bnd_ann0"}, {"bnd_ben0"}, {"bnd_cem0"}}, ""},
		{"who rested longest first", pbx.RingGroup{Strategy: pbx.RingRested, Members: three}, talked("ben", "ann"), nil, [][]string{{"bnd_cem0"}, {"bnd_ben0"}, {"bnd_ann0"}}, ""},
		{"who talks is passed over", pbx.RingGroup{Strategy: pbx.RingAll, Members: three}, talks, nil, [][]string{{"bnd_ben0", "bnd_cem0"}}, ""},
		{"who is away is passed over", pbx.RingGroup{Strategy: pbx.RingAll, Members: three}, nil, []pbx.Noun{&pbx.Choice{User: "usr_ben", Status: pbx.StatusAway, At: noon.Add(-time.Hour)}}, [][]string{{"bnd_ann0", "bnd_cem0"}}, ""},
		{"who wants no calls for groups", pbx.RingGroup{Strategy: pbx.RingAll, Members: three}, nil, []pbx.Noun{&pbx.Forwarding{User: "usr_cem", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {NoGroups: true}}}}, [][]string{{"bnd_ann0", "bnd_ben0"}}, ""},
		{"a group among the members", pbx.RingGroup{Strategy: pbx.RingHunt, Members: append(member("cem"), pbx.Ref{Kind: pbx.KindGroup, ID: "grp_all"})}, nil, nil, [][]string{{"bnd_cem0"}, {"bnd_ann0"}, {"bnd_ben0"}, {"bnd_head0"}}, ""},
		{"then the head of the department (B-060)", pbx.RingGroup{Strategy: pbx.RingAll, Members: three, Group: "grp_all", Escalate: true}, nil, nil, [][]string{{"bnd_ann0", "bnd_ben0", "bnd_cem0"}, {"bnd_head0"}}, ""},
		{"only the head is there", pbx.RingGroup{Strategy: pbx.RingAll, Group: "grp_all", Escalate: true}, nil, nil, [][]string{{"bnd_head0"}}, ""},
		{"nobody is there", pbx.RingGroup{Strategy: pbx.RingAll, Members: member("gone"), NoAnswer: mailbox}, nil, nil, nil, "mailbox grp_all"},
		{"nobody is there, and no rule", pbx.RingGroup{Strategy: pbx.RingAll}, nil, nil, nil, "ends offline"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.person("alice", "101", false)
			w.phone("usr_alice", "adesk", 1)
			for i, n := range []string{"ann", "ben", "cem", "head"} {
				w.person(n, []string{"121", "122", "123", "124"}[i], false)
				w.phone(pbx.UserID("usr_"+n), n, 1)
			}
			for _, n := range w.nouns {
				if m, ok := n.(*pbx.Membership); ok && m.User == "usr_head" {
					m.Role = "department_head"
				}
			}
			g := tt.group
			g.ID, g.Name, g.Extension = "rng_1", "Service", "180"
			w.nouns = append(append(w.nouns, &g), tt.more...)
			live := w.live
			if tt.live != nil {
				live = tt.live(live)
			}
			p := Decide(w.snapshot(t), live, Request{Caller: aliceCalls, Dialled: "180", At: noon})
			var got [][]string
			for _, a := range p.Attempts {
				got = append(got, rung(Plan{Attempts: []Attempt{a}}))
			}
			if !reflect.DeepEqual(got, tt.want) || tt.ends != "" && became(p) != tt.ends {
				t.Errorf("rings %v, want %v; %s\ntrace %v", got, tt.want, became(Plan{House: p.House, Refuse: p.Refuse, Attempts: []Attempt{{}}}), p.Trace)
			}
		})
	}
}
