-- Who is called to help when callers wait too long, which callers come first, and who is told of them.

ALTER TABLE queues ADD COLUMN escalate BIGINT NOT NULL DEFAULT 0; -- seconds
ALTER TABLE queues ADD COLUMN important TEXT NOT NULL DEFAULT 'null';
ALTER TABLE queues ADD COLUMN notify TEXT NOT NULL DEFAULT 'null';
