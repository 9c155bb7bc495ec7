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
