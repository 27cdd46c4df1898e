// Names and documentation are those of the header, nanobragg.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

import CNanoBragg
import CommandLineSupport
import Physics

import Glibc

private let optionTexts = Texts()
private let options: Rows<nb_option> = Rows(
  FlagTable.parts.flatMap { part in
    part.flags.map { flag in
      nb_option(
        names: optionTexts.pointer(flag.names.joined(separator: " ")),
        values: optionTexts.pointer(flag.values.joined(separator: " ")), summary: optionTexts.pointer(flag.summary),
        section: optionTexts.pointer(part.section.rawValue), domain: optionTexts.pointer(flag.domain ?? ""),
        role: optionTexts.pointer(flag.role.map { "\($0)" } ?? ""), has_effect: flag.hasEffect ? 1 : 0)
    }
  })

@c @implementation
public func nb_option_at(_ number: Int) -> UnsafePointer<nb_option>! {
  (0..<options.count).contains(number) ? UnsafePointer(options.pointer + number) : nil
}

/// The functions of the mathematical library that images depend on, and what they gave at 1000 places where the golden cases
/// were recorded.
private struct RecordedFunction: Sendable {
  let name: String
  let digest: UInt64
  let value: @Sendable (Double) -> Double

  /// A digest of the bits at places from 1e-8 to 1e4 of either sign (FNV-1a, Fowler, Noll and Vo 1991).
  var found: UInt64 {
    var (digest, place) = (UInt64(0xcbf2_9ce4_8422_2325), 1e-8)
    for number in 0..<1000 {
      place *= 1.028
      digest = (digest ^ value(number % 2 == 0 ? place : -place).bitPattern) &* 0x100_0000_01b3
    }
    return digest
  }
}

private let functions: [RecordedFunction] = [
  RecordedFunction(name: "sin", digest: 0xf92e_10e9_46a6_f09f) { sin($0) },
  RecordedFunction(name: "cos", digest: 0x3fe6_a9ff_c158_b3d8) { cos($0) },
  RecordedFunction(name: "tan", digest: 0x0cc7_59cb_f3cd_508f) { tan($0) },
  RecordedFunction(name: "atan2", digest: 0x9fcc_83fd_601c_cace) { atan2($0, 1 / $0) },
  RecordedFunction(name: "exp", digest: 0x1fda_391d_bc35_2e4a) { exp($0 / 100) },
  RecordedFunction(name: "log", digest: 0xf8d0_ce08_866e_cf5a) { log(abs($0)) },
]
private let functionTexts = Texts()
private let functionNames = Rows(functions.map { functionTexts.pointer($0.name) })

private let quantityTexts = Texts()
private let quantityNames = Rows(
  TraceQuantity.all.map { quantityTexts.pointer(([$0.name] + $0.olderNames).joined(separator: " ")) })

@c @implementation
public func nb_quantity_names_at(_ number: Int) -> UnsafePointer<CChar>! {
  (0..<quantityNames.count).contains(number) ? quantityNames.pointer[number] : nil
}

@c @implementation
public func nb_function_at(_ number: Int, _ agrees: UnsafeMutablePointer<Int32>!) -> UnsafePointer<CChar>! {
  guard functions.indices.contains(number) else { return nil }
  agrees?.pointee = functions[number].found == functions[number].digest ? 1 : 0
  return functionNames.pointer[number]
}
