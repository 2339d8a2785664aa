import { Form } from '@remix-run/react';
import { Play, Square } from 'lucide-react';
import { Button, ButtonLink } from './button.tsx';

type StartProps = { label: string; isLive: boolean; isBusy: boolean };

/** Starts a bot or a basket again; with real money after a question. */
export function StartButton({ label, isLive, isBusy }: StartProps) {
  if (isLive)
    return (
      <ButtonLink to="?confirm=start" tone="primary" icon={Play}>
        {label}
      </ButtonLink>
    );
  return (
    <Form method="post">
      <Button tone="primary" icon={Play} name="intent" value="start" isBusy={isBusy}>
        {label}
      </Button>
    </Form>
  );
}

type StopProps = { isFlat: boolean; closeLabel: string; isBusy: boolean };

/** Stops a bot or a basket; where something is held, after a question. */
export function StopButtons({ isFlat, closeLabel, isBusy }: StopProps) {
  if (isFlat)
    return (
      <Form method="post">
        <Button icon={Square} name="intent" value="stop" isBusy={isBusy}>
          Stop
        </Button>
      </Form>
    );
  return (
    <>
      <ButtonLink to="?confirm=stop" icon={Square}>
        Stop
      </ButtonLink>
      <ButtonLink to="?confirm=close" tone="danger">
        {closeLabel}
      </ButtonLink>
    </>
  );
}
