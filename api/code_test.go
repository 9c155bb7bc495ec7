package api

import (
	"strings"
	"testing"

	"tandem/pbx"
)

// Administrators change codes, which are held against each other; everybody reads them and keeps short numbers of his own (FC-01).
func TestFeatureCodes(t *testing.T) {
	o := live(t)
	var c FeatureCodes
	code := func(action string) FeatureCode {
		for _, x := range c.Codes {
			if string(x.Action) == action {
				return x
			}
		}
		return FeatureCode{}
	}
	o.ask("uwe", "GET", "/v1/codes", "").json(t, &c)
	if c.Dialect != pbx.CodesClassic || code("dnd").Code != "*78" || !code("forward_all").Argument || len(c.Codes) != len(pbx.CodeKinds()) {
		t.Fatalf("%+v", c)
	}
	o.ask("uwe", "GET", "/v1/codes?dialect=compact", "").json(t, &c)
	if c.Dialect != pbx.CodesCompact || code("dnd").Code != "*32" {
		t.Errorf("a look at the other dialect: %+v", c)
	}
	if got := o.ask("sven", "PUT", "/v1/codes?dry=1", `{"codes":{"echo":"*78"}}`); got.StatusCode != 409 || !strings.Contains(string(got.body), `"codes.echo"`) {
		t.Errorf("a code that is taken: %d %s", got.StatusCode, got.body)
	}
	o.ask("sven", "PUT", "/v1/codes", `{"codes":{"echo":"*6999","dnd":"","redial":"*66"},"speed":[{"short":"12","name":"Taxi","number":"030 123456"},{"short":"1","number":"101"}]}`).json(t, &c)
	if e := code("echo"); e.Code != "*6999" || e.Usual != "*43" || code("dnd").Code != "" || c.Speed[0].Short != "1" || c.Speed[1].Number != "+4930123456" {
		t.Errorf("changed: %+v", c)
	}
	o.ask("sven", "PUT", "/v1/codes", `{"dialect":"compact"}`).json(t, &c)
	if code("echo").Code != "*6999" || code("redial").Code != "*66" || code("status_away").Code != "*31" {
		t.Errorf("the other dialect keeps what was changed: %+v", c)
	}
	if got := o.ask("sven", "PUT", "/v1/codes", `{"codes":{"echo":"*1"},"revision":"old"}`); got.StatusCode != 409 {
		t.Errorf("an old revision: %d", got.StatusCode)
	}
	var own SpeedList
	o.ask("uwe", "PUT", "/v1/profile/speed", `{"speed":[{"short":"7","number":"102"}]}`).json(t, &own)
	o.ask("mia", "GET", "/v1/profile/speed", "").json(t, &own)
	if len(own.Speed) != 0 {
		t.Errorf("somebody else's short numbers: %+v", own)
	}
	if got := o.ask("uwe", "PUT", "/v1/profile/speed", `{"speed":[{"short":"7","number":"*72"}]}`); got.StatusCode != 422 {
		t.Errorf("a code under a short number: %d %s", got.StatusCode, got.body)
	}
}
