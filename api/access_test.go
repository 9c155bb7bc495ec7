package api

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/audio"
	"tandem/pbx"
	"tandem/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// actors are the columns of the table. narrow is a token of mark that carries user.see and group.see only.
var actors = []string{"nobody", "uwe", "tom", "mark", "mia", "greta", "sven", "olga", "anna", "narrow", "susi"}

// probe is one request of the table: a route on one object. <self> is whatever belongs to the actor.
type probe struct {
	label, path, body, kind string
}

// things makes the probes of a route with one object: the actor's own, one in sales, one in support, one that is not there.
func things(path, what, body string) []probe {
	var all []probe
	for _, name := range []string{"self", "nina", "mia", "none"} {
		id := "<" + strings.TrimSpace(what+" "+name) + ">"
		if name == "none" {
			id = "usr_none"
		}
		all = append(all, probe{label: name, path: fmt.Sprintf(path, id), body: body})
	}
	return all
}

func groups(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales>"), body, ""}, {"north", fmt.Sprintf(path, "<north>"), body, ""},
		{"support", fmt.Sprintf(path, "<support>"), body, ""}, {"none", fmt.Sprintf(path, "grp_none"), body, ""}}
}

func rings(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales ring>"), body, ""}, {"office", fmt.Sprintf(path, "<office ring>"), body, ""}, {"none", fmt.Sprintf(path, "rng_none"), body, ""}}
}

func talkLinks(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales link>"), body, ""}, {"office", fmt.Sprintf(path, "<office link>"), body, ""}, {"none", fmt.Sprintf(path, "tlk_none"), body, ""}}
}

func restrictions(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales restriction>"), body, ""}, {"office", fmt.Sprintf(path, "<office restriction>"), body, ""}, {"none", fmt.Sprintf(path, "rst_none"), body, ""}}
}

func contacts(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales contact>"), body, ""}, {"office", fmt.Sprintf(path, "<office contact>"), body, ""}, {"nina", fmt.Sprintf(path, "<contact of nina>"), body, ""}, {"none", fmt.Sprintf(path, "con_none"), body, ""}}
}

func budgets(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales budget>"), body, ""}, {"office", fmt.Sprintf(path, "<office budget>"), body, ""}, {"none", fmt.Sprintf(path, "bud_none"), body, ""}}
}

func queues(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales queue>"), body, ""}, {"office", fmt.Sprintf(path, "<office queue>"), body, ""}, {"none", fmt.Sprintf(path, "que_none"), body, ""}}
}

func parks(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales park>"), body, ""}, {"office", fmt.Sprintf(path, "<office park>"), body, ""}, {"none", fmt.Sprintf(path, "prk_none"), body, ""}}
}

func rooms(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales room>"), body, ""}, {"office", fmt.Sprintf(path, "<office room>"), body, ""}, {"none", fmt.Sprintf(path, "rom_none"), body, ""}}
}

func guestRooms(path, body string) []probe {
	return []probe{{"nina", fmt.Sprintf(path, "<nina>"), body, ""}, {"tom", fmt.Sprintf(path, "<tom>"), body, ""}, {"none", fmt.Sprintf(path, "usr_none"), body, ""}}
}

// lives are the calls of the office, which somebody wants to move.
func lives(verb, body string) []probe {
	var all []probe
	for _, call := range []string{"uwe nina", "uwe tom", "tom mia"} {
		all = append(all, probe{call, "/v1/calls/live/cal_live_" + strings.ReplaceAll(call, " ", "_") + "/" + verb, body, ""})
	}
	return append(all, probe{"none", "/v1/calls/live/cal_none/" + verb, body, ""})
}

func menus(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales menu>"), body, ""}, {"office", fmt.Sprintf(path, "<office menu>"), body, ""}, {"none", fmt.Sprintf(path, "mnu_none"), body, ""}}
}

func trunks(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales trunk>"), body, ""}, {"office", fmt.Sprintf(path, "<office trunk>"), body, ""}, {"none", fmt.Sprintf(path, "trk_none"), body, ""}}
}

func regions(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales region>"), body, ""}, {"office", fmt.Sprintf(path, "<office region>"), body, ""}, {"none", fmt.Sprintf(path, "reg_none"), body, ""}}
}

func numbers(path, body string) []probe {
	return []probe{{"sales", fmt.Sprintf(path, "<sales number>"), body, ""}, {"office", fmt.Sprintf(path, "<office number>"), body, ""}, {"none", fmt.Sprintf(path, "did_none"), body, ""}}
}

// week is a request's hours of a week.
const week = `{"mon":"9-17","tue":"9-17","wed":"9-17","thu":"9-17","fri":"9-15","sat":"","sun":""}`

func messages(path, body string) []probe {
	return []probe{{"uwe", fmt.Sprintf(path, "<message uwe>"), body, ""}, {"mia", fmt.Sprintf(path, "<message mia>"), body, ""},
		{"sales", fmt.Sprintf(path, "<message sales>"), body, ""}, {"none", fmt.Sprintf(path, "msg_none"), body, ""}}
}

func recordings(path, body string) []probe {
	return []probe{{"uwe nina", fmt.Sprintf(path, "<recording uwe nina>"), body, ""}, {"uwe tom", fmt.Sprintf(path, "<recording uwe tom>"), body, ""},
		{"mia", fmt.Sprintf(path, "<recording mia +4930123456789>"), body, ""}, {"none", fmt.Sprintf(path, "rec_none"), body, ""}}
}

// boxes makes the probes of a route about mailboxes: the actor's own, those of two people, and of a group.
func boxes(path, body string) []probe {
	return append(things(path, "", body), probe{"sales", fmt.Sprintf(path, "<sales>"), body, ""})
}

func one(path, body string) []probe { return []probe{{"–", path, body, ""}} }

