package dialogue

import (
	"slices"
	"time"
)

var zeroTime time.Time

func (r *Row) matches(at Place, k EventKind) bool {
	return slices.Contains(r.On, k) && (r.From == nil || slices.Contains(r.From, at))
}

func from(p ...Place) []Place       { return p }
func on(k ...EventKind) []EventKind { return k }

var (
	asking  = from(AskingSchool, AskingAccount, AskingPassword, AskingCaptcha, FillingForm, AskingCode)
	logging = from(Opening, Submitting) // waiting for the school during a login
	waiting = from(Opening, Submitting, Reading, Leaving)
	engaged = slices.Concat(asking, waiting)
	settled = slices.Concat(from(Idle), asking)

	wishes = on(CmdGrades, CmdNotices, TapNotice, TapNoticeMore)
	words  = on(Text, Media, Secret, TooBig)
	asks   = on(Opened, WrongCaptcha, AskedMore) // the school wants something of the person
	forms  = on(FormOpen, FormRefresh, FormSubmit)
)

// table is the whole conversation. Order counts: the first row that applies
// is taken.
var table = slices.Concat(
	clockRows, plainRows, cancelRows, formRows, ledRows,
	loginRows, accountRows, captchaRows, submitRows, codeRows,
	readRows, logoutRows, lentRows, restRows,
)

// clockRows: what ends by itself.
var clockRows = []Row{
	{from(Reading, Leaving), on(Woke), attemptOver, giveUp, Idle},
	{engaged, on(Woke), attemptOver, timeOut, Idle},
	{nil, on(Woke), formOver, wipeForm, ""},
	{nil, on(Woke), pageOver, closePage, ""},
	{nil, on(Woke), idleOver, endIdle, ""},
	{nil, on(Woke), absoluteOver, endAbsolute, ""},
}

// plainRows: what is answered the same way everywhere.
var plainRows = []Row{
	{nil, on(CmdStart), always, greet, ""},
	{nil, on(CmdHelp), always, help, ""},
	{nil, on(CmdPrivacy), always, showPrivacy, ""},
	{nil, on(CmdLanguage), always, askLanguage, ""},
	{nil, on(TapLanguage), always, setLanguage, ""},
	{nil, on(CmdUnknown), always, unknownCommand, ""},
	{nil, on(CmdBadTerm), always, badTerm, ""},
	{nil, on(TapGradePage, TapNoticePage, TapDetailPage), always, turnPage, ""},
	{nil, on(TapErase), always, confirmErase, ""},
	{nil, on(TapEraseYes), nonceHolds, eraseAll, Idle},
	{nil, on(TapKeep), always, keepAll, ""},
}

// cancelRows: /cancel works from everywhere.
var cancelRows = []Row{
	{from(Leaving), on(CmdCancel, TapCancel), always, leaveNow, Idle},
	{engaged, on(CmdCancel, TapCancel), always, cancel, Idle},
	{nil, on(CmdCancel), always, nothingToCancel, ""},
}

// formRows: what is done on the page.
var formRows = []Row{
	{nil, forms, otherAttempt, dropForm, ""},
	{nil, on(FormOpen), schoolGone, dropForm, ""},
	{from(FillingForm), on(FormOpen), sameSchool.and(pictureUp), dropForm, ""},
	{from(Opening), on(FormOpen), sameSchool.and(pageLeads), dropForm, ""},
	{from(Opening), on(FormOpen), always, openForPage, Opening},
	{settled, on(FormOpen), always, openForPage, Opening},
	{from(FillingForm), on(FormRefresh), samePicture, redraw, Opening},
	{from(FillingForm), on(FormSubmit), formGone, redrawAged, Opening},
	{from(FillingForm), on(FormSubmit), olderPicture, noteOlder, ""},
	{from(FillingForm), on(FormSubmit), badAccount, noteAccount, ""},
	{from(FillingForm), on(FormSubmit), noPassword, noteSecret, ""},
	{from(FillingForm), on(FormSubmit), badCaptcha, noteCaptcha, ""},
	{from(FillingForm), on(FormSubmit), badDrag, noteDrag, ""},
	{from(FillingForm), on(FormSubmit), badCode, noteCode, ""},
	{from(FillingForm), on(FormSubmit), always, submitForPage, Submitting},
	{nil, forms, always, dropForm, ""},
}

