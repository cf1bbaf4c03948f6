package letter

// SilentWords are the words, separated by white space, that must never count
// for or against anybody: petitioning, faith, ethnicity and origin. No verdict
// rests on the clauses they stand in, and no figure or warning is about them.
const SilentWords = `信访 上访 访民 维权 信教 教徒 佛教 道教 基督 天主教 伊斯兰 穆斯林 清真
	汉族 满族 回族 壮族 苗族 瑶族 黎族 侗族 彝族 藏族 傣族 蒙古族 维吾尔族 土家族 朝鲜族 哈萨克族 少数民族
	外省人 外地人 本地人 外国人 本省人 省籍 市籍 县籍 国籍`
