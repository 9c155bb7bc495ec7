package store

import (
	"errors"

	"tandem/pbx"
)

func trunkRows() rows[pbx.Trunk] {
	return rows[pbx.Trunk]{
		table: "trunks",
		columns: []string{"id", "name", "group_id", "host", "transport", "domain", "register", "username", "auth_name", "secret", "expires", "ping", "sources",
			"trusted", "account", "encrypt", "calls", "sends", "prefix", "shows", "deflects", "onward", "off", "created", "limits", "authorities", "pins"},
		values: func(t *pbx.Trunk) ([]any, error) {
			sources, err := encode(t.Sources)
			limits, err2 := encode(t.Limits)
			pins, err3 := encode(t.Pins)
			return []any{string(t.ID), t.Name, string(t.Group), t.Host, t.Transport, t.Domain, flag(t.Register), t.Username, t.AuthName, t.Secret, t.Expires, t.Ping, sources,
				flag(t.Trusted), flag(t.Account), flag(t.Encrypt), t.Calls, string(t.Sends), t.Prefix, t.Shows, flag(t.Deflects), string(t.Onward), flag(t.Off), ms(t.Created), limits, t.Authorities, pins}, errors.Join(err, err2, err3)
		},
		scan: func(s scan) (*pbx.Trunk, error) {
			var t pbx.Trunk
			var sources, limits, pins string
			var register, trusted, account, encrypt, deflects, off, created int64
			if err := s(&t.ID, &t.Name, &t.Group, &t.Host, &t.Transport, &t.Domain, &register, &t.Username, &t.AuthName, &t.Secret, &t.Expires, &t.Ping, &sources,
				&trusted, &account, &encrypt, &t.Calls, &t.Sends, &t.Prefix, &t.Shows, &deflects, &t.Onward, &off, &created, &limits, &t.Authorities, &pins); err != nil {
				return nil, err
			}
			t.Register, t.Trusted, t.Account, t.Encrypt, t.Deflects, t.Off, t.Created = register != 0, trusted != 0, account != 0, encrypt != 0, deflects != 0, off != 0, moment(created)
			return &t, errors.Join(decode(sources, &t.Sources), decode(limits, &t.Limits), decode(pins, &t.Pins))
		},
	}
}

func didRows() rows[pbx.DID] {
	return rows[pbx.DID]{
		table:   "dids",
		columns: []string{"id", "number", "name", "trunk", "group_id", "leads_to", "shown", "created", "region"},
		values: func(d *pbx.DID) ([]any, error) {
			to, err := encode(d.To)
			return []any{string(d.ID), d.Number, d.Name, string(d.Trunk), string(d.Group), to, flag(d.Shown), ms(d.Created), string(d.Region)}, err
		},
		scan: func(s scan) (*pbx.DID, error) {
			var d pbx.DID
			var to string
			var shown, created int64
			if err := s(&d.ID, &d.Number, &d.Name, &d.Trunk, &d.Group, &to, &shown, &created, &d.Region); err != nil {
				return nil, err
			}
			d.Shown, d.Created = shown != 0, moment(created)
			return &d, decode(to, &d.To)
		},
	}
}

func outRouteRows() rows[pbx.OutRoute] {
	return rows[pbx.OutRoute]{
		table:   "outroutes",
		columns: []string{"id", "name", "place", "classes", "prefixes", "groups", "trunks", "spread", "off", "created"},
		values: func(o *pbx.OutRoute) ([]any, error) {
			classes, err1 := encode(o.Classes)
			prefixes, err2 := encode(o.Prefixes)
			groups, err3 := encode(o.Groups)
			trunks, err4 := encode(o.Trunks)
			return []any{string(o.ID), o.Name, o.Place, classes, prefixes, groups, trunks, flag(o.Spread), flag(o.Off), ms(o.Created)}, errors.Join(err1, err2, err3, err4)
		},
		scan: func(s scan) (*pbx.OutRoute, error) {
			var o pbx.OutRoute
			var classes, prefixes, groups, trunks string
			var spread, off, created int64
			if err := s(&o.ID, &o.Name, &o.Place, &classes, &prefixes, &groups, &trunks, &spread, &off, &created); err != nil {
				return nil, err
			}
			o.Spread, o.Off, o.Created = spread != 0, off != 0, moment(created)
			return &o, errors.Join(decode(classes, &o.Classes), decode(prefixes, &o.Prefixes), decode(groups, &o.Groups), decode(trunks, &o.Trunks))
		},
	}
}
