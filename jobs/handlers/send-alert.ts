import { findDelivery, noteAttempt, type Delivery } from '../../db/queries/alert-channels.ts';
import type { Deps } from '../deps.ts';
import { openChannel } from '../notify/channel-seal.ts';
import { NotifyError } from '../notify/errors.ts';
import { QUEUES, type Payload } from '../queues.ts';

/** Sends one alert by one channel. A failure is shown on the channel, and tried again as the queue table says. */
export async function sendAlert(deps: Deps, { deliveryId }: Payload<'send-alert'>): Promise<void> {
  const delivery = await findDelivery(deps.db, deliveryId);
  if (delivery?.status !== 'pending') return;
  const attempts = delivery.attempts + 1;
  try {
    await send(deps, delivery);
  } catch (error) {
    const isFinal = !(error instanceof NotifyError) || error.isFinal;
    const isLast = isFinal || attempts > QUEUES['send-alert'].retryLimit;
    const message = error instanceof NotifyError ? error.message : 'The message could not be made.';
    await noteAttempt(deps.db, delivery, {
      status: isLast ? 'failed' : 'pending',
      error: message,
      atMs: deps.clock.now(),
    });
    if (!(error instanceof NotifyError) || !isLast) throw error;
    return;
  }
  await noteAttempt(deps.db, delivery, { status: 'sent', error: null, atMs: deps.clock.now() });
}

async function send(deps: Deps, { channel, message }: Delivery): Promise<void> {
  if (!channel.isOn) throw new NotifyError('The channel was switched off.', { isFinal: true });
  await deps.notifier.send(openChannel(deps.vault, channel), message);
}
