//go:build race

package main

// The binary under test is watched for races when the tests are.
func init() { buildFlags = append(buildFlags, "-race") }
