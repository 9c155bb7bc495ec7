/** The other calls of one story: those whose people were connected with those of this one. Calls that the reader may not see are not there. */
import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, type Call } from '../api';
import { seconds } from '../format';
import { t } from '../words';

const who = (p: Call['from']): string => p.name || p.number || t('call.unknown');

export function Linked({ of }: { of: Call }) {
  const answers = useQueries({ queries: (of.linked ?? []).map((id) => ({ queryKey: ['calls', 'one', id], queryFn: () => api.call(id), retry: false })) });
  const others = answers.flatMap((a) => (a.data ? [a.data] : []));
  if (others.length === 0) return null;
  const story = [of, ...others].sort((a, b) => a.started.localeCompare(b.started));
  return (
    <section className="col g8">
      <h3 className="label">{t('call.story')}</h3>
      <ol className="chain">
        {story.map((c) => (
          <li key={c.id} className={c.id === of.id ? 'y' : ''}>
            <span className="row w g8"><span className="num t3">{seconds(c.started)}</span>{c.id === of.id ? <span className="med">{who(c.from)} → {who(c.to)}</span> : <Link to={`/calls?call=${c.id}`}>{who(c.from)} → {who(c.to)}</Link>}</span>
            <span className="meta">{c.reason}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
