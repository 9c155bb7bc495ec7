package main

import (
	"context"
	"fmt"

	openfgav1 "github.com/openfga/api/proto/openfga/v1"
	"github.com/openfga/language/pkg/go/transformer"
	"github.com/openfga/openfga/pkg/server"
	"github.com/openfga/openfga/pkg/storage/memory"
)

const fgaModel = `model
  schema 1.1
type user
type group
  relations
    define parent: [group]
    define manager: [user]
    define owner: [user] or owner from parent
type person
  relations
    define holder: [user]
    define group: [group]
    define edit_forwarding: holder or manager from group or owner from group
`

func (c *company) openfga() (*engine, error) {
	ctx := context.Background()
	s, err := server.NewServerWithOpts(server.WithDatastore(memory.New()))
	if err != nil {
		return nil, err
	}
	store, err := s.CreateStore(ctx, &openfgav1.CreateStoreRequest{Name: "company"})
	if err != nil {
		return nil, err
	}
	m, err := transformer.TransformDSLToProto(fgaModel)
	if err != nil {
		return nil, err
	}
	written, err := s.WriteAuthorizationModel(ctx, &openfgav1.WriteAuthorizationModelRequest{StoreId: store.GetId(), SchemaVersion: m.GetSchemaVersion(),
		TypeDefinitions: m.GetTypeDefinitions()})
	if err != nil {
		return nil, err
	}
	var rows []*openfgav1.TupleKey
	put := func(object, relation, subject string) {
		rows = append(rows, &openfgav1.TupleKey{Object: object, Relation: relation, User: subject})
	}
	for g := range c.groups {
		if p := c.parent(g); p >= 0 {
			put("group:"+group(g), "parent", "group:"+group(p))
		}
	}
	for i := range c.people {
		put("person:"+user(i), "holder", "user:"+user(i))
		put("person:"+user(i), "group", "group:"+group(c.groupOf(i)))
		if h := c.heads(i); h != "" {
			put("group:"+group(c.groupOf(i)), h, "user:"+user(i))
		}
	}
	const batch = 100
	for i := 0; i < len(rows); i += batch {
		if _, err := s.Write(ctx, &openfgav1.WriteRequest{StoreId: store.GetId(), AuthorizationModelId: written.GetAuthorizationModelId(),
			Writes: &openfgav1.WriteRequestWrites{TupleKeys: rows[i:min(i+batch, len(rows))]}}); err != nil {
			return nil, err
		}
	}
	return &engine{name: "OpenFGA", size: fmt.Sprintf("%d tuples, in process, memory store", len(rows)), close: s.Close,
		allows: func(q question) (bool, error) {
			r, err := s.Check(ctx, &openfgav1.CheckRequest{StoreId: store.GetId(), AuthorizationModelId: written.GetAuthorizationModelId(),
				TupleKey: &openfgav1.CheckRequestTupleKey{Object: "person:" + user(q.target), Relation: "edit_forwarding", User: "user:" + user(q.actor)}})
			return r.GetAllowed(), err
		}}, nil
}
