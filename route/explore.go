package route

import (
	"reflect"
	"slices"
	"time"

	"tandem/pbx"
)

// Branch says on which occasion a call comes to a node.
type Branch string

// The branches. The first three follow a plan whose phones rang; the others suppose something else about the person.
const (
	BranchStart    Branch = ""
	BranchNoAnswer Branch = "no_answer"
	BranchBusy     Branch = "busy"
	BranchOffline  Branch = "offline"
	BranchStatus   Branch = "status" // the person has another status
	BranchIdle     Branch = "idle"   // a phone is registered, and nobody talks
	BranchKey      Branch = "key"    // the caller presses a key in a menu
	BranchSilent   Branch = "silent" // the caller presses none
	BranchWrong    Branch = "wrong"  // the caller presses only keys that mean nothing
	BranchPIN      Branch = "pin"    // the caller types the right PIN
)

// Node is one place of the tree of what can happen to a call: what Decide answers there, and where it goes from there.
type Node struct {
	Branch Branch
	Status pbx.Status // of BranchStatus
	Key    string     // of BranchKey
	Asked  Request
	Plan   Plan
	After  time.Duration // since the call began, when everything before rang for its full time
	Taken  bool          // it comes here when things are as they are now and nobody answers
	Next   []*Node
}

// most bounds how many questions one tree asks.
const most = 200

// Explore is the whole tree of what can happen: it only asks Decide again and again, so that a preview cannot differ from
// a call (N-3). Beside what happens now it shows what would happen if the person had another status, talked, or had no
// phone connected. Permit puts before each plan what whoever carries calls asks beside; nil asks nothing.
func Explore(s *pbx.Snapshot, live *pbx.Presence, r Request, permit func(*pbx.Snapshot, Request, *Plan)) *Node {
	e := &explorer{s: s, live: live, left: most, permit: permit}
	root := e.ask(r, BranchStart, 0, true)
	if person := e.first(root); person != "" && r.Suppose == (Suppose{}) {
		root.Next = append(root.Next, e.others(root, person)...)
	}
	return root
}

// explorer counts the questions that are left.
type explorer struct {
	s      *pbx.Snapshot
	live   *pbx.Presence
	permit func(*pbx.Snapshot, Request, *Plan)
	left   int
	seen   []pbx.MenuID // menus on the way to the node that is asked about; a way back into one is told, not followed
}

// ask asks once, and again for everything that can become of the phones that ring.
func (e *explorer) ask(r Request, b Branch, after time.Duration, taken bool) *Node {
	e.left--
	n := &Node{Branch: b, Asked: r, After: after, Taken: taken, Plan: Decide(e.s, e.live, r)}
	if e.permit != nil {
		e.permit(e.s, r, &n.Plan)
	}
	var rang time.Duration
	for _, a := range n.Plan.Attempts {
		rang += a.Ring
	}
	for _, next := range [...]struct {
		branch Branch
		cause  pbx.Cause
		to     pbx.Destination
		after  time.Duration
	}{
		{BranchNoAnswer, pbx.CauseNoAnswer, n.Plan.Then.NoAnswer, rang},
		{BranchBusy, pbx.CauseBusy, n.Plan.Then.Busy, 0},
		{BranchOffline, pbx.CauseOffline, n.Plan.Then.Offline, 0},
	} {
		if next.to.IsZero() || e.left <= 0 || len(n.Plan.Attempts) == 0 {
			continue
		}
		n.Next = append(n.Next, e.ask(n.Plan.Go(r, next.cause, r.At.Add(next.after)), next.branch, after+next.after, taken && next.branch == BranchNoAnswer))
	}
	if h := n.Plan.House; h != nil && h.At.Kind == pbx.ToMenu {
		e.menu(n, after)
	} else if h != nil && h.At.Kind == pbx.ToPIN && e.left > 0 {
		r.PIN = true
		n.Next = append(n.Next, e.ask(r, BranchPIN, after, taken))
	}
	return n
}

