"""What the site may do in a browser: the security policy in each page, and the same as headers for a server."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

_SCRIPT = re.compile(r'<script(?![^>]*(?:\ssrc=|type="application/json"))[^>]*>(.*?)</script>', re.DOTALL)
"""A script in the page itself, and not data or a file of the site."""
_CHARSET = '<meta charset="utf-8">'

HASHED = r"\.[0-9a-f]{8}\.min\.(css|js)$"
"""The files of the theme, which have a new name when they change."""


def scripts(html: str) -> set[str]:
    """The scripts that stand in a page."""
    return set(_SCRIPT.findall(html))


def policy(inline: Iterable[str]) -> str:
    """The security policy of pages with these scripts: nothing from another host, and no other script or style.

    Search needs `wasm-unsafe-eval`, which allows WebAssembly and no script made of text.
    """
    hashes = sorted(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in set(inline))
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", "'wasm-unsafe-eval'", *hashes]),
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def with_policy(html: str, found: str) -> str:
    """The page with its policy, before anything that the policy is about."""
    return html.replace(_CHARSET, f'{_CHARSET}\n      <meta http-equiv="Content-Security-Policy" content="{found}">', 1)


def headers(found: str) -> dict[str, str]:
    """What a server says of every file; who may frame a page can only be said here."""
    return {
        "Content-Security-Policy": f"{found}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def static_host(found: str) -> str:
    """The file `_headers`, which Netlify, Cloudflare Pages and others read."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in headers(found).items())]
    for folder in ("javascripts", "stylesheets"):
        lines += [f"/assets/{folder}/*", "  Cache-Control: public, max-age=31536000, immutable"]
    return "\n".join(lines) + "\n"


def nginx(found: str) -> str:
    """An example of a server for nginx: `always` gives pages that are not found the headers too."""
    said = [f'    add_header {name} "{value}" always;' for name, value in headers(found).items()]
    cached = [f'    "~{HASHED}" "public, max-age=31536000, immutable";']
    lines = [
        "# Eksempel, laget av «regelverk bygg». Bytt navn, sertifikat og mappe.",
        "# Stilene og skriptene til temaet har innholdet i navnet, og hentes bare én gang.",
        "map $uri $regelverk_holdbarhet {",
        '    default "no-cache";',
        *cached,
        "}",
        "",
        "server {",
        "    listen 443 ssl;",
        "    http2 on;",
        "    server_name regelverk.example.no;",
        "    ssl_certificate /etc/ssl/regelverk.pem;",
        "    ssl_certificate_key /etc/ssl/regelverk.key;",
        "",
        "    root /srv/regelverk/site;",
        "    index index.html;",
        "    charset utf-8;",
        "    error_page 404 /404.html;",
        "",
        *said,
        "    add_header Cache-Control $regelverk_holdbarhet always;",
        "",
        "    include mime.types;",
        "    types {",
        "        text/javascript mjs;",
        "        application/wasm wasm;",
        "    }",
        "",
        "    gzip on;",
        "    gzip_types text/css text/javascript application/javascript application/json text/csv image/svg+xml;",
        "",
        "    location / {",
        "        try_files $uri $uri/ =404;",
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"
