package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// Unread is a line of a file that says nothing an office could do, and why.
type Unread struct {
	Text   string
	Number int
	Why    i18n.Text
}

// ReadText reads lines as Text writes them (N-16). Empty lines, comments and questions are passed over, and so is what is over
// already. People, groups and rights must exist; roles may come into being with the same file.
func ReadText(s *pbx.Snapshot, text string, at time.Time) (lines []Line, bad []Unread) {
	known := map[string]Line{}
	for _, l := range Written(s, at) {
		known[l.Text] = l
	}
	r := reader{w: writer{s: s, at: at}}
	r.roles(text)
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line == "expect" || strings.HasPrefix(line, "expect ") {
			continue
		}
		if l, ok := known[line]; ok { // also what could not be written anew, because a person or a role is gone
			l.Number = i + 1
			lines = append(lines, l)
			continue
		}
		r.w.lines = nil
		if why := r.line(line); why.Key != "" {
			bad = append(bad, Unread{line, i + 1, why})
			continue
		}
		for _, l := range r.w.lines {
			l.Number = i + 1
			lines = append(lines, l)
		}
	}
	return lines, bad
}

// reader goes through the words of one line. The first thing it does not understand is kept; everything after that is nothing.
type reader struct {
	w     writer
	words []string
	why   i18n.Text
}

// roles adds the custom roles of a file to those of the office, so that lines may give them.
func (r *reader) roles(text string) {
	s := *r.w.s
	roles := make(map[pbx.RoleID]*pbx.Role, len(s.Roles))
	for id, role := range s.Roles {
		roles[id] = role
	}
	s.Roles = roles
	r.w.s = &s
	for i, line := range strings.Split(text, "\n") {
		r.words, r.why = split(strings.TrimSpace(line)), i18n.Text{}
		if r.next() != "role" {
			continue
		}
		if name := r.quoted(); r.why.Key == "" && r.custom(name) == nil {
			id := pbx.RoleID("rol_line_" + strconv.Itoa(i))
			roles[id] = &pbx.Role{ID: id, Name: name}
		}
	}
}

// line reads one line into the row it speaks of, and writes it as it is always written.
func (r *reader) line(line string) i18n.Text {
	r.words, r.why = split(line), i18n.Text{}
	switch verb := r.next(); verb {
	case "office":
		r.office(line)
	case "role":
		r.role()
	case "group":
		r.group()
	case "member":
		r.member()
	case "level":
		r.level()
	case "allow", "deny":
		r.grant(verb == "deny")
	default:
		r.fail("text.verb_unknown", "word", verb)
	}
	if r.why.Key == "" && len(r.words) > 0 {
		r.fail("text.word_unknown", "word", r.words[0])
	}
	if r.why.Key != "" {
		r.w.lines = nil
	}
	return r.why
}

func (r *reader) fail(key string, args ...string) {
	if r.why.Key == "" {
		r.why = i18n.T(key, args...)
	}
}

// split cuts a line into words. Space between quotation marks does not end a word; a colon at its end is a word of its own.
func split(line string) (words []string) {
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		n := 0
		for n < len(line) && line[n] != ' ' && line[n] != '\t' {
			if q, err := strconv.QuotedPrefix(line[n:]); line[n] == '"' && err == nil {
				n += len(q)
				continue
			}
			n++
		}
		word := line[:n]
		line = line[n:]
		if bare, ok := strings.CutSuffix(word, ":"); ok && bare != "" {
			words = append(words, bare)
			word = ":"
		}
		words = append(words, word)
	}
	return words
}

// next takes a word; empty at the end of the line.
func (r *reader) next() string {
	if len(r.words) == 0 {
		return ""
	}
	w := r.words[0]
	r.words = r.words[1:]
	return w
}

// is takes the next word if it is this one.
func (r *reader) is(word string) bool {
	if len(r.words) == 0 || r.words[0] != word {
		return false
	}
	r.words = r.words[1:]
	return true
}

// want takes a word that must come.
func (r *reader) want(word string) {
	if !r.is(word) {
		r.fail("text.word_missing", "word", word)
	}
}

