package api

import "testing"

// What is made here can be taken back at once, like every other change: the answer names it (N-17).
func TestWhatIsMadeIsNamed(t *testing.T) {
	o := newOffice(t)
	for path, body := range map[string]string{
		"/v1/rings": `{"name":"New"}`, "/v1/queues": `{"name":"New"}`, "/v1/menus": `{"name":"New","keys":[{"key":"1","to":{"kind":"user","id":"<uwe>"}}]}`,
		"/v1/trunks": `{"name":"New","host":"192.0.2.98"}`, "/v1/restrictions": `{"name":"New","rules":[{"effect":"deny","classes":["premium"]}]}`,
	} {
		if r := o.ask("olga", "POST", path, body); r.StatusCode != 201 || r.Header.Get(changeHeader) == "" {
			t.Errorf("%s: %d, change %q: %s", path, r.StatusCode, r.Header.Get(changeHeader), r.body)
		}
		if r := o.ask("olga", "POST", path+"?dry=1", body); r.StatusCode >= 300 || r.Header.Get(changeHeader) != "" {
			t.Errorf("%s, only asked: %d, change %q: %s", path, r.StatusCode, r.Header.Get(changeHeader), r.body)
		}
	}
}
