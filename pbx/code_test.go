package pbx_test

import (
	"testing"

	"tandem/pbx"
)

func TestReadCodes(t *testing.T) {
	classic, compact := pbx.Codes{}, pbx.Codes{Dialect: pbx.CodesCompact}
	own := pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeDND: "*7800", pbx.CodeEcho: ""}}
	for _, row := range []struct {
		what, dialled string
		codes         pbx.Codes
		action        pbx.CodeAction
		argument      string
	}{
		{"a code by itself", "*78", classic, pbx.CodeDND, ""},
		{"a code with a number", "*72103", classic, pbx.CodeForwardAll, "103"},
		{"a hash at the end says that the number is over", "*72103#", classic, pbx.CodeForwardAll, "103"},
		{"digits behind a code that takes none", "*781", classic, "", ""},
		{"the longest code counts", "*361", classic, pbx.CodeAvailable, ""},
		{"the other dialect", "*21*0301234567#", compact, pbx.CodeForwardAll, "0301234567"},
		{"… ends with hashes", "#21#", compact, pbx.CodeForwardAllOff, ""},
		{"a dialect does not know the codes of the other", "*78", compact, "", ""},
		{"what is off until somebody sets it", "*281", compact, "", ""},
		{"a code of one's own", "*7800", own, pbx.CodeDND, ""},
		{"… in place of the usual one", "*78", own, "", ""},
		{"a code that was taken away", "*43", own, "", ""},
		{"a number is no code", "103", classic, "", ""},
		{"nothing", "", classic, "", ""},
	} {
		action, argument, ok := row.codes.Read(row.dialled)
		if action != row.action || argument != row.argument || ok != (row.action != "") {
			t.Errorf("%s: %s is %q %q %v", row.what, row.dialled, action, argument, ok)
		}
	}
}

// Both dialects fit together, and what does not is refused with the field at fault.
func TestCodesFitTogether(t *testing.T) {
	base, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "Lindenhof", Country: "DE"}, &pbx.Group{ID: "grp_all", Name: "Default", Default: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what  string
		codes pbx.Codes
		speed pbx.SpeedDials
		field string
	}{
		{"classic", pbx.Codes{Dialect: pbx.CodesClassic}, nil, ""},
		{"compact", pbx.Codes{Dialect: pbx.CodesCompact}, nil, ""},
		{"a code of one's own", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeEcho: "*9999"}}, nil, ""},
		{"one code for two things", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeEcho: "*78"}}, nil, "codes.echo"},
		{"a code that swallows another", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeForwardAll: "*7"}}, nil, "codes.forward_all"},
		{"a code that could be somebody's extension", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeEcho: "43"}}, nil, "codes.echo"},
		{"a code that is too long", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeEcho: "*123456"}}, nil, "codes.echo"},
		{"a star alone", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeEcho: "*"}}, nil, "codes.echo"},
		{"letters", pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeEcho: "*ab"}}, nil, "codes.echo"},
		{"something that no code does", pbx.Codes{Changed: map[pbx.CodeAction]string{"coffee": "*123"}}, nil, "codes.coffee"},
		{"a dialect that nobody speaks", pbx.Codes{Dialect: "martian"}, nil, "dialect"},
		{"a short number", pbx.Codes{}, pbx.SpeedDials{{Short: "7", Number: "+49301234567"}}, ""},
		{"the same one twice", pbx.Codes{}, pbx.SpeedDials{{Short: "7", Number: "101"}, {Short: "7", Number: "102"}}, "speed.1.short"},
		{"three digits", pbx.Codes{}, pbx.SpeedDials{{Short: "700", Number: "101"}}, "speed.0.short"},
		{"a code under a short number", pbx.Codes{}, pbx.SpeedDials{{Short: "7", Number: "*72"}}, "speed.0.number"},
	} {
		office := base.Tenant
		office.Codes, office.Speed = row.codes, row.speed
		_, err := base.Apply(pbx.Change{Put: []pbx.Noun{&office}})
		field := ""
		if e, ok := err.(*pbx.Error); ok {
			field = e.Field
		} else if err != nil {
			t.Fatal(err)
		}
		if field != row.field {
			t.Errorf("%s: field %q, want %q (%v)", row.what, field, row.field, err)
		}
	}
}

func FuzzCodes(f *testing.F) {
	f.Add("*72103#")
	f.Add("#21#")
	f.Fuzz(func(t *testing.T, dialled string) {
		for _, c := range []pbx.Codes{{}, {Dialect: pbx.CodesCompact}} {
			if action, argument, ok := c.Read(dialled); ok && (action == "" || len(argument) >= len(dialled)) {
				t.Errorf("%q is %q %q", dialled, action, argument)
			}
		}
	})
}

// Keys that are pressed while one talks become a code, and others are passed over.
func TestPressCodes(t *testing.T) {
	own := pbx.Codes{Changed: map[pbx.CodeAction]string{pbx.CodeKeyTransfer: "*5", pbx.CodeKeyRecord: ""}}
	for _, row := range []struct {
		what, keys string
		codes      pbx.Codes
		action     pbx.CodeAction
		argument   string
	}{
		{"a transfer", "##102#", pbx.Codes{}, pbx.CodeKeyTransfer, "102"},
		{"… to the code for parking", "##*70#", pbx.Codes{}, pbx.CodeKeyTransfer, "*70"},
		{"… after keys that mean nothing", "5#7##102#", pbx.Codes{}, pbx.CodeKeyTransfer, "102"},
		{"… to no number", "##", pbx.Codes{}, "", ""},
		{"… that is not over", "##102", pbx.Codes{}, "", ""},
		{"recording", "*1", pbx.Codes{}, pbx.CodeKeyRecord, ""},
		{"who is asked first", "*2103#", pbx.Codes{}, pbx.CodeKeyConsult, "103"},
		{"back from him", "*2#", pbx.Codes{}, pbx.CodeKeyConsult, ""},
		{"… not over", "*2", pbx.Codes{}, "", ""},
		{"a pause of it", "*3", pbx.Codes{}, pbx.CodeKeyPause, ""},
		{"… in the other dialect", "4*3", pbx.Codes{Dialect: pbx.CodesCompact}, pbx.CodeKeyPause, ""},
		{"what is dialled, and not pressed", "*78", pbx.Codes{}, "", ""},
		{"a code of one's own", "*5102#", own, pbx.CodeKeyTransfer, "102"},
		{"one that is off", "*1", own, "", ""},
	} {
		typed, action, argument := "", pbx.CodeAction(""), ""
		for i := range len(row.keys) {
			typed, action, argument = row.codes.Press(typed, row.keys[i])
		}
		if action != row.action || argument != row.argument {
			t.Errorf("%s: %s is %q %q, and %q is left", row.what, row.keys, action, argument, typed)
		}
	}
	for typed, i := "", 0; i < 1000; i++ {
		if typed, _, _ = (pbx.Codes{}).Press(typed, "##1"[min(i, 2)]); len(typed) > 60 {
			t.Fatal("a code without an end is kept")
		}
	}
}
