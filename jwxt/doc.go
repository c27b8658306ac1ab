// Package jwxt is the vocabulary of the project: what a school is, what a
// student may read from its 教务系统, how a login proceeds and how it fails.
//
// It imports the standard library only and knows no HTML, no Telegram and no
// database. Vendors (强智, 正方, …) live in sub-packages and implement [Driver]
// plus those of the optional readers that their system can serve.
//
// # A login is data
//
// A login has no goroutine and no open connection between two calls. A driver
// is handed a [Conn]; everything it must remember (cookies, the form it found)
// it leaves in Conn.Session, which the caller stores. So a login survives a
// restart of the bot, and one dialogue serves every vendor.
//
// # Errors have a Kind
//
// A driver decides once, where the page is understood, what went wrong. The
// bot's sentence, retry and metric follow from the [Kind] alone. A page that
// was not understood is [Changed], never an empty list.
package jwxt
