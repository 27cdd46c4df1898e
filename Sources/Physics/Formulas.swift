/// The formulas of the simulator over one arithmetic: every type of this namespace is made of `Number`.
///
/// The names without a namespace, such as `Experiment`, are those of the simulator itself, which computes in `Double`.
public enum Formulas<Number: RealNumber> {}

/// `Vector3` of the simulator, which computes in `Double`.
public typealias Vector3 = Formulas<Double>.Vector3
/// `Matrix3` of the simulator, which computes in `Double`.
public typealias Matrix3 = Formulas<Double>.Matrix3
/// `Rotation` of the simulator, which computes in `Double`.
public typealias Rotation = Formulas<Double>.Rotation
/// `Polarization` of the simulator, which computes in `Double`.
public typealias Polarization = Formulas<Double>.Polarization
typealias PolarizationAxis = Formulas<Double>.PolarizationAxis
/// `Source` of the simulator, which computes in `Double`.
public typealias Source = Formulas<Double>.Source
/// `SourceLine` of the simulator, which computes in `Double`.
public typealias SourceLine = Formulas<Double>.SourceLine
/// `SourceGrid` of the simulator, which computes in `Double`.
public typealias SourceGrid = Formulas<Double>.SourceGrid
/// `SamplingTable` of the simulator, which computes in `Double`.
public typealias SamplingTable = Formulas<Double>.SamplingTable
/// `CellAngles` of the simulator, which computes in `Double`.
public typealias CellAngles = Formulas<Double>.CellAngles
/// `LatticeFactor` of the simulator, which computes in `Double`.
public typealias LatticeFactor = Formulas<Double>.LatticeFactor
/// `CrystalForm` of the simulator, which computes in `Double`.
public typealias CrystalForm = Formulas<Double>.CrystalForm
/// `Lattice` of the simulator, which computes in `Double`.
public typealias Lattice = Formulas<Double>.Lattice
/// `DirectCell` of the simulator, which computes in `Double`.
public typealias DirectCell = Formulas<Double>.DirectCell
/// `MillerIndices` of the simulator, which computes in `Double`.
public typealias MillerIndices = Formulas<Double>.MillerIndices
/// `UnitCell` of the simulator, which computes in `Double`.
public typealias UnitCell = Formulas<Double>.UnitCell
/// `ReciprocalBasis` of the simulator, which computes in `Double`.
public typealias ReciprocalBasis = Formulas<Double>.ReciprocalBasis
/// `OrientationMatrix` of the simulator, which computes in `Double`.
public typealias OrientationMatrix = Formulas<Double>.OrientationMatrix
/// `FrameVectors` of the simulator, which computes in `Double`.
public typealias FrameVectors = Formulas<Double>.FrameVectors
/// `Sensor` of the simulator, which computes in `Double`.
public typealias Sensor = Formulas<Double>.Sensor
/// `Detector` of the simulator, which computes in `Double`.
public typealias Detector = Formulas<Double>.Detector
/// `PlanePoint` of the simulator, which computes in `Double`.
public typealias PlanePoint = Formulas<Double>.PlanePoint
typealias PoseRequest = Formulas<Double>.PoseRequest
/// `DetectorPose` of the simulator, which computes in `Double`.
public typealias DetectorPose = Formulas<Double>.DetectorPose
/// `Experiment` of the simulator, which computes in `Double`.
public typealias Experiment = Formulas<Double>.Experiment
/// `Beam` of the simulator, which computes in `Double`.
public typealias Beam = Formulas<Double>.Beam
/// `Crystal` of the simulator, which computes in `Double`.
public typealias Crystal = Formulas<Double>.Crystal
/// `Sampling` of the simulator, which computes in `Double`.
public typealias Sampling = Formulas<Double>.Sampling
typealias PhiCells = Formulas<Double>.PhiCells
typealias SubPixel = Formulas<Double>.SubPixel
typealias PixelOutcome = Formulas<Double>.PixelOutcome
typealias ReferenceEvaluator = Formulas<Double>.ReferenceEvaluator
/// `TraceField` of the simulator, which computes in `Double`.
public typealias TraceField = Formulas<Double>.TraceField
/// `TraceValue` of the simulator, which computes in `Double`.
public typealias TraceValue = Formulas<Double>.TraceValue
/// `TraceLine` of the simulator, which computes in `Double`.
public typealias TraceLine = Formulas<Double>.TraceLine
/// `SimulationRequest` of the simulator, which computes in `Double`.
public typealias SimulationRequest = Formulas<Double>.SimulationRequest
/// `DivergenceRequest` of the simulator, which computes in `Double`.
public typealias DivergenceRequest = Formulas<Double>.DivergenceRequest
/// `Misset` of the simulator, which computes in `Double`.
public typealias Misset = Formulas<Double>.Misset
/// `Wavelength` of the simulator, which computes in `Double`.
public typealias Wavelength = Formulas<Double>.Wavelength
/// `SensorStatement` of the simulator, which computes in `Double`.
public typealias SensorStatement = Formulas<Double>.SensorStatement
/// `PhotonStatement` of the simulator, which computes in `Double`.
public typealias PhotonStatement = Formulas<Double>.PhotonStatement
/// `DetectorPlacement` of the simulator, which computes in `Double`.
public typealias DetectorPlacement = Formulas<Double>.DetectorPlacement
/// `GivenVectors` of the simulator, which computes in `Double`.
public typealias GivenVectors = Formulas<Double>.GivenVectors
/// `HeaderPose` of the simulator, which computes in `Double`.
public typealias HeaderPose = Formulas<Double>.HeaderPose
/// `Length` of the simulator, which computes in `Double`.
public typealias Length = Formulas<Double>.Length
/// `BeamCentreY` of the simulator, which computes in `Double`.
public typealias BeamCentreY = Formulas<Double>.BeamCentreY
/// `PlacementStatement` of the simulator, which computes in `Double`.
public typealias PlacementStatement = Formulas<Double>.PlacementStatement
/// `RequestDefaults` of the simulator, which computes in `Double`.
public typealias RequestDefaults = Formulas<Double>.RequestDefaults
/// `StructureFactors` of the simulator, which computes in `Double`.
public typealias StructureFactors = Formulas<Double>.StructureFactors
/// `Constants` of the simulator, which computes in `Double`.
public typealias Constants = Formulas<Double>.Constants
/// `CapRotation` of the simulator, which computes in `Double`.
public typealias CapRotation = Formulas<Double>.CapRotation
/// `StructureFactorSource` of the simulator, which computes in `Double`.
public typealias StructureFactorSource = Formulas<Double>.StructureFactorSource
typealias Unobserved = Formulas<Double>.Unobserved
/// `LagrangeCubic` of the simulator, which computes in `Double`.
public typealias LagrangeCubic = Formulas<Double>.LagrangeCubic
