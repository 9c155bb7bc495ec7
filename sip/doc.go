// Package sip speaks SIP for the switchboard: it identifies phones, keeps their registrations, and runs the legs of calls.
//
// Routing, rights and the content of SDP do not belong here, and nothing outside this package knows how messages look;
// message syntax, transports and transactions are in the nested package stack.
package sip
