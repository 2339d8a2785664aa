CREATE TABLE "backtest_equity" (
	"backtest_id" uuid NOT NULL,
	"chunk" integer NOT NULL,
	"points" "bytea" NOT NULL,
	CONSTRAINT "backtest_equity_backtest_id_chunk_pk" PRIMARY KEY("backtest_id","chunk")
);
--> statement-breakpoint
ALTER TABLE "backtests" ADD COLUMN "by_symbol" jsonb;--> statement-breakpoint
ALTER TABLE "backtest_equity" ADD CONSTRAINT "backtest_equity_backtest_id_backtests_id_fk" FOREIGN KEY ("backtest_id") REFERENCES "public"."backtests"("id") ON DELETE cascade ON UPDATE no action;