// ledRows: what the school says while the page leads.
var ledRows = []Row{
	{from(Opening), on(Opened), pageLeads, fillForm, FillingForm},
	{from(Submitting), on(WrongCaptcha), pageLeads, fillNext, FillingForm},
	{from(Submitting), on(AskedMore), pageLeads, fillMore, FillingForm},
	{from(Submitting), on(NoPassword), pageLeads, noteNoPassword, FillingForm},
	{logging, on(OpenFailed, LoginFailed), pageLeads, failForPage, Idle},
	{logging, on(Queued), pageLeads, noteQueue, ""},
	{logging, on(Text, Media), pageLeads, sayPending, ""},
	{from(FillingForm), on(Text, Media), always, repeat, ""},
	{logging, asks, dragAsked.and(pageOffered), offerPage, FillingForm},
	{logging, asks, dragAsked, sayNoDrag, Idle},
}

// loginRows: how a login begins, and how the school is chosen.
var loginRows = slices.Concat(
	[]Row{
		{logging, on(CmdLogin, TapLogin, CmdStartSchool), always, sayPending, ""},
		{settled, on(CmdStartSchool), schoolGone, saySchoolGone, ""},
		{settled, on(CmdStartSchool), loggedInThere, greet, ""},
		{settled, on(CmdStartSchool), always, takeLinked, AskingAccount},
		{from(AskingSchool), on(TapSchool), schoolGone, toastSchoolGone, ""},
		{from(AskingSchool), on(TapSchool), always, takeSchool, AskingAccount},
		{from(AskingSchool), on(TapSchoolPage), always, turnSchools, ""},
		{from(AskingSchool), on(Text), oneFound, takeFound, AskingAccount},
		{from(AskingSchool), on(Text), someFound, offerFound, ""},
		{from(AskingSchool), on(Text), always, noneFound, ""},
		{from(AskingPassword), on(TapOther), onlyOne, takeOnly, AskingAccount},
		{from(AskingPassword), on(TapOther), always, askSchool, AskingSchool},
		{from(Idle), on(TapOther), notLoggedIn.and(onlyOne), beginOnly, AskingAccount},
		{from(Idle), on(TapOther), notLoggedIn, beginSchool, AskingSchool},
		{from(Idle), on(CmdLogin, TapLogin), loggedIn, sayAlready, ""},
	},
	loginFrom(settled, on(CmdLogin, TapLogin), always),
)

// loginFrom are the three ways into a login, by what is already known.
func loginFrom(places []Place, kinds []EventKind, g Guard) []Row {
	return []Row{
		{places, kinds, g.and(accountKnown), beginPassword, AskingPassword},
		{places, kinds, g.and(onlyOne), beginOnly, AskingAccount},
		{places, kinds, g, beginSchool, AskingSchool},
	}
}

// accountRows: 学号 and password.
var accountRows = []Row{
	{from(AskingAccount), on(Text), accountFits, takeAccount, AskingPassword},
	{from(AskingAccount), on(Text), always, refuseAccount, ""},
	{from(AskingPassword), on(Secret), answerKept, submitKept, Submitting},
	{from(AskingPassword), on(Secret), always, openForm, Opening},
	{from(AskingPassword), on(TooBig), always, refusePassword, ""},
	{from(AskingAccount, AskingPassword, AskingSchool), on(Text, Media), always, repeat, ""},
}

// captchaRows: the form is open, the picture is shown.
var captchaRows = []Row{
	{from(Opening), on(Opened), captchaAsked, showCaptcha, AskingCaptcha},
	{from(Opening), on(Opened), always, submitPlain, Submitting},
	{logging, on(OpenFailed, LoginFailed), always, failLogin, Idle},
	{from(Opening), on(Text, Media), pictureUp, sayOldAnswer, ""},
	{from(AskingCaptcha), on(Text), formGone, replaceAged, Opening},
	{from(AskingCaptcha), on(Text), notCaptcha, refuseCaptcha, ""},
	{from(AskingCaptcha), on(Text), alreadyRefused, sayOldAnswer, ""},
	{from(AskingCaptcha), on(Text), always, submit, Submitting},
	{from(AskingCaptcha), on(Media), always, refuseCaptcha, ""},
	{from(AskingCaptcha), on(TapRefresh), samePicture, refresh, Opening},
	{from(AskingCaptcha), on(TapRefresh), always, toastNewer, ""},
}

