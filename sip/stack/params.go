package stack

import "iter"

// Params is a list of parameters as it stood on the wire, without the first semicolon: "tag=1;lr". Looking a name up allocates
// nothing unless the value carries escapes.
type Params string

// next cuts the first parameter off; quotes protect semicolons.
func (p Params) next() (name, value string, has bool, rest Params) {
	i, eq := 0, -1
	for i < len(p) && p[i] != ';' {
		switch p[i] {
		case '"':
			if n := quotedEnd(string(p[i:])); n > 0 {
				i += n - 1
			}
		case '=':
			if eq < 0 {
				eq = i
			}
		}
		i++
	}
	one := string(p[:i])
	if i < len(p) {
		rest = p[i+1:]
	}
	if eq < 0 {
		return trim(one), "", false, rest
	}
	return trim(one[:eq]), trim(one[eq+1:]), true, rest
}

// All goes over names and raw values (quotes and escapes kept) in order.
func (p Params) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for p != "" {
			var name, value string
			name, value, _, p = p.next()
			if !yield(name, value) {
				return
			}
		}
	}
}

// Get finds a parameter; quotes and %-escapes are undone, names are compared without case (and without escapes, RFC 4475 §3.1.1.3).
func (p Params) Get(name string) (value string, ok bool) {
	for p != "" {
		var n, v string
		n, v, _, p = p.next()
		if fold(n, name) || fold(unescape(n), name) {
			if v != "" && v[0] == '"' {
				return unquote(v), true
			}
			return unescape(v), true
		}
	}
	return "", false
}

// Raw finds a parameter by its plain name and returns the value as it stands on the wire.
func (p Params) Raw(name string) (value string, ok bool) {
	for p != "" {
		var n, v string
		n, v, _, p = p.next()
		if fold(n, name) {
			return v, true
		}
	}
	return "", false
}

// Has reports whether a parameter is there, with or without a value.
func (p Params) Has(name string) bool { _, ok := p.Get(name); return ok }

// With returns the list with one parameter set, at its place if it was there, else at the end. An empty value writes the name alone.
// The value is taken as wire text: the caller quotes or escapes it.
func (p Params) With(name, value string) Params {
	var out []byte
	done := false
	add := func(n, v string, has bool) {
		if len(out) > 0 {
			out = append(out, ';')
		}
		out = append(out, n...)
		if has {
			out = append(append(out, '='), v...)
		}
	}
	for rest := p; rest != ""; {
		var n, v string
		var has bool
		n, v, has, rest = rest.next()
		if fold(n, name) {
			if done {
				continue
			}
			n, v, has, done = name, value, value != "", true
		}
		add(n, v, has)
	}
	if !done {
		add(name, value, value != "")
	}
	return Params(out)
}

// Without returns the list without a parameter.
func (p Params) Without(name string) Params {
	if _, ok := p.Raw(name); !ok {
		return p
	}
	var out []byte
	for rest := p; rest != ""; {
		n, v, has, r := rest.next()
		rest = r
		if fold(n, name) {
			continue
		}
		if len(out) > 0 {
			out = append(out, ';')
		}
		out = append(out, n...)
		if has {
			out = append(append(out, '='), v...)
		}
	}
	return Params(out)
}

// headerParams checks parameters of a header: every name a token, every value a token, host or quoted string; nothing stray.
func headerParams(p Params) bool {
	s := string(p)
	for {
		i := 0
		for i < len(s) && isSpace(s[i]) {
			i++
		}
		start := i
		for i < len(s) && chars[s[i]]&charToken != 0 {
			i++
		}
		if i == start {
			return false
		}
		for i < len(s) && isSpace(s[i]) {
			i++
		}
		if i < len(s) && s[i] == '=' {
			i++
			for i < len(s) && isSpace(s[i]) {
				i++
			}
			if i < len(s) && s[i] == '"' {
				n := quotedEnd(s[i:])
				if n < 0 {
					return false
				}
				i += n
			} else {
				start = i
				for i < len(s) && chars[s[i]]&charGeneric != 0 {
					i++
				}
				if i == start {
					return false
				}
			}
			for i < len(s) && isSpace(s[i]) {
				i++
			}
		}
		if i == len(s) {
			return true
		}
		if s[i] != ';' {
			return false
		}
		s = s[i+1:]
	}
}

// uriParams checks parameters of a URI: no blanks, legal characters, no empty names.
func uriParams(p Params) bool {
	for i := 0; i < len(p); {
		start, eq := i, -1
		for i < len(p) && p[i] != ';' {
			switch c := p[i]; {
			case c == '%':
				if i+2 >= len(p) || chars[p[i+1]]&charHex == 0 || chars[p[i+2]]&charHex == 0 {
					return false
				}
				i += 2
			case c == '=' && eq < 0:
				eq = i
			case chars[c]&charParam == 0:
				return false
			}
			i++
		}
		if i == start || eq == start {
			return false
		}
		i++
		if i == len(p) {
			return false
		}
	}
	return true
}
