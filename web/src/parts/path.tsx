/** What can happen to a call, in words and as a tree of branches. */
import { CircleDot, PhoneForwarded, PhoneIncoming, PhoneOff, Voicemail } from 'lucide-react';
import type { PathNode, Presence } from '../api';
import { clock, list } from '../format';
import { t } from '../words';

const icons = { rings: PhoneIncoming, mailbox: Voicemail, refused: PhoneOff } as const;

/** What happens at one place, in a few words. */
export function endWord(n: PathNode): string {
  switch (n.end) {
    case 'rings': return t('path.rings', { names: list(n.rings ?? []) || (n.name ?? ''), seconds: n.for ?? 0 });
    case 'mailbox': return t('path.mailbox', { name: n.name ?? '' });
    case 'refused': return t('path.refused');
    case 'pin': return t('path.pin');
    case 'hidden': return t('path.hidden');
    default: return t('path.house', { name: n.name ?? '' });
  }
}

/** On which occasion the call comes to a place. */
export function branchWord(n: PathNode): string {
  if (n.branch === 'status') return t('path.if_status', { status: t(`presence.${n.status as Presence}`) });
  return n.branch ? t(`path.if.${n.branch}`, { key: n.key ?? '' }) : t('path.now');
}

/** The places a call passes when things are as they are and nobody answers, in order. */
export function taken(root: PathNode): PathNode[] {
  const next = root.next.find((n) => n.taken);
  return next ? [root, ...taken(next)] : [root];
}

/** The way of a call as a numbered list: every step with its reasons. */
export function Steps({ root, mark, onMark }: { root: PathNode; mark?: PathNode; onMark?: (n?: PathNode) => void }) {
  return (
    <ol className="steps">
      {taken(root).map((n, i) => (
        <li key={i} className={mark === n ? 'marked' : undefined} onPointerEnter={() => onMark?.(n)} onPointerLeave={() => onMark?.()}>
          <span className="med">{endWord(n)}</span> <span className="meta num">{clock(n.seconds)}</span>
          <ul>{n.lines.map((l) => <li key={l} className="meta wrap">{l}</li>)}</ul>
        </li>
      ))}
    </ol>
  );
}

function Branch({ node, mark, onMark }: { node: PathNode; mark?: PathNode; onMark: (n?: PathNode) => void }) {
  const Icon = icons[node.end as keyof typeof icons] ?? (node.end === 'hidden' ? CircleDot : PhoneForwarded);
  return (
    <li className={node.taken ? 'branch taken' : 'branch'}>
      <div className="branch-line">
        <span className="branch-when">{branchWord(node)}</span>
        <details className={mark === node ? 'branch-node marked' : 'branch-node'} onPointerEnter={() => onMark(node)} onPointerLeave={() => onMark()}>
          <summary className="row"><Icon className="icon" aria-hidden /><span className="grow col"><span className="med">{endWord(node)}</span><span className="meta wrap">{node.lines[node.lines.length - 1]}</span></span><span className="meta num">{clock(node.seconds)}</span></summary>
          <ul>{node.lines.map((l) => <li key={l} className="meta wrap">{l}</li>)}</ul>
        </details>
      </div>
      {node.next.length > 0 && <ul className="branches">{node.next.map((n, i) => <Branch key={i} node={n} mark={mark} onMark={onMark} />)}</ul>}
    </li>
  );
}

/** The whole tree: the way that is taken stands out, the others are dashed. */
export function Tree({ root, mark, onMark }: { root: PathNode; mark?: PathNode; onMark: (n?: PathNode) => void }) {
  return <ul className="branches root"><Branch node={root} mark={mark} onMark={onMark} /></ul>;
}
