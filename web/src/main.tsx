import './ui/styles';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { firstLanguage, speak, storedLanguage } from './words';

const root = document.getElementById('root');
if (root) {
  void speak(firstLanguage(storedLanguage(), navigator.languages)).then(() => createRoot(root).render(<App />));
}
