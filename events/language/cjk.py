"""Chinese and Japanese words that stand in any news on the subject: they tell of no happening.

The background was counted on English texts. To it every such word is as rare as a name, and
"releases a new large model" joined the releases of two makers. These words are common knowledge;
cut out of a run, they also leave the names beside them whole. In Japanese, what is written in
hiragana is grammar, and what is written in katakana is one word, often a name.
"""

from __future__ import annotations

import re

# Left out altogether, as "the" and "says" are.
_FILLERS = """
的 了 目前 已经 其中 以及 进行 可以 成为 通过 我们 他们 这个 一个 一种 没有 不是 什么 如何
为什么 更多 据悉 据报道 报道 记者 消息 表示 今日 今天 昨日 昨天 近日 日前 此次 本次 周一
周二 周三 周四 周五 周六 周日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 上周 本周
下周 可能 认为 开始 并且 因为 由于 此外 已經 進行 成為 通過 我們 他們 這個 一個 一種 沒有
什麼 為何 記者 報導 據報 週一 週二 週三 週四 週五 週六 週日 上週 本週 下週 認為 開始 因為
"""
_COMMON = """
人工智能 大模型 语言模型 模型 智能体 智能 机器人 人形机器人 芯片 半导体 公司 科技 技术 企业
集团 产品 平台 用户 数据 数据中心 算力 算法 研究院 研究 实验室 大学 学院 团队 创始人
首席执行官 总裁 董事长 投资 融资 轮融资 亿元 万元 亿美元 万美元 美元 人民币 估值 市值 股价
股票 上市 上线 开源 开放 收购 合作 发展 市场 行业 产业 国家 中国 美国 政府 部门 监管 规定
办法 法案 法律 新规 安全 隐私 生成 视频 图像 图片 语音 文本 内容 推理 训练 性能 能力 功能
版本 服务 应用 软件 硬件 手机 汽车 电脑 互联网 网络 云计算 计算 数字 信息 系统 工程师 开发者
专家 分析师 报告 显示 增长 下降 上涨 下跌 暴跌 大涨 营收 收入 利润 季度 财报 同比 大会 会议
活动 计划 项目 工厂 量产 生产 价格 售价 免费 下载 支持 使用 提供 实现 超过 达到 完成 预计
介绍 领投 资金 用于 研发 领域 创新 世界 全球 国际 北京 上海 首次 首个 首款 最新 全新 新一代
新款 新版 发布 宣布 推出 公布 正式 发布会 面向 举办 开幕 成立 建设 布局 升级 更新 亮相 展示
引发 关注 要求 必须 禁止 起诉 诉讼 罚款 裁员 招聘 人工智慧 語言模型 機器人 晶片 半導體 技術
企業 集團 產品 平臺 用戶 數據 資料中心 演算法 實驗室 大學 團隊 創辦人 執行長 投資 融資 億元
萬元 億美元 股價 上線 開源 收購 發展 市場 產業 國家 中國 美國 監管 規定 隱私 視頻 影片 圖像
圖片 語音 內容 訓練 服務 應用 軟體 手機 汽車 電腦 網路 數位 系統 工程師 報告 營收 財報 會議
計劃 計畫 項目 工廠 量產 價格 免費 下載 支援 實現 超過 研發 創新 國際 台灣 發布 發表 宣佈
舉行 升級 訴訟 罰款 半導体 人工知能 開発 発売 発表 会社 子会社 工場 新工場 建設 設立 投資額
資本金 日本 米国 事業 開始 新型 製品 研究所
"""
FILLERS = frozenset(_FILLERS.split())
COMMON = frozenset(_COMMON.split())
# A common word stands in such a share of the texts, about as "company" does in English ones.
COMMON_SHARE = 0.03
_HIRAGANA, _KATAKANA = "[ぁ-ゟ]+", "[ァ-ヺー-ヿ]+"
_WORDS = "|".join(sorted(FILLERS | COMMON, key=lambda word: (-len(word), word)))
_KNOWN = re.compile(f"{_WORDS}|{_HIRAGANA}|{_KATAKANA}")
_KANA, _HANGUL = re.compile("[ぁ-ヺ]"), re.compile("[가-힣]")
_IS_HIRAGANA, _IS_KATAKANA = re.compile(_HIRAGANA), re.compile(_KATAKANA)


def bigrams(run: str) -> list[str]:
    """The pairs of neighboring characters; of a single one itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def terms(run: str) -> list[str]:
    """Bigrams of a run, none across the border of what is known; fillers left out."""
    found: list[str] = []
    place = 0
    for match in _KNOWN.finditer(run):
        found += _between(run[place : match.start()])
        found += _of_known(match.group())
        place = match.end()
    rest = run[place:]
    return found + (_between(rest) if place else bigrams(rest))


def _of_known(word: str) -> list[str]:
    if word in FILLERS or _IS_HIRAGANA.fullmatch(word):
        return []
    return [word] if _IS_KATAKANA.fullmatch(word) else bigrams(word)


def _between(piece: str) -> list[str]:
    """What stands between known words; one character says nothing."""
    return bigrams(piece) if len(piece) > 1 else []


def common_terms() -> set[str]:
    return {term for word in COMMON for term in bigrams(word)}


def language_of(text: str) -> str:
    """Of a text in one of the three scripts; Japanese without kana passes for Chinese."""
    if _HANGUL.search(text):
        return "ko"
    return "ja" if _KANA.search(text) else "zh"
