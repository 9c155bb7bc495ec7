package hours

import "slices"

// Public is a public holiday of a country.
type Public struct {
	Key    string // of its name
	On     Rule
	Unsure bool // by the moon: the day is told anew every year
}

// Region is a part of a country that has holidays of its own, by the name it calls itself.
type Region struct{ Code, Name string }

// Countries lists the countries whose public holidays are known.
func Countries() []string { return []string{"DE", "GB", "ID", "PL", "RU", "US"} }

// Regions lists the parts of a country with holidays of their own; none where all have the same.
func Regions(country string) []Region {
	switch country {
	case "DE":
		return []Region{{"BB", "Brandenburg"}, {"BE", "Berlin"}, {"BW", "Baden-Württemberg"}, {"BY", "Bayern"}, {"HB", "Bremen"}, {"HE", "Hessen"},
			{"HH", "Hamburg"}, {"MV", "Mecklenburg-Vorpommern"}, {"NI", "Niedersachsen"}, {"NW", "Nordrhein-Westfalen"}, {"RP", "Rheinland-Pfalz"},
			{"SH", "Schleswig-Holstein"}, {"SL", "Saarland"}, {"SN", "Sachsen"}, {"ST", "Sachsen-Anhalt"}, {"TH", "Thüringen"}}
	case "GB":
		return []Region{{"EAW", "England, Wales"}, {"NIR", "Northern Ireland"}, {"SCT", "Scotland"}}
	}
	return nil
}

// publicRule is a holiday as the tables below have it; in names the regions that keep it, or all with nothing, or all but those
// with a first "-".
type publicRule struct {
	key, on string
	in      []string
}

func (r publicRule) counts(region string) bool {
	if len(r.in) == 0 {
		return true
	}
	if r.in[0] == "-" {
		return !slices.Contains(r.in, region)
	}
	return slices.Contains(r.in, region)
}

func publicRules(country string) []publicRule {
	switch country {
	case "DE":
		return []publicRule{{"new_year", "01-01", nil}, {"epiphany", "01-06", []string{"BW", "BY", "ST"}}, {"women", "03-08", []string{"BE", "MV"}},
			{"good_friday", "easter-2", nil}, {"easter", "easter", []string{"BB"}}, {"easter_monday", "easter+1", nil}, {"labour", "05-01", nil},
			{"ascension", "easter+39", nil}, {"whit_sunday", "easter+49", []string{"BB"}}, {"whit_monday", "easter+50", nil},
			{"corpus", "easter+60", []string{"BW", "BY", "HE", "NW", "RP", "SL"}}, {"assumption", "08-15", []string{"SL"}}, {"children", "09-20", []string{"TH"}},
			{"german_unity", "10-03", nil}, {"reformation", "10-31", []string{"BB", "HB", "HH", "MV", "NI", "SH", "SN", "ST", "TH"}},
			{"all_saints", "11-01", []string{"BW", "BY", "NW", "RP", "SL"}}, {"repentance", "wed before 11-23", []string{"SN"}},
			{"christmas", "12-25", nil}, {"boxing", "12-26", nil}}
	case "GB":
		return []publicRule{{"new_year", "01-01 sat+2 sun+1", []string{"-", "SCT"}}, {"new_year", "01-01 sat+2 sun+2", []string{"SCT"}}, {"second_january", "01-02 sat+2 sun+2", []string{"SCT"}},
			{"saint_patrick", "03-17 sat+2 sun+1", []string{"NIR"}}, {"good_friday", "easter-2", nil}, {"easter_monday", "easter+1", []string{"-", "SCT"}},
			{"early_may", "1 mon 05", nil}, {"spring_bank", "last mon 05", nil}, {"orangemen", "07-12 sat+2 sun+1", []string{"NIR"}},
			{"summer_bank", "last mon 08", []string{"-", "SCT"}}, {"summer_bank", "1 mon 08", []string{"SCT"}}, {"saint_andrew", "11-30 sat+2 sun+1", []string{"SCT"}},
			{"christmas", "12-25 sat+2 sun+2", nil}, {"boxing", "12-26 sat+2 sun+2", nil}}
	case "ID":
		return []publicRule{{"new_year", "01-01", nil}, {"good_friday", "easter-2", nil}, {"easter", "easter", nil}, {"labour", "05-01", nil}, {"ascension", "easter+39", nil},
			{"pancasila", "06-01", nil}, {"independence", "08-17", nil}, {"christmas", "12-25", nil}}
	case "PL":
		return []publicRule{{"new_year", "01-01", nil}, {"epiphany", "01-06", nil}, {"easter", "easter", nil}, {"easter_monday", "easter+1", nil}, {"labour", "05-01", nil},
			{"polish_constitution", "05-03", nil}, {"whit_sunday", "easter+49", nil}, {"corpus", "easter+60", nil}, {"assumption", "08-15", nil}, {"all_saints", "11-01", nil},
			{"independence", "11-11", nil}, {"christmas_eve", "12-24", nil}, {"christmas", "12-25", nil}, {"boxing", "12-26", nil}}
	case "RU":
		return []publicRule{{"russian_new_year", "01-01..01-08", nil}, {"defender", "02-23", nil}, {"women", "03-08", nil}, {"labour", "05-01", nil}, {"victory", "05-09", nil},
			{"russia", "06-12", nil}, {"russian_unity", "11-04", nil}}
	case "US":
		return []publicRule{{"new_year", "01-01 sat-1 sun+1", nil}, {"king", "3 mon 01", nil}, {"presidents", "3 mon 02", nil}, {"memorial", "last mon 05", nil},
			{"juneteenth", "06-19 sat-1 sun+1", nil}, {"independence", "07-04 sat-1 sun+1", nil}, {"labor", "1 mon 09", nil}, {"columbus", "2 mon 10", nil},
			{"veterans", "11-11 sat-1 sun+1", nil}, {"thanksgiving", "4 thu 11", nil}, {"christmas", "12-25 sat-1 sun+1", nil}}
	}
	return nil
}

// PublicHolidays are those of a country, or of one of its regions, in the order of a year; what the moon decides is written out for
// some years, because no rule of the calendar finds it.
func PublicHolidays(country, region string, year int) []Public {
	var all []Public
	for _, r := range publicRules(country) {
		if r.counts(region) {
			all = append(all, Public{Key: r.key, On: MustRule(r.on)})
		}
	}
	if country == "ID" {
		for y := year; y < year+moonYears; y++ {
			all = append(all, byMoon(y)...)
		}
	}
	return all
}
