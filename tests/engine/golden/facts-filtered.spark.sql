SELECT `t1`.`week_on` AS `by_week`, `t1`.`kind` AS `is_kind`, `t1`.`choice` AS `is_choice`, `t1`.`score` AS `is_score`, COUNT(*) AS `n`
FROM (SELECT *
FROM facts AS `t0` WHERE `t0`.`answered_on` >= :first_day
  AND `t0`.`answered_on` <= :last_day
  AND (`t0`.`location` IN (:location_0, :location_1) OR (`t0`.`location` IS NULL))
  AND `t0`.`channel` = :channel_0
  AND `t0`.`kind` IN ('nps', 'single')
  AND (((`t0`.`kind` = 'nps')
  AND (`t0`.`scale` = '0-10')
  AND (`t0`.`score` IS NOT NULL)) OR ((`t0`.`kind` = 'single')
  AND (`t0`.`question` = 'expectation')
  AND `t0`.`choice` IN ('below', 'as', 'above')))) AS `t1` GROUP BY 1, 2, 3, 4
