/** What a process holds, and how it lets go of it: last taken, first released. */

/** A reason to stop that the person at the terminal can act on: shown as it is, without a stack. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

type Release = () => Promise<void>;

export type Lifecycle = {
  /** Makes a resource and remembers how to release it. Never returns once the process is stopping. */
  hold<T>(make: () => Promise<T>, release?: (resource: T) => Promise<void>): Promise<T>;
  /** Releases everything and ends the process. */
  stop(exitCode: number): Promise<never>;
};

/** A terminal and npm both pass on one Ctrl-C: signals this close together count as one. */
const ONE_SIGNAL_MS = 2_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const forever = () => new Promise<never>(() => undefined);

async function releaseAll(releases: Release[]): Promise<boolean> {
  let isClean = true;
  for (const release of releases.reverse()) {
    await release().catch((error: unknown) => {
      isClean = false;
      console.error(error);
    });
  }
  return isClean;
}

/** Signals stop the process once; one that comes well after the first ends it at once. */
function listenToSignals(say: (line: string) => void, stop: () => void): void {
  let stoppingSinceMs: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stoppingSinceMs === undefined) {
        stoppingSinceMs = Date.now();
        say('Stopping: running work is finished first');
        stop();
      } else if (Date.now() - stoppingSinceMs > ONE_SIGNAL_MS) {
        say('Stopped at once');
        process.exit(130);
      }
    });
  }
}

export function createLifecycle(say: (line: string) => void): Lifecycle {
  const releases: Release[] = [];
  const underWay = new Set<Promise<unknown>>();
  let hasStopped = false;
  const isStopping = () => hasStopped;

  async function hold<T>(make: () => Promise<T>, release?: (resource: T) => Promise<void>): Promise<T> {
    if (isStopping()) return forever();
    const making = make().then((resource) => {
      if (release !== undefined) releases.push(() => release(resource));
      return resource;
    });
    underWay.add(making);
    try {
      const resource = await making;
      return isStopping() ? await forever() : resource;
    } catch (error) {
      if (isStopping()) return await forever();
      throw error;
    } finally {
      underWay.delete(making);
    }
  }

  async function stop(exitCode: number): Promise<never> {
    if (isStopping()) return forever();
    hasStopped = true;
    await Promise.allSettled(underWay);
    const isClean = await releaseAll(releases);
    process.exit(exitCode === 0 && !isClean ? 1 : exitCode);
  }

  listenToSignals(say, () => void stop(0));
  return { hold, stop };
}
