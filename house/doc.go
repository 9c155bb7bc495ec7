// Package house builds Tandem from its rooms, runs it, and closes it in reverse order.
//
// It decides nothing: flags belong to cmd/tandem, rules to the rooms.
package house
