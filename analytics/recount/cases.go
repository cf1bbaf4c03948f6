package recount

import (
	"math"
	"slices"

	"jiesu.cn/jiesu/letter"
)

// leadsAndCases adds the figures that go by the time of an event.
func (t *tally) leadsAndCases() {
	for _, e := range t.known {
		if !t.inPeriod(e.At) {
			continue
		}
		for _, f := range eventThings() {
			for _, thing := range f.things(e) {
				t.addThing(t.eventKey(e), f.id, thing)
			}
		}
		if p, ok := e.Payload.(*letter.CaseRecovered); ok {
			t.addCount(t.eventKey(e), "recovered_yuan", recoveredYuan(p))
		}
	}
	for lead, first := range t.firstAcceptances() {
		if t.inPeriod(first.At) {
			t.addAnswer(t.eventKey(first), "leads_true", t.leadsTrue(lead, first))
			t.addAnswer(t.eventKey(first), "leads_filed", t.leadsFiled(lead, first))
		}
	}
}

func leads(e letter.Event) []string {
	switch p := e.Payload.(type) {
	case *letter.LeadAccepted:
		return []string{p.Lead}
	case *letter.LeadVerified:
		return []string{p.Lead}
	}
	return nil
}

func casesFiled(e letter.Event) []string {
	return append(casesCriminal(e), casesAdministrative(e)...)
}

func casesCriminal(e letter.Event) []string { return filed(e, "criminal") }

func casesAdministrative(e letter.Event) []string { return filed(e, "administrative") }

func filed(e letter.Event, kind string) []string {
	if p, ok := e.Payload.(*letter.CaseFiled); ok && p.Kind == kind {
		return []string{p.Case}
	}
	return nil
}

func casesSolved(e letter.Event) []string {
	if p, ok := e.Payload.(*letter.CaseSolved); ok {
		return []string{p.Case}
	}
	return nil
}

func arrests(e letter.Event) []string {
	if p, ok := e.Payload.(*letter.CaseArrested); ok {
		return p.Suspects
	}
	return nil
}

// recoveredYuan rounds half up: amounts are not negative.
func recoveredYuan(p *letter.CaseRecovered) int { return int(math.Floor(p.Yuan + 0.5)) }

// firstAcceptances returns the first lead.accepted of each lead.
func (t *tally) firstAcceptances() map[string]letter.Event {
	first := map[string]letter.Event{}
	for _, e := range t.known {
		p, ok := e.Payload.(*letter.LeadAccepted)
		if !ok {
			continue
		}
		if _, accepted := first[p.Lead]; !accepted {
			first[p.Lead] = e
		}
	}
	return first
}

// leadWindow is how long a lead may take to be verified or to become a case.
const leadWindow = 7 * day

func (t *tally) leadsTrue(lead string, first letter.Event) answer {
	finding := ""
	for _, e := range t.known {
		if p, ok := e.Payload.(*letter.LeadVerified); ok && p.Lead == lead {
			finding = p.Finding
		}
	}
	if finding == "" && !t.passed(first.At.Add(leadWindow)) {
		return immatureKey
	}
	return yesIf(finding == "true" || finding == "partly")
}

func (t *tally) leadsFiled(lead string, first letter.Event) answer {
	isFiled := slices.ContainsFunc(t.known, func(e letter.Event) bool {
		p, ok := e.Payload.(*letter.CaseFiled)
		return ok && slices.Contains(p.Leads, lead)
	})
	if !isFiled && !t.passed(first.At.Add(leadWindow)) {
		return immatureKey
	}
	return yesIf(isFiled)
}
