countIf(is_letter AND counted AND NOT thanks AND NOT transferred AND NOT closed)
