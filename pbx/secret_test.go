package pbx

import (
	"reflect"
	"testing"
)

// A change of nothing but a secret is a change: what rows keep out of their JSON is compared too.
func TestSecretsAreCompared(t *testing.T) {
	found := 0
	for _, n := range []func() (Noun, any){
		func() (Noun, any) { n := &Tenant{Providers: []Provider{{}}}; return n, n },
		func() (Noun, any) { n := &Tenant{Providers: []Provider{{}}}; return n, &n.Mail },
		func() (Noun, any) { n := &Tenant{Providers: []Provider{{}}}; return n, &n.Providers[0] },
		func() (Noun, any) { n := &Device{}; return n, n },
		func() (Noun, any) { n := &Token{}; return n, n },
		func() (Noun, any) { n := &Trunk{}; return n, n },
	} {
		before, _ := n()
		_, part := n()
		fields := reflect.TypeOf(part).Elem()
		for i := range fields.NumField() {
			if fields.Field(i).Tag.Get("json") != "-" {
				continue
			}
			found++
			after, part := n()
			reflect.ValueOf(part).Elem().Field(i).SetString("another")
			if same(before, after) {
				t.Errorf("a new %s.%s is no change", fields.Name(), fields.Field(i).Name)
			}
		}
	}
	if found != 6 {
		t.Errorf("%d secrets, want 6", found)
	}
}
