import { describe, expect, it } from 'vitest';
import { address, branch, dialable, header, parse, party, sequence, tag, write } from '../src/phone/sip';
import { linked } from '../src/phone/place';

describe('SIP messages', () => {
  it('are read as they are written', () => {
    const text = write('INVITE sip:102@office SIP/2.0', [['Via', 'SIP/2.0/WS a.invalid;branch=z9hG4bKx1'], ['From', '"Łucja \\"L\\" Nowak" <sip:101@office>;tag=a1'], ['To', '<sip:102@office>'], ['CSeq', '7 INVITE']], 'v=0\r\nś');
    const m = parse(text);
    expect(m?.method).toBe('INVITE');
    expect(m && header(m, 'content-length')).toBe('7');
    expect(m?.body).toBe('v=0\r\nś');
    expect(m && branch(m)).toBe('z9hG4bKx1');
    expect(m && sequence(m)).toEqual({ number: 7, method: 'INVITE' });
    expect(m && party(header(m, 'from'))).toEqual({ name: 'Łucja "L" Nowak', number: '101' });
    expect(m && tag(header(m, 'from'))).toBe('a1');
    expect(m && tag(header(m, 'to'))).toBe('');
  });
  it('may be short, folded and without a name', () => {
    const m = parse('SIP/2.0 486 Busy Here\r\nv: SIP/2.0/WS a;branch=z9\r\nf: sip:+49301234@office;tag=b2\r\nsubject: one\r\n two\r\n\r\n');
    expect(m?.status).toBe(486);
    expect(m?.reason).toBe('Busy Here');
    expect(m && header(m, 'subject')).toBe('one two');
    expect(m && party(header(m, 'from'))).toEqual({ name: '', number: '+49301234' });
    expect(address('<sip:a@b;transport=ws>;expires=3')).toBe('sip:a@b;transport=ws');
  });
  it('are nothing else', () => {
    for (const text of ['', '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'INVITE sip:a@b SIP/2.0']) expect(parse(text)).toBeUndefined();
  });
  it('carry no line of somebody else', () => {
    expect(write('BYE sip:a@b SIP/2.0', [['Subject', 'x\r\nRoute: <sip:evil>']])).toBe('BYE sip:a@b SIP/2.0\r\nSubject: x Route: <sip:evil>\r\nContent-Length: 0\r\n\r\n');
  });
});

describe('what people type', () => {
  it.each([['+49 (30) 12-34', '+49301234'], ['*97', '*97'], ['#1', '%231'], [' 102 ', '102'], ['a b@c', 'a%20b%40c']])('%s is dialled as %s', (typed, dialled) => {
    expect(dialable(typed)).toBe(dialled);
  });
});

describe('links to telephones', () => {
  it.each([
    ['tel:+49-89-111222;ext=5', '+49-89-111222'],
    ['tel:089%20111222', '089 111222'],
    ['sip:150@office.example;user=phone', '150'],
    ['callto://+4989111222', '+4989111222'],
    ['web+tel:112', '112'],
    ['tel:*72150', '*72150'],
    ['tel:javascript:alert(1)', ''],
    ['sip:alice@office.example', ''],
    ['tel:%E0', ''],
    ['', ''],
  ])('%s', (link, number) => expect(linked(link)).toBe(number));
});
