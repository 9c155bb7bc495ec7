package policy

import (
	"maps"
	"slices"
	"time"

	"tandem/pbx"
)

// Extent is what a right of one person reaches at one moment, by decision and not by what is written. The zero value
// reaches nothing.
type Extent struct {
	Own    bool          // himself and what is his
	House  bool          // the office itself, or what belongs to nobody
	Groups []pbx.GroupID // in order of id
	Users  []pbx.UserID  // other people, in order of id
}

// IsEmpty reports whether nothing is reached.
func (e Extent) IsEmpty() bool {
	return !e.Own && !e.House && len(e.Groups) == 0 && len(e.Users) == 0
}

// Without is what one extent reaches and the other does not.
func (e Extent) Without(o Extent) Extent {
	return Extent{Own: e.Own && !o.Own, House: e.House && !o.House, Groups: less(e.Groups, o.Groups), Users: less(e.Users, o.Users)}
}

// less takes a sorted list out of another.
func less[T ~string](all, gone []T) (rest []T) {
	for _, x := range all {
		if _, found := slices.BinarySearch(gone, x); !found {
			rest = append(rest, x)
		}
	}
	return rest
}

// Reaches is how far a right of a person goes at a moment: each person and group is decided, so that denies, exclusions,
// sharing and standing are in the answer.
func Reaches(s *pbx.Snapshot, user pbx.UserID, right Right, at time.Time) Extent {
	v := viewer{s: s, actor: pbx.Actor{Kind: pbx.ActorUser, User: user}, at: at}
	if s.Users[user] == nil || !right.known() {
		return Extent{}
	}
	reach := Sight(s, v.actor, right, at)
	return v.extent(right, reach.Users(), reach.Groups())
}

// viewer is one person whose rights are looked at.
type viewer struct {
	s     *pbx.Snapshot
	actor pbx.Actor
	at    time.Time
}

func (v *viewer) may(right Right, t Target) bool {
	return t.kind != KindNothing && Decide(v.s, Request{Actor: v.actor, Right: right, Target: t, At: v.at}).OK
}

// extent decides a right over himself, the house, and the given people and groups.
func (v *viewer) extent(right Right, users []pbx.UserID, groups []pbx.GroupID) (e Extent) {
	e.Own, e.House = v.may(right, personal(right, v.actor.User, v.at)), v.may(right, ownerless(right))
	for _, g := range groups {
		if v.may(right, collective(right, g, v.at)) {
			e.Groups = append(e.Groups, g)
		}
	}
	for _, u := range users {
		if u != v.actor.User && !doors.has(right) && v.may(right, personal(right, u, v.at)) {
			e.Users = append(e.Users, u)
		}
	}
	return e
}

// personal is a target that stands for one person and what is his, of the kind the right speaks about.
func personal(r Right, u pbx.UserID, at time.Time) Target {
	switch catalogue[r].noun {
	case nounSite:
		return Site()
	case nounRecording:
		return Recording(&Sound{ID: anything, Start: at, Voices: []Voice{{User: u}}})
	case nounVoicemail:
		return Owned(KindVoicemail, anything, u, "")
	case nounLink:
		return Link(anything, u, "", pbx.Interval{})
	}
	if fitting[catalogue[r].noun].has(KindUser) {
		return User(u)
	}
	return Target{}
}

// collective is a target that stands for a group and what is its.
func collective(r Right, g pbx.GroupID, at time.Time) Target {
	switch catalogue[r].noun {
	case nounRecording:
		return Recording(&Sound{ID: anything, Start: at, Groups: []pbx.GroupID{g}})
	case nounVoicemail:
		return Owned(KindVoicemail, anything, "", g)
	case nounLink:
		return Link(anything, "", g, pbx.Interval{})
	}
	if fitting[catalogue[r].noun].has(KindGroup) {
		return Group(g)
	}
	return Target{}
}

// ownerless is the office itself, or a thing of the kind the right speaks about that belongs to nobody.
func ownerless(r Right) Target {
	switch catalogue[r].noun {
	case nounSystem:
		return System()
	case nounQueue:
		return Owned(KindQueue, anything, "", "")
	case nounMenu:
		return Owned(KindMenu, anything, "", "")
	case nounTrunk:
		return Owned(KindTrunk, anything, "", "")
	case nounNumber, nounRoute:
		return Owned(KindNumber, anything, "", "")
	case nounContact:
		return Owned(KindContact, anything, "", "")
	case nounWorkspace:
		return Owned(KindWorkspace, anything, "", "")
	}
	if r == GroupCreate || r == GroupEdit {
		return System()
	}
	return Target{}
}

// anything is the id of a thing that no list names.
const anything = "*"

// everybody lists all people of two snapshots, in order of id.
func everybody(a, b *pbx.Snapshot) []pbx.UserID {
	all := maps.Clone(a.Users)
	if all == nil {
		all = map[pbx.UserID]*pbx.User{}
	}
	maps.Copy(all, b.Users)
	return slices.Sorted(maps.Keys(all))
}

// Among is an extent without the people who are compared: that one reaches the other is no difference between them.
func (e Extent) Among(compared ...pbx.UserID) Extent {
	e.Users = slices.DeleteFunc(slices.Clone(e.Users), func(u pbx.UserID) bool { return slices.Contains(compared, u) })
	return e
}
