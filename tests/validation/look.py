"""Looks at a report.html as a reader would: pictures, the console, requests, accessibility.

    python tests/validation/look.py build/report/report.html /tmp/look [axe.min.js]

Needs chromium on PATH, and for the accessibility check axe-core (`npm install axe-core`). Writes
light.png, dark.png and phone.png (390 pixels wide) and prints what axe finds. Exit code 1: the
page logged an error, asked the network for something, or axe found something serious.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
]
_DARK = "--blink-settings=preferredColorScheme=0"
_SERIOUS = {"serious", "critical"}


def main(page: Path, out: Path, axe: Path | None) -> int:
    """Look, and return the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as profile:

        def chromium(url: str, *flags: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["chromium", *_FLAGS, f"--user-data-dir={profile}", *flags, url],
                capture_output=True,
                text=True,
                timeout=120,
                check=True,
            )

        size = "--window-size=1280,2400"
        chromium(page.as_uri(), size, f"--screenshot={out / 'light.png'}")
        chromium(page.as_uri(), size, _DARK, f"--screenshot={out / 'dark.png'}")
        # A window cannot be as narrow as a phone, a frame can.
        frame = Path(profile) / "phone.html"
        frame.write_text(
            f'<body style="margin:0"><iframe src="{page.as_uri()}" '
            'style="width:390px;height:2600px;border:0"></iframe></body>'
        )
        chromium(frame.as_uri(), "--window-size=500,2600", f"--screenshot={out / 'phone.png'}")
        log = chromium(page.as_uri(), "--enable-logging=stderr", "--v=0", "--dump-dom").stderr
        problems += [line for line in log.splitlines() if "CONSOLE" in line]
        netlog = Path(profile) / "net.json"
        chromium(page.as_uri(), f"--log-net-log={netlog}", "--dump-dom")
        problems += _requests(netlog)
        if axe:
            for name, flags in (("light", ()), ("dark", (_DARK,))):
                checked = Path(profile) / "axe.html"
                checked.write_text(_with_axe(page, axe), encoding="utf-8")
                dom = chromium(
                    checked.as_uri(), *flags, "--virtual-time-budget=20000", "--dump-dom"
                ).stdout
                problems += [f"{name}: {finding}" for finding in _findings(dom)]
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems; pictures are in {out}")
    return 1 if problems else 0


def _requests(netlog: Path) -> list[str]:
    """Every http(s) request of the page itself, from Chromium's own log."""
    text = netlog.read_text(encoding="utf-8", errors="replace")
    urls = set(re.findall(r'"url":"(https?://[^"]+)"', text))
    # What Chromium asks for by itself, with or without a page.
    own = ("google.com", "googleapis.com", "gstatic.com", "gvt1.com")
    return [f"request: {url}" for url in sorted(urls) if not any(name in url for name in own)]


def _with_axe(page: Path, axe: Path) -> str:
    """The page with axe in it; its policy, which forbids scripts, is taken out for this."""
    text = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page.read_text())
    text = text.replace("<details ", "<details open ")
    run = (
        "axe.run().then(r => { const p = document.createElement('pre'); p.id = 'axe-result';"
        "p.textContent = JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact,"
        "help: v.help, nodes: v.nodes.map(n => n.target.join(' ')).slice(0, 5)})));"
        "document.body.appendChild(p); })"
    )
    return text.replace(
        "</body>", f"<script>{axe.read_text()}</script><script>{run}</script></body>"
    )


def _findings(dom: str) -> list[str]:
    found = re.search(r'<pre id="axe-result">(.*?)</pre>', dom, re.DOTALL)
    if not found:
        return ["axe gave no result"]
    text = found[1].replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
    violations = json.loads(text)
    for violation in violations:
        print(f"axe {violation['impact']}: {violation['help']} ({', '.join(violation['nodes'])})")
    return [f"axe: {item['id']}" for item in violations if item["impact"] in _SERIOUS]


if __name__ == "__main__":
    arguments = [Path(argument).resolve() for argument in sys.argv[1:]]
    sys.exit(main(arguments[0], arguments[1], arguments[2] if len(arguments) > 2 else None))
