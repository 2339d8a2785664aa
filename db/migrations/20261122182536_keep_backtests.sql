CREATE TABLE "backtest_curves" (
	"backtest_id" uuid PRIMARY KEY NOT NULL,
	"curve" jsonb NOT NULL,
	"charts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "backtest_trades" (
	"backtest_id" uuid NOT NULL,
	"chunk" integer NOT NULL,
	"trades" jsonb NOT NULL,
	CONSTRAINT "backtest_trades_backtest_id_chunk_pk" PRIMARY KEY("backtest_id","chunk")
);
--> statement-breakpoint
CREATE TABLE "backtests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"request" jsonb NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"progress" double precision DEFAULT 0 NOT NULL,
	"problem" text,
	"source" jsonb,
	"metrics" jsonb,
	"candles" integer,
	"elapsed_ms" double precision,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "backtests_done_check" CHECK ("backtests"."status" <> 'done' or "backtests"."metrics" is not null)
);
--> statement-breakpoint
ALTER TABLE "backtest_curves" ADD CONSTRAINT "backtest_curves_backtest_id_backtests_id_fk" FOREIGN KEY ("backtest_id") REFERENCES "public"."backtests"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backtest_trades" ADD CONSTRAINT "backtest_trades_backtest_id_backtests_id_fk" FOREIGN KEY ("backtest_id") REFERENCES "public"."backtests"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backtests" ADD CONSTRAINT "backtests_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backtests_user_idx" ON "backtests" USING btree ("user_id","created_at");