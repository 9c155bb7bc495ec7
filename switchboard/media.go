package switchboard

import (
	"net/netip"

	"tandem/media"
)

// Media makes the Sound of a media engine.
func Media(e *media.Engine) Sound { return engine{e} }

type engine struct{ e *media.Engine }

func (m engine) Open() (Stream, error) {
	s, err := m.e.Open()
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (m engine) Bridge(a, b Stream) {
	x, okx := a.(*media.Session)
	y, oky := b.(*media.Session)
	if okx && oky {
		m.e.Bridge(x, y)
	}
}

func (m engine) Part(s Stream) {
	if x, ok := s.(*media.Session); ok {
		m.e.Unbridge(x)
	}
}

func (m engine) Addr() netip.Addr { return m.e.Public() }

func (m engine) Room() Mixer { return mixer{m.e.NewRoom()} }

type mixer struct{ r *media.Room }

func (m mixer) Enter(s Stream) error {
	if x, ok := s.(*media.Session); ok {
		return m.r.Enter(x)
	}
	return nil
}

func (m mixer) Leave(s Stream) {
	if x, ok := s.(*media.Session); ok {
		m.r.Leave(x)
	}
}

// Record keeps what is said in a room of a media engine.
func (m mixer) Record(c Capture) {
	if x, ok := c.(capture); ok {
		m.r.Record(x.Capture)
		return
	}
	m.r.Record(nil)
}

func (m mixer) Keep(s Stream, on bool) {
	if x, ok := s.(*media.Session); ok {
		m.r.Keep(x, on)
	}
}

func (m mixer) Mute(s Stream, muted bool) {
	if x, ok := s.(*media.Session); ok {
		m.r.Mute(x, muted)
	}
}

func (m mixer) Part(ear, mouth Stream, apart bool) {
	x, okx := ear.(*media.Session)
	y, oky := mouth.(*media.Session)
	if okx && oky {
		m.r.Part(x, y, apart)
	}
}

func (m mixer) Announce(sounds []media.Sound) { m.r.Announce(sounds) }

func (m mixer) Watch(f func(Stream)) {
	m.r.Watch(func(s *media.Session) {
		if s == nil {
			f(nil)
			return
		}
		f(s)
	})
}
