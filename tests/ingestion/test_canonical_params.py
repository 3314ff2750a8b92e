"""One row per parameter that does, or does not, tell documents apart."""

import pytest

from events.ingestion.canonical import canonicalize_url

CASES = [
    ("utm", "https://example.com/a?utm_source=rss&utm_medium=x&id=1", "https://example.com/a?id=1"),
    ("utm in capitals", "https://example.com/a?UTM_Source=rss", "https://example.com/a"),
    ("Google click", "https://example.com/a?gclid=1&gbraid=2&wbraid=3", "https://example.com/a"),
    ("Google linker", "https://example.com/a?_gl=1*a*b&_ga=2", "https://example.com/a"),
    ("Facebook click", "https://example.com/a?fbclid=IwAR0", "https://example.com/a"),
    ("Microsoft click", "https://example.com/a?msclkid=1", "https://example.com/a"),
    ("X click", "https://example.com/a?twclid=1", "https://example.com/a"),
    ("Instagram share", "https://example.com/a?igshid=1", "https://example.com/a"),
    ("Yandex click", "https://example.com/a?yclid=1", "https://example.com/a"),
    ("Mailchimp", "https://example.com/a?mc_cid=1&mc_eid=2", "https://example.com/a"),
    ("HubSpot", "https://example.com/a?_hsenc=p2&_hsmi=3", "https://example.com/a"),
    ("Marketo", "https://example.com/a?mkt_tok=1", "https://example.com/a"),
    ("Matomo", "https://example.com/a?pk_campaign=feed&mtm_source=x", "https://example.com/a"),
    (
        "BBC campaign",
        "https://www.bbc.com/news/a?at_medium=RSS&at_campaign=KARANGA",
        "https://bbc.com/news/a",
    ),
    (
        "heise campaign",
        "https://www.heise.de/news/a?wt_mc=rss.red.ho.ho.atom",
        "https://heise.de/news/a",
    ),
    (
        "Guardian campaign",
        "https://www.theguardian.com/a?CMP=share_btn",
        "https://theguardian.com/a",
    ),
    (
        "Wired newsletter",
        "https://www.wired.com/story/a/?mbid=social_twitter",
        "https://wired.com/story/a",
    ),
    (
        "New York Times share",
        "https://www.nytimes.com/a.html?smid=tw-share&partner=rss&emc=rss",
        "https://nytimes.com/a.html",
    ),
    (
        "partner elsewhere may mean something",
        "https://example.com/a?partner=12",
        "https://example.com/a?partner=12",
    ),
    (
        "Wall Street Journal placement",
        "https://www.wsj.com/a?mod=rss_Technology&reflink=x",
        "https://wsj.com/a",
    ),
    (
        "mod elsewhere may mean something",
        "https://example.com/a?mod=3",
        "https://example.com/a?mod=3",
    ),
    (
        "Bloomberg share",
        "https://www.bloomberg.com/a?srnd=premium&sref=x",
        "https://bloomberg.com/a",
    ),
    (
        "TechCrunch consent",
        "https://techcrunch.com/a/?guccounter=1&guce_referrer=x",
        "https://techcrunch.com/a",
    ),
    (
        "South China Morning Post placement",
        "https://www.scmp.com/a?utm_source=rss_feed&module=x",
        "https://scmp.com/a",
    ),
    ("ref", "https://example.com/a?ref=hackernews", "https://example.com/a"),
    (
        "ref of a Git host is a branch",
        "https://github.com/a/b/blob/x?ref=main",
        "https://github.com/a/b/blob/x?ref=main",
    ),
    ("source of a feed", "https://example.com/a?source=rss", "https://example.com/a"),
    (
        "source that is a document's",
        "https://example.com/a?source=17",
        "https://example.com/a?source=17",
    ),
    ("Medium placement", "https://medium.com/p/1?source=topic_page---8", "https://medium.com/p/1"),
    (
        "Substack reader",
        "https://a.substack.com/p/r1?r=1x&publication_id=2&isFreemail=true",
        "https://a.substack.com/p/r1",
    ),
    (
        "Substack under its own domain",
        "https://semianalysis.com/p/r1?triedRedirect=true",
        "https://semianalysis.com/p/r1",
    ),
    ("r elsewhere may mean something", "https://example.com/a?r=1", "https://example.com/a?r=1"),
    ("AMP parameter", "https://example.com/a?amp=1", "https://example.com/a"),
    ("AMP parameter without a value", "https://example.com/a?amp", "https://example.com/a"),
    ("AMP output", "https://example.com/a?outputType=amp", "https://example.com/a"),
    (
        "amp with a value that is a document's",
        "https://example.com/a?amp=guitar",
        "https://example.com/a?amp=guitar",
    ),
]


@pytest.mark.parametrize(("url", "canonical"), [pytest.param(u, c, id=i) for i, u, c in CASES])
def test_a_parameter_stays_only_if_it_may_choose_the_document(url: str, canonical: str) -> None:
    assert canonicalize_url(url) == canonical
    assert canonicalize_url(canonical) == canonical
