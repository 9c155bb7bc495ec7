// Package web serves the built front-end with caching and a strict content security policy.
//
// It serves no data; package api does.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// policy lets the pages load their own files and talk to their own server, and nothing else. Photos that were just
// chosen are shown from blob: addresses, QR codes arrive as data: addresses; neither can carry a script.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; media-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler serves the web app. Files under /assets/ carry a hash of their content in their name and are cached for ever;
// everything else is asked for again. A path that names no file is a place inside the app and gets its first page,
// unless it looks like a file (has an extension) or belongs to another door.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is part of the program; this cannot happen at run time
	}
	return handler(files)
}

// Built reports whether the web app itself is inside the program, and not only the page that says how to build it.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

// Talk serves the page of visitors of Talk links, /talk/ and the end of an address: a bundle of its own. Search engines do not list it, and only sites that the link
// names may show it inside their own (PL-08, PL-09).
func Talk(origins func(r *http.Request, key string) []string) http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is part of the program; this cannot happen at run time
	}
	return talk(files, origins)
}

func talk(files fs.FS, origins func(r *http.Request, key string) []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		secure(h)
		h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		if may := origins(r, strings.Trim(strings.TrimPrefix(r.URL.Path, "/talk/"), "/")); len(may) > 0 {
			h.Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(may, " "), 1))
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		h.Set("Cache-Control", "no-store")
		if !send(w, r, files, "talk.html") {
			send(w, r, files, "placeholder.html")
		}
	})
}

// secure sets what every page is served with.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // invitation and set-up links carry secrets in their address
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
}

func handler(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		secure(h)

		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch {
		case name == "" || name == "index.html" || name == "talk.html" || path.Ext(name) == "" && !foreign(name):
			page(w, r, files)
		case foreign(name) || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br"):
			http.NotFound(w, r)
		default:
			if strings.HasPrefix(name, "assets/") {
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
			} else {
				h.Set("Cache-Control", "no-cache")
			}
			if !send(w, r, files, name) {
				h.Del("Cache-Control")
				http.NotFound(w, r)
			}
		}
	})
}

// foreign reports whether a path belongs to the API or to SIP, where an unknown address must not look like a page.
func foreign(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first == "v1" || first == "sip"
}

func page(w http.ResponseWriter, r *http.Request, files fs.FS) {
	w.Header().Set("Cache-Control", "no-store")
	if !send(w, r, files, "index.html") {
		send(w, r, files, "placeholder.html")
	}
}

// send writes a file, compressed if the build left a compressed twin and the browser takes it.
func send(w http.ResponseWriter, r *http.Request, files fs.FS, name string) bool {
	accept := r.Header.Get("Accept-Encoding")
	for _, c := range []struct{ coding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}} {
		if !strings.Contains(accept, c.coding) {
			continue
		}
		content, err := fs.ReadFile(files, name+c.suffix)
		if err != nil {
			continue
		}
		h := w.Header()
		h.Set("Content-Type", typeOf(name))
		h.Set("Vary", "Accept-Encoding")
		if c.coding != "" {
			h.Set("Content-Encoding", c.coding)
		}
		h.Set("Content-Length", strconv.Itoa(len(content)))
		w.WriteHeader(http.StatusOK)
		if r.Method != http.MethodHead {
			_, _ = w.Write(content) // the browser went away: nobody is left to tell
		}
		return true
	}
	return false
}

// typeOf names the media type by extension; a fixed list, because the machine's own may be wrong or missing.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".webmanifest":
		return "application/json; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