// menu asks for every key of a menu, and for callers who press none or only wrong ones.
func (e *explorer) menu(n *Node, after time.Duration) {
	m := e.s.Menus[pbx.MenuID(n.Plan.House.At.ID)]
	if m == nil || slices.Contains(e.seen, m.ID) {
		return
	}
	e.seen = append(e.seen, m.ID)
	defer func() { e.seen = e.seen[:len(e.seen)-1] }()
	follow := func(b Branch, key string, to pbx.Destination, cause pbx.Cause, later time.Duration) {
		if to.IsZero() || e.left <= 0 {
			return
		}
		r := n.Plan.Go(n.Asked, cause, n.Asked.At.Add(later))
		r.To, r.Owner = to, ""
		next := e.ask(r, b, after+later, n.Taken && b == BranchSilent)
		next.Key = key
		n.Next = append(n.Next, next)
	}
	for _, k := range m.Keys {
		follow(BranchKey, k.Key, k.To, pbx.CauseChosen, 0)
	}
	wait := time.Duration(m.Times()*m.Seconds()) * time.Second
	follow(BranchSilent, "", m.Silent, pbx.CauseNoAnswer, wait)
	follow(BranchWrong, "", m.Wrong, pbx.CauseNoAnswer, wait)
}

// Go is the question that follows when the phones of a plan did not answer for a cause: where the call goes on from there.
func (p *Plan) Go(asked Request, cause pbx.Cause, at time.Time) Request {
	passed := append([]Stop(nil), p.Passed...)
	if n := len(passed); n > 0 {
		passed[n-1].Cause = cause
	}
	if isWilled(cause) {
		passed = passed[max(len(passed)-1, 0):] // who chooses may come back: only rules go round in circles by themselves
	}
	return Request{Caller: asked.Caller, From: asked.From, Came: p.Came, To: p.Then.After(cause), Owner: p.Then.Owner, Passed: passed, Only: asked.Only, At: at, Suppose: asked.Suppose}
}

// first is the person who is called first; empty where it is something else.
func (e *explorer) first(root *Node) pbx.UserID {
	if len(root.Asked.Passed) > 0 || len(root.Plan.Passed) == 0 || root.Plan.Passed[0].At.Kind != pbx.ToUser {
		return ""
	}
	u := pbx.UserID(root.Plan.Passed[0].At.ID)
	if u == root.Asked.Caller.User {
		return ""
	}
	return u
}

// others are the trees of what would happen if the person were in another state, where that makes a difference.
func (e *explorer) others(root *Node, person pbx.UserID) []*Node {
	var all []*Node
	try := func(b Branch, suppose Suppose) {
		if e.left <= 0 {
			return
		}
		r := root.Asked
		r.Suppose = suppose
		r.Suppose.User = person
		n := e.ask(r, b, 0, false)
		n.Status = suppose.Status
		if leads(n.Plan, root.Plan) {
			return
		}
		for _, o := range all {
			if b != BranchStatus && leads(n.Plan, o.Plan) && o.Branch != BranchStatus {
				return
			}
		}
		all = append(all, n)
	}
	try(BranchIdle, Suppose{Reach: ReachIdle})
	try(BranchBusy, Suppose{Reach: ReachBusy})
	try(BranchOffline, Suppose{Reach: ReachOffline})
	now := e.s.StatusOf(person, root.Asked.At).Status
	for _, status := range pbx.Statuses() {
		if status != now {
			try(BranchStatus, Suppose{Status: status})
		}
	}
	return all
}

// leads reports whether two plans come to the same.
func leads(a, b Plan) bool {
	return reflect.DeepEqual(a.Attempts, b.Attempts) && reflect.DeepEqual(a.House, b.House) && a.Refuse == b.Refuse && a.Then == b.Then && a.To == b.To
}
