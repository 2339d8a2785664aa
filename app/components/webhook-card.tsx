import { Form } from '@remix-run/react';
import type { ReactNode } from 'react';
import type { WebhookView } from '../schemas/webhook-views.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { CopyText } from './copy-text.tsx';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';
import { canBeReached, curlCommand, tradingViewMessage } from './webhook-messages.ts';

type WebhookCardProps = {
  webhook: WebhookView;
  /** Only in the answer to the form that made it. */ secret: string | undefined;
};

/** With this in the address a page without scripts is not loaded again by itself: what it shows once stays there. */
const ANSWER = '?confirm=secret#webhook';

/** Where a bot's signals are posted to, the secret that proves them, and how to set up who posts them. */
export function WebhookCard({ webhook, secret }: WebhookCardProps) {
  const { url, authentication, maximumAgeS, signalsPerMinute } = webhook;
  return (
    <Card
      id="webhook"
      title="Webhook"
      aside={authentication === 'secret' ? 'Secret in the message' : 'Signed'}
    >
      <div className="grid gap-4">
        <Labelled title="Address">
          <CopyText label="Address" text={url} />
        </Labelled>
        <Secret webhook={webhook} secret={secret} />
        {authentication === 'secret' ? (
          <TradingView url={url} secret={secret} />
        ) : (
          <Signed url={url} secret={secret} />
        )}
        <p className="text-xs text-ink-3">
          Takes {signalsPerMinute} signals a minute. A signal that says when it was sent is refused after{' '}
          {maximumAgeS} s; the same one sent again counts once.
        </p>
        <WrongProofs webhook={webhook} />
      </div>
    </Card>
  );
}

function Labelled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 text-ink-2">{title}</p>
      {children}
    </div>
  );
}

function Secret({ webhook: { canReveal }, secret }: WebhookCardProps) {
  if (secret !== undefined)
    return (
      <Notice kind="done" title="The secret is shown once, here.">
        <div className="mt-2 grid gap-2">
          <CopyText label="Secret" text={secret} />
          <p className="text-xs">
            Whoever has it can make this bot trade. It is kept encrypted on this server.
          </p>
        </div>
      </Notice>
    );
  return (
    <Labelled title="Secret">
      {canReveal ? (
        <Form method="post" action={ANSWER} preventScrollReset className="flex flex-wrap items-center gap-3">
          <Button tone="primary" name="intent" value="reveal-secret">
            Show the secret
          </Button>
          <span className="text-xs text-ink-2">It is shown once: copy it right away.</span>
        </Form>
      ) : (
        <RenewSecret />
      )}
    </Labelled>
  );
}

function RenewSecret() {
  return (
    <details className="group">
      <summary className="inline-flex min-h-9 list-none items-center gap-2 touch:min-h-11">
        <span className="text-ink-2">Was shown once.</span>
        <span className="text-accent group-open:hidden">Make a new one</span>
        <span className="hidden text-accent group-open:inline">Keep it</span>
      </summary>
      <Form method="post" action={ANSWER} preventScrollReset className="rounded-card border bg-sunken p-3">
        <p className="mb-3 text-ink-2">
          Signals with the old secret are refused from then on: put the new one wherever you post from.
        </p>
        <Button tone="danger" name="intent" value="renew-secret">
          Make a new secret
        </Button>
      </Form>
    </details>
  );
}

type SetUpProps = { url: string; secret: string | undefined };

function TradingView({ url, secret }: SetUpProps) {
  return (
    <Labelled title="In TradingView">
      <ol className="mb-2 list-decimal space-y-1 pl-5 text-ink-2">
        <li>
          Make an alert on your strategy, and paste this into its message
          {secret === undefined && ', with the secret in its place'}.
        </li>
        <li>Under Notifications tick Webhook URL, and paste the address above.</li>
      </ol>
      <CopyText label="Message for TradingView" text={tradingViewMessage(secret)} rows={8} />
      <p className="mt-2 text-xs text-ink-3">
        For an alert on an indicator write buy, sell or close in place of {'{{strategy.order.action}}'}, and
        leave out what speaks of the strategy.
      </p>
      {!canBeReached(url) && (
        <p className="mt-2 text-xs text-warn">
          TradingView reaches public addresses on ports 80 and 443 alone, which this is not.
        </p>
      )}
      <Example url={url} authentication="secret" secret={secret} />
    </Labelled>
  );
}

function Signed({ url, secret }: SetUpProps) {
  return (
    <Labelled title="Signed posts">
      <p className="text-ink-2">
        X-Signature is the hex HMAC-SHA256 of the body by the secret. The body says when it was sent; or
        X-Timestamp does, and then what is signed is that, a full stop, and the body. TradingView cannot sign.
      </p>
      <Example url={url} authentication="hmac" secret={secret} />
    </Labelled>
  );
}

function Example({ url, authentication, secret }: SetUpProps & Pick<WebhookView, 'authentication'>) {
  const text = curlCommand(url, authentication, secret);
  return (
    <div className="mt-3">
      <p className="mb-1 text-ink-2">By a command</p>
      <CopyText label="Command" text={text} rows={authentication === 'hmac' ? 5 : 3} />
    </div>
  );
}

function WrongProofs({ webhook: { wrongProofs, lastWrongProofAt } }: { webhook: WebhookView }) {
  if (lastWrongProofAt === null) return null;
  return (
    <p className="text-xs text-warn">
      Refused {wrongProofs === 1 ? 'one post' : `${String(wrongProofs)} posts`} with a wrong secret or
      signature, last <Time at={lastWrongProofAt} style="full" />. Nothing was done.
    </p>
  );
}
