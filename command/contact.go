package command

import (
	"slices"
	"strconv"
	"strings"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// Contact is what is typed about somebody outside (G-018); nil fields of a change stay.
type Contact struct {
	Name    *string
	Company *string
	Email   *string
	Note    *string
	Numbers *[]pbx.ContactNumber
	User    *pbx.UserID
	Group   *pbx.GroupID
}

// ContactTarget is a contact as rights speak of it.
func ContactTarget(c *pbx.Contact) policy.Target {
	return policy.Owned(policy.KindContact, string(c.ID), c.User, c.Group)
}

// askContact asks whether somebody may change a contact: everybody keeps his own phone book, who may edit phone books those of groups and of the office.
func (w *Work) askContact(s *pbx.Snapshot, c *pbx.Contact) error {
	if c.User != "" {
		if c.User == w.Who.User || w.Who.Kind == pbx.ActorSystem {
			return nil
		}
		return missing()
	}
	return w.Ask(s, policy.PhonebookEdit, ContactTarget(c))
}

// CreateContact adds somebody to a phone book.
type CreateContact struct{ Contact }

// Need asks for nothing: whose phone book it is, is asked by Change.
func (CreateContact) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change makes the contact.
func (c CreateContact) Change(w *Work) (pbx.Change, error) {
	made := pbx.Contact{ID: pbx.ContactID(w.ID("con")), Created: w.Now}
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, made)
}

// EditContact changes a contact.
type EditContact struct {
	ID pbx.ContactID
	Contact
}

// Need asks for nothing: whose phone book it is, is asked by Change.
func (EditContact) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes the new fields.
func (c EditContact) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Contacts[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	if err := w.askContact(w.Snapshot, old); err != nil {
		return pbx.Change{}, err
	}
	return c.write(w, *old)
}

func (c Contact) write(w *Work, n pbx.Contact) (pbx.Change, error) {
	w.object = n.Ref()
	if err := c.fill(w, &n); err != nil {
		return pbx.Change{}, err
	}
	if err := w.askContact(w.Snapshot, &n); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&n}}, nil
}

// fill brings what was typed into the form that is kept.
func (c Contact) fill(w *Work, n *pbx.Contact) error {
	if c.Name != nil {
		name, err := cleanName("name", *c.Name)
		if err != nil {
			return err
		}
		n.Name = name
	}
	for _, f := range []struct{ to, from *string }{{&n.Company, c.Company}, {&n.Email, c.Email}, {&n.Note, c.Note}} {
		if f.from != nil {
			*f.to = oneLine(*f.from)
		}
	}
	set(&n.User, c.User)
	set(&n.Group, c.Group)
	if c.Numbers == nil {
		return nil
	}
	place := w.Snapshot.PlaceOfGroup(n.Group)
	if n.User != "" {
		place = w.Snapshot.PlaceOf(n.User, "", w.Now)
	}
	n.Numbers = nil
	for i, typed := range *c.Numbers {
		if strings.TrimSpace(typed.Number) == "" {
			continue
		}
		e, ok := number.Parse(place.Country, typed.Number)
		if !ok {
			return pbx.Refuse(pbx.Invalid, "numbers."+strconv.Itoa(i)+".number", "contact.number_bad", "number", printable(typed.Number))
		}
		typed.Number = string(e)
		if !slices.ContainsFunc(n.Numbers, func(o pbx.ContactNumber) bool { return o.Number == typed.Number }) {
			n.Numbers = append(n.Numbers, typed)
		}
	}
	return nil
}

// DeleteContact takes somebody out of a phone book.
type DeleteContact struct{ ID pbx.ContactID }

// Need asks for nothing: whose phone book it is, is asked by Change.
func (DeleteContact) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change deletes the row.
func (c DeleteContact) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Contacts[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	if err := w.askContact(w.Snapshot, old); err != nil {
		return pbx.Change{}, err
	}
	w.object = old.Ref()
	return pbx.Change{Delete: []pbx.Ref{old.Ref()}}, nil
}

// ContactRow is one line of a file of contacts.
type ContactRow struct {
	Line    int
	Name    string
	Company string
	Email   string
	Note    string
	Numbers []pbx.ContactNumber
	Problem *pbx.Error
}

// ImportContacts adds all people of a file to one phone book, or none. Who stands in it already, by name and one of the numbers, is brought up to date, so that a
// file can be imported again.
type ImportContacts struct {
	Rows  []ContactRow
	User  pbx.UserID
	Group pbx.GroupID
}

// Need asks for nothing: whose phone book it is, is asked by Change.
func (ImportContacts) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change makes the contacts; the first line that is wrong refuses the file, and each tells its problem.
func (c ImportContacts) Change(w *Work) (pbx.Change, error) {
	book := pbx.Contact{ID: pbx.ContactID(w.ID("con")), User: c.User, Group: c.Group}
	if err := w.askContact(w.Snapshot, &book); err != nil {
		return pbx.Change{}, err
	}
	w.object = pbx.Ref{Kind: pbx.KindSystem, ID: "import"}
	there := map[string]*pbx.Contact{}
	for _, o := range w.Snapshot.Contacts {
		if o.Owner() == book.Owner() {
			for _, n := range o.Numbers {
				there[o.Name+"\x00"+n.Number] = o
			}
		}
	}
	var change pbx.Change
	made, problems := map[pbx.ContactID]bool{}, 0
	for i := range c.Rows {
		r := &c.Rows[i]
		n := pbx.Contact{ID: pbx.ContactID(w.ID("con")), User: c.User, Group: c.Group, Created: w.Now}
		if r.Problem == nil {
			err := Contact{Name: &r.Name, Company: &r.Company, Email: &r.Email, Note: &r.Note, Numbers: &r.Numbers}.fill(w, &n)
			if err == nil && len(n.Numbers) == 0 {
				err = pbx.Refuse(pbx.Invalid, "numbers", "contact.number_missing")
			}
			if refused, is := asRefusal(err); is {
				r.Problem = refused
			} else if err != nil {
				return pbx.Change{}, err
			}
		}
		if r.Problem != nil {
			problems++
			continue
		}
		for _, num := range n.Numbers {
			if old := there[n.Name+"\x00"+num.Number]; old != nil {
				n.ID, n.Created = old.ID, old.Created
			}
		}
		if made[n.ID] {
			continue
		}
		made[n.ID] = true
		for _, num := range n.Numbers {
			there[n.Name+"\x00"+num.Number] = &n
		}
		change.Put = append(change.Put, &n)
	}
	if problems > 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "import.problems", "count", strconv.Itoa(problems))
	}
	return change, nil
}
