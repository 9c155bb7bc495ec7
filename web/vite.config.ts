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
      rmSync(join(folder, 'index.html'), { force: true });
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

const server = process.env.TANDEM_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), dist()],
  build: { emptyOutDir: false, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022' },
  server: { host: '127.0.0.1', proxy: { '/v1': server, '/sip': { target: server, ws: true } } },
});