// probes says how each route is knocked at. A route without probes fails the test: nothing is published unasked.
func probes() map[string][]probe {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		panic(err)
	}
	sound := one("/v1/prompts/de/say.and/sound", string(audio.WAV{Rate: 8000, Samples: audio.Tone(440, 8000, 800)}.Encode()))
	for i := range sound {
		sound[i].kind = "audio/wav"
	}
	calendar := []probe{{"–", "/v1/holidays/calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"}}
	greetings := menus("/v1/menus/%s/sounds/de", sound[0].body)
	for i := range greetings {
		greetings[i].kind = "audio/wav"
	}
	musics := [][]probe{queues("/v1/queues/%s/music", sound[0].body), parks("/v1/parks/%s/music", sound[0].body), groups("/v1/groups/%s/music", sound[0].body)}
	for _, of := range musics {
		for i := range of {
			of[i].kind = "audio/wav"
		}
	}
	welcomes := boxes("/v1/mailboxes/%s/greetings/any", sound[0].body)
	for i := range welcomes {
		welcomes[i].kind = "audio/wav"
	}
	photos := things("/v1/users/%s/photo", "", picture.String())
	for i := range photos {
		photos[i].kind = "image/png"
	}
	return map[string][]probe{
		"GET /v1/setup":                         one("/v1/setup?token=x", ""),
		"POST /v1/setup":                        one("/v1/setup", `{"token":"x","name":"x","email":"x@example.com","password":"x","company":"x","country":"DE"}`),
		"POST /v1/session":                      one("/v1/session", `{"email":"uwe@example.com","password":"`+password+`"}`),
		"GET /v1/session":                       one("/v1/session", ""),
		"DELETE /v1/session":                    one("/v1/session", ""),
		"GET /v1/session/providers":             one("/v1/session/providers", ""),
		"GET /v1/session/with/{provider}":       one("/v1/session/with/none", ""),
		"GET /v1/session/callback":              one("/v1/session/callback?state=x&code=x", ""),
		"POST /v1/password/forgot":              one("/v1/password/forgot", `{"email":"nobody@example.com"}`),
		"GET /v1/links/{token}":                 one("/v1/links/wrong", ""),
		"POST /v1/links/{token}":                one("/v1/links/wrong", `{"password":"`+password+`"}`),
		"PUT /v1/profile":                       one("/v1/profile", `{"language":"pl"}`),
		"PUT /v1/profile/password":              one("/v1/profile/password", `{"old":"`+password+`","new":"another horse battery staple"}`),
		"GET /v1/profile/calendar":              one("/v1/profile/calendar", ""),
		"PUT /v1/profile/calendar":              one("/v1/profile/calendar", `{"link":"https://calendar.example/a.ics","as":"away"}`),
		"PUT /v1/profile/calendar/file":         one("/v1/profile/calendar/file", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
		"DELETE /v1/profile/calendar":           one("/v1/profile/calendar", ""),
		"GET /v1/profile/sessions":              one("/v1/profile/sessions", ""),
		"DELETE /v1/profile/sessions":           one("/v1/profile/sessions", ""),
		"DELETE /v1/profile/sessions/{session}": one("/v1/profile/sessions/ses_none", ""),

		"GET /v1/rights/lints": one("/v1/rights/lints", ""),
		"POST /v1/explain/right": {{"self", "/v1/explain/right", `{"right":"call.listen","target":{"kind":"user","id":"<self>"}}`, ""},
			{"self on nina", "/v1/explain/right", `{"right":"call.listen","target":{"kind":"user","id":"<nina>"}}`, ""},
			{"nina", "/v1/explain/right", `{"user":"<nina>","right":"call.listen","target":{"kind":"user","id":"<nina>"}}`, ""},
			{"mia", "/v1/explain/right", `{"user":"<mia>","right":"call.listen","target":{"kind":"user","id":"<mia>"}}`, ""},
			{"none", "/v1/explain/right", `{"user":"usr_none","right":"call.listen","target":{"kind":"user","id":"usr_none"}}`, ""}},
		"GET /v1/policy":                       one("/v1/policy", ""),
		"PUT /v1/policy":                       one("/v1/policy?dry=1", `{"text":"","reason":"x"}`),
		"GET /v1/reviews":                      one("/v1/reviews", ""),
		"POST /v1/reviews":                     groups("/v1/reviews#%s", ""),
		"GET /v1/reviews/{review}":             {{"of sales", "/v1/reviews/<review>", "", ""}, {"none", "/v1/reviews/rev_none", "", ""}},
		"GET /v1/reviews/{review}/table":       {{"of sales", "/v1/reviews/<review>/table", "", ""}, {"none", "/v1/reviews/rev_none/table", "", ""}},
		"POST /v1/reviews/{review}/decide":     {{"of susi", "/v1/reviews/<review>/decide", `{"kind":"grant","id":"<grant of susi>","keep":false,"reason":"x"}`, ""}, {"none", "/v1/reviews/rev_none/decide", `{"kind":"grant","id":"<grant of susi>","keep":false,"reason":"x"}`, ""}},
		"POST /v1/reviews/{review}/end":        {{"of sales", "/v1/reviews/<review>/end", `{"reason":"x"}`, ""}, {"none", "/v1/reviews/rev_none/end", `{"reason":"x"}`, ""}},
		"GET /v1/requests":                     one("/v1/requests", ""),
		"POST /v1/requests":                    one("/v1/requests", `{"right":"user.import","target":{"kind":"group","id":"<sales>"},"until":"`+start.AddDate(0, 1, 0).Format(time.RFC3339)+`","reason":"x"}`),
		"GET /v1/requests/{request}":           {{"of nina", "/v1/requests/<wish of nina>", "", ""}, {"none", "/v1/requests/acc_none", "", ""}},
		"POST /v1/requests/{request}/approve":  {{"of nina", "/v1/requests/<wish of nina>/approve", `{}`, ""}, {"none", "/v1/requests/acc_none/approve", `{}`, ""}},
		"POST /v1/requests/{request}/refuse":   {{"of nina", "/v1/requests/<wish of nina>/refuse", `{"words":"no"}`, ""}, {"none", "/v1/requests/acc_none/refuse", `{"words":"no"}`, ""}},
		"GET /v1/rights/review":                one("/v1/rights/review", ""),
		"POST /v1/requests/{request}/withdraw": {{"of nina", "/v1/requests/<wish of nina>/withdraw", "", ""}, {"none", "/v1/requests/acc_none/withdraw", "", ""}},

		"GET /v1/users":                        one("/v1/users", ""),
		"POST /v1/users":                       groups("/v1/users#%s", ""),
		"POST /v1/users/import":                groups("/v1/users/import?dry=1#%s", ""),
		"GET /v1/users/{user}":                 things("/v1/users/%s", "", ""),
		"PATCH /v1/users/{user}":               append(things("/v1/users/%s", "", `{"name":"Renamed"}`), things("/v1/users/%s", "", `{"email":"moved@example.com"}`)...),
		"DELETE /v1/users/{user}":              things("/v1/users/%s", "", ""),
		"POST /v1/users/{user}/suspend":        things("/v1/users/%s/suspend", "", `{"reason":"test"}`),
		"POST /v1/users/{user}/restore":        things("/v1/users/%s/restore", "", ""),
		"POST /v1/users/{user}/invite":         things("/v1/users/%s/invite", "", ""),
		"POST /v1/users/{user}/call":           things("/v1/users/%s/call", "", `{"to":"101"}`),
		"DELETE /v1/users/{user}/sessions":     things("/v1/users/%s/sessions", "", ""),
		"PUT /v1/users/{user}/roles/{role}":    append(things("/v1/users/%s/roles/system_admin", "", ""), things("/v1/users/%s/roles/reports", "", "")...),
		"DELETE /v1/users/{user}/roles/{role}": append(things("/v1/users/%s/roles/auditor", "", ""), probe{"sven", "/v1/users/<sven>/roles/system_admin", "", ""}),
		"GET /v1/users/{user}/photo":           things("/v1/users/%s/photo", "", ""),
		"PUT /v1/users/{user}/photo":           photos,
		"DELETE /v1/users/{user}/photo":        things("/v1/users/%s/photo", "", ""),
		"GET /v1/extensions/next":              one("/v1/extensions/next", ""),

		"GET /v1/prompts":                           one("/v1/prompts?language=de", ""),
		"GET /v1/prompts/{language}/{key}/sound":    one("/v1/prompts/de/say.goodbye/sound", ""),
		"PUT /v1/prompts/{language}/{key}/sound":    sound,
		"DELETE /v1/prompts/{language}/{key}/sound": one("/v1/prompts/en/say.and/sound", ""),

		"GET /v1/groups":                  one("/v1/groups", ""),
		"POST /v1/groups":                 append(groups("/v1/groups#%s", ""), one("/v1/groups", `{"name":"Top"}`)...),
		"GET /v1/groups/{group}":          groups("/v1/groups/%s", ""),
		"PATCH /v1/groups/{group}":        append(groups("/v1/groups/%s", `{"name":"Renamed"}`), append(groups("/v1/groups/%s", `{"published":true}`), groups("/v1/groups/%s", `{"ceiling":"group_admin"}`)...)...),
		"DELETE /v1/groups/{group}":       groups("/v1/groups/%s", ""),
		"GET /v1/groups/{group}/music":    groups("/v1/groups/%s/music", ""),
		"PUT /v1/groups/{group}/music":    musics[2],
		"DELETE /v1/groups/{group}/music": groups("/v1/groups/%s/music", ""),
		"GET /v1/groups/{group}/members":  groups("/v1/groups/%s/members", ""),
		"PUT /v1/groups/{group}/members/{user}": {
			{"nina receptionist", "/v1/groups/<sales>/members/<nina>", `{"role":"receptionist"}`, ""},
			{"nina group owner", "/v1/groups/<sales>/members/<nina>", `{"role":"group_owner"}`, ""},
			{"self manager", "/v1/groups/<sales>/members/<self>", `{"role":"manager"}`, ""},
			{"tom into sales", "/v1/groups/<sales>/members/<tom>", `{}`, ""},
			{"nina into support", "/v1/groups/<support>/members/<nina>", `{}`, ""},
			{"none into sales", "/v1/groups/<sales>/members/usr_none", `{}`, ""},
			{"nina into none", "/v1/groups/grp_none/members/<nina>", `{}`, ""},
		},
		"DELETE /v1/groups/{group}/members/{user}": {
			{"nina", "/v1/groups/<sales>/members/<nina>", "", ""},
			{"greta", "/v1/groups/<sales>/members/<greta>", "", ""},
			{"tom", "/v1/groups/<support>/members/<tom>", "", ""},
			{"nobody", "/v1/groups/<sales>/members/usr_none", "", ""},
		},
		"PUT /v1/groups/{group}/members/{user}/rights/{right}": {
			{"nina intercom", "/v1/groups/<sales>/members/<nina>/rights/call.intercom", `{"value":"allow"}`, ""},
			{"nina see, denied", "/v1/groups/<sales>/members/<nina>/rights/user.see", `{"value":"deny"}`, ""},
			{"self intercom", "/v1/groups/<sales>/members/<self>/rights/call.intercom", `{"value":"allow"}`, ""},
			{"tom intercom", "/v1/groups/<support>/members/<tom>/rights/call.intercom", `{"value":"allow"}`, ""},
			{"nina elsewhere", "/v1/groups/<support>/members/<nina>/rights/call.intercom", `{"value":"allow"}`, ""},
		},
		"PUT /v1/groups/{group}/members/{user}/share": {
			{"nina presence", "/v1/groups/<sales>/members/<nina>/share", `{"presence":"nobody"}`, ""},
			{"nina calls", "/v1/groups/<sales>/members/<nina>/share", `{"calls":"nobody"}`, ""},
			{"mia calls", "/v1/groups/<support>/members/<mia>/share", `{"calls":"nobody"}`, ""},
			{"nobody", "/v1/groups/<sales>/members/usr_none/share", `{"calls":"nobody"}`, ""},
		},
		"GET /v1/rights": one("/v1/rights", ""),
		"GET /v1/roles":  one("/v1/roles", ""),
		"POST /v1/roles": {{"copy", "/v1/roles", `{"name":"Second","base":"manager"}`, ""}, {"empty", "/v1/roles", `{"name":"Second"}`, ""},
			{"only tried", "/v1/roles?dry=1", `{"name":"Second"}`, ""}},
		"GET /v1/roles/{role}": {{"built in", "/v1/roles/manager", "", ""}, {"custom", "/v1/roles/<night>", "", ""}, {"none", "/v1/roles/rol_none", "", ""}},
		"PATCH /v1/roles/{role}": {{"custom", "/v1/roles/<night>", `{"rights":{"call.listen":"group"}}`, ""},
			{"built in", "/v1/roles/manager", `{"name":"Boss"}`, ""}, {"none", "/v1/roles/rol_none", `{"name":"Boss"}`, ""}},
		"DELETE /v1/roles/{role}": {{"custom", "/v1/roles/<night>", "", ""}, {"built in", "/v1/roles/manager", "", ""}, {"none", "/v1/roles/rol_none", "", ""}},
		"GET /v1/billing":         one("/v1/billing", ""),
		"PATCH /v1/billing":       {{"prices", "/v1/billing", `{"currency":"EUR","prices":{"crm.use":1250}}`, ""}, {"handing on", "/v1/billing", `{"spread":true}`, ""}},

		"GET /v1/users/{user}/rights":         things("/v1/users/%s/rights", "", ""),
		"GET /v1/users/{user}/rights/compare": append(things("/v1/users/%s/rights/compare?with=role:manager", "", ""), things("/v1/users/%s/rights/compare?with=<mark>", "", "")...),
		"POST /v1/changes/{seq}/undo":         {{"uwe phone", "/v1/changes/<change of uwe>/undo", "", ""}, {"kai grant", "/v1/changes/<change of kai>/undo", "", ""}, {"none", "/v1/changes/99999/undo", "", ""}},
		"POST /v1/users/{user}/assignments": append(things("/v1/users/%s/assignments", "", `{"role":"recording_playback","scope":{"kind":"tree","group":"<sales>"}}`),
			things("/v1/users/%s/assignments", "", `{"role":"system_admin","scope":{"kind":"all"}}`)...),
		"PATCH /v1/assignments/{assignment}": {{"anna", "/v1/assignments/<role of anna>", `{"reason":"Audit of the year"}`, ""}, {"none", "/v1/assignments/asg_none", `{"reason":"x"}`, ""}},
		"DELETE /v1/assignments/{assignment}": {{"anna", "/v1/assignments/<role of anna>", "", ""}, {"sven", "/v1/assignments/<role of sven>", "", ""},
			{"olga", "/v1/assignments/<role of olga>", "", ""}, {"none", "/v1/assignments/asg_none", "", ""}},
		"POST /v1/users/{user}/grants": append(things("/v1/users/%s/grants", "", `{"right":"call.listen","scope":{"kind":"group","group":"<sales>"},"reason":"coaching"}`),
			things("/v1/users/%s/grants", "", `{"right":"call.out","deny":true,"scope":{"kind":"self"}}`)...),
		"PATCH /v1/grants/{grant}":  {{"susi", "/v1/grants/<grant of susi>", `{"until":""}`, ""}, {"kai", "/v1/grants/<grant of kai>", `{"until":""}`, ""}, {"none", "/v1/grants/gnt_none", `{"until":""}`, ""}},
		"DELETE /v1/grants/{grant}": {{"susi", "/v1/grants/<grant of susi>", "", ""}, {"kai", "/v1/grants/<grant of kai>", "", ""}, {"none", "/v1/grants/gnt_none", "", ""}},
		"GET /v1/profile/deputies":  one("/v1/profile/deputies", ""),
		"POST /v1/profile/deputies": {{"nina", "/v1/profile/deputies", `{"user":"<nina>","rights":["presence.set"],"until":"2100-01-01T00:00:00Z"}`, ""},
			{"mia", "/v1/profile/deputies", `{"user":"<mia>","rights":["presence.set"],"until":"2100-01-01T00:00:00Z"}`, ""},
			{"self", "/v1/profile/deputies", `{"user":"<self>","rights":["presence.set"],"until":"2100-01-01T00:00:00Z"}`, ""},
			{"none", "/v1/profile/deputies", `{"user":"usr_none","rights":["presence.set"],"until":"2100-01-01T00:00:00Z"}`, ""}},
		"PUT /v1/users/{user}/status":     append(things("/v1/users/%s/status", "", `{"status":"dnd"}`), things("/v1/users/%s/status?dry=1", "", `{"status":"auto"}`)...),
		"GET /v1/users/{user}/forwarding": things("/v1/users/%s/forwarding", "", ""),
		"PUT /v1/users/{user}/forwarding": slices.Concat(things("/v1/users/%s/forwarding", "", `{"profiles":[{"status":"dnd","rings":false,"ring":0,"no_answer":{"inside":{"kind":""}},"busy":{"inside":{"kind":""}},"offline":{"inside":{"kind":""}},"always":{"inside":{"kind":"busy"}},"mobile":false,"single":false,"no_push":false,"no_groups":false}]}`),
			things("/v1/users/%s/forwarding", "", `{"exceptions":[{"to":{"kind":"outside","number":"+4930123456"}}]}`), things("/v1/users/%s/forwarding", "", `{"locked":true}`)),
		"GET /v1/queues":                               one("/v1/queues", ""),
		"POST /v1/queues":                              {{"sales", "/v1/queues", `{"name":"New","group":"<sales>"}`, ""}, {"support", "/v1/queues", `{"name":"New","group":"<support>"}`, ""}, {"office", "/v1/queues", `{"name":"New"}`, ""}},
		"GET /v1/queues/{queue}":                       queues("/v1/queues/%s", ""),
		"GET /v1/queues/{queue}/live":                  queues("/v1/queues/%s/live", ""),
		"GET /v1/users/{user}/reminders":               things("/v1/users/%s/reminders", "", ""),
		"POST /v1/users/{user}/reminders":              things("/v1/users/%s/reminders", "", `{"time":"07:00","days":["mon","sun"],"note":"Train"}`),
		"DELETE /v1/users/{user}/reminders/{reminder}": {{"nina", "/v1/users/<nina>/reminders/<reminder of nina>", "", ""}, {"none", "/v1/users/<nina>/reminders/rem_none", "", ""}},
		"GET /v1/talk/{key}":                           one("/v1/talk/no-such-link", ""),
		"POST /v1/talk/{key}/calls":                    one("/v1/talk/no-such-link/calls", `{"puzzle":"x","solution":"1"}`),
		"POST /v1/talk/{key}/callbacks":                one("/v1/talk/no-such-link/callbacks", `{"puzzle":"x","solution":"1","number":"123"}`),
		"GET /v1/talk-links":                           one("/v1/talk-links", ""),
		"POST /v1/talk-links": {{"sales", "/v1/talk-links", `{"name":"New","slug":"fresh-link","group":"<sales>","to":{"kind":"ring","id":"<sales ring>"}}`, ""}, {"office", "/v1/talk-links", `{"name":"New","to":{"kind":"ring","id":"<office ring>"}}`, ""},
			{"elsewhere", "/v1/talk-links", `{"name":"New","group":"<sales>","to":{"kind":"user","id":"<mia>"}}`, ""}, {"personal", "/v1/talk-links", `{"user":"<uwe>"}`, ""}},
		"GET /v1/talk-links/{link}":               talkLinks("/v1/talk-links/%s", ""),
		"PATCH /v1/talk-links/{link}":             talkLinks("/v1/talk-links/%s", `{"off":true}`),
		"POST /v1/talk-links/{link}/secret":       talkLinks("/v1/talk-links/%s/secret", ""),
		"GET /v1/talk-links/{link}/route":         talkLinks("/v1/talk-links/%s/route", ""),
		"DELETE /v1/talk-links/{link}":            talkLinks("/v1/talk-links/%s", ""),
		"GET /v1/guest-rooms":                     one("/v1/guest-rooms", ""),
		"POST /v1/guest-rooms":                    {{"uwe", "/v1/guest-rooms", `{"user":"<uwe>"}`, ""}, {"mia", "/v1/guest-rooms", `{"user":"<mia>"}`, ""}, {"none", "/v1/guest-rooms", `{"user":"usr_none"}`, ""}},
		"GET /v1/guest-rooms/{user}":              guestRooms("/v1/guest-rooms/%s", ""),
		"DELETE /v1/guest-rooms/{user}":           guestRooms("/v1/guest-rooms/%s", ""),
		"POST /v1/guest-rooms/{user}/stay":        guestRooms("/v1/guest-rooms/%s/stay", `{"guest":"Ada Guest","language":"pl","departure":"`+inDays(5)+`"}`),
		"PATCH /v1/guest-rooms/{user}/stay":       guestRooms("/v1/guest-rooms/%s/stay", `{"note":"late"}`),
		"DELETE /v1/guest-rooms/{user}/stay":      guestRooms("/v1/guest-rooms/%s/stay", ""),
		"PUT /v1/guest-rooms/{user}/housekeeping": guestRooms("/v1/guest-rooms/%s/housekeeping", `{"care":"inspected"}`),
		"GET /v1/users/{user}/duty":               things("/v1/users/%s/duty", "", ""),
		"PUT /v1/users/{user}/duty":               things("/v1/users/%s/duty", "", `{"pause":"lunch"}`),
		"POST /v1/users/{user}/duty/ready":        things("/v1/users/%s/duty/ready", "", ""),
		"PATCH /v1/queues/{queue}":                queues("/v1/queues/%s", `{"name":"Renamed"}`),
		"DELETE /v1/queues/{queue}":               queues("/v1/queues/%s", ""),
		"GET /v1/contacts":                        one("/v1/contacts", ""),
		"POST /v1/contacts":                       {{"own", "/v1/contacts", `{"name":"New","numbers":[{"number":"+4930111"}]}`, ""}, {"sales", "/v1/contacts", `{"name":"New","book":"group","group":"<sales>","numbers":[{"number":"+4930111"}]}`, ""}, {"office", "/v1/contacts", `{"name":"New","book":"office","numbers":[{"number":"+4930111"}]}`, ""}},
		"POST /v1/contacts/import":                {{"own", "/v1/contacts/import", "name,number\nNew,030 1111111\n", "text/csv"}, {"sales", "/v1/contacts/import?book=group&group=<sales>", "name,number\nNew,030 1111111\n", "text/csv"}, {"office", "/v1/contacts/import?book=office", "name,number\nNew,030 1111111\n", "text/csv"}},
		"PATCH /v1/contacts/{contact}":            contacts("/v1/contacts/%s", `{"name":"Renamed"}`),
		"DELETE /v1/contacts/{contact}":           contacts("/v1/contacts/%s", ""),
		"GET /v1/alarms":                          one("/v1/alarms", ""),
		"PATCH /v1/alarms":                        one("/v1/alarms", `{"at_once":5}`),
		"POST /v1/alarms/{alarm}/lift":            {{"nina", "/v1/alarms/<alarm of nina>/lift", `{}`, ""}, {"none", "/v1/alarms/alm_none/lift", `{}`, ""}},
		"GET /v1/blocks":                          one("/v1/blocks", ""),
		"POST /v1/blocks":                         one("/v1/blocks", `{"network":"198.51.100.7","reason":"guesses"}`),
		"DELETE /v1/blocks/{block}":               {{"shut", "/v1/blocks/192.0.2.7_32", "", ""}},
		"GET /v1/restrictions":                    one("/v1/restrictions", ""),
		"POST /v1/restrictions":                   {{"sales", "/v1/restrictions", `{"name":"New","group":"<sales>","on":[{"kind":"group","id":"<sales>"}]}`, ""}, {"beyond sales", "/v1/restrictions", `{"name":"New","group":"<sales>","on":[{"kind":"group","id":"<support>"}]}`, ""}, {"office", "/v1/restrictions", `{"name":"New","on":[{"kind":"office"}]}`, ""}},
		"POST /v1/whatif":                         {{"sales", "/v1/whatif", `{"draft":{"restrictions":[{"set":{"name":"New","group":"<sales>","on":[{"kind":"group","id":"<sales>"}]}}]}}`, ""}, {"office", "/v1/whatif", `{"draft":{"restrictions":[{"set":{"name":"New","on":[{"kind":"office"}]}}]}}`, ""}, {"rights", "/v1/whatif", `{"draft":{"rights":{"add":["deny mark@example.com call.out over self"]}}}`, ""}},
		"POST /v1/whatif/apply":                   {{"sales", "/v1/whatif/apply", `{"draft":{"restrictions":[{"set":{"name":"New","group":"<sales>","on":[{"kind":"group","id":"<sales>"}]}}]}}`, ""}, {"office", "/v1/whatif/apply", `{"draft":{"restrictions":[{"id":"<office restriction>","delete":true}]}}`, ""}, {"nothing", "/v1/whatif/apply", `{"draft":{}}`, ""}},
		"GET /v1/whatif/{run}":                    one("/v1/whatif/none", ""),
		"GET /v1/whatif/{run}/calls":              one("/v1/whatif/none/calls", ""),
		"DELETE /v1/whatif/{run}":                 one("/v1/whatif/none", ""),
		"GET /v1/restrictions/{restriction}":      restrictions("/v1/restrictions/%s", ""),
		"PATCH /v1/restrictions/{restriction}":    restrictions("/v1/restrictions/%s", `{"name":"Renamed"}`),
		"DELETE /v1/restrictions/{restriction}":   restrictions("/v1/restrictions/%s", ""),
		"POST /v1/explain/recording":              {{"tom mia", "/v1/explain/recording", `{"call":"<call tom mia>"}`, ""}, {"none", "/v1/explain/recording", `{"call":"cal_none"}`, ""}},
		"POST /v1/explain/forward":                {{"self", "/v1/explain/forward", `{}`, ""}, {"nina", "/v1/explain/forward", `{"user":"<nina>"}`, ""}, {"mia", "/v1/explain/forward", `{"user":"<mia>"}`, ""}, {"none", "/v1/explain/forward", `{"user":"usr_none"}`, ""}},
		"POST /v1/explain/call":                   {{"self", "/v1/explain/call", `{"to":"+18769261234"}`, ""}, {"nina", "/v1/explain/call", `{"from":"<nina>","to":"+18769261234"}`, ""}, {"mia", "/v1/explain/call", `{"from":"<mia>","to":"112"}`, ""}},
		"GET /v1/rings":                           one("/v1/rings", ""),
		"POST /v1/rings":                          {{"sales", "/v1/rings", `{"name":"New","group":"<sales>"}`, ""}, {"support", "/v1/rings", `{"name":"New","group":"<support>"}`, ""}, {"office", "/v1/rings", `{"name":"New"}`, ""}},
		"GET /v1/rings/{ring}":                    rings("/v1/rings/%s", ""),
		"PATCH /v1/rings/{ring}":                  rings("/v1/rings/%s", `{"name":"Renamed"}`),
		"DELETE /v1/rings/{ring}":                 rings("/v1/rings/%s", ""),
		"POST /v1/explain/route":                  one("/v1/explain/route", `{"to":"103"}`),

		"GET /v1/queues/{queue}/music":                   queues("/v1/queues/%s/music", ""),
		"PUT /v1/queues/{queue}/music":                   musics[0],
		"DELETE /v1/queues/{queue}/music":                queues("/v1/queues/%s/music", ""),
		"GET /v1/parks/{park}/music":                     parks("/v1/parks/%s/music", ""),
		"PUT /v1/parks/{park}/music":                     musics[1],
		"DELETE /v1/parks/{park}/music":                  parks("/v1/parks/%s/music", ""),
		"GET /v1/queues/{queue}/callbacks":               queues("/v1/queues/%s/callbacks", ""),
		"DELETE /v1/queues/{queue}/callbacks/{callback}": queues("/v1/queues/%s/callbacks/cal_back", ""),

		"GET /v1/menus":                                     one("/v1/menus", ""),
		"POST /v1/menus":                                    {{"sales", "/v1/menus", `{"name":"New","group":"<sales>"}`, ""}, {"support", "/v1/menus", `{"name":"New","group":"<support>"}`, ""}, {"office", "/v1/menus", `{"name":"New"}`, ""}},
		"GET /v1/menus/{menu}":                              menus("/v1/menus/%s", ""),
		"PATCH /v1/menus/{menu}":                            menus("/v1/menus/%s", `{"name":"Renamed"}`),
		"DELETE /v1/menus/{menu}":                           menus("/v1/menus/%s", ""),
		"GET /v1/menus/{menu}/sounds/{language}":            menus("/v1/menus/%s/sounds/de", ""),
		"PUT /v1/menus/{menu}/sounds/{language}":            greetings,
		"DELETE /v1/menus/{menu}/sounds/{language}":         menus("/v1/menus/%s/sounds/pl", ""),
		"POST /v1/menus/{menu}/sounds/{language}/dictation": menus("/v1/menus/%s/sounds/de/dictation", `{}`),
		"POST /v1/prompts/{language}/{key}/dictation":       one("/v1/prompts/de/say.goodbye/dictation", `{}`),
		"GET /v1/dictations/{dictation}":                    one("/v1/dictations/dic_none", ""),
		"DELETE /v1/dictations/{dictation}":                 one("/v1/dictations/dic_none", ""),
		"GET /v1/holidays":                                  one("/v1/holidays?country=DE&region=BY", ""),
		"POST /v1/holidays/calendar":                        calendar,
		"GET /v1/entrances":                                 one("/v1/entrances", ""),
		"GET /v1/groups/{group}/entrance":                   groups("/v1/groups/%s/entrance", ""),
		"PUT /v1/groups/{group}/entrance":                   groups("/v1/groups/%s/entrance", `{"open":{"kind":"busy"}}`),
		"DELETE /v1/groups/{group}/entrance":                groups("/v1/groups/%s/entrance", ""),
		"GET /v1/trunks":                                    one("/v1/trunks", ""),
		"POST /v1/trunks":                                   {{"sales", "/v1/trunks", `{"name":"New","host":"192.0.2.98","group":"<sales>"}`, ""}, {"support", "/v1/trunks", `{"name":"New","host":"192.0.2.98","group":"<support>"}`, ""}, {"office", "/v1/trunks", `{"name":"New","host":"192.0.2.98"}`, ""}},
		"GET /v1/trunks/{trunk}":                            trunks("/v1/trunks/%s", ""),
		"PATCH /v1/trunks/{trunk}":                          trunks("/v1/trunks/%s", `{"name":"Renamed"}`),
		"DELETE /v1/trunks/{trunk}":                         trunks("/v1/trunks/%s", ""),
		"GET /v1/trunks/{trunk}/quality":                    trunks("/v1/trunks/%s/quality", ""),
		"GET /v1/trunks/{trunk}/test":                       trunks("/v1/trunks/%s/test", ""),
		"POST /v1/trunks/{trunk}/call":                      trunks("/v1/trunks/%s/call", `{"to":"+4930123456"}`),
		"GET /v1/trunks/{trunk}/call/{call}":                trunks("/v1/trunks/%s/call/cal_none", ""),
		"POST /v1/trunks/{trunk}/test":                      trunks("/v1/trunks/%s/test", ""),
		"POST /v1/trunks/{trunk}/try":                       trunks("/v1/trunks/%s/try", ""),
		"GET /v1/numbers":                                   one("/v1/numbers", ""),
		"POST /v1/numbers":                                  {{"sales", "/v1/numbers", `{"number":"+49301234567","group":"<sales>"}`, ""}, {"support", "/v1/numbers", `{"number":"+49301234567","group":"<support>"}`, ""}, {"office", "/v1/numbers", `{"number":"+49301234567"}`, ""}},
		"PATCH /v1/numbers/{did}":                           slices.Concat(numbers("/v1/numbers/%s", `{"name":"Renamed"}`), []probe{{"sales to", "/v1/numbers/<sales number>", `{"to":{"kind":"busy"}}`, ""}}),
		"DELETE /v1/numbers/{did}":                          numbers("/v1/numbers/%s", ""),
		"GET /v1/reports/compliance":                        {{"", "/v1/reports/compliance", "", ""}, {"sales", "/v1/reports/compliance?group=<sales>", "", ""}, {"support", "/v1/reports/compliance?group=<support>", "", ""}, {"mia", "/v1/reports/compliance?user=<mia>", "", ""}},
		"GET /v1/reports/compliance/table":                  {{"", "/v1/reports/compliance/table", "", ""}, {"support", "/v1/reports/compliance/table?group=<support>", "", ""}},
		"GET /v1/budgets":                                   one("/v1/budgets", ""),
		"POST /v1/budgets":                                  {{"sales", "/v1/budgets", `{"name":"New","on":{"kind":"group","id":"<sales>"},"measure":"time","limit":1}`, ""}, {"support", "/v1/budgets", `{"name":"New","on":{"kind":"group","id":"<support>"},"measure":"time","limit":1}`, ""}, {"office", "/v1/budgets", `{"name":"New","on":{"kind":"office"},"measure":"time","limit":1}`, ""}},
		"GET /v1/budgets/{budget}":                          budgets("/v1/budgets/%s", ""),
		"PATCH /v1/budgets/{budget}":                        budgets("/v1/budgets/%s", `{"name":"Renamed"}`),
		"POST /v1/budgets/{budget}/raise":                   budgets("/v1/budgets/%s/raise", `{"more":5,"reason":"fair"}`),
		"DELETE /v1/budgets/{budget}":                       budgets("/v1/budgets/%s", ""),
		"GET /v1/users/{user}/budgets":                      things("/v1/users/%s/budgets", "", ""),
		"GET /v1/decks":                                     one("/v1/decks", ""),
		"POST /v1/decks":                                    {{"", "/v1/decks?name=New", "prefix,price\n43,0.01\n", "text/csv"}},
		"GET /v1/decks/{deck}":                              {{"", "/v1/decks/<price list>", "", ""}, {"none", "/v1/decks/dck_none", "", ""}},
		"GET /v1/decks/{deck}/rates":                        {{"", "/v1/decks/<price list>/rates", "", ""}, {"none", "/v1/decks/dck_none/rates", "", ""}},
		"PATCH /v1/decks/{deck}":                            {{"", "/v1/decks/<price list>", `{"name":"Renamed"}`, ""}, {"none", "/v1/decks/dck_none", `{"name":"Renamed"}`, ""}},
		"DELETE /v1/decks/{deck}":                           {{"", "/v1/decks/<price list>", "", ""}, {"none", "/v1/decks/dck_none", "", ""}},
		"GET /v1/quotes":                                    one("/v1/quotes?number=%2B48221234567", ""),
		"GET /v1/regions":                                   one("/v1/regions", ""),
		"POST /v1/regions":                                  {{"sales", "/v1/regions", `{"name":"New","group":"<sales>","members":[{"kind":"group","id":"<sales>"}]}`, ""}, {"beyond sales", "/v1/regions", `{"name":"New","group":"<sales>","members":[{"kind":"group","id":"<support>"}]}`, ""}, {"help", "/v1/regions", `{"name":"New","group":"<sales>","emergency":["555"]}`, ""}, {"office", "/v1/regions", `{"name":"New","office":true,"standard":{"number":true}}`, ""}},
		"PATCH /v1/regions/{region}":                        regions("/v1/regions/%s", `{"area":"40"}`),
		"DELETE /v1/regions/{region}":                       regions("/v1/regions/%s", ""),
		"GET /v1/outroutes":                                 one("/v1/outroutes", ""),
		"POST /v1/outroutes":                                one("/v1/outroutes", `{"name":"New","trunks":[{"trunk":"<office trunk>"}]}`),
		"PATCH /v1/outroutes/{outroute}":                    {{"", "/v1/outroutes/<way out>", `{"name":"Renamed"}`, ""}, {"none", "/v1/outroutes/out_none", `{"name":"Renamed"}`, ""}},
		"DELETE /v1/outroutes/{outroute}":                   {{"", "/v1/outroutes/<way out>", "", ""}, {"none", "/v1/outroutes/out_none", "", ""}},

		"GET /v1/users/{user}/devices":     things("/v1/users/%s/devices", "", ""),
		"POST /v1/users/{user}/devices":    things("/v1/users/%s/devices", "", `{"name":"Second"}`),
		"PATCH /v1/devices/{device}":       things("/v1/devices/%s", "phone of", `{"name":"Renamed"}`),
		"DELETE /v1/devices/{device}":      things("/v1/devices/%s", "phone of", ""),
		"POST /v1/phone":                   one("/v1/phone", ""),
		"POST /v1/devices/{device}/secret": things("/v1/devices/%s/secret", "phone of", ""),

		"GET /v1/calls": one("/v1/calls", ""),
		"GET /v1/calls/{call}": {{"uwe nina", "/v1/calls/<call uwe nina>", "", ""}, {"uwe tom", "/v1/calls/<call uwe tom>", "", ""},
			{"tom mia", "/v1/calls/<call tom mia>", "", ""}, {"none", "/v1/calls/cal_none", "", ""}},
		"GET /v1/parks":                         one("/v1/parks", ""),
		"POST /v1/parks":                        {{"sales", "/v1/parks", `{"name":"New","group":"<sales>"}`, ""}, {"support", "/v1/parks", `{"name":"New","group":"<support>"}`, ""}, {"office", "/v1/parks", `{"name":"New"}`, ""}},
		"GET /v1/rooms":                         one("/v1/rooms", ""),
		"POST /v1/rooms":                        {{"sales", "/v1/rooms", `{"name":"New","group":"<sales>"}`, ""}, {"support", "/v1/rooms", `{"name":"New","group":"<support>"}`, ""}, {"office", "/v1/rooms", `{"name":"New"}`, ""}},
		"GET /v1/rooms/{room}":                  rooms("/v1/rooms/%s", ""),
		"PATCH /v1/rooms/{room}":                rooms("/v1/rooms/%s", `{"name":"Renamed"}`),
		"DELETE /v1/rooms/{room}":               rooms("/v1/rooms/%s", ""),
		"PUT /v1/rooms/{room}/live":             rooms("/v1/rooms/%s/live", `{"locked":true}`),
		"POST /v1/rooms/{room}/recording":       rooms("/v1/rooms/%s/recording", `{"do":"start"}`),
		"DELETE /v1/rooms/{room}/live":          rooms("/v1/rooms/%s/live", ""),
		"POST /v1/rooms/{room}/people":          rooms("/v1/rooms/%s/people", `{"to":{"kind":"user","id":"<sven>"}}`),
		"PUT /v1/rooms/{room}/people/{call}":    rooms("/v1/rooms/%s/people/cal_x", `{"muted":true}`),
		"DELETE /v1/rooms/{room}/people/{call}": rooms("/v1/rooms/%s/people/cal_x", ""),
		"GET /v1/parks/{park}":                  parks("/v1/parks/%s", ""),
		"PATCH /v1/parks/{park}":                parks("/v1/parks/%s", `{"name":"Renamed"}`),
		"DELETE /v1/parks/{park}":               parks("/v1/parks/%s", ""),
		"POST /v1/calls/live/{call}/transfer":   lives("transfer", `{"to":{"kind":"user","id":"<sven>"},"user":"<uwe>"}`),
		"POST /v1/calls/live/{call}/divert":     lives("divert", `{"to":{"kind":"user","id":"<sven>"}}`),
		"POST /v1/calls/live/{call}/watch":      append(append(lives("watch", `{"mode":"listen"}`), lives("watch", `{"mode":"whisper"}`)...), append(lives("watch", `{"mode":"barge"}`), lives("watch", `{"mode":"steal"}`)...)...),
		"DELETE /v1/calls/live/{call}/watch":    lives("watch", ""),
		"POST /v1/calls/live/{call}/pickup":     lives("pickup", ""),
		"POST /v1/calls/live/{call}/park":       lives("park", `{"park":"<office park>"}`),
		"POST /v1/calls/live/{call}/fetch":      lives("fetch", ""),
		"GET /v1/calls/live":                    one("/v1/calls/live", ""),
		"GET /v1/calls/table":                   one("/v1/calls/table", ""),
		"GET /v1/calls/days":                    one("/v1/calls/days?from=2026-03-28&until=2026-03-30", ""),
		"DELETE /v1/calls/live/{call}": {{"uwe nina", "/v1/calls/live/cal_live_uwe_nina", "", ""}, {"uwe tom", "/v1/calls/live/cal_live_uwe_tom", "", ""},
			{"tom mia", "/v1/calls/live/cal_live_tom_mia", "", ""}, {"none", "/v1/calls/live/cal_none", "", ""}},
		"GET /v1/events": one("/v1/events", ""),

		"GET /v1/mailboxes/{mailbox}":                      boxes("/v1/mailboxes/%s", ""),
		"PATCH /v1/mailboxes/{mailbox}":                    boxes("/v1/mailboxes/%s", `{"days":30}`),
		"GET /v1/mailboxes/{mailbox}/greetings/{for}":      boxes("/v1/mailboxes/%s/greetings/any", ""),
		"PUT /v1/mailboxes/{mailbox}/greetings/{for}":      welcomes,
		"DELETE /v1/mailboxes/{mailbox}/greetings/{for}":   boxes("/v1/mailboxes/%s/greetings/any", ""),
		"GET /v1/recordings":                               one("/v1/recordings", ""),
		"GET /v1/recordings/table":                         one("/v1/recordings/table", ""),
		"GET /v1/recordings/archive":                       one("/v1/recordings/archive", ""),
		"GET /v1/recordings/archive/extent":                one("/v1/recordings/archive/extent", ""),
		"GET /v1/recordings/{recording}":                   recordings("/v1/recordings/%s", ""),
		"GET /v1/recordings/{recording}/sound":             append(recordings("/v1/recordings/%s/sound", ""), recordings("/v1/recordings/%s/sound?download=true", "")...),
		"GET /v1/recordings/{recording}/peaks":             recordings("/v1/recordings/%s/peaks", ""),
		"GET /v1/recordings/{recording}/hearings":          recordings("/v1/recordings/%s/hearings", ""),
		"GET /v1/recordings/{recording}/shares":            recordings("/v1/recordings/%s/shares", ""),
		"POST /v1/recordings/{recording}/shares":           recordings("/v1/recordings/%s/shares", `{"for":"a lawyer"}`),
		"DELETE /v1/recordings/{recording}/shares/{share}": recordings("/v1/recordings/%s/shares/shr_given", ""),
		"GET /v1/shared/{token}":                           {{"of olga", "/v1/shared/<share>", "", ""}, {"none", "/v1/shared/wrong", "", ""}},
		"POST /v1/shared/{token}":                          {{"of olga", "/v1/shared/<share>", `{}`, ""}, {"none", "/v1/shared/wrong", `{}`, ""}},
		"GET /v1/shared/{token}/sound":                     {{"of olga", "/v1/shared/<share>/sound", "", ""}, {"none", "/v1/shared/wrong/sound", "", ""}},
		"GET /v1/shared/{token}/peaks":                     {{"of olga", "/v1/shared/<share>/peaks", "", ""}, {"none", "/v1/shared/wrong/peaks", "", ""}},
		"DELETE /v1/recordings/{recording}":                recordings("/v1/recordings/%s", ""),
		"POST /v1/recordings/{recording}/restore":          recordings("/v1/recordings/%s/restore", ""),
		"POST /v1/recordings/{recording}/hold":             recordings("/v1/recordings/%s/hold", `{"hold":true}`),
		"POST /v1/calls/live/{call}/recording":             lives("recording", `{"do":"start"}`),
		"GET /v1/calls/consents":                           one("/v1/calls/consents", ""),
		"GET /v1/retention":                                one("/v1/retention", ""),
		"PUT /v1/retention":                                one("/v1/retention", `{"calls":100}`),
		"POST /v1/retention/preview":                       one("/v1/retention/preview", `{"calls":100}`),
		"GET /v1/retention/since":                          one("/v1/retention/since", ""),
		"GET /v1/privacy/erasures":                         one("/v1/privacy/erasures", ""),
		"POST /v1/privacy/erasures":                        one("/v1/privacy/erasures", `{"number":"+4930123456789","reason":"asked on Monday"}`),
		"POST /v1/privacy/erasures/preview":                one("/v1/privacy/erasures/preview", `{"number":"+4930123456789"}`),
		"GET /v1/privacy/leavers":                          one("/v1/privacy/leavers", ""),
		"GET /v1/privacy/export":                           {{"uwe", "/v1/privacy/export?user=<uwe>", "", ""}, {"outside", "/v1/privacy/export?number=030123456789", "", ""}, {"none", "/v1/privacy/export?user=usr_none", "", ""}},
		"GET /v1/recording-rules":                          one("/v1/recording-rules", ""),
		"GET /v1/recording-rules/{about}":                  append(boxes("/v1/recording-rules/%s", ""), probe{"office", "/v1/recording-rules/office", "", ""}),
		"PATCH /v1/recording-rules/{about}":                append(boxes("/v1/recording-rules/%s", `{"mode":"always"}`), probe{"office", "/v1/recording-rules/office", `{"mode":"demand"}`, ""}),
		"GET /v1/voicemail":                                one("/v1/voicemail", ""),
		"GET /v1/voicemail/{message}/sound":                messages("/v1/voicemail/%s/sound", ""),
		"GET /v1/voicemail/{message}/history":              messages("/v1/voicemail/%s/history", ""),
		"POST /v1/voicemail/{message}/forward":             messages("/v1/voicemail/%s/forward", `{"to":"<uwe>"}`),
		"PATCH /v1/voicemail/{message}":                    messages("/v1/voicemail/%s", `{"new":false}`),
		"DELETE /v1/voicemail/{message}":                   messages("/v1/voicemail/%s", ""),
		"POST /v1/voicemail/{message}/restore":             messages("/v1/voicemail/%s/restore", ""),

		"GET /v1/overview":                         one("/v1/overview", ""),
		"GET /v1/codes":                            one("/v1/codes", ""),
		"PUT /v1/codes":                            one("/v1/codes", `{"codes":{"echo":"*9999"}}`),
		"GET /v1/notices":                          one("/v1/notices", ""),
		"POST /v1/notices/read":                    one("/v1/notices/read", `{}`),
		"PATCH /v1/notices/{notice}":               {{"uwe", "/v1/notices/ntc_uwe", `{"read":true}`, ""}, {"none", "/v1/notices/ntc_none", `{"read":true}`, ""}},
		"GET /v1/push":                             one("/v1/push", ""),
		"PUT /v1/push":                             one("/v1/push", `{"endpoint":"https://push.example/x","keys":{"p256dh":"x","auth":"y"}}`),
		"DELETE /v1/push":                          one("/v1/push", ""),
		"POST /v1/push/try":                        one("/v1/push/try", ""),
		"DELETE /v1/push/calls/{call}":             one("/v1/push/calls/cal_over", ""),
		"GET /v1/profile/notices":                  one("/v1/profile/notices", ""),
		"PUT /v1/profile/notices":                  one("/v1/profile/notices", `{"items":[{"kind":"voicemail","web":true,"mail":false,"push":true}]}`),
		"GET /v1/profile/speed":                    one("/v1/profile/speed", ""),
		"PUT /v1/profile/speed":                    one("/v1/profile/speed", `{"speed":[{"short":"1","number":"101"}]}`),
		"GET /v1/settings":                         one("/v1/settings", ""),
		"PATCH /v1/settings":                       one("/v1/settings", `{"name":"Renamed"}`),
		"POST /v1/settings/mail/test":              one("/v1/settings/mail/test", ""),
		"GET /v1/settings/providers":               one("/v1/settings/providers", ""),
		"PUT /v1/settings/providers/{provider}":    one("/v1/settings/providers/x", `{"kind":"other","name":"X","issuer":"http://127.0.0.1:1/","client":"x","secret":"y"}`),
		"DELETE /v1/settings/providers/{provider}": one("/v1/settings/providers/x", ""),
		"GET /v1/mails":                            one("/v1/mails", ""),
		"POST /v1/mails/{mail}/send":               {{"kept", "/v1/mails/mai_kept/send", "", ""}, {"none", "/v1/mails/mai_none/send", "", ""}},
		"GET /v1/audit":                            one("/v1/audit", ""),
		"GET /v1/audit/verify":                     one("/v1/audit/verify", ""),
		"GET /v1/tokens":                           one("/v1/tokens", ""),
		"POST /v1/tokens":                          one("/v1/tokens", `{"name":"Another"}`),
		"DELETE /v1/tokens/{token}":                things("/v1/tokens/%s", "token of", ""),
		"GET /v1/openapi.json":                     one("/v1/openapi.json", ""),
		"GET /v1/docs":                             one("/v1/docs", ""),
		"GET /v1/health":                           one("/v1/health", ""),

		"GET /v1/hours":                      one("/v1/hours", ""),
		"GET /v1/settings/hours":             one("/v1/settings/hours", ""),
		"GET /v1/settings/hours/now":         one("/v1/settings/hours/now", ""),
		"GET /v1/settings/hours/preview":     one("/v1/settings/hours/preview", ""),
		"PUT /v1/settings/hours":             one("/v1/settings/hours", `{"open":`+week+`}`),
		"PUT /v1/settings/hours/override":    one("/v1/settings/hours/override", `{"state":"closed"}`),
		"DELETE /v1/settings/hours/override": one("/v1/settings/hours/override", ""),

		"GET /v1/groups/{group}/hours":             groups("/v1/groups/%s/hours", ""),
		"GET /v1/groups/{group}/hours/now":         groups("/v1/groups/%s/hours/now", ""),
		"GET /v1/groups/{group}/hours/preview":     groups("/v1/groups/%s/hours/preview", ""),
		"PUT /v1/groups/{group}/hours":             groups("/v1/groups/%s/hours", `{"open":`+week+`}`),
		"PUT /v1/groups/{group}/hours/override":    groups("/v1/groups/%s/hours/override", `{"state":"holiday"}`),
		"DELETE /v1/groups/{group}/hours/override": groups("/v1/groups/%s/hours/override", ""),

		"GET /v1/users/{user}/hours":             things("/v1/users/%s/hours", "", ""),
		"GET /v1/users/{user}/hours/now":         things("/v1/users/%s/hours/now", "", ""),
		"GET /v1/users/{user}/hours/preview":     things("/v1/users/%s/hours/preview", "", ""),
		"PUT /v1/users/{user}/hours":             things("/v1/users/%s/hours", "", `{"open":`+week+`}`),
		"PUT /v1/users/{user}/hours/override":    things("/v1/users/%s/hours/override", "", `{"state":"open"}`),
		"DELETE /v1/users/{user}/hours/override": things("/v1/users/%s/hours/override", "", ""),
	}
}

