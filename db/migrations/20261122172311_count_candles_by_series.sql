CREATE TABLE "candle_downloads" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"venue" text NOT NULL,
	"symbol" text NOT NULL,
	"timeframe" text NOT NULL,
	"from_time" timestamp with time zone NOT NULL,
	"to_time" timestamp with time zone NOT NULL,
	"reached_time" timestamp with time zone NOT NULL,
	"stored" bigint DEFAULT 0 NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"problem" text,
	"created_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "candle_downloads_range_check" CHECK ("candle_downloads"."from_time" < "candle_downloads"."to_time")
);
--> statement-breakpoint
CREATE TABLE "candle_series" (
	"venue" text NOT NULL,
	"symbol" text NOT NULL,
	"timeframe" text NOT NULL,
	"first_open_time" timestamp with time zone NOT NULL,
	"last_open_time" timestamp with time zone NOT NULL,
	"count" bigint NOT NULL,
	"is_kept" boolean DEFAULT false NOT NULL,
	CONSTRAINT "candle_series_venue_symbol_timeframe_pk" PRIMARY KEY("venue","symbol","timeframe")
);
--> statement-breakpoint
ALTER TABLE "candle_downloads" ADD CONSTRAINT "candle_downloads_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "candle_downloads_user_idx" ON "candle_downloads" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "candle_downloads_running_key" ON "candle_downloads" USING btree ("venue","symbol","timeframe") WHERE status = 'running';--> statement-breakpoint
INSERT INTO "candle_series" ("venue", "symbol", "timeframe", "first_open_time", "last_open_time", "count")
SELECT "venue", "symbol", "timeframe", min("open_time"), max("open_time"), count(*) FROM "candles" GROUP BY 1, 2, 3;
