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

// IsSilent reports whether the coder of a packet found no voice in it, nor in what the packet repeats of the one before (RFC 6716 §4.2.3, §4.2.4). Noise may be
// in it. Of what holds several frames, or was coded without looking for voice, only the shortest packets are silent.
func IsSilent(packet []byte) bool {
	if len(packet) < 2 {
		return len(packet) == 1 // nothing is sent but that the pause goes on
	}
	config := packet[0] >> 3
	if config >= 16 || packet[0]&3 != 0 {
		return len(packet) <= 3
	}
	frames := byte((frameSamples(config) + 959) / 960) // of SILK, 20 ms each at most
	flags := frames + 1                                // of each channel: for each frame whether there is voice, and whether the one before is repeated
	if packet[0]&4 != 0 {
		flags *= 2
	}
	return packet[1]>>(8-flags) == 0
}
