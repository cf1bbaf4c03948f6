uniqExactIf(case_number, kind = 'case.solved')
