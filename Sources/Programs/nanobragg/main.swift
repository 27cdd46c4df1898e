import CommandLineSupport

import Glibc

Terminal.survivesSignals()

// A name that is not UTF-8 would be changed on its way through a String, and another file written.
for index in 1..<max(Int(CommandLine.argc), 1) {
  guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) != nil else {
    Terminal.error("nanobragg: error: argument \(index) is not UTF-8 text; rename the file\n")
    exit(2)
  }
}
if CommandLine.arguments.dropFirst().first == "convert" { exit(Convert.run()) }
exit(NanoBragg.run(Array(CommandLine.arguments.dropFirst())))
