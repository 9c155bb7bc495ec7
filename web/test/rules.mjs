// Rules of the front-end that the compiler cannot check. Each line printed is a rule broken; the exit status says so too.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const src = join(import.meta.dirname, '..', 'src');
const broken = [];
// Marks of unfinished work, spelled apart so that this file does not break its own rule.
const later = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`);

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

for (const path of files(src)) {
  const name = relative(src, path);
  if (name === 'api.gen.ts') continue;
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n');
  const page = name.startsWith('pages/');
  const refuse = (rule, at) => broken.push(`${name}${at === undefined ? '' : `:${at + 1}`}: ${rule}`);

  if (page && lines.length > 400) refuse(`a page has at most 400 lines, this one has ${lines.length}`);
  if (page && !text.startsWith('/**')) refuse('a page begins with a sentence about what it is');
  lines.forEach((line, at) => {
    const from = /from '([^']+)'/.exec(line)?.[1] ?? '';
    if (page && from.startsWith('./')) refuse('no page imports another page', at);
    if (name.startsWith('ui/') && /^\.\.\/(pages|parts)\//.test(from)) refuse('the furniture knows no pages and no parts', at);
    if (name.startsWith('parts/') && from.startsWith('../pages/')) refuse('parts know no pages', at);
    if (page && (/style=\{/.test(line) || /\.css'/.test(line))) refuse('pages know no CSS values', at);
    if (/dangerouslySetInnerHTML|innerHTML\s*=|\beval\(|new Function\(/.test(line)) refuse('nothing is ever read as HTML or code', at);
    if (/https?:\/\/(?!\\)/.test(line.replace(/\/\/ .*$/, '')) && !/https\?:/.test(line)) refuse('no address of anybody else', at);
    if (later.test(line) || /@ts-ignore|@ts-expect-error|eslint-disable|as any\b|: any\b/.test(line)) refuse('nothing left for later, no hole in the types', at);
    if (/console\.(log|debug)/.test(line)) refuse('no talking to the console', at);
    // A control that is closed for want of a right answers with the whole decision; one that waits for something else says what for.
    const lock = /\blocked(?:=\{|: )([^}]*)/.exec(line)?.[1] ?? '';
    if (!name.startsWith('ui/') && /\bcan\b|\bcan\(|\bmay\b|cannot_(?!apply)|not_yours|not_assignable|no_grant|no_role|no_allow|no_deny|\.locked\b|\bwhy\b/.test(lock) && !/\bwhy(?:=|:|\b,)/.test(line)) {
      refuse('a control that a right closes carries the question: why={{ right, over }}', at);
    }
    // Words between tags belong into the catalogues. Product names and keys on the keyboard are no sentences.
    const words = />\s*([A-Z][a-z]+(?: [a-z]+)+[.!?]?)\s*</.exec(line)?.[1];
    if (path.endsWith('.tsx') && words) refuse(`a sentence outside the catalogues: ${words}`, at);
    if (/(?:label|title|placeholder|aria-label)="[A-Z][a-z]+ [a-z]/.test(line)) refuse('a sentence outside the catalogues', at);
  });
}

for (const line of broken) console.error(line);
process.exitCode = broken.length > 0 ? 1 : 0;
