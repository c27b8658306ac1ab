package urp

import (
	"encoding/json"
	"errors"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// record is a row of the list of all terms: an object with keys of capitals in
// later builds, in older ones a list of values by their place.
type record struct{ item }

// places are the keys of a record that is a list, as seen at SCU. At some
// schools it has fewer; which these are is not known.
var places = [...]string{
	"zxjxjhh", "kch", "kxh", "kssj", "inputStatusCode", "coursePropertyCode", "examTypeCode", "inputMethodCode",
	"courseScore", "levelCode", "unpassedReasonCode", "courseName", "englishCourseName", "credit", "studyHour",
	"coursePropertyName", "examTypeName", "levelName", "unpassedReasonExplain",
}

// capitals are the keys of a record that is an object.
var capitals = map[string]string{
	"ZXJXJHH": "zxjxjhh", "KCH": "kch", "KXH": "kxh", "KSSJ": "kssj", "KCM": "kcm", "XF": "xf", "KCCJ": "kccj",
	"DJM": "djm", "JD": "jd", "KCSXMC": "kcsxmc", "XH": "xh",
}

var errRecord = errors.New("a record is of no known kind")

func (r *record) UnmarshalJSON(b []byte) error {
	r.item = item{}
	if b[0] == '[' {
		var values []markup.Loose
		if err := json.Unmarshal(b, &values); err != nil {
			return err
		}
		if len(values) != len(places) {
			return errRecord
		}
		for i, v := range values {
			r.item[places[i]] = v
		}
		return nil
	}
	var in item
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	for k, v := range in {
		if name, ok := capitals[k]; ok {
			k = name
		}
		r.item[k] = v
	}
	return nil
}

// read reads one page of the list of all terms.
func (a allTerms) read() (jsonList, error) {
	l := jsonList{total: len(a.Records)}
	if a.Context.Total != nil {
		l.total = *a.Context.Total
	}
	for _, r := range a.Records {
		if termOf(r.first("executiveEducationPlanNumber", "zxjxjhh")).IsZero() {
			return jsonList{}, jwxt.Fail(jwxt.Changed, opGrades, errRecord)
		}
		if err := l.addItems([]item{r.item}, "", false); err != nil {
			return jsonList{}, err
		}
	}
	return l, nil
}
