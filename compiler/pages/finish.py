"""A built page made ready: what the theme says in English or leaves out, and where the shared assets are."""

import re

_LABELS = {
    'aria-label="Footer"': 'aria-label="Bunn"',
    "<h1>404 - Not found</h1>": (
        "<h1>Siden finnes ikke</h1>\n"
        "<p>Adressen kan være skrevet feil. Regelverk og regelår som er lagt ut, beholder adressene sine, "
        "så du finner dem fra forsiden.</p>\n"
        '<p><a href="/">Til forsiden</a></p>'
    ),
}
"""What the theme says in English, or leaves without a name."""
_KEYED = re.compile(r'<div class="tabell nokler-(\d+)[^"]*">\s*<table>.*?</table>', re.DOTALL)
"""A table of the rulebook, and how many of its first columns are the keys of its rows."""
_ALIGNED = re.compile(r'<(t[hd]) style="text-align: (left|right|center);"')
_SIDES = {"left": "venstre", "right": "hoyre", "center": "midt"}
_GENERATOR = re.compile(r'\s*<meta name="generator"[^>]*>')
_ARTICLE = '<article class="md-content__inner md-typeset"'
_SCOPE = re.compile(r'__md_scope=new URL\("[^"]*",location\)')
_ASSETS = re.compile(r'((?:href|src)="|"search": ")((?:\.\./)*)assets/')
ANNOUNCED = re.compile(r'<div data-md-component="announce">\s*</div>')
"""Where the theme leaves room for what holds for every page; see `banner`."""


def finished(html: str, depth: int, name: str = "") -> str:
    """A page with what accessibility and the security policy need, of a site that lies `depth` folders down.

    `name` is what the rule year is called, which is said on paper. The theme keeps the choice of colours by the folder
    of the site; here all rule years share it. No style stands in the page itself: the alignment of a column is a class.
    """
    for old, new in _LABELS.items():
        html = html.replace(old, new)
    if name:
        html = html.replace(_ARTICLE, f'{_ARTICLE} data-regelverk="{name}"', 1)
    html = _GENERATOR.sub("", html)
    html = _SCOPE.sub('__md_scope=new URL("/",location)', html)
    html = _ASSETS.sub(lambda found: f"{found[1]}{found[2]}{'../' * depth}assets/", html)
    html = _ALIGNED.sub(lambda found: f'<{found[1]} class="{_SIDES[found[2]]}"', html)
    html = _KEYED.sub(lambda table: _with_row_headers(table[0], int(table[1])), html)
    return re.sub(r"<th(?=[ >])(?![^>]*scope=)", '<th scope="col"', html)


def not_found(html: str, at: str) -> str:
    """The page for addresses that are not there, with its own title, of a site under the path `at` on its server."""
    return re.sub(r"<title>[^<]*</title>", "<title>Siden finnes ikke</title>", html).replace('="/', f'="{at}')


def with_banner(html: str, banner: str) -> str:
    """The page with a line above everything else."""
    return ANNOUNCED.sub(lambda _: f'<div data-md-component="announce">{banner}</div>', html, count=1)


def _with_row_headers(table: str, keys: int) -> str:
    """A table whose first cells in each row are headers of the row."""

    def with_headers(row: re.Match[str]) -> str:
        return re.sub(r"<td([^>]*)>(.*?)</td>", r'<th scope="row"\1>\2</th>', row[0], count=keys, flags=re.DOTALL)

    head, body, rest = table.partition("<tbody>")
    return head + body + re.sub(r"<tr>.*?</tr>", with_headers, rest, flags=re.DOTALL)
