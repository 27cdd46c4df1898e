# The commands that people and CI call. Each installs libgsl-dev if it is missing.

SWIFT ?= swift
RELEASE = -c release

.PHONY: verify test mutate gsl format docs clean

# The main job: the flagship command simulated, its traces held against the golden C traces.
verify: gsl
	$(SWIFT) run $(RELEASE) nbverify verify

# Every test, optimised.
test: gsl
	$(SWIFT) build $(RELEASE) --product nanobragg
	$(SWIFT) test $(RELEASE)

# The power of the tests: small changes to the physics, one at a time, and which of them are noticed.
mutate: gsl
	$(SWIFT) run --package-path Tools/Mutate mutate --package . $(MUTATE)

# The GNU Scientific Library, which the oracles use as references; nanobragg does not link it.
gsl:
	@sh Scripts/ensure-gsl.sh

format:
	$(SWIFT) format --in-place --recursive Sources Tests Tools/Mutate/Sources Tools/Mutate/Package.swift Package.swift

# Pages that are made from the sources.
docs:
	$(SWIFT) run $(RELEASE) nbverify flags > docs/options.md.new
	mv docs/options.md.new docs/options.md

clean:
	rm -rf .build
