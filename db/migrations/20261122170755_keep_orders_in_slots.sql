ALTER TABLE "fills" ADD COLUMN "pnl_fifo" numeric;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "time_in_force" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "is_post_only" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "slot" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "replaces_order_id" uuid;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "sends" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "lookups" text[];--> statement-breakpoint
CREATE UNIQUE INDEX "orders_slot_working_key" ON "orders" USING btree ("bot_run_id","slot") WHERE "orders"."slot" is not null and "orders"."status" in ('intended', 'submitting', 'unknown', 'open', 'partially_filled');