import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { Play } from 'lucide-react';
import { listSymbols, PAPER, toStartInput } from '../components/bot-form-input.ts';
import { BotFormPreview } from '../components/bot-form-preview.tsx';
import { BotForm } from '../components/bot-form.tsx';
import { previewDays, toPreviewQuery } from '../components/bot-preview-query.ts';
import { Button } from '../components/button.tsx';
import { parseInput, toNested, toValues, type FormValues } from '../components/form-values.ts';
import { MarketPreview } from '../components/market-preview.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { listFigures } from '../components/rule-figures.ts';
import { readRules } from '../components/rule-rows.ts';
import { readWeightRows, withUsualWeights } from '../components/weight-rows.ts';
import { readForm, refuse } from '../page.server.ts';
import {
  startBasketInput,
  startBotInput,
  type StartBasketInput,
  type StartBotInput,
} from '../schemas/bots.ts';
import { attempt } from '../services/app-error.ts';
import { startBasket } from '../services/baskets.server.ts';
import { findPreview, previewBot } from '../services/bot-preview.server.ts';
import { startBot } from '../services/bots.server.ts';
import { listKeys } from '../services/exchange-keys.server.ts';
import { previewMarket } from '../services/market-preview.server.ts';
import { listTimeframes, listVenues, searchSymbols } from '../services/markets.server.ts';
import { requireUser } from '../services/sessions.server.ts';
import { findStrategyView, listStrategies } from '../services/strategies.server.ts';

export const meta: MetaFunction = () => [{ title: 'New bot · Auto Bot Trader' }];

const SYMBOLS = 2_000;
const COMMON_TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h', '1d'];
const DEFAULTS: FormValues = {
  exchange: 'demo',
  symbol: 'BTC/USDT',
  account: PAPER,
  'sizing.type': 'quote_amount',
  'sizing.value': '1000',
  'risk.stop_loss_pct': '3',
  initial_balance: '10000',
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const user = await requireUser(request, context);
  const { deps } = context;
  const given = await readRulesOf(deps, { ...DEFAULTS, ...toValues(new URL(request.url).searchParams) });
  const exchange = given['exchange'] ?? 'demo';
  const [symbols, timeframes, keys, strategies] = await Promise.all([
    attempt(searchSymbols(deps, exchange, { text: '', limit: SYMBOLS })),
    attempt(listTimeframes(deps, exchange)),
    listKeys(deps, user.id),
    listStrategies(deps),
  ]);
  const choices = {
    venues: listVenues(),
    symbols: symbols.ok ? symbols.value : [],
    timeframes: timeframes.ok ? timeframes.value : COMMON_TIMEFRAMES,
    keys,
    problem: symbols.ok ? null : symbols.refusal.message,
  };
  const values = complete(
    withUsualWeights(given),
    choices.timeframes,
    strategies.find((each) => each.enabled)?.name,
  );
  const [preview, tried] = await Promise.all([
    attempt(previewMarket(deps, toPreviewChoice(values))),
    findPreview(deps, user.id, values['preview'] ?? ''),
  ]);
  return { choices, strategies, values, preview, tried };
}

/** Rows of own rules and of weights become the parameters that they say. */
async function readRulesOf(deps: AppLoadContext['deps'], values: FormValues): Promise<FormValues> {
  const strategy = await findStrategyView(deps, values['strategy'] ?? '');
  const read = readWeightRows(values);
  return strategy ? readRules(read, listFigures(strategy.paramsSchema)) : read;
}

/** What was not chosen yet gets a usual choice. */
function complete(
  given: FormValues,
  timeframes: readonly string[],
  strategy: string | undefined,
): FormValues {
  const wanted = given['timeframe'] ?? (given['exchange'] === 'demo' ? '1s' : '1h');
  const timeframe = timeframes.includes(wanted) ? wanted : (timeframes[0] ?? '1h');
  return { strategy: strategy ?? '', ...given, timeframe };
}

