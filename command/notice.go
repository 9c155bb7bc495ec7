package command

import (
	"maps"

	"tandem/pbx"
	"tandem/policy"
)

// SetNotices chooses by which ways a person gets notices. Kinds that are not named stay; one that is chosen as is usual follows what is usual.
type SetNotices struct {
	User pbx.UserID
	Ways map[pbx.NoticeKind]pbx.Channels
}

// Need asks for user.profile.
func (c SetNotices) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserProfile, policy.User(c.User)}}
}

// Change writes what differs from what is usual.
func (c SetNotices) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Users[c.User]
	if old == nil {
		return pbx.Change{}, missing()
	}
	u := *old
	w.object = u.Ref()
	own := maps.Clone(u.Notices)
	if own == nil {
		own = map[pbx.NoticeKind]pbx.Channels{}
	}
	for kind, ways := range c.Ways {
		l, ok := policy.NoticeSortOf(kind)
		switch {
		case !ok:
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "kind", "notice.kind_unknown", "kind", string(kind))
		case l.Severity == policy.SeverityCritical && !ways.Web:
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "web", "notice.critical")
		case ways == l.Usual:
			delete(own, kind)
		default:
			own[kind] = ways
		}
	}
	if len(own) == 0 {
		own = nil
	}
	u.Notices = own
	return pbx.Change{Put: []pbx.Noun{&u}}, nil
}
