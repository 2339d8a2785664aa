CREATE TABLE "order_memories" (
	"bot_run_id" uuid PRIMARY KEY NOT NULL,
	"memory" jsonb NOT NULL,
	"reason" text NOT NULL,
	"denial" jsonb,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "order_memories" ADD CONSTRAINT "order_memories_bot_run_id_bot_runs_id_fk" FOREIGN KEY ("bot_run_id") REFERENCES "public"."bot_runs"("id") ON DELETE cascade ON UPDATE no action;