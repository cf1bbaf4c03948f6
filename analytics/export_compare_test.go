package analytics

// DifferenceInterval gives tests the interval that comparisons print.
var DifferenceInterval = differenceInterval
