package kingosoft

// What the tests check against known vectors.
var (
	StrEnc = strEnc
	Sealed = sealed
	Token  = token
)
