import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Removes the previous build but not the placeholder, and leaves compressed twins beside the new files. */
function dist(): Plugin {
  const folder = join(import.meta.dirname, 'dist');
  return {
    name: 'tandem-dist',
    apply: 'build',
    buildStart() {
      rmSync(join(folder, 'assets'), { recursive: true, force: true });
      for (const page of ['index.html', 'talk.html']) rmSync(join(folder, page), { force: true });
    },
    closeBundle() {
      for (const name of readdirSync(join(folder, 'assets'))) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const path = join(folder, 'assets', name);
        const bytes = readFileSync(path);
        if (bytes.length < 1024) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

/** What the page of a visitor says, of the catalogues that the app and the server share. */
function visitorWords(): Plugin {
  const name = 'virtual:visit/';
  return {
    name: 'tandem-visitor-words',
    resolveId: (id) => (id.startsWith(name) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${name}`)) return undefined;
      const path = join(import.meta.dirname, '..', 'i18n', `${id.slice(name.length + 1)}.json`);
      this.addWatchFile(path);
      const all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
      return `export default ${JSON.stringify(Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith('app.visit.'))))};`;
    },
  };
}

const server = process.env.TANDEM_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), visitorWords(), dist()],
  build: { rollupOptions: { input: ['index.html', 'talk.html'] }, emptyOutDir: false, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022' },
  server: { host: '127.0.0.1', proxy: { '/v1': server, '/sip': { target: server, ws: true } } },
});
