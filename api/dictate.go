package api

import (
	"context"

	"tandem/audio"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/switchboard"
)

// Dictation is a phone that was called to speak a sentence into it.
type Dictation struct {
	ID    string    `json:"id"`
	State string    `json:"state" enum:"ringing,speaking,reviewing,kept,ended"`
	Cause pbx.Cause `json:"cause,omitempty" doc:"of one that ended without anything kept"`
	Text  string    `json:"text" doc:"sentence"`
}

// DictateBody says which phone is called.
type DictateBody struct {
	Device string `json:"device,omitempty" maxLength:"64" doc:"which of the asker's phones; absent: the first that is connected"`
}

type dictatePrompt struct {
	Language string `path:"language" maxLength:"10"`
	Key      string `path:"key" maxLength:"60"`
	Body     DictateBody
}

// dictatePrompt calls the asker, who speaks a sentence of the house.
func (s *Server) dictatePrompt(_ context.Context, v *visit, in *dictatePrompt) (Dictation, error) {
	if err := s.knows(v, promptIn{in.Language, in.Key}); err != nil {
		return Dictation{}, err
	}
	return s.dictate(v, in.Body.Device, promptSound(pbx.NewPromptID(in.Language, in.Key)))
}

type dictateMenu struct {
	Menu     string `path:"menu"`
	Language string `path:"language" maxLength:"10"`
	Body     DictateBody
}

// dictateMenu calls the asker, who speaks the greeting of a menu.
func (s *Server) dictateMenu(ctx context.Context, v *visit, in *dictateMenu) (Dictation, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return Dictation{}, err
	}
	set := menuSound(m.ID, in.Language)
	if _, err := s.c.Desk.Try(ctx, v.who, set(pbx.Sound{Blob: pbx.PromptBlob, Rate: 8000, Samples: 1})); err != nil {
		return Dictation{}, err // before anybody is called
	}
	return s.dictate(v, in.Body.Device, set)
}

// dictate calls a phone of the asker. When he keeps what he said, his rights are asked again.
func (s *Server) dictate(v *visit, device string, set func(pbx.Sound) command.Command) (Dictation, error) {
	who := v.who
	id, err := s.c.Calls.Dictate(switchboard.Dictate{Who: who, Device: pbx.DeviceID(device), Language: v.lang, Most: pbx.LongestPrompt,
		Keep: func(ctx context.Context, rate int, samples []int16) error {
			w, err := housed(audio.WAV{Rate: rate, Samples: samples})
			if err != nil {
				return err
			}
			return s.setSound(ctx, who, w, set, func(c command.Command) error {
				_, err := s.c.Desk.Do(ctx, who, c)
				return err
			})
		}})
	if err != nil {
		return Dictation{}, err
	}
	return s.showDictation(v, id)
}

type dictationIn struct {
	Dictation string `path:"dictation" maxLength:"64"`
}

func (s *Server) getDictation(_ context.Context, v *visit, in *dictationIn) (Dictation, error) {
	return s.showDictation(v, in.Dictation)
}

func (s *Server) deleteDictation(_ context.Context, v *visit, in *dictationIn) error {
	if _, err := s.showDictation(v, in.Dictation); err != nil {
		return err
	}
	s.c.Calls.EndDictation(in.Dictation)
	return nil
}

func (s *Server) showDictation(v *visit, id string) (Dictation, error) {
	d, ok := s.c.Calls.Dictated(id)
	if !ok || d.User != v.who.User {
		return Dictation{}, missing()
	}
	out := Dictation{ID: d.ID, State: d.State()}
	if out.State == "ended" {
		out.Cause = d.Cause
	}
	out.Text = s.say(v, i18n.T("dictate."+out.State))
	return out, nil
}
