package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func built() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"index.html":              file("<title>Tandem</title>"),
		"placeholder.html":        file("how to build"),
		"theme.js":                file("theme"),
		"favicon.svg":             file("<svg/>"),
		"assets/app-1a2b3c.js":    file("plain"),
		"assets/app-1a2b3c.js.br": file("brotli"),
		"assets/app-1a2b3c.js.gz": file("gzip"),
	}
}

func TestHandler(t *testing.T) {
	tests := []struct {
		name, method, path, accept string
		status                     int
		body, cache, encoding      string
	}{
		{"the first page is never cached", "GET", "/", "", 200, "Tandem", "no-store", ""},
		{"a place inside the app is the first page", "GET", "/people/usr_1", "", 200, "Tandem", "no-store", ""},
		{"a link with a token is the first page", "GET", "/link/abc", "", 200, "Tandem", "no-store", ""},
		{"a hashed file is cached for ever", "GET", "/assets/app-1a2b3c.js", "", 200, "plain", "public, max-age=31536000, immutable", ""},
		{"brotli wins over gzip", "GET", "/assets/app-1a2b3c.js", "gzip, br", 200, "brotli", "public, max-age=31536000, immutable", "br"},
		{"gzip for who takes no brotli", "GET", "/assets/app-1a2b3c.js", "gzip", 200, "gzip", "public, max-age=31536000, immutable", "gzip"},
		{"a missing file is missing, and not cached", "GET", "/assets/app-old.js", "", 404, "not found", "", ""},
		{"a compressed twin has no address of its own", "GET", "/assets/app-1a2b3c.js.br", "", 404, "not found", "", ""},
		{"an unknown address of the API is no page", "GET", "/v1/nothing", "", 404, "not found", "", ""},
		{"the address of SIP is no page", "GET", "/sip", "", 404, "not found", "", ""},
		{"nothing outside the folder", "GET", "/../embed.go", "", 404, "not found", "", ""},
		{"files without a hash are asked for again", "GET", "/theme.js", "", 200, "theme", "no-cache", ""},
		{"the head of a page", "HEAD", "/people", "", 200, "", "no-store", ""},
		{"pages take no posts", "POST", "/people", "", 405, "only GET", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, nil)
			r.Header.Set("Accept-Encoding", tt.accept)
			w := httptest.NewRecorder()
			handler(built()).ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("got %d %q, want %d with %q", w.Code, w.Body, tt.status, tt.body)
			}
			if got := w.Header().Get("Cache-Control"); got != tt.cache {
				t.Errorf("Cache-Control = %q, want %q", got, tt.cache)
			}
			if got := w.Header().Get("Content-Encoding"); got != tt.encoding {
				t.Errorf("Content-Encoding = %q, want %q", got, tt.encoding)
			}
			csp := w.Header().Get("Content-Security-Policy")
			if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("Content-Security-Policy = %q", csp)
			}
		})
	}
}

func TestWithoutBuildThePlaceholderSaysHowToBuild(t *testing.T) {
	files := built()
	delete(files, "index.html")
	w := httptest.NewRecorder()
	handler(files).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "how to build") {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

func TestTheProgramCarriesAFirstPage(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Tandem") {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}
