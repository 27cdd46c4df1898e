import Digests
import Foundation
import FrameIO
import Physics

/// Writes miniCBF: the header of a DECTRIS PILATUS, one section of byte-offset compressed 32-bit counts.
///
/// Source: DECTRIS, CBF header specification 1.4 (2012); CBF/imgCIF, International Tables G.
public enum CBFWriter {
  /// The value of a pixel without a measurement, as DECTRIS marks gaps.
  public static let masked: Int32 = -1

  /// The range of counts that can be written. Differences of neighbours fit 32 bits, because some readers take no
  /// larger ones.
  /// - Parameter least: The least count of the image.
  public static func range(least: Double) -> ClosedRange<Int32> {
    let low: Int32 = least < -2 ? -(1 << 30) : -2
    return low...Int32.max + low
  }

  /// The bytes of a miniCBF file.
  /// - Parameters:
  ///   - pixels: One count per pixel, fast index innermost; `masked` for a pixel without a measurement.
  ///   - experiment: The experiment whose camera, beam and rotation the header describes.
  ///   - name: The name of the image in the file.
  ///   - date: The time of the exposure, written in UTC.
  ///   - rotation: The width of the rotation in degrees; nil for the width of the experiment's rotation.
  public static func bytes(
    _ pixels: [Int32], of experiment: Experiment, name: String, date: Date, rotation: Double? = nil
  ) -> [UInt8] {
    let data = ByteOffset.compress(pixels)
    let digest = Digest.md5(data).base64EncodedString()
    let detector = experiment.detector
    let highest = range(least: Double(pixels.min() ?? 0)).upperBound
    let binary = [
      "Content-Type: application/octet-stream;", "     conversions=\"x-CBF_BYTE_OFFSET\"",
      "Content-Transfer-Encoding: BINARY", "X-Binary-Size: \(data.count)", "X-Binary-ID: 1",
      "X-Binary-Element-Type: \"signed 32-bit integer\"", "X-Binary-Element-Byte-Order: LITTLE_ENDIAN",
      "Content-MD5: \(digest)", "X-Binary-Number-of-Elements: \(pixels.count)",
      "X-Binary-Size-Fastest-Dimension: \(detector.fastPixels)",
      "X-Binary-Size-Second-Dimension: \(detector.slowPixels)", "X-Binary-Size-Padding: \(padding)", "", "",
    ]
    let head =
      ["###CBF: VERSION 1.5, written by nanobragg", "", "data_\(dataName(name))", ""]
      + ["_array_data.header_convention \"PILATUS_1.2\"", "_array_data.header_contents", ";"]
      + camera(experiment, date, rotation, highest: highest).map { "# \($0)" }
      + [";", "", "_array_data.data", ";", boundary]
    let text = (head + binary).joined(separator: "\r\n")
    let tail = "\r\n\(boundary)--\r\n;\r\n\r\n"
    return Array(text.utf8) + CBFHeader.mark + data + [UInt8](repeating: 0, count: padding) + Array(tail.utf8)
  }

  static let boundary = "--CIF-BINARY-FORMAT-SECTION--"
  private static let padding = 4095

  /// The lines of the header; `highest` is the count of an overload. Its format has no field for a tilted or swung detector.
  private static func camera(
    _ experiment: Experiment, _ date: Date, _ rotation: Double?, highest: Int32
  ) -> [String] {
    let (detector, sampling, beam) = (experiment.detector, experiment.sampling, experiment.beam)
    let (pose, pixel) = (detector.pose, detector.pixelSize)
    func f(_ format: String, _ number: Double) -> String { NumberText.text(format, number) }
    let degrees = Constants.degreesPerRadian
    let size = f("%.9g", pixel)
    let start = f("%.6f", sampling.phiStart * degrees)
    let increment = f("%.6f", rotation ?? sampling.phiTable.range * degrees)
    // Readers correct for the parallax of a silicon sensor; a sensor without thickness has no parallax.
    let thickness = detector.sensor.thickness
    let sensor = thickness > 0 ? ["Silicon sensor, thickness \(f("%.9f", thickness)) m"] : []
    let head = ["Detector: nanoBragg simulation, S/N 000", time(date), "Pixel_size \(size) m x \(size) m"]
    let recording = [
      "Exposure_time 1.0000000 s", "Exposure_period 1.0000000 s", "Tau = 0 s",
      "Count_cutoff \(highest) counts",
      "N_excluded_pixels = 0", "Excluded_pixels: (nil)", "Flat_field: (nil)", "Trim_file: (nil)",
    ]
    let geometry = [
      "Wavelength \(f("%.9g", beam.wavelength * 1e10)) A", "Detector_distance \(f("%.9g", pose.distance)) m",
      "Detector_Voffset 0.00000 m",
      "Beam_xy (\(f("%.4f", pose.beamCentre.fast / pixel)), \(f("%.4f", pose.beamCentre.slow / pixel))) pixels",
      "Flux 0 ph/s", "Filter_transmission 1.0000", "Start_angle \(start) deg.", "Angle_increment \(increment) deg.",
      "Detector_2theta \(f("%.6f", detector.twoTheta * degrees)) deg.",
      // The header gives the fraction of one polarization, ½ for an unpolarized beam; Kahn's factor is the difference
      // of the two fractions.
      "Polarization \(f("%.4f", (1 + beam.kahnFactor) / 2))", "Alpha 0.0000 deg.", "Kappa 0.0000 deg.",
      "Phi \(start) deg.", "Phi_increment \(increment) deg.", "Chi 0.0000 deg.", "Oscillation_axis X.CW",
      "N_oscillations 1",
    ]
    return head + sensor + recording + geometry
  }

  private static func time(_ date: Date) -> String {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)
    return String(date.formatted(style).dropLast())
  }

  /// A name of at most 70 characters, with `_` for each character that CIF forbids in a data name.
  private static func dataName(_ name: String) -> String {
    let kept = name.unicodeScalars.map {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) ? Character($0) : "_"
    }
    return kept.isEmpty ? "image" : String(kept.prefix(70))
  }
}
