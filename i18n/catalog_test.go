package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func load(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Every language has every sentence, with the same placeholders and with each plural form it tells apart (L10N-01, L10N-02).
func TestEveryLanguageSaysEverySentence(t *testing.T) {
	c := load(t)
	if len(c.Keys()) < 500 {
		t.Fatalf("only %d keys: the catalogue was not read", len(c.Keys()))
	}
	for _, language := range Languages() {
		sentences := c.sentences[language]
		for key := range sentences {
			if !c.Has(key) && !strings.HasPrefix(key, SayPrefix) { // words that are spoken differ by grammar: see TestEverySpokenKeyHasItsText
				t.Errorf("%s: %s is not in the English catalogue", language, key)
			}
		}
		for _, key := range c.Keys() {
			m, ok := sentences[key]
			if !ok && strings.HasPrefix(key, SayPrefix) {
				continue
			}
			if !ok {
				t.Errorf("%s: %s is missing", language, key)
				continue
			}
			if len(m) == 0 {
				t.Errorf("%s: %s is empty", language, key)
			}
			want, got := map[string]bool{}, map[string]bool{}
			c.sentences[English][key].names(want)
			m.names(got)
			if !slices.Equal(sortedNames(want), sortedNames(got)) {
				t.Errorf("%s: %s has the placeholders %v, want %v", language, key, sortedNames(got), sortedNames(want))
			}
			checkPlurals(t, language, key, m)
		}
	}
}

func checkPlurals(t *testing.T, language, key string, m message) {
	t.Helper()
	for _, p := range m {
		if p.plural == nil {
			continue
		}
		for _, form := range Plurals(language) {
			if _, ok := p.plural[string(form)]; !ok {
				t.Errorf("%s: %s: plural of %s has no branch %q", language, key, p.name, form)
			}
		}
		for branch := range p.plural {
			if !strings.HasPrefix(branch, "=") && !slices.Contains(Plurals(language), Plural(branch)) {
				t.Errorf("%s: %s: plural of %s has the branch %q, which the language does not know", language, key, p.name, branch)
			}
		}
	}
}

func sortedNames(m map[string]bool) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Sentences are not copies of the English ones; the few that may be are names and short words that read alike.
func TestTranslationsAreTranslations(t *testing.T) {
	c := load(t)
	for _, language := range Languages()[1:] {
		same := 0
		for _, key := range c.Keys() {
			words := c.Say(language, T(key))
			if words == c.Say(English, T(key)) {
				same++
				if strings.Count(words, " ") >= 4 {
					t.Errorf("%s: %s still reads as in English: %q", language, key, words)
				}
			}
		}
		if same*100 > len(c.Keys())*8 {
			t.Errorf("%s: %d of %d sentences are as in English", language, same, len(c.Keys()))
		}
	}
}

var (
	quoted  = regexp.MustCompile("[\"'`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)[\"'`]")
	started = regexp.MustCompile("[\"'`]((?:[a-z][a-z0-9_]*\\.)+[a-z0-9_]*)(?:\\$\\{|[\"'`]\\s*\\+)")
)

// No key without a use, and no use without a key, in Go and in TypeScript (L10N-01). A key counts as used when it stands
// somewhere as a literal, or begins with a literal that the program completes ("cause." + word).
func TestKeysAndUsesMatch(t *testing.T) {
	c := load(t)
	literals, prefixes := map[string]bool{}, map[string]bool{}
	walk(t, func(path, text string) {
		app := strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".tsx")
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			literals[m[1]] = true
			if app {
				literals["app."+m[1]] = true
			}
		}
		for _, m := range started.FindAllStringSubmatch(text, -1) {
			if m[1] == "app." {
				continue // the one place where the app puts its own prefix before a key
			}
			prefixes[m[1]] = true
			if app {
				prefixes["app."+m[1]] = true
			}
		}
		if strings.HasSuffix(path, ".go") {
			checkUses(t, c, path, text)
		}
	})
	for _, key := range c.Keys() {
		if strings.HasPrefix(key, SayPrefix) {
			continue // each is a prompt, which people can hear and replace
		}
		used := literals[key]
		for p := range prefixes {
			used = used || strings.HasPrefix(key, p)
		}
		if !used {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// checkUses looks at the calls that name a sentence and asks for a key that the catalogue has.
func checkUses(t *testing.T, c *Catalog, path, text string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		at := -1
		switch name := callName(call); {
		case name == "i18n.T":
			at = 0
		case name == "pbx.Refuse" || name == "Refuse" && strings.Contains(path, "pbx"):
			at = 2
		}
		if at < 0 || at >= len(call.Args) {
			return true
		}
		if lit, ok := call.Args[at].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if key, err := strconv.Unquote(lit.Value); err == nil && !c.Has(key) {
				t.Errorf("%s: %s is in no catalogue", set.Position(lit.Pos()), key)
			}
		}
		return true
	})
}

func callName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// walk reads the sources of the whole repository but the tests, which may name keys that do not exist.
func walk(t *testing.T, read func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{"node_modules", "dist", ".git", "testdata", "data"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		source := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") ||
			(strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".tsx")) && strings.Contains(filepath.ToSlash(path), "web/src/")
		if !source {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read(path, string(b))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
