CREATE TABLE "account_health" (
	"key" text PRIMARY KEY NOT NULL,
	"venue" text NOT NULL,
	"latency_ms" integer,
	"weight_used" integer,
	"weight_limit" integer,
	"weight_at" timestamp with time zone,
	"clock_offset_ms" integer,
	"last_ok_at" timestamp with time zone,
	"last_error_at" timestamp with time zone,
	"last_error" text,
	"banned_until" timestamp with time zone,
	"ban_reason" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_channels" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"target" text NOT NULL,
	"topics" text[] NOT NULL,
	"is_on" boolean DEFAULT true NOT NULL,
	"encrypted_config" text NOT NULL,
	"iv_config" text NOT NULL,
	"last_sent_at" timestamp with time zone,
	"last_failure_at" timestamp with time zone,
	"last_failure" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alert_channels_kind_check" CHECK ("alert_channels"."kind" in ('email', 'telegram', 'webhook'))
);
--> statement-breakpoint
CREATE TABLE "alert_deliveries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"alert_id" bigint NOT NULL,
	"channel_id" uuid NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "alert_deliveries_status_check" CHECK ("alert_deliveries"."status" in ('pending', 'sent', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "bot_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"strategy" text NOT NULL,
	"venue" text NOT NULL,
	"symbol" text NOT NULL,
	"base" text NOT NULL,
	"quote" text NOT NULL,
	"timeframe" text NOT NULL,
	"mode" text NOT NULL,
	"exchange_key_id" uuid,
	"account_id" uuid NOT NULL,
	"parameters" jsonb NOT NULL,
	"sizing_type" text NOT NULL,
	"sizing_value" numeric NOT NULL,
	"risk" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"initial_balance" numeric NOT NULL,
	"status" text NOT NULL,
	"close_on_stop" boolean DEFAULT false NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"stopped_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_candle_time" timestamp with time zone,
	"last_tick_at" timestamp with time zone,
	"last_signal" jsonb,
	"last_price" numeric,
	"last_price_at" timestamp with time zone,
	"error" text,
	"halted_at" timestamp with time zone,
	"halt_rule" text,
	"halt_reason" text,
	"equity_peak" numeric,
	"position_quantity" numeric DEFAULT 0 NOT NULL,
	"position_cost" numeric DEFAULT 0 NOT NULL,
	"position_entry_price" numeric DEFAULT 0 NOT NULL,
	"position_high_price" numeric DEFAULT 0 NOT NULL,
	"position_opened_at" timestamp with time zone,
	"realized_pnl" numeric DEFAULT 0 NOT NULL,
	"fees_quote" numeric DEFAULT 0 NOT NULL,
	"last_exit_at" timestamp with time zone,
	"last_exit_pnl" numeric,
	CONSTRAINT "bot_runs_status_check" CHECK ("bot_runs"."status" in ('RUNNING', 'STOPPING', 'STOPPED', 'HALTED', 'ERROR')),
	CONSTRAINT "bot_runs_mode_check" CHECK ("bot_runs"."mode" in ('paper', 'live')),
	CONSTRAINT "bot_runs_sizing_check" CHECK ("bot_runs"."sizing_value" > 0 and "bot_runs"."sizing_type" in ('quote_amount', 'equity_fraction')),
	CONSTRAINT "bot_runs_initial_balance_check" CHECK ("bot_runs"."initial_balance" >= 0)
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "decisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"bot_run_id" uuid NOT NULL,
	"source" text NOT NULL,
	"candle_time" timestamp with time zone NOT NULL,
	"signal" text NOT NULL,
	"confidence" numeric NOT NULL,
	"reason" text NOT NULL,
	"outcome" text NOT NULL,
	"detail" text NOT NULL,
	"verdicts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"price" numeric NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "decisions_once_key" UNIQUE("bot_run_id","candle_time","source"),
	CONSTRAINT "decisions_signal_check" CHECK ("decisions"."signal" in ('BUY', 'SELL', 'HOLD')),
	CONSTRAINT "decisions_outcome_check" CHECK ("decisions"."outcome" in ('hold', 'order', 'ignored', 'refused'))
);
--> statement-breakpoint
CREATE TABLE "strategies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "strategies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"description" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	CONSTRAINT "strategies_name_key" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "exchange_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"exchange" text NOT NULL,
	"label" text NOT NULL,
	"key_hint" text NOT NULL,
	"sandbox" boolean DEFAULT false NOT NULL,
	"encrypted_api_key" text NOT NULL,
	"iv_api_key" text NOT NULL,
	"encrypted_api_secret" text NOT NULL,
	"iv_api_secret" text NOT NULL,
	"encrypted_passphrase" text,
	"iv_passphrase" text,
	"permissions" jsonb,
	"checked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "candles" (
	"venue" text NOT NULL,
	"symbol" text NOT NULL,
	"timeframe" text NOT NULL,
	"open_time" timestamp with time zone NOT NULL,
	"open" numeric NOT NULL,
	"high" numeric NOT NULL,
	"low" numeric NOT NULL,
	"close" numeric NOT NULL,
	"volume" numeric NOT NULL,
	CONSTRAINT "candles_venue_symbol_timeframe_open_time_pk" PRIMARY KEY("venue","symbol","timeframe","open_time"),
	CONSTRAINT "candles_range_check" CHECK ("candles"."low" > 0 and "candles"."low" <= least("candles"."open", "candles"."close") and "candles"."high" >= greatest("candles"."open", "candles"."close") and "candles"."volume" >= 0)
);
--> statement-breakpoint
CREATE TABLE "tick_schedule" (
	"timeframe" text PRIMARY KEY NOT NULL,
	"last_open_time" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fills" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "fills_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"order_id" uuid NOT NULL,
	"bot_run_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"symbol" text NOT NULL,
	"exchange_trade_id" text NOT NULL,
	"side" text NOT NULL,
	"quantity" numeric NOT NULL,
	"price" numeric NOT NULL,
	"fee" numeric NOT NULL,
	"fee_currency" text NOT NULL,
	"fee_quote" numeric,
	"pnl" numeric,
	"executed_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fills_trade_id_key" UNIQUE("account_id","symbol","exchange_trade_id"),
	CONSTRAINT "fills_amounts_check" CHECK ("fills"."quantity" > 0 and "fills"."price" > 0)
);
--> statement-breakpoint
CREATE TABLE "order_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "order_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"order_id" uuid NOT NULL,
	"status" text NOT NULL,
	"detail" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"bot_run_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"venue" text NOT NULL,
	"symbol" text NOT NULL,
	"client_order_id" text NOT NULL,
	"exchange_order_id" text,
	"side" text NOT NULL,
	"type" text NOT NULL,
	"reason" text NOT NULL,
	"quantity" numeric NOT NULL,
	"limit_price" numeric,
	"stop_price" numeric,
	"filled_quantity" numeric DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"status_detail" text,
	"candle_time" timestamp with time zone NOT NULL,
	"leg" integer NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"submitted_at" timestamp with time zone,
	"acknowledged_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_client_order_id_key" UNIQUE("account_id","client_order_id"),
	CONSTRAINT "orders_intent_key" UNIQUE("bot_run_id","candle_time","leg"),
	CONSTRAINT "orders_quantity_check" CHECK ("orders"."quantity" > 0 and "orders"."filled_quantity" >= 0),
	CONSTRAINT "orders_side_check" CHECK ("orders"."side" in ('BUY', 'SELL')),
	CONSTRAINT "orders_status_check" CHECK ("orders"."status" in ('intended', 'submitting', 'unknown', 'open', 'partially_filled', 'filled', 'canceled', 'rejected', 'expired'))
);
--> statement-breakpoint
CREATE TABLE "paper_balances" (
	"account_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"free" numeric NOT NULL,
	"used" numeric DEFAULT 0 NOT NULL,
	CONSTRAINT "paper_balances_account_id_asset_pk" PRIMARY KEY("account_id","asset"),
	CONSTRAINT "paper_balances_check" CHECK ("paper_balances"."free" >= 0 and "paper_balances"."used" >= 0)
);
--> statement-breakpoint
CREATE TABLE "paper_orders" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "paper_orders_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" uuid NOT NULL,
	"client_order_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"type" text NOT NULL,
	"quantity" numeric NOT NULL,
	"limit_price" numeric,
	"stop_price" numeric,
	"status" text NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "paper_orders_client_order_id_key" UNIQUE("account_id","client_order_id")
);
--> statement-breakpoint
CREATE TABLE "paper_trades" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "paper_trades_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"paper_order_id" bigint NOT NULL,
	"quantity" numeric NOT NULL,
	"price" numeric NOT NULL,
	"fee" numeric NOT NULL,
	"fee_currency" text NOT NULL,
	"executed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account_baselines" (
	"account_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"total" numeric NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	CONSTRAINT "account_baselines_account_id_asset_pk" PRIMARY KEY("account_id","asset")
);
--> statement-breakpoint
CREATE TABLE "account_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "account_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"exchange_order_id" text,
	"detail" text NOT NULL,
	"amounts" jsonb NOT NULL,
	"happened_at" timestamp with time zone NOT NULL,
	CONSTRAINT "account_changes_reference_key" UNIQUE("account_id","kind","reference"),
	CONSTRAINT "account_changes_kind_check" CHECK ("account_changes"."kind" in ('trade', 'deposit', 'withdrawal', 'accepted'))
);
--> statement-breakpoint
CREATE TABLE "foreign_orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"symbol" text NOT NULL,
	"exchange_order_id" text NOT NULL,
	"client_order_id" text,
	"side" text NOT NULL,
	"type" text NOT NULL,
	"quantity" numeric NOT NULL,
	"filled_quantity" numeric NOT NULL,
	"status" text NOT NULL,
	"choice" text,
	"placed_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "foreign_orders_order_key" UNIQUE("account_id","symbol","exchange_order_id")
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"books_opened_at" timestamp with time zone,
	"checked_at" timestamp with time zone NOT NULL,
	"trades_until" timestamp with time zone NOT NULL,
	"differences" jsonb NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alerts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" uuid NOT NULL,
	"bot_run_id" uuid,
	"order_id" uuid,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"detail" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp with time zone,
	"acknowledged_at" timestamp with time zone,
	"announced_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "equity_snapshots" (
	"bot_run_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	"equity" numeric NOT NULL,
	"realized_pnl" numeric NOT NULL,
	"unrealized_pnl" numeric NOT NULL,
	"price" numeric NOT NULL,
	CONSTRAINT "equity_snapshots_bot_run_id_taken_at_pk" PRIMARY KEY("bot_run_id","taken_at")
);
--> statement-breakpoint
CREATE TABLE "kill_switches" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"target_id" uuid,
	"level" text NOT NULL,
	"bot_run_ids" uuid[] NOT NULL,
	"pulled_at" timestamp with time zone NOT NULL,
	"lifted_at" timestamp with time zone,
	CONSTRAINT "kill_switches_scope_check" CHECK (("kill_switches"."scope" = 'all') = ("kill_switches"."target_id" is null)),
	CONSTRAINT "kill_switches_level_check" CHECK ("kill_switches"."level" in ('entries', 'orders', 'positions'))
);
--> statement-breakpoint
CREATE TABLE "risk_limits" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"max_exposure_symbol_quote" numeric,
	"max_exposure_account_quote" numeric,
	"max_exposure_total_quote" numeric,
	"max_open_orders" integer,
	"max_orders_per_minute" integer,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "risk_limits_positive_check" CHECK ("risk_limits"."max_exposure_symbol_quote" > 0 and "risk_limits"."max_exposure_account_quote" > 0 and "risk_limits"."max_exposure_total_quote" > 0
        and "risk_limits"."max_open_orders" > 0 and "risk_limits"."max_orders_per_minute" > 0)
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "api_tokens_token_hash_key" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"code_hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"used_by" uuid,
	CONSTRAINT "invitations_code_hash_key" UNIQUE("code_hash")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text DEFAULT 'trader' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_role_check" CHECK ("users"."role" in ('admin', 'trader'))
);
--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_channel_id_alert_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_strategy_strategies_name_fk" FOREIGN KEY ("strategy") REFERENCES "public"."strategies"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_exchange_key_id_exchange_keys_id_fk" FOREIGN KEY ("exchange_key_id") REFERENCES "public"."exchange_keys"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exchange_keys" ADD CONSTRAINT "exchange_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "paper_balances" ADD CONSTRAINT "paper_balances_account_id_bot_runs_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "paper_orders" ADD CONSTRAINT "paper_orders_account_id_bot_runs_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "paper_trades" ADD CONSTRAINT "paper_trades_paper_order_id_paper_orders_id_fk" FOREIGN KEY ("paper_order_id") REFERENCES "public"."paper_orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_baselines" ADD CONSTRAINT "account_baselines_account_id_exchange_keys_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_changes" ADD CONSTRAINT "account_changes_account_id_exchange_keys_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "foreign_orders" ADD CONSTRAINT "foreign_orders_account_id_exchange_keys_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_account_id_exchange_keys_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equity_snapshots" ADD CONSTRAINT "equity_snapshots_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equity_snapshots" ADD CONSTRAINT "equity_snapshots_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kill_switches" ADD CONSTRAINT "kill_switches_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "risk_limits" ADD CONSTRAINT "risk_limits_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_used_by_users_id_fk" FOREIGN KEY ("used_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_health_banned_idx" ON "account_health" USING btree ("banned_until") WHERE banned_until is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_channels_user_label_key" ON "alert_channels" USING btree ("user_id","label");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_deliveries_alert_channel_key" ON "alert_deliveries" USING btree ("alert_id","channel_id");--> statement-breakpoint
CREATE INDEX "alert_deliveries_channel_idx" ON "alert_deliveries" USING btree ("channel_id");--> statement-breakpoint
CREATE INDEX "bot_runs_user_id_idx" ON "bot_runs" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "bot_runs_due_idx" ON "bot_runs" USING btree ("timeframe") WHERE "bot_runs"."status" = 'RUNNING';--> statement-breakpoint
CREATE INDEX "bot_runs_exchange_key_idx" ON "bot_runs" USING btree ("exchange_key_id");--> statement-breakpoint
CREATE INDEX "exchange_keys_user_id_idx" ON "exchange_keys" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "exchange_keys_user_label_key" ON "exchange_keys" USING btree ("user_id","exchange","label");--> statement-breakpoint
CREATE INDEX "fills_bot_run_idx" ON "fills" USING btree ("bot_run_id","executed_at","id");--> statement-breakpoint
CREATE INDEX "fills_user_idx" ON "fills" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "fills_order_idx" ON "fills" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "fills_unvalued_idx" ON "fills" USING btree ("id") WHERE "fills"."fee_quote" is null;--> statement-breakpoint
CREATE INDEX "order_events_order_id_idx" ON "order_events" USING btree ("order_id","id");--> statement-breakpoint
CREATE INDEX "orders_working_idx" ON "orders" USING btree ("bot_run_id") WHERE "orders"."status" in ('intended', 'submitting', 'unknown', 'open', 'partially_filled');--> statement-breakpoint
CREATE INDEX "orders_left_behind_idx" ON "orders" USING btree ("status","submitted_at") WHERE "orders"."status" in ('intended', 'submitting', 'unknown', 'open', 'partially_filled');--> statement-breakpoint
CREATE INDEX "orders_user_id_idx" ON "orders" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "orders_bot_run_idx" ON "orders" USING btree ("bot_run_id","created_at");--> statement-breakpoint
CREATE INDEX "paper_orders_open_idx" ON "paper_orders" USING btree ("account_id") WHERE "paper_orders"."status" = 'open';--> statement-breakpoint
CREATE INDEX "paper_trades_order_idx" ON "paper_trades" USING btree ("paper_order_id");--> statement-breakpoint
CREATE INDEX "account_changes_account_idx" ON "account_changes" USING btree ("account_id","happened_at");--> statement-breakpoint
CREATE INDEX "foreign_orders_account_idx" ON "foreign_orders" USING btree ("account_id","placed_at");--> statement-breakpoint
CREATE INDEX "alerts_user_idx" ON "alerts" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_order_key" ON "alerts" USING btree ("order_id","code");--> statement-breakpoint
CREATE INDEX "alerts_open_idx" ON "alerts" USING btree ("code") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "alerts_unannounced_idx" ON "alerts" USING btree ("id") WHERE announced_at is null;--> statement-breakpoint
CREATE INDEX "equity_snapshots_user_idx" ON "equity_snapshots" USING btree ("user_id","taken_at");--> statement-breakpoint
CREATE INDEX "kill_switches_user_idx" ON "kill_switches" USING btree ("user_id","pulled_at");--> statement-breakpoint
CREATE INDEX "api_tokens_user_id_idx" ON "api_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "invitations_created_by_idx" ON "invitations" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "sessions_user_id_idx" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expires_at_idx" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree (lower("email"));