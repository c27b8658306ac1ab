// Package campus is a simulated school: an [http.Handler] that speaks the wire
// protocol of a 教务系统 as real schools do, for the demo, for tests and for
// anybody who writes a client and has no school to try it on.
//
// # What is real and what is not
//
// The server keeps real sessions and really checks what it is sent: cookies
// with their paths, the captcha of this session and this picture, the encoding
// of the password. People, transcripts and notices are invented and the same
// on every start. Page furniture that no client needs (styles, menus) is
// missing. Where a school's wording is not known from a capture, the comment
// beside it says so.
//
// # How it is put together
//
// [Profile] says what a school is like; Profile.System is the vendor's part
// ([Qiangzhi], [Jwglxt]), and Profile.Front a CAS that stands before it. The rest
// is neutral: accounts, sessions, captcha pictures, notices, faults, the request
// log and the hook. A vendor turns a visit into an answer; only School.ServeHTTP
// touches the connection.
//
// # The hook
//
// Under /_campus/ the school tells what no real school would: a captcha's
// answer, the accounts, the log; and takes orders: faults, expiry, gates. It
// asks nobody for a password, so a campus belongs on a loopback address.
//
// A School starts no goroutine and reads time with time.Now alone, so it runs
// inside a testing/synctest bubble behind a [Pipe].
package campus
