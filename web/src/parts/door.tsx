import { type ReactNode, useEffect } from 'react';
import { LanguageMenu } from './language';

/** The frame of pages before the sign-in. */
export function Door({ title, children, wide }: { title: string; children: ReactNode; wide?: boolean }) {
  useEffect(() => {
    document.title = `${title} – Tandem`;
  }, [title]);
  return (
    <div className="door">
      <header className="door-top"><span className="brand"><img src="/favicon.svg" alt="" />Tandem</span><LanguageMenu /></header>
      {wide ? children : <main className="door-card col g20">{children}</main>}
    </div>
  );
}
