SELECT `t1`.`week_on` AS `by_week`, `t1`.`touchpoint` AS `by_touchpoint`, `t1`.`measure` AS `is_measure`, SUM(`t1`.`n`) AS `n`, SUM(`t1`.`c0`) AS `c0`, SUM(`t1`.`c1`) AS `c1`, SUM(`t1`.`c2`) AS `c2`, SUM(`t1`.`c3`) AS `c3`, SUM(`t1`.`c4`) AS `c4`, SUM(`t1`.`c5`) AS `c5`, SUM(`t1`.`c6`) AS `c6`, SUM(`t1`.`c7`) AS `c7`, SUM(`t1`.`c8`) AS `c8`, SUM(`t1`.`c9`) AS `c9`, SUM(`t1`.`c10`) AS `c10`
FROM (SELECT *
FROM cells AS `t0` WHERE `t0`.`level` = :level
  AND `t0`.`measure` IN ('nps@0-10', 'csat@1-5')
  AND `t0`.`starts_on` >= :first_day
  AND `t0`.`starts_on` <= :last_day
  AND ((`t0`.`location` = :location_0) OR (`t0`.`location` = 0))) AS `t1` GROUP BY 1, 2, 3
