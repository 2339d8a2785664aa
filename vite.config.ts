import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';
import remixOptions from './remix.config.js';

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true;
  }
}

/** Folders that the server imports where they lie, so that pages and jobs share one copy of every module in them. */
const SHARED_FOLDERS = ['db', 'jobs'].map((name) => path.join(import.meta.dirname, name) + path.sep);

const isShared = (id: string) => SHARED_FOLDERS.some((folder) => id.startsWith(folder));

/** The built server lies in build/server; a path from there holds wherever the checkout lies. */
const fromServerBuild = (id: string) =>
  isShared(id) ? path.posix.join('../..', path.relative(import.meta.dirname, id)) : id;

const shareInDevelopment: Plugin = {
  name: 'share-in-development',
  enforce: 'pre',
  apply: 'serve',
  resolveId(source, importer, { ssr }) {
    if (ssr !== true || importer === undefined || !source.startsWith('.')) return undefined;
    const id = path.resolve(path.dirname(importer), source);
    return isShared(id) ? { id: pathToFileURL(id).href, external: true } : undefined;
  },
};

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [shareInDevelopment, tailwindcss(), remix(remixOptions)],
  ...(isSsrBuild === true
    ? { build: { rollupOptions: { external: isShared, output: { paths: fromServerBuild } } } }
    : {}),
}));
