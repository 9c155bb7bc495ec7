//go:build !race

package switchboard

// previews is how many random offices are asked.
const previews = 10_000
