# One file builds everything; objects mirror the source tree under build/$(MODE)/.
#
#   make            all programs            make deps      what is missing, and the command for it
#   make demo       the whole pipeline, here and now; Ctrl-C ends it
#   make test       all tests but the long ones; installs what they need first
#   make test-here  the same, and installs nothing
#   make try        the tests that T= names, without building the programs first
#   make sanitize   the same tests under ASan and UBSan
#   make sim        the simulator alone     (SEED=, ROUNDS=)
#   make fuzz       every decoder           (FUZZ_SECONDS=)
#   make bench      measure, and compare with bench/baseline.txt
#   make lint       layers, purity, banned words, sizes, format: some seconds
#   make analyze    clang-tidy and cppcheck: some minutes
#   make ci         what CI runs, in CI's order
#   make install    (DESTDIR=, PREFIX=)     make clean
#
# Knobs: MODE=release|debug|sanitize|fuzz|coverage  CC=gcc|clang  WERROR=1  V=1  T=unit/rules
#        OUT=build (where everything goes: two people in one tree each take their own)
#        ARCHIVES="ground rules" (what tests are linked with, while the rest does not compile)

NAME         := cardwatch
PREFIX       ?= /usr/local
MODE         ?= release
OUT          ?= build
ARCHIVES     ?= ground rules engine gather feed testing
FUZZ_SECONDS ?= 60
BUILD        := $(OUT)/$(MODE)
MAKEFLAGS    += --no-print-directory --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS    += --jobs=$(shell nproc)
endif
ifeq ($(origin CC),default)
CC           := gcc
endif
SHELL        := /bin/bash
export OUT CC

# --- flags ----------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wold-style-definition -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wundef \
        -Wvla -Wswitch-enum -Wformat=2 -Wnull-dereference -Wdouble-promotion \
        -Wimplicit-fallthrough -Werror=implicit-function-declaration $(if $(WERROR),-Werror)

# (-U first: some distributions' gcc defines it by itself. Under ASan gcc sees NULLs that are none.)
FLAGS.release  := -O2 -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
FLAGS.debug    := -O0 -U_FORTIFY_SOURCE
FLAGS.sanitize := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -U_FORTIFY_SOURCE \
                  -Wno-null-dereference $(if $(findstring clang,$(CC)),,-Wno-maybe-uninitialized)
FLAGS.fuzz     := $(FLAGS.sanitize) -fsanitize=fuzzer-no-link
FLAGS.coverage := -O0 --coverage -U_FORTIFY_SOURCE
LINK.release   := -pie -Wl,-z,relro,-z,now
LINK.sanitize  := -fsanitize=address,undefined
LINK.fuzz      := -fsanitize=address,undefined
LINK.coverage  := --coverage
ifeq ($(FLAGS.$(MODE)),)
$(error MODE is one of release, debug, sanitize, fuzz, coverage)
endif

# pkg-config is asked if it is there; without it the names of Debian stand (make deps says so).
packages = $(shell for p in $(1); do pkg-config --silence-errors $(2) $$p || true; done 2>/dev/null)
MSGPACK      := $(shell pkg-config --exists msgpack-c 2>/dev/null && echo msgpack-c || echo msgpack)
PKGS         := libzmq lmdb $(MSGPACK) jansson libsodium yaml-0.1 zlib
LIBS         := $(or $(call packages,$(PKGS),--libs),-lzmq -llmdb -lmsgpackc -ljansson -lsodium \
                -lyaml -lz) -lcsv -lev
LIBS.top     := $(or $(call packages,ncursesw,--libs),-lncursesw -ltinfo)
LIBS.web     := -lwebsockets
LIBS.notify  := -lcurl
LIBS.collect := -lexpat
LIBS.rules   := $(or $(call packages,libzip xlsxwriter expat,--libs),-lzip -lxlsxwriter -lexpat)
INCLUDES     := $(patsubst -I%,-isystem %,$(filter -I%,$(call packages,$(PKGS) \
                ncursesw libwebsockets libcurl expat libzip xlsxwriter,--cflags-only-I)))
CPPFLAGS     += -I. $(INCLUDES)
CFLAGS       += -std=c17 -g -fno-omit-frame-pointer -fno-common -pthread $(WARN) $(FLAGS.$(MODE))
LDFLAGS      += -pthread -Wl,--as-needed $(LINK.$(MODE))
POSIX        := -D_POSIX_C_SOURCE=200809L # the pure folders compile without it: plain ISO C only
WIDE         := $(POSIX) -D_XOPEN_SOURCE=700 # the terminal viewer, for wide characters

