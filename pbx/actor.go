package pbx

// ActorKind says what kind of principal acts.
type ActorKind string

// The kinds of actors. The zero value may do nothing.
const (
	ActorNobody ActorKind = ""
	ActorUser   ActorKind = "user"
	ActorToken  ActorKind = "token"
	ActorDevice ActorKind = "device"
	ActorGuest  ActorKind = "guest"
	ActorTrunk  ActorKind = "trunk"
	ActorSystem ActorKind = "system" // Tandem itself: set-up, start-up sweep, command line on the server
)

// Actor is who asks for something. Token and device act as their user, with less.
type Actor struct {
	Kind    ActorKind `json:"kind"`
	User    UserID    `json:"user,omitempty"`
	Token   TokenID   `json:"token,omitempty"`
	Device  DeviceID  `json:"device,omitempty"`
	Trunk   TrunkID   `json:"trunk,omitempty"`
	Link    string    `json:"link,omitempty"`
	Addr    string    `json:"addr,omitempty"`    // network address the request came from
	Via     string    `json:"via,omitempty"`     // door: web api sip cli system
	Request string    `json:"request,omitempty"` // request id, to find the log lines
}
