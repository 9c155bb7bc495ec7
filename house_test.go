// Package tandem holds no code: its test is the floor plan of the house.
package tandem

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/policy"
)

// room is one package of the floor plan.
type room struct {
	pure    bool     // on the ground floor: no I/O, goroutine, clock, randomness, logger, context, changing variable
	imports string   // our own rooms it may import; "*" for all
	modules []string // third-party modules (prefixes) that only this room's tests and code may import
}

// plan is the import table of ARCHITECTURE.md. A wrong arrow, an unknown room or a clock on the ground floor fails.
var plan = map[string]room{
	"number": {pure: true, modules: []string{"github.com/nyaruka/phonenumbers"}},
	"hours":  {pure: true},
	"i18n":   {pure: true},
	"audio":  {pure: true},
	"sdp":    {pure: true},

	"audio/opus":         {pure: true, imports: "audio/opus/libopus", modules: []string{"github.com/pion/opus"}}, // in tests: a decoder that is not libopus
	"audio/opus/libopus": {pure: true},

	"pbx":   {pure: true, imports: "number hours i18n", modules: []string{"golang.org/x/text"}},
	"event": {pure: true, imports: "pbx i18n"},

	"policy": {pure: true, imports: "pbx i18n"},
	"toll":   {pure: true, imports: "pbx number hours i18n"},
	"route":  {pure: true, imports: "pbx number hours i18n toll"},
	"report": {pure: true, imports: "pbx event i18n"},

	"whatif": {pure: true, imports: "pbx number i18n policy toll route report"},

	"call":  {pure: true, imports: "pbx event number route i18n"},
	"queue": {pure: true, imports: "pbx"},

	"vault":     {},
	"store":     {imports: "vault pbx event report number hours i18n", modules: []string{"github.com/ncruces/go-sqlite3", "github.com/jackc/pgx/v5"}},
	"blob":      {imports: "vault"},
	"prompt":    {imports: "audio/opus"},
	"bus":       {imports: "event pbx"},
	"directory": {imports: "pbx event bus"},

	"sip/stack": {modules: []string{"golang.org/x/sys", "github.com/coder/websocket"}},
	"sip": {imports: "sip/stack pbx number call i18n", modules: []string{"github.com/coder/websocket",
		"golang.org/x/net/dns/dnsmessage"}}, // reads NAPTR records, which package net cannot ask for (RFC 3263)
	"media": {imports: "audio audio/opus", modules: []string{"golang.org/x/sys", "github.com/pion"}},
	"auth": {imports: "pbx i18n store event", modules: []string{"golang.org/x/crypto", "golang.org/x/time", "golang.org/x/sync",
		"github.com/coreos/go-oidc/v3", "golang.org/x/oauth2"}},
	"outbox": {imports: "pbx event i18n store", modules: []string{"github.com/wneessen/go-mail", "github.com/SherClockHolmes/webpush-go"}},

	"command":     {imports: "pbx event number hours i18n policy toll directory", modules: []string{"golang.org/x/text"}},
	"switchboard": {imports: "pbx event policy toll route report call queue directory media sdp number i18n blob prompt"},

	"api": {imports: "number hours i18n pbx event policy toll route report whatif store bus directory auth command switchboard audio audio/opus blob prompt",
		modules: []string{"github.com/danielgtaylor/huma/v2", "github.com/hajimehoshi/go-mp3", "github.com/mewkiz/flac", "github.com/skip2/go-qrcode", "golang.org/x/image", "golang.org/x/text"}},
	"web": {},

	"house":               {imports: "*"},
	"cmd/tandem":          {imports: "*", modules: []string{"github.com/alecthomas/kong"}},
	"officetest":          {imports: "*", modules: []string{"github.com/coder/websocket", "golang.org/x/net/dns/dnsmessage"}},
	"officetest/postgres": {modules: []string{"github.com/jackc/pgx/v5"}},
	"bench/seed":          {imports: "*"},

	"officetest/pushservice": {},
}

// testModules may be imported by every room's tests.
var testModules = []string{"github.com/teambition/rrule-go", "pgregory.net/rapid", "go.uber.org/goleak", "github.com/google/go-cmp", "github.com/oauth2-proxy/mockoidc",
	"github.com/cedar-policy/cedar-go"}

