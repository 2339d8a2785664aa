import type { ReactNode } from 'react';
import { ButtonLink } from './button.tsx';
import { Delta } from './delta.tsx';
import { Logo } from './logo.tsx';

export type SignUpMode = 'first' | 'invite' | 'open' | 'closed';

const PROMISES = [
  {
    title: 'It says why.',
    text: 'Each decision is written down with its reason and how sure it is. Each refusal names the rule and the numbers.',
  },
  {
    title: 'It says what it can cost.',
    text: 'Before a bot starts you read, in money, what one trade can lose. Stops and daily limits hold whatever the strategy says.',
  },
  {
    title: 'It keeps its books.',
    text: 'An order is written down before it is sent and never sent twice. Fills and fees are counted to the last decimal.',
  },
];

export function Landing({ signUpMode }: { signUpMode: SignUpMode }) {
  return (
    <>
      <header className="border-b">
        <div className="mx-auto flex h-14 max-w-5xl items-center justify-between px-4 sm:px-6">
          <Logo />
          <ButtonLink to="/login">Sign in</ButtonLink>
        </div>
      </header>
      <main id="main" className="mx-auto grid max-w-5xl gap-10 px-4 py-10 sm:px-6 sm:py-16">
        <div className="grid items-center gap-8 lg:grid-cols-[1fr_24rem]">
          <div>
            <h1 className="max-w-xl text-display font-semibold tracking-tight text-balance">
              Trading bots that answer for every trade
            </h1>
            <p className="mt-4 max-w-xl text-lg text-ink-2">
              Auto Bot Trader runs strategies on your own machine, against more than a hundred exchanges.
              Begin on a built-in market with play money: it needs no exchange, no key and no network.
            </p>
            <div className="mt-6 flex flex-wrap gap-2">
              <FirstStep mode={signUpMode} />
            </div>
          </div>
          <Example />
        </div>
        <div className="grid gap-6 border-t pt-8 sm:grid-cols-3">
          {PROMISES.map((promise) => (
            <section key={promise.title}>
              <h2 className="font-semibold">{promise.title}</h2>
              <p className="mt-1 text-ink-2">{promise.text}</p>
            </section>
          ))}
        </div>
      </main>
    </>
  );
}

function FirstStep({ mode }: { mode: SignUpMode }) {
  if (mode === 'closed')
    return (
      <>
        <ButtonLink to="/login" tone="primary">
          Sign in
        </ButtonLink>
        <p className="w-full text-xs text-ink-3">New accounts are switched off on this server.</p>
      </>
    );
  const note = {
    first: 'Nobody has an account here yet. The first one becomes the administrator.',
    invite: 'New accounts need an invitation from the administrator.',
    open: '',
  }[mode];
  return (
    <>
      <ButtonLink to="/signup" tone="primary">
        {mode === 'first' ? 'Create the first account' : 'Create an account'}
      </ButtonLink>
      <ButtonLink to="/login">Sign in</ButtonLink>
      {note !== '' && <p className="w-full text-xs text-ink-3">{note}</p>}
    </>
  );
}

const Line = ({ at, what, why }: { at: string; what: ReactNode; why: string }) => (
  <li className="grid grid-cols-[3rem_1fr] gap-x-2 px-4 py-2.5">
    <span className="text-ink-3">{at}</span>
    <span className="font-medium">{what}</span>
    <span className="col-start-2 text-xs text-ink-2">{why}</span>
  </li>
);

function Example() {
  return (
    <section className="rounded-card border bg-surface" aria-label="An example of what a bot writes down">
      <h2 className="flex min-h-11 items-center justify-between border-b px-4 font-medium">
        What a bot writes down <span className="text-xs font-normal text-ink-3">an example</span>
      </h2>
      <ol className="divide-y">
        <Line
          at="14:00"
          what="Bought 6.81 SOL at 142.60"
          why="RSI crossed up through 30 (28.9 → 33.4), confidence 0.50"
        />
        <Line at="13:00" what="Did not buy" why="Cooldown after a loss: 1 candle left" />
        <Line
          at="11:00"
          what={
            <>
              Sold 6.70 SOL at 145.10 <Delta value="15.68" /> USDT
            </>
          }
          why="RSI crossed down through 70 (71.8 → 69.2), fees 1.94 USDT"
        />
      </ol>
    </section>
  );
}
