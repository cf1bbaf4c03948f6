uniqExactIf(case_number, kind = 'case.filed' AND case_kind = 'administrative')
