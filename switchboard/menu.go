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
	switch {
	case m.Greeting != "":
		c.Greeting = []call.Clip{{Sound: m.Greeting}}
	case m.Dial:
		c.Greeting = []call.Clip{call.Words("say.menu.welcome"), call.Words("say.menu.extension")}
	default:
		c.Greeting = []call.Clip{call.Words("say.menu.welcome")}
	}
	return c
}

// lookUp tells whom an extension belongs to that was dialled in a menu. Nothing outside is dialled from there.
func (r *run) lookUp(e call.LookUp) call.Input {
	s, _ := r.b.c.View()
	to, _ := s.Reached(e.Number)
	return call.Meant{To: to}
}
