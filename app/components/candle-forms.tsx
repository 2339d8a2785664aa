import { Form, useNavigation } from '@remix-run/react';
import { TIMEFRAMES } from '../../jobs/trading/timeframe.ts';
import type { VenueView } from '../schemas/views.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { CheckField, Field, SelectField, type Option } from './field.tsx';
import { errorOf, type FormRefusal } from './form-values.ts';

type CandleFormProps = { venues: readonly VenueView[]; refusal: FormRefusal | undefined };

const toOptions = (venues: readonly VenueView[], empty: Option): Option[] => [
  empty,
  ...venues.map(({ id, name }) => ({ value: id, label: name })),
];
const timeframes: Option[] = TIMEFRAMES.map((each) => ({ value: each, label: each }));

function useIsBusy(intent: string): boolean {
  const navigation = useNavigation();
  return navigation.state !== 'idle' && navigation.formData?.get('intent') === intent;
}

/** Candles from an exchange. `days` are the first and the last that the form begins with. */
export function DownloadForm({
  venues,
  refusal,
  days,
}: CandleFormProps & { days: { from: string; to: string } }) {
  const isBusy = useIsBusy('download');
  const kept = refusal?.values ?? {};
  return (
    <Card title="Download from an exchange">
      <Form method="post" className="grid grid-cols-2 gap-4">
        <SelectField
          label="Exchange"
          name="exchange"
          required
          defaultValue={kept['exchange'] ?? ''}
          options={toOptions(venues, { value: '', label: 'Choose one', disabled: true })}
          error={errorOf(refusal, 'exchange')}
        />
        <Field
          label="Symbol"
          name="symbol"
          required
          placeholder="BTC/USDT"
          autoComplete="off"
          spellCheck={false}
          defaultValue={kept['symbol']}
          error={errorOf(refusal, 'symbol')}
        />
        <Field
          label="First day"
          name="from"
          type="date"
          required
          defaultValue={kept['from'] ?? days.from}
          error={errorOf(refusal, 'from')}
        />
        <Field
          label="Last day"
          name="to"
          type="date"
          required
          defaultValue={kept['to'] ?? days.to}
          error={errorOf(refusal, 'to')}
        />
        <SelectField
          label="Timeframe"
          name="timeframe"
          defaultValue={kept['timeframe'] ?? '5m'}
          options={timeframes}
          error={errorOf(refusal, 'timeframe')}
        />
        <div className="flex items-end">
          <Button tone="primary" name="intent" value="download" isBusy={isBusy} wide>
            Download
          </Button>
        </div>
        <p className="col-span-2 text-xs text-ink-3">
          Only what is not stored yet is fetched, at the pace that the exchange allows. It goes on while you
          are away.
        </p>
      </Form>
    </Card>
  );
}

type UploadFormProps = CandleFormProps & { limits: { bytes: number; rows: number } };

/** Candles from a file. The file stands last: what is said of it is known when it comes. */
export function UploadForm({ venues, refusal, limits }: UploadFormProps) {
  const isBusy = useIsBusy('upload');
  const kept = refusal?.values ?? {};
  const byName = { value: '', label: 'As the file says' };
  return (
    <Card title="Import a file" id="import">
      <Form method="post" encType="multipart/form-data" className="grid grid-cols-2 gap-4">
        <SelectField
          id="upload-exchange"
          label="Exchange"
          name="exchange"
          defaultValue={kept['exchange'] ?? ''}
          options={toOptions(venues, byName)}
          error={errorOf(refusal, 'exchange')}
        />
        <Field
          id="upload-symbol"
          label="Symbol"
          name="symbol"
          placeholder="As its name says"
          autoComplete="off"
          spellCheck={false}
          defaultValue={kept['symbol']}
          error={errorOf(refusal, 'symbol')}
        />
        <SelectField
          id="upload-timeframe"
          label="Timeframe"
          name="timeframe"
          defaultValue={kept['timeframe'] ?? ''}
          options={[byName, ...timeframes]}
          error={errorOf(refusal, 'timeframe')}
        />
        <fieldset className="col-span-2 min-w-0">
          <legend className="mb-1 text-ink-2">If something is wrong with it</legend>
          <CheckField
            name="duplicates"
            label="Keep the first of repeated candles"
            defaultChecked={kept['duplicates'] === 'on'}
          />
          <CheckField name="disorder" label="Sort by time" defaultChecked={kept['disorder'] === 'on'} />
          <CheckField
            name="impossible"
            label="Drop impossible candles"
            defaultChecked={kept['impossible'] === 'on'}
          />
          <CheckField
            name="replace"
            label="Replace stored candles that differ"
            defaultChecked={kept['replace'] === 'on'}
          />
        </fieldset>
        <div className="col-span-2">
          <Field
            label="CSV file, plain or .gz"
            name="file"
            type="file"
            className="control-box py-1.5 file:mr-3 file:cursor-pointer file:rounded-control file:border-0 file:bg-sunken file:px-2.5 file:py-0.5 file:text-ink touch:py-2.5"
            accept=".csv,.gz,text/csv,application/gzip"
            required
            hint={`timestamp,open,high,low,close,volume; timestamp in ms, UTC. At most ${Math.floor(limits.bytes / 1e6)} MB and ${limits.rows.toLocaleString('en')} rows.`}
          />
        </div>
        <Button tone="primary" name="intent" value="upload" isBusy={isBusy}>
          {isBusy ? 'Reading' : 'Import'}
        </Button>
      </Form>
    </Card>
  );
}
