package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestDocument(t *testing.T) { golden(t, "testdata/openapi.json", Document()) }

func TestDocumentIsWhole(t *testing.T) {
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			Summary     string                      `json:"summary"`
			Description string                      `json:"description"`
			OperationID string                      `json:"operationId"`
			Responses   map[string]json.RawMessage  `json:"responses"`
			Parameters  []struct{ Name, In string } `json:"parameters"`
			Security    []json.RawMessage           `json:"security"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(Document(), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %s", doc.OpenAPI)
	}
	ids := map[string]bool{}
	for _, r := range Routes() {
		op, ok := doc.Paths[r.Path][strings.ToLower(r.Method)]
		if !ok {
			t.Errorf("%s %s is not in the document", r.Method, r.Path)
			continue
		}
		if op.Summary == "" || op.Description == "" || ids[op.OperationID] {
			t.Errorf("%s %s: summary %q, id %q", r.Method, r.Path, op.Summary, op.OperationID)
		}
		ids[op.OperationID] = true
		if op.Responses["default"] == nil || (len(op.Security) == 0) != (r.Access.Open != "") {
			t.Errorf("%s %s: its refusal or its key is missing", r.Method, r.Path)
		}
		for _, part := range strings.Split(r.Path, "/") {
			name, isParam := strings.CutPrefix(strings.TrimSuffix(part, "}"), "{")
			if isParam && !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == name && p.In == "path" }) {
				t.Errorf("%s %s reads no {%s}", r.Method, r.Path, name)
			}
		}
	}
	if _, there := doc.Components.Schemas["ErrorModel"]; there {
		t.Error("the library's own error is in the document")
	}
}

func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	for _, r := range Routes() {
		a, ways := r.Access, 0
		for _, set := range []bool{a.Open != "", a.Own != "", len(a.Rights) > 0} {
			if set {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s %s: access %+v; it needs a right, or one reason why none", r.Method, r.Path, a)
		}
		for _, right := range a.Rights {
			if right.String() == "unknown" {
				t.Errorf("%s %s: a right that does not exist", r.Method, r.Path)
			}
		}
		if r.Doc == "" || r.register == nil {
			t.Errorf("%s %s: no doc or no handler", r.Method, r.Path)
		}
	}
}

func TestReferencePage(t *testing.T) {
	o := newOffice(t)
	page := o.ask("nobody", "GET", "/v1/docs", "")
	body := string(page.body)
	if page.StatusCode != http.StatusOK || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %s", page.StatusCode, page.Header)
	}
	for _, r := range Routes() {
		if !strings.Contains(body, `id="`+r.Name()+`"`) {
			t.Errorf("%s %s is not on the page", r.Method, r.Path)
		}
	}
	for _, outside := range []string{"http://", "https://", "<script", "src=", "@import", "url("} {
		if strings.Contains(body, outside) {
			t.Errorf("the page has %q: it loads nothing", outside)
		}
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "sha256-") {
		t.Errorf("policy %q", csp)
	}
	doc := o.ask("nobody", "GET", "/v1/openapi.json", "")
	if !json.Valid(doc.body) || doc.StatusCode != http.StatusOK {
		t.Errorf("%d %.100s", doc.StatusCode, doc.body)
	}
}
