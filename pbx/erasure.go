package pbx

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tandem/number"
)

// ErasureID names an erasure.
type ErasureID string

// Erasure takes one person or number out of everything that is kept (BAR PR-06). While it goes on it knows who; when it is over only the pseudonym is left.
type Erasure struct {
	ID         ErasureID `json:"id"`
	As         string    `json:"as"` // what stands everywhere in his place
	Subject    Subject   `json:"subject,omitzero"`
	By         UserID    `json:"by"`
	Reason     string    `json:"reason,omitempty"`
	Begun      time.Time `json:"begun"`
	Ended      time.Time `json:"ended,omitzero"`
	Step       int       `json:"step"`            // which table it is at …
	After      string    `json:"after,omitempty"` // … and after which row
	Recordings int       `json:"recordings"`      // deleted
	Messages   int       `json:"messages"`        // deleted
	Rows       int       `json:"rows"`            // calls, notices and others that were rewritten or deleted
	Facts      int       `json:"facts"`           // rewritten
}

// Ref names the erasure, for facts about it.
func (e *Erasure) Ref() Ref { return Ref{KindErasure, string(e.ID)} }

// Subject is somebody about whom everything is handed out or erased: a person who is or was inside, or a number outside.
type Subject struct {
	User    UserID    `json:"user,omitempty"`
	Numbers []string  `json:"numbers,omitempty"` // E.164
	Words   []string  `json:"words,omitempty"`   // names and addresses that stand for nobody else: wherever they stand, he is meant
	Shy     []string  `json:"shy,omitempty"`     // names that others may have: he is meant where his id or number stands beside
	Visits  []VisitID `json:"visits,omitempty"`  // of a visitor by Talk links: those that he made
	Visitor string    `json:"visitor,omitempty"` // … or by what name he came, whichever visit it was
	Country string    `json:"country,omitempty"` // by whose habits numbers were dialled
}

// tail is how many digits of a number have to be there for somebody to look closer.
const tail = 6

