package main

import (
	"fmt"

	"github.com/cedar-policy/cedar-go"
)

// The owner of a group is an owner of every group below it: Owners of the group above are in Owners of this one.
const cedarText = `
permit (principal, action == Action::"forwarding.edit", resource is Person)
  when { resource.user == principal };
permit (principal, action == Action::"forwarding.edit", resource is Person)
  when { principal in resource.group.managers };
permit (principal, action == Action::"forwarding.edit", resource is Person)
  when { principal in resource.group.owners };
`

func (c *company) cedar() (*engine, error) {
	policies, err := cedar.NewPolicySetFromBytes("company.cedar", []byte(cedarText))
	if err != nil {
		return nil, err
	}
	id := func(kind, name string) cedar.EntityUID {
		return cedar.NewEntityUID(cedar.EntityType(kind), cedar.String(name))
	}
	all := cedar.EntityMap{}
	put := func(u cedar.EntityUID, attributes cedar.RecordMap, parents ...cedar.EntityUID) {
		all[u] = cedar.Entity{UID: u, Attributes: cedar.NewRecord(attributes), Parents: cedar.NewEntityUIDSet(parents...)}
	}
	below := map[int][]cedar.EntityUID{}
	for g := range c.groups {
		if p := c.parent(g); p >= 0 {
			below[p] = append(below[p], id("Owners", group(g)))
		}
	}
	for g := range c.groups {
		put(id("Owners", group(g)), nil, below[g]...)
		put(id("Managers", group(g)), nil)
		put(id("Group", group(g)), cedar.RecordMap{"owners": id("Owners", group(g)), "managers": id("Managers", group(g))})
	}
	actors, targets := make([]cedar.EntityUID, c.people), make([]cedar.EntityUID, c.people)
	for i := range c.people {
		actors[i], targets[i] = id("User", user(i)), id("Person", user(i))
		var in []cedar.EntityUID
		switch c.heads(i) {
		case "manager":
			in = append(in, id("Managers", group(c.groupOf(i))))
		case "owner":
			in = append(in, id("Owners", group(c.groupOf(i))))
		}
		put(actors[i], nil, in...)
		put(targets[i], cedar.RecordMap{"user": actors[i], "group": id("Group", group(c.groupOf(i)))})
	}
	action := id("Action", "forwarding.edit")
	return &engine{name: "Cedar", size: fmt.Sprintf("3 policies, %d entities", len(all)), close: func() {},
		allows: func(q question) (bool, error) {
			d, diag := cedar.Authorize(policies, all, cedar.Request{Principal: actors[q.actor], Action: action, Resource: targets[q.target],
				Context: cedar.NewRecord(nil)})
			if len(diag.Errors) > 0 {
				return false, fmt.Errorf("%v", diag.Errors)
			}
			return d == cedar.Allow, nil
		}}, nil
}
