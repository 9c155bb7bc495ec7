package api

import (
	"context"
	"slices"
	"strings"

	"tandem/command"
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// contactOctets bounds an uploaded file of contacts; more than the reader takes, so that its sentence is the one shown.
const contactOctets = command.MaxContactBytes + 1024

// Contact is somebody outside, in a phone book.
type Contact struct {
	ID       pbx.ContactID   `json:"id"`
	Name     string          `json:"name"`
	Company  string          `json:"company,omitempty"`
	Email    string          `json:"email,omitempty"`
	Note     string          `json:"note,omitempty"`
	Numbers  []ContactNumber `json:"numbers" nullable:"false"`
	Book     string          `json:"book" enum:"own,group,office" doc:"whose phone book it stands in"`
	Group    *Named          `json:"group,omitempty"`
	Edit     bool            `json:"edit" doc:"the visitor may change it"`
	Revision string          `json:"revision,omitempty"`
}

// ContactNumber is a number of a contact.
type ContactNumber struct {
	Number string `json:"number" doc:"E.164; read: as it is dialled"`
	Kind   string `json:"kind,omitempty" enum:",work,mobile,home,fax,other"`
}

// seesContact reports whether a visitor may see a contact: those of his own phone book and of the office, and those of groups he is in or may see.
func (v *visit) seesContact(c *pbx.Contact) bool {
	switch {
	case c == nil:
		return false
	case c.User != "":
		return c.User == v.who.User
	case c.Group == "":
		return true
	}
	if v.can(policy.ContactSee, command.ContactTarget(c)) {
		return true
	}
	for _, n := range c.Numbers {
		if found := v.s.ContactFor(v.who.User, n.Number, v.at); found != nil && found.Owner() == c.Owner() {
			return true
		}
	}
	return false
}

func (v *visit) editsContact(c *pbx.Contact) bool {
	if c.User != "" {
		return c.User == v.who.User
	}
	return v.can(policy.PhonebookEdit, command.ContactTarget(c))
}

func (v *visit) contact(c *pbx.Contact) Contact {
	out := Contact{ID: c.ID, Name: c.Name, Company: c.Company, Email: c.Email, Note: c.Note, Numbers: []ContactNumber{}, Book: "office", Edit: v.editsContact(c), Revision: command.Revision(c)}
	for _, n := range c.Numbers {
		out.Numbers = append(out.Numbers, ContactNumber(n))
	}
	switch {
	case c.User != "":
		out.Book = "own"
	case c.Group != "":
		out.Book = "group"
		g := v.named(pbx.Ref{Kind: pbx.KindGroup, ID: string(c.Group)})
		out.Group = &g
	}
	return out
}

type contactsIn struct {
	List
	Book string `query:"book" enum:",own,group,office" doc:"only of these phone books"`
}

// listContacts lists the contacts that a visitor reads. A number is found however it is written.
func (s *Server) listContacts(_ context.Context, v *visit, in *contactsIn) (Page[Contact], error) {
	var rows []*pbx.Contact
	digits := ""
	if e, ok := number.Parse(v.s.PlaceOf(v.who.User, "", v.at).Country, in.Q); ok {
		digits = string(e)
	}
	for _, c := range v.s.Contacts {
		if in.Book != "" && in.Book != book(c) || !v.seesContact(c) {
			continue
		}
		if matches(in.Q, c.Name, c.Company, c.Email) || slices.ContainsFunc(c.Numbers, func(n pbx.ContactNumber) bool {
			return digits != "" && n.Number == digits || matches(strings.Map(plainDigits, in.Q), n.Number) && strings.Map(plainDigits, in.Q) != ""
		}) {
			rows = append(rows, c)
		}
	}
	part, next, err := pageOf(rows, in.List, "name", func(c *pbx.Contact) string { return strings.ToLower(c.Name) }, func(c *pbx.Contact) string { return string(c.ID) })
	page := Page[Contact]{Items: make([]Contact, 0, len(part)), Next: next, Total: len(rows)}
	for _, c := range part {
		page.Items = append(page.Items, v.contact(c))
	}
	return page, err
}

// plainDigits keeps what a number consists of.
func plainDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func book(c *pbx.Contact) string {
	switch {
	case c.User != "":
		return "own"
	case c.Group != "":
		return "group"
	}
	return "office"
}

type contactBody struct {
	Name     *string          `json:"name,omitempty"`
	Company  *string          `json:"company,omitempty"`
	Email    *string          `json:"email,omitempty"`
	Note     *string          `json:"note,omitempty"`
	Numbers  *[]ContactNumber `json:"numbers,omitempty"`
	Book     *string          `json:"book,omitempty" enum:"own,group,office" doc:"absent of a new one: one's own"`
	Group    pbx.GroupID      `json:"group,omitempty" doc:"with book group: whose"`
	Revision string           `json:"revision,omitempty" doc:"same as If-Match"`
}

// books is whose phone book is meant.
func (v *visit) books(book string, group pbx.GroupID) (pbx.UserID, pbx.GroupID) {
	switch book {
	case "office":
		return "", ""
	case "group":
		return "", group
	}
	return v.who.User, ""
}

func (b *contactBody) read(v *visit) command.Contact {
	c := command.Contact{Name: b.Name, Company: b.Company, Email: b.Email, Note: b.Note}
	if b.Numbers != nil {
		list := []pbx.ContactNumber{}
		for _, n := range *b.Numbers {
			list = append(list, pbx.ContactNumber(n))
		}
		c.Numbers = &list
	}
	if b.Book != nil {
		u, g := v.books(*b.Book, b.Group)
		c.User, c.Group = &u, &g
	}
	return c
}

type newContact struct {
	Body contactBody
}

func (s *Server) createContact(ctx context.Context, v *visit, in *newContact) (Contact, error) {
	if in.Body.Book == nil {
		own := "own"
		in.Body.Book = &own
	}
	made, err := s.made(ctx, v, command.CreateContact{Contact: in.Body.read(v)}, false)
	if err != nil {
		return Contact{}, err
	}
	return v.contact(v.s.Contacts[pbx.ContactID(made.ID)]), nil
}

type contactIn struct {
	Contact string `path:"contact"`
}

type editContact struct {
	Contact string `path:"contact"`
	Match   string `header:"If-Match" doc:"revision that was shown"`
	Body    contactBody
}

func (s *Server) patchContact(ctx context.Context, v *visit, in *editContact) (Contact, error) {
	c := v.s.Contacts[pbx.ContactID(in.Contact)]
	if !v.seesContact(c) {
		return Contact{}, missing()
	}
	if _, err := s.do(ctx, v, matching(pbx.KindContact, in.Contact, in.Match, in.Body.Revision, command.EditContact{ID: c.ID, Contact: in.Body.read(v)})); err != nil {
		return Contact{}, err
	}
	return v.contact(v.s.Contacts[c.ID]), nil
}

func (s *Server) deleteContact(ctx context.Context, v *visit, in *contactIn) error {
	c := v.s.Contacts[pbx.ContactID(in.Contact)]
	if !v.seesContact(c) {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteContact{ID: c.ID})
	return err
}

// ContactImport is what a file of contacts does, or would do.
type ContactImport struct {
	Lines    int              `json:"lines"`
	Added    int              `json:"added"`
	Changed  int              `json:"changed"`
	Problems []ContactProblem `json:"problems" nullable:"false" doc:"the first hundred; with any, nothing is written"`
}

// ContactProblem is a line that cannot be taken.
type ContactProblem struct {
	Line int    `json:"line"`
	Name string `json:"name,omitempty"`
	Text string `json:"text"`
}

type importContacts struct {
	Dry     bool        `query:"dry" doc:"only say what would happen"`
	Book    string      `query:"book" enum:",own,group,office" doc:"whose phone book; absent: one's own"`
	Group   pbx.GroupID `query:"group" doc:"with book group: whose"`
	RawBody []byte      `contentType:"text/csv"`
}

// importContacts adds a file to a phone book, whole or not at all.
func (s *Server) importContacts(ctx context.Context, v *visit, in *importContacts) (ContactImport, error) {
	rows, err := command.ReadContacts(in.RawBody)
	if err != nil {
		return ContactImport{}, err
	}
	user, group := v.books(in.Book, in.Group)
	carry := s.c.Desk.Do
	if in.Dry {
		carry = s.c.Desk.Try
	}
	r, err := carry(ctx, v.who, command.ImportContacts{Rows: rows, User: user, Group: group})
	out := ContactImport{Lines: len(rows), Problems: []ContactProblem{}}
	for i := range rows {
		if p := rows[i].Problem; p != nil && len(out.Problems) < 100 {
			out.Problems = append(out.Problems, ContactProblem{rows[i].Line, rows[i].Name, s.say(v, i18n.Text{Key: p.Text.Key, Args: p.Text.Args})})
		}
	}
	if err != nil {
		if len(out.Problems) > 0 && in.Dry {
			return out, nil
		}
		return ContactImport{}, err
	}
	for _, d := range r.Differences {
		if d.Before == nil {
			out.Added++
		} else {
			out.Changed++
		}
	}
	return out, nil
}
