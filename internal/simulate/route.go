package simulate

import (
	"fmt"
	"strings"

	"jiesu.cn/jiesu/internal/org"
)

// cityDesk is where every letter arrives, cityBureau the chief's own code.
const (
	cityBureau = "440800"
	city       = "440800" // Its division and its bureau share the code.
	cityDesk   = "440800-XX"
	inspectors = "440800-DC" // Look into complaints about the police.
)

// county is a county bureau with its desk and stations.
type county struct {
	unit, desk     string
	name           string // Of the bureau, as writers call it.
	division       string
	divisionName   string
	stations       []station
	stationWeights []float64
}

type station struct {
	code, name         string
	division, township string // Code and name of the township; empty when none.
}

// routes knows where letters go.
type routes struct {
	counties []county
	weights  []float64
}

// population is each county's, in ten thousands, from the 2020 census, with
// the towns weighted up where people write more.
func population() map[string]float64 {
	return map[string]float64{
		"440802": 48, "440803": 50, "440804": 34, "440811": 32, "4408JK": 46,
		"440823": 72, "440825": 56, "440881": 118, "440882": 112, "440883": 84,
	}
}

func newRoutes(dir *org.Directory) (routes, error) {
	var r routes
	people := population()
	for _, code := range dir.Counties() {
		if people[code] == 0 {
			return routes{}, fmt.Errorf("planning routes: no population for %s", code)
		}
		u, _ := dir.Unit(code)
		c := county{unit: code, desk: dir.Desk(code), name: u.Short}
		if len(u.Divisions) > 0 {
			div, _ := dir.Division(u.Divisions[0])
			c.division, c.divisionName = div.Code, div.Name
		}
		for _, s := range dir.Stations(code) {
			c.addStation(dir, s)
		}
		r.counties = append(r.counties, c)
		r.weights = append(r.weights, people[code])
	}
	return r, nil
}

func (c *county) addStation(dir *org.Directory, code string) {
	u, _ := dir.Unit(code)
	s := station{code: code, name: u.Name}
	if len(u.Divisions) > 0 {
		div, _ := dir.Division(u.Divisions[0])
		s.division, s.township = div.Code, div.Name
	}
	weight := 1.0
	if strings.HasSuffix(s.township, "街道") {
		weight = 2.5 // A street office stands for the county's seat.
	}
	c.stations = append(c.stations, s)
	c.stationWeights = append(c.stationWeights, weight)
}

// place is where a letter's matter lies.
type place struct {
	county  *county
	station *station
}

func (r *routes) draw(d dice) place {
	c := &r.counties[d.pick(r.weights)]
	return place{c, &c.stations[d.pick(c.stationWeights)]}
}

// other returns another station of the county, for letters sent wrong.
func (p place) other(d dice) *station {
	for {
		if s := &p.county.stations[d.IntN(len(p.county.stations))]; s.code != p.station.code || len(p.county.stations) == 1 {
			return s
		}
	}
}

// otherCounty returns another county.
func (r *routes) otherCounty(d dice, not *county) *county {
	for {
		if c := &r.counties[d.pick(r.weights)]; c != not {
			return c
		}
	}
}

// department returns the city department for a topic, or "".
func department(topic string) string {
	return map[string]string{
		"T01": "440800-HZ", "T02": "440800-CR", "T03": "440800-JJ", "T04": "440800-ZA", "T05": "440800-XZ",
		"T06": "440800-FZP", "T07": "440800-JZ", "T08": "440800-JD", "T09": "440800-XZ", "T10": "440800-WA",
		"T11": "440800-SY", "T12": "440800-DS", "T14": "440800-FZ", "T15": "440800-DC", "T17": "440800-ZA",
		"T18": "440800-ZA", "T21": "440800-DS",
	}[topic]
}