# --- sources, from the ground up ------------------------------------------------------------------

folder   = $(sort $(wildcard $(addsuffix /*.c,$(1))))
objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
programs = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard $(1))))
program  = $(if $(wildcard $(2)),$(BUILD)/bin/$(1))

# The mains; every other file of the same folders belongs to the folder's archive.
MAINS    := engine/cardwatch.c engine/main.c engine/replay.c engine/backup.c engine/verify.c \
            engine/keys.c rules/main.c rules/due/main.c collectors/main.c

pure     := $(call folder,engine/base engine/model rules/calendar rules/model \
            engine/memory engine/cases engine/reckon engine/across engine/fold engine/core \
            engine/explain)
ground   := $(call folder,engine/base engine/model engine/wire engine/sys)
rules    := $(call folder,rules/calendar rules/model rules/read rules/days rules/condition \
            rules/text rules/sheet rules/store rules/trial rules/sentences rules/difference \
            rules/verbs rules/impact rules/due rules)
engine   := $(call folder,engine/memory engine/cases engine/reckon engine/across engine/fold \
            engine/core engine/explain engine/store engine/turn engine/query engine/io engine)
gather   := $(call folder,$(filter-out collectors,$(patsubst %/,%,$(wildcard collectors/*/))) \
            collectors)
feed     := $(call folder,viewer/feed)
testing  := $(call folder,tests/lib) $(filter-out tests/scenario/play.c,$(call folder,tests/scenario)) \
            $(filter-out $(shell grep -lswE '^int main' tests/sim/*.c),$(call folder,tests/sim)) \
            $(filter-out bench/bench_%,$(call folder,bench))

ENGINE   := $(call program,$(NAME),engine/cardwatch.c) \
            $(call program,$(NAME)-engine,engine/main.c) \
            $(call program,$(NAME)-replay,engine/replay.c) \
            $(call program,$(NAME)-backup,engine/backup.c) \
            $(call program,$(NAME)-verify,engine/verify.c) \
            $(call program,$(NAME)-keys,engine/keys.c) \
            $(call program,$(NAME)-rules,rules/main.c) \
            $(call program,$(NAME)-due,rules/due/main.c)
COLLECT  := $(call program,$(NAME)-collect,collectors/main.c)
VIEWS    := $(patsubst viewer/%/main.c,$(BUILD)/bin/$(NAME)-view-%,\
            $(filter-out viewer/ask/main.c,$(wildcard viewer/*/main.c)))
ASK      := $(call program,$(NAME)-ask,viewer/ask/main.c)
bins     := $(ENGINE) $(COLLECT) $(VIEWS) $(ASK)

