// Package command is the only way to change the configuration: it authorizes, plans, and writes one change at a time.
//
// It knows neither SQL nor HTTP, and it keeps nothing: stores and doors are handed to it.
package command
