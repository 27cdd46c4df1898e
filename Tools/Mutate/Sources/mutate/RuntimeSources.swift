/// The sources that are added to the copy of a package: the chosen mutant, and the record of what is reached.
enum RuntimeSources {
  static let header = """
    #pragma once
    #include <stdint.h>
    // The chosen mutant: 0 none, −1 none and the places that are reached are recorded, −2 likewise the functions.
    extern const int32_t mutate_active;
    // The relative error of `mutate_scaled`; 0 for one unit of the last place.
    extern const double mutate_error;
    extern unsigned char *mutate_reached;
    _Bool mutate_records(int32_t body);
    void mutate_whole(void);
    static inline _Bool mutate_in(int32_t low, int32_t high, int32_t body) {
      if (__builtin_expect(mutate_active < 0, 0)) return mutate_records(body);
      return (uint32_t)(mutate_active - low) <= (uint32_t)(high - low);
    }
    static inline int32_t mutate_at(int32_t unit) {
      if (mutate_reached) mutate_reached[unit] = 1;
      return mutate_active;
    }

    """

  /// - Parameter places: The number of units and bodies, which have one byte each in the record, units first.
  static func code(places: Int) -> String {
    """
    #include "MutateRuntime.h"
    #include <fcntl.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <unistd.h>
    // Defined without `const`: set once, before anything reads them.
    __asm__(".globl mutate_active\\n.globl mutate_error");
    int32_t chosen_mutant __asm__("mutate_active") = 0;
    double chosen_error __asm__("mutate_error") = 0;
    unsigned char *mutate_reached = 0;
    // Places are recorded by the body with choices, functions by the original, which is faster.
    _Bool mutate_records(int32_t body) {
      if (mutate_reached) mutate_reached[body] = 1;
      return chosen_mutant == -1;
    }
    // A file tells that the chosen mutant changes the rounding of whole numbers, which are not rounded.
    void mutate_whole(void) {
      const char *note = getenv("MUTATE_WHOLE");
      if (note) close(open(note, O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    }
    __attribute__((constructor(101))) static void mutate_start(void) {
      const char *number = getenv("MUTATE_ACTIVE"), *error = getenv("MUTATE_ERROR"), *record = getenv("MUTATE_RECORD");
      if (number) chosen_mutant = atoi(number);
      if (error) chosen_error = strtod(error, 0);
      if (!record) return;
      chosen_mutant = number ? chosen_mutant : -1;
      // The file is shared with child processes, and outlives those that are ended.
      int file = open(record, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (file < 0 || ftruncate(file, \(places)) != 0) return;
      void *bytes = mmap(0, \(places), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      close(file);
      if (bytes != MAP_FAILED) mutate_reached = bytes;
    }

    """
  }

  /// Generic functions without overloads: the compiler tries overloads in long sums for minutes.
  static let support = """
    import MutateRuntime

    /// The number, or each component of a vector, with a relative error: `MUTATE_ERROR`, or one unit of the last place if
    /// that is zero. Other numbers, as those of a package's own arithmetic, are left as they are.
    @inline(never)
    public func mutate_scaled<T>(_ x: T) -> T {
      if let x = x as? Double { return mutate_erring(x, mutate_error) as! T }
      if let x = x as? Float { return mutate_erring(x, Float(mutate_error)) as! T }
      let mirror = Mirror(reflecting: x)
      let components = mirror.children.count
      guard mirror.displayStyle == .struct, components > 0, mirror.children.allSatisfy({ $0.value is Double }),
        MemoryLayout<T>.size == components * MemoryLayout<Double>.size
      else { return mutate_real(x) }
      var vector = x
      withUnsafeMutableBytes(of: &vector) { bytes in
        let numbers = bytes.bindMemory(to: Double.self)
        for index in numbers.indices { numbers[index] = mutate_erring(numbers[index], mutate_error) }
      }
      return vector
    }

    private func mutate_erring<Number: BinaryFloatingPoint>(_ x: Number, _ error: Number) -> Number {
      error == 0 ? (x < 0 ? x.nextDown : x.nextUp) : x * (1 + error)
    }

    /// The number rounded to single precision.
    @inline(never)
    public func mutate_single<T>(_ x: T) -> T {
      if let x = x as? Double { return Double(Float(x)) as! T }
      mutate_whole()
      return x
    }

    /// The number itself; notes what is not rounded: a whole number, a text, a list.
    @inline(never)
    public func mutate_real<T>(_ x: T) -> T {
      if x is any BinaryInteger || x is any Collection { mutate_whole() }
      return x
    }

    """

  /// Appended to the manifest: the added targets, and that the changed ones depend on them.
  static func manifest(targets: [String]) -> String {
    """

    for target in package.targets where \(targets).contains(target.name) {
      target.dependencies += [.byName(name: "MutateRuntime"), .byName(name: "MutateSupport")]
    }
    package.targets += [
      .target(name: "MutateRuntime", path: "MutateRuntime"),
      .target(name: "MutateSupport", dependencies: ["MutateRuntime"], path: "MutateSupport"),
    ]

    """
  }
}
