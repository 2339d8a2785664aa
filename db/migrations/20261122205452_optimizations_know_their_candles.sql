ALTER TABLE "optimizations" ADD COLUMN "fetched" double precision;--> statement-breakpoint
ALTER TABLE "optimizations" ADD COLUMN "source" jsonb;--> statement-breakpoint
ALTER TABLE "optimizations" ADD COLUMN "notice" text;