/** Words for values that the server sends as codes. */
import { current, known } from '../words';

const orElse = (key: string, fallback: string): string => known(key) ?? fallback;

export const roleName = (role: string): string => orElse(`role.${role}`, role.replaceAll('_', ' '));
export const roleHint = (role: string): string | undefined => known(`app.role_hint.${role}`);
export const causeWord = (cause: string): string => orElse(`app.cause.${cause}`, cause);
export const objectWord = (kind: string): string => orElse(`app.object.${kind}`, kind);
export const rightWord = (right: string): string => orElse(`right.${right}`, right);
export const fieldWord = (path: string): string => orElse(`app.field.${path}`, path.split('.').pop() ?? path);
export const doorWord = (door: string): string => orElse(`app.door.${door}`, door);
export const deviceKinds = ['soft', 'desk', 'mobile', 'browser'] as const;
export const deviceWord = (kind: string): string => orElse(`app.device.kind.${kind}`, kind);
export const roleOrder = ['user', 'receptionist', 'manager', 'group_admin', 'group_owner', 'system_admin', 'system_owner'];
export const stateWord = (state: string): string => orElse(`app.user.state.${state}`, state);

/** Sorts by the rules of the reader's language. */
export function byName<T extends { name: string }>(items: T[]): T[] {
  const c = new Intl.Collator(current(), { numeric: true });
  return [...items].sort((a, b) => c.compare(a.name, b.name));
}
