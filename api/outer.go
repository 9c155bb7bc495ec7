package api

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"tandem/pbx"
)

// patience is how long one request may work; streams have no end of their own.
const patience = 30 * time.Second

type requestKey struct{}

// requestID is the id of a request, which stands in the answer, in the log and in the facts it causes.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// outer is what every request passes on its way in and out: id, faults, time, safe headers, the closed door before the claim.
func (s *Server) outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), requestKey{}, newRequestID())
		h := w.Header()
		h.Set("X-Request-Id", requestID(ctx))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Add("Vary", "Cookie, Authorization, Accept-Language")
		if !strings.HasSuffix(r.URL.Path, "/events") {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, patience)
			defer cancel()
		}
		r = r.WithContext(ctx)
		defer s.survive(w, r)
		if !s.isOpen(r) {
			s.write(w, r, s.plainRefusal(r, missing()))
			return
		}
		if gz := pack(w, r); gz != nil {
			defer gz.close()
			w = gz
		}
		next.ServeHTTP(w, r)
	})
}

// isOpen keeps everything but the claim closed before the claim, and the claim closed after it (BAR FX-01).
func (s *Server) isOpen(r *http.Request) bool {
	config, _ := s.c.Directory.View()
	return config.Tenant.Claimed.IsZero() == (r.URL.Path == "/v1/setup")
}

// survive turns a panic into a refusal with an id; the process and all its calls go on.
func (s *Server) survive(w http.ResponseWriter, r *http.Request) {
	fault := recover()
	if fault == nil {
		return
	}
	if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(fault)
	}
	s.c.Log.ErrorContext(r.Context(), "panic in a request", "request", requestID(r.Context()), "fault", fault, "stack", string(debug.Stack()))
	s.write(w, r, s.plainRefusal(r, errors.New("panic")))
}

// plainRefusal is a refusal for requests of which nothing is known yet.
func (s *Server) plainRefusal(r *http.Request, err error) *Error {
	v := &visit{r: r, id: requestID(r.Context())}
	v.s, v.live = s.c.Directory.View()
	v.lang = v.language()
	return s.refusal(r.Context(), v, err)
}

// isSignedOut tells the one refusal that has a status of its own.
func isSignedOut(e *pbx.Error) bool {
	return e.Code == pbx.Denied && strings.HasPrefix(e.Text.Key, "login.signed_out")
}

func newRequestID() string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails
	return "req_" + hex.EncodeToString(b[:])
}

// zipped compresses an answer on its way out when it is text that is worth it.
type zipped struct {
	http.ResponseWriter
	z       *gzip.Writer
	decided bool
}

// pack wraps the writer when the client reads gzip; nil when it does not.
func pack(w http.ResponseWriter, r *http.Request) *zipped {
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || r.Method == http.MethodHead {
		return nil
	}
	return &zipped{ResponseWriter: w}
}

func (z *zipped) WriteHeader(status int) {
	z.decide(status)
	z.ResponseWriter.WriteHeader(status)
}

// decide looks once whether the answer is text with a body.
func (z *zipped) decide(status int) {
	if z.decided {
		return
	}
	z.decided = true
	h := z.Header()
	h.Add("Vary", "Accept-Encoding")
	t := h.Get("Content-Type")
	if status == http.StatusNoContent || status == http.StatusNotModified || h.Get("Content-Encoding") != "" ||
		!strings.HasPrefix(t, "application/") && !strings.HasPrefix(t, "text/html") {
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	z.z = gzip.NewWriter(z.ResponseWriter)
}

func (z *zipped) Write(b []byte) (int, error) {
	z.decide(http.StatusOK)
	if z.z != nil {
		return z.z.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if z.z != nil {
		_ = z.z.Close()
	}
}
