package switchboard

import (
	"time"

	"tandem/call"
	"tandem/pbx"
)

// openMenu tells what a caller may choose, as the menu is configured now.
func (r *run) openMenu(e call.OpenMenu) call.Input {
	s, _ := r.b.c.View()
	m := s.Menus[pbx.MenuID(e.At.ID)]
	if m == nil {
		return call.Timeout{Timer: call.HouseTimer} // it went while the call was on its way
	}
	c := call.Choices{Keys: m.Keys, Wait: time.Duration(m.Seconds()) * time.Second, Rounds: m.Times(), Silent: m.Silent, Wrong: m.Wrong}
	if m.Dial {
		c.Digits = s.LongestExtension()
	}
	own := m.In(r.spoken())
	switch {
	case own != nil && r.isThere(own.Sound.Blob):
		c.Greeting = []call.Clip{{Sound: own.Sound.Blob}}
	case m.Dial:
		c.Greeting = []call.Clip{call.Words("say.menu.welcome"), call.Words("say.menu.extension")}
	default:
		c.Greeting = []call.Clip{call.Words("say.menu.welcome")}
	}
	return c
}

// isThere reports whether a sound can be played: an old one may be gone when a change was taken back.
func (r *run) isThere(sound string) bool {
	if sound == "" || r.b.c.Sounds == nil {
		return false
	}
	_, done, err := r.b.c.Sounds.Open(sound)
	if err != nil {
		r.log().Warn("a sound of the office's own cannot be played", "sound", sound, "error", err)
		return false
	}
	done()
	return true
}

// lookUp tells whom an extension belongs to that was dialled in a menu. Nothing outside is dialled from there.
func (r *run) lookUp(e call.LookUp) call.Input {
	s, _ := r.b.c.View()
	to, _ := s.Reached(e.Number)
	return call.Meant{To: to}
}
