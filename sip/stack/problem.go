package stack

import "strconv"

// Problem is why a message is refused: the status to answer with, and a sentence for the engineer at the far side.
type Problem struct {
	Status  int
	Text    string
	Headers []Header // what the answer has to carry: Allow, Unsupported, Accept
}

// Error implements error.
func (p *Problem) Error() string { return strconv.Itoa(p.Status) + " " + p.Text }

// Answer makes the response to a request with this problem. It works on messages read in part: what could be read is copied.
func (p *Problem) Answer(req *Message) *Message {
	m := NewResponse(req, p.Status, p.Text)
	m.headers = append(m.headers, p.Headers...)
	return m
}

func bad(text string) *Problem { return &Problem{Status: 400, Text: text} }
