"""One row per way in which a site, a mirror or a wrapper names one document twice."""

import pytest

from events.ingestion.canonical import canonicalize_url

CASES = [
    (
        "AMP cache",
        "https://www-theverge-com.cdn.ampproject.org/c/s/www.theverge.com/a/",
        "https://theverge.com/a",
    ),
    (
        "AMP cache of a plain page",
        "https://a-org.cdn.ampproject.org/v/a.org/b?amp_js_v=0.1",
        "https://a.org/b",
    ),
    (
        "AMP viewer of Google",
        "https://www.google.com/amp/s/www.theverge.com/2025/1/a/amp",
        "https://theverge.com/2025/1/a",
    ),
    ("AMP cache of Bing", "https://www.bing-amp.com/c/s/www.wired.com/a", "https://wired.com/a"),
    ("arXiv abstract", "https://arxiv.org/abs/2501.12948", "https://arxiv.org/abs/2501.12948"),
    ("arXiv version", "https://arxiv.org/abs/2501.12948v1", "https://arxiv.org/abs/2501.12948"),
    ("arXiv PDF", "https://arxiv.org/pdf/2501.12948", "https://arxiv.org/abs/2501.12948"),
    (
        "arXiv PDF with version and suffix",
        "http://www.arxiv.org/pdf/2501.12948v2.pdf",
        "https://arxiv.org/abs/2501.12948",
    ),
    ("arXiv HTML", "https://arxiv.org/html/2501.12948v1", "https://arxiv.org/abs/2501.12948"),
    (
        "arXiv mirror for robots",
        "https://export.arxiv.org/abs/2501.12948",
        "https://arxiv.org/abs/2501.12948",
    ),
    (
        "arXiv's old numbers",
        "https://arxiv.org/abs/cs/0112017v1",
        "https://arxiv.org/abs/cs/0112017",
    ),
    (
        "arXiv's old numbers with a class",
        "https://arxiv.org/pdf/math.GT/0309136",
        "https://arxiv.org/abs/math.GT/0309136",
    ),
    (
        "arXiv listing is no paper",
        "https://arxiv.org/list/cs.AI/recent",
        "https://arxiv.org/list/cs.AI/recent",
    ),
    ("ar5iv", "https://ar5iv.labs.arxiv.org/html/2501.12948", "https://arxiv.org/abs/2501.12948"),
    (
        "arXiv by DOI",
        "https://doi.org/10.48550/arXiv.2501.12948",
        "https://arxiv.org/abs/2501.12948",
    ),
    (
        "DOI resolver's old name",
        "http://dx.doi.org/10.1038/S41586-025-1",
        "https://doi.org/10.1038/s41586-025-1",
    ),
    (
        "X was Twitter",
        "https://twitter.com/OpenAI/status/123?s=20",
        "https://x.com/openai/status/123",
    ),
    (
        "X for phones",
        "https://mobile.twitter.com/OpenAI/status/123",
        "https://x.com/openai/status/123",
    ),
    (
        "X picture of a post",
        "https://x.com/OpenAI/status/123/photo/1",
        "https://x.com/openai/status/123",
    ),
    ("X post without a name", "https://twitter.com/i/web/status/123", "https://x.com/i/status/123"),
    ("X mirror", "https://nitter.net/OpenAI/status/123#m", "https://x.com/openai/status/123"),
    (
        "X embed helper",
        "https://vxtwitter.com/OpenAI/status/123",
        "https://x.com/openai/status/123",
    ),
    ("X profile", "https://twitter.com/OpenAI", "https://x.com/OpenAI"),
    (
        "short YouTube",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    (
        "YouTube with a time",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&feature=share",
        "https://youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    (
        "embedded YouTube",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "https://youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    (
        "YouTube Shorts",
        "https://m.youtube.com/shorts/dQw4w9WgXcQ",
        "https://youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    (
        "Reddit's old skin",
        "https://old.reddit.com/r/a/comments/1/b/",
        "https://reddit.com/r/a/comments/1/b",
    ),
    (
        "Wikipedia for phones",
        "https://en.m.wikipedia.org/wiki/DeepSeek#R1",
        "https://en.wikipedia.org/wiki/DeepSeek",
    ),
    (
        "Wikipedia by its program",
        "https://en.wikipedia.org/w/index.php?title=DeepSeek",
        "https://en.wikipedia.org/wiki/DeepSeek",
    ),
    (
        "Wikipedia with a blank",
        "https://en.wikipedia.org/wiki/Large%20language%20model",
        "https://en.wikipedia.org/wiki/Large_language_model",
    ),
    (
        "a Wikipedia revision is another document",
        "https://en.wikipedia.org/w/index.php?oldid=1&title=A",
        "https://en.wikipedia.org/w/index.php?oldid=1&title=A",
    ),
    (
        "Hugging Face's short name",
        "https://hf.co/deepseek-ai/DeepSeek-R1",
        "https://huggingface.co/deepseek-ai/DeepSeek-R1",
    ),
    (
        "BBC in Britain",
        "https://www.bbc.co.uk/news/articles/c1",
        "https://bbc.com/news/articles/c1",
    ),
    (
        "The Register's old name",
        "https://www.theregister.co.uk/2025/01/27/a/",
        "https://theregister.com/2025/01/27/a",
    ),
    (
        "The Register's feed",
        "https://go.theregister.com/feed/www.theregister.com/2025/01/27/a/",
        "https://theregister.com/2025/01/27/a",
    ),
    (
        "Google link",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.wired.com%2Fa%2F&usg=1",
        "https://wired.com/a",
    ),
    (
        "Google link, old form",
        "https://www.google.com/url?q=https://x.ai/news&sa=D",
        "https://x.ai/news",
    ),
    (
        "Google News that holds the address",
        "https://news.google.com/rss/articles/CBMiK2h0dHBzOi8vd3d3LnRoZXZlcmdlLmNvbS8yMDI1LzEvMjAveC9hbXDSAQA?oc=5",
        "https://theverge.com/2025/1/20/x",
    ),
    (
        "Google News that hides it",
        "https://news.google.com/rss/articles/CBMiVkFVX3lxTE5aaaaaaaaaaaaa?oc=5&hl=en",
        "https://news.google.com/rss/articles/CBMiVkFVX3lxTE5aaaaaaaaaaaaa",
    ),
    (
        "FeedBurner hides the address",
        "http://feedproxy.google.com/~r/A/~3/x1/",
        "https://feedproxy.google.com/~r/A/~3/x1",
    ),
    (
        "Facebook link",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fx.ai%2Fnews%3Ffbclid%3D1&h=2",
        "https://x.ai/news",
    ),
    ("Slack link", "https://slack-redir.net/link?url=https%3A%2F%2Fx.ai%2Fa", "https://x.ai/a"),
    (
        "Bing News link",
        "https://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fx.ai%2fa",
        "https://x.ai/a",
    ),
    (
        "LinkedIn link",
        "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fx.ai%2Fa",
        "https://x.ai/a",
    ),
    ("YouTube link", "https://www.youtube.com/redirect?q=https%3A%2F%2Fx.ai%2Fa", "https://x.ai/a"),
    ("href.li", "https://href.li/?https://x.ai/a", "https://x.ai/a"),
    (
        "Yahoo search",
        "https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2fx.ai%2fa/RK=2/RS=b",
        "https://x.ai/a",
    ),
    (
        "translation",
        "https://www-example-com.translate.goog/a?_x_tr_sl=de&id=1",
        "https://example.com/a?id=1",
    ),
    (
        "translation of a name with a hyphen",
        "https://my--site-com.translate.goog/a",
        "https://my-site.com/a",
    ),
    (
        "a wrapper in a wrapper",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Famp%2Fs%2Fx.ai%2Fa%2Famp",
        "https://x.ai/a",
    ),
    (
        "a wrapper of no web address",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://google.com/url?q=javascript:alert(1)",
    ),
    (
        "an address in a query of another site stays",
        "https://example.com/share?url=https%3A%2F%2Fx.ai%2Fa",
        "https://example.com/share?url=https%3A%2F%2Fx.ai%2Fa",
    ),
]


@pytest.mark.parametrize(("url", "canonical"), [pytest.param(u, c, id=i) for i, u, c in CASES])
def test_a_document_of_a_known_site_has_one_address(url: str, canonical: str) -> None:
    assert canonicalize_url(url) == canonical
    assert canonicalize_url(canonical) == canonical
