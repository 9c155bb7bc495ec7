package api

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// Menu is a voice menu. Name and extension are the phone book; everything else is for who may change it.
type Menu struct {
	ID        pbx.MenuID  `json:"id"`
	Name      string      `json:"name"`
	Extension string      `json:"extension"`
	Group     pbx.GroupID `json:"group,omitempty"`
	GroupName string      `json:"group_name,omitempty"`
	Language  string      `json:"language,omitempty" doc:"in which everybody is spoken to; absent: the caller's, if there is a greeting in it"`
	Home      string      `json:"home,omitempty" doc:"language in which callers from outside are spoken to"`
	Says      []MenuSays  `json:"says,omitempty"`
	Keys      []MenuKey   `json:"keys,omitempty"`
	Dial      bool        `json:"dial,omitempty" doc:"an extension may be dialled instead of a key"`
	Wait      int         `json:"wait,omitempty" doc:"seconds for a key after the greeting"`
	Rounds    int         `json:"rounds,omitempty" doc:"how often the greeting is said"`
	Silent    *Place      `json:"silent,omitempty" doc:"where callers go who press no key"`
	Wrong     *Place      `json:"wrong,omitempty" doc:"where callers go who press only keys that mean nothing"`
	Doubts    []Doubt     `json:"doubts,omitempty"`
	Chart     *Branch     `json:"chart,omitempty"`
	Revision  string      `json:"revision,omitempty"`
	Edit      bool        `json:"edit"`
}

// MenuSays is the greeting of a menu in one language.
type MenuSays struct {
	Language string  `json:"language" maxLength:"10"`
	Text     string  `json:"text,omitempty" maxLength:"4000" doc:"words of the greeting, for people who read"`
	Seconds  float64 `json:"seconds,omitempty" doc:"of the sound; absent without one; not read"`
	Sound    string  `json:"sound,omitempty" doc:"address of the sound; not read"`
}

// MenuKey is one choice.
type MenuKey struct {
	Key string `json:"key" maxLength:"1"`
	To  Place  `json:"to"`
}

// Doubt is what is wrong, or at least odd.
type Doubt struct {
	About pbx.Ref `json:"about"`
	Field string  `json:"field,omitempty"`
	Grave bool    `json:"grave" doc:"it cannot be saved like this"`
	Text  string  `json:"text" doc:"sentence"`
}

// Branch is one place of the picture of where keys and hours lead.
type Branch struct {
	Field string   `json:"field,omitempty" doc:"of the rule that leads here: keys.1, silent, wrong, open, break, closed, holiday; absent at the top"`
	To    Place    `json:"to"`
	Again bool     `json:"again,omitempty" doc:"it is drawn at another place already"`
	Next  []Branch `json:"next" nullable:"false"`
}

func (v *visit) editsMenu(m *pbx.Menu) bool {
	return m != nil && v.can(policy.MenuEdit, command.MenuTarget(m.ID, m.Group))
}

func (v *visit) branch(b *pbx.Branch) Branch {
	out := Branch{Field: b.Field, To: v.place("", b.To), Again: b.Again, Next: []Branch{}}
	for _, n := range b.Next {
		out.Next = append(out.Next, v.branch(n))
	}
	return out
}

// doubts are those about one thing.
func (s *Server) doubts(v *visit, about pbx.Ref) []Doubt {
	out := []Doubt{}
	for _, d := range v.s.Doubts() {
		if d.At != about {
			continue
		}
		text := d.Text
		if language := text.Args["language"]; language != "" {
			text.Args = maps.Clone(text.Args)
			text.Args["language"] = s.say(v, i18n.T("language.name."+language))
		}
		out = append(out, Doubt{d.At, d.Field, d.Grave, s.say(v, text)})
	}
	return out
}

func (s *Server) menu(v *visit, m *pbx.Menu) Menu {
	out := Menu{ID: m.ID, Name: m.Name, Extension: m.Extension, Edit: v.editsMenu(m)}
	if !out.Edit {
		return out
	}
	out.Group, out.Language, out.Home, out.Dial, out.Wait, out.Rounds, out.Revision = m.Group, m.Language, v.s.LanguageIn(m.Group), m.Dial, m.Seconds(), m.Times(), command.Revision(m)
	if m.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(m.Group)})
	}
	for _, g := range m.Says {
		row := MenuSays{Language: g.Language, Text: g.Text, Seconds: g.Sound.Length().Seconds()}
		if !g.Sound.IsZero() {
			row.Sound = fmt.Sprintf("/v1/menus/%s/sounds/%s?v=%s", m.ID, g.Language, g.Sound.Blob[max(0, len(g.Sound.Blob)-6):])
		}
		out.Says = append(out.Says, row)
	}
	for _, k := range m.Keys {
		out.Keys = append(out.Keys, MenuKey{k.Key, v.place("", k.To)})
	}
	silent, wrong := v.place("", m.Silent), v.place("", m.Wrong)
	out.Silent, out.Wrong = &silent, &wrong
	out.Doubts = s.doubts(v, m.Ref())
	chart := v.branch(v.s.Chart(pbx.Destination{Kind: pbx.ToMenu, ID: string(m.ID)}))
	out.Chart = &chart
	return out
}

type menusIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,extension,-extension"`
}

// listMenus is the phone book of menus. Pictures are drawn for one menu at a time.
func (s *Server) listMenus(_ context.Context, v *visit, in *menusIn) (Page[Menu], error) {
	var rows []*pbx.Menu
	for _, m := range v.s.Menus {
		if matches(in.Q, m.Name, m.Extension) {
			rows = append(rows, m)
		}
	}
	key := func(m *pbx.Menu) string {
		if strings.HasSuffix(in.Sort, "extension") {
			return byNumber(m.Extension)
		}
		return strings.ToLower(m.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(m *pbx.Menu) string { return string(m.ID) })
	page := Page[Menu]{Items: make([]Menu, 0, len(part)), Next: next, Total: len(rows)}
	for _, m := range part {
		row := s.menu(v, m)
		row.Chart = nil
		page.Items = append(page.Items, row)
	}
	return page, err
}

type menuIn struct {
	Menu string `path:"menu"`
}

func (v *visit) menuToEdit(id string) (*pbx.Menu, error) {
	m := v.s.Menus[pbx.MenuID(id)]
	if !v.editsMenu(m) {
		return nil, missing()
	}
	return m, nil
}

func (s *Server) getMenu(_ context.Context, v *visit, in *menuIn) (Menu, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return Menu{}, err
	}
	return s.menu(v, m), nil
}

type menuBody struct {
	Name      *string     `json:"name,omitempty"`
	Extension *string     `json:"extension,omitempty" doc:"empty gives none: then only keys and rules lead to the menu"`
	Group     *string     `json:"group,omitempty" doc:"department it belongs to; empty for the office"`
	Language  *string     `json:"language,omitempty" doc:"empty: the caller's"`
	Says      *[]MenuSays `json:"says,omitempty" maxItems:"20" doc:"languages and words; sounds are sent by themselves, and stay with their language"`
	Keys      *[]MenuKey  `json:"keys,omitempty" maxItems:"12" doc:"a destination of kind menu with the id self is the menu itself"`
	Dial      *bool       `json:"dial,omitempty"`
	Wait      *int        `json:"wait,omitempty" doc:"seconds"`
	Rounds    *int        `json:"rounds,omitempty"`
	Silent    *Place      `json:"silent,omitempty"`
	Wrong     *Place      `json:"wrong,omitempty"`
	Revision  string      `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *menuBody) read(dry bool) command.Menu {
	c := command.Menu{Name: b.Name, Extension: b.Extension, Language: b.Language, Dial: b.Dial, Wait: b.Wait, Rounds: b.Rounds, Draft: dry,
		Silent: b.Silent.pointer(), Wrong: b.Wrong.pointer()}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	if b.Says != nil {
		list := []pbx.Saying{}
		for _, g := range *b.Says {
			list = append(list, pbx.Saying{Language: g.Language, Text: g.Text})
		}
		c.Says = &list
	}
	if b.Keys != nil {
		list := []pbx.MenuKey{}
		for _, k := range *b.Keys {
			list = append(list, pbx.MenuKey{Key: k.Key, To: k.To.destination()})
		}
		c.Keys = &list
	}
	return c
}

// pointer is a destination that may be absent.
func (p *Place) pointer() *pbx.Destination {
	if p == nil {
		return nil
	}
	to := p.destination()
	return &to
}

type newMenu struct {
	Dry  bool `query:"dry" doc:"only say what it would be: with all doubts, also those with which it could not be saved"`
	Body menuBody
}

func (s *Server) createMenu(ctx context.Context, v *visit, in *newMenu) (Menu, error) {
	c := command.CreateMenu{Menu: in.Body.read(in.Dry)}
	made, err := s.made(ctx, v, c, in.Dry)
	if err != nil {
		return Menu{}, err
	}
	return s.menu(v, v.s.Menus[pbx.MenuID(made.ID)]), nil
}

type editMenu struct {
	Menu  string `path:"menu"`
	Dry   bool   `query:"dry" doc:"only say what it would be: with all doubts, also those with which it could not be saved"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  menuBody
}

func (s *Server) patchMenu(ctx context.Context, v *visit, in *editMenu) (Menu, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return Menu{}, err
	}
	c := command.EditMenu{ID: m.ID, Menu: in.Body.read(in.Dry)}
	if err := s.doOrTry(ctx, v, matching(pbx.KindMenu, in.Menu, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Menu{}, err
	}
	return s.menu(v, v.s.Menus[m.ID]), nil
}

type deleteMenu struct {
	Menu string `path:"menu"`
	Dry  bool   `query:"dry" doc:"only say what would lead nowhere afterwards"`
}

func (s *Server) deleteMenu(ctx context.Context, v *visit, in *deleteMenu) (deletion, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return deletion{}, err
	}
	before := v.s
	if err := s.doOrTry(ctx, v, command.DeleteMenu{ID: m.ID}, in.Dry); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}