// reasons says why the project depends on a module; go.mod may name no other directly.
var reasons = map[string]string{
	"github.com/alecthomas/kong":       "flags with environment twins and help",
	"github.com/cedar-policy/cedar-go": "a second opinion on rights, in tests only",
	"github.com/coder/websocket":       "SIP over WebSocket (RFC 7118)",
	"github.com/coreos/go-oidc/v3":     "sign-in with Microsoft, Google and other OpenID Connect providers",
	"github.com/oauth2-proxy/mockoidc": "a foreign OpenID Connect provider for tests",
	"golang.org/x/oauth2":              "the authorization code flow with PKCE",
	"github.com/danielgtaylor/huma/v2": "validation and OpenAPI 3.1 from Go types",
	"github.com/google/go-cmp":         "readable differences in tests",
	"github.com/jackc/pgx/v5":          "PostgreSQL",
	"github.com/ncruces/go-sqlite3":    "SQLite without cgo",
	"github.com/hajimehoshi/go-mp3":    "uploads in MP3",
	"github.com/mewkiz/flac":           "uploads in FLAC",
	"github.com/pion/dtls/v3":          "keys with browsers (RFC 5764)",
	"github.com/pion/opus":             "a decoder that is not libopus, in tests only",
	"github.com/pion/rtcp":             "RTCP packets in the relay's tests",
	"github.com/pion/rtp":              "RTP headers for SRTP and tests",
	"github.com/pion/srtp/v3":          "SRTP",
	"github.com/pion/transport/v4":     "the packet buffer under DTLS",
	"github.com/skip2/go-qrcode":       "QR codes for soft phones",
	"github.com/wneessen/go-mail":      "SMTP",
	"github.com/nyaruka/phonenumbers":  "the numbering plans of all countries: classes, countries, emergency numbers",
	"go.uber.org/goleak":               "no goroutine outlives a test",
	"github.com/teambition/rrule-go":   "a second opinion on recurring meetings, in tests only",
	"golang.org/x/crypto":              "argon2id",
	"golang.org/x/image":               "scaling photos",
	"golang.org/x/net":                 "DNS messages: NAPTR records, which package net cannot ask for",
	"golang.org/x/sync":                "bounded password hashing",
	"golang.org/x/sys":                 "epoll and socket options of the media path",
	"golang.org/x/text":                "Unicode normal form of names",
	"golang.org/x/time":                "token buckets",
	"honnef.co/go/tools":               "staticcheck, as a tool",
	"pgregory.net/rapid":               "property tests",

	"github.com/SherClockHolmes/webpush-go": "encryption and identification towards push services (RFC 8291, RFC 8292)",
}

// impure are the imports that the ground floor must not have.
var impure = []string{"context", "log", "log/slog", "math/rand", "net", "net/http", "os", "os/exec", "sync", "crypto/rand", "database/sql", "syscall", "testing", "embed!"}

type pkg struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	GoFiles      []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,GoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.Dir, "node_modules") {
			continue
		}
		all = append(all, p)
	}
	return all
}

func name(p pkg) string { return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "tandem"), "/") }

func TestHouse(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		n := name(p)
		if n == "" {
			continue
		}
		r, ok := plan[n]
		if !ok {
			t.Errorf("%s: unknown room; give it a line in the plan, with a reason in an ADR", n)
			continue
		}
		seen[n] = true
		t.Run(n, func(t *testing.T) {
			arrows(t, n, r, p.Imports)
			modules(t, r, p.Imports, nil)
			modules(t, r, append(p.TestImports, p.XTestImports...), testModules)
			files(t, r, p)
		})
	}
	for n := range plan {
		if !seen[n] {
			t.Errorf("%s: stands in the plan but not in the house", n)
		}
	}
}

func arrows(t *testing.T, n string, r room, imports []string) {
	allowed := strings.Fields(r.imports)
	for _, imp := range imports {
		if to, ours := strings.CutPrefix(imp, "tandem/"); ours && r.imports != "*" && !slices.Contains(allowed, to) {
			t.Errorf("%s must not import %s", n, to)
		}
		if r.pure && slices.Contains(impure, imp) {
			t.Errorf("%s is on the ground floor and must not import %q", n, imp)
		}
	}
}

