package qiangzhi_test

import (
	"testing"

	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// TestGolden reads the pages of testdata.
func TestGolden(t *testing.T) {
	jwxttest.Golden(t, qiangzhi.New(), "http://jw.example.edu.cn/jsxsd/kscj/cjcx_list", true)
}
