// Package toll decides whether a number outside may be called, at whose expense and for how long – and why.
//
// It does not know which line carries the call, nor how a call ends; that is for packages route and call.
package toll
