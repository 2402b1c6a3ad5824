SELECT COUNT(*) AS "n", SUM("t3"."x0") AS "s0", SUM("t3"."x1") AS "s1", SUM("t3"."x2") AS "s2", SUM("t3"."x0" * "t3"."x0") AS "s0_0", SUM("t3"."x0" * "t3"."x1") AS "s0_1", SUM("t3"."x0" * "t3"."x2") AS "s0_2", SUM("t3"."x1" * "t3"."x1") AS "s1_1", SUM("t3"."x1" * "t3"."x2") AS "s1_2", SUM("t3"."x2" * "t3"."x2") AS "s2_2"
FROM (SELECT *
FROM (SELECT "t1"."response", CAST(MAX("t1"."score") FILTER(WHERE ("t1"."question" = 'speed')
  AND ("t1"."part" = '')) AS BIGINT) AS "x0", CAST(MAX("t1"."score") FILTER(WHERE ("t1"."question" = 'staff')
  AND ("t1"."part" = '')) AS BIGINT) AS "x1", CAST(MAX("t1"."score") FILTER(WHERE ("t1"."question" = 'overall')
  AND ("t1"."part" = '')) AS BIGINT) AS "x2"
FROM (SELECT *
FROM facts AS "t0" WHERE "t0"."answered_on" >= $first_day
  AND "t0"."answered_on" <= $last_day
  AND "t0"."survey" = $survey_0
  AND "t0"."score" IS NOT NULL
  AND ((("t0"."question" = 'speed')
  AND ("t0"."part" = '')) OR (("t0"."question" = 'staff')
  AND ("t0"."part" = '')) OR (("t0"."question" = 'overall')
  AND ("t0"."part" = '')))) AS "t1" GROUP BY 1) AS "t2" WHERE "t2"."x0" IS NOT NULL
  AND "t2"."x1" IS NOT NULL
  AND "t2"."x2" IS NOT NULL) AS "t3"