fuzzers  := $(call programs,tests/fuzz/fuzz_*.c)
benches  := $(call programs,bench/bench_*.c)
tests    := $(call programs,tests/unit/*/test_*.c tests/scenario/play.c) \
            $(filter-out $(patsubst %.c,$(BUILD)/%,$(testing)),$(call programs,tests/sim/*.c))
scripts  := $(sort $(wildcard $(addprefix tests/,oracle/test_*.py sim/test_*.py \
            system/test_*.sh system/test_*.py)))
ifneq ($(wildcard tests/unit/*.c),)
$(error tests/unit: each test lies in the folder of what it tests: $(wildcard tests/unit/*.c))
endif
suite    := $(tests) $(scripts) $(fuzzers) $(benches)

# T=unit/rules, T=system, T=wire: those with the word in their name (fuzz_ and the like left out).
plain    = $(subst /fuzz_,/,$(subst /bench_,/,$(subst /test_,/,$(patsubst $(BUILD)/%,/%,$(1)))))
chosen  := $(if $(T),$(foreach t,$(suite),$(if $(findstring $(T),$(call plain,$(t))),$(t))),$(suite))

pages    := $(sort $(shell find viewer/web/page -type f 2>/dev/null))
sources  := $(call folder,engine engine/* rules rules/* collectors collectors/* viewer/* tests/* \
            tests/unit/* bench)
headers  := $(sort $(wildcard engine/*/*.h rules/*/*.h collectors/*/*.h viewer/*/*.h tests/*/*.h \
            tests/unit/*/*.h engine/*.h rules/*.h collectors/*.h bench/*.h))
product  := $(filter-out tests/% bench/%,$(sources))

# --- how one thing is made from another -----------------------------------------------------------

Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-4s %s\n' $(1) $@)

define link
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(filter %.o,$^) \
	    -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) $(MORE) -o $@
endef

all: $(bins)

# A change of compiler or flags is a change of input: everything is built again, nothing is stale.
# The same for the list of files, of which only the archives depend.
same = @mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' >$@
$(BUILD)/flags: always
	@tests/tidy/deps.sh build
	$(call same,$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LIBS))
$(BUILD)/files: always
	$(call same,$(sources) $(pages))

$(call objects,$(pure)): POSIX :=
$(call objects,$(wildcard viewer/top/*.c)): POSIX := $(WIDE)
$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -MMD -MP $(POSIX) $(CFLAGS) -c $< -o $@

# The web viewer carries its page within it.
$(BUILD)/viewer/web/page.c: packaging/embed.sh $(pages) $(BUILD)/files
	$(call say,PAGE)
	@mkdir -p $(@D)
	$(Q)packaging/embed.sh viewer/web/page >$@
$(BUILD)/viewer/web/page.o: $(BUILD)/viewer/web/page.c $(BUILD)/flags
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) -MMD -MP $(POSIX) $(CFLAGS) -c $< -o $@

libraries := $(ARCHIVES:%=$(BUILD)/%.a)
$(BUILD)/ground.a:  $(call objects,$(ground))
$(BUILD)/rules.a:   $(call objects,$(filter-out $(MAINS),$(rules)))
$(BUILD)/engine.a:  $(call objects,$(filter-out $(MAINS),$(engine)))
$(BUILD)/gather.a:  $(call objects,$(filter-out $(MAINS),$(gather)))
$(BUILD)/feed.a:    $(call objects,$(feed))
$(BUILD)/testing.a: $(call objects,$(testing))
$(foreach a,ground rules engine gather feed testing,$(BUILD)/$(a).a): $(BUILD)/files $(BUILD)/flags
	$(call say,AR)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

# Collectors and viewers are not given the engine: reaching into it does not link.
$(BUILD)/bin/$(NAME):         $(BUILD)/engine/cardwatch.o
$(BUILD)/bin/$(NAME)-engine:  $(BUILD)/engine/main.o
$(BUILD)/bin/$(NAME)-replay:  $(BUILD)/engine/replay.o
$(BUILD)/bin/$(NAME)-backup:  $(BUILD)/engine/backup.o
$(BUILD)/bin/$(NAME)-verify:  $(BUILD)/engine/verify.o
$(BUILD)/bin/$(NAME)-keys:    $(BUILD)/engine/keys.o
$(BUILD)/bin/$(NAME)-rules:   $(BUILD)/rules/main.o
$(BUILD)/bin/$(NAME)-due:     $(BUILD)/rules/due/main.o
$(BUILD)/bin/$(NAME)-collect: $(BUILD)/collectors/main.o
# (--as-needed: only those that read or write workbooks ask for these libraries.)
$(ENGINE): MORE := $(LIBS.rules)
$(ENGINE): $(foreach a,engine rules ground,$(BUILD)/$(a).a)
	$(link)
$(COLLECT): MORE := $(LIBS.collect)
$(COLLECT): $(foreach a,gather rules ground,$(BUILD)/$(a).a)
	$(link)
# (A viewer is every file of its folder: hence the second expansion, $$.)
.SECONDEXPANSION:
$(BUILD)/bin/$(NAME)-view-web: $(BUILD)/viewer/web/page.o
$(VIEWS): MORE = $(LIBS.$(@:$(BUILD)/bin/$(NAME)-view-%=%))
$(VIEWS): $(BUILD)/bin/$(NAME)-view-%: $$(call objects,$$(call folder,viewer/$$*)) \
          $(BUILD)/feed.a $(BUILD)/ground.a
	$(link)
$(ASK): $(call objects,$(call folder,viewer/ask)) $(BUILD)/feed.a $(BUILD)/ground.a
	$(link)

# Tests may reach everything. A fuzz target is linked with libFuzzer in MODE=fuzz, else with a
# driver that replays its corpus and some thousand mutations of it.
$(tests) $(fuzzers) $(benches): MORE := $(LIBS.collect) $(LIBS.rules) -lm
ifeq ($(MODE),fuzz)
$(fuzzers): MORE += -fsanitize=fuzzer
else
$(fuzzers): $(BUILD)/tests/fuzz/driver.o
endif
$(tests) $(fuzzers) $(benches): %: %.o $(libraries)
	$(link)

# --- what people type -----------------------------------------------------------------------------

deps:
	$(Q)tests/tidy/deps.sh build test demo lint bench

demo:
	$(Q)tests/tidy/deps.sh --install build demo
	$(Q)$(MAKE) all
	$(Q)packaging/demo.sh $(BUILD)/bin

test:
	$(Q)tests/tidy/deps.sh --install build test
	$(Q)$(MAKE) test-here

test-here: all $(filter $(BUILD)/%,$(chosen))
	$(Q)BUILD=$(BUILD) tests/run.sh $(chosen)

try: $(filter $(BUILD)/%,$(chosen))
	$(Q)BUILD=$(BUILD) tests/run.sh $(chosen)

sanitize:
	$(Q)$(MAKE) MODE=sanitize test-here

sim: all $(filter $(BUILD)/tests/sim/%,$(tests))
	$(Q)set -e; export CARDWATCH_BIN=$(abspath $(BUILD)/bin) PYTHONDONTWRITEBYTECODE=1; \
	    for s in $(filter $(BUILD)/tests/sim/%,$(tests)); do $$s "$(SEED)" "$(ROUNDS)"; done; \
	    for s in $(filter tests/sim/%,$(scripts)); do \
	    /usr/bin/python3 $$s "$(SEED)" "$(ROUNDS)"; done

fuzz:
	$(Q)$(MAKE) MODE=fuzz CC=clang fuzz-here
fuzz-here: $(fuzzers)
	$(Q)BUILD=$(BUILD) tests/fuzz/run.sh $(FUZZ_SECONDS) $(fuzzers)

bench: all $(benches)
	$(Q)BUILD=$(BUILD) CARDWATCH_BIN=$(abspath $(BUILD)/bin) bench/run.sh $(benches)

lint: $(call objects,$(pure))
	$(Q)tests/tidy/deps.sh lint
	$(Q)tests/tidy/layers.sh
	$(Q)tests/tidy/pure.sh $^ -- $(pure)
	$(Q)tests/tidy/words.sh
	$(Q)tests/tidy/size.py $(sources) $(headers)
	$(Q)clang-format --dry-run -Werror $(sources) $(headers) && echo 'format: ok'
	$(Q)tests/tidy/shell.sh

analyze: $(BUILD)/files
	$(Q)tests/tidy/deps.sh lint
	$(Q)tests/tidy/analyze.sh '$(CPPFLAGS)' '$(pure)' $(product)

ci:
	$(Q)env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL .ci/run

# A unit and an example that name /usr/local are installed naming $(PREFIX).
share   := $(PREFIX)/share/$(NAME)
put      = install -d $(DESTDIR)$(2) && install -m $(3) $(1) $(DESTDIR)$(2)
install: all
	$(Q)$(call put,$(bins),$(PREFIX)/bin,755)
	$(Q)install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(share)
	$(Q)for u in packaging/*.service; do \
	    sed 's,/usr/local,$(PREFIX),g' $$u >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${u##*/}; done
	$(Q)packaging/make-example.sh $(BUILD)/bin | sed 's,/usr/local,$(PREFIX),g' \
	    >$(DESTDIR)$(share)/cardwatch.yaml
	$(Q)$(call put,packaging/completion.bash,$(PREFIX)/share/bash-completion/completions,644)
	$(Q)mv $(DESTDIR)$(PREFIX)/share/bash-completion/completions/completion.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(NAME)
	$(Q)$(call put,packaging/_cardwatch,$(PREFIX)/share/zsh/site-functions,644)
	$(Q)packaging/make-man.sh $(BUILD)/bin $(BUILD)/man
	$(Q)$(call put,$(BUILD)/man/*.1,$(PREFIX)/share/man/man1,644)
	$(Q)$(call put,$(BUILD)/man/*.5,$(PREFIX)/share/man/man5,644)
	$(Q)for d in sets calendars; do [ -d rules/$$d ] || continue; (cd rules && find $$d -type f) | \
	    while read -r f; do install -D -m 644 "rules/$$f" "$(DESTDIR)$(share)/$$f"; done; done
	$(Q)$(call put,collectors/maps/*.yaml,$(share)/maps,644)

clean:
	$(Q)rm -rf $(OUT)

.PHONY: always all deps demo test test-here try sanitize sim fuzz fuzz-here bench lint analyze ci \
        install clean
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
