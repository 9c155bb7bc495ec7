package house

import (
	"testing"
	"time"

	"tandem/command"
	"tandem/pbx"
)

// N-8: those who can decide are told when a review begins, and once when its time is up.
func TestReviewsAreTold(t *testing.T) {
	ctx := t.Context()
	h, must := claimed(t, t.TempDir())
	defer h.Close()
	sales := pbx.GroupID(must(command.CreateGroup{Name: "Sales"}).ID)
	must(command.CreateUser{Person: command.Person{Name: "Mark", Email: "mark@example.com", Groups: []command.Place{{Group: sales, Role: "manager"}}}})
	now := time.Now()
	must(command.StartReview{Name: "Spring", Group: sales, Until: now.Add(time.Hour), Reason: "every year"})
	check := func(when string, review, overdue int) {
		t.Helper()
		list, err := h.Store.Mails(ctx, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, m := range list {
			if m.To != "olga@example.com" && (m.Kind == "review" || m.Kind == "overdue") {
				t.Errorf("%s: %s cannot decide", when, m.To)
			}
			count[m.Kind]++
		}
		if count["review"] != review || count["overdue"] != overdue {
			t.Errorf("%s: %v", when, count)
		}
	}
	check("begun", 1, 0)
	for _, step := range []struct {
		when    string
		at      time.Time
		overdue int
	}{{"before its end", now.Add(time.Minute), 0}, {"after it", now.Add(2 * time.Hour), 1}, {"once only", now.Add(3 * time.Hour), 1}} {
		h.Desk.Now = func() time.Time { return step.at }
		if err := h.remind(ctx, step.at); err != nil {
			t.Fatal(err)
		}
		check(step.when, 1, step.overdue)
	}
}
