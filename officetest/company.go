package officetest

import (
	"context"
	"fmt"
	"strings"

	"tandem/command"
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

// Populate adds groups, people and a phone each, as the owner would, and gives the phones to the exchange.
// Everybody but the owner gets one phone; the first three get a second.
func Populate(ctx context.Context, desk *command.Desk, owner pbx.Actor, x *Exchange) (map[string][]*Phone, error) {
	phones := map[string][]*Phone{} // by extension
	groups := map[string]pbx.GroupID{}
	count := 0
	for _, d := range company {
		made, err := desk.Do(ctx, owner, command.CreateGroup{Name: d.name, Parent: groups[d.parent], Zone: d.zone})
		if err != nil {
			return nil, fmt.Errorf("group %s: %w", d.name, err)
		}
		group := pbx.GroupID(made.Object.ID)
		groups[d.name] = group
		for i, name := range d.people {
			role := pbx.RoleID("user")
			switch {
			case d.name == "Front desk":
				role = "receptionist"
			case i == 0:
				role = "manager"
			}
			count++
			made, err := desk.Do(ctx, owner, command.CreateUser{Person: command.Person{
				Name: name, Email: fmt.Sprintf("%s.%d@company.example", mailbox(name), count), Groups: []command.Place{{Group: group, Role: role}},
			}})
			if err != nil {
				return nil, fmt.Errorf("person %s: %w", name, err)
			}
			user := made.Snapshot.Users[pbx.UserID(made.Object.ID)]
			kinds := []pbx.DeviceKind{pbx.DeviceDesk}
			if count <= 3 {
				kinds = append(kinds, pbx.DeviceSoft)
			}
			for _, kind := range kinds {
				made, err := desk.Do(ctx, owner, command.CreateDevice{User: user.ID, Name: map[pbx.DeviceKind]string{pbx.DeviceDesk: "Desk phone", pbx.DeviceSoft: "Laptop"}[kind], Kind: kind})
				if err != nil {
					return nil, fmt.Errorf("phone of %s: %w", name, err)
				}
				device := made.Snapshot.Devices[pbx.DeviceID(made.Object.ID)]
				phones[user.Extension] = append(phones[user.Extension], x.Add(device.Username, made.Secret))
			}
		}
	}
	if err := conference(ctx, desk, owner); err != nil {
		return nil, err
	}
	return phones, supportLine(ctx, desk, owner, groups["Support"])
}

// Conference is the number of the canned company's conference room.
const Conference = "790"

// conference adds a conference room without a PIN.
func conference(ctx context.Context, desk *command.Desk, owner pbx.Actor) error {
	name, extension := "Weekly", Conference
	if _, err := desk.Do(ctx, owner, command.CreateRoom{Room: command.Room{Name: &name, Extension: &extension}}); err != nil {
		return fmt.Errorf("conference room %s: %w", name, err)
	}
	return nil
}

// SupportLine is the number of the canned company's queue.
const SupportLine = "700"

// supportLine adds a queue that everybody of a department serves.
func supportLine(ctx context.Context, desk *command.Desk, owner pbx.Actor, group pbx.GroupID) error {
	name, extension, strategy, wrapUp, every, tell, escalate := "Support line", SupportLine, pbx.ServeIdle, 15, 30, true, 60
	var agents []pbx.QueueAgent
	s, _ := desk.Directory.View()
	for _, m := range s.Members(group)[1:] { // the first leads it, and helps when it takes long
		agents = append(agents, pbx.QueueAgent{User: m.User})
	}
	_, err := desk.Do(ctx, owner, command.CreateQueue{Queue: command.Queue{Name: &name, Extension: &extension, Group: &group, Strategy: &strategy,
		Agents: &agents, WrapUp: &wrapUp, Every: &every, Tell: &tell, Escalate: &escalate}})
	if err != nil {
		return fmt.Errorf("queue %s: %w", name, err)
	}
	return nil
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
