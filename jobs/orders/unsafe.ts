import type { Deps } from '../deps.ts';

/**
 * The engine with a protection that a test may take away, to see that it would be missed. No setting and no caller of the
 * product reaches it.
 */
export type UnsafeDeps = Deps & {
  /** `resendUnknown`: an order of unknown outcome counts as never sent, and is sent again. */
  unsafe?: { resendUnknown: boolean };
};
