ALTER TABLE "orders" ADD COLUMN "stop_reached_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "paper_orders" ADD COLUMN "is_triggered" boolean DEFAULT false NOT NULL;