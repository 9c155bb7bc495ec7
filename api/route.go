package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/pbx"
	"tandem/policy"
)

// Route is one operation: the mux, the authorization, the OpenAPI document and the tests are made of this value.
type Route struct {
	Method string
	Path   string
	Access Access
	Doc    string // one sentence for the reference
	Status int    // on success; 0 means 200, or 204 without a body
	Body   int64  // most octets of the request body; 0 means 256 KiB
	Dry    bool   // with dry=1 it only says what it would do, as a Preview
	Tries  bool   // it answers dry=1 in a form of its own

	register func(*Server, Route)
}

// Access says who may use a route. Its zero value lets nobody in, and a test fails on it.
type Access struct {
	Open   string         // why nobody is asked at all; such routes answer before sign-in
	Own    string         // why being signed in is enough: the answer is about the actor himself, or filtered row by row
	Rights []policy.Right // one of them is needed …
	Over   string         // … over this path parameter; "" over the office; "anywhere" over anything at all; "row" is asked in the handler
	Hide   bool           // who may not, may not know that the thing exists either
}

// public opens a route to everybody, for a reason.
func public(reason string) Access { return Access{Open: reason} }

// signedIn opens a route to everybody who is signed in, for a reason.
func signedIn(reason string) Access { return Access{Own: reason} }

// over asks for one of the rights over the thing that a path parameter names.
func over(param string, rights ...policy.Right) Access {
	return Access{Rights: rights, Over: param, Hide: param == "device"}
}

// house asks for one of the rights over the system.
func house(rights ...policy.Right) Access { return Access{Rights: rights} }

// anywhere asks for one of the rights over anything at all; rows are filtered, or the command decides.
func anywhere(rights ...policy.Right) Access { return Access{Rights: rights, Over: "anywhere"} }

// row says that the thing has to be fetched before the right can be asked for; the handler does.
func row(rights ...policy.Right) Access { return Access{Rights: rights, Over: "row"} }

// answer is a JSON body.
type answer[T any] struct{ Body T }

// route is an operation that answers with JSON.
func route[I, T any](method, path string, a Access, doc string, h func(*Server, context.Context, *visit, *I) (T, error)) Route {
	return Route{Method: method, Path: path, Access: a, Doc: doc, register: func(s *Server, r Route) {
		huma.Register(s.api, s.operation(r), func(ctx context.Context, in *I) (*answer[T], error) {
			v := visitOf(ctx)
			out, err := settle(s, v, r, func() (T, error) { return h(s, ctx, v, in) })
			if err != nil {
				return nil, s.outcome(ctx, v, err)
			}
			return &answer[T]{out}, nil
		})
	}}
}

// act is an operation without a body in its answer.
func act[I any](method, path string, a Access, doc string, h func(*Server, context.Context, *visit, *I) error) Route {
	return Route{Method: method, Path: path, Access: a, Doc: doc, register: func(s *Server, r Route) {
		huma.Register(s.api, s.operation(r), func(ctx context.Context, in *I) (*struct{}, error) {
			v := visitOf(ctx)
			if err := h(s, ctx, v, in); err != nil {
				return nil, s.outcome(ctx, v, err)
			}
			return &struct{}{}, nil
		})
	}}
}

// raw is an operation that writes something else than JSON; what is refused before the first octet is JSON as everywhere.
func raw[I any](method, path string, a Access, contentType, doc string, h func(*Server, context.Context, *visit, *I) (writer, error)) Route {
	return Route{Method: method, Path: path, Access: a, Doc: doc, register: func(s *Server, r Route) {
		op := s.operation(r)
		op.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: "string"}}}}
		huma.Register(s.api, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
			v := visitOf(ctx)
			write, err := settle(s, v, r, func() (writer, error) { return h(s, ctx, v, in) })
			if err != nil {
				return nil, s.refusal(ctx, v, err)
			}
			return &huma.StreamResponse{Body: func(huma.Context) { write(v.w, v.r) }}, nil
		})
	}}
}

type writer func(http.ResponseWriter, *http.Request)

// created makes a route answer 201.
func (r Route) created() Route { r.Status = http.StatusCreated; return r }

// accepted makes a route answer 202.
func (r Route) accepted() Route { r.Status = http.StatusAccepted; return r }

// dry makes a route answer dry=1 with a Preview.
func (r Route) dry() Route { r.Dry = true; return r }

// tries says that a route answers dry=1 in a form of its own.
func (r Route) tries() Route { r.Tries = true; return r }

// large lets a route take a larger body.
func (r Route) large(octets int64) Route { r.Body = octets; return r }

// Name is the operation id: method and path in words, "get_users_by_user".
func (r Route) Name() string {
	path := strings.NewReplacer("/v1/", "", "{", "by_", "}", "", "/", "_", ".", "_").Replace(r.Path)
	return strings.ToLower(r.Method) + "_" + path
}

// needs is the sentence of the reference about who may use the route.
func (r Route) needs() string {
	a := r.Access
	if a.Open != "" {
		return "Open to everybody: " + a.Open
	}
	if a.Own != "" {
		return "For everybody who is signed in: " + a.Own
	}
	var names []string
	for _, right := range a.Rights {
		names = append(names, "`"+right.String()+"`")
	}
	s := "Needs " + strings.Join(names, " or ")
	switch a.Over {
	case "":
		return s + " over the office."
	case "anywhere":
		return s + "; shows and changes only what it reaches."
	case "row":
		return s + " over the thing; who may not see it is told that it does not exist."
	}
	return s + " over the " + a.Over + "; who may not see it is told that it does not exist."
}

// operation is the huma form of a route.
func (s *Server) operation(r Route) huma.Operation {
	op := huma.Operation{
		OperationID:   r.Name(),
		Method:        r.Method,
		Path:          r.Path,
		Summary:       r.Doc,
		Description:   r.needs(),
		Tags:          []string{tagOf(r.Path)},
		DefaultStatus: r.Status,
		MaxBodyBytes:  r.Body,
		Middlewares:   huma.Middlewares{s.enter(r)},
		Responses:     map[string]*huma.Response{"default": s.refused},
		// A phone on a slow line may need a while for its picture.
		BodyReadTimeout: patience,
		Extensions:      map[string]any{"x-rights": rightNames(r.Access.Rights), "x-over": r.Access.Over},
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 256 << 10
	}
	if r.Dry {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "dry", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean},
			Description: "only say what would happen: the answer is a Preview, and nothing is changed"},
			&huma.Param{Name: "reason", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "why, for the log; an office may want it for every change of rights"})
	}
	if r.Access.Open == "" {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	return op
}

func tagOf(path string) string {
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	return strings.TrimSuffix(tag, ".json")
}

func rightNames(rights []policy.Right) []string {
	names := make([]string, 0, len(rights))
	for _, r := range rights {
		names = append(names, r.String())
	}
	return names
}

// target is the thing that a route's path parameter names. A phone is asked for as its owner's, because one's own phones
// need no administrator; an unknown one fits no person.
func target(s *pbx.Snapshot, param, id string) policy.Target {
	switch param {
	case "user":
		return policy.User(pbx.UserID(id))
	case "group":
		return policy.Group(pbx.GroupID(id))
	case "me":
		return policy.User(pbx.UserID(id))
	case "device":
		if d := s.Devices[pbx.DeviceID(id)]; d != nil {
			return policy.User(d.User)
		}
		return policy.User("")
	}
	return policy.System()
}

// schemaOf names the schema of a type in the document.
func (s *Server) schemaOf(v any) *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
}