// send makes one probe for one actor.
func (o *office) send(r Route, p probe, actor string) reply {
	o.t.Helper()
	self := map[string]string{"narrow": "mark", "nobody": "uwe"}[actor]
	if self == "" {
		self = actor
	}
	path, object, _ := strings.Cut(strings.ReplaceAll(p.path, "self>", self+">"), "#")
	body := strings.ReplaceAll(p.body, "<self>", "<"+self+">")
	switch r.Method + " " + r.Path {
	case "POST /v1/users":
		body = fmt.Sprintf(`{"name":"New","email":"new@example.com","groups":[{"group":"%s"}]}`, object)
	case "POST /v1/reviews":
		body = fmt.Sprintf(`{"name":"x","group":"%s","until":"%s","reason":"x"}`, object, start.AddDate(0, 1, 0).Format(time.RFC3339))
	case "POST /v1/groups":
		if object != "" {
			body = fmt.Sprintf(`{"name":"New","parent":"%s"}`, object)
		}
	case "POST /v1/users/import":
		return o.ask(actor, r.Method, path, fmt.Sprintf("name,email,group\nNew,new@example.com,%s\n", strings.Trim(object, "<>")), "Content-Type", "text/csv")
	}
	if p.kind != "" {
		return o.ask(actor, r.Method, path, body, "Content-Type", p.kind)
	}
	return o.ask(actor, r.Method, path, body)
}

