package call

import (
	"strconv"
	"time"

	"tandem/pbx"
)

// digit takes a key, also while something is said.
func (f fetch) digit(m *machine, key byte) {
	f.quiet = 0
	switch f.stage {
	case fetchOpens:
		if len(f.ahead) < 2*longestInput {
			f.ahead += string(key)
		}
		m.service = f
	case fetchNumber, fetchPIN, fetchSends, fetchNewPIN, fetchAgainPIN:
		m.hush()
		f.press(m, key)
	case fetchPlays, fetchPauses:
		f.listen(m, key)
	case fetchTells, fetchChooses, fetchHelps:
		m.hush()
		f.choose(m, key)
	case fetchIntro:
		m.hush()
		f.intro(m, key)
	case fetchOptions, fetchGreets, fetchGreet:
		m.hush()
		f.option(m, key)
	case fetchReviews:
		m.hush()
		f.judge(m, key)
	}
}

// press takes a digit of a number; # ends it, and * takes all back.
func (f fetch) press(m *machine, key byte) {
	switch {
	case key == '#':
		f.entered(m)
		return
	case key == '*' && f.typed == "" && f.stage != fetchNumber && f.stage != fetchPIN:
		if f.stage == fetchSends {
			f.play(m)
			return
		}
		f.options(m)
		return
	case key == '*':
		f.typed = ""
	case len(f.typed) < longestInput:
		f.typed += string(key)
	}
	f.turn(m, f.stage)
	m.wait(HouseTimer, inputTime)
}

// entered is the end of what is typed.
func (f fetch) entered(m *machine) {
	typed := f.typed
	switch f.stage {
	case fetchNumber:
		if typed == "" {
			f.part(m)
			return
		}
		f.number, f.typed = typed, ""
		f.open(m)
	case fetchPIN:
		if typed == "" {
			f.part(m)
			return
		}
		f.open(m)
	case fetchSends:
		if typed == "" {
			f.play(m)
			return
		}
		f.to = typed
		f.await(m, fetchAddress, Address{typed})
	case fetchNewPIN:
		f.pin = typed
		f.ask(m, fetchAgainPIN, Words("say.pin.again"))
	case fetchAgainPIN:
		if typed != f.pin || typed == "" {
			f.pin = ""
			f.options(m, Words("say.pin.differ"))
			return
		}
		f.await(m, fetchSetting, SetPIN{typed})
	}
}

// listen takes a key while a message plays, or is stopped.
func (f fetch) listen(m *machine, key byte) {
	leg := m.Legs[0].ID
	paused := f.stage == fetchPauses
	switch key {
	case '2':
		if paused {
			f.turn(m, fetchPlays)
			m.wait(HouseTimer, PlayTime)
		} else {
			f.turn(m, fetchPauses)
			m.wait(HouseTimer, pauseTime)
		}
		m.do(Pause{leg, !paused})
	case '*':
		f.wind(m, -windBy)
	case '#':
		f.wind(m, windBy)
	default:
		m.hush()
		f.choose(m, key)
	}
}

// wind moves the message that plays; one that was stopped goes on.
func (f fetch) wind(m *machine, by time.Duration) {
	m.do(Wind{m.Legs[0].ID, by})
	f.turn(m, fetchPlays)
	m.wait(HouseTimer, PlayTime)
}

// choose takes a key while messages are heard.
func (f fetch) choose(m *machine, key byte) {
	n, on := f.note()
	switch {
	case key == '#':
		f.part(m)
	case key == '*':
		f.help(m)
	case key == '0' && f.box.Settings:
		f.options(m)
	case key == '4':
		f.at--
		f.play(m)
	case !on:
		f.wrong(m)
	case key == '1' || key == '2':
		f.play(m)
	case key == '3':
		f.envelope(m)
	case key == '5':
		f.callBack(m, n)
	case key == '6':
		f.at++
		f.play(m)
	case key == '7' && f.box.Edit:
		f.remove(m, n)
	case key == '8':
		f.ask(m, fetchSends, Words("say.mailbox.send_to"))
	case key == '9':
		f.save(m, n)
	default:
		f.wrong(m)
	}
}

func (f fetch) wrong(m *machine) { f.offer(m, fetchChooses, Words("say.menu.invalid")) }

// remove deletes a message, or takes it back when it was deleted in this call.
func (f fetch) remove(m *machine, n Note) {
	if n.Gone {
		n.Gone = false
		f.put(n)
		m.do(Treat{n.ID, TreatRestored})
		f.offer(m, fetchChooses, Words("say.mailbox.restored"))
		return
	}
	n.Gone = true
	f.put(n)
	m.do(Treat{n.ID, TreatDeleted})
	f.at++
	f.then(m, Words("say.mailbox.deleted"))
}

// save keeps a message as heard; one that was heard before counts as new again.
func (f fetch) save(m *machine, n Note) {
	as, said := TreatHeard, "say.mailbox.saved"
	if !n.New {
		as, said = TreatNew, "say.mailbox.kept_new"
	}
	m.do(Treat{n.ID, as})
	f.at++
	f.then(m, Words(said))
}

