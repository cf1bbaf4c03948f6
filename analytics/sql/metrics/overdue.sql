countIf(is_letter AND counted AND NOT thanks AND NOT transferred AND NOT closed AND ifNull(due_eff < {as_of:DateTime64(3, 'UTC')}, false))
