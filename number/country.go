package number

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// country is how numbers are dialled in one country: enough to tell the classes apart, not a numbering plan in full.
type country struct {
	Code      string   // E.164 country code
	Abroad    []string // prefixes for calls abroad
	Trunk     string   // prefix before area codes; empty where numbers are always dialled in full
	Emergency []string // besides 112
	Mobile    []string // first digits after country code or trunk prefix
	Premium   []string
	Min, Max  int // length without country code and trunk prefix
	iso       string
}

var zeroes = []string{"00"}

// plan finds the dialling habits of a country; one without a row of its own has those of the library, and who has neither those that most
// countries share.
func plan(iso string) country {
	c, ok := countries[iso]
	if !ok {
		c = country{Abroad: abroad(iso), Trunk: "0", Emergency: []string{"911", "999"}}
		if code := phonenumbers.GetCountryCodeForRegion(iso); code != 0 {
			c.Code, c.Trunk, c.Emergency = strconv.Itoa(code), phonenumbers.GetNddPrefixForRegion(iso, true), nil
		}
	}
	c.iso = iso
	return c
}

// Example is a number of a country and a class, for those who want to see what becomes of such numbers.
func Example(iso, class string) (Number, bool) {
	kinds := map[string]phonenumbers.PhoneNumberType{"national": phonenumbers.FIXED_LINE, "mobile": phonenumbers.MOBILE, "premium": phonenumbers.PREMIUM_RATE, "toll_free": phonenumbers.TOLL_FREE}
	kind, ok := kinds[class]
	if !ok {
		return Number{}, false
	}
	p := phonenumbers.GetExampleNumberForType(iso, kind)
	if p == nil {
		return Number{}, false
	}
	n := Read(iso, phonenumbers.Format(p, phonenumbers.E164))
	return n, n.E164 != ""
}

// IsCountry reports whether a country (ISO 3166 alpha-2) has telephone numbers.
func IsCountry(iso string) bool { return phonenumbers.GetCountryCodeForRegion(iso) != 0 }

// abroad is the prefix for calls abroad of countries without a row of their own.
func abroad(iso string) []string {
	switch {
	case phonenumbers.IsNANPACountry(iso):
		return []string{"011"}
	case exits[iso] != nil:
		return exits[iso]
	}
	return zeroes
}

// exits are the prefixes for calls abroad that are not 00, of countries without a row of their own.
var exits = map[string][]string{
	"CL": {"00", "1230", "1200", "1220", "1810", "1690", "1710"}, "CO": {"00", "005", "007", "009"}, "CU": {"119"}, "GY": {"001"},
	"HK": {"001"}, "KE": {"000"}, "KH": {"001", "007"}, "KR": {"001", "002", "005", "006", "008", "00700"}, "MN": {"001"},
	"TH": {"001", "007", "008", "009"}, "TJ": {"810"}, "TM": {"810"}, "TW": {"002", "005", "006", "007", "009"}, "TZ": {"000"}, "UG": {"000"},
	"UZ": {"00", "810"},
}

func (c *country) isEmergency(digits string) bool {
	if len(digits) > 5 {
		return false
	}
	if digits == "112" {
		return true
	}
	for _, e := range c.Emergency {
		if digits == e {
			return true
		}
	}
	return c.iso != "" && strings.Trim(digits, "0123456789") == "" && phonenumbers.IsEmergencyNumber(digits, c.iso)
}

// global classifies a number with country code.
func (c *country) global(digits, number string) Number {
	if len(number) < 6 || len(number) > 15 || number[0] == '0' {
		return Number{}
	}
	n := c.meaning(digits, number)
	if n.Class == Unassigned && len(n.E164) < len("+1234567") {
		return Number{}
	}
	return n
}

// inland classifies a number of the office's own country, given without its trunk prefix.
func (c *country) inland(digits, rest string) Number {
	if c.Code == "" {
		return Number{Digits: digits, Class: National}
	}
	if len(rest) < 4 || len(c.Code)+len(rest) > 15 {
		return Number{}
	}
	n := c.meaning(digits, c.Code+rest)
	if n.Class == Unassigned && (len(n.E164) < len("+1234567") || c.Max > 0 && (len(rest) < c.Min || len(rest) > c.Max)) {
		return Number{}
	}
	return n
}

