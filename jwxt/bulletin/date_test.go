package bulletin_test

import (
	"encoding/json"
	"testing"
	"time"

	"jwxtbot/jwxt/bulletin"
)

func TestParseDate(t *testing.T) {
	// 23:30 of 31 December in China, where the next day has not begun.
	newYearsEve := time.Date(2025, 12, 31, 15, 30, 0, 0, time.UTC)
	tests := []struct {
		text string
		now  time.Time
		want string
	}{
		{"2026-01-02", noon, "2026-01-02"},
		{"2026/1/2", noon, "2026-01-02"},
		{"2026.01.02", noon, "2026-01-02"},
		{"2026年1月2日", noon, "2026-01-02"},
		{"２０２６年１月２日", noon, "2026-01-02"},
		{"2026 年 1 月 2 日", noon, "2026-01-02"},
		{"2026-01-02 08:05", noon, "2026-01-02 08:05"},
		{"2026-01-02 08:05:59.0", noon, "2026-01-02 08:05"},
		{"2026年1月2日 8:05", noon, "2026-01-02 08:05"},
		{"2026-06-30T23:30:00Z", noon, "2026-07-01 07:30"},
		{"2026-06-30T08:00:00+0800", noon, "2026-06-30 08:00"},
		{"[2026-01-02]", noon, "2026-01-02"},
		{"【2026/01/02】", noon, "2026-01-02"},
		{"发布时间：2026-01-02", noon, "2026-01-02"},
		{"时间：2026-01-02 浏览：12次", noon, "2026-01-02"},
		{"更新时间:2026年01月02日", noon, "2026-01-02"},
		{"创建时间：2026-01-02 10:11:12", noon, "2026-01-02 10:11"},
		{"浏览 12 发布日期：2026-01-05 》", noon, "2026-01-05"},
		{"02 2026.01", noon, "2026-01-02"},
		{"2026-01 02", noon, "2026-01-02"},
		{"2026年1月 2", noon, "2026-01-02"},
		{"01-02 2026", noon, "2026-01-02"},
		{"2026 01/02", noon, "2026-01-02"},
		{"March 16,2018", noon, "2018-03-16"},
		{"Mar. 16th, 2018", noon, "2018-03-16"},
		{"16 September 2018", noon, "2018-09-16"},
		{"20260102", noon, "2026-01-02"},
		{"2024-02-29", noon, "2024-02-29"},

		// The year is the latest that is not after tomorrow.
		{"07-31", noon, "2026-07-31"},
		{"8-1", noon, "2026-08-01"},
		{"08-02", noon, "2025-08-02"},
		{"[12-30]", noon, "2025-12-30"},
		{"6月25日", noon, "2026-06-25"},
		{"02-29", noon, "2024-02-29"},
		{"01-01", newYearsEve, "2026-01-01"},
		{"01-02", newYearsEve, "2025-01-02"},

		// Not a date, and so never today.
		{"", noon, ""},
		{"今天", noon, ""},
		{"2026-13-01", noon, ""},
		{"2026-02-30", noon, ""},
		{"2026-2027学年", noon, ""},
		{"1.5", noon, "2026-01-05"},
		{"第2-3周", noon, ""},
		{"13800002026-01-02", noon, ""},
		{"12345678", noon, ""},
		{"30-40", noon, ""},
	}
	for _, tt := range tests {
		got, ok := bulletin.ParseDate(tt.text, tt.now)
		if got.String() != tt.want || ok != (tt.want != "") {
			t.Errorf("ParseDate(%q) = %q, %v; want %q", tt.text, got, ok, tt.want)
		}
	}
}

func TestDateJSON(t *testing.T) {
	for _, text := range []string{`""`, `"2026-01-02"`, `"2026-01-02 00:00"`} {
		var d bulletin.Date
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(d); err != nil || string(got) != text {
			t.Errorf("got %s, %v; want %s", got, err, text)
		}
	}
	if err := new(bulletin.Date).UnmarshalText([]byte("2026-02-30")); err == nil {
		t.Error("30 February is a date")
	}
	d, _ := bulletin.ParseDate("2026-01-02 08:30", noon)
	if got, want := d.Time(), time.Date(2026, 1, 2, 0, 30, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !(bulletin.Date{}).Time().IsZero() {
		t.Error("no date is a moment")
	}
}
