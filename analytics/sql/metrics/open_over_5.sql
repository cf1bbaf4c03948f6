countIf(is_letter AND counted AND NOT thanks AND NOT transferred AND NOT closed AND ifNull(days_so_far > 5, false))
