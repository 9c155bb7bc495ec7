package command

import (
	"strings"
	"testing"

	"tandem/event"
	"tandem/pbx"
)

// A link from end to end: who may make it, what its address may be, and that nothing is left of an old address (X-031…X-042, C-7).
func TestTalkLinks(t *testing.T) {
	o := full(t)
	olga, mark, uwe, mia := o.actor("olga"), o.actor("mark"), o.actor("uwe"), o.actor("mia")
	name, slug, sales := "Sales", "northwind-sales", o.group("sales")
	queue := o.must(olga, CreateQueue{Queue: Queue{Name: &name, Group: &sales}}).Object.ID
	to := pbx.Destination{Kind: pbx.ToQueue, ID: queue}
	in := CreateTalkLink{Talk: Talk{Name: &name, Slug: &slug, Group: &sales, To: &to}}
	o.refused(uwe, in, pbx.Denied)
	id := pbx.TalkLinkID(o.must(mark, in).Object.ID)
	o.refused(mark, in, pbx.Conflict) // the address is taken
	other := "northwind-retail"
	o.refused(mark, CreateTalkLink{Talk: Talk{Name: &name, Slug: &other, To: &to}}, pbx.NotFound) // the company's are not his
	elsewhere := pbx.Destination{Kind: pbx.ToUser, ID: string(mia.User)}
	o.refused(mark, EditTalkLink{ID: id, Talk: Talk{To: &elsewhere}}, pbx.NotFound) // nor are people of others
	outside := pbx.Destination{Kind: pbx.ToOutside, Number: "+4930123456"}
	o.refused(olga, EditTalkLink{ID: id, Talk: Talk{To: &outside}}, pbx.Invalid)
	on := true
	if l := o.view().TalkLinks[id]; l.Outside || l.Off || l.To != to || o.view().Talk("Northwind-Sales", o.now) != l {
		t.Errorf("%+v", l)
	}
	o.refused(uwe, EditTalkLink{ID: id, Talk: Talk{Outside: &on}}, pbx.Denied)

	// Another name is another address, and so is a secret.
	changed := o.must(mark, EditTalkLink{ID: id, Talk: Talk{Slug: &other}})
	if changed.Facts[0].Kind != event.TalkLinkRenewed || o.view().Talk(slug, o.now) != nil || o.view().Talk(other, o.now) == nil {
		t.Errorf("%s", changed.Facts[0].Kind)
	}
	renewed := o.must(mark, RenewTalkLink{ID: id})
	if l := o.view().Talk(renewed.Secret, o.now); l == nil || l.ID != id || len(renewed.Secret) < 32 || o.view().Talk(other, o.now) != nil || o.view().Talk(l.Hash, o.now) != nil {
		t.Errorf("secret %q", renewed.Secret)
	}
	if strings.Contains(string(renewed.Facts[0].After), o.view().TalkLinks[id].Hash) {
		t.Error("the hash stands in the log")
	}
	o.refused(olga, Undo{Facts: renewed.Facts}, pbx.Conflict)
	off := o.must(mark, EditTalkLink{ID: id, Talk: Talk{Off: &on}})
	o.refused(uwe, Undo{Facts: off.Facts}, pbx.Denied)
	o.must(mark, Undo{Facts: off.Facts})
	if l := o.view().TalkLinks[id]; l.Off || o.view().Talk(renewed.Secret, o.now) != l {
		t.Errorf("undone: %+v", l)
	}
	o.refused(uwe, DeleteTalkLink{ID: id}, pbx.Denied)
	o.must(mark, DeleteTalkLink{ID: id})
}

// The company lets people have links: everybody gets one, new people too, and each changes his own and nobody else's; it dies with its person.
func TestPersonalTalkLinks(t *testing.T) {
	o := full(t)
	olga, uwe, mark := o.actor("olga"), o.actor("uwe"), o.actor("mark")
	on, off := true, false
	if len(o.view().TalkLinks) != 0 {
		t.Fatal("people have links before the company wants them")
	}
	o.refused(mark, EditSettings{Talk: &on}, pbx.Denied)
	room := pbx.UserID(o.must(olga, CreateUser{Person: Person{Name: "Room 7", Email: "room7@example.com"}}).Object.ID)
	o.must(olga, AddGuestRoom{room})
	o.must(olga, EditSettings{Talk: &on})
	for id, u := range o.view().Users {
		if l := o.view().TalkOf(id); id == room {
			if l != nil {
				t.Errorf("a guest room has the public address %s", l.Slug)
			}
		} else if l == nil || l.Name != u.Name || l.Slug == "" || !o.view().Validity(l, o.now).Contains(o.now) {
			t.Errorf("%s: %+v", u.Name, l)
		}
	}
	for name, slug := range map[string]string{"Jörg Müller": "jorg.muller", "Łucja Żak": "lucja.zak", "Юлия Кузнецова": "", "Ad Min": ""} {
		made := o.must(olga, CreateUser{Person: Person{Name: name, Email: strings.ReplaceAll(slugOf(name), ".", "") + "x@example.com"}})
		l := o.view().TalkOf(pbx.UserID(made.Object.ID))
		if l == nil || slug != "" && l.Slug != slug || pbx.CheckSlug(l.Slug) != nil {
			t.Errorf("%s: %+v", name, l)
		}
	}
	again := o.must(olga, CreateUser{Person: Person{Name: "Jorg Muller", Email: "other@example.com"}})
	if l := o.view().TalkOf(pbx.UserID(again.Object.ID)); l.Slug != "jorg.muller-2" {
		t.Errorf("%+v", l)
	}
	mine := o.view().TalkOf(uwe.User).ID
	short, elsewhere := "uwe.direct", pbx.Destination{Kind: pbx.ToUser, ID: string(mark.User)}
	o.must(uwe, EditTalkLink{ID: mine, Talk: Talk{Slug: &short}})
	o.refused(uwe, EditTalkLink{ID: mine, Talk: Talk{To: &elsewhere}}, pbx.NotFound)
	o.refused(mark, EditTalkLink{ID: mine, Talk: Talk{To: &elsewhere}}, pbx.Invalid) // a personal link leads to its person
	o.refused(uwe, EditTalkLink{ID: o.view().TalkOf(mark.User).ID, Talk: Talk{Off: &on}}, pbx.NotFound)
	o.refused(uwe, CreateTalkLink{User: uwe.User}, pbx.Conflict)

	o.must(olga, EditSettings{Talk: &off})
	if l := o.view().TalkLinks[mine]; l == nil || o.view().Validity(l, o.now).Contains(o.now) {
		t.Errorf("still open: %+v", l)
	}
	o.must(olga, DeleteUser{User: uwe.User})
	if o.view().TalkLinks[mine] != nil {
		t.Error("the link outlives its person")
	}
}
