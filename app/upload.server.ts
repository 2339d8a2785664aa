import { unstable_parseMultipartFormData as parseMultipart, type UploadHandler } from '@remix-run/node';
import type { FormValues } from './components/form-values.ts';
import { AppError } from './services/app-error.ts';

type UploadedFile = { name: string; bytes: AsyncIterable<Uint8Array> };

type UploadRules<T> = {
  maxBytes: number;
  /** Reads the file as it comes; `values` are the fields that stand before it in the form. */
  read: (file: UploadedFile, values: FormValues) => Promise<T>;
};

const MAX_TEXT_BYTES = 1_000;

/** Whether a form brings a file. */
export function isUpload(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('multipart/form-data') === true;
}

/**
 * Reads a form with one file, which must be its last field, without keeping the file. `result` is `undefined` where no file was
 * chosen. Throws 413 beyond `maxBytes`.
 */
export async function readUpload<T>(
  request: Request,
  rules: UploadRules<T>,
): Promise<{ values: FormValues; result: T | undefined }> {
  const values: FormValues = {};
  let result: { value: T } | undefined;
  const handler: UploadHandler = async ({ name, filename, data }) => {
    if (filename === undefined) values[name] = await readText(data);
    else if (filename !== '')
      result = { value: await readFile({ name: filename, bytes: data }, values, rules) };
    return undefined;
  };
  await parseMultipart(request, handler);
  return { values, result: result?.value };
}

async function readText(data: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of data) {
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES) throw new AppError('too_large', 'A field of the form is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The rest of a file that was refused is still taken in, so that its sender gets to see the answer. */
async function readFile<T>(file: UploadedFile, values: FormValues, rules: UploadRules<T>): Promise<T> {
  const iterator = file.bytes[Symbol.asyncIterator]();
  let bytes = 0;
  async function* limited() {
    for (let part = await iterator.next(); part.done !== true; part = await iterator.next()) {
      bytes += part.value.length;
      if (bytes > rules.maxBytes) {
        throw new AppError('too_large', `The file is larger than ${Math.floor(rules.maxBytes / 1e6)} MB.`);
      }
      yield part.value;
    }
  }
  try {
    return await rules.read({ name: file.name, bytes: limited() }, values);
  } finally {
    for (let part = await iterator.next(); part.done !== true && bytes < 2 * rules.maxBytes;) {
      bytes += part.value.length;
      part = await iterator.next();
    }
  }
}
