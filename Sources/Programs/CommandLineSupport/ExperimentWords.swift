import FrameIO
import Physics

extension RequestError {
  /// An error of the physics in the terms of the command line: the option, its value, the problem and the remedy.
  public init(_ error: ExperimentError) {
    let words = error.optionWords
    self.init(words.option, value: words.value, words.problem ?? "\(error)", remedy: words.remedy)
  }
}

extension ExperimentError {
  /// The terms of the command line for an error.
  fileprivate struct OptionWords {
    var option: String
    var value: String?
    /// The problem in terms of options; nil to use the description of the error.
    var problem: String?
    var remedy: String

    init(_ option: String, _ value: String? = nil, problem: String? = nil, remedy: String) {
      (self.option, self.value, self.problem, self.remedy) = (option, value, problem, remedy)
    }
  }

  fileprivate var optionWords: OptionWords { crystalWords ?? beamWords ?? detectorWords ?? samplingWords }

  private var crystalWords: OptionWords? {
    func numbers(_ cell: [Double]) -> String { cell.map { "\($0)" }.joined(separator: " ") }
    switch self {
    case .noCell:
      return OptionWords(
        "-cell", problem: "no unit cell: neither -cell nor -mat was given",
        remedy: "give -cell a b c alpha beta gamma, or -mat with an orientation matrix file")
    case .cellLengthNotPositive(let cell):
      return OptionWords(
        "-cell", numbers(cell), remedy: "give -cell a b c alpha beta gamma, for example -cell 100 100 100 90 90 90")
    case .cellLengthZero(_, let cell):
      return OptionWords("-cell", numbers(cell), remedy: "leave it out to repeat a, or give it in Å")
    case .impossibleCellAngles(let cell):
      return OptionWords(
        "-cell", numbers(cell),
        remedy: "every angle must be below the sum of the other two, and all three together below 360 degrees")
    case .infiniteCellVolume(let cell): return OptionWords("-cell", numbers(cell), remedy: "give the lengths in Å")
    case .matrixSize(_, let source):
      return OptionWords(
        "-mat", source, remedy: "give three rows of three: the x, y and z components of a*, b*, c* times the wavelength"
      )
    case .singularMatrix(let source):
      return OptionWords("-mat", source, remedy: "check that the columns a*, b*, c* are independent and finite")
    case .tableTooLarge(_, _, _, _, _, let source):
      return OptionWords("-hkl", source, remedy: "look for a stray index, or give a list that spans fewer indices")
    case .noStructureFactors:
      return OptionWords(
        "-hkl", problem: "no structure factors: neither -hkl nor -default_F was given",
        remedy: "give -hkl with a reflection file, or -default_F with a number other than zero")
    case .crystalTooLarge: return OptionWords("-xtalsize", remedy: "give the size in mm")
    case .fudge(let value, _): return OptionWords("-fudge", "\(value)", remedy: "give a factor of 0 or more")
    default: return nil
    }
  }

  private var beamWords: OptionWords? {
    switch self {
    case .wavelengthNotPositive(let value): return OptionWords("-lambda", "\(value)", remedy: "give it in Å")
    case .beamSizeZero:
      return OptionWords(
        "-beamsize", "0", problem: "with -flux a beam of no size has an infinite fluence",
        remedy: "give the size in mm, or -fluence instead of -flux")
    case .unusableSource(_, _, _, let isFromFile):
      return OptionWords(
        isFromFile ? "-sourcefile" : "-dispersion",
        remedy: "give positive wavelengths and finite positions; a dispersion must be below 200 percent")
    case .sourcesWithoutWeight: return OptionWords("-sourcefile", remedy: "give at least one positive weight")
    case .tooManySources(_, let limit):
      return OptionWords("-hdivsteps, -vdivsteps, -dispsteps", remedy: "give fewer: \(limit) are the limit")
    case .divergenceTrimmedAway: return OptionWords("-divergence", remedy: "add -square_div, or give a finer step")
    default: return nil
    }
  }