func (r *reader) quoted() string {
	w := r.next()
	name, err := strconv.Unquote(w)
	if err != nil || !strings.HasPrefix(w, `"`) {
		r.fail("text.quotes_missing", "word", w)
	}
	return name
}

// marks takes what stands behind a colon, up to a word that begins the end of the line.
func (r *reader) marks(f func(name, value string) bool) {
	if !r.is(":") {
		return
	}
	for len(r.words) > 0 && r.words[0] != "from" && r.words[0] != "until" {
		w := r.next()
		name, value, _ := strings.Cut(w, "=")
		if !f(name, value) {
			r.fail("text.word_unknown", "word", w)
		}
	}
}

func (r *reader) moment(word string) time.Time {
	if !r.is(word) {
		return time.Time{}
	}
	w := r.next()
	t, err := time.Parse(time.RFC3339, w)
	if err != nil {
		r.fail("text.moment_unknown", "word", w)
	}
	return t.UTC().Truncate(time.Millisecond)
}

func (r *reader) person(word string) pbx.UserID {
	if u := r.w.s.ByEmail(word); u != nil {
		return u.ID
	}
	r.fail("text.person_unknown", "email", word)
	return ""
}

// path finds a group by the names from the top.
func (r *reader) path(word string) pbx.GroupID {
	text, err := strconv.Unquote(word)
	if err != nil || !strings.HasPrefix(word, `"`) {
		r.fail("text.quotes_missing", "word", word)
	}
	var at pbx.GroupID
	for _, name := range parts(text) {
		i := slices.IndexFunc(r.w.s.Children(at), func(g *pbx.Group) bool { return pbx.FoldName(g.Name) == pbx.FoldName(name) })
		if i < 0 {
			r.fail("text.group_unknown", "group", text)
			return ""
		}
		at = r.w.s.Children(at)[i].ID
	}
	return at
}

// parts cuts a path at its slashes, but for those that belong to a name.
func parts(path string) (all []string) {
	var name strings.Builder
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && i+1 < len(path):
			i++
			name.WriteByte(path[i])
		case path[i] == '/':
			all = append(all, name.String())
			name.Reset()
		default:
			name.WriteByte(path[i])
		}
	}
	return append(all, name.String())
}

// given is a role: a built-in one by its id, one that was made here by its name in quotation marks.
func (r *reader) given() pbx.RoleID {
	w := r.next()
	if name, err := strconv.Unquote(w); err == nil {
		if role := r.custom(name); role != nil {
			return role.ID
		}
	} else if pbx.RoleID(w).Builtin() != 0 {
		return pbx.RoleID(w)
	}
	r.fail("text.role_unknown", "role", w)
	return ""
}

func (r *reader) custom(name string) *pbx.Role {
	for _, role := range r.w.s.Roles {
		if pbx.FoldName(role.Name) == pbx.FoldName(name) {
			return role
		}
	}
	return nil
}

func (r *reader) right(word string) string {
	if _, ok := ParseRight(word); !ok {
		r.fail("text.right_unknown", "right", word)
	}
	return word
}

func (r *reader) refs(word string) (refs []pbx.Ref) {
	for word != "" {
		n := 0
		for n < len(word) && word[n] != ',' {
			if q, err := strconv.QuotedPrefix(word[n:]); word[n] == '"' && err == nil {
				n += len(q)
				continue
			}
			n++
		}
		one := word[:n]
		word = strings.TrimPrefix(word[n:], ",")
		kind, id, thing := strings.Cut(one, ":")
		switch {
		case strings.HasPrefix(one, `"`):
			refs = append(refs, pbx.Ref{Kind: pbx.KindGroup, ID: string(r.path(one))})
		case thing && r.w.s.Find(pbx.Ref{Kind: pbx.Kind(kind), ID: id}) != nil:
			refs = append(refs, pbx.Ref{Kind: pbx.Kind(kind), ID: id})
		default:
			refs = append(refs, pbx.Ref{Kind: pbx.KindUser, ID: string(r.person(one))})
		}
	}
	return refs
}

