// Package dialogue is the conversation as a table: what the bot does when
// something happens, from each place a chat can be in.
//
// It is pure. [Step] takes a [State], an [Event] and the time, and returns the
// next State and the [Effect]s to carry out; it reads no clock, no database and
// no network, so every pair of place and event can be walked by a test, and a
// crash between two steps always leaves a whole state behind.
//
// A login can be led from the chat or from its page, and change sides at any
// time. While the page leads ([Attempt], the place [FillingForm]) the chat asks
// nothing; what is done on the page comes as events like any other, and the
// page shows what is in the State. Whatever names another attempt, or another
// picture than the latest, does nothing.
//
// A State holds no password. While one is awaited the shell keeps it in memory
// and tells the table only that it came ([Secret]).
//
// State.Want is the return address: what the person asked for before a login
// got in the way. It is answered as soon as the login is through.
package dialogue
