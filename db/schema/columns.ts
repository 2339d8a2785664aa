import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';
import { money, type Money } from '../../jobs/trading/decimal.ts';

/** An exact decimal: `numeric` without a scale, so nothing is ever rounded on its way in. */
export const decimal = customType<{ data: Money; driverData: string }>({
  dataType: () => 'numeric',
  toDriver: (value) => value.toFixed(),
  fromDriver: (value) => money(value),
});

/** A moment, stored in UTC with microseconds. */
export const moment = () => timestamp({ withTimezone: true, mode: 'date' });

export const id = () => uuid().primaryKey().defaultRandom();