function toPreviewChoice(values: FormValues) {
  const { exchange = '', timeframe = '', strategy = '' } = values;
  const [symbol = ''] = listSymbols(values['symbol']);
  const params = toNested(values)['params'];
  return {
    venue: exchange,
    symbol,
    timeframe,
    strategy,
    params: (params ?? {}) as Record<string, unknown>,
    sizing: { type: values['sizing.type'], value: values['sizing.value'] },
    initialBalance: values['initial_balance'],
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const user = await requireUser(request, context);
  const all = await readRulesOf(context.deps, (await readForm(request)).all);
  if (all['intent'] === 'preview') return tryOut(context.deps, user.id, all);
  const isLive = (all['account'] ?? PAPER) !== PAPER;
  if (isLive && all['confirm_live'] !== 'on')
    return refuse(
      { message: 'Nothing was started: this bot would trade with real money.', errors: [CONSENT] },
      all,
    );
  const parsed = parseStart(all);
  if (!parsed.ok)
    return refuse({ ...parsed, message: 'Nothing was started. Please look at the marked fields.' }, all);
  const started = await attempt(start(context.deps, user.id, parsed.value));
  return started.ok ? redirect(started.value) : refuse(started.refusal, all);
}

function parseStart(all: FormValues) {
  const input = toStartInput(all);
  return 'symbols' in input ? parseInput(startBasketInput, input) : parseInput(startBotInput, input);
}

/** Tries the form's values on past prices, and shows the form again as it was, with what came of it. */
async function tryOut(deps: AppLoadContext['deps'], userId: string, all: FormValues) {
  const parsed = parseStart(all);
  if (!parsed.ok)
    return refuse({ ...parsed, message: 'Nothing was tried. Please look at the marked fields.' }, all);
  const { exchange = '', timeframe = '' } = all;
  const days = previewDays(timeframe, all['preview_days']).usual;
  const tried = await attempt(previewBot(deps, userId, { bot: parsed.value, exchange, days }));
  if (!tried.ok) return refuse(tried.refusal, all);
  return redirect(`/bots/new?${toPreviewQuery(all, tried.value.id)}#preview`);
}

/** Returns where what was started is shown. */
async function start(
  deps: AppLoadContext['deps'],
  userId: string,
  input: StartBotInput | StartBasketInput,
): Promise<string> {
  if ('symbols' in input) return `/baskets/${(await startBasket(deps, userId, input)).id}`;
  return `/bots/${(await startBot(deps, userId, input)).id}`;
}

const CONSENT = { path: 'confirm_live', message: 'Tick the box if that is what you want.' };

const FORM = 'new-bot';

/** What the form is being sent for, if it is. */
function sentIntent({ formMethod, formData }: ReturnType<typeof useNavigation>) {
  if (formMethod !== 'POST') return null;
  return formData?.get('intent') === 'preview' ? 'preview' : 'start';
}

export default function NewBotPage() {
  const { choices, strategies, values, preview, tried } = useLoaderData<typeof loader>();
  const refusal = useActionData<typeof action>() ?? undefined;
  const navigation = useNavigation();
  const busy = sentIntent(navigation);
  const shown = { ...values, ...refusal?.values };
  const isLive = shown['account'] !== PAPER;
  return (
    <Page
      title="New bot"
      actions={
        <Button tone="primary" icon={Play} form={FORM} isBusy={busy === 'start'}>
          {isLive ? 'Start with real money' : 'Start on paper'}
        </Button>
      }
    >
      <Refused refusal={refusal} />
      <div className="grid items-start gap-5 lg:grid-cols-[26rem_minmax(0,1fr)]">
        <BotForm id={FORM} choices={choices} strategies={strategies} values={shown} refusal={refusal} />
        <div className="grid min-w-0 gap-5">
          <BotFormPreview form={FORM} values={shown} preview={tried} isBusy={busy === 'preview'} />
          <MarketPreview
            title={`${listSymbols(shown['symbol'])[0] ?? ''} · ${shown['timeframe'] ?? ''}`}
            preview={preview.ok ? preview.value : null}
            problem={preview.ok ? null : preview.refusal.message}
          />
        </div>
      </div>
    </Page>
  );
}
