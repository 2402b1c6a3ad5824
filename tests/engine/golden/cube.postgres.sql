WITH "t3" AS (SELECT "t2"."measure", COALESCE("t2"."location", 0) AS "location", COALESCE("t2"."touchpoint", 0) AS "touchpoint", GREATEST("t2"."month_on", "t2"."week_on") AS "starts_on", "t2"."month_on", "t2"."week_on", "t2"."perspective", "t2"."subject", "t2"."moment", COUNT(*) AS "n", SUM("t2"."value") AS "total", SUM("t2"."value" * "t2"."value") AS "squares", COUNT(*) FILTER(WHERE "t2"."bin" = 0) AS "c0", COUNT(*) FILTER(WHERE "t2"."bin" = 1) AS "c1", COUNT(*) FILTER(WHERE "t2"."bin" = 2) AS "c2", COUNT(*) FILTER(WHERE "t2"."bin" = 3) AS "c3", COUNT(*) FILTER(WHERE "t2"."bin" = 4) AS "c4", COUNT(*) FILTER(WHERE "t2"."bin" = 5) AS "c5", COUNT(*) FILTER(WHERE "t2"."bin" = 6) AS "c6", COUNT(*) FILTER(WHERE "t2"."bin" = 7) AS "c7", COUNT(*) FILTER(WHERE "t2"."bin" = 8) AS "c8", COUNT(*) FILTER(WHERE "t2"."bin" = 9) AS "c9", COUNT(*) FILTER(WHERE "t2"."bin" = 10) AS "c10"
FROM (SELECT *
FROM (SELECT "t0"."response", "t0"."answered_on", "t0"."week_on", "t0"."month_on", "t0"."touchpoint", "t0"."location", "t0"."channel", "t0"."survey", "t0"."question", "t0"."part", "t0"."kind", "t0"."scale", "t0"."score", "t0"."choice", "t0"."language", "t0"."perspective", "t0"."subject", "t0"."moment", "t0"."account", "t0"."staff", CASE WHEN "t0"."kind" IN ('nps')
  AND ("t0"."scale" = '0-10')
  AND ("t0"."score" IS NOT NULL) THEN 'nps@0-10' WHEN "t0"."kind" IN ('csat')
  AND ("t0"."scale" = '1-5')
  AND ("t0"."score" IS NOT NULL) THEN 'csat@1-5' WHEN "t0"."kind" IN ('ces')
  AND ("t0"."scale" = '1-7')
  AND ("t0"."score" IS NOT NULL) THEN 'ces@1-7' WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above') THEN 'single:expectation' ELSE NULL END AS "measure", CASE WHEN "t0"."kind" IN ('nps')
  AND ("t0"."scale" = '0-10')
  AND ("t0"."score" IS NOT NULL) THEN CAST("t0"."score" AS BIGINT) - 0 WHEN "t0"."kind" IN ('csat')
  AND ("t0"."scale" = '1-5')
  AND ("t0"."score" IS NOT NULL) THEN CAST("t0"."score" AS BIGINT) - 0 WHEN "t0"."kind" IN ('ces')
  AND ("t0"."scale" = '1-7')
  AND ("t0"."score" IS NOT NULL) THEN CAST("t0"."score" AS BIGINT) - 0 WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above')
  AND ("t0"."choice" = 'below') THEN -1 WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above')
  AND ("t0"."choice" = 'as') THEN 0 WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above')
  AND ("t0"."choice" = 'above') THEN 1 ELSE NULL END AS "value", CASE WHEN "t0"."kind" IN ('nps')
  AND ("t0"."scale" = '0-10')
  AND ("t0"."score" IS NOT NULL) THEN CAST("t0"."score" AS BIGINT) - 0 WHEN "t0"."kind" IN ('csat')
  AND ("t0"."scale" = '1-5')
  AND ("t0"."score" IS NOT NULL) THEN CAST("t0"."score" AS BIGINT) - 1 WHEN "t0"."kind" IN ('ces')
  AND ("t0"."scale" = '1-7')
  AND ("t0"."score" IS NOT NULL) THEN CAST("t0"."score" AS BIGINT) - 1 WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above')
  AND ("t0"."choice" = 'below') THEN 0 WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above')
  AND ("t0"."choice" = 'as') THEN 1 WHEN "t0"."kind" IN ('single')
  AND ("t0"."question" = 'expectation')
  AND "t0"."choice" IN ('below', 'as', 'above')
  AND ("t0"."choice" = 'above') THEN 2 ELSE NULL END AS "bin"
FROM facts AS "t0") AS "t1" WHERE "t1"."measure" IS NOT NULL) AS "t2" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) SELECT *
FROM (SELECT *
FROM (SELECT *
FROM (SELECT 0 AS "level", "t4"."measure", -1 AS "location", -1 AS "touchpoint", "t4"."month_on" AS "starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."month_on" AS "week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t5" UNION ALL SELECT *
FROM (SELECT 1 AS "level", "t4"."measure", "t4"."location", -1 AS "touchpoint", "t4"."month_on" AS "starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."month_on" AS "week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t6") AS "t13" UNION ALL SELECT *
FROM (SELECT *
FROM (SELECT 2 AS "level", "t4"."measure", -1 AS "location", "t4"."touchpoint", "t4"."month_on" AS "starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."month_on" AS "week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t7" UNION ALL SELECT *
FROM (SELECT 3 AS "level", "t4"."measure", "t4"."location", "t4"."touchpoint", "t4"."month_on" AS "starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."month_on" AS "week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t8") AS "t14") AS "t17" UNION ALL SELECT *
FROM (SELECT *
FROM (SELECT *
FROM (SELECT 4 AS "level", "t4"."measure", -1 AS "location", -1 AS "touchpoint", "t4"."starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t9" UNION ALL SELECT *
FROM (SELECT 5 AS "level", "t4"."measure", "t4"."location", -1 AS "touchpoint", "t4"."starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t10") AS "t15" UNION ALL SELECT *
FROM (SELECT *
FROM (SELECT 6 AS "level", "t4"."measure", -1 AS "location", "t4"."touchpoint", "t4"."starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t11" UNION ALL SELECT *
FROM (SELECT 7 AS "level", "t4"."measure", "t4"."location", "t4"."touchpoint", "t4"."starts_on", "t4"."perspective", "t4"."subject", "t4"."moment", "t4"."month_on", "t4"."week_on", SUM("t4"."n") AS "n", SUM("t4"."total") AS "total", SUM("t4"."squares") AS "squares", SUM("t4"."c0") AS "c0", SUM("t4"."c1") AS "c1", SUM("t4"."c2") AS "c2", SUM("t4"."c3") AS "c3", SUM("t4"."c4") AS "c4", SUM("t4"."c5") AS "c5", SUM("t4"."c6") AS "c6", SUM("t4"."c7") AS "c7", SUM("t4"."c8") AS "c8", SUM("t4"."c9") AS "c9", SUM("t4"."c10") AS "c10"
FROM "t3" AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t12") AS "t16") AS "t18"
