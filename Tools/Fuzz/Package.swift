// swift-tools-version: 6.2
import PackageDescription

// This is a separate package, so that only the fuzzer is built with the address sanitizer.
let package = Package(
  name: "fuzz",
  dependencies: [
    .package(name: "swift-nanobragg", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Physics", package: "swift-nanobragg"),
        .product(name: "FrameIO", package: "swift-nanobragg"),
        .product(name: "FrameExchange", package: "swift-nanobragg"),
        .product(name: "TraceIO", package: "swift-nanobragg"),
        .product(name: "CommandLineSupport", package: "swift-nanobragg"),
        .product(name: "PropertyTesting", package: "swift-nanobragg"),
      ])
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
