// Package queue decides which agent is offered which waiting caller.
//
// A queue is a machine: State and an input at a moment give the next State and effects. It rings no phone, plays no music
// and knows no clock; package switchboard does. Where a call goes after the queue is for package route.
package queue
