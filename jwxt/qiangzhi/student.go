package qiangzhi

import (
	"regexp"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

var nameAndNumber = regexp.MustCompile(`^(?:.*\s)?(\S+?)\s*[(（]\s*([0-9A-Za-z]{4,20})\s*[)）]$`)

var nameDashNumber = regexp.MustCompile(`^(.{1,40}?)\s*-\s*([0-9A-Za-z]{4,20})$`)

// student is who the page says is logged in; its fields are empty where the
// page does not tell. Skins seen: 张三(2020000001) in #Top1_divLoginName,
// 张三-2020000001 in .infoContentTitle, and label and value in two neighbours
// (学生姓名：, 学生编号：, 学号：).
func (g *page) student() jwxt.Student {
	if n := byID(g.root, "Top1_divLoginName"); n != nil {
		if m := nameAndNumber.FindStringSubmatch(markup.Text(n)); m != nil {
			return jwxt.Student{Number: m[2], Name: m[1]}
		}
	}
	if n := find(g.root, func(n *html.Node) bool { return hasClass(n, "infoContentTitle") }); n != nil {
		if m := nameDashNumber.FindStringSubmatch(markup.Text(n)); m != nil {
			return jwxt.Student{Number: m[2], Name: m[1]}
		}
	}
	var s jwxt.Student
	label := ""
	for n := range g.root.Descendants() {
		if n.Type != html.TextNode || n.Parent.Data == "script" || n.Parent.Data == "style" {
			continue
		}
		text := markup.Clean(n.Data)
		if text == "" {
			continue
		}
		if name, value, ok := cutLabel(text); ok {
			label, text = name, value
		}
		if text != "" {
			s = labelled(s, label, text)
			label = ""
		}
	}
	return s
}

// labelled fills in what a label names. The first mention counts.
func labelled(s jwxt.Student, label, text string) jwxt.Student {
	switch label {
	case "学生姓名", "姓名":
		if s.Name == "" && len([]rune(text)) <= 40 {
			s.Name = text
		}
	case "学生编号", "学号":
		if s.Number == "" && number.MatchString(text) {
			s.Number = text
		}
	}
	return s
}

var number = regexp.MustCompile(`^[0-9A-Za-z]{4,20}$`)
