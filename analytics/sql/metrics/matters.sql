uniqExactIf(matter, is_letter AND counted)
