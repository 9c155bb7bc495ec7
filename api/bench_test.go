package api

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"tandem/command"
	"tandem/pbx"
)

// BenchmarkUsersOfTenThousand is a page of people for a System Owner who sees ten thousand, and for a member who sees few.
func BenchmarkUsersOfTenThousand(b *testing.B) {
	o := newOffice(b)
	o.do(command.EditSettings{Digits: new(4)})
	var rows []command.Row
	for n := range 9000 {
		rows = append(rows, command.Row{Line: n, Name: fmt.Sprintf("Person %d", n), Email: fmt.Sprintf("p%d@example.com", n), Extension: "-"})
	}
	o.do(command.ImportUsers{Rows: rows})
	for _, who := range []string{"olga", "uwe"} {
		for _, path := range []string{"/v1/users?limit=50", "/v1/users?limit=50&q=person%2042", "/v1/session", "/v1/users/<uwe>", "/v1/calls", "/v1/overview"} {
			b.Run(who+" "+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if r := o.ask(who, "GET", path, ""); r.StatusCode != 200 {
						b.Fatal(r.StatusCode)
					}
				}
			})
		}
	}
}

// BenchmarkRolesOfTenThousand is what the pages about roles and costs ask, with twenty custom roles.
func BenchmarkRolesOfTenThousand(b *testing.B) {
	o := newOffice(b)
	o.do(command.EditSettings{Digits: new(4)})
	var rows []command.Row
	for n := range 9000 {
		rows = append(rows, command.Row{Line: n, Name: fmt.Sprintf("Person %d", n), Email: fmt.Sprintf("p%d@example.com", n), Extension: "-"})
	}
	o.do(command.ImportUsers{Rows: rows})
	for n := range 20 {
		o.do(command.CreateRole{Name: fmt.Sprintf("Role %d", n), Base: "manager"})
	}
	for _, path := range []string{"/v1/roles", "/v1/roles/user", "/v1/rights", "/v1/billing"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := o.ask("olga", "GET", path, ""); r.StatusCode != 200 {
					b.Fatal(r.StatusCode)
				}
			}
		})
	}
}

// BenchmarkLiveEvent is one change of a call, asked about and written for one viewer.
func BenchmarkLiveEvent(b *testing.B) {
	o := live(b)
	s := &Server{c: Config{Directory: o.dir, Store: o.tenant, Bus: o.bus, Auth: o.auth, Catalog: catalog(), Now: o.now}}
	v := &visit{who: pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["mark"])}, lang: "en"}
	st := &stream{s: s, v: v, w: httptest.NewRecorder(), shown: map[pbx.CallID]bool{}}
	c := o.call("uwe", "nina")
	b.ReportAllocs()
	for b.Loop() {
		st.look()
		if err := st.call(c); err != nil {
			b.Fatal(err)
		}
	}
}
