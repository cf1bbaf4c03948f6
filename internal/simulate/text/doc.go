// Package text writes the Chinese letters of the synthetic ledger: a library
// of hand-written patterns, one file per letter type, and the small template
// engine that turns a pattern, a random source and the caller's slots into a
// title and a body together with the facts that were put in.
//
// # Pattern files
//
// patterns/L01.txt … L12.txt hold blocks separated by blank lines; a line
// that starts with # outside a block is a comment. A block is
//
//	@ L05 T06 F01 P0 weight=3 register=long series=账号,电话 accused
//	标题: 被骗了{金额}元，{请|求}局长帮忙
//	body lines, kept as lines of the letter …
//
// The header names the letter type (which must be the file's), the topic, the
// lead type or "-", and the urgency. The options are weight (1–100, default
// 1), register (see [Pattern]), series (slots whose values a series of letters
// shares; the body must use them on every path)
// and accused (the letter complains about {派出所}, {单位} or {分局}; one of
// them must be used on every path).
//
// In a title or body {a|b|c} picks one alternative (they nest and may be
// empty), \n breaks the line, {name} inserts a slot, a word or a phrase. patterns/phrases.txt
// defines the phrases ("= name", drawn anew at every use) and the words
// (":= name", one value per letter, recorded in [Letter.Values]), one
// alternative a line. The other slots are built in, see slots.go. A slot or
// word name may end in a digit from 2 to 9: {电话2} is a second number of the
// kind 电话.
//
// # Bodies never repeat
//
// Every body must use, on every path through its alternatives, one of the
// anchor slots: {联系电话}, {地点}, {住址}, {村址}, {单号}, {回执} or {乱码}.
// An anchor's value is an injective function of [Slots].Serial for serials
// below the anchor's space (at least 700,000), so two letters with different
// serials differ in a detail a real letter would have: a phone, a house
// number, a receipt number. Loading fails for a body without an anchor. When
// the caller fixes the anchor or its place through [Slots].Shared, Render adds
// a closing line that carries a receipt number.
//
// # The facts of a letter agree
//
// A slot keeps its value in title and body. {路}, {小区} and {村} are those of
// the letter's {地点}, {住址} and {村址}; {天数} and {月数} count from the first
// of {时间}, {近时} (at most two days ago) and {早前} (a month or more ago). {金额} is 800 to 500,000 yuan,
// {中额} 600 to 15,000, {大额} 100,000 to 5,000,000 and {小额} up to 2,000.
//
// # Nothing real
//
// Phones have the form 1[3-9]x0000xxxx; identity numbers start with the
// region 990000, which GB/T 2260 does not have; card numbers start with
// 9900 (ISO/IEC 7812 national use, with a country code nobody has) but carry
// a valid Luhn digit; plates have three letters after 粤G where at most two
// are ever issued; QQ numbers start with 99000, far above those given out;
// web addresses end in .example or .invalid. Writers sign with a surname and
// a form of address, or not at all.
package text
