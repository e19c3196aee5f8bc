# SPDX-License-Identifier: MIT
"""The site's style sheet."""

STYLE = """:root { color-scheme: light dark; --line: #8884; --quiet: #8881; --link: light-dark(#0a58ca, #7ab7ff); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); font: 16px/1.5 system-ui, sans-serif; }
a { color: #0a58ca; color: var(--link); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
nav.site { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1rem; border-right: 1px solid var(--line);
  font-size: 0.9rem; }
nav.site ul { list-style: none; margin: 0 0 0.5rem; padding-left: 0.9rem; }
nav.site summary { cursor: pointer; font-weight: 600; padding: 0.15rem 0; }
nav.site .home { font-weight: 700; font-size: 1.1rem; margin: 0; }
nav.site [aria-current] { font-weight: 700; }
nav.contents { float: right; max-width: 16rem; margin: 0 0 1rem 1.5rem; padding: 0.5rem 1rem; border: 1px solid var(--line);
  font-size: 0.85rem; }
nav.contents ul { list-style: none; margin: 0; padding: 0; }
main { padding: 1rem 2rem 4rem; max-width: 62rem; }
h1, h2, h3 { line-height: 1.25; scroll-margin-top: 1rem; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2rem; }
code, pre { font: 0.88em/1.45 ui-monospace, monospace; background: var(--quiet); }
code { padding: 0.1em 0.25em; overflow-wrap: break-word; }
pre { padding: 0.75rem 1rem; overflow-x: auto; border: 1px solid var(--line); clear: both; }
pre code { background: none; padding: 0; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; clear: both; }
th, td { border: 1px solid var(--line); padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
th:empty { display: none; }
.columns { columns: 18rem; }
@media (max-width: 50rem) {
  body { display: block; }
  nav.site { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  nav.contents { float: none; max-width: none; margin: 0; }
  main { padding: 1rem; }
}
@media print { nav { display: none; } body { display: block; } }
"""
