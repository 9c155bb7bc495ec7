package policy

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tandem/pbx"
)

// readTSV reads a table with its first line as the head.
func readTSV(t testing.TB, name string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for _, l := range lines[1:] {
		row := map[string]string{}
		for i, v := range strings.Split(l, "\t") {
			row[head[i]] = v
		}
		rows = append(rows, row)
	}
	return rows
}

func words(cell string) []string {
	if cell == "-" || cell == "–" || cell == "" {
		return nil
	}
	return strings.Split(cell, ",")
}

func names(list []Right) []string {
	var all []string
	for _, r := range list {
		all = append(all, r.String())
	}
	return all
}

func TestCatalogueIsTheTable(t *testing.T) {
	rows := readTSV(t, "catalogue.tsv")
	if len(rows) != int(rightCount)-1 {
		t.Fatalf("%d rights, the table has %d", rightCount-1, len(rows))
	}
	for i, row := range rows {
		r := Right(i + 1)
		var scopes []string
		for _, k := range r.Scopes() {
			scopes = append(scopes, string(k))
		}
		billable := "n"
		if r.IsBillable() {
			billable = "y"
		}
		for what, pair := range map[string][2]any{
			"name": {r.String(), row["name"]}, "noun": {r.Noun(), row["noun"]}, "scopes": {scopes, words(row["scopes"])},
			"risk": {r.Risk().String(), row["risk"]}, "billable": {billable, row["billable"]},
			"implies": {names(r.Implies()), words(row["implies"])}, "needs": {names(r.Needs()), words(row["needs"])},
			"area": {r.Area(), row["area"]}, "rows": {r.Rows(), words(row["rows"])},
		} {
			if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
				t.Errorf("%s: %s is %v, the table says %v", row["name"], what, pair[0], pair[1])
			}
		}
		if back, ok := ParseRight(row["name"]); !ok || back != r {
			t.Errorf("ParseRight(%q) = %v, %v", row["name"], back, ok)
		}
	}
}

// Every role has the rights of the table over what the table says: also the levels, heads, managers and operators of B-002…B-021, and the reach of recordings,
// from all to none (B-046…B-049).
func TestRolesAreTheTable(t *testing.T) {
	rows := readTSV(t, "roles.tsv")
	if len(rows[0])-1 != len(roles) {
		t.Fatalf("%d roles, the table has %d", len(roles), len(rows[0])-1)
	}
	cells := 0
	for _, row := range rows {
		right, ok := ParseRight(row["right"])
		if !ok {
			t.Fatalf("unknown right %q", row["right"])
		}
		for _, role := range Roles() {
			want := pbx.ScopeKind(row[string(role.ID)])
			if want == "–" {
				want = pbx.ScopeNone
			}
			if got := role.Cell(right); got != want {
				t.Errorf("%s, %s: %q, the table says %q", role.ID, right, got, want)
			}
			cells++
		}
	}
	if cells != 3729 {
		t.Errorf("compared %d cells", cells)
	}
	for i, id := range pbx.BuiltinRoles() {
		if roles[i].id != id || builtinOf(id) != &roles[i] {
			t.Errorf("role %s stands at another place here and in pbx", id)
		}
	}
}

func TestHandingsAreTheTable(t *testing.T) {
	type line struct{ granter, role, where, through, on, exempt string }
	want := map[line]bool{}
	for _, row := range readTSV(t, "delegation.tsv") {
		if row["kind"] != "role" {
			continue
		}
		on := "plain"
		switch c := row["condition"]; {
		case strings.HasPrefix(c, "billing.assign"):
			on = "billed"
		case strings.HasPrefix(c, "group's manager_ceiling"):
			on = "ceiling"
		case strings.HasPrefix(c, "self-propagation"):
			on = "spread"
		}
		want[line{row["granter"], row["assignable"], row["scope"], row["through"], on, row["exempt from ceiling"]}] = true
	}
	got := map[line]bool{}
	for _, h := range handings {
		for _, role := range h.roles {
			l := line{string(h.granter), string(role), [...]string{"own group", "own tree", "office", "as held"}[h.where],
				h.through.String(), [...]string{"plain", "billed", "ceiling", "spread"}[h.on], "no"}
			if h.exempt {
				l.exempt = "yes"
			}
			if got[l] {
				t.Errorf("twice: %v", l)
			}
			got[l] = true
			if !want[l] {
				t.Errorf("not in the table: %v", l)
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d lines, the table has %d", len(got), len(want))
	}
}

func TestLendableRightsAreTheTable(t *testing.T) {
	for _, row := range readTSV(t, "delegation.tsv") {
		if row["granter"] != "holder of delegate.give" {
			continue
		}
		var got []string
		for s := lendable; !s.isEmpty(); {
			got = append(got, s.pop().String())
		}
		want := strings.Split(row["assignable"], ", ")
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("lendable %v, the table says %v", got, want)
		}
	}
}
