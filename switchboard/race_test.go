//go:build race

package switchboard

// previews is how many random offices are asked; the race detector makes each ten times as long.
const previews = 1_000
