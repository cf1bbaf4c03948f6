(counted AND NOT thanks AND NOT transferred AND (NOT closed OR days_to_closing IS NOT NULL),
 if(closed, greatest(days_to_closing, 0), NULL))
