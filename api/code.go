package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
)

// FeatureCode is one code that can be dialled (FC-01).
type FeatureCode struct {
	Action   pbx.CodeAction `json:"action"`
	Code     string         `json:"code" doc:"empty: it is off"`
	Usual    string         `json:"usual" doc:"as the dialect says"`
	Argument bool           `json:"argument" doc:"digits follow"`
	Talking  bool           `json:"talking,omitempty" doc:"it is pressed while one talks, and not dialled"`
}

// FeatureCodes are the codes of the office and its short numbers.
type FeatureCodes struct {
	Dialect  pbx.CodeDialect `json:"dialect" enum:"classic,compact"`
	Codes    []FeatureCode   `json:"codes" nullable:"false"`
	Keys     string          `json:"keys" enum:"called,both,none" doc:"who may use codes while he talks: who was called, both sides, nobody; people outside never"`
	Speed    []pbx.SpeedDial `json:"speed" nullable:"false" doc:"short numbers for everybody"`
	Revision string          `json:"revision"`
}

// keysCalled stands for the value without a name.
const keysCalled = "called"

// getCodes tells what can be dialled.
func (s *Server) getCodes(_ context.Context, v *visit, in *codesIn) (FeatureCodes, error) {
	t := v.s.Tenant
	c := t.Codes
	if c.Dialect == "" {
		c.Dialect = pbx.CodesClassic
	}
	out := FeatureCodes{Dialect: c.Dialect, Codes: []FeatureCode{}, Speed: append([]pbx.SpeedDial{}, t.Speed...), Revision: command.Revision(&t)}
	if out.Keys = string(c.Keys); c.Keys == pbx.KeysCalled {
		out.Keys = keysCalled
	}
	usual := pbx.Codes{Dialect: c.Dialect}
	if in.Dialect != "" { // as it would be in another dialect, without what was changed
		out.Dialect = pbx.CodeDialect(in.Dialect)
		usual = pbx.Codes{Dialect: out.Dialect}
		c = usual
	}
	for _, k := range pbx.CodeKinds() {
		out.Codes = append(out.Codes, FeatureCode{Action: k.Action, Code: c.Of(k), Usual: usual.Of(k), Argument: k.Argument, Talking: k.Talking})
	}
	return out, nil
}

type codesIn struct {
	Dialect string `query:"dialect" enum:",classic,compact" doc:"shows the codes of a dialect as they are usual, to choose it"`
}

type setCodes struct {
	Match string `header:"If-Match"`
	Dry   bool   `query:"dry" doc:"only say whether it would fit"`
	Body  struct {
		Dialect  *pbx.CodeDialect          `json:"dialect,omitempty" enum:"classic,compact"`
		Codes    map[pbx.CodeAction]string `json:"codes,omitempty" doc:"by action; empty switches the code off, what is not named stays"`
		Keys     *string                   `json:"keys,omitempty" enum:"called,both,none"`
		Speed    *[]pbx.SpeedDial          `json:"speed,omitempty" doc:"replaces the short numbers for everybody"`
		Revision string                    `json:"revision,omitempty" doc:"same as If-Match"`
	}
}

// putCodes changes codes; one that two actions share, or that begins another one, is refused by its field.
func (s *Server) putCodes(ctx context.Context, v *visit, in *setCodes) (FeatureCodes, error) {
	c := command.EditCodes{Dialect: in.Body.Dialect, Changed: map[pbx.CodeAction]*string{}}
	for action, code := range in.Body.Codes {
		c.Changed[action] = &code
	}
	if in.Body.Keys != nil {
		keys := pbx.CodeKeys(*in.Body.Keys)
		if keys == keysCalled {
			keys = pbx.KeysCalled
		}
		c.Keys = &keys
	}
	if in.Body.Speed != nil {
		speed := pbx.SpeedDials(*in.Body.Speed)
		c.Speed = &speed
	}
	ref := v.s.Tenant.Ref()
	if err := s.doOrTry(ctx, v, matching(pbx.KindSettings, ref.ID, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return FeatureCodes{}, err
	}
	return s.getCodes(ctx, v, &codesIn{})
}

// SpeedList is a person's own short numbers.
type SpeedList struct {
	Speed []pbx.SpeedDial `json:"speed" nullable:"false"`
}

func (s *Server) getSpeed(_ context.Context, v *visit, _ *struct{}) (SpeedList, error) {
	out := SpeedList{Speed: []pbx.SpeedDial{}}
	if u := v.s.Users[v.who.User]; u != nil {
		out.Speed = append(out.Speed, u.Speed...)
	}
	return out, nil
}

type setSpeed struct {
	Body struct {
		Speed []pbx.SpeedDial `json:"speed" nullable:"false"`
	}
}

// putSpeed replaces the visitor's own short numbers.
func (s *Server) putSpeed(ctx context.Context, v *visit, in *setSpeed) (SpeedList, error) {
	if _, err := s.do(ctx, v, command.SetSpeed{User: v.who.User, Speed: in.Body.Speed}); err != nil {
		return SpeedList{}, err
	}
	return s.getSpeed(ctx, v, nil)
}
