#!/bin/sh
# Tries a part of the mutants, another one each night, and prints a line for each part of the sources: whether the tests
# notice the share that mutate.json demands. Takes the seed of the night.
set -eu
cd "$(dirname "$0")/.."
parts=112
part=$(( ($1 % parts + parts) % parts + 1 ))
swift build --package-path Tools/Mutate >&2
Tools/Mutate/.build/debug/mutate --shard "$part/$parts" --checks
