package sdp

import "strconv"

// Encode writes the description in the order of RFC 8866 §9 with CRLF line ends.
// Line breaks inside values are dropped, so that no value can add a line of its own.
func (s Session) Encode() []byte {
	w := writer{b: make([]byte, 0, 512)}
	w.field('v', "0")
	w.origin(s.Origin)
	w.field('s', either(s.Name, "-"))
	for _, f := range s.About {
		w.field(f.Letter, f.Value)
	}
	if s.Conn.Host != "" {
		w.address("c=", s.Conn)
	}
	for _, b := range s.Bandwidth {
		w.field('b', b)
	}
	if !has(s.Timing, 't') {
		w.field('t', "0 0")
	}
	for _, f := range s.Timing {
		w.field(f.Letter, f.Value)
	}
	w.attributes(s.Attributes)
	for i := range s.Media {
		w.media(&s.Media[i])
	}
	return w.b
}

type writer struct{ b []byte }

func (w *writer) text(s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '\r' && c != '\n' && c != 0 {
			w.b = append(w.b, c)
		}
	}
}

func (w *writer) end() { w.b = append(w.b, '\r', '\n') }

func (w *writer) field(letter byte, value string) {
	w.b = append(w.b, letter, '=')
	w.text(value)
	w.end()
}

func (w *writer) origin(o Origin) {
	w.b = append(w.b, "o="...)
	w.text(either(o.User, "-"))
	w.text(" " + either(o.ID, "0") + " " + either(o.Version, "0") + " ")
	if o.Addr.Host == "" {
		o.Addr.Host, o.Addr.Six = "0.0.0.0", false
	}
	w.address("", o.Addr)
}

func (w *writer) address(prefix string, a Address) {
	w.text(prefix)
	if a.Six {
		w.text("IN IP6 ")
	} else {
		w.text("IN IP4 ")
	}
	w.text(a.Host)
	w.end()
}

func (w *writer) attributes(list []Attribute) {
	for _, a := range list {
		w.b = append(w.b, "a="...)
		w.text(a.Name)
		if a.Value != "" {
			w.b = append(w.b, ':')
			w.text(a.Value)
		}
		w.end()
	}
}

func (w *writer) media(m *Media) {
	w.b = append(w.b, "m="...)
	w.text(m.Type)
	w.b = append(w.b, ' ')
	w.b = strconv.AppendUint(w.b, uint64(m.Port), 10)
	if m.Ports > 1 {
		w.b = append(w.b, '/')
		w.b = strconv.AppendInt(w.b, int64(m.Ports), 10)
	}
	w.b = append(w.b, ' ')
	w.text(m.Proto)
	for _, f := range m.Formats {
		w.b = append(w.b, ' ')
		w.text(f)
	}
	w.end()
	if m.Title != "" {
		w.field('i', m.Title)
	}
	for _, c := range m.Conns {
		w.address("c=", c)
	}
	for _, b := range m.Bandwidth {
		w.field('b', b)
	}
	if m.Key != "" {
		w.field('k', m.Key)
	}
	w.attributes(m.Attributes)
}

func either(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func has(list []Field, letter byte) bool {
	for _, f := range list {
		if f.Letter == letter {
			return true
		}
	}
	return false
}
