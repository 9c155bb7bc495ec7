import { Tooltip } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Link } from 'react-router';
import { answerLock, type Locked, whyMarks } from './why';

type Look = { kind?: 'primary' | 'plain' | 'quiet' | 'danger'; small?: boolean; large?: boolean; full?: boolean };
const look = ({ kind = 'plain', small, large, full }: Look, more = ''): string =>
  `btn ${kind}${small ? ' small' : ''}${large ? ' large' : ''}${full ? ' full' : ''}${more}`;

/** A locked button stays in place, can be focused, and answers. */
type Props = Look & Locked & Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> & {
  icon?: LucideIcon;
  kbd?: string;
  busy?: boolean;
  children?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
};

export function Button({ kind, small, large, full, icon: Icon, kbd, busy, locked, why, children, onClick, ...rest }: Props) {
  const button = (
    <button
      type="button"
      {...rest}
      {...whyMarks(why, locked)}
      className={look({ kind, small, large, full })}
      aria-disabled={locked ? true : undefined}
      aria-busy={busy || undefined}
      onClick={(e) => {
        if (locked) {
          e.preventDefault();
          answerLock(locked, why, e.currentTarget);
        } else if (busy) e.preventDefault();
        else onClick?.(e);
      }}
    >
      {Icon && <Icon className="icon" aria-hidden />}
      {children}
      {kbd && <kbd>{kbd}</kbd>}
    </button>
  );
  return locked ? <Tooltip label={locked} events={{ hover: true, focus: true, touch: false }}>{button}</Tooltip> : button;
}

export function ButtonLink({ to, kind, small, large, full, icon: Icon, children }: Look & { to: string; icon?: LucideIcon; children: ReactNode }) {
  return (
    <Link to={to} className={look({ kind, small, large, full })}>
      {Icon && <Icon className="icon" aria-hidden />}
      {children}
    </Link>
  );
}

/** A button without words: it has a name and a tooltip all the same. */
export function IconButton({ label, icon: Icon, small, kind = 'quiet', ...rest }: { label: string; icon: LucideIcon; small?: boolean; kind?: Look['kind'] } & Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> & { ref?: Ref<HTMLButtonElement> }) {
  return (
    <Tooltip label={label}>
      <button type="button" {...rest} aria-label={label} className={look({ kind, small }, ' sq')}>
        <Icon className="icon" aria-hidden />
      </button>
    </Tooltip>
  );
}
