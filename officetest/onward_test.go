package officetest

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"tandem/pbx"
)

// profile is what happens to calls in a status: every rule leads to one place.
func profile(status string, to object, more object) object {
	p := object{"status": status, "ring": 30, "rings": true, "mobile": false, "single": false, "no_push": false, "no_groups": false}
	for _, on := range []string{"no_answer", "busy", "offline", "always"} {
		p[on] = object{"inside": to}
	}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// The mobile rings beside the desk phone, over a carrier that nobody here has written. Whoever picks it up is told who calls: he takes the
// call with a key, and the desk phone stops; or sends it to a colleague, or to his voicemail.
func TestMobileToo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	o := startOutside(t, ctx)
	o.call(200, "PATCH", "/v1/users/"+o.alice, object{"mobile": "+4989111222"})
	o.call(200, "PUT", "/v1/users/"+o.alice+"/forwarding", object{"profiles": []object{profile("available", object{"kind": "mailbox", "id": o.alice}, object{"mobile": true})}})
	_, account := o.person("Carol", "151")
	account.Server, account.Transport = o.reach("udp"), "udp"
	carol := o.phoneAt(ctx, "carol", account, 550)
	_, account = o.person("Dora", "152")
	account.Server, account.Transport = o.reach("udp"), "udp"
	dora := o.phoneAt(ctx, "dora", account, 900)
	asked := func() {
		t.Helper()
		do(t, carol, "dial", "sip:150@"+o.reach("udp"))
		expect(t, ctx, o.desk, "CALL_INCOMING")
		expect(t, ctx, o.far, "CALL_INCOMING")
		do(t, o.far, "accept", "")
		expect(t, ctx, o.far, "CALL_ESTABLISHED")
	}

	asked()
	do(t, o.far, "sndcode", "1")
	expect(t, ctx, o.desk, "CALL_CLOSED")
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	heard(t, carol, 700)
	heard(t, o.far, 550)
	do(t, carol, "hangup", "")
	expect(t, ctx, o.far, "CALL_CLOSED")

	asked()
	for _, key := range []string{"3", "1", "5", "2", "#"} {
		do(t, o.far, "sndcode", key)
		do(t, o.far, "sndcode", "\x04") // let go
	}
	expect(t, ctx, dora, "CALL_INCOMING")
	do(t, dora, "accept", "")
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	expect(t, ctx, o.far, "CALL_CLOSED")
	do(t, dora, "hangup", "")
	expect(t, ctx, carol, "CALL_CLOSED")

	asked()
	do(t, o.far, "sndcode", "2")
	expect(t, ctx, carol, "CALL_ESTABLISHED") // with the voicemail
	do(t, carol, "hangup", "")
	eventually(t, "three records", func() bool { return len(o.call(200, "GET", "/v1/calls", nil).Items()) == 3 })
}

// Rebound with real phones over a carrier that nobody here has written: a rule sends the call to a mobile, whoever picks it up hears who calls, and
// takes the call with a key, or declines it; the caller hears ringing until then. Who was declined comes to the voicemail, or where that is off is told so.
func TestReboundWithRealPhones(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	o := startOutside(t, ctx)
	o.call(200, "PATCH", "/v1/users/"+o.alice, object{"mobile": "+4989111222"})
	o.call(200, "PUT", "/v1/users/"+o.alice+"/forwarding", object{"profiles": []object{profile("away", object{"kind": "mobile", "screen": true}, object{"rings": false})}})
	o.call(200, "PUT", "/v1/users/"+o.alice+"/status", object{"status": "away"})
	_, account := o.person("Carol", "151")
	account.Server, account.Transport = o.reach("udp"), "udp"
	carol := o.phoneAt(ctx, "carol", account, 550)
	presses := func(key string) {
		t.Helper()
		do(t, carol, "dial", "sip:150@"+o.reach("udp"))
		expect(t, ctx, o.far, "CALL_INCOMING")
		do(t, o.far, "accept", "")
		expect(t, ctx, o.far, "CALL_ESTABLISHED")
		do(t, o.far, "sndcode", key)
		do(t, o.far, "sndcode", "\x04") // let go
	}
	presses("1")
	expect(t, ctx, carol, "CALL_ESTABLISHED")
	heard(t, carol, 700)
	heard(t, o.far, 550)
	do(t, carol, "hangup", "")
	expect(t, ctx, carol, "CALL_CLOSED")
	expect(t, ctx, o.far, "CALL_CLOSED")

	presses("9")
	expect(t, ctx, o.far, "CALL_CLOSED")
	expect(t, ctx, carol, "CALL_ESTABLISHED") // with the voicemail
	do(t, carol, "hangup", "")
	expect(t, ctx, carol, "CALL_CLOSED")

	o.call(200, "PATCH", "/v1/mailboxes/"+o.alice, object{"on": false})
	presses("9")
	expect(t, ctx, o.far, "CALL_CLOSED")
	expect(t, ctx, carol, "CALL_CLOSED")
	eventually(t, "the record of the declined call", func() bool {
		list := o.call(200, "GET", "/v1/calls", nil).Items()
		return len(list) == 3 && list[0].Text("cause") == string(pbx.CauseDeclined)
	})
}

