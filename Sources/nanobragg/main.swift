import CommandLineSupport

exit(NanoBragg.run(Array(CommandLine.arguments.dropFirst())))

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
