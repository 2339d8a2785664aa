ALTER TABLE "bot_runs" ADD COLUMN "open_trade_pnl" numeric DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bot_runs" ADD COLUMN "loss_streak" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "bot_runs" AS "b" SET
	"open_trade_pnl" = coalesce((
		SELECT sum("f"."pnl") FROM "fills" AS "f"
		WHERE "f"."bot_run_id" = "b"."id" AND "f"."executed_at" >= "b"."position_opened_at"), 0),
	"loss_streak" = (
		SELECT count(*) FROM (
			SELECT bool_and("e"."pnl" < 0) OVER (ORDER BY "e"."at" DESC, "e"."order_id") AS "is_lost" FROM (
				SELECT "f"."order_id", sum("f"."pnl") AS "pnl", max("f"."executed_at") AS "at" FROM "fills" AS "f"
				WHERE "f"."bot_run_id" = "b"."id" AND "f"."side" = 'SELL' GROUP BY "f"."order_id") AS "e") AS "s"
		WHERE "s"."is_lost");
