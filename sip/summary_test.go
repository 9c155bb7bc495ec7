package sip

import "testing"

func TestSummary(t *testing.T) {
	tests := []struct {
		account    string
		fresh, old int
		want       string
	}{
		{"101", 0, 0, "Messages-Waiting: no\r\nMessage-Account: sip:101@pbx.example\r\nVoice-Message: 0/0 (0/0)\r\n"},
		{"101", 2, 8, "Messages-Waiting: yes\r\nMessage-Account: sip:101@pbx.example\r\nVoice-Message: 2/8 (0/0)\r\n"},
		{"*97", 0, 3, "Messages-Waiting: no\r\nMessage-Account: sip:*97@pbx.example\r\nVoice-Message: 0/3 (0/0)\r\n"},
	}
	for _, tt := range tests {
		if got := string(Summary(tt.account, "pbx.example", tt.fresh, tt.old).Body); got != tt.want {
			t.Errorf("%s %d/%d: %q, want %q", tt.account, tt.fresh, tt.old, got, tt.want)
		}
	}
}
