"""`sjekk --folg` as an author has it beside the editor: told at once, again at each save, and ended with Ctrl-C."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.library import ROOT
from tests.test_cli import Run, run

__all__ = ["run"]

COMMAND = [sys.executable, "-c", "from compiler.cli import main; main()", "sjekk", "--folg"]


class Following:
    """The command while it runs."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "--mappe", "regler", *more],
            cwd=folder,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "NO_COLOR": "1"},
        )

    def told(self) -> str:
        """What is written up to where it waits again."""
        assert self.process.stderr is not None
        lines: list[str] = []
        for line in self.process.stderr:
            if line.startswith("følger «regler»"):
                return "".join(lines)
            lines.append(line)
        raise AssertionError("".join(lines))

    def ended(self) -> int:
        """The exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small rule years that read files."""
    shutil.copytree(ROOT / "tests/cases/ok/alt/rader", tmp_path / "regler/rader")
    return tmp_path


def test_each_save_is_checked_and_the_last_check_decides_the_exit_code(folder: Path) -> None:
    path = folder / "regler/rader/2020/02-grupper.md"
    sound = path.read_text(encoding="utf-8")
    following = Following(folder)
    assert following.told() == "2 regelverk uten feil\n"
    path.write_text(sound.replace("| over 365 |", "| over år  |"), encoding="utf-8")
    told = following.told()
    assert told.startswith("\n02-grupper.md er endret\nfeil[R201]: ")
    assert "--> regler/rader/2020/02-grupper.md:" in told
    (folder / "regler/merknad.txt").write_text("ingen regel", encoding="utf-8")
    path.write_text(sound, encoding="utf-8")
    assert following.told() == "\n02-grupper.md er endret\n2 regelverk uten feil\n"
    path.write_text(sound.replace("| over 365 |", "| over år  |"), encoding="utf-8")
    assert "feil[R201]" in following.told()
    assert following.ended() == 1


@pytest.mark.langt
def test_a_table_that_is_read_is_followed_too(folder: Path) -> None:
    following = Following(folder)
    assert following.told() == "2 regelverk uten feil\n"
    table = next((folder / "regler/rader/2020/tabeller").glob("*.csv"))
    table.unlink()
    assert "feil[R115]" in following.told()
    assert following.ended() == 1


def test_the_hooks_of_pre_commit_stop_faults_and_another_layout(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pre-commit would run, in a repository with its rules in `rulebooks`; the files that each is for."""
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    (folder / "regler").rename(folder / "rulebooks")
    monkeypatch.chdir(folder)
    for name, breaks in (("regelverk-sjekk", "krvr at"), ("regelverk-format", "krever  at")):
        hook = hooks[name]
        command, *args = hook["entry"].split()
        assert (command, hook["language"], hook["pass_filenames"]) == ("regelverk", "python", False)
        path = folder / "rulebooks/rader/2020/01-trinn.md"
        assert re.search(hook["files"], str(path))
        assert not re.search(hook["files"], "bilde.png")
        assert run(*args).code == 0
        sound = path.read_text(encoding="utf-8")
        path.write_text(f"{sound}\n```regel\nkrav nytt\n    {breaks} alder er minst 0\n```\n", encoding="utf-8")
        assert run(*args).code == 1
        path.write_text(sound, encoding="utf-8")


def test_wrong_use_is_told_before_anything_is_followed(run: Run, folder: Path) -> None:
    assert run("sjekk", "--folg", "--mappe", folder / "borte").code == 2
    assert "finnes ikke" in run("sjekk", "--folg", "--mappe", folder / "regler", folder / "borte.md").err


@pytest.mark.parametrize(
    ("missing", "args"), [("watchfiles", ["sjekk", "--folg"]), ("compiler.editor.server", ["spraaktjener"])]
)
def test_what_is_not_installed_is_said_in_words(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: str, args: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    ran = run(*args)
    assert ran.code == 2
    assert 'pip install "regelverk[editor]"' in ran.err
    assert run("spraaktjener", "--nettsted", "x.no").code == 2