// meaning says what a number is for by the numbering plans of all countries (TF-01). What no plan has is worth most caution: Unassigned.
// The number is the one that arrives: a trunk prefix behind the country code is gone from it, so that none can hide a premium number (TF-02).
func (c *country) meaning(digits, number string) Number {
	n := Number{Digits: digits, E164: E164("+" + number), Class: Unassigned}
	var p *phonenumbers.PhoneNumber
	var code, rest string
	for before := ""; before != number; { // each turn takes a trunk prefix off at most
		next, err := phonenumbers.Parse("+"+number, "ZZ")
		if err != nil {
			break
		}
		p, before = next, number
		code, rest = strconv.Itoa(int(p.GetCountryCode())), phonenumbers.GetNationalSignificantNumber(p)
		number = code + rest
	}
	n.E164 = E164("+" + number)
	if p == nil {
		if hasPrefix(number, networks) {
			n.Class = Satellite
		}
		return n
	}
	if n.Country = phonenumbers.GetRegionCodeForNumber(p); len(n.Country) != 2 || n.Country[0] < 'A' {
		n.Country = ""
	}
	switch {
	case hasPrefix(code, networks):
		n.Class = Satellite
		return n
	case hasPrefix(code, pricy):
		n.Class = Premium
		return n
	}
	home := c.Code == code && (n.Country == c.iso || n.Country == "")
	if home {
		n.Country = c.iso
	}
	switch phonenumbers.GetNumberType(p) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.PERSONAL_NUMBER:
		n.Class = Premium
	case phonenumbers.SHARED_COST, phonenumbers.PAGER:
		n.Class = SharedCost
	case phonenumbers.TOLL_FREE:
		n.Class = TollFree
	case phonenumbers.MOBILE:
		n.Class = Mobile
	case phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP, phonenumbers.UAN, phonenumbers.VOICEMAIL:
		n.Class = National
	}
	switch {
	case home && hasPrefix(rest, c.Premium) && n.Class != SharedCost && n.Class != TollFree:
		n.Class = Premium
	case home && n.Class == National && hasPrefix(rest, c.Mobile):
		n.Class = Mobile
	case !home && (n.Class == National || n.Class == Mobile || n.Class == TollFree && n.Country != ""):
		n.Class = International // free for callers of that country only
	}
	return n
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// networks are the country codes of satellites and networks without a country; pricy are those of personal numbers, telecommunication for
// relief and international premium rate.
var (
	networks = []string{"870", "881", "882", "883"}
	pricy    = []string{"878", "888", "979"}
)

