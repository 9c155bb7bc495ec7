package switchboard

import (
	"tandem/call"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// mostNamed is how many people are offered at once; of more, more letters are asked for.
const mostNamed = 8

// findName finds people by the letters of their names. People inside find whom they may see; callers from outside, who does not mind.
func (r *run) findName(e call.FindName) call.Input {
	s, _ := r.b.c.View()
	who := r.in.Actor
	var out call.Named
	for _, u := range s.Spelled(e.Keys, r.now) {
		if who.Kind == pbx.ActorDevice || who.Kind == pbx.ActorUser {
			if u.ID == who.User || !policy.Decide(s, policy.Request{Actor: who, Right: policy.UserSee, Target: policy.User(u.ID), At: r.now}).OK {
				continue
			}
		} else if !s.IsListed(u.ID) {
			continue
		}
		if len(out.Found) == mostNamed {
			return call.Named{Many: true}
		}
		out.Found = append(out.Found, call.Somebody{Said: r.naming(s, u), To: pbx.Destination{Kind: pbx.ToUser, ID: string(u.ID)}})
	}
	return out
}

// naming is what is said in place of somebody's name: as he spoke it himself, else his number.
func (r *run) naming(s *pbx.Snapshot, u *pbx.User) []call.Clip {
	box := s.MailboxOf(pbx.BoxID(u.ID))
	if own := box.Called(); r.isThere(own.Blob) {
		return []call.Clip{{Sound: own.Blob}}
	}
	said := []call.Clip{call.Words("say.greeting.extension")}
	for _, k := range i18n.Say(r.spoken()).Digits(u.Extension) {
		said = append(said, call.Words(k))
	}
	return said
}
