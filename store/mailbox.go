package store

import "tandem/pbx"

func mailboxRows() rows[pbx.Mailbox] {
	return rows[pbx.Mailbox]{
		table:   "mailboxes",
		columns: []string{"id", "off", "greetings", "longest", "most", "days", "mail", "clear_mailed", "language", "unlisted", "pin", "pin_since"},
		values: func(b *pbx.Mailbox) ([]any, error) {
			greetings, err := encode(b.Greetings)
			return []any{string(b.ID), flag(b.Off), greetings, int64(b.Longest), int64(b.Most), int64(b.Days), string(b.Mail), flag(b.Clear), b.Language,
				flag(b.Unlisted), b.PIN, ms(b.PINSince)}, err
		},
		scan: func(s scan) (*pbx.Mailbox, error) {
			var b pbx.Mailbox
			var greetings string
			var off, empty, unlisted, since int64
			if err := s(&b.ID, &off, &greetings, &b.Longest, &b.Most, &b.Days, &b.Mail, &empty, &b.Language, &unlisted, &b.PIN, &since); err != nil {
				return nil, err
			}
			b.Off, b.Clear, b.Unlisted, b.PINSince = off != 0, empty != 0, unlisted != 0, moment(since)
			return &b, decode(greetings, &b.Greetings)
		},
	}
}