var countries = map[string]country{
	"AE": {"971", zeroes, "0", []string{"997", "998", "999"}, []string{"5"}, []string{"900"}, 7, 9, ""},
	"AT": {"43", zeroes, "0", []string{"122", "133", "140", "144"}, []string{"65", "66", "67", "68", "69"}, []string{"90", "93"}, 4, 13, ""},
	"AU": {"61", []string{"0011"}, "0", []string{"000", "106"}, []string{"4"}, []string{"190"}, 6, 10, ""},
	"BE": {"32", zeroes, "0", []string{"100", "101"}, []string{"45", "46", "47", "48", "49"}, []string{"90"}, 8, 9, ""},
	"BG": {"359", zeroes, "0", []string{"150", "160", "166"}, []string{"87", "88", "89", "98", "99"}, []string{"90"}, 7, 9, ""},
	"BR": {"55", zeroes, "0", []string{"190", "192", "193"}, nil, []string{"900", "300"}, 8, 11, ""},
	"BY": {"375", []string{"810"}, "8", []string{"101", "102", "103", "104"}, []string{"25", "29", "33", "44"}, []string{"902"}, 9, 10, ""},
	"CA": {"1", []string{"011"}, "1", []string{"911"}, nil, []string{"900", "976"}, 10, 10, ""},
	"CH": {"41", zeroes, "0", []string{"117", "118", "143", "144", "147", "1414"}, []string{"74", "75", "76", "77", "78", "79"}, []string{"90"}, 9, 9, ""},
	"CN": {"86", zeroes, "0", []string{"110", "119", "120", "122"}, []string{"13", "14", "15", "16", "17", "18", "19"}, []string{"168"}, 7, 12, ""},
	"CZ": {"420", zeroes, "", []string{"150", "155", "156", "158"}, []string{"60", "72", "73", "77", "79"}, []string{"90"}, 9, 9, ""},
	"DE": {"49", zeroes, "0", []string{"110"}, []string{"15", "16", "17"}, []string{"900", "137", "118", "180"}, 4, 13, ""},
	"DK": {"45", zeroes, "", []string{"114"}, nil, []string{"90"}, 8, 8, ""},
	"EE": {"372", zeroes, "", []string{"110"}, []string{"5"}, []string{"900"}, 7, 8, ""},
	"ES": {"34", zeroes, "", []string{"061", "062", "080", "085", "088", "091", "092"}, []string{"6", "7"}, []string{"803", "806", "807", "905"}, 9, 9, ""},
	"FI": {"358", []string{"00", "990", "994", "999"}, "0", nil, []string{"4", "50"}, []string{"600", "700"}, 5, 12, ""},
	"FR": {"33", zeroes, "0", []string{"15", "17", "18", "114", "115", "119", "191", "196"}, []string{"6", "7"}, []string{"89", "81", "82"}, 9, 9, ""},
	"GB": {"44", zeroes, "0", []string{"999"}, []string{"71", "72", "73", "74", "75", "77", "78", "79"}, []string{"9", "118", "70"}, 7, 10, ""},
	"GR": {"30", zeroes, "", []string{"100", "108", "166", "199"}, []string{"69"}, []string{"90"}, 10, 10, ""},
	"HR": {"385", zeroes, "0", []string{"192", "193", "194", "195"}, []string{"91", "92", "95", "97", "98", "99"}, []string{"6"}, 8, 9, ""},
	"HU": {"36", zeroes, "06", []string{"104", "105", "107"}, []string{"20", "30", "31", "50", "70"}, []string{"90"}, 8, 9, ""},
	"ID": {"62", []string{"001", "007", "008", "01017"}, "0", []string{"110", "113", "115", "118", "119", "129"}, []string{"8"}, []string{"809"}, 7, 12, ""},
	"IE": {"353", zeroes, "0", []string{"999"}, []string{"8"}, []string{"15"}, 7, 10, ""},
	"IL": {"972", []string{"00", "012", "013", "014"}, "0", []string{"100", "101", "102"}, []string{"5"}, []string{"1900", "1919"}, 8, 10, ""},
	"IN": {"91", zeroes, "0", []string{"100", "101", "102", "108"}, []string{"6", "7", "8", "9"}, nil, 8, 10, ""},
	"IT": {"39", zeroes, "", []string{"113", "115", "117", "118"}, []string{"3"}, []string{"89", "16", "144", "166"}, 6, 11, ""},
	"JP": {"81", []string{"010"}, "0", []string{"110", "118", "119"}, []string{"70", "80", "90"}, []string{"990"}, 9, 10, ""},
	"KZ": {"7", []string{"810"}, "8", []string{"101", "102", "103", "104"}, []string{"70", "74", "77"}, []string{"809"}, 10, 10, ""},
	"LT": {"370", zeroes, "0", nil, []string{"6"}, []string{"90"}, 8, 8, ""},
	"LU": {"352", zeroes, "", []string{"113"}, []string{"6"}, []string{"90"}, 4, 11, ""},
	"LV": {"371", zeroes, "", []string{"110", "113"}, []string{"2"}, []string{"90"}, 8, 8, ""},
	"MX": {"52", zeroes, "", []string{"911"}, nil, []string{"900"}, 10, 10, ""},
	"MY": {"60", zeroes, "0", []string{"999"}, []string{"1"}, []string{"600"}, 8, 10, ""},
	"NL": {"31", zeroes, "0", nil, []string{"6"}, []string{"90"}, 7, 11, ""},
	"NO": {"47", zeroes, "", []string{"110", "113"}, []string{"4", "9"}, []string{"82"}, 8, 8, ""},
	"NZ": {"64", zeroes, "0", []string{"111"}, []string{"2"}, []string{"900"}, 8, 10, ""},
	"PL": {"48", zeroes, "", []string{"984", "985", "986", "991", "992", "993", "994", "997", "998", "999"}, []string{"45", "50", "51", "53", "57", "60", "66", "69", "72", "73", "78", "79", "88"}, []string{"70", "30"}, 9, 9, ""},
	"PT": {"351", zeroes, "", nil, []string{"9"}, []string{"6", "707", "760"}, 9, 9, ""},
	"RO": {"40", zeroes, "0", nil, []string{"7"}, []string{"90"}, 9, 9, ""},
	"RS": {"381", zeroes, "0", []string{"192", "193", "194"}, []string{"6"}, []string{"90"}, 7, 10, ""},
	"RU": {"7", []string{"810"}, "8", []string{"01", "02", "03", "04", "101", "102", "103", "104"}, []string{"9"}, []string{"803", "809"}, 10, 10, ""},
	"SE": {"46", zeroes, "0", nil, []string{"7"}, []string{"900", "939", "944"}, 7, 10, ""},
	"SG": {"65", []string{"001", "002", "008"}, "", []string{"995", "999"}, []string{"8", "9"}, []string{"1900"}, 8, 11, ""},
	"SI": {"386", zeroes, "0", []string{"113"}, []string{"30", "31", "40", "41", "51", "64", "68", "70"}, []string{"90"}, 8, 8, ""},
	"SK": {"421", zeroes, "0", []string{"150", "155", "158", "159"}, []string{"9"}, []string{"900"}, 9, 9, ""},
	"TR": {"90", zeroes, "0", []string{"110", "155", "156", "177"}, []string{"5"}, []string{"900"}, 10, 10, ""},
	"UA": {"380", zeroes, "0", []string{"101", "102", "103", "104"}, []string{"39", "50", "6", "73", "9"}, []string{"900"}, 9, 9, ""},
	"US": {"1", []string{"011"}, "1", []string{"911"}, nil, []string{"900", "976"}, 10, 10, ""},
	"ZA": {"27", zeroes, "0", []string{"10111", "10177"}, []string{"6", "7", "8"}, []string{"86", "90"}, 9, 9, ""},
}
