import type { Deps } from '../../jobs/deps.ts';
import type { StartBotInput, StopBotInput } from '../schemas/bots.ts';
import type { BotDetailView, BotView, OrderDetailView } from '../schemas/views.ts';

export declare function startBot(deps: Deps, userId: string, input: StartBotInput): Promise<BotView>;
/** One click: RSI_CROSS on the demo market, BTC/USDT, 1s, paper. */
export declare function startDemoBot(deps: Deps, userId: string): Promise<BotView>;
export declare function restartBot(deps: Deps, userId: string, botRunId: string): Promise<BotView>;
export declare function stopBot(deps: Deps, userId: string, input: StopBotInput): Promise<BotView>;
export declare function listBots(deps: Deps, userId: string): Promise<BotView[]>;
export declare function getBot(deps: Deps, userId: string, botRunId: string): Promise<BotView>;
export declare function getBotDetail(deps: Deps, userId: string, botRunId: string): Promise<BotDetailView>;
export declare function getOrder(deps: Deps, userId: string, orderId: string): Promise<OrderDetailView>;
