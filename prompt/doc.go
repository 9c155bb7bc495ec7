// Package prompt holds the sound of everything the house can say, in every language, as it is built into the program.
//
// It does not know what is said when, nor which sentences an office has replaced by its own. The sounds are made of the texts of the
// catalogues by `make prompts` and committed, so that building needs no speech synthesis; a test fails when a text and its sound differ.
package prompt
