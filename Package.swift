// swift-tools-version: 6.2
import PackageDescription

// The simulator is optimised in debug builds too: `swift test` renders hundreds of images.
// Flags of this kind bar a package from being a dependency, so they are set for the root package only.
let isDependency = ["/checkouts/", "/SourcePackages/"].contains { Context.packageDirectory.contains($0) }
let optimised: [SwiftSetting] = isDependency ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))]

// The formulas are generic over the arithmetic: unless they are compiled as a whole, and their clients may specialise them,
// each operation would be a call through a table. The arithmetics specialise them; clients of the arithmetics need not.
// With a number of threads the compiler writes one object file per source, as the index of a debug build demands.
let whole: [SwiftSetting] =
  isDependency
  ? [] : [.unsafeFlags(["-whole-module-optimization", "-num-threads", "2"], .when(configuration: .debug))]
let generic: [SwiftSetting] = isDependency ? [] : whole + [.unsafeFlags(["-cross-module-optimization"])]

// The inner loops, compiled three times from one source for the instruction sets of x86-64; the simulator chooses at run
// time. A package that is a dependency has the first only, as the flags are of the kind above.
#if arch(x86_64)
  let hasVariants = !isDependency
#else
  let hasVariants = false
#endif
let loops: [SwiftSetting] = isDependency ? [] : [.unsafeFlags(["-O", "-Xcc", "-fno-math-errno"])]
func variant(_ name: String, _ flags: [String]) -> Target {
  let options = (["-march=x86-64-\(name.lowercased())"] + flags).flatMap { ["-Xcc", $0] }
  return .target(
    name: "Kernel\(name)", dependencies: ["KernelTypes"], path: "Sources/Kernels/\(name)",
    swiftSettings: loops + [.define("FUSED"), .define(name), .unsafeFlags(options)])
}
let variants = hasVariants ? [variant("V3", []), variant("V4", ["-mprefer-vector-width=512"])] : []
let variantNames: [Target.Dependency] = variants.map { .byName(name: $0.name) }

// The released simulator carries its libraries with it: resolving those of Swift takes longer than a small image. What it
// calls when it starts lies side by side (Scripts/startup_order.py). No test depends on the target, as these settings would
// reach the test runner; it is built as a product all the same.
let order = "--symbol-ordering-file=\(Context.packageDirectory)/Scripts/startup.order"
let standalone: [LinkerSetting] =
  isDependency
  ? []
  : [
    .unsafeFlags(
      ["-static-executable", "-use-ld=lld"]
        + [order, "--no-warn-symbol-ordering"].flatMap { ["-Xlinker", $0] },
      .when(platforms: [.linux], configuration: .release))
  ]

// The library for programs in C carries the standard library with it, and shows nothing but its own functions.
let selfContained: [LinkerSetting] =
  isDependency
  ? []
  : [
    .unsafeFlags(
      ["-static-stdlib"]
        + [
          "--version-script=\(Context.packageDirectory)/Scripts/nanobragg-c.map", "--gc-sections", "--exclude-libs=ALL",
        ]
        .flatMap { ["-Xlinker", $0] },
      .when(platforms: [.linux]))
  ]

// Tests, and what drives the checks, are compiled without optimisation: they compute little themselves, and optimising them
// took longer than it saved.
let plain: [SwiftSetting] = isDependency ? [] : [.unsafeFlags(["-Onone"], .when(configuration: .release))]

// `make docs` builds the API reference; a plain build does not fetch what that takes.
let documentation: [Package.Dependency] =
  Context.environment["NB_DOCS"] == nil
  ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0")]

