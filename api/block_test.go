package api

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/pbx"
)

// shutOut keeps blocks as the house does, without telephones.
type shutOut struct {
	mu   sync.Mutex
	list []pbx.Block
}

func (s *shutOut) Blocks() []pbx.Block {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil {
		s.list = []pbx.Block{{Network: netip.MustParsePrefix("192.0.2.7/32"), Since: start, Until: start.AddDate(0, 0, 1), First: start, Last: start, Failed: 10, Tried: []string{"admin"}, Agent: "friendly-scanner"}}
	}
	return slices.Clone(s.list)
}

func (s *shutOut) Block(_ context.Context, _ pbx.Actor, b pbx.Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(slices.DeleteFunc(s.list, func(o pbx.Block) bool { return o.Network == b.Network }), b)
	return nil
}

func (s *shutOut) Release(_ context.Context, _ pbx.Actor, network netip.Prefix) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(o pbx.Block) bool { return o.Network == network })
	return nil
}

// Blocks are listed with their evidence, made with a reason, and released; one's own address, a private network and one with phones of the office
// want a confirmation (SA-16).
func TestBlocks(t *testing.T) {
	o := newOffice(t)
	phone := pbx.DeviceID(o.ids["phone of nina"])
	o.dir.SetBindings(phone, []pbx.Binding{{ID: "bnd_1", Device: phone, Contact: "sip:nina@203.0.113.9", Source: "203.0.113.9:5060", Expires: o.now().Add(time.Hour)}})
	var list Page[Block]
	o.ask("olga", "GET", "/v1/blocks", "").json(t, &list)
	if b := list.Items[0]; len(list.Items) != 1 || b.First.IsZero() || b.Last.IsZero() || b.Network != "192.0.2.7" || b.By != nil || b.Failed != 10 || b.Tried[0] != "admin" || b.Agent == "" || b.Until.IsZero() {
		t.Fatalf("%+v", list)
	}
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"no network", `{"network":"nowhere","reason":"x"}`, 422, "block.network_invalid"},
		{"everything", `{"network":"0.0.0.0/0","reason":"x"}`, 422, "block.network_invalid"},
		{"no reason", `{"network":"198.51.100.7","reason":" "}`, 422, "block.reason_missing"},
		{"already over", `{"network":"198.51.100.7","reason":"x","until":"2001-01-01T00:00:00Z"}`, 422, "block.until_past"},
		{"private", `{"network":"10.1.0.0/16","reason":"x"}`, 409, "block.private"},
		{"one's own address", `{"network":"192.0.2.1","reason":"x"}`, 409, "block.own_address"},
		{"… inside a network", `{"network":"192.0.0.0/16","reason":"x"}`, 409, "block.own_address"},
		{"… confirmed", `{"network":"192.0.2.1","reason":"x","confirm":true}`, 201, "192.0.2.1_32"},
		{"where a phone of the office is", `{"network":"203.0.113.0/24","reason":"x"}`, 409, "block.phones"},
		{"… confirmed", `{"network":"203.0.113.0/24","reason":"x","confirm":true}`, 201, "203.0.113.0_24"},
		{"loopback", `{"network":"127.0.0.1","reason":"x"}`, 409, "block.private"},
		{"private of IPv6", `{"network":"fd00::/48","reason":"x"}`, 409, "block.private"},
		{"private, confirmed", `{"network":"10.1.0.0/16","reason":"x","confirm":true}`, 201, "10.1.0.0_16"},
		{"private, allowed", `{"network":"10.2.0.0/16","reason":"branch","allow":true}`, 201, "10.2.0.0_16"},
		{"one address of IPv6 is its customer", `{"network":"2001:db8::7","reason":"x"}`, 201, "2001-db8--_64"},
	} {
		if r := o.ask("olga", "POST", "/v1/blocks", tt.body); r.StatusCode != tt.status || !strings.Contains(string(r.body), tt.want) {
			t.Errorf("%s: %d %s", tt.name, r.StatusCode, r.body)
		}
	}
	if r := o.ask("olga", "DELETE", "/v1/blocks/2001-db8--_64", ""); r.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("olga", "DELETE", "/v1/blocks/2001-db8--_64", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("released twice: %d", r.StatusCode)
	}
	if r := o.ask("nina", "GET", "/v1/blocks", ""); r.StatusCode != http.StatusForbidden {
		t.Errorf("nina: %d", r.StatusCode)
	}
}