// Patterns are texts one of which stands wherever the subject is told of, but for shy words.
func (s *Subject) Patterns() (all []string) {
	if s.User != "" {
		all = append(all, string(s.User))
	}
	for _, n := range s.Numbers {
		all = append(all, n[max(1, len(n)-tail):])
	}
	for _, v := range s.Visits {
		all = append(all, string(v))
	}
	for _, w := range s.Words {
		all = append(all, w, strings.ToLower(w))
	}
	if s.Visitor != "" {
		all = append(all, s.Visitor, strings.ToLower(s.Visitor))
		all = append(all, s.Shy...) // as he wrote it
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Blot writes something else in the place of a subject.
type Blot struct {
	s     *Subject
	as    string
	words *regexp.Regexp // nil: none
	shy   *regexp.Regexp
}

// NewBlot is a blot that writes as.
func NewBlot(s *Subject, as string) *Blot { return &Blot{s, as, anyOf(s.Words), anyOf(s.Shy)} }

func anyOf(words []string) *regexp.Regexp {
	var quoted []string
	for _, w := range words {
		if w != "" {
			quoted = append(quoted, regexp.QuoteMeta(w))
		}
	}
	if len(quoted) == 0 {
		return nil
	}
	slices.SortFunc(quoted, func(a, b string) int { return len(b) - len(a) }) // the longest first
	return regexp.MustCompile("(?i)" + strings.Join(quoted, "|"))
}

// Out takes the subject out of a row of texts, some of which may be JSON; false: he is not there.
func (b *Blot) Out(texts ...*string) bool {
	hit := false
	for _, t := range texts {
		hit = b.out(t, b.words) || hit
		hit = hit || b.s.User != "" && strings.Contains(*t, string(b.s.User))
	}
	if hit && b.shy != nil {
		for _, t := range texts {
			b.out(t, b.shy)
		}
	}
	return hit
}

func (b *Blot) out(text *string, words *regexp.Regexp) bool {
	if t := *text; strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		d := json.NewDecoder(strings.NewReader(t))
		d.UseNumber()
		var v any
		if d.Decode(&v) == nil && !d.More() {
			next, hit := b.value(v, words)
			if hit {
				var out bytes.Buffer
				e := json.NewEncoder(&out)
				e.SetEscapeHTML(false)
				if e.Encode(next) == nil {
					*text = strings.TrimSuffix(out.String(), "\n")
				}
			}
			return hit
		}
	}
	next := b.text(*text, words)
	hit := next != *text
	*text = next
	return hit
}

// personal are the fields that tell who somebody is, in an object that is about him.
var personal = []string{"name", "number", "email", "mobile", "extension", "photo", "company", "note", "addr", "username", "agent", "words"}

func (b *Blot) value(v any, words *regexp.Regexp) (any, bool) {
	hit := false
	switch v := v.(type) {
	case string:
		next := b.text(v, words)
		return next, next != v
	case []any:
		for i := range v {
			next, changed := b.value(v[i], words)
			v[i], hit = next, hit || changed
		}
	case map[string]any:
		if b.isAbout(v) {
			for _, f := range personal {
				if was, ok := v[f].(string); ok && was != "" && was != b.as {
					v[f], hit = b.as, true
				}
			}
		}
		for k := range v {
			next, changed := b.value(v[k], words)
			v[k], hit = next, hit || changed
		}
	}
	return v, hit
}

// isAbout reports whether an object is the subject: it has his id, or his number.
func (b *Blot) isAbout(v map[string]any) bool {
	if id := string(b.s.User); id != "" && (v["user"] == id || v["id"] == id) {
		return true
	}
	if n, ok := v["number"].(string); ok && b.isHis(n) {
		return true
	}
	if b.isVisitor(v) {
		return true
	}
	list, _ := v["numbers"].([]any)
	return slices.ContainsFunc(list, func(one any) bool {
		m, _ := one.(map[string]any)
		n, _ := m["number"].(string)
		return n != "" && b.isHis(n)
	})
}

// isVisitor reports whether an object is the subject as a visitor: it names one of his visits, or it came by a link under his name. What the house wrote behind a name
// stands in brackets.
func (b *Blot) isVisitor(v map[string]any) bool {
	if id, _ := v["visit"].(string); id != "" && slices.Contains(b.s.Visits, VisitID(id)) {
		return true
	}
	link, _ := v["link"].(string)
	name, _ := v["name"].(string)
	name, _, _ = strings.Cut(name, " (")
	return b.s.Visitor != "" && link != "" && strings.EqualFold(name, b.s.Visitor)
}

// isHis reports whether a number is one of the subject's, however it was dialled.
func (b *Blot) isHis(dialled string) bool {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, dialled)
	return slices.ContainsFunc(b.s.Numbers, func(n string) bool {
		if !strings.HasSuffix(digits, n[max(1, len(n)-tail):]) {
			return false
		}
		e, ok := number.Parse(b.s.Country, dialled)
		return digits == n[1:] || ok && string(e) == n
	})
}

var (
	spaced = regexp.MustCompile(`[+(]?[0-9][0-9 ()/.-]{4,}[0-9]`)
	run    = regexp.MustCompile(`\+?[0-9]{6,}`)
)

// text takes numbers and words out of a text.
func (b *Blot) text(t string, words *regexp.Regexp) string {
	if len(b.s.Numbers) > 0 {
		t = spaced.ReplaceAllStringFunc(t, func(found string) string {
			if b.isHis(found) {
				return b.as
			}
			return run.ReplaceAllStringFunc(found, func(found string) string {
				if b.isHis(found) {
					return b.as
				}
				return found
			})
		})
		t = run.ReplaceAllStringFunc(t, func(found string) string {
			if b.isHis(found) {
				return b.as
			}
			return found
		})
	}
	if words == nil {
		return t
	}
	var out strings.Builder
	last := 0
	for _, at := range words.FindAllStringIndex(t, -1) {
		before, _ := utf8.DecodeLastRuneInString(t[:at[0]])
		after, _ := utf8.DecodeRuneInString(t[at[1]:])
		if isLetter(before) || isLetter(after) {
			continue
		}
		out.WriteString(t[last:at[0]])
		out.WriteString(b.as)
		last = at[1]
	}
	out.WriteString(t[last:])
	return out.String()
}

func isLetter(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
