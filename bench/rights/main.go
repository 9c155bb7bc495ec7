// Rights asks Tandem, Cedar, Casbin and OpenFGA the same questions about the same company in the same run, checks that the
// answers agree, and prints what an answer costs. It is a module of its own, so that the product depends on none of them.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"syscall"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// company is the world of policy's own benchmarks: people in groups, ten levels deep; every group has a manager, the top of
// every ten a group owner, and everybody is in the default group besides. The question is whether somebody may change
// the forwarding rules of somebody: his own, as the manager of his group, or as the owner of a group above it.
type company struct {
	people, groups int
	snapshot       *pbx.Snapshot
}

var noon = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

func user(i int) string  { return fmt.Sprintf("usr_%026d", i) }
func group(i int) string { return fmt.Sprintf("grp_%026d", i) }

// heads reports what somebody is in his group; "" is a plain member.
func (c *company) heads(i int) string {
	switch {
	case i >= c.groups:
		return ""
	case i%10 == 0:
		return "owner"
	}
	return "manager"
}

func (c *company) groupOf(i int) int { return i % c.groups }

// parent is the group above, or -1.
func (c *company) parent(g int) int {
	if g%10 == 0 {
		return -1
	}
	return g - 1
}

func build(people, groups int) (*company, error) {
	c := &company{people: people, groups: groups}
	start := noon.AddDate(-1, 0, 0)
	nouns := []pbx.Noun{&pbx.Tenant{Name: "Company"}}
	for i := range groups {
		g := &pbx.Group{ID: pbx.GroupID(group(i)), Name: fmt.Sprintf("Group %d", i), Default: i == 0}
		if p := c.parent(i); p >= 0 {
			g.Parent = pbx.GroupID(group(p))
		}
		nouns = append(nouns, g)
	}
	roles := map[string]pbx.RoleID{"": "user", "manager": "manager", "owner": "group_owner"}
	for i := range people {
		id, g := pbx.UserID(user(i)), c.groupOf(i)
		nouns = append(nouns, &pbx.User{ID: id, Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.com", i)},
			&pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("mem_%026d", i)), User: id, Group: pbx.GroupID(group(g)), Role: roles[c.heads(i)],
				From: start, Main: true})
		if g != 0 {
			nouns = append(nouns, &pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("mem_%025dd", i)), User: id, Group: pbx.GroupID(group(0)), Role: "user",
				From: start})
		}
	}
	var err error
	c.snapshot, err = pbx.NewSnapshot(1, nouns...)
	return c, err
}

// question is one pair of people.
type question struct{ actor, target int }

// kinds are the questions by what the answer rests on; each is asked about many pairs in turn.
func (c *company) kinds(n int) map[string][]question {
	dice := rand.New(rand.NewPCG(1, 2))
	all := map[string][]question{}
	for range n {
		x := c.groups + dice.IntN(c.people-c.groups)
		g := c.groupOf(x)
		all["own"] = append(all["own"], question{x, x})
		all["manager of the group"] = append(all["manager of the group"], question{g, x})
		all["owner of the tree"] = append(all["owner of the tree"], question{g - g%10, x})
		all["stranger"] = append(all["stranger"], question{dice.IntN(c.people), x})
	}
	return all
}

// expected is the answer by the words above.
func (c *company) expected(q question) bool {
	g := c.groupOf(q.target)
	switch c.heads(q.actor) {
	case "manager":
		if c.groupOf(q.actor) == g {
			return true
		}
	case "owner":
		if a := c.groupOf(q.actor); a <= g && g < a+10 {
			return true
		}
	}
	return q.actor == q.target
}

// engine is one way to decide.
type engine struct {
	name   string
	size   string // what it was fed with
	allows func(question) (bool, error)
	close  func()
}

func (c *company) tandem() (*engine, error) {
	var ids [2][]pbx.UserID
	for i := range c.people {
		ids[0] = append(ids[0], pbx.UserID(user(i)))
	}
	return &engine{name: "Tandem", size: "the whole catalogue: 113 rights, 33 roles", close: func() {},
		allows: func(q question) (bool, error) {
			return policy.Decide(c.snapshot, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: ids[0][q.actor]},
				Right: policy.ForwardingEdit, Target: policy.User(ids[0][q.target]), At: noon}).OK, nil
		}}, nil
}

func main() {
	people := flag.Int("people", 10_000, "how many people")
	groups := flag.Int("groups", 1_000, "in how many groups, nested to depth ten")
	checked := flag.Int("checked", 300, "pairs of each kind whose answers must agree")
	flag.Parse()
	if err := run(*people, *groups, *checked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(people, groups, checked int) error {
	c, err := build(people, groups)
	if err != nil {
		return err
	}
	kinds := c.kinds(checked)
	order := []string{"own", "manager of the group", "owner of the tree", "stranger"}
	fmt.Printf("%d people, %d groups, ten levels; %s, %d processors\n", people, groups, runtime.Version(), runtime.NumCPU())
	fmt.Printf("%-8s %-22s %12s %12s %8s %8s  %s\n", "engine", "question", "CPU ns", "wall ns", "allocs", "agrees", "fed with")
	for _, make := range []func() (*engine, error){c.tandem, c.cedar, c.casbin, c.openfga} {
		e, err := make()
		if err != nil {
			return err
		}
		for _, k := range order {
			list := kinds[k]
			for _, q := range list {
				got, err := e.allows(q)
				if err != nil {
					return fmt.Errorf("%s: %w", e.name, err)
				}
				if got != c.expected(q) {
					return fmt.Errorf("%s answers %v for %s over %s (%s)", e.name, got, user(q.actor), user(q.target), k)
				}
			}
			cost, err := measure(e, list)
			if err != nil {
				return err
			}
			fmt.Printf("%-8s %-22s %12d %12d %8d %8s  %s\n", e.name, k, cost.cpu, cost.wall, cost.allocs, "yes", e.size)
		}
		e.close()
	}
	return nil
}

// cost is what one answer takes: processor time of the whole process, collector and helpers included, and time that passed.
type cost struct {
	cpu, wall, allocs int64
}

func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure asks for half a second of processor time, the pairs in turn.
func measure(e *engine, list []question) (cost, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin, busy := time.Now(), processor()
	n := int64(0)
	for batch := int64(1); processor()-busy < time.Second/2; batch *= 2 {
		for i := range batch {
			if _, err := e.allows(list[(n+i)%int64(len(list))]); err != nil {
				return cost{}, err
			}
		}
		n += batch
	}
	used, passed := processor()-busy, time.Since(begin)
	runtime.ReadMemStats(&after)
	return cost{int64(used) / n, int64(passed) / n, int64(after.Mallocs-before.Mallocs) / n}, nil
}
