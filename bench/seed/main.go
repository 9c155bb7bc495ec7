// Command seed fills an empty data directory with an office for measurements: N people with extensions 10000, 10001, … and one phone each,
// user names u00000, u00001, … with the secrets pu00000, pu00001, … of the load scripts.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"tandem/house"
	"tandem/officetest"
)

func main() {
	data := flag.String("data", "", "data directory; must be empty")
	database := flag.String("database", "", "database URL; default is a file in the data directory")
	people := flag.Int("n", 1000, "number of people, at most 90000")
	groups := flag.Int("groups", 10, "number of groups")
	flag.Parse()
	if err := officetest.Seed(context.Background(), house.Config{Data: *data, Database: *database}, *people, *groups); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}
