package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsPage string

//go:embed docs.css
var docsStyle string

// Document is the OpenAPI 3.1 document of every operation, with sorted keys and two spaces of indent, so that a change of
// the interface is a readable difference.
func Document() []byte {
	s := &Server{c: Config{Version: "1"}}
	s.build()
	return s.document()
}

func (s *Server) document() []byte {
	raw, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic("api: the document is no JSON: " + err.Error())
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		panic("api: the document is no JSON: " + err.Error())
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(plain); err != nil {
		panic("api: the document is no JSON: " + err.Error())
	}
	return out.Bytes()
}

func (s *Server) getDocument(context.Context, *visit, *struct{}) (writer, error) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(s.doc())
	}, nil
}

func (s *Server) getDocs(context.Context, *visit, *struct{}) (writer, error) {
	return func(w http.ResponseWriter, _ *http.Request) {
		sum := sha256.Sum256([]byte(docsStyle))
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-"+
			base64.StdEncoding.EncodeToString(sum[:])+"'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(s.docs())
	}, nil
}

// reference is what the page shows.
type reference struct {
	Style   template.CSS
	Version string
	Tags    []refTag
	Schemas []refSchema
}

type refTag struct {
	Name string
	Ops  []refOp
}

type refOp struct {
	ID, Method, Path, Summary, Description string
	Params                                 []refField
	Body, Answer                           string
	Status                                 string
}

type refSchema struct {
	Name   string
	Fields []refField
}

type refField struct {
	Name, In, Type, Doc string
	Required            bool
}

// renderDocs makes the reference page from the document; it loads nothing from anywhere.
func (s *Server) renderDocs() []byte {
	doc := s.api.OpenAPI()
	ref := reference{Style: template.CSS(docsStyle), Version: s.c.Version}
	byTag := map[string][]refOp{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				byTag[op.Tags[0]] = append(byTag[op.Tags[0]], showOperation(op))
			}
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		ref.Tags = append(ref.Tags, refTag{tag, byTag[tag]})
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		ref.Schemas = append(ref.Schemas, refSchema{name, fieldsOf(schemas[name])})
	}
	var out bytes.Buffer
	t := template.Must(template.New("docs").Parse(docsPage))
	if err := t.Execute(&out, ref); err != nil {
		panic("api: reference page: " + err.Error())
	}
	return out.Bytes()
}

func showOperation(op *huma.Operation) refOp {
	out := refOp{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description}
	for _, p := range op.Parameters {
		out.Params = append(out.Params, refField{p.Name, p.In, typeOf(p.Schema), p.Description, p.Required})
	}
	if op.RequestBody != nil {
		for ct, m := range op.RequestBody.Content {
			out.Body = cmp.Or(typeOf(m.Schema), ct)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		if status == "default" {
			continue
		}
		out.Status = status
		for ct, m := range op.Responses[status].Content {
			out.Answer = typeOf(m.Schema)
			if ct != "application/json" {
				out.Answer = ct
			}
		}
	}
	return out
}

func fieldsOf(s *huma.Schema) []refField {
	var all []refField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if strings.HasPrefix(name, "$") {
			continue
		}
		p := s.Properties[name]
		all = append(all, refField{Name: name, Type: typeOf(p), Doc: p.Description, Required: slices.Contains(s.Required, name)})
	}
	return all
}

// typeOf is a schema in a few words; the name of another schema is its link.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Items != nil:
		return "list of " + typeOf(s.Items)
	case len(s.Enum) > 0:
		var words []string
		for _, e := range s.Enum {
			if w, ok := e.(string); ok && w != "" {
				words = append(words, w)
			}
		}
		return strings.Join(words, " · ")
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}
