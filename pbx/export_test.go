package pbx

// Crowd is how people are found by their ids.
type Crowd = crowd

// People are those whom a crowd finds, by their ids. Where each stands inside depends on who came first, and on the seed of the hash.
func People(c Crowd) map[UserID]*Person {
	all := map[UserID]*Person{}
	for _, s := range c.slots {
		if s.person != nil {
			all[s.person.User.ID] = c.get(s.person.User.ID)
		}
	}
	if len(all) != c.count {
		all["somebody stands there twice, or is not counted"] = nil
	}
	return all
}
