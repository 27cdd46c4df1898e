import CommandLineSupport
import ToolSupport

/// Writes a line to standard output through `Terminal`, which escapes control characters in text from outside.
func print(_ text: String = "", terminator: String = "\n") { Terminal.show(text + terminator) }
