import CommandLineSupport

import Glibc

Terminal.survivesSignals()

// A String would change a name that is not UTF-8, so that another file would be written.
for index in 1..<max(Int(CommandLine.argc), 1) {
  guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) != nil else {
    Terminal.error("nanobragg: error: argument \(index) is not UTF-8 text; rename the file\n")
    exit(2)
  }
}
if CommandLine.arguments.dropFirst().first == "convert" { exit(Convert.run()) }
exit(NanoBragg.run(Array(CommandLine.arguments.dropFirst())))
