package recount

import "jiesu.cn/jiesu/letter"

// Which method counts which id, by what it says of a letter or hop.

type letterCount struct {
	id    string
	count func(*state) int
}

func letterCounts() []letterCount {
	return []letterCount{
		{"received", (*state).received},
		{"invalidated", (*state).invalidated},
		{"merged", (*state).merged},
		{"letters", (*state).letters},
		{"backdated", (*state).backdated},
		{"overdue", (*state).overdue},
		{"thanks", (*state).thanks},
		{"open", (*state).open},
		{"open_over_5", (*state).openOver5},
		{"open_over_15", (*state).openOver15},
		{"supervised", (*state).supervised},
		{"escalated", (*state).escalated},
		{"instructed", (*state).instructed},
		{"transferred", (*state).transferred},
		{"returns", (*state).returns},
		{"thanked", (*state).thanked},
	}
}

// letterThing counts distinct things, such as writers.
type letterThing struct {
	id    string
	thing func(*state) string
}

func letterThings() []letterThing {
	return []letterThing{
		{"writers", (*state).writers},
		{"matters", (*state).matters},
		{"problems_solved", (*state).problemsSolved},
	}
}

type letterRate struct {
	id     string
	answer func(*state) answer
}

func letterRates() []letterRate {
	return []letterRate{
		{"response", (*state).response},
		{"contacted_in_time", (*state).contactedInTime},
		{"contacted_reached_in_time", (*state).contactedReachedInTime},
		{"replied_in_time", (*state).repliedInTime},
		{"closure", (*state).closure},
		{"closure_mature", (*state).closureMature},
		{"closed_in_time", (*state).closedInTime},
		{"first_signed_in_time", (*state).firstSignedInTime},
		{"all_signed_in_time", (*state).allSignedInTime},
		{"owner_signed_in_time", (*state).ownerSignedInTime},
		{"contacted_in_time_net", (*state).contactedInTimeNet},
		{"contacted_first", (*state).contactedFirst},
		{"closed_once", (*state).closedOnce},
		{"reletters", (*state).reletters},
		{"repeat_letters", (*state).repeatLetters},
		{"revisited", (*state).revisited},
		{"revisit_reached", (*state).revisitReached},
		{"rated", (*state).rated},
		{"satisfied", (*state).satisfied},
		{"dissatisfied", (*state).dissatisfied},
		{"solved_rate", (*state).solvedRate},
		{"lead_rate", (*state).leadRate},
		{"supervised_rate", (*state).supervisedRate},
		{"supervision_answered", (*state).supervisionAnswered},
		{"escalated_rate", (*state).escalatedRate},
		{"instruction_done", (*state).instructionDone},
		{"transferred_rate", (*state).transferredRate},
		{"transferred_in_time", (*state).transferredInTime},
		{"closed_by_first", (*state).closedByFirst},
		{"returned_rate", (*state).returnedRate},
		{"reworked_rate", (*state).reworkedRate},
	}
}

type hopRate struct {
	id     string
	answer func(*state, hop) answer
}

func hopRates() []hopRate {
	return []hopRate{
		{"signed_in_time", (*state).signedInTime},
		{"forwarded_in_time", (*state).forwardedInTime},
		{"signed_in_time_net", (*state).signedInTimeNet},
		{"forwarded_in_time_net", (*state).forwardedInTimeNet},
	}
}

type letterClock struct {
	id    string
	clock func(*state) clock
}

func letterClocks() []letterClock {
	return []letterClock{
		{"handling_days", (*state).handlingDays},
		{"contact_minutes", (*state).contactMinutes},
		{"first_sign_minutes", (*state).firstSignMinutes},
	}
}

// eventThing counts the distinct things that events in the period name.
type eventThing struct {
	id     string
	things func(letter.Event) []string
}

func eventThings() []eventThing {
	return []eventThing{
		{"leads", leads},
		{"cases_filed", casesFiled},
		{"cases_criminal", casesCriminal},
		{"cases_administrative", casesAdministrative},
		{"cases_solved", casesSolved},
		{"arrests", arrests},
	}
}
