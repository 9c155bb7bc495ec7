/** A person at a glance, beside the list. */
import { Fragment, type ReactNode } from 'react';
import { languageName, zoneName } from '../format';
import { Side } from '../ui/dialog';
import { Avatar, PresenceWord } from '../ui/person';
import { Loaded } from '../ui/states';
import { t } from '../words';
import { DeviceLine } from './device';
import { useDevices, useUser } from './query';
import { UserActions } from './user';
import { roleName, stateWord } from './words';

export function Peek({ id, onClose, actions }: { id: string; onClose: () => void; actions: ReactNode }) {
  const asked = useUser(id);
  const devices = useDevices(id);
  const u = asked.data;
  const rows: [string, ReactNode][] = u ? [
    [t('field.extension'), <span className="num">{u.extension ?? '–'}</span>],
    [t('field.email'), u.email && <a href={`mailto:${u.email}`}>{u.email}</a>],
    [t('field.mobile'), u.mobile && <span className="num">{u.mobile}</span>],
    [t('user.presence'), u.presence && <PresenceWord state={u.presence} status={u.status} />],
    [t('field.language'), u.language && languageName(u.language)],
    [t('field.zone'), u.zone && zoneName(u.zone)],
  ] : [];
  return (
    <Side
      title={u?.name ?? (asked.error ? t('lost.title') : t('ui.loading'))}
      lead={u && <Avatar id={u.id} name={u.name} photo={u.photo} size="m" presence={u.presence} />}
      sub={u && (u.state === 'active' ? roleName(u.office_roles?.[0] ?? u.groups?.find((g) => g.main)?.role ?? u.groups?.[0]?.role ?? 'user') : stateWord(u.state))}
      onClose={onClose}
      foot={<>{actions}{u && <UserActions user={u} small after={onClose} />}</>}
    >
      <Loaded of={asked}>
        {(user) => (
          <div className="col g24">
            <dl className="dl">{rows.filter(([, v]) => v).map(([k, v]) => <Fragment key={k}><dt>{k}</dt><dd>{v}</dd></Fragment>)}</dl>
            <section className="col g8">
              <h3 className="label">{t('user.groups')}</h3>
              {(user.groups ?? []).map((g) => <div key={g.id} className="row"><span className="med">{g.name}</span><span className="t3">{g.role && roleName(g.role)}</span>{g.main && (user.groups?.length ?? 0) > 1 && <span className="chip small acc">{t('user.main_group')}</span>}</div>)}
              {(user.office_roles ?? []).map((r) => <div key={r} className="row"><span className="med">{roleName(r)}</span><span className="t3">{t('user.whole_office')}</span></div>)}
            </section>
            {devices.data && (
              <section className="col g8">
                <h3 className="label">{t('user.phones')}</h3>
                {devices.data.items.length === 0 && <p className="t3">{t('user.no_phone')}</p>}
                {devices.data.items.map((d) => <DeviceLine key={d.id} device={d} />)}
              </section>
            )}
          </div>
        )}
      </Loaded>
    </Side>
  );
}
