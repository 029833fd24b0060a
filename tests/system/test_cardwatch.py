#!/usr/bin/python3
"""Does `cardwatch VERB` become the right program with the right words, and help whoever mistypes?

The programs beside it are stand-ins here that print how they were called.
"""

import os
import shutil
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, skip, test

STAND_IN = '#!/bin/sh\necho "${0##*/}|$*|$CARDWATCH_LANG"\nexit 7\n'
NAMES = ["engine", "rules", "due", "replay", "collect", "ask", "view-tail", "view-top", "view-web",
         "view-notify"]


def cardwatch(*words, without=()):
    if not os.path.exists(program("cardwatch")):
        skip("cardwatch is not built")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(program("cardwatch"), folder)
        for name in NAMES:
            path = os.path.join(folder, "cardwatch-" + name)
            if name not in without:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(STAND_IN)
                os.chmod(path, 0o755)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        return subprocess.run([os.path.join(folder, "cardwatch"), *words], env=environment,
                              capture_output=True, encoding="utf-8", timeout=20, check=False)


@test
def each_verb_becomes_its_program():
    for words, became in [
            (["engine", "-v"], "cardwatch-engine|-v|"),
            (["rules", "check", "a b.yaml"], "cardwatch-rules|check a b.yaml|"),
            (["due", "--from", "x"], "cardwatch-due|--from x|"),
            (["replay"], "cardwatch-replay||"),
            (["collect", "csv", "f"], "cardwatch-collect|csv f|"),
            (["view", "tail", "--json"], "cardwatch-view-tail|--json|"),
            (["view", "notify"], "cardwatch-view-notify||"),
            (["case", "JX-1", "--json"], "cardwatch-ask|case JX-1 --json|"),
            (["soon"], "cardwatch-ask|soon|"),
            (["config", "check", "--config", "f"], "cardwatch-engine|--config f --check-config|"),
            (["help", "rules"], "cardwatch-rules|--help|"),
            (["help", "case"], "cardwatch-ask|case --help|"),
            (["help", "view", "top"], "cardwatch-view-top|--help|"),
            (["--lang", "zh", "due"], "cardwatch-due||zh"),
            (["--lang=en", "status"], "cardwatch-ask|status|en")]:
        done = cardwatch(*words)
        check_eq((done.returncode, done.stdout), (7, became + "\n"), " ".join(words))


@test
def alone_it_shows_every_verb():
    for words in ([], ["help"], ["--help"], ["-h"]):
        done = cardwatch(*words)
        check_eq(done.returncode, 0)
        for verb in ("engine", "rules", "view tail", "config check", "quarantine", "soon"):
            check(f"\n  {verb} " in done.stdout, verb)
    check("政务办件电子监察" in cardwatch("--lang", "zh").stdout)
    check(cardwatch("--version").stdout.startswith("cardwatch 0."))


@test
def a_mistyped_verb_gets_the_one_that_was_meant():
    for words, said in [
            (["repaly"], "cardwatch: repaly: no such verb\nDid you mean: cardwatch replay\n"),
            (["statsu"], "cardwatch: statsu: no such verb\nDid you mean: cardwatch status\n"),
            (["xyzzy"], "cardwatch: xyzzy: no such verb\nAll of them: cardwatch help\n"),
            (["view"], "cardwatch: view is followed by one of: tail, top, web, notify\n"),
            (["view", "tial"], "cardwatch: view is followed by one of: tail, top, web, notify\n"
                               "Did you mean: cardwatch view tail\n"),
            (["--lang", "fr"], "cardwatch: --lang: must be en or zh\n")]:
        done = cardwatch(*words)
        check_eq((done.returncode, done.stdout, done.stderr), (64, "", said))


@test
def a_program_that_is_not_installed_is_told():
    done = cardwatch("view", "web", without=["view-web"])
    check_eq(done.returncode, 69)
    check_eq(done.stderr,
             "cardwatch: cardwatch-view-web cannot be started: No such file or directory\n")


main("system/cardwatch")
