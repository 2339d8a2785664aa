import { Form, useNavigation } from '@remix-run/react';
import { Play } from 'lucide-react';
import { Button, ButtonLink } from './button.tsx';

/** The first run: one click to see a bot at work. */
export function DemoOffer() {
  const isBusy = useNavigation().state !== 'idle';
  return (
    <section className="grid gap-5 rounded-card border bg-surface p-5 sm:p-8">
      <div className="max-w-prose">
        <h2 className="text-title font-semibold">See a bot at work</h2>
        <p className="mt-2 text-ink-2">
          The demo bot trades BTC/USDT on a built-in market with play money. It decides every second: it buys
          when a fallen price turns up again, sells when a risen one turns down, and writes down why. Its
          first round trip takes about a minute or two. Stop it whenever you like.
        </p>
      </div>
      <Form method="post" className="flex flex-wrap items-center gap-3">
        <Button tone="primary" icon={Play} name="intent" value="start-demo" isBusy={isBusy}>
          Start a demo bot
        </Button>
        <ButtonLink to="/bots/new" tone="quiet">
          Set up a bot of your own
        </ButtonLink>
      </Form>
      <ol className="grid gap-4 border-t pt-5 text-ink-2 sm:grid-cols-3">
        <li>
          <span className="font-medium text-ink">1 · Watch</span>
          <p>The demo bot shows what a bot decides, what it costs and what it earns. No exchange is asked.</p>
        </li>
        <li>
          <span className="font-medium text-ink">2 · Try on paper</span>
          <p>A bot on a real market’s prices with paper money. It needs no key.</p>
        </li>
        <li>
          <span className="font-medium text-ink">3 · Go live</span>
          <p>Add an exchange key that may trade but not withdraw, and set what one trade may lose.</p>
        </li>
      </ol>
    </section>
  );
}
