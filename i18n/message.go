package i18n

import (
	"fmt"
	"strings"
)

// message is a parsed sentence: words, placeholders and plural branches, in order. The form is the part of ICU
// MessageFormat that the catalogues use: {name} and {n, plural, =0 {…} one {…} few {…} many {…} other {# …}}.
type message []piece

type piece struct {
	words  string             // literal words, when name is empty
	name   string             // placeholder
	plural map[string]message // branches by "=N" or CLDR category; nil for a plain placeholder
	hash   bool               // the # inside a plural branch
}

// parse reads a sentence. It refuses unbalanced braces, unknown forms and a plural without "other".
func parse(s string) (message, error) {
	p := &reader{text: s}
	m, err := p.message(false)
	if err != nil {
		return nil, err
	}
	if p.at < len(s) {
		return nil, fmt.Errorf("a brace closes nothing at byte %d of %q", p.at, s)
	}
	return m, nil
}

type reader struct {
	text string
	at   int
}

func (p *reader) message(inPlural bool) (message, error) {
	var m message
	start := p.at
	flush := func() {
		if p.at > start {
			m = append(m, piece{words: p.text[start:p.at]})
		}
	}
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '{':
			flush()
			next, err := p.placeholder()
			if err != nil {
				return nil, err
			}
			m = append(m, next)
			start = p.at
		case c == '}':
			flush()
			return m, nil
		case c == '#' && inPlural:
			flush()
			m = append(m, piece{hash: true})
			p.at++
			start = p.at
		default:
			p.at++
		}
	}
	flush()
	return m, nil
}

func (p *reader) placeholder() (piece, error) {
	p.at++ // the opening brace
	end := strings.IndexAny(p.text[p.at:], ",}")
	if end < 0 {
		return piece{}, fmt.Errorf("a brace is not closed in %q", p.text)
	}
	name := strings.TrimSpace(p.text[p.at : p.at+end])
	if name == "" || strings.ContainsAny(name, " {#") {
		return piece{}, fmt.Errorf("%q is no name of a placeholder", name)
	}
	p.at += end + 1
	if p.text[p.at-1] == '}' {
		return piece{name: name}, nil
	}
	comma := strings.IndexByte(p.text[p.at:], ',')
	if comma < 0 || strings.TrimSpace(p.text[p.at:p.at+comma]) != "plural" {
		return piece{}, fmt.Errorf("placeholder %s: only plural is known", name)
	}
	p.at += comma + 1
	branches := map[string]message{}
	for {
		p.space()
		if p.at >= len(p.text) {
			return piece{}, fmt.Errorf("plural of %s is not closed", name)
		}
		if p.text[p.at] == '}' {
			p.at++
			break
		}
		open := strings.IndexByte(p.text[p.at:], '{')
		if open < 0 {
			return piece{}, fmt.Errorf("plural of %s: a branch has no words", name)
		}
		category := strings.TrimSpace(p.text[p.at : p.at+open])
		p.at += open + 1
		branch, err := p.message(true)
		if err != nil {
			return piece{}, err
		}
		if p.at >= len(p.text) {
			return piece{}, fmt.Errorf("plural of %s is not closed", name)
		}
		p.at++ // the brace that closes the branch
		branches[category] = branch
	}
	if _, ok := branches["other"]; !ok {
		return piece{}, fmt.Errorf("plural of %s has no branch \"other\"", name)
	}
	return piece{name: name, plural: branches}, nil
}

func (p *reader) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// write adds the sentence with its values; number is what # stands for.
func (m message) write(b *strings.Builder, language string, args map[string]string, number string) {
	for _, p := range m {
		switch {
		case p.hash:
			b.WriteString(number)
		case p.name == "":
			b.WriteString(p.words)
		case p.plural == nil:
			if v, ok := args[p.name]; ok {
				b.WriteString(v)
			} else {
				b.WriteString("{" + p.name + "}")
			}
		default:
			n := args[p.name]
			branch, ok := p.plural["="+n]
			if !ok {
				branch, ok = p.plural[string(PluralOf(language, n))]
			}
			if !ok {
				branch = p.plural["other"]
			}
			branch.write(b, language, args, n)
		}
	}
}

// names adds the placeholders of a sentence, those inside branches too.
func (m message) names(into map[string]bool) {
	for _, p := range m {
		if p.name != "" {
			into[p.name] = true
		}
		for _, branch := range p.plural {
			branch.names(into)
		}
	}
}
