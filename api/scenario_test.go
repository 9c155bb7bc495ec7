package api

import "testing"

func TestZZ(t *testing.T) {
	o := newOffice(t)
	for _, q := range [][3]string{{"olga", "GET", "/v1/users?limit=2"}, {"uwe", "GET", "/v1/users"}, {"uwe", "GET", "/v1/calls"}, {"uwe", "GET", "/v1/users/<tom>"}, {"uwe", "GET", "/v1/users/usr_none"}, {"uwe", "DELETE", "/v1/users/<nina>"}, {"anna", "GET", "/v1/audit?limit=2"}, {"uwe", "GET", "/v1/session"}, {"nobody", "GET", "/v1/users"}, {"uwe", "GET", "/v1/nowhere"}, {"olga", "GET", "/v1/overview"}} {
		r := o.ask(q[0], q[1], q[2], "")
		t.Logf("%v → %d %.1500s", q, r.StatusCode, r.body)
	}
	t.Log(o.log.String())
}
