package sip

import (
	"strings"

	"tandem/sip/stack"
)

// PresenceType is the media type of presence (RFC 3863).
const PresenceType = "application/pidf+xml"

// Standing is how somebody can be reached, in the words of RFC 4480 and in those of people.
type Standing struct {
	Open     bool   // calls ring
	Activity string // of RFC 4480: busy, away, on-the-phone; empty for none
	Note     string // for people
}

// PIDF writes presence (RFC 3863) with what people do (RFC 4480).
func PIDF(w Watcher, resource string, p Standing) Document {
	var b strings.Builder
	entity := "sip:" + stack.EscapeUser(resource) + "@" + w.Host
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="`)
	escape(&b, entity)
	b.WriteString(`">` + "\n" + `<tuple id="phone"><status><basic>`)
	if p.Open {
		b.WriteString("open")
	} else {
		b.WriteString("closed")
	}
	b.WriteString(`</basic></status><contact priority="1">`)
	escape(&b, entity)
	b.WriteString(`</contact>`)
	note(&b, "note", p.Note)
	b.WriteString(`</tuple>` + "\n" + `<dm:person id="person">`)
	if p.Activity != "" {
		b.WriteString(`<rpid:activities><rpid:` + p.Activity + `/></rpid:activities>`)
	}
	note(&b, "dm:note", p.Note)
	b.WriteString("</dm:person>\n</presence>\n")
	return Document{Body: []byte(b.String())}
}

func note(b *strings.Builder, element, text string) {
	if text == "" {
		return
	}
	b.WriteString("<" + element + ">")
	escape(b, text)
	b.WriteString("</" + element + ">")
}