func (r *reader) scope() (c pbx.Scope) {
	r.want("over")
	w := r.next()
	kind, rest, _ := strings.Cut(w, ":")
	c.Kind = pbx.ScopeKind(kind)
	switch c.Kind {
	case pbx.ScopeGroup, pbx.ScopeTree:
		c.Group = r.path(rest)
	case pbx.ScopeListed:
		c.Refs = r.refs(rest)
	case pbx.ScopeSelf, pbx.ScopeAll:
	default:
		r.fail("text.word_unknown", "word", w)
	}
	return c
}

func (r *reader) except() []pbx.Ref {
	if !r.is("except") {
		return nil
	}
	return r.refs(r.next())
}

func (r *reader) reason() string {
	if !r.is("because") {
		return ""
	}
	return r.quoted()
}

func (r *reader) office(line string) {
	if line == LineSpread {
		r.words = nil
		r.w.office(&pbx.Tenant{Spread: true})
		return
	}
	name, value, _ := strings.Cut(r.next(), "=")
	if name != "replay" || !isReplay(value) {
		r.fail("text.word_unknown", "word", name)
	}
	r.w.office(&pbx.Tenant{Replay: pbx.Replay(value)})
}

func isReplay(v string) bool { return v == string(pbx.ReplayOwn) || v == string(pbx.ReplayWhole) }

func (r *reader) role() {
	role := &pbx.Role{Name: r.quoted(), Cells: map[string]pbx.ScopeKind{}}
	role.Class = pbx.RoleClass(r.next())
	if role.Class != pbx.RoleGroup && role.Class != pbx.RoleLevel {
		r.fail("text.word_unknown", "word", string(role.Class))
	}
	r.marks(func(name, value string) bool {
		right, ok := ParseRight(name)
		role.Cells[name] = pbx.ScopeKind(value)
		return ok && slices.Contains(CellScopes(role.Class, right), pbx.ScopeKind(value))
	})
	r.w.role(role)
}

func (r *reader) group() {
	g := &pbx.Group{ID: r.path(r.next())}
	if old := r.w.s.Groups[g.ID]; old != nil {
		g.Name, g.Parent = old.Name, old.Parent
	}
	r.marks(func(name, value string) bool {
		switch name {
		case "published":
			g.Published = true
			return value == ""
		case "ceiling":
			g.Ceiling = pbx.RoleID(value)
			return g.Ceiling.Builtin() != 0
		case "replay":
			g.Replay = pbx.Replay(value)
			return isReplay(value)
		}
		return false
	})
	r.w.group(g)
}

func (r *reader) member() {
	m := &pbx.Membership{User: r.person(r.next())}
	r.want("in")
	m.Group = r.path(r.next())
	r.want("as")
	m.Role = r.given()
	r.marks(func(name, value string) bool {
		switch name {
		case "main":
			m.Main = true
			return value == ""
		case "presence":
			m.Presence = pbx.Share(value)
			return slices.Contains([]pbx.Share{pbx.ShareNobody, pbx.ShareGroup, pbx.ShareEveryone}, m.Presence)
		case "calls":
			m.Calls = pbx.Share(value)
			return m.Calls == pbx.ShareNobody || m.Calls == pbx.ShareGroup
		}
		if m.Overrides == nil {
			m.Overrides = map[string]pbx.Override{}
		}
		v := pbx.Override(value)
		m.Overrides[r.right(name)] = v
		return v == pbx.OverrideAllow || v == pbx.OverrideDeny
	})
	m.From, m.Until = r.moment("from"), r.moment("until")
	r.w.member(m)
}

func (r *reader) level() {
	a := &pbx.Assignment{User: r.person(r.next()), Role: r.given(), Scope: r.scope(), Except: r.except(), Since: r.moment("since"),
		Reason: r.reason(), From: r.moment("from"), Until: r.moment("until")}
	r.w.level(a)
}

func (r *reader) grant(deny bool) {
	g := &pbx.Grant{Deny: deny, User: r.person(r.next()), Right: r.right(r.next()), Scope: r.scope(), Except: r.except(),
		Since: r.moment("since"), Reason: r.reason(), From: r.moment("from"), Until: r.moment("until")}
	r.w.grant(g)
}
