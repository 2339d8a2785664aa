import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What a process counts about itself, served at /metrics. */
export type Metrics = {
  registry: Registry;
  /** Bot decisions made. */
  ticks: Counter;
  /** Seconds from taking a batch of ticks to its commit. */
  tickDuration: Histogram;
  /** Orders by the status they came to. */
  orders: Counter<'status'>;
  /** Seconds from the decision to the venue's answer. */
  orderLatency: Histogram;
  /** Jobs by queue, and by outcome: completed or failed. */
  queueJobs: Counter<'queue' | 'outcome'>;
};

const TICK_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ORDER_SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30];

/** Returns fresh metrics in a registry of their own, with the process's and the event loop's beside them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    ticks: new Counter({ name: 'ticks_total', help: 'Bot decisions made.', registers }),
    tickDuration: new Histogram({
      name: 'tick_duration_seconds',
      help: 'From taking a batch of ticks to its commit.',
      buckets: TICK_SECONDS,
      registers,
    }),
    orders: new Counter({
      name: 'orders_total',
      help: 'Orders by the status they came to.',
      labelNames: ['status'],
      registers,
    }),
    orderLatency: new Histogram({
      name: 'order_latency_seconds',
      help: "From the decision to the venue's answer.",
      buckets: ORDER_SECONDS,
      registers,
    }),
    queueJobs: new Counter({
      name: 'queue_jobs_total',
      help: 'Jobs by queue and outcome.',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
  };
}
