uniqExactIf(case_number, kind = 'case.filed')
