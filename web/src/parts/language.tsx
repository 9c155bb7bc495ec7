import { Languages } from 'lucide-react';
import { Menu } from '../ui/filter';
import { current, languages, speak, t } from '../words';

/** The choice of language, for pages before the sign-in. */
export function LanguageMenu() {
  return (
    <Menu withinPortal position="bottom-end">
      <Menu.Target>
        <button type="button" className="btn quiet end">
          <Languages className="icon" aria-hidden /><span className="sr">{t('shell.language')}</span>{languages.find((l) => l.code === current())?.name}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((l) => <Menu.Item key={l.code} lang={l.code} onClick={() => void speak(l.code, true)}>{l.name}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}
