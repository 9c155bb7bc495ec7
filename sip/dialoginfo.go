package sip

import (
	"strings"

	"tandem/pbx"
	"tandem/sip/stack"
)

// DialogType is the media type of lamps (RFC 4235).
const DialogType = "application/dialog-info+xml"

// DialogInfo writes what a watcher sees of a resource as lamps read it (RFC 4235 §4). It is always the whole state. The first call has the id of
// the resource, so that a phone that keeps dialogs by their id sees it end; nobody on the phone is a dialog that is over, because some phones
// never put a lamp out for an empty list.
func DialogInfo(w Watcher, resource, name string, l pbx.Lamp) Document {
	var b strings.Builder
	entity := "sip:" + stack.EscapeUser(resource) + "@" + w.Host
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="`)
	version := b.Len()
	b.WriteString(`" state="full" entity="`)
	escape(&b, entity)
	b.WriteString(`">` + "\n")
	if len(l.Calls) == 0 {
		b.WriteString(`<dialog id="`)
		escape(&b, resource)
		b.WriteString(`"><state>terminated</state></dialog>` + "\n")
	}
	for i := range l.Calls {
		writeDialog(&b, w, resource, name, i, &l.Calls[i])
	}
	b.WriteString("</dialog-info>\n")
	return Document{Body: []byte(b.String()), Version: version}
}

func writeDialog(b *strings.Builder, w Watcher, resource, name string, i int, c *pbx.LampCall) {
	attribute := func(key, value string) {
		b.WriteString(" " + key + `="`)
		escape(b, value)
		b.WriteString(`"`)
	}
	id := resource
	if i > 0 {
		id += "-" + itoa(i+1)
	}
	b.WriteString("<dialog")
	attribute("id", id)
	if c.Pickup {
		attribute("call-id", string(c.Call))
		attribute("local-tag", resource)
		attribute("remote-tag", pickupTag)
	}
	direction, state := "initiator", "confirmed"
	if c.Incoming {
		direction = "recipient"
	}
	if c.State == pbx.LampRings {
		state = "early"
	}
	attribute("direction", direction)
	b.WriteString(">\n<state>" + state + "</state>\n<local>")
	writeIdentity(b, w, pbx.Party{Name: name, Number: resource}, c.State == pbx.LampHeld)
	b.WriteString("</local>\n")
	if c.Other != (pbx.Party{}) {
		b.WriteString("<remote>")
		writeIdentity(b, w, c.Other, false)
		b.WriteString("</remote>\n")
	}
	b.WriteString("</dialog>\n")
}

// pickupTag stands where a lamp names the tag of the far side: together with the id of the call it says what somebody wants to pick up, and
// it opens no dialog (ADR 58).
const pickupTag = "pickup"

// writeIdentity writes who is on one side. A number that is masked is for reading only; dialling it would reach nobody.
func writeIdentity(b *strings.Builder, w Watcher, p pbx.Party, held bool) {
	number := p.Number
	if number == "" || strings.ContainsRune(number, '•') {
		number = "anonymous"
	}
	uri := "sip:" + stack.EscapeUser(number) + "@" + w.Host
	display := p.Name
	if display == "" {
		display = p.Number
	}
	b.WriteString(`<identity`)
	if display != "" {
		b.WriteString(` display="`)
		escape(b, display)
		b.WriteString(`"`)
	}
	b.WriteString(`>`)
	escape(b, uri)
	b.WriteString(`</identity><target uri="`)
	escape(b, uri)
	b.WriteString(`">`)
	if held {
		b.WriteString(`<param pname="+sip.rendering" pvalue="no"/>`)
	}
	b.WriteString(`</target>`)
}
