// Runs before the first paint, so that nobody who works in the dark is flashed by a white page.
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem('tandem.theme'); } catch (e) { /* storage may be closed; the system decides */ }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