type menuSoundIn struct {
	Menu     string `path:"menu"`
	Language string `path:"language" maxLength:"10"`
}

// getMenuSound sends what callers hear as WAV, in ranges if the browser asks for them.
func (s *Server) getMenuSound(_ context.Context, v *visit, in *menuSoundIn) (writer, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return nil, err
	}
	g := m.In(in.Language)
	if g == nil || g.Sound.IsZero() {
		return nil, missing()
	}
	return s.playBlob(g.Sound.Blob, g.Sound.Rate, m.Created)
}

type menuSoundUp struct {
	Menu     string `path:"menu"`
	Language string `path:"language" maxLength:"10"`
	RawBody  []byte `contentType:"audio/wav"`
}

// menuSound makes the command that lets a menu greet with a sound.
func menuSound(id pbx.MenuID, language string) func(pbx.Sound) command.Command {
	return func(sound pbx.Sound) command.Command {
		return command.SetMenuSound{ID: id, Language: language, Sound: sound}
	}
}

// putMenuSound lets a menu greet with an upload. Nothing of it is kept but its samples.
func (s *Server) putMenuSound(ctx context.Context, v *visit, in *menuSoundUp) (Menu, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return Menu{}, err
	}
	w, err := s.listenTo(ctx, in.RawBody)
	if err != nil {
		return Menu{}, err
	}
	err = s.setSound(ctx, v.who, w, menuSound(m.ID, in.Language), func(c command.Command) error {
		_, err := s.do(ctx, v, c)
		return err
	})
	if err != nil {
		return Menu{}, err
	}
	return s.menu(v, v.s.Menus[m.ID]), nil
}

func (s *Server) deleteMenuSound(ctx context.Context, v *visit, in *menuSoundIn) (Menu, error) {
	m, err := v.menuToEdit(in.Menu)
	if err != nil {
		return Menu{}, err
	}
	if _, err := s.do(ctx, v, command.ClearMenuSound{ID: m.ID, Language: in.Language}); err != nil {
		return Menu{}, err
	}
	return s.menu(v, v.s.Menus[m.ID]), nil
}

// menuRoutes are those of voice menus and of the entrances of groups.
func menuRoutes() []Route {
	return []Route{
		route("GET", "/v1/menus", signedIn("names and extensions of menus are the phone book; the rest is shown to who may change them"), "Voice menus.", (*Server).listMenus),
		route("POST", "/v1/menus", anywhere(policy.MenuEdit), "Add a menu.", (*Server).createMenu).created().tries(),
		route("GET", "/v1/menus/{menu}", row(policy.MenuEdit), "One menu, with its picture and what is odd about it.", (*Server).getMenu),
		route("PATCH", "/v1/menus/{menu}", row(policy.MenuEdit), "Change a menu.", (*Server).patchMenu).tries(),
		route("DELETE", "/v1/menus/{menu}", row(policy.MenuEdit), "Delete a menu; the answer names the rules that lead nowhere now.", (*Server).deleteMenu).tries(),
		raw("GET", "/v1/menus/{menu}/sounds/{language}", row(policy.MenuEdit), "audio/wav", "The greeting of a menu in a language, as callers hear it.", (*Server).getMenuSound),
		route("PUT", "/v1/menus/{menu}/sounds/{language}", row(policy.MenuEdit), "Set the greeting of a menu in a language: WAV, one or two channels, 8, 16 or 24 bits or G.711, at most five minutes.", (*Server).putMenuSound).large(promptOctets),
		route("POST", "/v1/menus/{menu}/sounds/{language}/dictation", row(policy.MenuEdit), "Call one of the asker's phones, to speak the greeting of a menu into it.", (*Server).dictateMenu).created(),
		route("POST", "/v1/prompts/{language}/{key}/dictation", row(policy.MenuEdit), "Call one of the asker's phones, to speak a sentence of the house into it.", (*Server).dictatePrompt).created(),
		route("GET", "/v1/dictations/{dictation}", signedIn("only the asker's own"), "How far a dictation is.", (*Server).getDictation),
		act("DELETE", "/v1/dictations/{dictation}", signedIn("only the asker's own"), "Hang up a dictation; what was not kept until then is not kept.", (*Server).deleteDictation),
		route("DELETE", "/v1/menus/{menu}/sounds/{language}", row(policy.MenuEdit), "Take the sound of a greeting away.", (*Server).deleteMenuSound),

		route("GET", "/v1/entrances", signedIn("shows only groups that group.see reaches"), "Groups that can be called as a whole.", (*Server).listEntrances),
		route("GET", "/v1/groups/{group}/entrance", over("group", policy.RouteEdit), "What happens to calls for a group as a whole.", (*Server).getEntrance),
		route("PUT", "/v1/groups/{group}/entrance", over("group", policy.RouteEdit), "Say what happens to calls for a group as a whole, by its hours.", (*Server).putEntrance).tries(),
		route("DELETE", "/v1/groups/{group}/entrance", over("group", policy.RouteEdit), "Let nobody call a group as a whole any more; the answer names the rules that lead nowhere now.", (*Server).deleteEntrance).tries(),
	}
}
