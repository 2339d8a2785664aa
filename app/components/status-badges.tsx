import type { BotView, OrderView } from '../schemas/views.ts';
import { Badge, type Tone } from './badge.tsx';

const BOT_TONES: Record<BotView['status'], { tone: Tone; text: string }> = {
  RUNNING: { tone: 'gain', text: 'Running' },
  STOPPING: { tone: 'warn', text: 'Stopping' },
  STOPPED: { tone: 'plain', text: 'Stopped' },
  HALTED: { tone: 'warn', text: 'Halted' },
  ERROR: { tone: 'loss', text: 'Error' },
};

export function BotStatusBadge({ status }: { status: BotView['status'] }) {
  const { tone, text } = BOT_TONES[status];
  return <Badge tone={tone}>{text}</Badge>;
}

export function ModeBadge({ mode }: { mode: BotView['mode'] }) {
  return mode === 'live' ? <Badge tone="accent">Live</Badge> : <Badge>Paper</Badge>;
}

const ORDER_TONES: Record<OrderView['status'], { tone: Tone; text: string }> = {
  intended: { tone: 'plain', text: 'Intended' },
  submitting: { tone: 'accent', text: 'Being sent' },
  unknown: { tone: 'warn', text: 'Being looked up' },
  open: { tone: 'accent', text: 'Open' },
  partially_filled: { tone: 'accent', text: 'Partly filled' },
  filled: { tone: 'gain', text: 'Filled' },
  canceled: { tone: 'plain', text: 'Cancelled' },
  rejected: { tone: 'loss', text: 'Rejected' },
  expired: { tone: 'plain', text: 'Expired' },
};

export function OrderStatusBadge({ status }: { status: OrderView['status'] }) {
  const { tone, text } = ORDER_TONES[status];
  return <Badge tone={tone}>{text}</Badge>;
}

const REASONS: Record<OrderView['reason'], string> = {
  signal: 'Strategy signal',
  stop_loss: 'Stop-loss',
  take_profit: 'Take profit',
  trailing_stop: 'Trailing stop',
  roi: 'ROI table',
  time_exit: 'Time exit',
  close_position: 'Closed by hand',
};

export const sayOrderReason = (reason: OrderView['reason']) => REASONS[reason];

export const saySide = (side: 'BUY' | 'SELL') => (side === 'BUY' ? 'Buy' : 'Sell');
