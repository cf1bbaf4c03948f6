package text

import "fmt"

// The sizes of the made-up places: every number below a size is one of them.
const (
	roadSpace    = 30 * 8 * 4
	houses       = 999 // On a road.
	addressSpace = roadSpace * houses
	villageSpace = 24 * 20 * 2
	farms        = 12 * 99 // In a village: teams and houses.
	farmSpace    = villageSpace * farms
	estateSpace  = 10 * 10
	doors        = 40 * 3 * 18 * 4 // In an estate: buildings, units, floors, doors.
	flatSpace    = estateSpace * doors
)

// take returns n modulo size and divides n by it.
func take(n *uint64, size uint64) int {
	rest := *n % size
	*n /= size
	return int(rest)
}

func road(n uint64) string {
	names := []string{
		"康顺", "海晏", "蚝岭", "渔歌", "榕荫", "椰风", "蔗香", "港盛", "民乐", "兴港",
		"望潮", "丰收", "和顺", "光复里", "九芦", "金沙坡", "银帆", "东坡岭", "菠萝园", "盐埠",
		"红土", "朝霞", "荔园", "木棉", "帆影", "听涛", "百果", "福埠", "石头埠", "南油坡",
	}
	sides := []string{"东", "西", "南", "北", "中", "一", "二", "三"}
	kinds := []string{"路", "街", "横路", "巷"}
	return names[take(&n, 30)] + sides[take(&n, 8)] + kinds[take(&n, 4)]
}

// houseOnRoad writes the number in the road's part of an address.
func houseOnRoad(n uint64) string {
	return fmt.Sprintf("%d号", take(&n, houses)+1)
}

func village(n uint64) string {
	first := []string{
		"上", "下", "东", "西", "南", "北", "大", "新", "老", "后", "前", "高",
		"龙", "麻", "调", "那", "迈", "博", "水", "沙", "红", "蚝", "竹", "石",
	}
	second := []string{
		"坡", "塘", "岭", "湾", "园", "田", "埠", "井", "陂", "洋",
		"墩", "角", "桥", "寮", "港", "尾", "坑", "头", "屋", "山",
	}
	kinds := []string{"村", "仔村"}
	return first[take(&n, 24)] + second[take(&n, 20)] + kinds[take(&n, 2)]
}

// houseInVillage writes the team and house of an address.
func houseInVillage(n uint64) string {
	team, house := take(&n, 12)+1, take(&n, 99)+1
	return fmt.Sprintf("%d队%d号", team, house)
}

func estate(n uint64) string {
	first := []string{"海悦", "康怡", "金湾", "荔景", "银帆", "翠堤", "观澜", "锦绣港", "怡福", "蓝岸"}
	second := []string{"花园", "小区", "名苑", "家园", "华府", "新村", "公寓", "豪庭", "雅居", "广场"}
	return first[take(&n, 10)] + second[take(&n, 10)]
}

// door writes the building, unit and door of an address.
func door(n uint64) string {
	building, unit, floor, door := take(&n, 40)+1, take(&n, 3)+1, take(&n, 18)+1, take(&n, 4)+1
	return fmt.Sprintf("%d栋%d单元%d%02d房", building, unit, floor, door)
}
