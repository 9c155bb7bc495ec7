/** Mails that the system wrote: sent, waiting, or kept here because no mail server is set up. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { MailOpen, Send } from 'lucide-react';
import { Link } from 'react-router';
import { api, type Mail } from '../api';
import { moment, stamp } from '../format';
import { useAddress } from '../parts/query';
import { Button } from '../ui/button';
import { CopyField } from '../ui/copy';
import { Side } from '../ui/dialog';
import { Sheet } from '../ui/sheet';
import { Empty, failed, Loaded } from '../ui/states';
import { type Column, Table } from '../ui/table';
import { toast } from '../ui/toast';
import { t } from '../words';

const tone: Record<Mail['state'], string> = { sent: 'ok', kept: '', waiting: 'acc', failed: 'danger' };

function State({ mail }: { mail: Mail }) {
  return <span className={`chip small ${tone[mail.state]}`}>{t(`mail.state.${mail.state}`)}</span>;
}

function Letter({ mail, onClose }: { mail: Mail; onClose: () => void }) {
  const cache = useQueryClient();
  const link = /https?:\/\/\S+/.exec(mail.text)?.[0];
  const send = () =>
    void api.sendMail(mail.id).then(async () => {
      await cache.invalidateQueries({ queryKey: ['mails'] });
      toast({ text: t('mail.sending', { to: mail.to }) });
    }, (e: unknown) => toast(failed(e)));
  return (
    <Side title={mail.subject} sub={<>{mail.to} · {moment(mail.created)}</>} onClose={onClose} foot={<Button icon={Send} onClick={send}>{mail.state === 'sent' ? t('mail.send_again') : t('mail.send')}</Button>}>
      <div className="col g16">
        <div className="row"><State mail={mail} /></div>
        {mail.error && <div className="note danger"><span>{mail.error}</span></div>}
        {link && <CopyField label={t('mail.link')} value={link} />}
        <p className="pre">{mail.text}</p>
      </div>
    </Side>
  );
}

export default function OutboxPage() {
  const { values, set } = useAddress();
  const mails = useQuery({ queryKey: ['mails'], queryFn: () => api.mails(200) });
  const settings = useQuery({ queryKey: ['settings'], queryFn: api.settings });
  const open = mails.data?.items.find((m) => m.id === values.mail);
  const columns: Column<Mail>[] = [
    { id: 'to', head: t('mail.to'), width: 'minmax(160px,1fr)', cell: (m) => <span className="med">{m.to}</span> },
    { id: 'subject', head: t('mail.subject'), width: 'minmax(180px,2fr)', cell: (m) => m.subject },
    { id: 'state', head: t('mail.state'), width: '130px', cell: (m) => <State mail={m} /> },
    { id: 'created', head: t('mail.created'), width: '120px', right: true, priority: 2, cell: (m) => <span className="t3">{stamp(m.created)}</span> },
  ];
  return (
    <Sheet
      title={t('nav.outbox')}
      scope={settings.data && !settings.data.mail?.host ? <>{t('mail.no_server')} <Link to="/settings?tab=mail">{t('mail.set_up')}</Link></> : t('mail.lead')}
      flush
      side={open ? <Letter key={open.id} mail={open} onClose={() => set({ mail: undefined })} /> : undefined}
    >
      <Loaded of={mails}>
        {(list) => list.items.length === 0 ? <Empty icon={MailOpen}>{t('mail.empty')}</Empty> : (
          <Table label={t('nav.outbox')} rows={list.items} columns={columns} id={(m) => m.id} name={(m) => m.subject} current={values.mail} onOpen={(m) => set({ mail: m.id })}
            small={(m) => <span className="row g12"><span className="grow col"><span className="med trunc">{m.subject}</span><span className="meta trunc">{m.to} · {stamp(m.created)}</span></span><State mail={m} /></span>} />
        )}
      </Loaded>
    </Sheet>
  );
}
