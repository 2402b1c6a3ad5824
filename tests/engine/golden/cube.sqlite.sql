WITH "t5" AS (SELECT "t4"."measure", COALESCE("t4"."location", 0) AS "location", COALESCE("t4"."touchpoint", 0) AS "touchpoint", MAX("t4"."month_on", "t4"."week_on") AS "starts_on", "t4"."month_on", "t4"."week_on", "t4"."perspective", "t4"."subject", "t4"."moment", SUM("t4"."answers") AS "n", SUM("t4"."value" * "t4"."answers") AS "total", SUM("t4"."value" * "t4"."value" * "t4"."answers") AS "squares", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 0), 0) AS "c0", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 1), 0) AS "c1", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 2), 0) AS "c2", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 3), 0) AS "c3", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 4), 0) AS "c4", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 5), 0) AS "c5", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 6), 0) AS "c6", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 7), 0) AS "c7", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 8), 0) AS "c8", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 9), 0) AS "c9", COALESCE(SUM("t4"."answers") FILTER(WHERE "t4"."bin" = 10), 0) AS "c10"
FROM (SELECT *
FROM (SELECT "t2"."location", "t2"."touchpoint", "t2"."month_on", "t2"."week_on", "t2"."perspective", "t2"."subject", "t2"."moment", "t2"."kind", "t2"."scale", "t2"."question", "t2"."choice", "t2"."score", "t2"."answers", CASE WHEN ("t2"."kind" = 'nps')
  AND ("t2"."scale" = '0-10')
  AND ("t2"."score" IS NOT NULL) THEN 'nps@0-10' WHEN ("t2"."kind" = 'csat')
  AND ("t2"."scale" = '1-5')
  AND ("t2"."score" IS NOT NULL) THEN 'csat@1-5' WHEN ("t2"."kind" = 'ces')
  AND ("t2"."scale" = '1-7')
  AND ("t2"."score" IS NOT NULL) THEN 'ces@1-7' WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above') THEN 'single:expectation' ELSE NULL END AS "measure", CASE WHEN ("t2"."kind" = 'nps')
  AND ("t2"."scale" = '0-10')
  AND ("t2"."score" IS NOT NULL) THEN CAST("t2"."score" AS INTEGER) - 0 WHEN ("t2"."kind" = 'csat')
  AND ("t2"."scale" = '1-5')
  AND ("t2"."score" IS NOT NULL) THEN CAST("t2"."score" AS INTEGER) - 0 WHEN ("t2"."kind" = 'ces')
  AND ("t2"."scale" = '1-7')
  AND ("t2"."score" IS NOT NULL) THEN CAST("t2"."score" AS INTEGER) - 0 WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above')
  AND ("t2"."choice" = 'below') THEN -1 WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above')
  AND ("t2"."choice" = 'as') THEN 0 WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above')
  AND ("t2"."choice" = 'above') THEN 1 ELSE NULL END AS "value", CASE WHEN ("t2"."kind" = 'nps')
  AND ("t2"."scale" = '0-10')
  AND ("t2"."score" IS NOT NULL) THEN CAST("t2"."score" AS INTEGER) - 0 WHEN ("t2"."kind" = 'csat')
  AND ("t2"."scale" = '1-5')
  AND ("t2"."score" IS NOT NULL) THEN CAST("t2"."score" AS INTEGER) - 1 WHEN ("t2"."kind" = 'ces')
  AND ("t2"."scale" = '1-7')
  AND ("t2"."score" IS NOT NULL) THEN CAST("t2"."score" AS INTEGER) - 1 WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above')
  AND ("t2"."choice" = 'below') THEN 0 WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above')
  AND ("t2"."choice" = 'as') THEN 1 WHEN ("t2"."kind" = 'single')
  AND ("t2"."question" = 'expectation')
  AND "t2"."choice" IN ('below', 'as', 'above')
  AND ("t2"."choice" = 'above') THEN 2 ELSE NULL END AS "bin"
FROM (SELECT "t1"."location", "t1"."touchpoint", "t1"."month_on", "t1"."week_on", "t1"."perspective", "t1"."subject", "t1"."moment", "t1"."kind", "t1"."scale", "t1"."question", "t1"."choice", "t1"."score", COUNT(*) AS "answers"
FROM (SELECT *
FROM facts AS "t0" WHERE "t0"."kind" IN ('ces', 'csat', 'nps', 'single')) AS "t1" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) AS "t2") AS "t3" WHERE "t3"."measure" IS NOT NULL) AS "t4" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) SELECT *
FROM (SELECT *
FROM (SELECT *
FROM (SELECT 0 AS "level", "t6"."measure", -1 AS "location", -1 AS "touchpoint", "t6"."month_on" AS "starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."month_on" AS "week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t7" UNION ALL SELECT *
FROM (SELECT 1 AS "level", "t6"."measure", "t6"."location", -1 AS "touchpoint", "t6"."month_on" AS "starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."month_on" AS "week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t8") AS "t15" UNION ALL SELECT *
FROM (SELECT *
FROM (SELECT 2 AS "level", "t6"."measure", -1 AS "location", "t6"."touchpoint", "t6"."month_on" AS "starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."month_on" AS "week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t9" UNION ALL SELECT *
FROM (SELECT 3 AS "level", "t6"."measure", "t6"."location", "t6"."touchpoint", "t6"."month_on" AS "starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."month_on" AS "week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t10") AS "t16") AS "t19" UNION ALL SELECT *
FROM (SELECT *
FROM (SELECT *
FROM (SELECT 4 AS "level", "t6"."measure", -1 AS "location", -1 AS "touchpoint", "t6"."starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t11" UNION ALL SELECT *
FROM (SELECT 5 AS "level", "t6"."measure", "t6"."location", -1 AS "touchpoint", "t6"."starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t12") AS "t17" UNION ALL SELECT *
FROM (SELECT *
FROM (SELECT 6 AS "level", "t6"."measure", -1 AS "location", "t6"."touchpoint", "t6"."starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t13" UNION ALL SELECT *
FROM (SELECT 7 AS "level", "t6"."measure", "t6"."location", "t6"."touchpoint", "t6"."starts_on", "t6"."perspective", "t6"."subject", "t6"."moment", "t6"."month_on", "t6"."week_on", SUM("t6"."n") AS "n", SUM("t6"."total") AS "total", SUM("t6"."squares") AS "squares", SUM("t6"."c0") AS "c0", SUM("t6"."c1") AS "c1", SUM("t6"."c2") AS "c2", SUM("t6"."c3") AS "c3", SUM("t6"."c4") AS "c4", SUM("t6"."c5") AS "c5", SUM("t6"."c6") AS "c6", SUM("t6"."c7") AS "c7", SUM("t6"."c8") AS "c8", SUM("t6"."c9") AS "c9", SUM("t6"."c10") AS "c10"
FROM "t5" AS "t6" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS "t14") AS "t18") AS "t20"
