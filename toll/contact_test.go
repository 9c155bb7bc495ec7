package toll

import (
	"testing"

	"tandem/number"
	"tandem/pbx"
)

// "Only numbers from the phone book" opens those that stand in the payer's own book, in one of his groups or of those above, or in the office's – and no book of
// others (B-016).
func TestOnlyContacts(t *testing.T) {
	s := office(t, everybody(pbx.TollRule{Effect: pbx.TollAllow, Contacts: true}))
	book := func(id pbx.ContactID, u pbx.UserID, g pbx.GroupID, number string) *pbx.Contact {
		return &pbx.Contact{ID: id, Name: string(id), User: u, Group: g, Numbers: []pbx.ContactNumber{{Number: number}}}
	}
	s, err := s.Apply(pbx.Change{Put: []pbx.Noun{book("con_1", "", "", "+4930111111"), book("con_2", "usr_bob", "", "+4930222222"), book("con_3", "", "grp_sales", "+48221234567"),
		book("con_4", "usr_alice", "", "+4930333333"), book("con_5", "", "", "+499001234567"), book("con_6", "usr_bob", "", "+4930111111")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		who     pbx.UserID
		dialled string
		want    Code
	}{
		{"usr_bob", "030 111111", Allowed}, {"usr_alice", "030 111111", Allowed},
		{"usr_bob", "030 222222", Allowed}, {"usr_alice", "030 222222", Stranger},
		{"usr_bob", "+48 22 1234567", Allowed}, {"usr_alice", "+48 22 1234567", Stranger}, // bob is below sales
		{"usr_bob", "030 333333", Stranger}, {"usr_bob", "030 999999", Stranger},
		{"usr_bob", "0900 1234567", Missing}, // a rule has to name the pricy kinds
		{"usr_bob", "112", Emergency},
	} {
		if v := Decide(s, Question{Payer: tt.who, To: number.Read("DE", tt.dialled), At: noon}); v.Code != tt.want {
			t.Errorf("%s to %s: %s, want %s", tt.who, tt.dialled, v.Code, tt.want)
		}
	}
	if c := s.ContactFor("usr_bob", "+4930111111", noon); c == nil || c.ID != "con_6" {
		t.Errorf("one's own book comes first: %+v", c)
	}
	if n := testing.AllocsPerRun(100, func() {
		Decide(s, Question{Payer: "usr_bob", To: number.Number{E164: "+48221234567", Class: number.International, Country: "PL"}, At: noon})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
