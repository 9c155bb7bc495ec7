package pbx

import "time"

// DeviceKind says what a device is, to choose its icon and its instructions.
type DeviceKind string

// The kinds of devices.
const (
	DeviceDesk    DeviceKind = "desk"
	DeviceSoft    DeviceKind = "soft"
	DeviceMobile  DeviceKind = "mobile"
	DeviceBrowser DeviceKind = "browser"
)

// Realm is the digest realm of every device. It is fixed, so that a change of the public name does not void secrets.
const Realm = "tandem"

// Device is one phone of a user, with credentials of its own (BAR SA-18).
type Device struct {
	ID       DeviceID   `json:"id"`
	User     UserID     `json:"user"`
	Name     string     `json:"name"`
	Kind     DeviceKind `json:"kind"`
	Username string     `json:"username"` // SIP user part and digest user name; random, unique, never the extension
	MD5      string     `json:"-"`        // HA1 = MD5(username:realm:secret), hex
	SHA256   string     `json:"-"`        // HA1 = SHA-256(username:realm:secret), hex
	Created  time.Time  `json:"created"`
}

// Binding is one place where a device is registered (RFC 3261 §10).
type Binding struct {
	ID        BindingID `json:"id"`
	Device    DeviceID  `json:"device"`
	Contact   string    `json:"contact"`   // the URI as registered
	Source    string    `json:"source"`    // address the REGISTER came from
	Transport string    `json:"transport"` // udp tcp tls ws wss
	Secure    bool      `json:"secure"`    // signalling is encrypted; SDES keys may be exchanged
	Agent     string    `json:"agent,omitempty"`
	Since     time.Time `json:"since"`
	Expires   time.Time `json:"expires"`
}
