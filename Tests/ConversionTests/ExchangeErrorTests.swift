import CHDF5
import Foundation
import FrameExchange
import FrameIO
import NexusImages
import Physics
import TestSupport
import Testing

/// Pictures that cannot be compressed, pairs of which one is missing, and the corner of a detector near the sample.
@Suite(.tags(.files)) struct ExchangeErrorTests {
  /// A picture of noise takes more bytes than it has pixels, and is encoded all the same.
  @Test func noiseIsEncoded() throws {
    let (width, height) = (3000, 1000)
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height)
    for _ in 0..<width * height / 8 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      withUnsafeBytes(of: state) { pixels.append(contentsOf: $0) }
    }
    let bytes = try PortableNetworkGraphics.grey(pixels, width: width, height: height)
    // Each chunk of 8 KiB has 12 bytes more.
    #expect(bytes.count > pixels.count + 4096)
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
  }

  /// Of a pair both values are told apart: those that differ where they must not, those of which one is missing, and
  /// those that are missing both.
  @Test func pairsThatAreNotWhole() throws {
    try #require(MergedReflections.isAvailable, "install gemmi-dev and tao-pegtl-dev, and build anew")
    var text = "data_x\n_symmetry.space_group_name_H-M 'P 21 21 21'\nloop_\n"
    for name in ["index_h", "index_k", "index_l", "pdbx_F_plus", "pdbx_F_minus"] { text += "_refln.\(name)\n" }
    text += "1 2 3 5 ?\n1 2 4 ? 6\n1 2 5 7 8\n0 1 2 3 4\n1 2 6 ? ?\n"
    let found = try MergedReflections(Array(text.utf8), path: "f", column: nil, expands: false)
    let wanted = [
      "the first of the pair goes to h k l and its mates, the second to -h -k -l and its own",
      "1 centric reflections have two values that differ: both mates get their mean",
      "2 acentric reflections have one value of the pair: both mates get it",
      "1 reflections have no value and are left out",
    ]
    #expect(found.notes == wanted)
  }

  /// The corner of a detector is a direction and a distance, also where that is less than a metre.
  @Test func theCornerIsADirectionAndADistance() throws {
    let folder = try TemporaryFolder()
    let crystal = "-cell 60 70 80 90 90 90 -default_F 50 -N 3 -lambda 1.1 -oversample 1"
    let frame = Frame(fastPixels: 3, slowPixels: 2, .integers([1, 2, 3, 4, 5, 6]))
    for distance in [150, 1500] {
      let camera = "-xds -close_distance \(distance) -detpixels_f 3 -detpixels_s 2 -pixel 20"
      let made = try Experiment(command: "\(camera) \(crystal)", .spec)
      let corner = made.detector.pose.origin
      let bytes = try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0))
      let file = try folder.file("a.nxs", bytes)
      let origin = "/entry/instrument/detector/transformations/origin"
      var vector = [Double](repeating: 7, count: 3)
      let read = hdf5Lock.withLock { chdf5_read(file, origin, "vector", &vector, 3) }
      var length = [7.0]
      let readLength = hdf5Lock.withLock { chdf5_read(file, origin, nil, &length, 1) }
      try #require(read == 3 && readLength == 1)
      // Beam and spindle are those of the axes z and x here, so that the axes of the file are those of the experiment.
      let wanted: [Double] = [corner.x, corner.y, corner.z]
      for (component, expected) in try pairs(vector, wanted) {
        let product: Double = component * length[0]
        expectClose(product, expected, within: 1e-12, because: "rounding of a quotient and a product", "\(distance)")
      }
    }
  }
}
