package sip

import (
	"encoding/xml"
	"hash/maphash"
	"strconv"
	"strings"

	"tandem/sip/stack"
)

// How much of the states of a list goes into one notification. A datagram that is much longer than a packet of the network is lost with any
// of its pieces; the rest follows in the next notification.
const (
	listDatagram = 4 << 10
	listStream   = 32 << 10
)

// members is what a phone knows about a list it watches.
type members struct {
	listing uint64            // hash of names and order
	sums    map[string]uint64 // of the documents it was told
	waiting []string          // resources it is to be told of
}

// composeList makes the next notification about a list (RFC 4662 §5): all its resources when the phone does not know the list yet, else
// only those whose state is new.
func (n *subscription) composeList(list []Member, force bool) (kind string, body []byte, news bool) {
	var h maphash.Hash
	h.SetSeed(seed)
	for i := range list {
		_, _ = h.WriteString(list[i].Resource)
		_ = h.WriteByte(0)
		_, _ = h.WriteString(list[i].Name)
		_ = h.WriteByte(0)
	}
	k := n.list
	full := force || k == nil || k.listing != h.Sum64()
	if full {
		k = &members{listing: h.Sum64(), sums: make(map[string]uint64, len(list))}
		n.list = k
	}
	k.await(list)
	if !full && len(k.waiting) == 0 {
		return "", nil, false
	}
	budget := listStream
	if !n.flow.Reliable() {
		budget = listDatagram
	}
	told := k.take(list, budget)
	kind, body = n.multipart(list, told, full)
	n.version++
	return kind, body, true
}

// await puts what the phone does not know behind what it is to be told anyway.
func (k *members) await(list []Member) {
	waits := make(map[string]bool, len(k.waiting))
	for _, r := range k.waiting {
		waits[r] = true
	}
	for i := range list {
		m := &list[i]
		if sum, known := k.sums[m.Resource]; !waits[m.Resource] && (!known || sum != maphash.Bytes(seed, m.Document.Body)) {
			k.waiting = append(k.waiting, m.Resource)
		}
	}
}

// take chooses what goes into this notification.
func (k *members) take(list []Member, budget int) map[string]*Member {
	byName := make(map[string]*Member, len(list))
	for i := range list {
		byName[list[i].Resource] = &list[i]
	}
	told := map[string]*Member{}
	for len(k.waiting) > 0 {
		m := byName[k.waiting[0]]
		if budget -= len(m.Document.Body); budget < 0 && len(told) > 0 {
			break
		}
		k.waiting = k.waiting[1:]
		k.sums[m.Resource] = maphash.Bytes(seed, m.Document.Body)
		told[m.Resource] = m
	}
	return told
}

// multipart writes the list and the documents that go with it (RFC 4662 §5.5).
func (n *subscription) multipart(list []Member, told map[string]*Member, full bool) (kind string, body []byte) {
	boundary, domain := stack.NewToken(), n.watcher.Host
	cid := func(i int) string { return strconv.Itoa(i) + "." + boundary + "@" + domain }
	var root, parts strings.Builder
	root.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="`)
	escape(&root, "sip:"+stack.EscapeUser(n.resource)+"@"+domain)
	root.WriteString(`" version="` + utoa(n.version) + `" fullState="` + strconv.FormatBool(full) + `">` + "\n")
	for i := range list {
		m := told[list[i].Resource]
		if m == nil && !full {
			continue
		}
		root.WriteString(`<resource uri="`)
		escape(&root, "sip:"+stack.EscapeUser(list[i].Resource)+"@"+domain)
		root.WriteString(`"><name>`)
		escape(&root, list[i].Name)
		root.WriteString(`</name>`)
		if m != nil {
			root.WriteString(`<instance id="` + strconv.Itoa(i) + `" state="active" cid="`)
			escape(&root, cid(i))
			root.WriteString(`"/>`)
			parts.WriteString("--" + boundary + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + cid(i) + ">\r\nContent-Type: " + n.p.Type + "\r\n\r\n")
			parts.Write(m.Document.numbered(n.version))
			parts.WriteString("\r\n")
		}
		root.WriteString("</resource>\n")
	}
	root.WriteString("</list>\n")
	whole := "--" + boundary + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + cid(len(list)) + ">\r\nContent-Type: application/rlmi+xml;charset=\"UTF-8\"\r\n\r\n" +
		root.String() + "\r\n" + parts.String() + "--" + boundary + "--\r\n"
	return `multipart/related;type="application/rlmi+xml";start="<` + cid(len(list)) + `>";boundary="` + boundary + `"`, []byte(whole)
}

// escape writes text into XML.
func escape(b *strings.Builder, text string) { _ = xml.EscapeText(b, []byte(text)) }
