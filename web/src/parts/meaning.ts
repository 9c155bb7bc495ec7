/** What calling a number outside means before anybody dials it: where it is, what it costs, and whether one may (TF-16). */
import { useQuery } from '@tanstack/react-query';
import { api } from '../api';
import { price } from '../format';
import { t } from '../words';

type Price = { known: boolean; minute?: number; setup?: number; currency?: string };

/** "€0.012 a minute · €0.05 for the answer"; nothing where nobody knows, or where it is free. */
export const priceWord = (p: Price | undefined): string =>
  !p?.known ? '' : [p.minute && t('call.per_minute', { price: price(p.minute, p.currency ?? '') }), p.setup && t('call.setup', { price: price(p.setup, p.currency ?? '') })].filter(Boolean).join(' · ');

/** The decision about a number that the reader would call himself. */
export const useMeaning = (number: string) => useQuery({ queryKey: ['explain', 'call', 'own', number], queryFn: () => api.explainCall({ to: number }), enabled: number !== '', retry: false, staleTime: 30_000, placeholderData: (old) => old });