let package = Package(
  name: "swift-nanobragg",
  products: [
    .library(name: "Physics", targets: ["Physics"]),
    .library(name: "FrameIO", targets: ["FrameIO"]),
    .library(name: "FrameExchange", targets: ["FrameExchange"]),
    .library(name: "TraceIO", targets: ["TraceIO"]),
    .library(name: "CommandLineSupport", targets: ["CommandLineSupport"]),
    .library(name: "PropertyTesting", targets: ["PropertyTesting"]),
    .library(name: "nanobragg-c", type: .dynamic, targets: ["CInterface"]),
    .library(name: "Oracles", targets: ["Oracles"]),  // links GSL, which is GPL: a product apart
    .executable(name: "nanobragg", targets: ["nanobragg"]),
    .executable(name: "nanobragg-convert", targets: ["nanobragg-convert"]),
    .executable(name: "nbverify", targets: ["nbverify"]),
    .executable(name: "nbverify-gate", targets: ["nbverify-gate"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ] + documentation,
  targets: [
    .target(name: "KernelTypes", path: "Sources/Kernels/Types", swiftSettings: optimised),
    .target(
      name: "KernelBaseline", dependencies: ["KernelTypes"], path: "Sources/Kernels/Loops",
      exclude: ["coefficients.py", "coefficients.md"], swiftSettings: loops),
    .target(name: "CSystem", path: "Sources/C/CSystem"),
    .target(name: "CNanoBragg", path: "Sources/C/CNanoBragg"),
    .target(
      name: "CInterface",
      dependencies: ["CNanoBragg", "CommandLineSupport", "FrameIO", "TraceIO", "Physics"],
      path: "Sources/Programs/CInterface", linkerSettings: selfContained),
    .target(name: "DescriptorIO", path: "Sources/Files/DescriptorIO"),
    .target(name: "VisibleText", path: "Sources/Files/VisibleText"),
    .target(
      name: "Physics", dependencies: ["KernelTypes", "KernelBaseline", "CSystem", "VisibleText"] + variantNames,
      swiftSettings: optimised + generic + (hasVariants ? [.define("KERNEL_VARIANTS")] : [])),
    .systemLibrary(name: "CZlib", path: "Sources/C/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Gzip", dependencies: ["CZlib"], path: "Sources/Files/Gzip", swiftSettings: optimised),
    .target(
      name: "FrameIO", dependencies: ["Physics", "Gzip", "DescriptorIO"], path: "Sources/Files/FrameIO",
      swiftSettings: optimised),
    .target(
      name: "TraceIO", dependencies: ["Physics", "Gzip", "VisibleText", "DescriptorIO"], swiftSettings: optimised),
    .target(
      name: "CommandLineSupport", dependencies: ["Physics", "FrameIO", "VisibleText", "DescriptorIO"],
      path: "Sources/Programs/CommandLineSupport"),
    .systemLibrary(
      name: "CCrypto", path: "Sources/C/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Digests", dependencies: ["CCrypto"], path: "Sources/Files/Digests"),
    .target(
      name: "Subprocesses", dependencies: ["CSystem"], path: "Sources/Verification/Subprocesses", swiftSettings: plain),
    .target(
      name: "Provenance", dependencies: ["Digests", "Subprocesses", "VisibleText"],
      path: "Sources/Verification/Provenance", swiftSettings: plain),
    .target(
      name: "TraceReports", dependencies: ["TraceIO", "Arithmetics", "Provenance", "VisibleText"],
      path: "Sources/Verification/TraceReports", swiftSettings: plain),
    .target(
      name: "CaseShelves", dependencies: ["CSystem"], path: "Sources/Verification/CaseShelves", swiftSettings: plain),
    .target(
      name: "GoldenStore",
      dependencies: [
        "CaseShelves",
        "Physics", "KernelTypes", "FrameIO", "TraceIO", "TraceReports", "CommandLineSupport", "Provenance",
        "Subprocesses", "Arithmetics",
        "CSystem",
      ], path: "Sources/Verification/GoldenStore", swiftSettings: plain),
    .systemLibrary(name: "CPNG", path: "Sources/C/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(name: "CGemmi", path: "Sources/C/CGemmi"),  // gemmi is a library of headers: nothing to link
    .target(
      name: "FrameExchange",
      dependencies: ["Physics", "FrameIO", "CPNG", "CGemmi", "Digests"], path: "Sources/Files/FrameExchange",
      swiftSettings: optimised),
    .systemLibrary(name: "CHDF5", path: "Sources/C/CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .target(
      name: "NexusImages", dependencies: ["CHDF5", "FrameExchange", "FrameIO", "Physics"],
      path: "Sources/Files/NexusImages"),
    .target(
      name: "ImageAnalysis",
      dependencies: [
        "Physics", "FrameIO", "FrameExchange", "Provenance", "Arithmetics",
        .product(name: "HeapModule", package: "swift-collections"),
      ], path: "Sources/Verification/ImageAnalysis", swiftSettings: optimised),
    .executableTarget(
      name: "nanobragg-convert",
      dependencies: [
        "FrameExchange", "NexusImages", "CommandLineSupport", "FrameIO", "Physics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Sources/Programs/nanobragg-convert", swiftSettings: plain),
    .target(
      name: "Benchmarks", dependencies: ["GoldenStore", "Provenance", "Subprocesses", "FrameIO", "Physics"],
      path: "Sources/Verification/Benchmarks", swiftSettings: plain),
    .systemLibrary(
      name: "CSQLite", path: "Sources/C/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "Judging",
      dependencies: [
        "CommandLineSupport", "FrameIO", "Physics", "TraceIO", "TraceReports", "GoldenStore", "Provenance",
        "Subprocesses", "PropertyTesting", "ImageAnalysis", "VisibleText", "Arithmetics",
      ], path: "Sources/Verification/Judging", swiftSettings: optimised),
    .target(
      name: "NightlyGate",
      dependencies: [
        "Benchmarks",
        "Provenance", "Subprocesses", "TraceIO", "TraceReports", "GoldenStore", "ImageAnalysis", "CommandLineSupport",
        "FrameIO",
        "Physics", "VisibleText", "Judging", "PropertyTesting",
        "CSQLite", .product(name: "Mustache", package: "swift-mustache"),
      ], path: "Sources/Verification/NightlyGate", swiftSettings: plain),
    .systemLibrary(name: "CGSL", path: "Sources/C/CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .target(name: "Oracles", dependencies: ["CGSL"]),
    .target(name: "CCounters", path: "Sources/C/CCounters"),
    .target(name: "PropertyTesting", dependencies: ["CCounters"]),
    .systemLibrary(
      name: "CMPFI", path: "Sources/C/CMPFI", providers: [.apt(["libmpfi-dev", "libmpfr-dev", "libgmp-dev"])]),
    .target(
      name: "Arithmetics", dependencies: ["Physics", "CMPFI"], path: "Sources/Verification/Arithmetics",
      swiftSettings: optimised + whole),
    .executableTarget(
      name: "nanobragg", dependencies: ["CommandLineSupport", "FrameIO", "TraceIO", "Physics"],
      path: "Sources/Programs/nanobragg",
      linkerSettings: standalone),
    .target(
      name: "ToolSupport",
      dependencies: [
        "CommandLineSupport", "GoldenStore", "FrameIO", "TraceIO", "Physics", "Provenance", "Subprocesses",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Sources/Programs/ToolSupport", swiftSettings: plain),
    .executableTarget(
      name: "nbverify",
      dependencies: [
        "ToolSupport", "CommandLineSupport", "GoldenStore", "TraceIO", "FrameIO", "Physics", "Provenance",
        "Subprocesses",
        "TraceReports", "Arithmetics", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Sources/Programs/nbverify", swiftSettings: plain),
    .executableTarget(
      name: "nbverify-gate",
      dependencies: [
        "ToolSupport", "CommandLineSupport", "GoldenStore", "FrameExchange", "FrameIO", "Physics", "Provenance",
        "Subprocesses",
        "TraceReports", "Arithmetics",
        "ImageAnalysis", "Benchmarks", "NightlyGate", "VisibleText", "Judging", "Digests",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Sources/Programs/nbverify-gate", swiftSettings: plain),
    .testTarget(
      name: "PhysicsTests", dependencies: ["Physics", "CommandLineSupport", "TestSupport"], swiftSettings: plain),
    .target(
      name: "TestSupport", dependencies: ["CommandLineSupport", "Physics", "PropertyTesting"],
      path: "Tests/TestSupport", swiftSettings: plain),
    .testTarget(name: "FrameIOTests", dependencies: ["FrameIO", "TestSupport"], swiftSettings: plain),
    .testTarget(
      name: "TraceIOTests",
      dependencies: [
        "TraceIO", "TraceReports", "GoldenStore", "CommandLineSupport", "Physics", "PropertyTesting", "TestSupport",
      ], swiftSettings: plain),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["CommandLineSupport", "FrameIO", "Physics", "PropertyTesting", "TestSupport"], swiftSettings: plain
    ),
    .testTarget(name: "OracleTests", dependencies: ["Oracles", "TestSupport"], swiftSettings: plain),
    .testTarget(name: "PropertyTestingTests", dependencies: ["PropertyTesting", "TestSupport"], swiftSettings: plain),
    .testTarget(
      name: "ConversionTests",
      dependencies: [
        "FrameExchange", "CommandLineSupport", "FrameIO", "Physics", "CPNG", "CHDF5", "NexusImages", "PropertyTesting",
        "TestSupport",
        "nanobragg-convert",
      ], swiftSettings: plain),
    .testTarget(
      name: "PropertyTests",
      dependencies: [
        "Physics", "KernelTypes", "FrameIO", "CommandLineSupport", "Oracles", "PropertyTesting", "TraceIO",
        "Arithmetics", "GoldenStore", "TraceReports", "TestSupport",
      ], swiftSettings: plain),
    .testTarget(
      name: "VerificationTests",
      dependencies: [
        "TraceIO", "TraceReports", "Provenance", "Subprocesses", "GoldenStore", "CommandLineSupport", "Physics",
        "PropertyTesting",
        "FrameIO", "ImageAnalysis", "NightlyGate", "nbverify", "nbverify-gate", "TestSupport", "CaseShelves",
        "VisibleText", "CSQLite",
      ], swiftSettings: plain),
    .target(
      name: "Faults", dependencies: ["Judging", "CommandLineSupport", "FrameIO", "Physics", "TraceIO"],
      path: "Tests/Faults", swiftSettings: optimised),
    .testTarget(
      name: "JudgingTests",
      dependencies: [
        "Judging", "Faults", "CommandLineSupport", "FrameIO", "Physics", "PropertyTesting", "TraceIO", "GoldenStore",
        "NightlyGate", "TestSupport",
      ], swiftSettings: plain),
    .testTarget(
      name: "ReferenceTests", dependencies: ["Physics", "PropertyTesting", "TestSupport"], swiftSettings: plain),
    .testTarget(
      name: "GoldenTraces",
      dependencies: ["Arithmetics", "GoldenStore", "CommandLineSupport", "TraceIO", "Physics", "TestSupport"],
      swiftSettings: plain),
  ] + variants,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