// A call from outside that a rule sends outside is given back to a carrier that sends it on by itself; to one that cannot it is carried by the
// house, which names the number it came for and shows who calls.
func TestOnward(t *testing.T) {
	s := start(t)
	s.claim()
	alice, _ := s.person("Alice", "150")
	server := netip.MustParseAddrPort(s.Address("SIP UDP"))
	carrier, err := NewExchange(server)
	if err != nil {
		t.Fatal(err)
	}
	defer carrier.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	line := s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp", "deflects": true, "onward": "diversion"})
	s.works(line)
	s.call(201, "POST", "/v1/numbers", object{"number": "030 555150", "shown": true, "to": object{"kind": "user", "id": alice}})
	away := object{"kind": "outside", "number": "+4989111222", "divert": true}
	s.call(200, "PUT", "/v1/users/"+alice+"/forwarding", object{"profiles": []object{profile("available", away, nil)}})
	caller := carrier.Add("+4940777", "")
	in, err := caller.Dial(ctx, "+4930555150")
	if err != nil {
		t.Fatal(err)
	}
	await(t, ctx, in.Ended(), in)
	if in.Status() != 302 || !strings.Contains(in.Contact(), "sip:+4989111222@") {
		t.Errorf("%d %s to %s", in.Status(), in.Words(), in.Contact())
	}
	var record object
	eventually(t, "the record", func() bool {
		items := s.call(200, "GET", "/v1/calls", nil).Items()
		if len(items) == 1 {
			record = items[0]
		}
		return record != nil
	})
	if record.Text("cause") != string(pbx.CauseDeflected) || !strings.Contains(record.Text("reason"), "+4989111222") {
		t.Errorf("record %v", record)
	}

	s.call(200, "PATCH", "/v1/trunks/"+line.Text("id"), object{"deflects": false})
	s.works(line)
	called := carrier.Add("+4989111222", "")
	rung := make(chan *Talk, 1)
	called.Ringing = func(c *Talk) { rung <- c }
	if in, err = caller.Dial(ctx, "+4930555150"); err != nil {
		t.Fatal(err)
	}
	far := receive(t, ctx, rung, in)
	req := far.invite.Request
	if from, came := req.From().URI.UserText(), req.Get("Diversion"); from != "+4940777" || !strings.Contains(came, "sip:+4930555150@") {
		t.Errorf("from %s, Diversion %q", from, came)
	}
	if err := far.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, in.Answered(), in)
	in.Hangup()
	await(t, ctx, far.Ended(), far)
}

// A carrier has no right to send a call of ours on, wherever it points (TF-08): it is refused, and the call goes on.
func TestCarrierRefers(t *testing.T) {
	s := start(t)
	s.claim()
	_, account := s.person("Alice", "150")
	ctx, _, carrier, rung := s.deskAndCarrier(account)
	line := s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp", "trusted": true})
	s.works(line)
	id := s.call(200, "GET", "/v1/users?q=Alice", nil).Text("items", 0, "id")
	s.call(201, "POST", "/v1/numbers", object{"number": "030 555150", "to": object{"kind": "user", "id": id}})
	in, err := carrier.Add("+4940777", "").Dial(ctx, "+4930555150")
	if err != nil {
		t.Fatal(err)
	}
	at := receive(t, ctx, rung, in)
	if err := at.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, in.Answered(), in)
	if status, err := in.Transfer(ctx, "+18765551234", nil); err != nil || status != 603 {
		t.Errorf("%d %v", status, err)
	}
	select {
	case <-at.Ended():
		t.Error("the call is gone")
	default:
	}
	in.Hangup()
	await(t, ctx, at.Ended(), at)
}
