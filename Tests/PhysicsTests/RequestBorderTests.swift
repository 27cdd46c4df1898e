import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// Requests on the border of what is taken, and options whose order or sign counts.
@Suite(.tags(.geometry)) struct RequestBorderTests {
  private var request: SimulationRequest {
    var request = SimulationRequest()
    (request.cell, request.defaultAmplitude, request.oversample) = ([50, 60, 70], 1, 1)
    (request.cellsA, request.cellsB, request.cellsC) = (2, 2, 2)
    return request
  }

  private func experiment(_ change: (inout SimulationRequest) throws -> Void, _ mode: Compatibility = .cParity) throws
    -> Experiment
  {
    var request = request
    try change(&request)
    return try Experiment(resolving: request, compatibility: mode)
  }

  @Test func theLargestCrystal() throws {
    _ = try experiment { $0.cellsA = 1_000_000_000_000_000 }
    #expect(throws: ExperimentError.self) { try experiment { $0.cellsA = 1_000_000_000_000_001 } }
  }

  @Test func noSubPixelsAreAsManyAsNeeded() throws {
    let given = try experiment { $0.oversample = 0 }
    let none = try experiment { $0.oversample = nil }
    #expect(given.sampling.oversample == none.sampling.oversample)
  }

  /// As many sub-pixels as the longest edge of the crystal asks for; of edges that are no numbers the C program's rule says
  /// which.
  @Test func theLongestEdgeAsksForSubPixels() throws {
    for (count, expected) in [(90, 27), (180, 54), (360, 108), (500, 150)] {
      let line = "-cell 100 -Na \(count) -Nb 1 -Nc 1 -lambda 1 -distance 100 -pixel 0.1 -default_F 1 -detpixels 2"
      #expect(try Experiment(command: line).sampling.oversample == expected)
    }
    let line =
      "-cell 2.990434663921893e-149 8.387279779273009e+49 6.504948799127009e-164 90 90 90 -N 1 -lambda 1e-152 -distance 100"
      + " -pixel 0.1 -default_F 1 -detpixels 2"
    #expect(try Experiment(command: line).sampling.oversample == 9)
  }

  /// A crystal of the size of the beam is not cut: both are in millimetres.
  @Test func aCrystalOfTheSizeOfTheBeamIsWhole() throws {
    for number in 0...200 {
      let size = number == 0 ? 0.009 : Double(number) / 1000
      for axis in [\SimulationRequest.sampleX, \.sampleY, \.sampleZ] {
        let experiment = try experiment {
          $0[keyPath: axis] = size
          $0.beamSize = size
        }
        #expect(experiment.remarks.isEmpty, "\(size): \(experiment.remarks)")
      }
    }
  }

  @Test func weightsOfZeroAreRefused() throws {
    let point = SourceLine(x: -1, y: 0, z: 0, weight: 0, wavelength: 1e-10)
    #expect(throws: ExperimentError.self) { try experiment({ $0.sources = [point] }, .spec) }
  }

  /// Tables of one or two cells are interpolated.
  @Test func smallCrystalsAreInterpolated() throws {
    let list = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
    for axis in 0..<3 {
      for count in 1...4 {
        var counts = [9, 9, 9]
        counts[axis] = count
        let line =
          "-cell 50 60 70 90 90 90 -Na \(counts[0]) -Nb \(counts[1]) -Nc \(counts[2]) -oversample 1 -detpixels 2"
        for mode in [Compatibility.cParity, .spec] {
          #expect(try Experiment(words: "\(line) -hkl \(list)".words, mode).interpolates == (count <= 2))
        }
      }
    }
  }

  @Test func zerosHaveASign() throws {
    let plain = "-cell 50 -default_F 1 -N 2 -oversample 1 -detpixels 2"
    #expect(try Experiment(command: "\(plain) -mosaic -0").crystal.mosaicSpread.sign == .minus)
    let line = "\(plain) -denzo -Ybeam -0 -close_distance -100"
    #expect(try Experiment(command: line).detector.pose.origin.z.sign == .minus)
  }

  /// The point where the beam meets the detector stays when the detector turns about it.
  @Test func theBeamCentreIsThePivot() throws {
    let line =
      "-cell 50 -default_F 1 -N 2 -oversample 1 -detpixels 4 -mosflm -pivot beam -Xclose 5 -Yclose 7 -beam_vector 1 0.2 0.1"
    let centre = try Experiment(command: line, .spec).detector.pose.beamCentre
    let turned = try Experiment(command: "\(line) -detector_roty 150", .spec).detector.pose.beamCentre
    #expect(abs(centre.fast - turned.fast) < 1e-12 && abs(centre.slow - turned.slow) < 1e-12)
  }

  /// A distance of a header after another is the one that counts.
  @Test func placementsByHeader() throws {
    #expect(!SimulationRequest().placement.distanceGivenLast)
    let experiment = try experiment(
      { $0.placeByHeader(.distance(.millimetres(100)), .closeDistance(.millimetres(80))) }, .spec)
    #expect(abs(experiment.detector.pose.closeDistance - 0.08) < 1e-15)
  }

  /// The number of sources of a round grid as its step grows: where a source leaves the ellipse, to the last bit.
  @Test(.enabled(if: RecordingLibrary.isPresent)) func sourcesLeaveTheEllipse() throws {
    var digest = BitDigest()
    var random = SplitMix64(state: 17)
    func number(_ range: ClosedRange<Double>) -> Double {
      range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) * 0x1p-53
    }
    for _ in 0..<60 {
      let (range, other, otherStep) = (number(1...9), number(1...9), number(0.5...9))
      func count(_ step: Double) throws -> Int {
        let line =
          "-cell 50 -default_F 1 -N 2 -oversample 1 -detpixels 2 -round_div -hdivrange \(range) -hdivsteps 2 -hdivstep \(step)"
          + " -vdivrange \(other) -vdivsteps 1 -vdivstep \(otherStep)"
        return try Experiment(command: line).beam.sources.count
      }
      for (low, high) in [(0.6 * range, range), (range, 1.2 * range)] {
        var (a, b) = (low, high)
        let first = try count(low)
        guard try count(high) != first else { continue }
        while true {
          let middle = (a + b) / 2
          guard middle != a, middle != b else { break }
          if try count(middle) == first { a = middle } else { b = middle }
        }
        digest.add(a.bitPattern)
      }
    }
    #expect(digest.text == "919065fb6a0f5918", "other borders; record \(digest.text) if that is meant")
  }
}
