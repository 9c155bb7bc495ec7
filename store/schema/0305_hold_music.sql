-- What is heard by whom people of a group hold.

ALTER TABLE groups ADD COLUMN music TEXT NOT NULL DEFAULT ''; -- JSON; empty or null: that of the group above