// letter is an answer in one character.
func letter(r reply) string {
	switch {
	case r.StatusCode < 300:
		return "o"
	case r.StatusCode == 401:
		return "s"
	case r.StatusCode == 403:
		return "d"
	case r.StatusCode == 404:
		return "m"
	case r.StatusCode < 500:
		return "x"
	}
	return "!"
}

// TestAccess walks every route, every actor and objects of every distance (BAR AZ-01; recordings: PR-04, B-031, B-046…B-049, B-070), and compares with the table in
// testdata/access.txt: o done, d denied, m missing, s signed out, x refused for another reason. A refused request must leave
// nothing in the log; an object out of sight must be answered with the body of one that is not there.
func TestAccess(t *testing.T) {
	table := probes()
	var out strings.Builder
	fmt.Fprintf(&out, "%-42s %-18s %s\n", "route", "object", strings.Join(actors, " "))
	o := live(t)
	for _, r := range Routes() {
		name := r.Method + " " + r.Path
		if len(table[name]) == 0 {
			t.Errorf("%s: no probe says who may use it on what", name)
		}
		for _, p := range table[name] {
			row := ""
			for _, actor := range actors {
				before, allowed := o.head(), o.allows(r, p, actor)
				got := o.send(r, p, actor)
				l := letter(got)
				row += l
				if l == "!" {
					t.Errorf("%s %s by %s: %d %s\n%s", name, p.label, actor, got.StatusCode, got.body, o.log)
				}
				if l != "o" && o.head() != before && !isSignIn(r) {
					t.Errorf("%s %s by %s: refused, and left %v in the log", name, p.label, actor, o.kinds(before))
				}
				if l == "m" && p.label != "none" {
					hiddenLooksMissing(t, o, r, table[name], p, actor, got)
				}
				if allowed == "no" && l == "o" {
					t.Errorf("%s %s by %s: done, although policy refuses", name, p.label, actor)
				}
				if allowed == "yes" && (l == "d" || l == "m" && p.label != "none") && !decidesMore[name] { // what is not there is missing for everybody
					t.Errorf("%s %s by %s: %s, although policy allows", name, p.label, actor, l)
				}
				if l == "o" && r.Method != "GET" {
					o.close()
					o = live(t)
				}
			}
			fmt.Fprintf(&out, "%-42s %-18s %s\n", name, p.label, row)
		}
		delete(table, name)
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		t.Errorf("%s: probes for a route that does not exist", name)
	}
	golden(t, "testdata/access.txt", []byte(out.String()))
}

