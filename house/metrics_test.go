package house

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// Figures stand at a door of their own, each with its kind and its sentence, and count what visitors met; the web door has none (OB-01).
func TestMetrics(t *testing.T) {
	h, err := Build(t.Context(), Config{Data: t.TempDir(), HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", Metrics: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	go func() { _ = h.meters.serve() }()
	read := func(path string) (int, string) {
		t.Helper()
		r, err := http.Get("http://" + h.Address("metrics") + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(b)
	}
	if status, body := read("/metrics"); status != 200 || !strings.Contains(body, "\ntandem_talk_admissions_total 0\n") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := read("/v1/users"); status != 404 {
		t.Errorf("another page: %d", status)
	}
	before := h.Gate.Counts(time.Now())
	_, _ = h.Gate.Find("nothing", "192.0.2.1", time.Now())
	link := &pbx.TalkLink{ID: "tlk_1", Daily: 1}
	if _, _, err := h.Gate.Admit(link, "192.0.2.1", "", "", "", time.Now()); err == nil {
		t.Error("let in without a puzzle")
	}
	_, body := read("/metrics")
	for _, want := range []string{`tandem_talk_refusals_total{reason="unknown"} 1`, `tandem_talk_refusals_total{reason="puzzle"} 1`, `tandem_talk_refusals_total{reason="full"} 0`} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if after := h.Gate.Counts(time.Now()); after.Admitted != before.Admitted || after.Inside != 0 {
		t.Errorf("%+v", after)
	}
	line := regexp.MustCompile(`^(# HELP [a-z_]+ [A-Z].*\.|# TYPE [a-z_]+ (counter|gauge)|[a-z_]+(\{[a-z]+="[a-z]+"\})? [0-9.e+]+)$`)
	for _, l := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		if !line.MatchString(l) {
			t.Errorf("%q is no line of the format", l)
		}
	}
}
