"""Query parameters that say who linked, not what is linked: a table with a reason per row."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Tracker:
    """Drop parameters matching `names` (space-separated globs, lower case).

    `hosts`: only there and on their subdomains; empty = everywhere. `values`: only with a value
    matching one of these globs. `except_hosts`: where the name means something.
    """

    names: str
    reason: str
    hosts: str = ""
    values: str = ""
    except_hosts: str = ""


GIT_HOSTS = "github.com githubusercontent.com gitlab.com bitbucket.org codeberg.org gitee.com"

TRACKERS = (
    Tracker("utm_* utm", "Google Analytics campaign"),
    Tracker("_ga _gl _gac gclid gclsrc dclid gbraid wbraid gad_*", "Google click and linker ids"),
    Tracker("fbclid fb_action_* fb_ref fb_source fb_comment_id", "Facebook click id"),
    Tracker("msclkid", "Microsoft click id"),
    Tracker("twclid __twitter_impression", "X click id"),
    Tracker("ttclid", "TikTok click id"),
    Tracker("igshid igsh", "Instagram share id"),
    Tracker("yclid ysclid _openstat", "Yandex click id"),
    Tracker("li_fat_id trk trkcampaign trackingid", "LinkedIn click id"),
    Tracker("epik", "Pinterest click id"),
    Tracker("mc_cid mc_eid", "Mailchimp campaign and reader"),
    Tracker("_hsenc _hsmi __hs* hsctatracking hsa_*", "HubSpot e-mail and ads"),
    Tracker("mkt_tok", "Marketo e-mail"),
    Tracker("vero_id vero_conv", "Vero e-mail"),
    Tracker("oly_enc_id oly_anon_id", "Omeda e-mail"),
    Tracker("_bhlid", "Beehiiv newsletter"),
    Tracker("ck_subscriber_id", "ConvertKit newsletter"),
    Tracker("pk_* piwik_* mtm_* matomo_*", "Matomo campaign"),
    Tracker("itm_* stm_* hmb_*", "in-site campaign"),
    Tracker("at_*", "AT Internet campaign (BBC)", except_hosts="airtable.com"),
    Tracker("xtor", "AT Internet campaign (Le Monde and others)"),
    Tracker("ns_campaign ns_mchannel ns_source ns_linkname ns_fee", "comScore campaign"),
    Tracker("wt_mc wt.mc_* wt_mc_* wtmc", "Webtrekk campaign (heise)"),
    Tracker("s_cid sc_cid s_kwcid ef_id", "Adobe campaign"),
    Tracker("cmpid cmp icid ncid ocid", "campaign ids of publishers"),
    Tracker("ftag taid", "ZDNet and CNET campaign"),
    Tracker("mbid", "Condé Nast newsletter (Wired)"),
    Tracker("smid smtyp smvar emc", "New York Times share"),
    Tracker("partner", "New York Times syndication", values="rss* feed*"),
    Tracker("mod", "Dow Jones placement", hosts="wsj.com marketwatch.com barrons.com"),
    Tracker("reflink st", "Dow Jones share", hosts="wsj.com marketwatch.com barrons.com"),
    Tracker("sref srnd leadsource", "Bloomberg share"),
    Tracker("pfrom", "placement", hosts="ndtv.com"),
    Tracker("oref", "placement", hosts="nextgov.com defenseone.com govexec.com"),
    Tracker(
        "bc search_id",
        "mailing id",
        hosts=("exportcompliancedaily.com communicationslitigationtoday.com"),
    ),
    Tracker("guccounter guce_referrer guce_referrer_sig", "Yahoo consent (TechCrunch)"),
    Tracker("soc_src soc_trk tsrc", "Yahoo share"),
    Tracker("sh", "Forbes share", hosts="forbes.com"),
    Tracker("ito", "Daily Mail and Metro share"),
    Tracker("spm scm", "Alibaba placement"),
    Tracker(
        "from isappinstalled nsukey chksm scene srcid sharer_*",
        "WeChat share",
        hosts="mp.weixin.qq.com",
    ),
    Tracker("module pgtype", "feed placement", hosts="scmp.com nytimes.com"),
    Tracker("campaign", "feed placement", hosts="scmp.com"),
    Tracker("ref ref_src ref_url referrer referer refsrc", "who linked", except_hosts=GIT_HOSTS),
    Tracker("ref_src ref_url referrer", "who linked", hosts=GIT_HOSTS),
    Tracker(
        "source src",
        "who linked",
        values="rss* feed* twitter* facebook* newsletter* "
        "email* linkedin* social* friends_link *-rss",
    ),
    Tracker("rss", "fetched through the feed", values="1 yes true"),
    Tracker("from", "fetched through the feed", values="rss* feed*"),
    Tracker("feedtype feedname feed", "fetched through the feed", values="rss* atom*"),
    Tracker("via", "who linked", values="rss* feed* twitter* hn hackernews"),
    Tracker(
        "source sk gi",
        "Medium placement and friend link",
        hosts=("medium.com towardsdatascience.com"),
    ),
    Tracker(
        "publication_id post_id isfreemail r triedredirect token",
        "Substack reader",
        hosts="substack.com",
    ),
    Tracker("triedredirect isfreemail showwelcomeonshare", "Substack reader, own domain"),
    Tracker("amp", "AMP rendering", values=" 1 true"),
    Tracker("outputtype output", "AMP rendering", values="amp"),
    Tracker("amphtml", "AMP rendering"),
    Tracker("amp_js_v amp_gsa usqp aoh amp_ct amp_tf", "AMP viewer"),
    Tracker("phpsessid jsessionid aspsessionid*", "names a visit"),
    Tracker("authuser", "Google account number", hosts="google.com google.dev youtube.com"),
    Tracker("oc hl gl ceid", "Google News edition", hosts="news.google.com"),
    Tracker("s t cn cxt ref_src", "X share", hosts="x.com"),
    Tracker(
        "si feature pp ab_channel t start index list app", "YouTube player", hosts="youtube.com"
    ),
    Tracker("share_id rdt context", "Reddit share", hosts="reddit.com"),
    Tracker("fromsource spot_im_comment_id echobox linkid rb_clickid wickedid", "share widgets"),
    Tracker("cxrecs_s tblci taboola_* oborigurl dicbo", "recommendation widgets"),
    Tracker("__cf_chl_* __cfduid", "Cloudflare challenge"),
    Tracker("_unique_id gaa_at gaa_n gaa_ts gaa_sig", "Google News reader"),
    Tracker("ijkey keytype casa_token", "journal access token"),
)


@lru_cache(maxsize=4096)
def _rows(name: str) -> tuple[Tracker, ...]:
    return tuple(
        row for row in TRACKERS if any(fnmatchcase(name, glob) for glob in row.names.split())
    )


def is_host(host: str, names: str) -> bool:
    """Whether `host` is one of the space-separated names or below one."""
    return any(host == name or host.endswith("." + name) for name in names.split())


def _applies(row: Tracker, host: str, value: str) -> bool:
    if row.hosts and not is_host(host, row.hosts):
        return False
    if row.except_hosts and is_host(host, row.except_hosts):
        return False
    if not row.values:
        return True
    globs = row.values.split(" ")
    return any(fnmatchcase(value.lower(), glob) for glob in globs)


def keep_param(host: str, name: str, value: str) -> bool:
    """Whether the parameter says what is linked."""
    rows = _rows(name.lower())
    return not rows or not any(_applies(row, host, value) for row in rows)