func isSignIn(r Route) bool { return strings.Contains(r.Path, "/session") }

// hiddenLooksMissing compares the answer about a thing out of sight with the one about a thing that is not there.
func hiddenLooksMissing(t *testing.T, o *office, r Route, all []probe, p probe, actor string, got reply) {
	t.Helper()
	for _, other := range all {
		if other.label != "none" || !strings.Contains(r.Path, "{") {
			continue
		}
		if none := o.send(r, other, actor); none.error() != got.error() || none.StatusCode != got.StatusCode ||
			none.Header.Get("Content-Type") != got.Header.Get("Content-Type") {
			t.Errorf("%s %s by %s: %s, but a missing one: %s", r.Path, p.label, actor, got.error(), none.error())
		}
	}
}

// allows asks package policy the question of the route: yes, no, or nothing where the route asks no single question.
func (o *office) allows(r Route, p probe, actor string) string {
	a := r.Access
	if a.Over != "user" && a.Over != "group" && a.Over != "" || len(a.Rights) == 0 || actor == "nobody" || actor == "susi" {
		return ""
	}
	who := pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids[actor])}
	if actor == "narrow" {
		token := o.view().ByTokenHash(hashOf(o.keys["narrow"]))
		who = pbx.Actor{Kind: pbx.ActorToken, User: token.User, Token: token.ID}
	}
	self := map[string]string{"narrow": "mark"}[actor]
	if self == "" {
		self = actor
	}
	segments := strings.Split(strings.ReplaceAll(p.path, "<self>", "<"+self+">"), "/")
	object := policy.System()
	for i, part := range strings.Split(r.Path, "/") {
		if part != "{"+a.Over+"}" {
			continue
		}
		id := segments[i]
		if named := o.ids[strings.Trim(id, "<>")]; named != "" {
			id = named
		}
		if a.Over == "user" {
			object = policy.User(pbx.UserID(id))
		} else {
			object = policy.Group(pbx.GroupID(id))
		}
	}
	for _, right := range a.Rights {
		if policy.Decide(o.view(), policy.Request{Actor: who, Right: right, Target: object, At: o.now()}).OK {
			return "yes"
		}
	}
	return "no"
}

