"""What is installed beside the programs says what the programs say: the man pages and the example
of a configuration are made out of --help, and every program takes the example as it stands."""

import os
import re
import shutil
import subprocess
import tempfile

from tests.lib.check import BIN, check, check_eq, main, program, skip, test

PLACEHOLDER = re.compile(r"^#  [a-z-]+: ([A-Z][A-Z0-9=]*|.*[|…].*)$")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}, **options)


def example():
    done = run("packaging/make-example.sh", BIN)
    check_eq((done.returncode, done.stderr), (0, ""))
    return done.stdout


def asks(path):
    """Calls of which each reads the file, and ends soon."""
    nowhere = ["--query", "ipc:///nonexistent/query", "--wait", "10 ms"]
    yield program("cardwatch"), "config", "check", "--config", path
    for verb in ("status", "open", "soon", "quarantine"):
        yield program("cardwatch"), verb, "--config", path, *nowhere
    yield (program("cardwatch"), "due", "--config", path, "--calendars", "rules/calendars",
           "--from", "2025-01-20", "--limit", "3 workday")
    yield program("cardwatch"), "rules", "list", "--config", path, "--store", "/nonexistent"
    yield program("cardwatch"), "rules", "check", "--config", path, "/nonexistent"
    yield program("cardwatch"), "collect", "jsonl", "--config", path, "--dry-run", "/dev/null"


@test
def every_option_of_every_program_stands_in_the_example():
    text = example()
    for words in (["engine"], ["due"], ["collect"], ["replay"], ["view", "web"], ["rules", "diff"],
                  ["soon"], ["view", "notify"]):
        told = run(program("cardwatch"), *words, "--help").stdout
        names = set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", told, re.MULTILINE))
        names -= {"config", "help", "version", "lang", "check-config", "digest", "make-keys"}
        check(len(names) > 2, f"{words}: {names}")
        for name in names:
            check(re.search(rf"^(#  |  ){name}: ", text, re.MULTILINE), f"{words}: {name}")


@test
def config_check_says_where_everything_lies_that_nobody_gave():
    done = subprocess.run(
        [program("cardwatch"), "config", "check", "--feed", "tcp://127.0.0.1:9"], timeout=60,
        capture_output=True, encoding="utf-8", check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "CARDWATCH_HOME": "/srv/cw"})
    rows = [line.split(None, 2) for line in done.stdout.splitlines()]
    for row in (["data-dir", "/srv/cw", "default"], ["rules", "/srv/cw/rules", "default"],
                ["intake", "ipc:///srv/cw/intake", "default"],
                ["feed", "tcp://127.0.0.1:9", "command line"],
                ["query", "ipc:///srv/cw/query", "default"], ["insecure", "false", "default"],
                ["allow", "-", "not set"]):
        check(row in rows, f"{row} is missing:\n{done.stdout}")


@test
def every_program_takes_the_example_and_what_its_comments_say():
    text = example()
    lines = [line for line in text.splitlines() if not PLACEHOLDER.match(line)]
    bare = "\n".join(re.sub(r"^#(?=[a-z]+:|  )", "", line) for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("as-it-is.yaml", text), ("uncommented.yaml", bare)):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            for command in asks(path):
                done = run(*command, cwd=os.getcwd())
                check(done.returncode != 78, f"{command}: {done.stderr}")
                check(name not in done.stderr, f"{command}: {done.stderr}")
            shown = run(program("cardwatch"), "config", "check", "--config", path)
            check_eq(shown.returncode, 0, shown.stderr)
            check(re.search(rf"data-dir +/var/lib/cardwatch +\S*{name}:\d+", shown.stdout),
                  shown.stdout)


@test
def each_verb_has_a_page_and_the_formatter_has_nothing_to_say():
    with tempfile.TemporaryDirectory() as folder:
        done = run("packaging/make-man.sh", BIN, folder)
        check_eq((done.returncode, done.stderr), (0, ""))
        overview = run(program("cardwatch"), "help").stdout
        verbs = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", overview, re.MULTILINE)
        check(len(verbs) > 12)
        pages = {"cardwatch-" + verb.replace(" ", "-") + ".1" for verb in verbs
                 if verb != "config check"} | {"cardwatch.1", "cardwatch.yaml.5"}
        check_eq(set(os.listdir(folder)), pages)
        with open(os.path.join(folder, "cardwatch-engine.1"), encoding="utf-8") as file:
            check(r"\fB\-d, \-\-data\-dir DIR\fR" in file.read())
        if shutil.which("groff") is None:
            skip("there is no groff")
        for page in sorted(pages):
            done = run("groff", "-man", "-ww", "-z", "-Tutf8", "-Kutf8",
                       os.path.join(folder, page))
            check_eq((done.returncode, done.stderr), (0, ""), page)


main("system/packaging")
