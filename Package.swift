// swift-tools-version: 6.2
import PackageDescription

// The simulator is optimised in debug builds too: `swift test` renders hundreds of images.
// Flags of this kind bar a package from being a dependency, so they are set for the root package only.
let isDependency = Context.packageDirectory.contains("/.build/checkouts/")
let optimised: [SwiftSetting] = isDependency ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "swift-nanobragg",
  products: [
    .library(name: "Physics", targets: ["Physics"]),
    .library(name: "FrameIO", targets: ["FrameIO"]),
    .library(name: "TraceIO", targets: ["TraceIO"]),
    .library(name: "Oracles", targets: ["Oracles"]),  // links GSL, which is GPL: a product apart
    .executable(name: "nanobragg", targets: ["nanobragg"]),
    .executable(name: "nbverify", targets: ["nbverify"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
  ],
  targets: [
    .target(name: "Physics", swiftSettings: optimised),
    .target(name: "FrameIO", dependencies: ["Physics"], swiftSettings: optimised),
    .target(name: "TraceIO", dependencies: ["Physics"], swiftSettings: optimised),
    .target(name: "CommandLineSupport", dependencies: ["Physics", "FrameIO"]),
    .target(
      name: "GoldenStore",
      dependencies: [
        "Physics", "FrameIO", "TraceIO", "CommandLineSupport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .target(name: "Oracles", dependencies: ["CGSL"]),
    .target(name: "PropertyTesting"),
    .executableTarget(name: "nanobragg", dependencies: ["CommandLineSupport", "FrameIO", "TraceIO", "Physics"]),
    .executableTarget(
      name: "nbverify",
      dependencies: [
        "CommandLineSupport", "GoldenStore", "TraceIO", "FrameIO", "Physics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "PhysicsTests", dependencies: ["Physics", "CommandLineSupport"]),
    .testTarget(name: "FrameIOTests", dependencies: ["FrameIO"]),
    .testTarget(name: "TraceIOTests", dependencies: ["TraceIO"]),
    .testTarget(name: "CommandLineTests", dependencies: ["CommandLineSupport", "nanobragg"]),
    .testTarget(name: "OracleTests", dependencies: ["Oracles"]),
    .testTarget(name: "PropertyTestingTests", dependencies: ["PropertyTesting"]),
    .testTarget(
      name: "PropertyTests",
      dependencies: ["Physics", "FrameIO", "CommandLineSupport", "Oracles", "PropertyTesting", "TraceIO"]),
    .testTarget(name: "GoldenTraces", dependencies: ["GoldenStore", "CommandLineSupport", "TraceIO", "Physics"]),
  ],
  swiftLanguageModes: [.v6]
)
