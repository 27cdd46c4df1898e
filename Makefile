# The commands for people and CI. Those that depend on `libraries` install the C libraries that are missing.

SWIFT ?= swift
RELEASE = -c release

.PHONY: verify test build bench nightly mutate fuzz wheel wheel-verify test-python hostile gsl libraries format pages docs clean

# Simulates the flagship command and compares its traces with the golden C traces. Builds nbverify only.
verify: libraries
	$(SWIFT) build $(RELEASE) --product nbverify
	.build/release/nbverify verify

# Runs all tests, optimised. Programs and tests share one build, because no test imports internal declarations.
test: build
	$(SWIFT) test $(RELEASE) --disable-testable-imports

# Builds programs and tests.
build: libraries
	$(SWIFT) build $(RELEASE)
	$(SWIFT) build $(RELEASE) --build-tests

# Runs the nightly gate: all checks, with one bundle under reports/ and one exit status.
nightly: build
	.build/release/nbverify nightly --skip-build $(NIGHTLY)

# Measures the power of the tests: one build with thousands of small changes of the sources, which are tried one at a time.
mutate: libraries
	$(SWIFT) run --package-path Tools/Mutate mutate --package . $(MUTATE)

# Feeds damaged files to every reader, under the address sanitizer.
fuzz: libraries
	ASAN_OPTIONS=quarantine_size_mb=8:thread_local_quarantine_size_kb=64 \
	  $(SWIFT) run --package-path Tools/Fuzz $(RELEASE) --sanitize address fuzz $(FUZZ)

# Builds the Python package: a wheel under dist/, and the shared library with its header for programs in C.
wheel: libraries
	$(SWIFT) build $(RELEASE) --product nanobragg-c
	python3 Python/build_wheel.py
	cp Sources/C/CNanoBragg/include/nanobragg.h .build/release/libnanobragg-c.so dist/

# Builds the second wheel, with the programs of the suite, for nanobragg.verify.
wheel-verify: wheel
	$(SWIFT) build $(RELEASE) --product nbverify
	$(SWIFT) build $(RELEASE) --product nbverify-gate
	python3 Python/build_wheel.py --verify

# Tests the C interface and the Python package, beside pyFAI, gemmi, nxmx and fabio.
test-python: libraries
	$(SWIFT) build $(RELEASE) --product nanobragg
	$(SWIFT) build $(RELEASE) --product nanobragg-convert
	$(SWIFT) build $(RELEASE) --product nanobragg-c
	sh Scripts/check-python.sh .build/release

# A million calls of the C interface that nobody should make, under the address sanitizer.
HOSTILE ?= 1000000 1
hostile: libraries
	$(SWIFT) build $(RELEASE) --sanitize address --product nanobragg-c --scratch-path .build/address
	clang -std=gnu11 -g -O1 -fsanitize=address -fuse-ld=lld -ISources/C/CNanoBragg/include Tests/CInterface/hostile.c \
	  -o .build/address/hostile -L.build/address/release -lnanobragg-c -lm "-Wl,-rpath,$(CURDIR)/.build/address/release"
	ASAN_OPTIONS=quarantine_size_mb=16 .build/address/hostile $(HOSTILE)

# Installs the C libraries: GSL for the oracles, libcrypto for digests, libpng and SQLite for the reports, zlib for
# packed files, HDF5 for NeXus, gemmi for MTZ. nanobragg itself links zlib only.
libraries gsl:
	@sh Scripts/ensure-libraries.sh

format:
	$(SWIFT) format --in-place --recursive Sources Tests Tools/Mutate/Sources Tools/Mutate/Package.swift Tools/Fuzz/Sources Tools/Fuzz/Package.swift Package.swift

# Measures the speed of the simulator, and of the C program if NB_C_BIN names one.
bench: libraries
	$(SWIFT) build $(RELEASE) --product nanobragg
	$(SWIFT) build $(RELEASE) --product nbverify
	$(SWIFT) build $(RELEASE) --product nbverify-gate
	.build/release/nbverify bench $(BENCH)

# Generates the pages that are made from the tables of options and of trace quantities.
pages:
	$(SWIFT) build $(RELEASE) --product nbverify
	.build/release/nbverify flags > docs/options.md.new
	mv docs/options.md.new docs/options.md
	.build/release/nbverify quantities > docs/quantities.md.new
	mv docs/quantities.md.new docs/quantities.md

# Generates those pages and the API reference (reports/api), for which SwiftPM fetches the DocC plugin.
docs: pages
	mkdir -p reports/api
	for module in Physics FrameIO TraceIO PropertyTesting Oracles; do \
	  NB_DOCS=1 $(SWIFT) package --scratch-path .build/docs --allow-writing-to-directory reports/api \
	    generate-documentation --target $$module --output-path reports/api/$$module || exit 1; done

clean:
	rm -rf .build
