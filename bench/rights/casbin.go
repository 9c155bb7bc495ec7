package main

import (
	"fmt"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	defaultrolemanager "github.com/casbin/casbin/v2/rbac/default-role-manager"
)

// The managers and the owners of a group are roles; who owns the group above has the role of owning this one. The caller
// hands the group of the target in, as a program with its own tables does.
const casbinModel = `
[request_definition]
r = sub, obj, managers, owners, act
[policy_definition]
p = how, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && (p.how == "self" && r.sub == r.obj || p.how == "manager" && g(r.sub, r.managers) || p.how == "owner" && g(r.sub, r.owners))
`

func (c *company) casbin() (*engine, error) {
	m, err := model.NewModelFromString(casbinModel)
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	e.SetRoleManager(defaultrolemanager.NewRoleManager(20))
	e.EnableLog(false)
	for _, how := range []string{"self", "manager", "owner"} {
		if _, err := e.AddPolicy(how, "forwarding.edit"); err != nil {
			return nil, err
		}
	}
	var rows [][]string
	for g := range c.groups {
		if p := c.parent(g); p >= 0 {
			rows = append(rows, []string{"owners/" + group(p), "owners/" + group(g)})
		}
	}
	managers, owners := make([]string, c.groups), make([]string, c.groups)
	for g := range c.groups {
		managers[g], owners[g] = "managers/"+group(g), "owners/"+group(g)
	}
	people := make([]string, c.people)
	for i := range c.people {
		people[i] = user(i)
		switch c.heads(i) {
		case "manager":
			rows = append(rows, []string{people[i], managers[c.groupOf(i)]})
		case "owner":
			rows = append(rows, []string{people[i], owners[c.groupOf(i)]})
		}
	}
	if _, err := e.AddGroupingPolicies(rows); err != nil {
		return nil, err
	}
	if err := e.BuildRoleLinks(); err != nil {
		return nil, err
	}
	return &engine{name: "Casbin", size: fmt.Sprintf("3 policies, %d role links", len(rows)), close: func() {},
		allows: func(q question) (bool, error) {
			g := c.groupOf(q.target)
			return e.Enforce(people[q.actor], people[q.target], managers[g], owners[g], "forwarding.edit")
		}}, nil
}
