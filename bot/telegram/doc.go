// Package telegram is the door to Telegram: updates come in as [msg.Update],
// outgoing things go out as [msg.Item] and come back as [msg.Verdict]. It is
// the only importer of go-telegram-bot-api, and uses only what that library
// does well: building a request (MakeRequest, UploadFiles) and reading the
// envelope of its answer. Polling, timeouts, cancellation, decoding and the
// meaning of errors are ours.
//
// # Updates in
//
// [Bot.Poll] hands each update to one function, updates of one chat in order
// and different chats side by side. It asks for a batch and tells Telegram only
// of what that function has taken; or, with Config.Webhook, Telegram brings
// updates to [Bot.Webhook], which answers 200 when the function has returned.
// So nothing is lost in a crash, and the same update can come twice: whoever
// takes updates remembers their ids. Ids rise by one, but begin anywhere after a
// quiet week.
//
// A chat that sends more than people can is slowed alone. What it sends waits at
// Telegram and not here: it may hold passwords, which nobody stores.
//
// # Items out
//
// [Bot.Do] makes one attempt and returns what it means. It does not wait, queue
// or pace; the outbox does. A verdict of [msg.Retry] may hide a message that
// did arrive, because Telegram has no idempotency key.
//
// # Secrets
//
// The token is part of every URL. No URL is ever put in an error or log, and
// an error that would contain the token all the same has it blotted out.
package telegram
