CREATE TABLE "baskets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"strategy" text NOT NULL,
	"venue" text NOT NULL,
	"quote" text NOT NULL,
	"timeframe" text NOT NULL,
	"mode" text NOT NULL,
	"exchange_key_id" uuid,
	"parameters" jsonb NOT NULL,
	"sizing_type" text NOT NULL,
	"sizing_value" numeric NOT NULL,
	"risk" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"initial_balance" numeric NOT NULL,
	"max_open" integer NOT NULL,
	"equity_peak" numeric,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "baskets_mode_check" CHECK ("baskets"."mode" in ('paper', 'live')),
	CONSTRAINT "baskets_max_open_check" CHECK ("baskets"."max_open" > 0),
	CONSTRAINT "baskets_initial_balance_check" CHECK ("baskets"."initial_balance" >= 0)
);
--> statement-breakpoint
ALTER TABLE "paper_balances" DROP CONSTRAINT "paper_balances_account_id_bot_runs_id_fk";
--> statement-breakpoint
ALTER TABLE "paper_orders" DROP CONSTRAINT "paper_orders_account_id_bot_runs_id_fk";
--> statement-breakpoint
ALTER TABLE "bot_runs" ADD COLUMN "basket_id" uuid;--> statement-breakpoint
ALTER TABLE "bot_runs" ADD COLUMN "basket_place" integer;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "expected_cost" numeric;--> statement-breakpoint
ALTER TABLE "baskets" ADD CONSTRAINT "baskets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "baskets" ADD CONSTRAINT "baskets_strategy_strategies_name_fk" FOREIGN KEY ("strategy") REFERENCES "public"."strategies"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "baskets" ADD CONSTRAINT "baskets_exchange_key_id_exchange_keys_id_fk" FOREIGN KEY ("exchange_key_id") REFERENCES "public"."exchange_keys"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "baskets_user_id_idx" ON "baskets" USING btree ("user_id","created_at");--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_basket_id_baskets_id_fk" FOREIGN KEY ("basket_id") REFERENCES "public"."baskets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_basket_place_key" UNIQUE("basket_id","basket_place");--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_basket_symbol_key" UNIQUE("basket_id","symbol");--> statement-breakpoint
ALTER TABLE "bot_runs" ADD CONSTRAINT "bot_runs_basket_check" CHECK (("bot_runs"."basket_id" is null) = ("bot_runs"."basket_place" is null));