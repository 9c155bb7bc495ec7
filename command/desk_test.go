package command

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tandem/event"
	"tandem/pbx"
)

func TestClaimMakesAnOffice(t *testing.T) {
	o := fresh(t)
	before := o.view()
	r := o.must(system, Claim{Name: "Olga", Email: "olga@example.com", Company: "Example", Country: "de", Zone: "Europe/Berlin", Language: "de", Digits: 2})
	o.wrote(before, []event.Kind{event.SetupClaimed, event.GroupCreated, event.UserCreated, event.MembershipCreated, event.AssignmentCreated})
	u := r.Snapshot.ByEmail("olga@example.com")
	if u == nil || u.Extension != "10" {
		t.Fatalf("first person %+v", u)
	}
	if a := r.Snapshot.AssignmentsOf(u.ID); len(a) != 1 || a[0].Role != "system_owner" {
		t.Errorf("assignments %+v", a)
	}
	if r.Snapshot.Tenant.Country != "DE" || r.Snapshot.DefaultGroup() == "" {
		t.Errorf("office %+v", r.Snapshot.Tenant)
	}
}

func TestSecretsAreShownOnceAndKeptNowhere(t *testing.T) {
	o := full(t)
	d := o.must(o.actor("uwe"), CreateDevice{User: o.user("uwe"), Name: "Laptop"})
	device := d.Snapshot.Devices[pbx.DeviceID(d.Object.ID)]
	if len(d.Secret) < 26 {
		t.Errorf("secret %q carries less than 128 bits", d.Secret)
	}
	if m, s := pbx.HA1(device.Username, d.Secret); m != device.MD5 || s != device.SHA256 {
		t.Error("the hashes are not those of the secret")
	}
	if device.Username == "" || strings.Contains(device.Username, o.view().Users[o.user("uwe")].Extension) && len(device.Username) < 10 {
		t.Errorf("user name %q can be guessed", device.Username)
	}
	again := o.must(o.actor("uwe"), RenewSecret{device.ID})
	if again.Secret == d.Secret || again.Snapshot.Devices[device.ID].Username != device.Username {
		t.Error("a renewed secret is another one, for the same user name")
	}
	if again.Facts[0].Kind != event.DeviceSecretRenewed {
		t.Errorf("fact %s", again.Facts[0].Kind)
	}
	token := o.must(o.actor("olga"), CreateToken{User: o.user("olga"), Name: "Script"})
	kept := token.Snapshot.ByTokenHash(pbx.HashSecret(token.Secret))
	if kept == nil || !strings.HasPrefix(token.Secret, TokenPrefix+"") || !strings.HasPrefix(token.Secret, kept.Prefix) {
		t.Fatalf("token %+v of %q", kept, token.Secret)
	}
	log, err := o.tenant.After(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range log {
		for _, secret := range []string{d.Secret, again.Secret, token.Secret, device.MD5, device.SHA256, kept.Hash} {
			if bytes.Contains(f.Before, []byte(secret)) || bytes.Contains(f.After, []byte(secret)) || bytes.Contains(f.Data, []byte(secret)) {
				t.Errorf("fact %s holds a secret", f.Kind)
			}
		}
	}
	dry, err := o.Try(context.Background(), o.actor("uwe"), CreateDevice{User: o.user("uwe"), Name: "Laptop"})
	if err != nil || dry.Secret != "" {
		t.Error("a dry run shows no secret")
	}
}

// TestMailPasswordStaysWithItsServer changes the way out as somebody would who wants to read the password he was never shown.
func TestMailPasswordStaysWithItsServer(t *testing.T) {
	for _, c := range []struct {
		name string
		edit EditMail
		want string
		left string
	}{
		{"another sender", EditMail{From: p("office@example.com")}, "ok", "kept"},
		{"the same server again", EditMail{Host: p("mail.example.com"), Port: p(587)}, "ok", "kept"},
		{"another server", EditMail{Host: p("evil.example.net")}, "invalid mail.password_again @mail.password", "kept"},
		{"another port", EditMail{Port: p(2525)}, "invalid mail.password_again @mail.password", "kept"},
		{"no encryption", EditMail{TLS: p("none")}, "invalid mail.password_again @mail.password", "kept"},
		{"another server with its password", EditMail{Host: p("new.example.net"), Password: p("new")}, "ok", "new"},
		{"another server without any", EditMail{Host: p("new.example.net"), Password: p("")}, "ok", ""},
		{"no server", EditMail{Host: p("")}, "ok", ""},
	} {
		o := full(t)
		o.must(o.actor("olga"), EditSettings{Mail: &EditMail{Host: p("mail.example.com"), Port: p(587), From: p("pbx@example.com"), User: p("pbx"), Password: p("kept")}})
		_, err := o.desk(5).Do(context.Background(), o.actor("sven"), EditSettings{Mail: &c.edit})
		if got := refused(err); got != c.want || o.view().Tenant.Mail.Password != c.left {
			t.Errorf("%s: %s, password %q", c.name, got, o.view().Tenant.Mail.Password)
		}
	}
}

func TestTokensAndPhonesActWithLess(t *testing.T) {
	o := full(t)
	token := o.must(o.actor("olga"), CreateToken{User: o.user("olga"), Name: "Script", Rights: []string{"user.create", "user.see"}})
	byToken := pbx.Actor{Kind: pbx.ActorToken, User: o.user("olga"), Token: pbx.TokenID(token.Object.ID)}
	if _, err := o.Do(context.Background(), byToken, CreateToken{User: o.user("olga"), Name: "Another"}); refused(err) != "denied denied.token" {
		t.Errorf("a token makes a token: %v", err)
	}
	if _, err := o.Do(context.Background(), byToken, EditSettings{Name: p("X")}); refused(err) != "denied denied.token" {
		t.Errorf("a token does what it does not carry: %v", err)
	}
	if _, err := o.Do(context.Background(), byToken, CreateUser{Person: Person{Name: "New", Email: "new@example.com"}}); err != nil {
		t.Errorf("a token does what it carries: %v", err)
	}
	if r := o.must(o.actor("olga"), RevokeToken{pbx.TokenID(token.Object.ID)}); r.Facts[0].Kind != event.TokenRevoked {
		t.Errorf("fact %s", r.Facts[0].Kind)
	}
	if _, err := o.Do(context.Background(), byToken, CreateUser{Person: Person{Name: "New", Email: "n2@example.com"}}); err == nil {
		t.Error("a revoked token still works")
	}
}

func TestLostUpdateIsImpossible(t *testing.T) {
	o := full(t)
	uwe := o.view().Users[o.user("uwe")]
	seen := Revision(uwe)
	change := func(name string) Command {
		return Matching{Object: uwe.Ref(), Revision: seen, Command: EditUser{User: uwe.ID, Name: &name}}
	}
	o.must(o.actor("mark"), change("First"))
	if _, err := o.Do(context.Background(), o.actor("greta"), change("Second")); refused(err) != "conflict change.somebody_else" {
		t.Errorf("got %v", err)
	}
	if o.view().Users[uwe.ID].Name != "First" {
		t.Error("the first change is lost")
	}
	if _, err := o.Do(context.Background(), o.actor("tom"), change("Third")); refused(err) != "not_found error.not_found" {
		t.Errorf("a stranger learns of a revision: %v", err)
	}
}

// TestDesksRace lets two processes work on one database: both catch up, no change is lost, no number is given twice.
func TestDesksRace(t *testing.T) {
	o := full(t)
	other := *o
	other.dir = &held{s: o.view()}
	var told sync.Mutex
	quiet := func(context.Context, []event.Fact) error { told.Lock(); defer told.Unlock(); return nil }
	desks := []*Desk{o.desk(7), other.desk(8)}
	const each = 12
	var wg sync.WaitGroup
	for i, d := range desks {
		d.Publish = quiet
		wg.Go(func() {
			for n := range each {
				who := "n" + strconv.Itoa(i) + "-" + strconv.Itoa(n)
				if _, err := d.Do(t.Context(), system, CreateUser{Person: Person{Name: who, Email: who + "@example.com"}}); err != nil {
					t.Errorf("%s: %v", who, err)
				}
			}
		})
	}
	wg.Wait()
	s, err := o.tenant.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := 11 + 2*each; len(s.Users) != want {
		t.Errorf("%d people, want %d", len(s.Users), want)
	}
	if v, err := o.tenant.Verify(t.Context()); err != nil || !v.OK {
		t.Errorf("the chain broke: %+v %v", v, err)
	}
}

func TestSuspendedAndRestored(t *testing.T) {
	o := full(t)
	r := o.must(o.actor("mark"), SuspendUser{User: o.user("uwe"), Reason: "on leave"})
	if !r.Snapshot.Users[o.user("uwe")].IsSuspended(o.now) || r.Facts[0].Reason != "on leave" {
		t.Fatalf("%+v", r.Facts[0])
	}
	if _, err := o.Do(t.Context(), o.actor("uwe"), EditUser{User: o.user("uwe"), Name: p("X")}); err == nil {
		t.Error("a suspended person changes something")
	}
	o.now = o.now.Add(1e9)
	r = o.must(o.actor("mark"), RestoreUser{User: o.user("uwe")})
	if r.Snapshot.Users[o.user("uwe")].IsSuspended(o.now) || r.Facts[0].Kind != event.UserRestored {
		t.Errorf("%+v", r.Facts)
	}
}

func TestMovedMembersKeepAMainGroup(t *testing.T) {
	o := full(t)
	o.must(o.actor("olga"), SetMember{User: o.user("kai"), Group: o.group("support"), Main: true})
	o.must(o.actor("olga"), DeleteGroup{Group: o.group("north")})
	r := o.must(o.actor("olga"), RemoveMember{User: o.user("kai"), Group: o.group("support")})
	m := r.Snapshot.MainMembership(o.user("kai"), o.now)
	if m == nil || m.Group != o.group("default") || !m.Main {
		t.Errorf("main membership %+v", m)
	}
}

func BenchmarkCreateUser(b *testing.B) {
	o := full(b)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		who := "n" + strconv.Itoa(n)
		none := ""
		o.must(system, CreateUser{Person: Person{Name: who, Email: who + "@example.com", Extension: &none}})
		o.told = nil
	}
}
