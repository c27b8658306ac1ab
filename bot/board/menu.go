package board

import (
	"strconv"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// beijing is where the schools are.
var beijing = time.FixedZone("CST", 8*60*60)

// perPage is how many rows of buttons a menu's page has.
const perPage = 8

// pageOf reads the number of a page, which may be anything.
func pageOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 1
	}
	return max(1, min(n, 99))
}

// pageFrom is a page of a menu, which there is at least one of.
func pageFrom[T any](all []T, n int) (some []T, page, pages int) {
	pages = max(1, (len(all)+perPage-1)/perPage)
	page = max(1, min(n, pages))
	from := (page - 1) * perPage
	return all[from:min(len(all), from+perPage)], page, pages
}

// turning adds buttons to the pages beside this one.
func turning(l say.Lang, b msg.Body, page, pages int, data func(int) string) msg.Body {
	var row []msg.Button
	if page > 1 {
		row = append(row, button(l, "btn.prev", data(page-1)))
	}
	if page < pages {
		row = append(row, button(l, "btn.next", data(page+1)))
	}
	if row != nil {
		b.Buttons = append(b.Buttons, row)
	}
	return b
}
