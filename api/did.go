package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// DID is a number of the office in the public network.
type DID struct {
	ID         pbx.DIDID    `json:"id"`
	Number     string       `json:"number" doc:"with country code"`
	Name       string       `json:"name,omitempty"`
	Trunk      pbx.TrunkID  `json:"trunk,omitempty" doc:"only calls from there count; empty: from any"`
	TrunkName  string       `json:"trunk_name,omitempty"`
	Group      pbx.GroupID  `json:"group,omitempty"`
	GroupName  string       `json:"group_name,omitempty"`
	Region     pbx.RegionID `json:"region,omitempty" doc:"place whose calls show it"`
	RegionName string       `json:"region_name,omitempty"`
	To         Place        `json:"to" doc:"where its calls go"`
	Shown      bool         `json:"shown" doc:"calls of its people show it"`
	Revision   string       `json:"revision"`
	Edit       bool         `json:"edit" doc:"the visitor may change everything but where it leads"`
	Lead       bool         `json:"lead" doc:"the visitor may change where it leads"`
}

func (v *visit) seesDID(d *pbx.DID) (edit, lead bool) {
	if d == nil {
		return false, false
	}
	t := command.DIDTarget(d.ID, d.Group)
	return v.can(policy.NumberEdit, t), v.can(policy.RouteEdit, t)
}

func (v *visit) did(d *pbx.DID) DID {
	out := DID{ID: d.ID, Number: d.Number, Name: d.Name, Trunk: d.Trunk, Group: d.Group, Region: d.Region, To: v.place("", d.To), Shown: d.Shown, Revision: command.Revision(d)}
	out.Edit, out.Lead = v.seesDID(d)
	if d.Trunk != "" {
		out.TrunkName = v.s.NameOf(pbx.Ref{Kind: pbx.KindTrunk, ID: string(d.Trunk)})
	}
	if d.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(d.Group)})
	}
	if d.Region != "" {
		out.RegionName = v.s.NameOf(pbx.Ref{Kind: pbx.KindRegion, ID: string(d.Region)})
	}
	return out
}

// listDIDs shows the numbers that the visitor may change or lead elsewhere.
func (s *Server) listDIDs(_ context.Context, v *visit, in *List) (Page[DID], error) {
	var rows []*pbx.DID
	for _, d := range v.s.DIDsInOrder() {
		if edit, lead := v.seesDID(d); (edit || lead) && matches(in.Q, d.Number, d.Name) {
			rows = append(rows, d)
		}
	}
	part, next, err := pageOf(rows, *in, "number", func(d *pbx.DID) string { return d.Number }, func(d *pbx.DID) string { return string(d.ID) })
	page := Page[DID]{Items: make([]DID, 0, len(part)), Next: next, Total: len(rows)}
	for _, d := range part {
		page.Items = append(page.Items, v.did(d))
	}
	return page, err
}

type didBody struct {
	Number   *string       `json:"number,omitempty" doc:"as people of the office write it"`
	Name     *string       `json:"name,omitempty"`
	Trunk    *pbx.TrunkID  `json:"trunk,omitempty"`
	Group    *pbx.GroupID  `json:"group,omitempty"`
	Region   *pbx.RegionID `json:"region,omitempty"`
	To       *Place        `json:"to,omitempty"`
	Shown    *bool         `json:"shown,omitempty"`
	Revision string        `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *didBody) read() command.DID {
	c := command.DID{Number: b.Number, Name: b.Name, Trunk: b.Trunk, Group: b.Group, Region: b.Region, Shown: b.Shown}
	if b.To != nil {
		to := b.To.destination()
		c.To = &to
	}
	return c
}

type newDID struct {
	Body didBody
}

func (s *Server) createDID(ctx context.Context, v *visit, in *newDID) (DID, error) {
	r, err := s.do(ctx, v, command.CreateDID{DID: in.Body.read()})
	if err != nil {
		return DID{}, err
	}
	v.s = r.Snapshot
	return v.did(v.s.DIDs[pbx.DIDID(r.Object.ID)]), nil
}

type editDID struct {
	DID   string `path:"did"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  didBody
}

func (s *Server) patchDID(ctx context.Context, v *visit, in *editDID) (DID, error) {
	d := v.s.DIDs[pbx.DIDID(in.DID)]
	if edit, lead := v.seesDID(d); !edit && !lead {
		return DID{}, missing()
	}
	r, err := s.do(ctx, v, matching(pbx.KindDID, in.DID, in.Match, in.Body.Revision, command.EditDID{ID: d.ID, DID: in.Body.read()}))
	if err != nil {
		return DID{}, err
	}
	v.s = r.Snapshot
	return v.did(v.s.DIDs[d.ID]), nil
}

type didIn struct {
	DID string `path:"did"`
}

func (s *Server) deleteDID(ctx context.Context, v *visit, in *didIn) error {
	d := v.s.DIDs[pbx.DIDID(in.DID)]
	if edit, _ := v.seesDID(d); !edit {
		return missing()
	}
	_, err := s.do(ctx, v, command.DeleteDID{ID: d.ID})
	return err
}
