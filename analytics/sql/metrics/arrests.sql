uniqExactArrayIf(suspects, kind = 'case.arrested')
