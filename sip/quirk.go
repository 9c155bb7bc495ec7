package sip

import (
	_ "embed"
	"slices"
	"strings"
)

// md5OnlyList is data, so that another old phone is a line and not code.
//
//go:embed md5only.txt
var md5OnlyList string

var md5Only = func() (out []string) {
	for line := range strings.Lines(md5OnlyList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}()

// digestsFor is what a phone is offered: old ones that do not survive the sight of another algorithm get MD5 alone, unless MD5 is
// switched off. What is accepted stays the same.
func digestsFor(agent string, list []algorithm) []algorithm {
	i := slices.Index(list, algorithmMD5)
	if i < 0 || !slices.ContainsFunc(md5Only, func(p string) bool { return strings.HasPrefix(agent, p) }) {
		return list
	}
	return list[i : i+1]
}
