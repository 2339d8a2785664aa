import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { useHydrated } from './use-hydrated.ts';

/** `off` until a script runs, `live` while the server answers, else since when it has not. */
export type Liveness = { state: 'off' } | { state: 'live' } | { state: 'stale'; sinceMs: number };

async function answers(): Promise<boolean> {
  try {
    return (await fetch('/health', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

/**
 * Loads the page's data again every few seconds while it is looked at. The server is asked for its health first, so that
 * a silent one leaves the last figures on the page, marked as stale, instead of an error in their place.
 */
export function useLive(everyMs: number): Liveness {
  const [liveness, setLiveness] = useState<Liveness>({ state: 'live' });
  const isHydrated = useHydrated();
  const revalidator = useRevalidator();
  const latest = useRef(revalidator);
  useEffect(() => {
    latest.current = revalidator;
  });
  useEffect(() => {
    let lastGoodMs = Date.now();
    let isOver = false;
    const refresh = async () => {
      if (document.visibilityState !== 'visible' || latest.current.state !== 'idle') return;
      const isUp = await answers();
      if (isOver) return;
      if (isUp) lastGoodMs = Date.now();
      setLiveness(isUp ? { state: 'live' } : { state: 'stale', sinceMs: lastGoodMs });
      if (isUp) latest.current.revalidate();
    };
    const onVisible = () => void refresh();
    const timer = setInterval(onVisible, everyMs);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isOver = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [everyMs]);
  return isHydrated ? liveness : { state: 'off' };
}
