countIf(is_letter AND counted AND notEmpty(instructions))
