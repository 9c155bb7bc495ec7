package pbx

import "time"

// Tenant is the office as a whole. A single-office installation is the tenant "main"; nobody sees the word.
type Tenant struct {
	Name     string    `json:"name"`     // the company, shown to people
	Country  string    `json:"country"`  // ISO 3166 alpha-2, upper case: how national numbers are read
	Zone     string    `json:"zone"`     // IANA name
	Language string    `json:"language"` // en de pl ru id
	Public   string    `json:"public"`   // name or address that phones connect to; empty means as configured at start
	Digits   int       `json:"digits"`   // length of extension numbers given out, 2–4
	Claimed  time.Time `json:"claimed,omitzero"`
	Mail     Mail      `json:"mail"`
	Replay   Replay    `json:"replay,omitempty"`  // of conferences whose host's group has no own value
	Spread   bool      `json:"spread,omitempty"`  // who holds billing.assign may hand it on (D-044)
	Reasons  bool      `json:"reasons,omitempty"` // every change of rights wants a reason (B-089)

	ListenTone   bool `json:"listen_tone,omitempty"`   // who is listened to hears a tone when it begins (PR-01)
	ListenHidden bool `json:"listen_hidden,omitempty"` // … and does not read in the record who did (N-15)
	Council      bool `json:"council,omitempty"`       // the works council has a say: figures are of nobody alone, and who is listened to is told (PR-08)

	Keep Keep `json:"keep,omitzero"` // how long records of calls and the log are kept (PR-05)

	Providers []Provider       `json:"providers,omitempty"` // where people may sign in besides here, in the order of the buttons
	Codes     Codes            `json:"codes,omitzero"`
	Speed     SpeedDials       `json:"speed,omitempty"`    // short numbers for everybody
	Alarms    *AlarmLimits     `json:"alarms,omitempty"`   // from when on calls abroad are stopped (TF-06); nil: DefaultAlarms
	Talk      bool             `json:"talk,omitempty"`     // people have personal Talk links
	Currency  string           `json:"currency,omitempty"` // ISO 4217, of Prices; empty: nothing has a price
	Prices    map[string]int64 `json:"prices,omitempty"`   // by name of a billable right: what one holder costs a month, in hundredths (D-043)
}

// TellsListened reports whether who is listened to hears a tone when it begins.
func (t *Tenant) TellsListened() bool { return t.ListenTone || t.Council }

// HidesListener reports whether those who talked do not read in the record who listened.
func (t *Tenant) HidesListener() bool { return t.ListenHidden && !t.Council }

// Mail is the way out for e-mail; without a host every mail stays in the outbox for the administrator to read.
type Mail struct {
	Host     string `json:"host,omitempty"`
	Port     int    `json:"port,omitempty"`
	From     string `json:"from,omitempty"`
	User     string `json:"user,omitempty"`
	Password string `json:"-"`
	TLS      string `json:"tls,omitempty"` // starttls (default), tls, none
}
