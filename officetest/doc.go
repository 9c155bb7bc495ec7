// Package officetest holds an office in one process: simulated phones for `tandem office`, and drivers for real ones in tests.
//
// Assertions about the insides of other rooms do not belong here.
package officetest
