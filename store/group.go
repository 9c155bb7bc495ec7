package store

import (
	"cmp"
	"errors"

	"tandem/pbx"
)

func groupRows() rows[pbx.Group] {
	return rows[pbx.Group]{
		table:   "groups",
		columns: []string{"id", "name", "parent", "language", "zone", "published", "standard", "ceiling", "replay", "created", "music"},
		values: func(g *pbx.Group) ([]any, error) {
			music, err := encode(g.Music)
			return []any{string(g.ID), g.Name, string(g.Parent), g.Language, g.Zone, flag(g.Published), flag(g.Default), string(g.Ceiling), string(g.Replay), ms(g.Created), music}, err
		},
		scan: func(s scan) (*pbx.Group, error) {
			var g pbx.Group
			var published, standard, created int64
			var music string
			err := s(&g.ID, &g.Name, &g.Parent, &g.Language, &g.Zone, &published, &standard, &g.Ceiling, &g.Replay, &created, &music)
			g.Published, g.Default, g.Created = published != 0, standard != 0, moment(created)
			return &g, errors.Join(err, decode(cmp.Or(music, "null"), &g.Music))
		},
	}
}
