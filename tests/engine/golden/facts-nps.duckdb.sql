SELECT "t1"."month_on" AS "by_month", "t1"."channel" AS "by_channel", "t1"."kind" AS "is_kind", "t1"."score" AS "is_score", COUNT(*) AS "n"
FROM (SELECT *
FROM facts AS "t0" WHERE "t0"."answered_on" >= $first_day
  AND "t0"."answered_on" <= $last_day
  AND "t0"."kind" = 'nps'
  AND "t0"."scale" = '0-10'
  AND "t0"."score" IS NOT NULL) AS "t1" GROUP BY 1, 2, 3, 4
