package opus

// Samples is how much sound a packet holds, in samples of one channel at 48 kHz, which is also the clock of its time stamps (RFC 7587
// §4.1); 0 for what is no packet (RFC 6716 §3.1, §3.2).
func Samples(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	frames := 1
	switch packet[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(packet) < 2 {
			return 0
		}
		frames = int(packet[1] & 63)
	}
	n := frames * frameSamples(packet[0]>>3)
	if n > mostSamples {
		return 0
	}
	return n
}

// frameSamples is the length of a frame by the configuration number of its packet (RFC 6716 §3.1, table 2).
func frameSamples(config byte) int {
	switch {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return [4]int{480, 960, 1920, 2880}[config%4]
	case config < 16: // hybrid: 10, 20 ms
		return 480 << (config % 2)
	}
	return 120 << (config % 4) // CELT: 2.5, 5, 10, 20 ms
}
