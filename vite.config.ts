import path from 'node:path';
import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import remixOptions from './remix.config.js';

/** Folders that the server build imports where they lie, so that pages and jobs share one copy of every module in them. */
const SHARED_FOLDERS = ['db', 'jobs'].map((name) => path.join(import.meta.dirname, name) + path.sep);

const isShared = (id: string) => SHARED_FOLDERS.some((folder) => id.startsWith(folder));

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [tailwindcss(), remix(remixOptions)],
  ...(isSsrBuild === true ? { build: { rollupOptions: { external: isShared } } } : {}),
}));