// decidesMore are the routes whose right opens the door and whose command or object asks for more.
var decidesMore = map[string]bool{
	"PATCH /v1/users/{user}":                               true, // e-mail and extension need user.edit
	"PUT /v1/users/{user}/roles/{role}":                    true,
	"PATCH /v1/roles/{role}":                               true, // none is not there
	"DELETE /v1/roles/{role}":                              true,
	"PATCH /v1/billing":                                    true, // handing on is the owners'
	"DELETE /v1/users/{user}/roles/{role}":                 true,
	"PATCH /v1/groups/{group}":                             true, // publishing needs group.publish
	"DELETE /v1/groups/{group}":                            true,
	"PUT /v1/groups/{group}/members/{user}":                true,
	"DELETE /v1/groups/{group}/members/{user}":             true,
	"PUT /v1/groups/{group}/members/{user}/rights/{right}": true,
	"PUT /v1/groups/{group}/members/{user}/share":          true, // presence and calls ask for one right each
	"POST /v1/users/{user}/assignments":                    true,
	"POST /v1/users/{user}/grants":                         true,
	"POST /v1/profile/deputies":                            true,
	"GET /v1/users/{user}/photo":                           true, // nobody has one
	"GET /v1/groups/{group}/music":                         true, // no group has any
	"DELETE /v1/groups/{group}/music":                      true,
	"POST /v1/mails/{mail}/send":                           true, // none is not there
	"DELETE /v1/settings/providers/{provider}":             true, // there is none
	"DELETE /v1/prompts/{language}/{key}/sound":            true, // it has no own sound
	"GET /v1/users/{user}/forwarding":                      true, // seeing the person is not enough
	"PUT /v1/users/{user}/forwarding":                      true, // outside and locking need more
}

// golden compares with a file, or writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(want, got) {
		return
	}
	wants, gots := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range max(len(wants), len(gots)) {
		w, g := at(wants, i), at(gots, i)
		if w != g {
			t.Errorf("%s line %d:\n  have %s\n  want %s", path, i+1, g, w)
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
