import { data } from '@remix-run/node';
import { toValues, type FormRefusal, type FormValues } from './components/form-values.ts';
import { attempt, type Refusal } from './services/app-error.ts';

/** Waits for a service; its refusal becomes the response that the error page is made of. */
export async function settle<T>(work: Promise<T>): Promise<T> {
  const result = await attempt(work);
  if (result.ok) return result.value;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- Remix takes a thrown response for the answer
  throw data({ message: result.refusal.message }, { status: result.refusal.status });
}

/** What a form sent; `kept` is what may be shown again. */
export async function readForm(request: Request, secret: readonly string[] = []) {
  const form = await request.formData();
  return { all: toValues(form), kept: toValues(form, secret) };
}

/** The answer to a form that was refused: what is wrong, and what was typed. */
export function refuse(refusal: Partial<Refusal> & Pick<Refusal, 'message' | 'errors'>, values: FormValues) {
  const body: FormRefusal = { message: refusal.message, errors: refusal.errors, values };
  return data(body, { status: refusal.status ?? 422 });
}

/** A path of this site to go on to, taken from a query string that anybody may have written. */
export function ownPath(path: string | null | undefined, otherwise: string): string {
  return path && /^\/(?![/\\])/.test(path) ? path : otherwise;
}
