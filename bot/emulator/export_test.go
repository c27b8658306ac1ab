package emulator

// RenderHTML is for the test that parses it back.
var RenderHTML = renderHTML
