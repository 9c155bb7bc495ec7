package api

import (
	"strings"
	"testing"
)

// PINs of a conference room to which callers from outside come have at least nine digits, by whichever door they would come in (BAR TF-11); rooms
// that only colleagues dial may have short ones, and one without a PIN is open on purpose.
func TestPINsAgainstCallersFromOutside(t *testing.T) {
	o := newOffice(t)
	id := func(path, body string) string {
		t.Helper()
		var made struct{ ID string }
		r := o.ask("olga", "POST", path, body)
		if r.json(t, &made); r.StatusCode != 201 {
			t.Fatalf("%s %s: %d %s", path, body, r.StatusCode, r.body)
		}
		return made.ID
	}
	refused := func(method, path, body, field, key string) {
		t.Helper()
		if r := o.ask("olga", method, path, body); r.StatusCode < 400 || !strings.Contains(string(r.body), `"`+key+`"`) || field != "" && !strings.Contains(string(r.body), `"`+field+`"`) {
			t.Errorf("%s %s %s: %d %s", method, path, body, r.StatusCode, r.body)
		}
	}
	for _, r := range o.view().Rooms { // none of the others is in the way
		o.wants(200, "olga", "PATCH", "/v1/rooms/"+string(r.ID), `{"pin":"","host_pin":"","wait":false,"ends":false}`)
	}
	room := id("/v1/rooms", `{"name":"Daily","pin":"1234","host_pin":"9876"}`)
	open := id("/v1/rooms", `{"name":"Town hall"}`)
	number := id("/v1/numbers", `{"number":"+493055501"}`)
	to := `{"kind":"room","id":"` + room + `"}`
	menu := id("/v1/menus", `{"name":"Front","keys":[{"key":"1","to":`+to+`}]}`)
	o.wants(200, "olga", "PATCH", "/v1/numbers/"+number, `{"to":{"kind":"room","id":"`+open+`"}}`)
	o.wants(200, "olga", "PUT", "/v1/groups/<sales>/entrance", `{"open":`+to+`}`)
	o.wants(200, "olga", "PUT", "/v1/users/<mia>/forwarding", `{"profiles":[`+profile("available", `no_answer={"inside":`+to+`}`)+`]}`)

	for _, way := range []string{to, `{"kind":"menu","id":"` + menu + `"}`, `{"kind":"group","id":"<sales>"}`, `{"kind":"user","id":"<mia>"}`} {
		refused("PATCH", "/v1/numbers/"+number, `{"to":`+way+`}`, "", "room.led_outside")
	}
	o.wants(200, "olga", "PATCH", "/v1/menus/"+menu, `{"keys":[{"key":"1","to":{"kind":"user","id":"<uwe>"}}]}`)
	o.wants(200, "olga", "PATCH", "/v1/numbers/"+number, `{"to":{"kind":"menu","id":"`+menu+`"}}`)
	refused("PATCH", "/v1/menus/"+menu, `{"dial":true}`, "", "room.led_outside")
	refused("PATCH", "/v1/menus/"+menu, `{"keys":[{"key":"1","to":`+to+`}]}`, "", "room.led_outside")

	o.wants(200, "olga", "PATCH", "/v1/rooms/"+room, `{"pin":"123456780","host_pin":"987654321"}`)
	o.wants(200, "olga", "PATCH", "/v1/menus/"+menu, `{"dial":true}`)
	refused("PATCH", "/v1/rooms/"+room, `{"pin":"12345678"}`, "pin", "room.pin_outside")
	refused("PATCH", "/v1/rooms/"+room, `{"host_pin":"87654321"}`, "host_pin", "room.pin_outside")
	refused("POST", "/v1/rooms", `{"name":"Weekly","pin":"1234"}`, "pin", "room.pin_outside")

	var seen Room
	o.wants(200, "olga", "GET", "/v1/rooms/"+room, "").json(t, &seen)
	if !seen.Outside {
		t.Errorf("it does not say that callers from outside come: %+v", seen)
	}
	o.wants(200, "olga", "PATCH", "/v1/numbers/"+number, `{"to":{"kind":"busy"}}`)
	o.wants(200, "olga", "PATCH", "/v1/rooms/"+room, `{"pin":"1234"}`)
	seen = Room{}
	o.wants(200, "olga", "GET", "/v1/rooms/"+room, "").json(t, &seen)
	if seen.Outside {
		t.Error("nobody comes from outside any more")
	}
}
