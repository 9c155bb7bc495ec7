package officetest

import (
	"context"
	"fmt"

	"tandem/command"
	"tandem/hours"
	"tandem/i18n"
	"tandem/pbx"
)

// The numbers of the canned company inside the house.
const (
	SupportLine = "700" // a queue
	SalesLine   = "710" // a ring group
	FrontDesk   = "720" // a ring group
	MainMenu    = "730" // a menu
	Parking     = "750" // the first position
	Conference  = "790" // a conference room
)

// lines begins every number of the canned company, as the German regulator keeps them free for stories; an extension follows.
const lines = "+493023125"

// customer is somebody outside who calls the canned company and is called by it.
type customer struct{ name, company, number string }

// customers are the people outside; their numbers belong to nobody in Germany and Great Britain. The Polish and the Austrian one are answered by the
// simulated carrier, like all of them.
var customers = []customer{
	{"Anja Wolff", "Wolff & Söhne", "+494066969120"},
	{"Henning Carstens", "Nordhafen Logistik", "+494066969415"},
	{"Sabine Huber", "Huber Metallbau", "+498999998230"},
	{"Cem Yıldız", "Yıldız Elektro", "+496990009310"},
	{"Clara Fontane", "Fontane Möbel", "+492214710555"},
	{"Tobias Renner", "", "+4915228817386"},
	{"Lena Hofmann", "", "+491713920042"},
	{"Arthur Pemberton", "Pemberton Tools", "+442079460120"},
	{"Jadwiga Zielińska", "Stalmax", "+48221234567"},
	{"Franz Gruber", "Gruber Holz", "+4315123456"},
}

// furnisher gives the canned company what an office has beside people. The first thing that is refused ends it.
type furnisher struct {
	ctx    context.Context // of the whole founding
	desk   *command.Desk
	owner  pbx.Actor
	words  *i18n.Catalog
	groups map[string]pbx.GroupID
	err    error
}

// do carries out one command as the owner and returns what it was about.
func (f *furnisher) do(what string, c command.Command) pbx.Ref {
	if f.err != nil {
		return pbx.Ref{}
	}
	made, err := f.desk.Do(f.ctx, f.owner, c)
	if err != nil {
		f.err = fmt.Errorf("%s: %w", what, err)
		return pbx.Ref{}
	}
	return made.Object
}

// group is a department as something that a rule is put on.
func (f *furnisher) group(name string) pbx.Ref {
	return pbx.Ref{Kind: pbx.KindGroup, ID: string(f.groups[name])}
}

func (f *furnisher) snapshot() *pbx.Snapshot { s, _ := f.desk.Directory.View(); return s }

// person finds somebody by his name.
func (f *furnisher) person(name string) *pbx.User {
	for _, u := range f.snapshot().Users {
		if u.Name == name {
			return u
		}
	}
	f.err = fmt.Errorf("nobody is called %s", name)
	return &pbx.User{}
}

// furnish gives the company its hours, numbers inside and outside, a line to the carrier at an address, prices, limits, and a phone book.
func (f *furnisher) furnish(carrier string) {
	f.hours()
	to := f.inside()
	f.outside(carrier, to)
	f.limits()
	f.habits(to)
}

// hours: sales and the workshop close; who answers the phones for all does not.
func (f *furnisher) hours() {
	week := func(text string) (w hours.Week) {
		spans, err := hours.ParseSpans(text)
		if err != nil {
			f.err = err
		}
		for day := 1; day <= 5; day++ {
			w[day] = spans
		}
		return w
	}
	for _, t := range []struct{ group, zone, country, region, open, breaks string }{
		{"Sales", "Europe/Berlin", "DE", "BE", "08:00-18:00", ""},
		{"Workshop", "Europe/Warsaw", "PL", "", "07:00-16:00", "12:00-12:30"},
	} {
		s := hours.Schedule{Open: week(t.open)}
		if t.breaks != "" {
			s.Breaks = week(t.breaks)
		}
		for _, p := range hours.PublicHolidays(t.country, t.region, f.snapshot().Tenant.Claimed.Year()) {
			s.Holidays = append(s.Holidays, hours.Holiday{Name: f.words.Say(f.snapshot().Tenant.Language, i18n.T("holiday."+p.Key)), On: p.On})
		}
		f.do("hours of "+t.group, command.SetHours{Keeper: pbx.HoursID(f.groups[t.group]), Zone: t.zone, Schedule: s})
	}
}

