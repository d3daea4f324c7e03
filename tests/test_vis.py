"""`regelverk vis` as an author has it beside the editor: what is saved is shown at once, with its faults above it."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from compiler.following import changes
from compiler.pages.security import with_policy
from compiler.preview import Preview, serving
from tests.library import ROOT
from tests.nettleser import violations
from tests.test_cli import Run, run

__all__ = ["run"]

GROUPS, CHAPTER = "/rekke/2020/grupper/", "/rekke/2020/regler/"
FAULT = ("når dato finnes", "når datoen finnes")
NEW_GROUP = "\n    trinn 2\n    slag akutt\n\ngruppe ny_gruppe «En ny gruppe over de andre»"
WITH_A_BROWSER = pytest.mark.xdist_group("nettleser")


class Got(NamedTuple):
    """An answer."""

    status: int
    text: str
    headers: dict[str, str]


class Author:
    """Someone with a rulebook of two years, and a browser beside it."""

    def __init__(self, folder: Path, preview: Preview, address: str) -> None:
        self.path = folder / "rekke/2020/regler.md"
        self.sound = self.path.read_text(encoding="utf-8")
        self.preview = preview
        self.address = address

    def writes(self, *replaced: tuple[str, str]) -> None:
        """Save the text of the first year with something replaced, in what was sound."""
        text = self.sound
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        self.path.write_text(text, encoding="utf-8")

    def gets(self, path: str, host: str | None = None) -> Got:
        """What is answered at an address."""
        connection = http.client.HTTPConnection(self.address.removeprefix("http://").rstrip("/"), timeout=20)
        connection.request("GET", path, headers={"Host": host} if host else {})
        found = connection.getresponse()
        text = found.read().decode(errors="replace")
        connection.close()
        return Got(found.status, text, dict(found.getheaders()))

    def sees(self, path: str, *replaced: tuple[str, str]) -> Got:
        """The page after something is saved."""
        self.writes(*replaced)
        self.preview.look()
        return self.gets(path)


@contextmanager
def following(preview: Preview, folder: Path) -> Iterator[None]:
    """Look at each change while it lasts, as the command does."""
    stop, set_up = Event(), Event()

    def follow() -> None:
        for names in changes(folder, "vis", stop):
            set_up.set()
            if names:
                preview.look()

    thread = Thread(target=follow)
    thread.start()
    try:
        assert set_up.wait(10)
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Author]:
    shutil.copytree(ROOT / "tests/cases/ok/alt/rekke", tmp_path / "regler/rekke")
    monkeypatch.chdir(tmp_path)
    preview = Preview(Path("regler"))
    assert preview.look() == []
    with serving(preview, 0) as address:
        yield Author(tmp_path / "regler", preview, address)


# ---- what is answered


def test_what_is_saved_is_on_the_page(author: Author) -> None:
    assert "Lange besøk" in author.gets(GROUPS).text
    found = author.sees(GROUPS, ("«Lange besøk»", "«Svært lange besøk»"))
    assert found.status == 200
    assert "Svært lange besøk" in found.text
    assert '<p class="vis-sagt" role="alert"></p><div class="vis-feil"></div>' in found.text
    assert "Svært lange besøk" in author.gets("/rekke/2021/grupper/").text
    assert author.gets("/rekke/2021/endringer/").status == 200


def test_a_fault_is_told_above_the_last_good_page_until_it_is_mended(author: Author) -> None:
    other = ("gruppe andre_besøk «Andre besøk»", "gruppe lange_besøk «To ganger»")
    found = author.sees(GROUPS, FAULT, other)
    assert found.status == 200
    assert "Siden er den siste gode utgaven: rekke-2020 kan ikke lages slik det er skrevet nå." in found.text
    assert "Andre besøk" in found.text
    panel = found.text.split('<section id="vis"')[1].split("</section>")[0]
    line = author.path.read_text("utf-8").split("\n").index("    når datoen finnes og ukedag av dato er i 6–7") + 1
    assert f"regler/rekke/2020/regler.md:{line}:9" in panel
    assert f"{line} |     når datoen finnes og ukedag av dato er i 6–7\n   |         ^^^^^^" in panel
    assert "<strong>Tips:</strong> mente du «dato»?" in panel
    assert "Se også:" in panel
    assert "gruppe lange_besøk «Lange besøk»" in panel
    assert 'href="/feil/' in panel
    assert author.gets(panel.split('href="')[1].split('"')[0].split("#")[0]).status == 200
    later = author.gets("/rekke/2021/grupper/").text
    assert "Siden er den siste gode utgaven: rekke-2021" in later
    mended = author.sees(GROUPS).text
    assert "siste gode" not in mended
    assert "vis-melding" not in mended


def test_an_example_that_fails_is_told_above_the_new_page(author: Author) -> None:
    found = author.sees(GROUPS, ("| besøk_i_helgen |     |", "| andre_besøk    | b2  |"), ("«Lange", "«Meget lange"))
    assert "Meget lange besøk" in found.text
    assert "feil R406" in found.text
    assert "siste gode" not in found.text


def test_what_is_written_in_a_rule_is_text_in_the_panel(author: Author) -> None:
    found = author.sees(GROUPS, ("når dato finnes", "når <img/src=x> finnes"))
    panel = found.text.split('<section id="vis"')[1].split("</section>")[0]
    assert "<img" not in panel
    assert "&lt;img/src=x&gt;" in panel


def test_a_page_that_is_gone_is_said_to_be_with_the_faults(author: Author) -> None:
    chapter = author.path.with_name("2-mer.md")
    chapter.write_text("# Mer\n\nProsa.\n", encoding="utf-8")
    author.preview.look()
    assert author.gets("/rekke/2020/2-mer/").status == 200
    chapter.unlink()
    found = author.sees("/rekke/2020/2-mer/", ("| besøk_i_helgen |     |", "| andre_besøk    | b2  |"))
    assert found.status == 404
    assert "Siden finnes ikke slik regelverkene er skrevet nå." in found.text
    author.gets(GROUPS)
    assert "feil R406" in author.gets("/rekke/2020/2-mer/").text
    shutil.rmtree(author.path.parent)
    author.preview.look()
    found = author.gets(GROUPS)
    assert found.status == 404
    assert "R208" in found.text


def test_a_year_that_never_was_good_is_told_of(author: Author) -> None:
    folder = author.path.parents[1] / "2022"
    folder.mkdir()
    (folder / "regler.md").write_text("```regel\nregelverk REKKE 2022 «Nytt»\n    bygger på REKKE 202\n```\n", "utf-8")
    author.preview.look()
    found = author.gets("/rekke/2022/")
    assert found.status == 404
    assert "rekke-2022 kan ikke vises før feilene er rettet." in found.text


def test_files_and_the_front_are_answered_and_what_is_left_out_is_said(author: Author) -> None:
    assert 'href="rekke/2021/"' in author.gets("/").text
    assert author.gets("/rekke/").status == author.gets("/om/").status == 200
    assert json.loads(author.gets("/rekke/2020/rekke-2020.json").text)["scheme"] == "REKKE"
    assert author.gets("/rekke/2020/prov-regler.js").status == 200
    assert [one["regelverk"] for one in json.loads(author.gets("/versjon.json").text)["regelverk"]] == [
        "rekke-2020",
        "rekke-2021",
    ]
    assert author.gets("/rekke/2020/grupper").headers["Location"] == "/rekke/2020/grupper/"
    assert "lagDialog" in author.gets("/assets/sok/dialog.js").text
    assert "ikke med i forhåndsvisningen" in author.gets("/assets/sok/side.js").text
    assert author.gets("/assets/../../pyproject.toml").status == 404
    assert author.gets("/assets/%2e%2e/%2e%2e/pyproject.toml").status == 404
    assert author.gets("/rekke/2020/finnes-ikke.csv").status == 404


def test_only_this_machine_under_its_own_name_is_answered(author: Author) -> None:
    port = author.address.rsplit(":", 1)[1].rstrip("/")
    assert author.gets(GROUPS, host=f"localhost:{port}").status == 200
    for host in ("ond.example", f"ond.example:{port}", "127.0.0.1"):
        found = author.gets(GROUPS, host=host)
        assert (found.status, "Lange besøk" in found.text) == (403, False)
    sent = author.gets(GROUPS).headers
    assert "unsafe-inline" not in sent["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in sent["Content-Security-Policy"]
    with socket.socket() as other:
        other.settimeout(2)
        own = socket.gethostbyname(socket.gethostname())
        if not own.startswith("127."):
            assert other.connect_ex((own, int(port))) != 0


def test_a_fault_of_our_own_is_told_and_the_next_page_is_answered(
    author: Author, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("compiler.preview.desk.menu", lambda *_: 1 / 0)
        found = author.gets(GROUPS)
    assert found.status == 500
    assert "Dette er en feil i kompilatoren, ikke i regelverket." in found.text
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert author.gets(GROUPS).status == 200


# ---- the command


def test_the_command_shows_each_save_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/cases/ok/alt/rekke", tmp_path / "rulebooks/rekke")
    path = tmp_path / "rulebooks/rekke/2020/regler.md"
    command = [sys.executable, "-c", "from compiler.cli import main; main()", "vis", "rekke-2020", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ}
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "2 regelverk uten feil\n"
    assert process.stderr.readline().endswith("/rekke/2020/; avslutt med Ctrl-C\n")
    path.write_text(path.read_text(encoding="utf-8").replace(*FAULT), encoding="utf-8")
    assert process.stderr.readline() == "regler.md er endret: 1 feil i 2 regelverk\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[1] == ""
    assert process.returncode == 0


def test_wrong_use_is_told_in_words(run: Run, author: Author) -> None:
    port = author.address.rsplit(":", 1)[1].rstrip("/")
    folder = author.path.parents[2]
    ran = run("vis", "--mappe", folder, "--port", port)
    assert (ran.code, f"port {port} er opptatt" in ran.err) == (2, True)
    ran = run("vis", "reke", "--mappe", folder)
    assert (ran.code, "ukjent regelverk «reke»: mente du «rekke»?" in ran.err) == (2, True)
    assert run("vis", "--mappe", folder / "borte").code == 2


# ---- in a browser


@contextmanager
def opened(browser: Browser, author: Author, path: str, width: int = 1400, **more: str) -> Iterator[Page]:
    """A page; at the end nothing was blocked, nothing failed, and no other host was asked."""
    context = browser.new_context(viewport={"width": width, "height": 700}, **more)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(author.address) else wrong.append(one.url))
    try:
        page.goto(author.address.rstrip("/") + path)
        yield page
    finally:
        context.close()
    assert wrong == []


@WITH_A_BROWSER
def test_the_page_changes_by_itself_and_the_panel_comes_and_goes(browser: Browser, author: Author) -> None:
    with following(author.preview, author.path.parents[2]), opened(browser, author, CHAPTER) as page:
        group = page.get_by_role("heading", name="Andre besøk")
        group.evaluate("place => scrollTo(0, scrollY + place.getBoundingClientRect().top - 80)")
        hidden = "Object.assign(document.createElement('p'), {id: 'skjult', hidden: true})"
        page.evaluate(f"document.querySelector('article').prepend({hidden})")
        author.writes(("«Besøk i helgen»", f"«Besøk i helgen»{NEW_GROUP}"))
        page.get_by_role("heading", name="En ny gruppe over de andre").wait_for()
        page.wait_for_load_state()
        assert abs(group.evaluate("place => place.getBoundingClientRect().top") - 80) < 3
        author.writes(FAULT)
        page.get_by_text("mente du «dato»?").wait_for()
        assert page.get_by_role("alert").inner_text().startswith("Siden er den siste gode utgaven")
        assert page.get_by_role("heading", name="En ny gruppe over de andre").count() == 1
        page.get_by_text("Feilene", exact=True).press("Enter")
        assert not page.get_by_text("mente du «dato»?").is_visible()
        author.writes()
        page.locator(".vis-melding").wait_for(state="detached")
        page.get_by_role("heading", name="En ny gruppe over de andre").wait_for(state="detached")
        assert page.locator(".vis-sagt").text_content() == ""
        page.wait_for_load_state()
        page.keyboard.press("/")
        assert "ikke med i forhåndsvisningen" in page.get_by_role("dialog").inner_text()


@WITH_A_BROWSER
@pytest.mark.parametrize(("scheme", "width"), [pytest.param("light", 1400, marks=pytest.mark.langt), ("dark", 390)])
def test_the_panel_has_no_violations(browser: Browser, author: Author, scheme: str, width: int) -> None:
    author.sees(GROUPS, FAULT)
    with opened(browser, author, GROUPS, width, color_scheme=scheme) as page:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@WITH_A_BROWSER
@pytest.mark.parametrize("each", [9, pytest.param(1, marks=pytest.mark.langt)])
def test_pages_are_as_in_the_site_that_is_built(shown_site: Path, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the letter, but for what is said above them."""
    monkeypatch.chdir(ROOT)
    for folder, scheme in (("rulebooks", "forlop"), ("tests/cases/ok/alt", "oppdiktet")):
        preview = Preview(Path(folder), [scheme])
        preview.look()
        for path in sorted((shown_site / scheme).rglob("*/index.html"))[::each]:
            address = f"/{path.parent.relative_to(shown_site).as_posix()}/"
            assert with_policy(preview._page(address).html, preview.theme.policy) == path.read_text(encoding="utf-8")
