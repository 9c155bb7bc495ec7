// Package auth finds out who is asking: passwords, sessions, API tokens and one-time links.
//
// What they may do is decided in package policy; sending the mails it asks for is the business of package outbox.
package auth
