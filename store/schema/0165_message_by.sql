-- A message can have been sent on from another mailbox.
ALTER TABLE messages ADD COLUMN sent_by TEXT NOT NULL DEFAULT '';
