package api

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"strings"
	"tandem/command"
	"testing"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
)

func hashOf(key string) string { return pbx.HashSecret(key) }

// live is an office in which calls are up: uwe with nina, uwe with tom, tom with mia, tom with an outside number.
func live(t testing.TB) *office {
	t.Helper()
	o := newOffice(t)
	o.alarm()
	for _, c := range [][2]string{{"uwe", "nina"}, {"uwe", "tom"}, {"tom", "mia"}, {"tom", "+4930123456789"}} {
		o.dir.SetCall(o.call(c[0], c[1]))
	}
	for i, name := range []string{"sales queue", "office queue"} {
		c := pbx.Callback{ID: pbx.CallID("cal_back" + strings.Repeat("2", i)), Queue: pbx.QueueID(o.ids[name]), From: pbx.Party{Number: "+4930123456789"}, Since: o.now(), Asked: o.now(),
			Until: o.now().AddDate(0, 0, 1), State: pbx.CallbackWaits, Tries: 1, Agent: pbx.Party{User: pbx.UserID(o.ids["uwe"]), Name: "uwe"}, Reason: i18n.T("toll.refused.destination", "number", "+4930123456789")}
		facts, err := o.tenant.KeepCallback(context.Background(), c, event.New(event.CallbackAsked, start, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindQueue, ID: o.ids[name]}, c))
		if err == nil {
			err = o.bus.Publish(context.Background(), facts)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.tenant.PutMail(context.Background(), store.Mail{ID: "mai_kept", Kind: "test", To: "x@example.com", State: store.MailKept, Created: start}); err != nil {
		t.Fatal(err)
	}
	if err := o.tenant.Keep(context.Background(), store.NoticeKept{Notice: pbx.Notice{ID: "ntc_uwe", User: pbx.UserID(o.ids["uwe"]), Kind: "voicemail", At: start}}); err != nil {
		t.Fatal(err)
	}
	return o
}

// call is a call that is up between two people, or a person and a number.
func (o *office) call(from, to string) *pbx.LiveCall {
	c := &pbx.LiveCall{ID: pbx.CallID("cal_live_" + from + "_" + to), Phase: pbx.PhaseTalking, Started: o.now().Add(-1), Answered: o.now()}
	for i, name := range []string{from, to} {
		p := pbx.Party{Number: name, Name: name}
		if u := o.view().Users[pbx.UserID(o.ids[name])]; u != nil {
			p = u.Party()
			c.Users = append(c.Users, u.ID)
		}
		if i == 0 {
			c.From = p
		} else {
			c.To = p
		}
	}
	return c
}

func logTo(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// alarm stops nina's calls abroad.
func (o *office) alarm() {
	nina := pbx.UserID(o.ids["nina"])
	o.ids = maps.Clone(o.ids)
	o.ids["alarm of nina"] = o.do(command.RaiseAlarm{Alarm: pbx.Alarm{On: pbx.Ref{Kind: pbx.KindUser, ID: string(nina)}, Kind: pbx.AlarmAtOnce, Raised: o.now(), User: nina,
		Number: "+48221234567", Country: "PL", Count: 4, Cut: true}}).Object.ID
}