// submitRows: the school judges.
var submitRows = []Row{
	{from(Submitting), on(LoggedIn), wanted, welcomeAndRead, Reading},
	{from(Submitting), on(LoggedIn), always, welcome, Idle},
	{from(Submitting), on(WrongCaptcha), codeAsked, askCodeAgain, AskingCode},
	{from(Submitting), on(WrongCaptcha), always, showNextCaptcha, AskingCaptcha},
	{from(Submitting), on(NoPassword), always, askPasswordAgain, AskingPassword},
	{logging, on(TapRefresh), always, toastWait, ""},
	{logging, wishes, always, wishLater, ""},
	{waiting, on(Queued), always, sayQueue, ""},
}

// codeRows: the school sent the student a code.
var codeRows = []Row{
	{from(Submitting), on(AskedMore), codeAsked, askCode, AskingCode},
	{from(Submitting), on(AskedMore), captchaAsked, showMore, AskingCaptcha},
	{from(Submitting), on(AskedMore), always, failLogin, Idle},
	{from(AskingCode), on(Text), formGone, codeAged, AskingPassword},
	{from(AskingCode), on(Text), notCode, refuseCode, ""},
	{from(AskingCode), on(Text), alreadyRefused, refuseCode, ""},
	{from(AskingCode), on(Text), always, submitCode, Submitting},
	{from(AskingCode), on(Media), always, refuseCode, ""},
}

// readRows: grades and notices.
var readRows = slices.Concat(
	[]Row{
		{asking, wishes, always, wishNow, ""},
		{from(Idle), wishes, loggedIn, read, Reading},
		{from(Idle), on(TapRetry), nonceHolds.and(wantedAndLoggedIn), readAgain, Reading},
		{from(Idle), on(TapRetry), nonceHolds.and(secretHeld), openForm, Opening},
		{from(Reading), on(GradesRead, NoticesRead, NoticeRead), always, showRead, Idle},
		{from(Reading), on(ReadFailed), sessionOver, renewPassword, AskingPassword},
		{from(Reading), on(ReadFailed), always, failRead, Idle},
	},
	loginFrom(from(Idle), wishes, notLoggedIn),
	loginFrom(from(Idle), on(TapRetry), nonceHolds),
)

// logoutRows: the way out.
var logoutRows = []Row{
	{from(Leaving), on(CmdLogout), always, busy, ""},
	{nil, on(CmdLogout), loggedIn, logout, Leaving},
	{engaged, on(CmdLogout), always, cancel, Idle},
	{nil, on(CmdLogout), always, noLogout, ""},
	{from(Leaving), on(LoggedOut), schoolRefused, loggedOutHere, Idle},
	{from(Leaving), on(LoggedOut), always, loggedOut, Idle},
}

// lentRows: what became of a session that was lent. The generation is that of
// before: whatever the person has begun since comes first.
var lentRows = []Row{
	{from(Idle), on(LentFailed), lentOver, endLent, ""},
	{nil, on(LentRead, LentFailed), loggedIn, keepCookies, ""},
}

// restRows: what fits nowhere else still gets an answer.
var restRows = []Row{
	{from(Submitting), on(Text, Media), always, sayPending, ""},
	{from(Idle), on(Text), always, unknownText, ""},
	{from(Idle), on(Media), always, unknownMedia, ""},
	{nil, on(Secret, TooBig), always, straySecret, ""},
	{waiting, words, always, busy, ""},
	{waiting, on(CmdGrades, CmdNotices, CmdLogin, CmdStartSchool), always, busy, ""},
	{waiting, on(TapRetry, TapLogin, TapNotice, TapNoticeMore), always, toastWait, ""},
	{nil, on(TapStale, TapSchool, TapSchoolPage, TapOther, TapRefresh, TapRetry, TapCancel, TapEraseYes), always, toastStale, ""},
	{nil, on(Opened, OpenFailed, WrongCaptcha, AskedMore, LoggedIn, LoginFailed, NoPassword, Queued,
		GradesRead, NoticesRead, NoticeRead, ReadFailed, LoggedOut, LentRead, LentFailed), always, tooLate, ""},
}
