import type { Deps } from '../../jobs/deps.ts';
import type { AddKeyInput } from '../schemas/exchange-keys.ts';
import type { ExchangeKeyView } from '../schemas/views.ts';

export declare function addKey(deps: Deps, userId: string, input: AddKeyInput): Promise<ExchangeKeyView>;
export declare function listKeys(deps: Deps, userId: string): Promise<ExchangeKeyView[]>;
export declare function deleteKey(deps: Deps, userId: string, keyId: string): Promise<void>;
