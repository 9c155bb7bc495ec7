import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Catalogue, firstLanguage, known, languages, parse, rich, say, t, use } from '../src/words';

const read = (code: string) => JSON.parse(readFileSync(join(import.meta.dirname, `../../i18n/${code}.json`), 'utf8')) as Catalogue;

describe('sentences', () => {
  const rows: [string, string, string, Record<string, string | number>, string][] = [
    ['words alone', 'en', 'Saved', {}, 'Saved'],
    ['a placeholder', 'en', 'Hello, {name}', { name: 'Eva' }, 'Hello, Eva'],
    ['a value with braces is not read again', 'en', 'Hello, {name}', { name: '{n}' }, 'Hello, {n}'],
    ['a missing value is visible', 'en', 'Hello, {name}', {}, 'Hello, {name}'],
    ['one', 'en', '{n, plural, one {# call} other {# calls}}', { n: 1 }, '1 call'],
    ['many in Russian', 'ru', '{n, plural, one {# звонок} few {# звонка} many {# звонков} other {# звонка}}', { n: 25 }, '25 звонков'],
    ['twenty-one in Russian is one', 'ru', '{n, plural, one {# звонок} few {# звонка} many {# звонков} other {# звонка}}', { n: 21 }, '21 звонок'],
    ['few in Polish', 'pl', '{n, plural, one {# osoba} few {# osoby} many {# osób} other {# osoby}}', { n: 22 }, '22 osoby'],
    ['one and a half in Polish is other', 'pl', '{n, plural, one {# osoba} few {# osoby} many {# osób} other {# osoby}}', { n: 1.5 }, '1,5 osoby'],
    ['Indonesian knows one form', 'id', '{n, plural, other {# orang}}', { n: 1 }, '1 orang'],
    ['an exact branch comes first', 'en', '{n, plural, =0 {nobody} one {# person} other {# people}}', { n: 0 }, 'nobody'],
    ['numbers are grouped as the language does', 'de', '{n} Anrufe', { n: 12345 }, '12.345 Anrufe'],
    ['a placeholder inside a branch', 'en', '{n, plural, one {{name} has one} other {{name} has #}}', { n: 3, name: 'Eva' }, 'Eva has 3'],
  ];
  it.each(rows)('%s', (_, language, sentence, args, want) => expect(say(language, sentence, args)).toBe(want));

  it('is one string with elements where the language wants them', () => {
    use('de', { 'app.x': '{name} hat {n} Telefone' });
    const element = { b: 'Eva' };
    expect(rich('x' as never, { name: element, n: 2 })).toEqual([element, ' hat ', '2', ' Telefone']);
  });
});

describe('catalogues', () => {
  const en = read('en');
  it.each(languages.map((l) => l.code))('%s can be read and said, every sentence of it', (code) => {
    for (const [key, sentence] of Object.entries(read(code))) {
      expect(() => parse(sentence), key).not.toThrow();
      expect(say(code, sentence, { n: 5, name: 'x' }), key).not.toBe('');
    }
  }, 120_000); // thousands of sentences, on a machine that may be busy
  // What the house says aloud follows each language's grammar, so the words under say. differ.
  const written = (sentences: object) => Object.keys(sentences).filter((k) => !k.startsWith('say.'));
  it.each(languages.map((l) => l.code))('%s has the keys of English', (code) => expect(written(read(code))).toEqual(written(en)));
});

describe('choosing', () => {
  beforeEach(() => use('en', { 'app.ui.save': 'Save', 'role.user': 'User' }));
  it('prefers what was chosen here', () => expect(firstLanguage('pl', ['de-AT'])).toBe('pl'));
  it('then what the browser says', () => expect(firstLanguage(null, ['fr', 'ru-RU'])).toBe('ru'));
  it('then English', () => expect(firstLanguage('xx', ['fr'])).toBe('en'));
  it('puts its own prefix before keys of the app', () => expect(t('ui.save')).toBe('Save'));
  it('says keys of the server, and admits when it does not know one', () => {
    expect(known('role.user')).toBe('User');
    expect(known('role.none')).toBeUndefined();
  });
});
