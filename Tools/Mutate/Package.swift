// swift-tools-version: 6.2
import PackageDescription

// This is a separate package, so that SwiftSyntax is built only for measuring the power of the tests.
let package = Package(
  name: "mutate",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.0"),
  ],
  targets: [
    .executableTarget(
      name: "mutate",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftOperators", package: "swift-syntax"),
      ],
      // Optimised in a debug build too, whose SwiftSyntax takes a quarter of the time to build.
      swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))])
  ],
  swiftLanguageModes: [.v6]
)
