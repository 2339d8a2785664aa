import { z } from 'zod';
import { TIMEFRAMES } from '../../jobs/trading/timeframe.ts';
import { line } from './text.ts';

const venue = line(50).toLowerCase().min(1, 'Choose an exchange.');
const symbol = line(50)
  .toUpperCase()
  .regex(/^[^\s/]+\/[^\s/]+$/, 'Write base and quote asset, such as BTC/USDT.');
const timeframe = z.enum(TIMEFRAMES, 'Choose a timeframe of the list.');
const day = (empty: string) => z.iso.date(empty).transform((text) => Date.parse(`${text}T00:00:00Z`));

/** What to fetch from an exchange; the days are whole ones, UTC. */
export const downloadInput = z.object({
  exchange: venue,
  symbol,
  timeframe,
  from: day('Give the first day.'),
  to: day('Give the last day.'),
});
export type DownloadInput = z.infer<typeof downloadInput>;

/** What an uploaded file holds, where its name does not say so, and what may be mended. */
export const uploadInput = z.object({
  exchange: line(50).toLowerCase(),
  symbol: z.union([z.literal(''), symbol]),
  timeframe: z.union([z.literal(''), timeframe]),
  duplicates: z.literal('on').optional(),
  disorder: z.literal('on').optional(),
  impossible: z.literal('on').optional(),
  replace: z.literal('on').optional(),
});
export type UploadInput = z.infer<typeof uploadInput>;

/** The series that an export is asked for. */
export const exportQuery = z.object({ exchange: venue, symbol, timeframe });
export type ExportQuery = z.infer<typeof exportQuery>;

/** One series of the store. Times are ISO; `missing` candles lie between the first and the last. */
export type StoredSeriesView = {
  venue: string;
  venueName: string;
  symbol: string;
  timeframe: string;
  firstTime: string;
  lastTime: string;
  count: number;
  missing: number;
};

/** One download. `progress` 0..1. */
export type DownloadView = {
  id: string;
  venueName: string;
  symbol: string;
  timeframe: string;
  fromTime: string;
  toTime: string;
  status: 'running' | 'done' | 'failed' | 'canceled';
  progress: number;
  stored: number;
  problem: string | null;
};

/** What an upload did, in sentences. */
export type UploadDone = { title: string; details: string[] };
