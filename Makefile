# Every command that people, workflows and the gate use. Each calls a script.

.PHONY: help image test test-all fuzz check bench corpus docker-check nix-check

help:
	@sed -n 's/^## //p' Makefile

## make image     set up what is missing, build muslin, have it build its own image for both platforms
image:
	@scripts/image

## make test      set up what the tests need and run them
test:
	@scripts/test

## make test-all  the same, with the tests that build several published packages
test-all:
	@scripts/test --all

## make fuzz      read mutants of every format for a long time; FUZZ_SECONDS for each reader, FUZZ_SEED to repeat
fuzz:
	@scripts/fuzz

## make check     formatting, lints, licences, docs, shell scripts
check:
	@scripts/check

## make bench     measure packing and builds, beside other tools, and write docs/benchmarks
bench: image
	@cargo bench --locked --bench layers
	@bench/peers
	@bench/builds
	@bench/mcp

## make corpus    build published packages of others and start their images; goes on where it stopped
corpus: image
	@bench/corpus

## make docker-check run what is promised of the Docker lane with this machine's engines; STEPS="lane messages" these steps only
docker-check:
	@scripts/docker-check $(STEPS)

## make nix-check run what is promised of the flake; NIXPKGS=DIR CRANE=DIR FENIX=DIR FLAKE_PARTS=DIR take local inputs, STEPS="lanes images" these steps only
nix-check:
	@NIXPKGS=$(NIXPKGS) CRANE=$(CRANE) FENIX=$(FENIX) FLAKE_PARTS=$(FLAKE_PARTS) scripts/nix-check --all $(STEPS)
