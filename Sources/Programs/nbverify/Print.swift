import CommandLineSupport
import ToolSupport

/// Writes a line to standard output by way of the one place that makes text from outside visible.
func print(_ text: String = "", terminator: String = "\n") { Terminal.show(text + terminator) }
