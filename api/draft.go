package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"tandem/command"
	"tandem/pbx"
)

// draftOctets bounds a draft; price lists are the most of it.
const draftOctets = 2 * command.MaxDeckBytes

// Draft is what somebody puts together before he does it: changes of several kinds, made in the order of the parts (N-2). Of a file it is all there is.
type Draft struct {
	Rights       *DraftRights       `json:"rights,omitempty"`
	Restrictions []DraftRestriction `json:"restrictions,omitempty"`
	Trunks       []DraftTrunk       `json:"trunks,omitempty"`
	Routes       []DraftRoute       `json:"routes,omitempty" doc:"ways out"`
	Numbers      []DraftNumber      `json:"numbers,omitempty" doc:"where calls for the office's numbers go"`
	Rates        []DraftRates       `json:"rates,omitempty"`
	Budgets      []DraftBudget      `json:"budgets,omitempty"`
}

// DraftRights are lines of the rights as text that would come and go, as GET /v1/policy writes them.
type DraftRights struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// Drafted says what would become of one thing: without an id it would be made, else changed or deleted.
type Drafted struct {
	ID     string `json:"id,omitempty" doc:"absent: a new one"`
	Delete bool   `json:"delete,omitempty"`
}

// DraftRestriction is a profile that would come, change or go.
type DraftRestriction struct {
	Drafted
	Set restrictionBody `json:"set,omitzero" doc:"what would be typed; absent fields stay"`
}

// DraftTrunk is a line that would change.
type DraftTrunk struct {
	Drafted
	Set trunkBody `json:"set,omitzero" doc:"what would be typed; absent fields stay"`
}

// DraftRoute is a way out that would come, change or go.
type DraftRoute struct {
	Drafted
	Set outRouteBody `json:"set,omitzero" doc:"what would be typed; absent fields stay"`
}

// DraftNumber is a number of the office that would come, change or go.
type DraftNumber struct {
	Drafted
	Set didBody `json:"set,omitzero" doc:"what would be typed; absent fields stay"`
}

// DraftBudget is a budget that would come, change or go.
type DraftBudget struct {
	Drafted
	Set budgetBody `json:"set,omitzero" doc:"what would be typed; absent fields stay"`
}

// DraftRates is a price list that would come; calls of the past are priced by it too.
type DraftRates struct {
	Name     string `json:"name,omitempty"`
	Trunk    string `json:"trunk,omitempty" doc:"whose prices they are; empty: of all trunks that have none of their own"`
	Currency string `json:"currency,omitempty" doc:"ISO 4217; empty: what the file says, else the office's"`
	Exchange int64  `json:"exchange,omitempty" doc:"millionths of the office's currency for one of the list's"`
	Over     bool   `json:"over,omitempty" doc:"it lies over the lists before it"`
	CSV      string `json:"csv" doc:"as a carrier sends it"`
}

// ReadDraft reads a draft from a file; a word that it does not know is a mistake and not passed over.
func ReadDraft(text []byte) (*Draft, error) {
	d := &Draft{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(d); err != nil {
		return nil, fmt.Errorf("this is no draft: %w", err)
	}
	return d, nil
}

// steps collects the commands of one part.
type steps struct{ all []command.DraftStep }

func (s *steps) add(part string, place int, kind pbx.Kind, d *Drafted, revision string, make, edit, remove command.Command) {
	c := make
	switch {
	case d.Delete:
		c = remove
	case d.ID != "":
		c = matching(kind, d.ID, "", revision, edit)
	}
	s.all = append(s.all, command.DraftStep{Part: part, Place: place, Command: c})
}

// Command is what would carry the draft out. Rights come first, because what follows may need them to be there.
func (d *Draft) Command(reason string) (command.Draft, error) {
	s := steps{}
	if r := d.Rights; r != nil && len(r.Add)+len(r.Remove) > 0 {
		s.all = append(s.all, command.DraftStep{Part: "rights", Command: command.EditText{Add: r.Add, Remove: r.Remove, Reason: cmp.Or(reason, "draft")}})
	}
	for i := range d.Restrictions {
		x := &d.Restrictions[i]
		id, c := pbx.RestrictionID(x.ID), x.Set.read()
		s.add("restrictions", i, pbx.KindRestriction, &x.Drafted, x.Set.Revision, command.CreateRestriction{Restriction: c}, command.EditRestriction{ID: id, Restriction: c}, command.DeleteRestriction{ID: id})
	}
	for i := range d.Trunks {
		x := &d.Trunks[i]
		id, c := pbx.TrunkID(x.ID), x.Set.read()
		s.add("trunks", i, pbx.KindTrunk, &x.Drafted, x.Set.Revision, command.CreateTrunk{Trunk: c}, command.EditTrunk{ID: id, Trunk: c}, command.DeleteTrunk{ID: id})
	}
	for i := range d.Routes {
		x := &d.Routes[i]
		id, c := pbx.OutRouteID(x.ID), x.Set.read()
		s.add("routes", i, pbx.KindOutRoute, &x.Drafted, x.Set.Revision, command.CreateOutRoute{OutRoute: c}, command.EditOutRoute{ID: id, OutRoute: c}, command.DeleteOutRoute{ID: id})
	}
	for i := range d.Numbers {
		x := &d.Numbers[i]
		id, c := pbx.DIDID(x.ID), x.Set.read()
		s.add("numbers", i, pbx.KindDID, &x.Drafted, x.Set.Revision, command.CreateDID{DID: c}, command.EditDID{ID: id, DID: c}, command.DeleteDID{ID: id})
	}
	for i := range d.Rates {
		c, err := d.Rates[i].read()
		if err != nil {
			return command.Draft{}, err
		}
		s.all = append(s.all, command.DraftStep{Part: "rates", Place: i, Command: c})
	}
	for i := range d.Budgets {
		x := &d.Budgets[i]
		id, c := pbx.BudgetID(x.ID), x.Set.read()
		s.add("budgets", i, pbx.KindBudget, &x.Drafted, x.Set.Revision, command.CreateBudget{Budget: c}, command.EditBudget{ID: id, Budget: c}, command.DeleteBudget{ID: id})
	}
	return command.Draft{Steps: s.all, Reason: reason}, nil
}

func (r *DraftRates) read() (command.Command, error) {
	rows, currency, err := command.ReadDeck([]byte(r.CSV))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if p := rows[i].Problem; p != nil {
			return nil, &pbx.Error{Code: pbx.Invalid, Field: "rates", Text: p.Text}
		}
	}
	name, trunk := cmp.Or(r.Name, "Draft"), pbx.TrunkID(r.Trunk)
	c := command.ImportDeck{Rows: rows, Deck: command.Deck{Name: &name, Trunk: &trunk, From: &time.Time{}, Over: &r.Over, Exchange: &r.Exchange}}
	if money := cmp.Or(r.Currency, currency); money != "" {
		c.Currency = &money
	}
	return c, nil
}

// officeRef is what bodies mean by the kind "office".
func officeRef() pbx.Ref { return (*pbx.Tenant)(nil).Ref() }
