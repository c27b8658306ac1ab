package kingosoft_test

import (
	"testing"

	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

// address is where the pages of testdata are read from.
const address = "http://jw.example.edu.cn/jwweb/x.aspx"

// TestGolden reads the pages of testdata, whose names begin with variant and
// page: aspx.login-captcha.html.
func TestGolden(t *testing.T) {
	jwxttest.Golden(t, kingosoft.New(), address, true)
}