// inside makes what can be dialled beside people, and says where each is.
func (f *furnisher) inside() map[string]pbx.Destination {
	to := map[string]pbx.Destination{}
	support := f.groups["Support"]
	var agents []pbx.QueueAgent
	for _, m := range f.snapshot().Members(support)[1:] { // the first leads it, and helps when it takes long
		agents = append(agents, pbx.QueueAgent{User: m.User})
	}
	made := f.do("support line", command.CreateQueue{Queue: command.Queue{Name: new("Support line"), Extension: new(SupportLine), Group: &support, Strategy: new(pbx.ServeIdle),
		Agents: &agents, WrapUp: new(15), Every: new(30), Tell: new(true), Escalate: new(60)}})
	to[SupportLine] = pbx.Destination{Kind: pbx.ToQueue, ID: made.ID}
	f.do("recording of the support line", command.SetRecordRule{ID: pbx.RecordRuleID(made.ID), Mode: new(pbx.RecordAlways), Notice: new(pbx.RecordTell)})

	sales, desk := f.groups["Sales"], f.groups["Front desk"]
	made = f.do("sales line", command.CreateRing{Ring: command.Ring{Name: new("Sales"), Group: &sales, Extension: new(SalesLine), Strategy: new(pbx.RingRested), Ring: new(15),
		Members: &[]pbx.Ref{f.group("Sales"), f.group("Sales North")}, NoAnswer: &pbx.Destination{Kind: pbx.ToMailbox, ID: string(sales)}}})
	to[SalesLine] = pbx.Destination{Kind: pbx.ToRing, ID: made.ID}
	made = f.do("front desk", command.CreateRing{Ring: command.Ring{Name: new("Front desk"), Group: &desk, Extension: new(FrontDesk), Strategy: new(pbx.RingAll), Ring: new(20),
		Members: &[]pbx.Ref{f.group("Front desk")}, NoAnswer: &pbx.Destination{Kind: pbx.ToMailbox, ID: string(desk)}}})
	to[FrontDesk] = pbx.Destination{Kind: pbx.ToRing, ID: made.ID}

	made = f.do("main menu", command.CreateMenu{Menu: command.Menu{Name: new("Welcome"), Extension: new(MainMenu), Dial: new(true), Rounds: new(1),
		Says: &[]pbx.Saying{{Language: "en", Text: "Welcome to Northwind Workshop. For sales press 1, for support 2. Or dial an extension."}},
		Keys: &[]pbx.MenuKey{{Key: "1", To: to[SalesLine]}, {Key: "2", To: to[SupportLine]}, {Key: "0", To: to[FrontDesk]}}, Silent: new(to[FrontDesk]), Wrong: new(to[FrontDesk])}})
	to[MainMenu] = pbx.Destination{Kind: pbx.ToMenu, ID: made.ID}
	f.do("parking", command.CreatePark{Park: command.Park{Name: new("Parking"), Extension: new(Parking), Slots: new(5)}})
	f.do("conference room", command.CreateRoom{Room: command.Room{Name: new("Weekly"), Extension: new(Conference)}})
	return to
}