func modules(t *testing.T, r room, imports, extra []string) {
	for _, imp := range imports {
		first, _, _ := strings.Cut(imp, "/")
		if !strings.Contains(first, ".") {
			continue
		}
		allowed := func(m string) bool { return imp == m || strings.HasPrefix(imp, m+"/") }
		if !slices.ContainsFunc(r.modules, allowed) && !slices.ContainsFunc(extra, allowed) && r.imports != "*" {
			t.Errorf("module of %q is not on this room's list", imp)
		}
	}
}

// files checks package comments, and on the ground floor goroutines, the clock and variables that change.
func files(t *testing.T, r room, p pkg) {
	documented := false
	for _, f := range p.GoFiles {
		fset := token.NewFileSet()
		path := filepath.Join(p.Dir, f)
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if file.Doc != nil && (strings.HasPrefix(file.Doc.Text(), "Package ") || file.Name.Name == "main") {
			documented = true
		}
		if !r.pure {
			continue
		}
		vars := packageVars(file)
		ast.Inspect(file, func(node ast.Node) bool {
			at := func() string { return fset.Position(node.Pos()).String() }
			switch x := node.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: goroutine on the ground floor", at())
			case *ast.SelectorExpr:
				if id, ok := x.X.(*ast.Ident); ok && id.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "NewTimer", "NewTicker", "AfterFunc", "Tick"}, x.Sel.Name) {
					t.Errorf("%s: time.%s on the ground floor", at(), x.Sel.Name)
				}
			case *ast.AssignStmt:
				for _, lhs := range x.Lhs {
					if id := root(lhs); id != nil && id.Name != "_" && x.Tok != token.DEFINE && vars[id.Name] && (id.Obj == nil || id.Obj.Kind == ast.Var && isTopLevel(file, id)) {
						t.Errorf("%s: package variable %s changes on the ground floor", at(), id.Name)
					}
				}
			}
			return true
		})
	}
	if !documented {
		t.Errorf("no package comment")
	}
}

func packageVars(f *ast.File) map[string]bool {
	vars := map[string]bool{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, s := range g.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					vars[n.Name] = true
				}
			}
		}
	}
	return vars
}

func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// isTopLevel reports whether the identifier's declaration is one of the file's own declarations.
func isTopLevel(f *ast.File, id *ast.Ident) bool {
	spec, ok := id.Obj.Decl.(*ast.ValueSpec)
	if !ok {
		return false
	}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok {
			for _, s := range g.Specs {
				if s == spec {
					return true
				}
			}
		}
	}
	return false
}

func TestHouseModulesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := map[string]bool{}
	for line := range strings.Lines(string(mod)) {
		f := strings.Fields(line)
		if len(f) >= 2 && f[0] == "require" {
			f = f[1:]
		}
		if len(f) >= 2 && strings.Contains(f[0], ".") && strings.HasPrefix(f[1], "v") && !strings.Contains(line, "// indirect") {
			direct[f[0]] = true
			if reasons[f[0]] == "" {
				t.Errorf("%s: no reason given", f[0])
			}
		}
	}
	if len(direct) > 40 {
		t.Errorf("%d direct modules; 40 is the limit", len(direct))
	}
}

// A right that the code asks for belongs to a feature that exists: it is neither hidden in the app nor marked as awaited (policy/feature.go).
func TestHouseAwaitsNoRightThatItAsks(t *testing.T) {
	awaited := map[string]policy.Right{}
	for _, r := range policy.AllRights() {
		if r.IsAwaited() {
			awaited[strings.ToLower(strings.ReplaceAll(r.String(), ".", ""))] = r
		}
	}
	asked := 0
	for _, p := range packages(t) {
		for _, f := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if from, ok := sel.X.(*ast.Ident); ok && from.Name == "policy" {
					asked++
					if r, waits := awaited[strings.ToLower(sel.Sel.Name)]; waits {
						t.Errorf("%s asks for %s; take it out of policy/feature.go", f, r)
					}
				}
				return true
			})
		}
	}
	if asked < 100 || len(awaited) == 0 {
		t.Errorf("%d words of policy looked at, %d rights awaited", asked, len(awaited))
	}
}

