package media

import "testing"

func TestPress(t *testing.T) {
	type packet struct {
		stamp    uint32
		code     byte
		duration uint16
		end      bool
		marker   bool
		ssrc     uint32
	}
	for _, tt := range []struct {
		name    string
		packets []packet
		want    string
	}{
		{"repeated and ended three times", []packet{{stamp: 100, code: 5, duration: 160, marker: true}, {stamp: 100, code: 5, duration: 320}, {stamp: 100, code: 5, duration: 320, end: true}, {stamp: 100, code: 5, duration: 320, end: true}}, "5"},
		{"only an end arrives", []packet{{stamp: 100, code: 11, duration: 320, end: true}}, "#"},
		{"the same key twice", []packet{{stamp: 100, code: 1, end: true}, {stamp: 1000, code: 1}}, "11"},
		{"the same key twice, the end was lost", []packet{{stamp: 100, code: 1, duration: 400}, {stamp: 1000, code: 1, marker: true}}, "11"},
		{"a late packet of the press before", []packet{{stamp: 100, code: 1}, {stamp: 1000, code: 2}, {stamp: 100, code: 1, end: true}, {stamp: 1000, code: 2, end: true}}, "12"},
		{"a press longer than a segment", []packet{{stamp: 0, code: 9, duration: 65535}, {stamp: 65535, code: 9, duration: 160}, {stamp: 65535, code: 9, duration: 320, end: true}}, "9"},
		{"another stream with an older time", []packet{{stamp: 5000, code: 1, end: true}, {stamp: 10, code: 1, ssrc: 2}}, "11"},
		{"time wraps", []packet{{stamp: 0xffffff00, code: 3, end: true}, {stamp: 100, code: 4}}, "34"},
		{"flash and modem tones are no digits", []packet{{stamp: 1, code: 16}, {stamp: 2, code: 32}, {stamp: 3, code: 255}}, ""},
		{"all keys", []packet{{stamp: 1, code: 0}, {stamp: 2, code: 10}, {stamp: 3, code: 12}, {stamp: 4, code: 15}}, "0*AD"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p press
			got := ""
			for _, k := range tt.packets {
				if d, first := p.take(header{marker: k.marker, stamp: k.stamp, ssrc: k.ssrc}, event{code: k.code, end: k.end, duration: k.duration}); first {
					got += string(d)
				}
			}
			if got != tt.want {
				t.Errorf("digits %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte{5, 0x8a, 1, 64, 5, 0x8a, 1, 64}, uint32(100))
	f.Fuzz(func(t *testing.T, b []byte, stamp uint32) {
		var p press
		for len(b) > 0 {
			e, ok := parseEvent(b)
			if !ok {
				return
			}
			d, first := p.take(header{stamp: stamp}, e)
			if first && (d == 0 || e.code > 15) {
				t.Fatalf("digit %q of %+v", d, e)
			}
			if _, again := p.take(header{stamp: stamp}, e); again {
				t.Fatal("told twice")
			}
			stamp += uint32(b[0])
			b = b[4:]
		}
	})
}
