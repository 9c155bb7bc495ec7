/** The question behind a control that may not be used, and the one place that is told when somebody asks it. */
import { useSyncExternalStore } from 'react';
import { toast } from './toast';

/** Which right is missing, and over what; without a thing, where the person would use it first. */
export type Question = { right: string; over?: { kind: string; id: string } };
/** A question that is being asked: beside what, and the sentence that stood there. */
export type Asked = Question & { text: string; from: DOMRect };

let asked: Asked | undefined;
const listeners = new Set<() => void>();

function set(next: Asked | undefined): void {
  asked = next;
  for (const l of listeners) l();
}

/** Opens the answer beside an element. */
export function askWhy(q: Question, text: string, beside: Element): void {
  set({ ...q, text, from: beside.getBoundingClientRect() });
}

/** Why a control may not be used: the sentence, and the right that is missing where it is one. */
export type Locked = { locked?: string; why?: Question };

/** Answers whoever uses a locked control all the same: with the whole decision, or with the sentence where no right is missing. */
export function answerLock(locked: string, why: Question | undefined, beside: Element): void {
  if (why) askWhy(why, locked, beside);
  else toast({ text: locked });
}

export const closeWhy = (): void => set(undefined);

/** Asks about the control that has the focus; says whether there was anything to ask. */
export function askFocused(): boolean {
  const control = document.activeElement?.closest<HTMLElement>('[data-why]');
  const text = control?.dataset.whyText ?? '';
  if (!control?.dataset.why) return false;
  askWhy(JSON.parse(control.dataset.why) as Question, text, control);
  return true;
}

/** The attributes by which the key finds the question of a control. */
export const whyMarks = (q: Question | undefined, text: string | undefined): { 'data-why'?: string; 'data-why-text'?: string } =>
  q && text ? { 'data-why': JSON.stringify(q), 'data-why-text': text } : {};

export const useAsked = (): Asked | undefined =>
  useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, () => asked);