func TestHouseFilesAreShort(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "*.go", "*.ts", "*.tsx").Output()
	if err != nil {
		t.Fatal(err)
	}
	for f := range strings.FieldsSeq(string(out)) {
		b, err := os.ReadFile(f)
		if err != nil || strings.Contains(f, ".gen.") {
			continue
		}
		if n := bytes.Count(b, []byte("\n")); n > 800 {
			t.Errorf("%s has %s lines; split it by feature", f, strconv.Itoa(n))
		}
	}
}

// Every line to the outside is opened by route.leaveHouse, which is called where toll has been asked and for emergency calls; nothing else makes
// a target with a trunk, and nothing else dials one. Whatever begins a call or sends one on – a phone, a rule, a summons to a queue's caller, a room or a wake-up –
// asks for the payer's right in the same breath as route (N-12, BAR TF-0, TF-02).
func TestHouseAsksTollBeforeEveryLine(t *testing.T) {
	calls, targets, invites, ways := map[string]int{}, 0, 0, 0
	for _, p := range packages(t) {
		for _, f := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				asks, decides, rights := false, false, false
				ast.Inspect(fn, func(n ast.Node) bool {
					switch x := n.(type) {
					case *ast.AssignStmt: // a side's line is what route chose, and nothing else
						for _, l := range x.Lhs {
							if sel, ok := l.(*ast.SelectorExpr); ok && name(p) == "switchboard" && (sel.Sel.Name == "trunk" || sel.Sel.Name == "sends") {
								t.Errorf("%s chooses a line by itself", fn.Name.Name)
							}
						}
					case *ast.CallExpr:
						sel, ok := x.Fun.(*ast.SelectorExpr)
						if !ok {
							return true
						}
						asks = asks || sel.Sel.Name == "mayCost"
						rights = rights || sel.Sel.Name == "mayDialOut" || sel.Sel.Name == "summon" && fn.Name.Name != "summon" // which has to ask itself
						if from, ok := sel.X.(*ast.Ident); ok && from.Name == "route" && sel.Sel.Name == "Decide" && name(p) == "switchboard" {
							decides = true
						}
						if sel.Sel.Name == "leaveHouse" {
							calls[fn.Name.Name]++
							if fn.Name.Name != "emergency" && !asks {
								t.Errorf("%s opens a line in %s without having asked mayCost", name(p), fn.Name.Name)
							}
						}
					case *ast.CompositeLit:
						keys := map[string]bool{}
						for _, e := range x.Elts {
							if kv, ok := e.(*ast.KeyValueExpr); ok {
								if key, ok := kv.Key.(*ast.Ident); ok {
									keys[key.Name] = true
								}
							}
						}
						if sel, ok := x.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Invite" && keys["Trunk"] {
							invites++
							if name(p) != "switchboard" || fn.Name.Name != "dial" {
								t.Errorf("%s: %s calls over a line; only the switchboard's dial may, which dials what was decided", name(p), fn.Name.Name)
							}
						}
						if keys["Trunk"] && keys["Sends"] {
							targets++
							if name(p) != "route" || fn.Name.Name != "leaveHouse" {
								t.Errorf("%s: %s makes something that is sent over a line; only route.leaveHouse may", name(p), fn.Name.Name)
							}
						}
					}
					return true
				})
				if decides || name(p) == "switchboard" && fn.Name.Name == "summon" {
					ways++
					if !rights {
						t.Errorf("%s sends calls on without asking mayDialOut", fn.Name.Name)
					}
				}
			}
		}
	}
	if invites != 1 || ways < 3 {
		t.Errorf("%d places dial lines, %d decide where calls go: this test looks in the wrong place", invites, ways)
	}
	if calls["outwards"] != 1 || calls["emergency"] != 1 || len(calls) != 2 || targets == 0 {
		t.Errorf("lines are opened by %v, with %d targets", calls, targets)
	}
}