// outside connects the carrier: a line, the company's numbers, and what calls cost.
func (f *furnisher) outside(carrier string, to map[string]pbx.Destination) {
	trunk := pbx.TrunkID(f.do("line", command.CreateTrunk{Trunk: command.Trunk{Name: new("Carrier"), Host: &carrier, Transport: new("udp"), Trusted: new(true), Calls: new(20),
		Shows: new(lines + MainMenu)}}).ID)
	f.do("way out", command.CreateOutRoute{OutRoute: command.OutRoute{Name: new("Everything"), Trunks: &[]pbx.Way{{Trunk: trunk}}}})
	for _, n := range []struct{ extension, name string }{{SupportLine, "Support"}, {SalesLine, "Sales"}, {MainMenu, "Company"}} {
		f.do("number of "+n.name, command.CreateDID{DID: command.DID{Number: new(lines + n.extension), Name: &n.name, To: new(to[n.extension]), Shown: new(n.extension == MainMenu)}})
	}
	for _, name := range []string{"Mark Brandt", "Dora Keller"} {
		u := f.person(name)
		f.do("number of "+name, command.CreateDID{DID: command.DID{Number: new(lines + u.Extension), Name: new(name),
			To: &pbx.Destination{Kind: pbx.ToUser, ID: string(u.ID)}, Shown: new(true)}})
	}
	var prices []command.DeckRow
	for i, r := range []pbx.Rate{
		{Prefix: "49", Name: "Germany", Minute: 12_000}, {Prefix: "4915", Name: "Germany mobile", Minute: 79_000}, {Prefix: "4916", Name: "Germany mobile", Minute: 79_000},
		{Prefix: "4917", Name: "Germany mobile", Minute: 79_000}, {Prefix: "44", Name: "United Kingdom", Minute: 19_000}, {Prefix: "447", Name: "United Kingdom mobile", Minute: 149_000},
		{Prefix: "48", Name: "Poland", Minute: 24_000}, {Prefix: "43", Name: "Austria", Minute: 29_000, Setup: 50_000, Increment: 60},
	} {
		prices = append(prices, command.DeckRow{Line: i + 2, Rate: r})
	}
	f.do("prices", command.ImportDeck{Deck: command.Deck{Name: new("Carrier, this year"), Trunk: &trunk, Currency: new("EUR")}, Rows: prices})
	for _, c := range customers {
		kind := "work"
		if c.company == "" {
			kind = "mobile"
		}
		f.do("contact "+c.name, command.CreateContact{Contact: command.Contact{Name: new(c.name), Company: new(c.company), Numbers: &[]pbx.ContactNumber{{Number: c.number, Kind: kind}}}})
	}
}

// limits say what may be called and what it may cost.
func (f *furnisher) limits() {
	office := pbx.Ref{Kind: pbx.KindSettings, ID: "office"}
	f.do("where everybody calls", command.CreateRestriction{Restriction: command.Restriction{Name: new("Our neighbours"), On: &[]pbx.Ref{office}, Rules: &[]pbx.TollRule{
		pbx.Basic(),
		{Effect: pbx.TollAllow, Classes: []string{"international"}, Countries: []string{"AT", "GB", "PL"}},
		{Effect: pbx.TollLimit, Minutes: 90}}}})
	workshop := f.groups["Workshop"]
	f.do("where the workshop calls", command.CreateRestriction{Restriction: command.Restriction{Name: new("Workshop"), Group: &workshop, On: &[]pbx.Ref{f.group("Workshop")}, Rules: &[]pbx.TollRule{
		{Effect: pbx.TollDeny, Classes: []string{"international"}, When: pbx.TollClosed},
		{Effect: pbx.TollLimit, Classes: []string{"mobile"}, Minutes: 20}}}})
	for _, b := range []command.Budget{
		{Name: new("Company"), On: &office, Limit: new(int64(400_00)), Marks: &[]int{50, 80, 100}},
		{Name: new("Sales"), On: new(f.group("Sales")), Limit: new(int64(120_00)), Report: new(true)},
		{Name: new("Everybody"), On: &office, Each: new(true), Limit: new(int64(2_00)), Period: new(pbx.PeriodDay)},
		{Name: new("Talk of the workshop"), On: new(f.group("Workshop")), Measure: new(pbx.MeasureTime), Limit: new(int64(300)), Period: new(pbx.PeriodWeek)},
	} {
		f.do("budget", command.CreateBudget{Budget: b})
	}
}

