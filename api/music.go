package api

import (
	"context"

	"tandem/command"
	"tandem/pbx"
)

// Music is a sound of the office's own that people hear while they wait.
type Music struct {
	Sound   string  `json:"sound" doc:"its address"`
	Seconds float64 `json:"seconds"`
}

func music(path string, s pbx.Sound) *Music {
	if s.IsZero() {
		return nil
	}
	return &Music{Sound: path + "?v=" + s.Blob, Seconds: s.Length().Seconds()}
}

// playMusic sends it as WAV, in ranges if the browser asks for them.
func (s *Server) playMusic(of pbx.Sound) (writer, error) {
	if of.IsZero() {
		return nil, missing()
	}
	return s.playBlob(of.Blob, of.Rate, s.c.Now())
}

// putMusic keeps an upload and does the command that lets people hear it.
func (s *Server) putMusic(ctx context.Context, v *visit, upload []byte, set func(pbx.Sound) command.Command) error {
	w, err := s.listenTo(ctx, upload)
	if err != nil {
		return err
	}
	return s.setSound(ctx, v.who, w, set, func(c command.Command) error {
		_, err := s.do(ctx, v, c)
		return err
	})
}

func (s *Server) getQueueMusic(_ context.Context, v *visit, in *queueIn) (writer, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return nil, missing()
	}
	return s.playMusic(q.Music)
}

type queueMusicUp struct {
	Queue   string `path:"queue"`
	RawBody []byte `contentType:"audio/wav"`
}

// putQueueMusic lets callers of a queue hear an upload. Nothing of it is kept but its samples.
func (s *Server) putQueueMusic(ctx context.Context, v *visit, in *queueMusicUp) (Queue, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return Queue{}, missing()
	}
	err := s.putMusic(ctx, v, in.RawBody, func(sound pbx.Sound) command.Command { return command.SetQueueMusic{ID: q.ID, Sound: sound} })
	if err != nil {
		return Queue{}, err
	}
	return v.queue(v.s.Queues[q.ID]), nil
}

func (s *Server) deleteQueueMusic(ctx context.Context, v *visit, in *queueIn) (Queue, error) {
	q := v.s.Queues[pbx.QueueID(in.Queue)]
	if !v.editsQueue(q) {
		return Queue{}, missing()
	}
	if _, err := s.do(ctx, v, command.SetQueueMusic{ID: q.ID}); err != nil {
		return Queue{}, err
	}
	return v.queue(v.s.Queues[q.ID]), nil
}

func (s *Server) getParkMusic(_ context.Context, v *visit, in *parkIn) (writer, error) {
	p := v.s.Parks[pbx.ParkID(in.Park)]
	if !v.editsPark(p) {
		return nil, missing()
	}
	return s.playMusic(p.Music)
}

type parkMusicUp struct {
	Park    string `path:"park"`
	RawBody []byte `contentType:"audio/wav"`
}

// putParkMusic is putQueueMusic for a row of park positions.
func (s *Server) putParkMusic(ctx context.Context, v *visit, in *parkMusicUp) (Park, error) {
	p := v.s.Parks[pbx.ParkID(in.Park)]
	if !v.editsPark(p) {
		return Park{}, missing()
	}
	err := s.putMusic(ctx, v, in.RawBody, func(sound pbx.Sound) command.Command { return command.SetParkMusic{ID: p.ID, Sound: sound} })
	if err != nil {
		return Park{}, err
	}
	return s.park(v, v.s.Parks[p.ID]), nil
}

func (s *Server) deleteParkMusic(ctx context.Context, v *visit, in *parkIn) (Park, error) {
	p := v.s.Parks[pbx.ParkID(in.Park)]
	if !v.editsPark(p) {
		return Park{}, missing()
	}
	if _, err := s.do(ctx, v, command.SetParkMusic{ID: p.ID}); err != nil {
		return Park{}, err
	}
	return s.park(v, v.s.Parks[p.ID]), nil
}

func (s *Server) getGroupMusic(_ context.Context, v *visit, in *groupIn) (writer, error) {
	g := v.s.Groups[pbx.GroupID(in.Group)]
	if g == nil {
		return nil, missing()
	}
	return s.playMusic(g.Music)
}

type groupMusicUp struct {
	Group   string `path:"group"`
	RawBody []byte `contentType:"audio/wav"`
}

// putGroupMusic is putQueueMusic for whom people of a group hold.
func (s *Server) putGroupMusic(ctx context.Context, v *visit, in *groupMusicUp) (Group, error) {
	g := v.s.Groups[pbx.GroupID(in.Group)]
	if g == nil {
		return Group{}, missing()
	}
	err := s.putMusic(ctx, v, in.RawBody, func(sound pbx.Sound) command.Command { return command.SetGroupMusic{ID: g.ID, Sound: sound} })
	if err != nil {
		return Group{}, err
	}
	return s.showGroup(v, v.s.Groups[g.ID]), nil
}

func (s *Server) deleteGroupMusic(ctx context.Context, v *visit, in *groupIn) (Group, error) {
	g := v.s.Groups[pbx.GroupID(in.Group)]
	if g == nil {
		return Group{}, missing()
	}
	if _, err := s.do(ctx, v, command.SetGroupMusic{ID: g.ID}); err != nil {
		return Group{}, err
	}
	return s.showGroup(v, v.s.Groups[g.ID]), nil
}
