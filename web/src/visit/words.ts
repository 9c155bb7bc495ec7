/** The sentences of the visitor's page: the part of the catalogues that he reads, one language at a time. */
import { firstLanguage, use } from '../words';

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import('virtual:visit/en'),
  de: () => import('virtual:visit/de'),
  pl: () => import('virtual:visit/pl'),
  ru: () => import('virtual:visit/ru'),
  id: () => import('virtual:visit/id'),
};

/** Loads the visitor's language: that of his browser, else English. */
export async function speakToVisitor(): Promise<void> {
  const code = firstLanguage(null, navigator.languages);
  const load = loaders[code] ?? loaders.en;
  if (!load) return;
  use(code, (await load()).default);
  document.documentElement.lang = code;
}
