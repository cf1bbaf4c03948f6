package main

import (
	"context"
	"encoding/json"
	"fmt"

	"jiesu.cn/jiesu/internal/simulate"
)

type simulateCmd struct {
	Profile string `default:"zhanjiang-2024" help:"台账样式。"`
	Seed    uint64 `default:"1" help:"随机种子;样式、种子、封数相同则文件逐字节相同。"`
	Letters int    `placeholder:"N" help:"来信封数,缺省按样式。"`
	Out     string `required:"" placeholder:"DIR" help:"输出目录。"`
	JSON    bool   `name:"json" help:"输出 JSON。"`
}

// Run writes a synthetic ledger with its own count of every figure.
func (c *simulateCmd) Run(ctx context.Context, std *streams) error {
	sum, err := simulate.Run(ctx, simulate.Options{Profile: c.Profile, Seed: c.Seed, Letters: c.Letters, Dir: c.Out})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(sum)
	}
	_, err = fmt.Fprintf(std.out, "合成台账 %s:来信 %d 封,事件 %d 条,指标 %d 份,写入 %s\n",
		sum.Profile, sum.Letters, sum.Events, sum.Documents, c.Out)
	return err
}
