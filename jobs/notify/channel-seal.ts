import { VaultError, type Sealed, type Vault } from '../vault.ts';
import { NotifyError } from './errors.ts';
import type { ChannelConfig } from './channel.ts';

/** A channel as stored: what leads to it is sealed for its owner and row. */
export type SealedChannel = { id: string; userId: string; config: Sealed };

const at = ({ id, userId }: Pick<SealedChannel, 'id' | 'userId'>) => ({
  owner: userId,
  row: id,
  field: 'config',
});

/** Seals where messages go. */
export function sealChannel(
  vault: Vault,
  channel: { id: string; userId: string },
  config: ChannelConfig,
): Sealed {
  return vault.seal(JSON.stringify(config), at(channel));
}

/** Opens where messages go. Throws a final `NotifyError` where it does not open. */
export function openChannel(vault: Vault, channel: SealedChannel): ChannelConfig {
  try {
    return JSON.parse(vault.open(channel.config, at(channel))) as ChannelConfig;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new NotifyError(
      'The channel does not open with the current ENCRYPTION_KEY. Restore that key, or make the channel anew.',
      { isFinal: true },
    );
  }
}
