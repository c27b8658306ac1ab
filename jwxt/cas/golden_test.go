package cas_test

import (
	"testing"

	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwxttest"
)

// at is where the pages of this package's tests come from.
const at = "https://ids.example.edu.cn/authserver/login?service=http%3A%2F%2Fjwxt.example.edu.cn%2Fsso"

// TestGolden reads pages of invented fronts in the forms that real ones have.
func TestGolden(t *testing.T) { jwxttest.Golden(t, cas.Pages{}, at, true) }
