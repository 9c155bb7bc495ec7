/** SIP messages as text (RFC 3261 §7, RFC 7118): reading and writing, nothing else. */

export type Message = { method: string; uri: string; status: number; reason: string; headers: [name: string, value: string][]; body: string };

const short: Record<string, string> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', l: 'content-length', c: 'content-type', r: 'refer-to', e: 'content-encoding', k: 'supported', s: 'subject' };
const canonical = (name: string): string => {
  const low = name.trim().toLowerCase();
  return short[low] ?? low;
};

/** Reads one message; undefined when it is none. */
export function parse(text: string): Message | undefined {
  const cut = text.indexOf('\r\n\r\n');
  if (cut < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, cut).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const answer = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(first);
  if (!answer && !request) return undefined;
  const headers: Message['headers'] = [];
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at > 0) headers.push([canonical(line.slice(0, at)), line.slice(at + 1).trim()]);
  }
  return { method: request?.[1] ?? '', uri: request?.[2] ?? '', status: Number(answer?.[1] ?? 0), reason: answer?.[2] ?? '', headers, body: text.slice(cut + 4) };
}

/** The first header of a name, or nothing. */
export const header = (m: Message, name: string): string => m.headers.find(([n]) => n === name)?.[1] ?? '';

/** The tag of a From or To. */
export const tag = (value: string): string => /;\s*tag=([^;>\s]+)/i.exec(value.replace(/<[^>]*>/, ''))?.[1] ?? '';

/** The address in a From, To, Contact or Refer-To. */
export const address = (value: string): string => /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0]?.trim() ?? '';

/** The branch of the topmost Via, which names a transaction. */
export const branch = (m: Message): string => /;\s*branch=([^;,\s]+)/i.exec(header(m, 'via'))?.[1] ?? '';

/** What a Reason says in words for people; the phrases of the protocol are none (RFC 3326). */
export function sentence(reason: string): string {
  const text = /;\s*text="((?:[^"\\]|\\.)*)"/i.exec(reason)?.[1]?.replace(/\\(.)/g, '$1') ?? '';
  return /\s.*[.!?…]$/.test(text) ? text : '';
}

/** Number and method of a CSeq. */
export function sequence(m: Message): { number: number; method: string } {
  const [number = '', method = ''] = header(m, 'cseq').split(/\s+/);
  return { number: Number(number), method };
}

const unescape = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** What an address calls itself: a displayed name and the part before the @. */
export function party(value: string): { name: string; number: string } {
  const shown = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))\s*</.exec(value);
  const number = unescape(/^sips?:([^@;]*)@/i.exec(address(value))?.[1] ?? '');
  return { name: (shown?.[1]?.replace(/\\(.)/g, '$1') ?? shown?.[2] ?? '').trim(), number };
}

/** Writes a message; the length of the body is counted in octets. */
export function write(first: string, headers: Message['headers'], body = ''): string {
  const lines = headers.map(([n, v]) => `${n}: ${v.replace(/[\r\n]+/g, ' ')}`);
  lines.push(`Content-Length: ${new TextEncoder().encode(body).length}`);
  return `${first}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The number as it stands in an address: what people type besides digits and letters of a number is left out. */
export const dialable = (typed: string): string => encodeURIComponent(/^[\d+*#()\s./-]+$/.test(typed) ? typed.replace(/[()\s./-]/g, '') : typed.trim()).replaceAll('%2B', '+').replaceAll('%2A', '*');

/** Letters and digits that nobody guesses. */
export const token = (): string => [...crypto.getRandomValues(new Uint8Array(10))].map((b) => b.toString(36).padStart(2, '0')).join('');
