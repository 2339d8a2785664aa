CREATE TABLE "webhook_signals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"bot_run_id" uuid NOT NULL,
	"key" text,
	"action" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"acts_at" timestamp with time zone NOT NULL,
	"price" numeric,
	"reason" text DEFAULT '' NOT NULL,
	"outcome" text NOT NULL,
	"detail" text DEFAULT '' NOT NULL,
	"order_id" uuid,
	"repeats" integer DEFAULT 0 NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "webhook_signals_key" UNIQUE("bot_run_id","key"),
	CONSTRAINT "webhook_signals_action_check" CHECK ("webhook_signals"."action" in ('BUY', 'SELL')),
	CONSTRAINT "webhook_signals_outcome_check" CHECK ("webhook_signals"."outcome" in ('pending', 'order', 'ignored', 'refused', 'test'))
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"bot_run_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"encrypted_secret" text NOT NULL,
	"iv_secret" text NOT NULL,
	"revealed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"wrong_proofs" integer DEFAULT 0 NOT NULL,
	"last_wrong_proof_at" timestamp with time zone,
	"last_acts_at" timestamp with time zone,
	CONSTRAINT "webhooks_bot_run_key" UNIQUE("bot_run_id")
);
--> statement-breakpoint
ALTER TABLE "webhook_signals" ADD CONSTRAINT "webhook_signals_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_signals_received_idx" ON "webhook_signals" USING btree ("bot_run_id","received_at");--> statement-breakpoint
CREATE INDEX "webhook_signals_pending_idx" ON "webhook_signals" USING btree ("bot_run_id","acts_at") WHERE "webhook_signals"."outcome" = 'pending';