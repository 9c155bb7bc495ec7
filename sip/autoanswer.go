package sip

import (
	"strings"

	"tandem/sip/stack"
)

// autoAnswer asks a phone to answer by itself. There is no way that all understand: RFC 5373 is spoken by few, most desk phones want a
// parameter of Call-Info or of Alert-Info, each make its own. What a phone does not know it passes over.
func autoAnswer(m *stack.Message, agent string) {
	host := "<sip:" + m.From().URI.Host + ">"
	m.Set("Answer-Mode", "Auto")
	m.Set("Call-Info", host+";answer-after=0") // Yealink, Grandstream, Aastra, Fanvil, Linphone, baresip
	switch agent = strings.ToLower(agent); {
	case strings.Contains(agent, "polycom"), strings.Contains(agent, "poly "), strings.Contains(agent, "polyedge"):
		m.Set("Alert-Info", "Auto Answer") // a ring class by that name, which is there from the factory
	case strings.Contains(agent, "snom"), strings.Contains(agent, "gigaset"), strings.Contains(agent, "cisco"), strings.Contains(agent, "linksys"):
		m.Set("Alert-Info", "<http://localhost>;info=alert-autoanswer;delay=0")
	default:
		m.Set("Alert-Info", "<http://localhost>;info=intercom;answer-after=0")
	}
}
