import { Checkbox as MantineCheckbox, MultiSelect, PasswordInput, Select, Switch, TextInput, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { Failure } from '../api';
import { country, languageName, list, typable, typed, zones } from '../format';
import { current, languages, t } from '../words';
import { countries } from './countries';
import { answerLock, type Locked, whyMarks } from './why';

export type Form<T> = {
  values: T;
  error: unknown;
  busy: boolean;
  dirty: boolean;
  /** Fields that somebody else changed while they were being changed here. */
  conflicts: (keyof T & string)[];
  /** The value that the thing has now. */
  base: (name: keyof T & string) => unknown;
  keep: () => void;
  take: () => void;
  set: <K extends keyof T>(name: K, value: T[K]) => void;
  reset: (values: T) => void;
  wrong: (name: keyof T & string) => string | undefined;
  submit: (e?: FormEvent) => Promise<boolean>;
};

/** Brings a form that is being filled in up to a new state of the thing: untouched fields follow, touched ones stay, and
 * those touched on both sides are named. */
export function rebase<T extends object>(base: T, values: T, next: T): { values: T; conflicts: (keyof T & string)[] } {
  const out = { ...next };
  const conflicts: (keyof T & string)[] = [];
  for (const name of Object.keys(values) as (keyof T & string)[]) {
    if (values[name] === base[name]) continue;
    out[name] = values[name];
    if (next[name] !== base[name] && next[name] !== values[name]) conflicts.push(name);
  }
  return { values: out, conflicts };
}

/** The fields of a form that differ from the state it began with. */
export const changed = <T extends object>(values: T, base: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([k, v]) => v !== base[k as keyof T])) as Partial<T>;

/** The old values of the fields of a change, to undo it. */
export const before = <T extends object>(change: Partial<T>, base: T): Partial<T> =>
  Object.fromEntries(Object.keys(change).map((k) => [k, base[k as keyof T]])) as Partial<T>;

type State<T> = { base: T; values: T; conflicts: (keyof T & string)[] };

/** Keeps the values of a form, sends them, and puts what the server refuses where it belongs. When the thing changes
 * elsewhere meanwhile, what is being typed is never overwritten. */
