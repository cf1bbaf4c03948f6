package entity

import "time"

// firstLunarYear is the first year of the table; it began on 2020-01-25.
const firstLunarYear = 2020

// lunarYears packs the months of the Chinese calendar, one number a year: bits
// 15 to 4 are months 1 to 12, set for 30 days; bits 3 to 0 the month that a leap
// month follows; bit 16 its length. The feasts of the State Council's holiday
// notices check the table in the tests.
func lunarYears() []int {
	return []int{0x07954, 0x06aa0, 0x0ad50, 0x05b52, 0x04b60, 0x0a6e6, 0x0a4e0, 0x0d260, 0x0ea65, 0x0d530}
}

// lunarDay returns the latest given day of a lunar month, or of any month for
// 0, that is not after today; zero outside the table.
func lunarDay(today time.Time, month, day int) time.Time {
	first := time.Date(firstLunarYear, time.January, 25, 0, 0, 0, 0, today.Location())
	var latest time.Time
	for _, year := range lunarYears() {
		leap := year & 0xf
		for m := 1; m <= 12; m++ {
			lengths := []int{29 + year>>(16-m)&1}
			if m == leap {
				lengths = append(lengths, 29+year>>16&1)
			}
			for _, days := range lengths {
				if at := first.AddDate(0, 0, day-1); (month == 0 || month == m) && day <= days {
					if at.After(today) {
						return latest
					}
					latest = at
				}
				first = first.AddDate(0, 0, days)
			}
		}
	}
	if first.Before(today) {
		return time.Time{}
	}
	return latest
}