// habits are what people set for themselves.
func (f *furnisher) habits(to map[string]pbx.Destination) {
	mark, mia := f.person("Mark Brandt"), f.person("Mia Novák")
	eva := pbx.Destination{Kind: pbx.ToUser, ID: string(f.person("Eva Lindqvist").ID)}
	f.do("mobile of Mark", command.EditUser{User: mark.ID, Mobile: new("+491713920003")})
	f.do("forwarding of Mark", command.SetForwarding{User: mark.ID, Profiles: map[pbx.Status]pbx.Profile{
		pbx.StatusAvailable: unreached(20, mark, eva),
		pbx.StatusAway:      {Message: "At a customer's", Always: pbx.Case{Inside: pbx.Destination{Kind: pbx.ToMobile}, Outside: &eva}}}})
	f.do("forwarding of Mia", command.SetForwarding{User: mia.ID, Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: unreached(30, mia, to[SupportLine])}})
}

// unreached sends colleagues who do not reach somebody to his mailbox, and callers from outside to another.
func unreached(seconds int, u *pbx.User, outside pbx.Destination) pbx.Profile {
	c := pbx.Case{Inside: pbx.Destination{Kind: pbx.ToMailbox, ID: string(u.ID)}, Outside: &outside}
	return pbx.Profile{Ring: seconds, NoAnswer: c, Busy: c, Offline: c}
}

// department adds a group.
func (f *furnisher) department(name, parent, zone string) pbx.GroupID {
	f.groups[name] = pbx.GroupID(f.do("group "+name, command.CreateGroup{Name: name, Parent: f.groups[parent], Zone: zone}).ID)
	return f.groups[name]
}

// hire adds a person and says his extension.
func (f *furnisher) hire(p command.Person) string {
	made := f.do("person "+p.Name, command.CreateUser{Person: p})
	if u := f.snapshot().Users[pbx.UserID(made.ID)]; u != nil {
		return u.Extension
	}
	return ""
}

// phone gives the person with an extension a phone at the exchange.
func (f *furnisher) phone(x *Exchange, extension, name string, kind pbx.DeviceKind) *Phone {
	user, _ := f.snapshot().ByExtension(extension)
	if f.err != nil {
		return nil
	}
	made, err := f.desk.Do(f.ctx, f.owner, command.CreateDevice{User: pbx.UserID(user.ID), Name: name, Kind: kind})
	if err != nil {
		f.err = fmt.Errorf("phone of %s: %w", extension, err)
		return nil
	}
	return x.Add(made.Snapshot.Devices[pbx.DeviceID(made.Object.ID)].Username, made.Secret)
}

// rooms adds rooms for guests, each with a phone; in the first two somebody stays.
func (f *furnisher) rooms(x *Exchange) (phones []*Phone) {
	group := f.department("Guest rooms", "", "")
	for i, guest := range []string{"Ingrid Solberg", "Marek Nowicki", "", ""} {
		name, extension := fmt.Sprintf("Room %d", i+1), fmt.Sprint(201+i)
		made := f.do(name, command.CreateUser{Person: command.Person{Name: name, Email: fmt.Sprintf("room.%d@company.example", i+1), Extension: &extension, Groups: []command.Place{{Group: group, Role: "user"}}}})
		id := pbx.UserID(made.ID)
		f.do(name, command.AddGuestRoom{User: id})
		if guest != "" {
			f.do(guest, command.CheckIn{User: id, Guest: guest, Until: f.snapshot().Tenant.Claimed.AddDate(0, 0, 2+i)})
		}
		phones = append(phones, f.phone(x, extension, "Room phone", pbx.DeviceDesk))
	}
	return phones
}