// callBack calls who left the message; the way there is decided like that of any call of whoever listens (TF-09).
func (f fetch) callBack(m *machine, n Note) {
	if n.Back.IsZero() {
		f.offer(m, fetchChooses, Words("say.mailbox.no_callback"))
		return
	}
	f.heard(m)
	m.goOn(n.Back, m.From.User, pbx.CauseChosen)
}

// pressing is "to do this, press that".
func pressing(what, key string) []Clip { return []Clip{Words(what), Words("say.press." + key)} }

func (f fetch) help(m *machine) {
	var clips []Clip
	_, on := f.note()
	for _, k := range [...]struct {
		what, key string
		here      bool
	}{
		{"again", "1", on}, {"pause", "2", on}, {"envelope", "3", on}, {"previous", "4", f.at > 0}, {"return_call", "5", on}, {"next", "6", on},
		{"delete", "7", on && f.box.Edit}, {"send_on", "8", on}, {"save", "9", on}, {"greeting_pin", "0", f.box.Settings}, {"end", "hash", true},
	} {
		if k.here {
			clips = append(clips, pressing("say.for."+k.what, k.key)...)
		}
	}
	f.offer(m, fetchHelps, clips...)
}

// introduce asks whether something is said before a message that is sent on.
func (f fetch) introduce(m *machine, first ...Clip) {
	f.offer(m, fetchIntro, append(append(first, pressing("say.for.intro", "1")...), pressing("say.for.send_now", "2")...)...)
}

func (f fetch) intro(m *machine, key byte) {
	switch key {
	case '1':
		f.speak(m)
	case '2', '#':
		n, _ := f.note()
		f.await(m, fetchSending, SendOn{ID: n.ID, Number: f.to})
	case '*':
		f.to = ""
		f.play(m)
	default:
		f.introduce(m, Words("say.menu.invalid"))
	}
}

// speak lets the caller speak after the tone.
func (f fetch) speak(m *machine) {
	f.turn(m, fetchBeeps)
	m.say(Words("say.record.tone"), Clip{Tone: ToneBeep})
}

// judge takes what the caller thinks of what he has said: 1 keeps it, 2 lets him hear it again, 3 lets him say it again.
func (f fetch) judge(m *machine, key byte) {
	switch {
	case key == '1' && f.to != "":
		n, _ := f.note()
		f.await(m, fetchSending, SendOn{ID: n.ID, Number: f.to, Intro: true})
	case key == '1':
		f.await(m, fetchSetting, Greet{For: f.on})
	case key == '2':
		f.review(m)
	case key == '3':
		f.speak(m)
	case f.to != "":
		m.do(Keep{KeepNothing})
		f.introduce(m)
	default:
		m.do(Keep{KeepNothing})
		f.options(m)
	}
}

// options are greetings and PIN.
func (f fetch) options(m *machine, first ...Clip) {
	f.offer(m, fetchOptions, append(append(append(first, pressing("say.for.greeting", "1")...), pressing("say.for.pin", "2")...), pressing("say.for.main_menu", "star")...)...)
}

// greetings asks for which occasion.
func (f fetch) greetings(m *machine) {
	var clips []Clip
	for i, on := range pbx.Occasions() {
		clips = append(clips, pressing(occasionWord(on), strconv.Itoa(i+1))...)
	}
	f.offer(m, fetchGreets, append(clips, pressing("say.for.main_menu", "star")...)...)
}

func (f fetch) greeting(m *machine) {
	f.offer(m, fetchGreet, append(append(pressing("say.for.record", "1"), pressing("say.for.usual", "2")...), pressing("say.for.main_menu", "star")...)...)
}

// occasionWord names an occasion aloud.
func occasionWord(on pbx.Occasion) string {
	switch on {
	case pbx.OccasionAny:
		return "say.for.greeting_any"
	case pbx.OccasionBusy:
		return "say.for.greeting_busy"
	case pbx.OccasionName:
		return "say.for.own_name"
	case pbx.Occasion(pbx.StatusAvailable2):
		return "say.status.custom_available"
	case pbx.Occasion(pbx.StatusAway2):
		return "say.status.custom_away"
	}
	return "say.status." + string(on)
}

// option takes a key while greeting and PIN are set up.
func (f fetch) option(m *machine, key byte) {
	f.to = ""
	all := pbx.Occasions()
	switch {
	case key == '*' && f.stage == fetchOptions:
		f.play(m)
	case key == '*':
		f.options(m)
	case key == '#':
		f.part(m)
	case key == '1' && f.stage == fetchOptions:
		f.greetings(m)
	case key == '2' && f.stage == fetchOptions:
		f.ask(m, fetchNewPIN, Words("say.pin.new"))
	case f.stage == fetchGreets && key >= '1' && int(key-'1') < len(all):
		f.on = all[key-'1']
		f.greeting(m)
	case key == '1' && f.stage == fetchGreet:
		f.speak(m)
	case key == '2' && f.stage == fetchGreet:
		f.await(m, fetchSetting, Greet{For: f.on, Usual: true})
	default:
		f.again(m)
	}
}
