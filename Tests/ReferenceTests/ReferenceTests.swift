import Foundation
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("ReferenceTests/ReferenceTests.swift")

/// The binary of the reference program, if there is one.
private let referenceBinary = ProcessInfo.processInfo.environment["NB_C_BIN"].flatMap { $0.isEmpty ? nil : $0 }

/// Our program against the reference program, for any command line. The reference is not part of this project: the tests run
/// where `NB_C_BIN` names its binary; one that knows `-trace_pixel` is compared number by number, too.
@Suite(
  .enabled(if: referenceBinary != nil, "NB_C_BIN names no binary of the reference program"),
  .tags(.verification, .property), .generousTime) struct ReferenceTests
{
  private let reference = BuiltProgram(at: referenceBinary ?? "")
  private let ours = BuiltProgram(named: "nanobragg")
  private let refusals = DocumentedRows.all(heading: "## What is refused").map(\.words)

  @Test("Files, printed lines and traces are those of the reference program") func filesLinesAndTraces() {
    forAll(
      "files, printed lines and traces are those of the reference program", CommandLines.all,
      require: [.atLeast(30, "written")], cost: .dear
    ) { check, line in
      let candidate = try ReferenceRun(ours, line)
      check.label("refused", candidate.status != 0)
      guard candidate.status == 0 else {
        if candidate.status == 9 {
          try check.equal(try ReferenceRun(reference, line).status, 9, "the status of an incomplete command line")
          return
        }
        let isDocumented = candidate.status == 2 && refusals.contains { candidate.errors.contains($0) }
        try check.that(isDocumented, "status \(candidate.status), not in docs/running.md: \(candidate.errors)")
        return
      }
      let reference = try ReferenceRun(reference, line)
      check.label("written")
      // A not-a-number as an index reads memory that is not its own.
      check.label("reference crashes", reference.status == SIGSEGV)
      if reference.status == SIGSEGV { return }
      try check.equal(reference.status, 0, "the status of the reference")
      check.label("traced", !reference.trace.isEmpty)
      if !reference.trace.isEmpty {
        for (theirs, ours) in zip(reference.trace, candidate.trace) {
          try check.equal(ours, theirs, "a line of the trace")
        }
        try check.equal(candidate.trace.count, reference.trace.count, "the number of trace lines")
      }
      for name in Set(reference.files.keys).union(candidate.files.keys).sorted() {
        try check.that(reference.files[name] == candidate.files[name], "\(name) differs")
      }
      for (theirs, ours) in zip(reference.printed, candidate.printed) where !Self.isUnset(ours) {
        try check.equal(ours, theirs, "a printed line")
      }
      try check.equal(candidate.printed.count, reference.printed.count, "the number of printed lines")
    }
  }

  /// Whether a line of `-printout` is that of a pixel before the first step: the reference prints memory that was never set.
  private static func isUnset(_ line: String) -> Bool {
    line == "hkl= 0.000000 0.000000 0.000000  hkl0= 0 0 0" || line.hasPrefix(" F_cell=0  F_latt=0 ")
  }
}
