package render

import (
	"slices"

	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// drawings are the pictures of a transcript that belong to a term, or all.
type drawings struct {
	shown []jwxt.Picture
	left  []jwxt.Term // of pictures that there was no room for, newest first
}

func picturesOf(all []jwxt.Picture, t jwxt.Term) (d drawings) {
	for _, p := range all {
		switch {
		case !t.IsZero() && p.Term != t && !p.Term.IsZero():
		case len(p.Image) > 0:
			d.shown = append(d.shown, p)
		default:
			d.left = append(d.left, p.Term)
		}
	}
	d.left = slices.Compact(d.left)
	return d
}

// page is one picture under the sentence that the school gives no more, behind
// rows pages of rows. The last one tells what is not there.
func (d drawings) page(l say.Lang, o GradeOptions, rows int) Page {
	data := say.Data{School: o.School, Student: o.Student, Term: o.Term, Since: o.ReadAt}
	page := Page{Pages: max(rows+len(d.shown), 1)}
	page.Page = clamp(o.Page, page.Pages)
	if i := page.Page - rows - 1; i < len(d.shown) {
		page.Photo = d.shown[i].Image
		if t := d.shown[i].Term; !t.IsZero() {
			data.Term = t
		}
	}
	data.Page, data.Pages, data.More = page.Page, page.Pages, page.Photo != nil
	blocks := []string{say.Text(l, "grades.head", data), say.Text(l, "grades.picture", data)}
	if page.Page == page.Pages && len(d.left) > 0 {
		blocks = append(blocks, say.Text(l, "grades.left", say.Data{Count: len(d.left), Term: d.left[0]}))
	}
	if !data.Since.IsZero() {
		blocks = append(blocks, say.Text(l, "grades.read", data))
	}
	page.HTML = join(blocks...)
	return page
}
