// Package policy decides who may do what to whom, and says why.
//
// It knows nothing of HTTP, SQL or sessions, and it changes nothing: every answer is computed from one snapshot, one
// request and one moment. What is decided here stands as data in testdata; tests hold both together.
package policy
