package pbx

import (
	"hash/maphash"
	"iter"
)

// fan is the number of branches on each of the two levels of a Table.
const fan = 32

// Table is an immutable map in 1024 parts on two levels; changing one key copies one part and the way to it. With
// 10,000 keys that is ten entries and 64 pointers. The zero value is empty.
type Table[K ~string, V any] struct {
	branches *[fan]*[fan]map[K]V
	count    int
}

var tableSeed = maphash.MakeSeed()

func place[K ~string](k K) (i, j int) {
	h := maphash.String(tableSeed, string(k))
	return int(h % fan), int(h / fan % fan)
}

func (t *Table[K, V]) part(i, j int) map[K]V {
	if t.branches == nil || t.branches[i] == nil {
		return nil
	}
	return t.branches[i][j]
}

// Get finds the value of a key.
func (t *Table[K, V]) Get(k K) (V, bool) {
	v, ok := t.part(place(k))[k]
	return v, ok
}

// Len counts the keys.
func (t *Table[K, V]) Len() int { return t.count }

// All goes over keys and values in no particular order.
func (t *Table[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if t.branches == nil {
			return
		}
		for _, branch := range t.branches {
			if branch == nil {
				continue
			}
			for _, m := range branch {
				for k, v := range m {
					if !yield(k, v) {
						return
					}
				}
			}
		}
	}
}

// With is the table after the key got the value.
func (t *Table[K, V]) With(k K, v V) Table[K, V] {
	next, m := t.copyPart(k)
	if _, had := m[k]; !had {
		next.count++
	}
	m[k] = v
	return next
}

// Without is the table after the key went.
func (t *Table[K, V]) Without(k K) Table[K, V] {
	if _, had := t.Get(k); !had {
		return *t
	}
	next, m := t.copyPart(k)
	delete(m, k)
	next.count--
	return next
}

// copyPart is a table of its own along the way to a key, with that key's part.
func (t *Table[K, V]) copyPart(k K) (Table[K, V], map[K]V) {
	i, j := place(k)
	next := Table[K, V]{new([fan]*[fan]map[K]V), t.count}
	if t.branches != nil {
		*next.branches = *t.branches
	}
	branch := new([fan]map[K]V)
	if old := next.branches[i]; old != nil {
		*branch = *old
	}
	next.branches[i] = branch
	m := make(map[K]V, len(branch[j])+1)
	for key, v := range branch[j] {
		m[key] = v
	}
	branch[j] = m
	return next, m
}

// put writes in place; only for a table that nobody else holds yet.
func (t *Table[K, V]) put(k K, v V) {
	i, j := place(k)
	if t.branches == nil {
		t.branches = new([fan]*[fan]map[K]V)
	}
	if t.branches[i] == nil {
		t.branches[i] = new([fan]map[K]V)
	}
	m := t.branches[i][j]
	if m == nil {
		m = make(map[K]V)
		t.branches[i][j] = m
	}
	if _, had := m[k]; !had {
		t.count++
	}
	m[k] = v
}
