/** Words for values that the server sends as codes. */
import { current, known, t } from '../words';
import { customName } from './role';

const orElse = (key: string, fallback: string): string => known(key) ?? fallback;

export const roleName = (role: string): string => customName(role) ?? orElse(`role.${role}`, role.startsWith('rol_') ? t('role.gone') : role.replaceAll('_', ' '));
export const areaWord = (area: string): string => orElse(`app.area.${area.replaceAll(' ', '_')}`, area);
export const cellWord = (scope: string, kind: string): string => orElse(`app.cell.${kind === 'group' ? scope : scope === 'all' && kind === 'level' ? 'assigned' : scope}`, scope);
export const roleHint = (role: string): string | undefined => known(`app.role_hint.${role}`);
export const causeWord = (cause: string): string => orElse(`app.cause.${cause}`, cause);
export const objectWord = (kind: string): string => orElse(`app.object.${kind}`, kind);
export const rightWord = (right: string): string => orElse(`right.${right}`, right).replace(/\.$/, '');
export const switchWord = (name: string): string => orElse(`app.switch.${name}`, name);
export const levelWord = (role: string): string => known(`app.level.name.${role}`) ?? roleName(role);
export const levelHint = (role: string): string | undefined => known(`app.level.hint.${role}`) ?? roleHint(role);
/** The word for a field; one that lies inside another has the word of its own name. */
export const fieldWord = (path: string): string => {
  if (/^(cells|prices)\./.test(path)) return rightWord(path.replace(/^\w+\./, ''));
  const last = path.split('.').pop() ?? path;
  return orElse(`app.field.${path}`, orElse(`app.field.${last}`, last));
};
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
