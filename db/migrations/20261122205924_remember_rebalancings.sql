CREATE TABLE "rebalances" (
	"basket_id" uuid PRIMARY KEY NOT NULL,
	"last_candle_time" timestamp with time zone NOT NULL,
	"acted_at" timestamp with time zone,
	"is_finishing" boolean NOT NULL,
	"shares" jsonb NOT NULL,
	"detail" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "rebalances" ADD CONSTRAINT "rebalances_basket_id_baskets_id_fk" FOREIGN KEY ("basket_id") REFERENCES "public"."baskets"("id") ON DELETE cascade ON UPDATE no action;