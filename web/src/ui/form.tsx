import { Checkbox as MantineCheckbox, PasswordInput, Select, Switch, TextInput, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Failure } from '../api';
import { country, languageName, zoneName, zones } from '../format';
import { current, languages, t } from '../words';
import { countries } from './countries';

export type Form<T> = {
  values: T;
  error: unknown;
  busy: boolean;
  dirty: boolean;
  set: <K extends keyof T>(name: K, value: T[K]) => void;
  reset: (values: T) => void;
  wrong: (name: keyof T & string) => string | undefined;
  submit: (e?: FormEvent) => Promise<boolean>;
};

/** Keeps the values of a form, sends them, and puts what the server refuses where it belongs. */
export function useForm<T extends object>(initial: T, send: (values: T) => Promise<unknown>): Form<T> {
  const [values, setValues] = useState(initial);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [dirty, setDirty] = useState(false);
  return {
    values,
    error,
    busy,
    dirty,
    set: (name, value) => {
      setValues((old) => ({ ...old, [name]: value }));
      setDirty(true);
      if (error instanceof Failure && error.field === name) setError(undefined);
    },
    reset: (next) => {
      setValues(next);
      setDirty(false);
      setError(undefined);
    },
    wrong: (name) => (error instanceof Failure && error.field === name ? error.message : undefined),
    submit: async (e) => {
      e?.preventDefault();
      if (busy) return false;
      setBusy(true);
      setError(undefined);
      try {
        await send(values);
        setDirty(false);
        return true;
      } catch (problem) {
        setError(problem);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

type Bound<T> = { form: Form<T>; name: keyof T & string; label: string; hint?: ReactNode };

export function Text<T extends object>({ form, name, label, hint, optional, type, auto, placeholder, focus, area }: Bound<T> & { optional?: boolean; type?: string; auto?: string; placeholder?: string; focus?: boolean; area?: number }) {
  const common = {
    label: optional ? <>{label} <span className="t3">{t('ui.optional')}</span></> : label,
    description: hint,
    error: form.wrong(name),
    value: String(form.values[name] ?? ''),
    placeholder,
    name,
    autoComplete: auto ?? 'off',
    'data-autofocus': focus || undefined,
  };
  const change = (v: string) => form.set(name, v as T[typeof name]);
  if (area) return <Textarea {...common} rows={area} onChange={(e) => change(e.currentTarget.value)} />;
  if (type === 'password') {
    return <PasswordInput {...common} visibilityToggleButtonProps={{ 'aria-label': t('ui.show_password') }} onChange={(e) => change(e.currentTarget.value)} />;
  }
  return <TextInput {...common} type={type} inputMode={type === 'tel' || type === 'number' ? 'tel' : undefined} onChange={(e) => change(e.currentTarget.value)} />;
}

export type Option = { value: string; label: string };

export function Pick<T extends object>({ form, name, label, hint, options, empty, searchable }: Bound<T> & { options: Option[]; empty?: string; searchable?: boolean }) {
  return (
    <Select
      label={label}
      description={hint}
      error={form.wrong(name)}
      data={empty === undefined ? options : [{ value: '', label: empty }, ...options]}
      value={String(form.values[name] ?? '')}
      allowDeselect={false}
      searchable={searchable}
      limit={searchable ? 80 : undefined}
      nothingFoundMessage={t('ui.no_match')}
      comboboxProps={{ withinPortal: true }}
      maxDropdownHeight={280}
      onChange={(v) => form.set(name, (v ?? '') as T[typeof name])}
    />
  );
}

export function Toggle<T extends object>({ form, name, label, hint }: Bound<T>) {
  return <Switch label={label} description={hint} checked={Boolean(form.values[name])} onChange={(e) => form.set(name, e.currentTarget.checked as T[typeof name])} />;
}

export function Tick({ label, checked, indeterminate, onChange }: { label: string; checked: boolean; indeterminate?: boolean; onChange: (on: boolean) => void }) {
  return <MantineCheckbox size="xs" aria-label={label} checked={checked} indeterminate={indeterminate} onChange={(e) => onChange(e.currentTarget.checked)} onClick={(e) => e.stopPropagation()} />;
}

/** One choice of a few, each with its consequence in words. */
export function Choices({ name, label, options, value, onChange }: { name: string; label: string; options: { value: string; label: string; hint?: string; locked?: string }[]; value: string; onChange: (v: string) => void }) {
  return (
    <fieldset>
      <legend className="sr">{label}</legend>
      <div className="choices">
        {options.map((o) => (
          <label key={o.value} className="choice" title={o.locked}>
            <input type="radio" name={name} value={o.value} checked={value === o.value} aria-disabled={o.locked ? true : undefined} onChange={() => !o.locked && onChange(o.value)} />
            <span className="col"><span className="med">{o.label}</span>{(o.locked ?? o.hint) && <span className="meta">{o.locked ?? o.hint}</span>}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export const languageOptions = (): Option[] => languages.map((l) => ({ value: l.code, label: l.code === current() ? l.name : `${l.name} · ${languageName(l.code)}` }));
export const zoneOptions = (): Option[] => zones().map((z) => ({ value: z, label: zoneName(z) }));
export const countryOptions = (): Option[] => {
  const order = new Intl.Collator(current());
  return countries.map((c) => ({ value: c, label: country(c) })).sort((a, b) => order.compare(a.label, b.label));
};
