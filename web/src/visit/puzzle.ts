/** The small piece of work that stands before a visitor's call: it costs him a moment, and whoever calls a thousand times a thousand of them. */

/** Does a hash begin with so many zero bits? */
export function begins(hash: Uint8Array, bits: number): boolean {
  for (let i = 0; bits > 0; i++, bits -= 8) {
    const byte = hash[i] ?? 0;
    if (bits >= 8 ? byte !== 0 : byte >> (8 - bits) !== 0) return false;
  }
  return true;
}

const together = 256; // hashes that are made at the same time, so that the page goes on breathing

/** Finds the number that solves a puzzle. */
export async function solve(text: string, bits: number): Promise<string> {
  const encoder = new TextEncoder();
  for (let from = 0; ; from += together) {
    const hashes = await Promise.all(Array.from({ length: together }, (_, i) => crypto.subtle.digest('SHA-256', encoder.encode(`${text}:${from + i}`))));
    const found = hashes.findIndex((h) => begins(new Uint8Array(h), bits));
    if (found >= 0) return String(from + found);
  }
}
