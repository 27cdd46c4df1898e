# The commands that people and CI call. Each installs libgsl-dev and the other C libraries if they are missing.

SWIFT ?= swift
RELEASE = -c release

.PHONY: verify test build bench nightly mutate fuzz gsl libraries format docs clean

# The main job: the flagship command simulated, its traces held against the golden C traces. Builds what this needs alone.
verify: libraries
	$(SWIFT) build $(RELEASE) --product nbverify
	.build/release/nbverify verify

# Every test, optimised. Programs and tests share one build: no test imports what is internal.
test: build
	$(SWIFT) test $(RELEASE) --disable-testable-imports

# Programs and tests.
build: libraries
	$(SWIFT) build $(RELEASE)
	$(SWIFT) build $(RELEASE) --build-tests

# The gate: everything, in one bundle under reports/ and one exit status.
nightly: build
	.build/release/nbverify nightly --skip-build $(NIGHTLY)

# The power of the tests: small changes to the physics, one at a time, and which of them are noticed.
mutate: libraries
	$(SWIFT) run --package-path Tools/Mutate mutate --package . $(MUTATE)

# Damaged files for every reader, under the address sanitizer.
fuzz: libraries
	ASAN_OPTIONS=quarantine_size_mb=8:thread_local_quarantine_size_kb=64 \
	  $(SWIFT) run --package-path Tools/Fuzz $(RELEASE) --sanitize address fuzz $(FUZZ)

# The C libraries: GSL for the oracles, libcrypto for digests, libpng and SQLite for the reports, zlib for packed files, HDF5 for NeXus, gemmi for MTZ. nanobragg links zlib alone.
libraries gsl:
	@sh Scripts/ensure-libraries.sh

format:
	$(SWIFT) format --in-place --recursive Sources Tests Tools/Mutate/Sources Tools/Mutate/Package.swift Tools/Fuzz/Sources Tools/Fuzz/Package.swift Package.swift

# The speed of the simulator, against the C program that NB_C_BIN names, if any.
bench: libraries
	$(SWIFT) build $(RELEASE) --product nanobragg
	$(SWIFT) build $(RELEASE) --product nbverify
	$(SWIFT) build $(RELEASE) --product nbverify-gate
	.build/release/nbverify bench $(BENCH)

# Pages that are made from the sources.
docs:
	$(SWIFT) run $(RELEASE) nbverify flags > docs/options.md.new
	mv docs/options.md.new docs/options.md
	.build/release/nbverify quantities > docs/quantities.md.new
	mv docs/quantities.md.new docs/quantities.md

clean:
	rm -rf .build
