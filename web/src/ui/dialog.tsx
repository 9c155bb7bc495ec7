import { Modal } from '@mantine/core';
import { X } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../words';
import { Button, IconButton } from './button';
import { useSend } from './send';
import { FormError } from './states';

export function Dialog({ open, title, onClose, size = 520, children }: { open: boolean; title: string; onClose: () => void; size?: number; children: ReactNode }) {
  return (
    <Modal opened={open} onClose={onClose} title={title} size={size} centered lockScroll={false} closeButtonProps={{ 'aria-label': t('ui.close') }} transitionProps={{ duration: 120 }}>
      {children}
    </Modal>
  );
}

/** Asks before something that cannot be taken back: the words name the consequences, the button names the deed. */
export function Confirm({ open, title, action, children, onClose, run, danger = true }: { open: boolean; title: string; action: string; children: ReactNode; onClose: () => void; run: () => Promise<unknown>; danger?: boolean }) {
  const send = useSend(async () => {
    await run();
    onClose();
  });
  useEffect(() => {
    if (open) send.forget();
  }, [open]);
  return (
    <Dialog open={open} title={title} onClose={onClose} size={460}>
      <div className="col g16">
        <div className="t2">{children}</div>
        <FormError error={send.error} fields={[]} />
        <div className="row">
          <Button kind={danger ? 'danger' : 'primary'} busy={send.busy} onClick={send.go}>{action}</Button>
          <Button kind="quiet" data-autofocus onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

/** A form over the page, for what begins at a row of a list. */
export function FormDialog({ title, onClose, children, foot, onSubmit }: { title: string; onClose: () => void; children: ReactNode; foot: ReactNode; onSubmit: (e: FormEvent) => void }) {
  return (
    <Dialog open title={title} onClose={onClose}>
      <form className="col g16" onSubmit={onSubmit} noValidate>
        {children}
        <div className="row g8">{foot}</div>
      </form>
    </Dialog>
  );
}

/** Whether a dialog, a menu or the list of a choice is open; lists that were closed stay in the page, unseen. */
const liesAbove = (): boolean => [...document.querySelectorAll('[role="dialog"][aria-modal="true"], [role="menu"], [role="listbox"]')].some((e) => e.getClientRects().length > 0);

/** A panel beside the list: the list stays usable. Focus goes to its heading, and back to where it came from. */
export function Side({ title, sub, lead, onClose, children, foot, onSubmit }: { title: string; sub?: ReactNode; lead?: ReactNode; onClose: () => void; children: ReactNode; foot?: ReactNode; onSubmit?: (e: FormEvent) => void }) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const panel = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const first = panel.current?.querySelector<HTMLElement>('[data-autofocus]');
    (first ?? heading.current)?.focus();
    return () => before?.focus();
  }, []);
  useEffect(() => {
    let above = false; // something lay above the panel as the key was pressed: it closes that
    const before = (e: KeyboardEvent) => {
      if (e.key === 'Escape') above = liesAbove();
    };
    const key = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && !e.defaultPrevented && !above) close.current();
    };
    document.addEventListener('keydown', before, true);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('keydown', before, true);
      document.removeEventListener('keydown', key);
    };
  }, []);
  const inside = (
    <>
      <div className="side-head">
        {lead}
        <div className="grow col">
          <h2 className="head trunc" id={id} tabIndex={-1} ref={heading}>{title}</h2>
          {sub && <div className="meta">{sub}</div>}
        </div>
        <IconButton label={t('ui.close')} icon={X} small onClick={onClose} />
      </div>
      <div className="side-body" tabIndex={0} role="group" aria-labelledby={id}>{children}</div>
      {foot && <div className="side-foot">{foot}</div>}
    </>
  );
  return (
    <aside className="side" aria-labelledby={id} ref={panel}>
      {onSubmit ? <form className="side-form" onSubmit={onSubmit} noValidate>{inside}</form> : inside}
    </aside>
  );
}
