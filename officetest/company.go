package officetest

import (
	"context"
	"fmt"
	"strings"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
)

// department is a group of the canned company with the people who work there: the first manages it.
type department struct {
	name, parent string
	zone         string
	people       []string
}

// company is who works at the canned company. The owner is not in the list.
var company = []department{
	{"Front desk", "", "", []string{"Rita Falk", "Jonas Weber"}},
	{"Sales", "", "", []string{"Mark Brandt", "Eva Lindqvist", "Uwe Kessler", "Nina Sørensen", "Paweł Zieliński", "Katarzyna Wójcik"}},
	{"Sales North", "Sales", "", []string{"Greta Hansen", "Kai Petersen", "Björn Ahlström"}},
	{"Support", "", "", []string{"Mia Novák", "Dora Keller", "Иван Петров", "Анна Соколова", "Budi Santoso", "Siti Rahmawati", "Tomasz Lewandowski"}},
	{"Workshop", "", "Europe/Warsaw", []string{"Gabi Schulz", "Otto Maier", "Łukasz Dąbrowski", "Olena Kravchenko", "Dewi Lestari", "Pete O'Brien"}},
}

// Owner is the canned company's first account.
const (
	OwnerName  = "Olga Nowak"
	OwnerEmail = "olga@company.example"
)

// Claim is how the canned company's office is set up.
func Claim() command.Claim {
	return command.Claim{Name: OwnerName, Email: OwnerEmail, Company: "Northwind Workshop", Country: "DE", Zone: "Europe/Berlin", Language: "en", Digits: 3}
}

// Company is the canned company with the phones of its people, of its guests, and of people outside.
type Company struct {
	Phones    map[string][]*Phone // of people, by extension
	Guests    []*Phone
	Customers map[string]*Phone // at the carrier, by number
}

// Found sets the company up as its owner would: groups, people with a phone each, what callers reach, a line to the carrier, limits. The phones go to the exchange,
// those of people outside to the carrier. Everybody but the owner gets one phone; the first three get a second.
func Found(ctx context.Context, desk *command.Desk, owner pbx.Actor, x, carrier *Exchange) (*Company, error) {
	words, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	c := &Company{Phones: map[string][]*Phone{}, Customers: map[string]*Phone{}}
	f := &furnisher{ctx: ctx, desk: desk, owner: owner, words: words, groups: map[string]pbx.GroupID{}}
	count := 0
	for _, d := range company {
		group := f.department(d.name, d.parent, d.zone)
		for i, name := range d.people {
			role := pbx.RoleID("user")
			switch {
			case d.name == "Front desk":
				role = "receptionist"
			case i == 0:
				role = "manager"
			}
			count++
			extension := f.hire(command.Person{Name: name, Email: fmt.Sprintf("%s.%d@company.example", mailbox(name), count), Groups: []command.Place{{Group: group, Role: role}}})
			phones := []*Phone{f.phone(x, extension, "Desk phone", pbx.DeviceDesk)}
			if count <= 3 {
				phones = append(phones, f.phone(x, extension, "Laptop", pbx.DeviceSoft))
			}
			c.Phones[extension] = phones
		}
	}
	c.Guests = f.rooms(x)
	for _, outside := range customers {
		c.Customers[outside.number] = carrier.Add(outside.number, "")
	}
	f.furnish(carrier.local.String())
	return c, f.err
}

// mailbox makes the ASCII letters of a first name into a mailbox name.
func mailbox(name string) string {
	first, _, _ := strings.Cut(name, " ")
	b := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(first))
	if b == "" {
		return "colleague"
	}
	return b
}
