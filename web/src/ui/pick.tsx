/** Choices that stand on their own, outside of a form with a save button. */
import { SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../words';
import type { Option } from './form';
import { answerLock, type Locked, whyMarks } from './why';

const order: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

export function Chooser({ label, options, value, onChange, empty, hint, error, plain }: { label: string; options: Option[]; value: string; onChange: (v: string) => void; empty?: string; hint?: ReactNode; error?: string; plain?: boolean }) {
  return (
    <Select
      label={plain ? undefined : label}
      aria-label={plain ? label : undefined}
      description={hint}
      error={error}
      inputWrapperOrder={order}
      data={empty === undefined ? options : [{ value: '', label: empty }, ...options]}
      value={value}
      allowDeselect={false}
      searchable={options.length > 8}
      limit={80}
      nothingFoundMessage={t('ui.no_match')}
      comboboxProps={{ withinPortal: true }}
      maxDropdownHeight={280}
      onChange={(v) => onChange(v ?? '')}
    />
  );
}

/** A field that is not part of a form. */
export function Line({ label, value, onChange, hint, error, type, placeholder, plain }: { label: string; value: string; onChange: (v: string) => void; hint?: ReactNode; error?: string; type?: string; placeholder?: string; plain?: boolean }) {
  return <TextInput label={plain ? undefined : label} aria-label={plain ? label : undefined} description={hint} error={error} inputWrapperOrder={order} value={value} type={type} placeholder={placeholder} autoComplete="off" onChange={(e) => onChange(e.currentTarget.value)} />;
}

/** Several lines that are not part of a form. */
export function Area({ label, value, onChange, hint }: { label: string; value: string; onChange: (v: string) => void; hint?: ReactNode }) {
  return <Textarea label={label} description={hint} inputWrapperOrder={order} value={value} autosize minRows={2} maxRows={8} onChange={(e) => onChange(e.currentTarget.value)} />;
}

export function Flip({ label, hint, on, onChange, locked, why }: { label: string; hint?: ReactNode; on: boolean; onChange: (on: boolean) => void } & Locked) {
  return <Switch label={label} description={locked ?? hint} checked={on} aria-disabled={locked ? true : undefined} {...whyMarks(why, locked)} onChange={(e) => (locked ? answerLock(locked, why, e.currentTarget) : onChange(e.currentTarget.checked))} />;
}

export function Segments({ label, options, value, onChange }: { label: string; options: Option[]; value: string; onChange: (v: string) => void }) {
  return <SegmentedControl aria-label={label} size="xs" data={options} value={value} onChange={onChange} />;
}

/** A few answers to one question, as buttons; arrow keys go from one to the next. */
export function Chips({ label, options, value, onChange }: { label: string; options: (Option & Locked)[]; value: string; onChange: (v: string) => void }) {
  return (
    <fieldset>
      <legend className="sr">{label}</legend>
      <div className="chips">
        {options.map((o) => (
          <label key={o.value} className="pickchip" title={o.locked}>
            <input type="radio" className="sr" name={label} value={o.value} checked={value === o.value} aria-disabled={o.locked ? true : undefined} {...whyMarks(o.why, o.locked)} onChange={(e) => (o.locked ? answerLock(o.locked, o.why, e.currentTarget.closest('label') ?? e.currentTarget) : onChange(o.value))} />
            {o.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
