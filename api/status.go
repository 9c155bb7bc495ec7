package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Error is what every refusal looks like. The message is a sentence in the visitor's language; key and args name the same
// sentence for programs. Denied, missing and hidden things differ in nothing but what the visitor may know (BAR AZ-01).
type Error struct {
	Code    string            `json:"code" enum:"invalid,denied,not_found,conflict,unavailable,exhausted,internal,signed_out" doc:"one word"`
	Message string            `json:"message" doc:"sentence in the asker's language"`
	Field   string            `json:"field,omitempty" doc:"JSON name of the field at fault"`
	Key     string            `json:"key" doc:"name of the sentence"`
	Args    map[string]string `json:"args,omitempty" doc:"values of the sentence"`
	Detail  []string          `json:"detail,omitempty" doc:"for programmers: what in the request does not fit the document"`
	Request string            `json:"request" doc:"to find the log lines"`
	Right   string            `json:"right,omitempty" doc:"of denied: the right that was asked for …"`
	About   *Thing            `json:"about,omitempty" doc:"… over this; POST /v1/explain/right tells why"`

	status int
}

func (e *Error) Error() string { return e.Code + ": " + e.Key }

// GetStatus is the HTTP status of the refusal.
func (e *Error) GetStatus() int { return e.status }

// statuses maps the six expected refusals to HTTP, here and nowhere else.
var statuses = map[pbx.Code]int{
	pbx.Invalid:     http.StatusUnprocessableEntity,
	pbx.Denied:      http.StatusForbidden,
	pbx.NotFound:    http.StatusNotFound,
	pbx.Conflict:    http.StatusConflict,
	pbx.Unavailable: http.StatusServiceUnavailable,
	pbx.Exhausted:   http.StatusTooManyRequests,
}

// refusal makes any error the answer of a request. What is not expected is a fault: it is logged here, once, and shown as
// "internal" with the id that finds the log line.
func (s *Server) refusal(ctx context.Context, v *visit, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	lang, id := i18n.English, ""
	if v != nil {
		lang, id = v.lang, v.id
	}
	e, ok := errors.AsType[*pbx.Error](err)
	if !ok {
		if ctx.Err() == nil { // of somebody who has gone, nothing failed
			s.c.Log.ErrorContext(ctx, "request failed", "request", id, "error", err)
		}
		e = pbx.Refuse("internal", "", "error.internal", "request", id)
	}
	text := e.Text
	if e.Code == pbx.Denied && v != nil && v.s != nil {
		text = s.wordy(v, text)
	}
	out := &Error{Code: string(e.Code), Message: s.c.Catalog.Say(lang, text), Field: e.Field, Key: e.Text.Key, Args: e.Text.Args, Request: id}
	if e.Right != "" && e.About.Kind != "" && v != nil && v.mayAskWhy() {
		out.Right, out.About = e.Right, &Thing{string(e.About.Kind), e.About.ID}
	}
	switch {
	case isSignedOut(e):
		out.Code, out.status = "signed_out", http.StatusUnauthorized
	case !ok:
		out.status = http.StatusInternalServerError
	default:
		out.status = statuses[e.Code]
	}
	if out.status == 0 {
		out.status = http.StatusInternalServerError
	}
	if wait := out.Args["seconds"]; out.status == http.StatusTooManyRequests && wait != "" && v != nil && v.w != nil {
		v.w.Header().Set("Retry-After", wait)
	}
	return out
}

// mayAskWhy reports whether the visitor may know what he lacks: a person about himself, and a program that carries all that
// its owner holds.
func (v *visit) mayAskWhy() bool {
	return v.s != nil && policy.Fields(v.s, v.who, v.who.User, v.at).Has(policy.FieldStanding)
}

// outcome is the answer when a handler ends with an error: the preview of a dry run, or the refusal.
func (s *Server) outcome(ctx context.Context, v *visit, err error) error {
	if p, ok := errors.AsType[*Preview](err); ok {
		return p
	}
	return s.refusal(ctx, v, err)
}

// transform turns what huma itself refuses – a body that is no JSON, a number too large – into our form.
func (s *Server) transform(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	visit := visitOf(ctx.Context())
	e := pbx.Refuse(pbx.Invalid, "", "request.invalid")
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		e = pbx.Refuse(pbx.Exhausted, "", "request.too_large")
	case http.StatusRequestTimeout:
		e = pbx.Refuse(pbx.Unavailable, "", "request.slow")
	case http.StatusInternalServerError:
		return s.refusal(ctx.Context(), visit, errors.New(m.Detail)), nil
	}
	var detail []string
	for _, d := range m.Errors {
		if d == nil {
			continue
		}
		detail = append(detail, strings.TrimSpace(d.Location+" "+d.Message))
		if field := fieldOf(d); e.Field == "" && field != "" {
			e = pbx.Refuse(pbx.Invalid, field, "request.field_invalid", "field", field)
		}
	}
	out := s.refusal(ctx.Context(), visit, e)
	out.Detail, out.status = detail, m.Status
	return out, nil
}

// fieldOf is the JSON name of the field that a location points at: "body.mail.port" is "mail.port".
func fieldOf(d *huma.ErrorDetail) string {
	_, field, _ := strings.Cut(d.Location, ".")
	const missing = "expected required property "
	if name, ok := strings.CutPrefix(d.Message, missing); ok {
		name, _, _ = strings.Cut(name, " ")
		return strings.TrimPrefix(field+"."+name, ".")
	}
	return field
}

// write sends a refusal outside of huma.
func (s *Server) write(w http.ResponseWriter, r *http.Request, e *Error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(e.status)
	if err := json.NewEncoder(w).Encode(e); err != nil {
		s.c.Log.DebugContext(r.Context(), "answer not written", slog.Any("error", err))
	}
}

// asRefusal takes an expected refusal out of an error.
func asRefusal(err error) (*pbx.Error, bool) { return errors.AsType[*pbx.Error](err) }

// hideMissing gives every thing that is not there the same answer, whatever the room below calls it.
func hideMissing(err error) error {
	if e, ok := asRefusal(err); ok && e.Code == pbx.NotFound {
		return missing()
	}
	return err
}
