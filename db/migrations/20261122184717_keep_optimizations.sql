CREATE TABLE "optimization_trials" (
	"optimization_id" uuid NOT NULL,
	"first" integer NOT NULL,
	"trials" jsonb NOT NULL,
	CONSTRAINT "optimization_trials_optimization_id_first_pk" PRIMARY KEY("optimization_id","first")
);
--> statement-breakpoint
CREATE TABLE "optimizations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"request" jsonb NOT NULL,
	"plan" jsonb NOT NULL,
	"space" jsonb NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"tried" integer DEFAULT 0 NOT NULL,
	"total" integer NOT NULL,
	"search" jsonb,
	"walk" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"best" jsonb,
	"outcome" jsonb,
	"candles" integer,
	"problem" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"moved_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "optimizations_done_check" CHECK ("optimizations"."status" <> 'done' or "optimizations"."outcome" is not null)
);
--> statement-breakpoint
ALTER TABLE "optimization_trials" ADD CONSTRAINT "optimization_trials_optimization_id_optimizations_id_fk" FOREIGN KEY ("optimization_id") REFERENCES "public"."optimizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "optimizations" ADD CONSTRAINT "optimizations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "optimizations_user_idx" ON "optimizations" USING btree ("user_id","created_at");