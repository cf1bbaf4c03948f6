countIf(is_letter AND closure = 'no' AND ifNull(due_eff < {as_of:DateTime64(3, 'UTC')}, false))
