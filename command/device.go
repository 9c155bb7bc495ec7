package command

import (
	"slices"
	"strconv"

	"tandem/pbx"
	"tandem/policy"
)

// MaxDevices bounds the phones of one person; every one of them rings.
const MaxDevices = 20

// secretBytes is the randomness of a device secret: 160 bit, more than the 128 that BAR SA-18 asks for.
const secretBytes = 20

// deviceKinds are the kinds that can be made.
var deviceKinds = []pbx.DeviceKind{pbx.DeviceDesk, pbx.DeviceSoft, pbx.DeviceMobile, pbx.DeviceBrowser}

// CreateDevice gives a person a phone with credentials of its own; the secret is in the result, once (BAR SA-18).
type CreateDevice struct {
	User pbx.UserID
	Name string
	Kind pbx.DeviceKind // empty means soft
}

// Need asks for device.edit over the person; one's own client asks for softphone.use.
func (c CreateDevice) Need(_ *pbx.Snapshot, who pbx.Actor) []Need { return phoneNeed(c.User, who) }

// phoneNeed is what somebody must hold to handle a phone of a person. Nobody needs an administrator for phones of his own.
func phoneNeed(owner pbx.UserID, who pbx.Actor) []Need {
	if who.User == owner {
		return []Need{{policy.SoftphoneUse, policy.User(owner)}}
	}
	return []Need{{policy.DeviceEdit, policy.User(owner)}}
}

// Change makes the device with a random user name and secret.
func (c CreateDevice) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil {
		return pbx.Change{}, missing()
	}
	d := &pbx.Device{ID: pbx.DeviceID(w.ID("dev")), User: c.User, Kind: c.Kind, Created: w.Now}
	w.object = d.Ref()
	if d.Kind == "" {
		d.Kind = pbx.DeviceSoft
	}
	if !slices.Contains(deviceKinds, d.Kind) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "kind", "device.kind_unknown", "kind", printable(string(c.Kind)))
	}
	var err error
	if d.Name, err = cleanName("name", c.Name); err != nil {
		return pbx.Change{}, err
	}
	if u.Extension == "" {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "", "device.no_extension", "name", u.Name)
	}
	if len(w.Snapshot.DevicesOf(c.User)) >= MaxDevices {
		return pbx.Change{}, pbx.Refuse(pbx.Exhausted, "", "device.too_many", "max", strconv.Itoa(MaxDevices))
	}
	d.Username = "d" + w.Word(10)
	w.secret = w.Word(secretBytes)
	d.MD5, d.SHA256 = pbx.HA1(d.Username, w.secret)
	return pbx.Change{Put: []pbx.Noun{d}}, nil
}

// RenewSecret gives a phone a new secret; the old one is void at once.
type RenewSecret struct{ Device pbx.DeviceID }

// Need asks the same as making the phone.
func (c RenewSecret) Need(s *pbx.Snapshot, who pbx.Actor) []Need { return deviceNeed(s, c.Device, who) }

// deviceNeed is phoneNeed for a phone that exists; an unknown one is looked for under its own name, and not found.
func deviceNeed(s *pbx.Snapshot, id pbx.DeviceID, who pbx.Actor) []Need {
	if d := s.Devices[id]; d != nil {
		return phoneNeed(d.User, who)
	}
	return []Need{{policy.DeviceEdit, policy.Device(id)}}
}

// Change writes the new hashes.
func (c RenewSecret) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Devices[c.Device]
	if old == nil {
		return pbx.Change{}, missing()
	}
	d := *old
	w.object = d.Ref()
	w.secret = w.Word(secretBytes)
	d.MD5, d.SHA256 = pbx.HA1(d.Username, w.secret)
	return pbx.Change{Put: []pbx.Noun{&d}}, nil
}

// EditDevice changes what a phone is called and shown as; nil fields stay.
type EditDevice struct {
	Device pbx.DeviceID
	Name   *string
	Kind   *pbx.DeviceKind
}

// Need asks the same as making the phone.
func (c EditDevice) Need(s *pbx.Snapshot, who pbx.Actor) []Need { return deviceNeed(s, c.Device, who) }

// Change writes the new fields.
func (c EditDevice) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Devices[c.Device]
	if old == nil {
		return pbx.Change{}, missing()
	}
	d := *old
	w.object = d.Ref()
	if c.Name != nil {
		var err error
		if d.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Kind != nil {
		if !slices.Contains(deviceKinds, *c.Kind) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "kind", "device.kind_unknown", "kind", printable(string(*c.Kind)))
		}
		d.Kind = *c.Kind
	}
	return pbx.Change{Put: []pbx.Noun{&d}}, nil
}

// DeleteDevice takes a phone away; its registration ends at once.
type DeleteDevice struct{ Device pbx.DeviceID }

// Need asks the same as making the phone.
func (c DeleteDevice) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	return deviceNeed(s, c.Device, who)
}

// Change deletes the row.
func (c DeleteDevice) Change(w *Work) (pbx.Change, error) {
	d := w.Snapshot.Devices[c.Device]
	if d == nil {
		return pbx.Change{}, missing()
	}
	w.object = d.Ref()
	return pbx.Change{Delete: []pbx.Ref{d.Ref()}}, nil
}
