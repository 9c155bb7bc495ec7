package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// TestFieldsPerRole writes down which fields each role reads of each thing (BAR AZ-04): a field that appears or goes is a
// difference in testdata/fields.txt.
func TestFieldsPerRole(t *testing.T) {
	o := live(t)
	phone := pbx.DeviceID(o.ids["phone of nina"])
	o.dir.SetBindings(phone, []pbx.Binding{{ID: "bnd_1", Device: phone, Contact: "sip:x@192.0.2.9", Source: "192.0.2.9:5060", Agent: "Phone/1", Expires: start.Add(time.Hour)}})
	var out strings.Builder
	for _, path := range []string{"/v1/session", "/v1/users/<nina>", "/v1/users/<nina>/devices", "/v1/users/<tom>", "/v1/groups/<sales>",
		"/v1/calls/<call uwe nina>", "/v1/calls/<call uwe tom>", "/v1/calls/<call tom +4930123456789>", "/v1/calls/live", "/v1/voicemail", "/v1/recordings", "/v1/recordings/<recording uwe nina>/hearings", "/v1/recordings/<recording uwe nina>/shares", "/v1/shared/<share>", "/v1/settings", "/v1/roles/<night>", "/v1/billing", "/v1/audit?limit=1", "/v1/tokens"} {
		for _, who := range actors[1 : len(actors)-1] {
			r := o.ask(who, "GET", path, "")
			if r.StatusCode != 200 {
				continue
			}
			var v any
			r.json(t, &v)
			fields := map[string]bool{}
			leaves("", v, fields)
			fmt.Fprintf(&out, "%s %s\n", path, who)
			for _, f := range slices.Sorted(maps.Keys(fields)) {
				fmt.Fprintf(&out, "  %s\n", f)
			}
		}
	}
	golden(t, "testdata/fields.txt", []byte(out.String()))
}

// leaves collects the paths of all values; rights are named, because they are the point.
func leaves(path string, v any, to map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			leaves(strings.TrimPrefix(path+"."+k, "."), inner, to)
		}
	case []any:
		for _, inner := range v {
			leaves(path+"[]", inner, to)
		}
	case bool:
		to[path+fmt.Sprintf(" %v", v)] = true
	default:
		to[path] = true
	}
}

// TestNothingAnswersWithSecrets reads everything an owner may read and looks for what nobody may.
func TestNothingAnswersWithSecrets(t *testing.T) {
	o := live(t)
	var secrets []string
	for _, d := range o.view().Devices {
		secrets = append(secrets, d.MD5, d.SHA256)
	}
	for _, token := range o.view().Tokens {
		secrets = append(secrets, token.Hash)
	}
	for _, key := range o.keys {
		secrets = append(secrets, key)
	}
	o.ask("olga", "PATCH", "/v1/settings", `{"mail":{"host":"mail.example.com","from":"x@example.com","password":"mail-secret"}}`)
	secrets = append(secrets, "mail-secret", "argon2")
	for _, r := range Routes() {
		if r.Method != "GET" || r.Path == "/v1/events" {
			continue
		}
		for _, p := range probes()[r.Method+" "+r.Path] {
			body := string(o.send(r, p, "olga").body)
			for _, secret := range secrets {
				if secret != "" && strings.Contains(body, secret) {
					t.Errorf("%s shows %q", p.path, secret)
				}
			}
		}
	}
}

func TestPartiesAreVeiled(t *testing.T) {
	o := live(t)
	// A receptionist's sight without call.number: anna reads nothing, so a manager is stripped of the right by an override.
	deny := *o.view().MembershipsOf(pbx.UserID(o.ids["mia"]))[0]
	deny.Overrides = map[string]pbx.Override{"call.number": pbx.OverrideDeny}
	s, err := o.view().Apply(pbx.Change{Put: []pbx.Noun{&deny}})
	if err != nil {
		t.Fatal(err)
	}
	s.Version++
	o.dir.Set(s)
	var c Call
	o.ask("mia", "GET", "/v1/calls/<call tom +4930123456789>", "").json(t, &c)
	if c.To.Number != "+4930123456•••" || c.Dialled != "+4930123456•••" || c.To.Name != "+4930123456•••" {
		t.Errorf("an outside number in full: %+v, dialled %s", c.To, c.Dialled)
	}
	for _, l := range c.Legs {
		if strings.Contains(l.Party.Number+l.Party.Name, "789") {
			t.Errorf("a leg tells: %+v", l.Party)
		}
	}
	if strings.Contains(strings.Join(c.Trace, " "), "789") {
		t.Errorf("the trace tells: %q", c.Trace)
	}
	raw := string(o.ask("mark", "GET", "/v1/calls/<call uwe tom>", "").body)
	for _, hidden := range []string{"tom", o.ids["tom"]} {
		if strings.Contains(strings.ReplaceAll(raw, "cal_uwe_tom", ""), hidden) {
			t.Errorf("somebody is %s: %s", hidden, raw)
		}
	}
	var live Page[LiveCall]
	o.ask("mia", "GET", "/v1/calls/live", "").json(t, &live)
	b, err := json.Marshal(live)
	if err != nil || strings.Contains(strings.ReplaceAll(string(b), "cal_live_tom_+4930123456789", ""), "56789") {
		t.Errorf("live: %s %v", b, err)
	}
}
