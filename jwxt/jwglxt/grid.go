package jwglxt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// grid is the answer to the query form that all lists share.
type grid struct {
	Total markup.Loose `json:"totalResult"`
	Items []item       `json:"items"`

	total int // rows in all
}

// item is a row as it came: schools differ in fields, and in which of them are
// numbers and which strings.
type item map[string]markup.Loose

// maxRows is more than any student or notice list has.
const maxRows = 10_000

// readGrid reads one page of a list. A page of HTML in its place refuses.
func readGrid(op string, p jwxt.Page) (grid, error) {
	text := fetch.Text(p)
	if err := ended(op, p); err != nil {
		return grid{}, err
	}
	if !markup.IsJSON(text) || p.Status != http.StatusOK {
		g := readPage(p)
		if err := refused(op, g); err != nil {
			return grid{}, err
		}
		return grid{}, driver.Unread(op, g.said(), fmt.Sprintf("status %d and no list", p.Status))
	}
	var l grid
	if err := json.Unmarshal(text, &l); err != nil || l.Items == nil {
		return grid{}, jwxt.Fail(jwxt.Changed, op, errors.New("this is no list"))
	}
	total := l.Total
	if total == "" && len(l.Items) > 0 {
		total = l.Items[0]["totalResult"] // each row has it, too
	}
	var err error
	if l.total, err = strconv.Atoi(string(total)); err != nil || l.total < 0 || l.total > maxRows {
		return grid{}, jwxt.Fail(jwxt.Changed, op, errors.New("the list does not say how long it is"))
	}
	return l, nil
}

// query is the form of a list: what is asked, and which page of it.
func query(asked fetch.Form, page, size int, sort, order string) fetch.Form {
	return append(asked,
		fetch.Field{Name: "_search", Value: "false"},
		fetch.Field{Name: "nd", Value: now()},
		fetch.Field{Name: "queryModel.showCount", Value: strconv.Itoa(size)},
		fetch.Field{Name: "queryModel.currentPage", Value: strconv.Itoa(page)},
		fetch.Field{Name: "queryModel.sortName", Value: sort},
		fetch.Field{Name: "queryModel.sortOrder", Value: order},
		fetch.Field{Name: "time", Value: strconv.Itoa(page - 1)},
	)
}

// list asks for one page of a list.
func (v *visit) list(ctx context.Context, op, address string, form fetch.Form) (grid, error) {
	p, err := v.send(ctx, op, fetch.Request{URL: address, Post: true, AJAX: true, Form: form})
	if err != nil {
		return grid{}, err
	}
	return readGrid(op, p)
}

// first is the first of keys with a value.
func (m item) first(keys ...string) string {
	for _, k := range keys {
		if m[k] != "" {
			return string(m[k])
		}
	}
	return ""
}
