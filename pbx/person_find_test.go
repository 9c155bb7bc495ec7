package pbx

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// People are found by id whatever came and went before: short ids and long ones, such as begin alike too, and nobody else's.
func TestPersonIsFoundById(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	ids := make([]UserID, 300)
	for i := range ids {
		switch i % 3 {
		case 0:
			ids[i] = UserID(fmt.Sprintf("usr_%026d", i))
		case 1:
			ids[i] = UserID(fmt.Sprint("u", i))
		default:
			ids[i] = UserID(strings.Repeat("long", 20+i/100*100) + fmt.Sprint(i))
		}
	}
	s := home(t)
	there := map[UserID]bool{}
	for step := range 400 {
		var c Change
		for turn := range 1 + d.IntN(8) {
			id := ids[d.IntN(len(ids))]
			if there[id] {
				c.Delete = append(c.Delete, Ref{KindUser, string(id)}, Ref{KindMembership, "mem_" + string(id)})
			} else {
				c.Put = append(c.Put, &User{ID: id, Name: "Somebody", Email: fmt.Sprintf("%d.%d@example.com", step, turn)},
					&Membership{ID: MembershipID("mem_" + id), User: id, Group: "grp_home", Role: "user"})
			}
			next, err := s.Apply(c)
			if err != nil {
				t.Fatal(err)
			}
			s, c, there[id] = next, Change{}, !there[id]
		}
		for _, id := range ids {
			switch p := s.Person(id); {
			case (p != nil) != there[id]:
				t.Fatalf("step %d: %.40s is there: %v", step, id, there[id])
			case p != nil && (p.User.ID != id || len(p.Places) != 1):
				t.Fatalf("step %d: %.40s found somebody else: %+v", step, id, p.User)
			}
		}
	}
	if s.Person("") != nil || s.Person("usr_") != nil || (&Snapshot{}).Person("u1") != nil {
		t.Error("nobody is somebody")
	}
}

func home(t *testing.T) *Snapshot {
	s, err := NewSnapshot(1, &Tenant{Name: "Office"}, &Group{ID: "grp_home", Name: "Home", Default: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