export function useForm<T extends object>(initial: T, send: (values: T, base: T) => Promise<unknown>): Form<T> {
  const [state, setState] = useState<State<T>>({ base: initial, values: initial, conflicts: [] });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const fresh = JSON.stringify(initial);
  useEffect(() => {
    const next = JSON.parse(fresh) as T;
    setState((old) => {
      const merged = rebase(old.base, old.values, next);
      return { base: next, values: merged.values, conflicts: merged.conflicts };
    });
  }, [fresh]);
  return {
    values: state.values,
    error,
    busy,
    dirty: JSON.stringify(state.values) !== JSON.stringify(state.base),
    conflicts: state.conflicts,
    base: (name) => state.base[name],
    keep: () => setState((old) => ({ ...old, conflicts: [] })),
    take: () => setState((old) => ({ ...old, values: { ...old.values, ...Object.fromEntries(old.conflicts.map((c) => [c, old.base[c]])) }, conflicts: [] })),
    set: (name, value) => {
      setState((old) => ({ ...old, values: { ...old.values, [name]: value } }));
      if (error instanceof Failure && error.field === name) setError(undefined);
    },
    reset: (next) => {
      setState((old) => ({ ...old, values: next, conflicts: [] }));
      setError(undefined);
    },
    wrong: (name) => (error instanceof Failure && (error.field === name || error.field?.endsWith(`.${name}`)) ? error.message : undefined),
    submit: async (e) => {
      e?.preventDefault();
      if (busy || state.conflicts.length > 0) return false;
      setBusy(true);
      setError(undefined);
      try {
        await send(state.values, state.base);
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

/** Says which fields somebody else changed meanwhile, and lets one choose. */
export function Conflict<T extends object>({ form, label }: { form: Form<T>; label: (field: string) => string }) {
  if (form.conflicts.length === 0) return null;
  return (
    <div className="note warn" role="alert">
      <span className="grow">{t('ui.conflict', { fields: list(form.conflicts.map(label)), theirs: list(form.conflicts.map((c) => String(form.base(c)))) })}</span>
      <button type="button" className="btn small" onClick={form.keep}>{t('ui.keep_mine')}</button>
      <button type="button" className="btn small" onClick={form.take}>{t('ui.take_theirs')}</button>
    </div>
  );
}

const order: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

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
    inputWrapperOrder: order,
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
      inputWrapperOrder={order}
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
export function Choices({ name, label, options, value, onChange }: { name: string; label: string; options: ({ value: string; label: string; hint?: string } & Locked)[]; value: string; onChange: (v: string) => void }) {
  return (
    <fieldset>
      <legend className="sr">{label}</legend>
      <div className="choices">
        {options.map((o) => (
          <label key={o.value} className="choice" title={o.locked}>
            <input type="radio" name={name} value={o.value} checked={value === o.value} aria-disabled={o.locked ? true : undefined} {...whyMarks(o.why, o.locked)} onChange={(e) => (o.locked ? answerLock(o.locked, o.why, e.currentTarget) : onChange(o.value))} />
            <span className="col"><span className="med">{o.label}</span>{(o.locked ?? o.hint) && <span className="meta">{o.locked ?? o.hint}</span>}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

type Side = { value: string; label: string; tone?: 'ok' | 'danger' } & Locked;

/** A few choices in a row. One that may not be chosen stays in place and answers with the reason. */
export function Segment({ label, sides, value, onChange }: { label: string; sides: Side[]; value: string; onChange: (v: string) => void }) {
  return (
    <span className="seg" role="radiogroup" aria-label={label}>
      {sides.map((s, i) => {
        const on = s.value === value;
        const none = !sides.some((x) => x.value === value);
        return (
          <button
            key={s.value}
            type="button"
            role="radio"
            aria-checked={on}
            aria-disabled={s.locked && !on ? true : undefined}
            title={on ? undefined : s.locked}
            {...(on ? {} : whyMarks(s.why, s.locked))}
            tabIndex={on || (none && i === 0) ? 0 : -1}
            className={on ? `on ${s.tone ?? ''}` : ''}
            onClick={(e) => (on ? undefined : s.locked ? answerLock(s.locked, s.why, e.currentTarget) : onChange(s.value))}
            onKeyDown={(e) => {
              const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
              if (by === 0) return;
              e.preventDefault();
              const all = e.currentTarget.parentElement?.querySelectorAll('button');
              all?.[(i + by + sides.length) % sides.length]?.focus();
            }}
          >
            {s.label}
          </button>
        );
      })}
    </span>
  );
}

/** Several of many, by name. */
export function Several<T extends object>({ form, name, label, hint, options }: Bound<T> & { options: Option[] }) {
  return (
    <MultiSelect
      label={label}
      description={hint}
      inputWrapperOrder={order}
      error={form.wrong(name)}
      data={options}
      value={(form.values[name] as string[] | undefined) ?? []}
      searchable
      limit={80}
      hidePickedOptions
      nothingFoundMessage={t('ui.no_match')}
      comboboxProps={{ withinPortal: true }}
      maxDropdownHeight={240}
      onChange={(v) => form.set(name, v as T[typeof name])}
    />
  );
}

/** A moment in the reader's own time, as a field of a form keeps it; and the same for the server. */
export const local = (at: string): string => (at ? typable(at) : '');
export const instant = (value: string): string => (value ? typed(value).toISOString() : '');

export function Moment<T extends object>({ form, name, label, hint }: Bound<T>) {
  return (
    <TextInput type="datetime-local" label={label} description={hint} inputWrapperOrder={order} error={form.wrong(name)} value={String(form.values[name] ?? '')} onChange={(e) => form.set(name, e.currentTarget.value as T[typeof name])} />
  );
}

export const languageOptions = (): Option[] => languages.map((l) => ({ value: l.code, label: l.code === current() ? l.name : `${l.name} · ${languageName(l.code)}` }));
const made = new Map<string, Option[]>();

/** Long lists are made once per language, because a form asks for them at every key press. */
function once(name: string, make: () => Option[]): Option[] {
  const id = name + current();
  const options = made.get(id) ?? make();
  made.set(id, options);
  return options;
}

export const zoneOptions = (): Option[] => once('zone', () => zones().map((z) => ({ value: z, label: z.replaceAll('_', ' ') })));
export const countryOptions = (): Option[] =>
  once('country', () => {
    const order = new Intl.Collator(current());
    return countries.map((c) => ({ value: c, label: country(c) })).sort((a, b) => order.compare(a.label, b.label));
  });
