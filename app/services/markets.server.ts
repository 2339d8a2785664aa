import type { Deps } from '../../jobs/deps.ts';
import type { SymbolView, VenueView } from '../schemas/views.ts';

/** All venues: demo first, then by name. */
export declare function listVenues(): VenueView[];
export declare function searchSymbols(
  deps: Deps,
  venue: string,
  query: { text: string; limit: number },
): Promise<SymbolView[]>;
export declare function listTimeframes(deps: Deps, venue: string): Promise<string[]>;
