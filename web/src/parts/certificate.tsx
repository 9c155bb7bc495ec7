/** Whose certificate the far side of a line shows, and what came without a good one. */
import { type Trunk } from '../api';
import { stamp } from '../format';
import { Button } from '../ui/button';
import { type Form, Text } from '../ui/form';
import { t } from '../words';

type Certified = { pins: string; authorities: string; transport: string };

/** The last call that was refused because of its certificate; one that was shown can be taken over into the form. */
export function RefusedCall({ of, onAccept }: { of: NonNullable<Trunk['state']['refused']>; onAccept?: (print: string) => void }) {
  return (
    <div className="col g4" role="note">
      <span className="warn">{of.problem}</span>
      <span className="meta num">{[t('trunk.refused_from', { when: stamp(of.at), source: of.source }), of.name].filter(Boolean).join(' · ')}</span>
      {onAccept && of.print && (
        <>
          <span className="meta num wrap">SHA-256 {of.print}</span>
          <div className="row g8 wrap"><Button small onClick={() => onAccept(of.print ?? '')}>{t('trunk.refused_accept')}</Button><span className="meta">{t('trunk.refused_accept_hint')}</span></div>
        </>
      )}
    </div>
  );
}

/** The fields of a line over TLS that name certificates. */
export function Certificates<T extends Certified>({ form, trunk }: { form: Form<T>; trunk?: Trunk }) {
  const own = form as unknown as Form<Certified>;
  const refused = trunk?.state.refused;
  return (
    <>
      <Text form={own} name="pins" label={t('trunk.pins')} hint={t('trunk.pins_hint')} optional area={3} />
      {refused && <RefusedCall of={refused} onAccept={(print) => own.set('pins', [own.values.pins, print].filter(Boolean).join('\n'))} />}
      <Text form={own} name="authorities" label={t('trunk.authorities')} hint={t('trunk.authorities_hint')} optional area={4} />
      {trunk?.shown && <div className="col g4"><span className="meta">{t('trunk.own_print')}</span><span className="meta num wrap">{trunk.shown}</span></div>}
    </>
  );
}