  private var detectorWords: OptionWords? {
    let turnRound =
      "give a positive distance, and turn -beam_vector or -odet_vector round if the detector is behind"
    switch self {
    case .pixelSizeNotPositive(let value): return OptionWords("-pixel", "\(value)", remedy: "give it in mm")
    case .distanceZero: return OptionWords("-distance", "0", remedy: "give it in mm")
    case .closeDistanceZero: return OptionWords("-close_distance", "0", remedy: "give it in mm")
    case .distanceNegative(let value): return OptionWords("-distance", "\(value)", remedy: turnRound)
    case .closeDistanceNegative(let value): return OptionWords("-close_distance", "\(value)", remedy: turnRound)
    case .imageTooLarge(let fast, let slow):
      return OptionWords("-detpixels", "\(fast) x \(slow)", remedy: "give fewer or larger pixels")
    case .detectorSide(let isFast, let pixels, let size, _):
      return OptionWords(
        (pixels != nil ? "-detpixels" : "-detsize") + (isFast ? "_f" : "_s"), pixels.map { "\($0)" } ?? "\(size)",
        remedy: "give -detpixels a count of at least 1, or a -detsize of at least one -pixel (mm)")
    case .beamAlongDetector:
      return OptionWords("-beam_vector", remedy: "check -beam_vector, -odet_vector and the detector rotations")
    case .backOfDetector:
      return OptionWords(
        "-detector_rotx, -detector_roty, -detector_rotz, -twotheta",
        remedy: "turn it by less than 90 degrees, or let it turn about the sample with -pivot sample")
    case .maskTooSmall:
      return OptionWords(
        "-mask", remedy: "leave -detpixels out, so that the mask sets the size, or give a mask of that size")
    case .pixelOutside(let pixel, let fast, let slow):
      return OptionWords(
        "-trace_pixel", "\(pixel.slow) \(pixel.fast)", remedy: "give slow 0 to \(slow - 1), then fast 0 to \(fast - 1)")
    case .pixelNotRendered(let pixel):
      return OptionWords(
        "-trace_pixel", "\(pixel.slow) \(pixel.fast)", problem: "the pixel is not rendered: outside -roi, or masked",
        remedy: "choose a pixel inside the region of interest that the mask leaves in")
    default: return nil
    }
  }

  private var samplingWords: OptionWords {
    switch self {
    case .tooManySteps(let quantity, _, _): return OptionWords(quantity.rangeOption, remedy: "give a larger step")
    case .countTooLarge(let quantity, let count, _):
      return OptionWords(quantity.countOption, "\(count)", remedy: "give fewer")
    case .tooManySubPixels:
      return OptionWords(
        "-oversample", remedy: "give -oversample yourself, or check -N or -xtalsize, -distance and -pixel")
    case .tooManyStepsInPixel:
      return OptionWords("-oversample", remedy: "give fewer sources, mosaic domains, phi steps or sub-pixels")
    default:
      return OptionWords(
        "-oversample", remedy: "check -beam_vector, -odet_vector and the detector rotations, or give -oversample")
    }
  }
}

extension ExperimentError.SampledQuantity {
  /// The option for the range, or for the step of the spindle.
  fileprivate var rangeOption: String {
    switch self {
    case .phi: "-phistep"
    case .horizontalDivergence: "-hdivrange"
    case .verticalDivergence: "-vdivrange"
    case .dispersion: "-dispersion"
    case .mosaicDomains: "-mosaic_spread"
    case .sensorLayers: "-detector_thick"
    }
  }

  /// The option for the number of steps.
  fileprivate var countOption: String {
    switch self {
    case .phi: "-phisteps"
    case .horizontalDivergence: "-hdivsteps"
    case .verticalDivergence: "-vdivsteps"
    case .dispersion: "-dispsteps"
    case .mosaicDomains: "-mosaic_domains"
    case .sensorLayers: "-thicksteps"
    }
  }
}

extension ExperimentRemark {
  /// The remark as a note for the user, with the options of the command line.
  var note: String {
    switch self {
    case .cellIgnored: "-cell is ignored: the matrix file gives the whole cell"
    case .cellAndMatrixMixed:
      "-cell with -mat: directions come from the matrix, lengths and volume from the cell (Q-56)"
    case .crystalCut(let size):
      "the crystal is cut to the beam size of \(size) mm along y and z, not along x (Q-48)"
    case .distanceWins: "-distance wins over the other distance given (Q-04)"
    case .closeDistanceWins: "-close_distance wins over the other distance given (Q-04)"
    case .cornerIgnored:
      "-pix0_vector only selects the CUSTOM convention, as in the C program: the pivot places the detector (Q-12)"
    case .fluenceWins: "-fluence was given after -flux and wins"
    case .fluxWins: "-flux, -exposure and -beamsize override -fluence (Q-58)"
    }
  }
}
