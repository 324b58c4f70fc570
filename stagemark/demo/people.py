"""Who is in the demo: invented people, customers and wares, and what is said about them in zh and en."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from stagemark.texts.language import Language

__all__ = [
    "CONTACTS_FILE",
    "PEOPLE_FILE",
    "PHRASES",
    "TERRITORIES",
    "Phrases",
    "Territory",
    "supervisor_of",
    "supervisors",
]

PEOPLE_FILE: Final = Path(__file__).with_name("people.csv")
"""The demo's directory, as `stagemark directory import` takes it."""
CONTACTS_FILE: Final = Path(__file__).with_name("contacts.csv")
"""Some of its customers' people, likewise."""


@cache  # package data never changes
def supervisors() -> dict[str, str]:
    """Everybody in the directory, and whose report they are; nobody's is empty."""
    with PEOPLE_FILE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["supervisor"] for row in csv.DictReader(file)}


def supervisor_of(person: str) -> str:
    """Whose report somebody is; the head of all is their own."""
    return supervisors()[person] or person


@dataclass(frozen=True, slots=True)
class Territory:
    """What one salesperson sells, and to whom.

    Attributes:
        owner: The salesperson.
        language: In which they write.
        calendar: The working calendar of their sales.
        zone: Its zone.
        currency: In which their customers pay.
        pace: How long they take, compared with the playbook's expectation.
        accounts: Their customers.
        wares: What they sell.
    """

    owner: str
    language: Language
    calendar: str
    zone: str
    currency: str
    pace: float
    accounts: tuple[str, ...]
    wares: tuple[str, ...]


_CHINA: Final = ("zh", "cn", "Asia/Shanghai", "CNY")
TERRITORIES: Final = (
    Territory(
        "p03", *_CHINA, 0.85,
        ("苏州恒达精密机械", "无锡新锐电子", "宁波海川汽配", "杭州云栖食品", "常州安泰轨道"),
        ("数控机床改造", "产线质量检测系统", "仓储管理系统", "设备年度维保"),
    ),
    Territory(
        "p04", *_CHINA, 1.0,
        ("上海浦江医疗", "南京紫金化工", "合肥光谷仪表", "上海德明商贸", "扬州瑞祥纺织"),
        ("实验室信息系统", "能耗监测平台", "会员管理系统", "染整线自动配料"),
    ),
    Territory(
        "p05", *_CHINA, 1.25,
        ("深圳湾创科技", "广州南方物流", "佛山顺兴陶瓷", "东莞宏图电器", "珠海蓝湾酒店"),
        ("车队调度系统", "窑炉节能改造", "客房智能控制", "注塑车间数据采集"),
    ),
    Territory(
        "p02", *_CHINA, 0.95,
        ("江苏省建筑设计院", "浙江远洋集团", "上海申通制造"),
        ("集团采购平台", "工程协同平台", "备件框架协议"),
    ),
    Territory(
        "p06", "en", "gb", "Europe/London", "GBP", 1.05,
        ("Northgate Foods", "Harbour Rail", "Whitby Pharma", "Pennine Paper"),
        ("Packing line upgrade", "Spare parts framework", "Batch tracking system"),
    ),
    Territory(
        "p07", "en", "de", "Europe/Berlin", "EUR", 0.9,
        ("Rheintal Maschinenbau", "Nordlicht Energie", "Havel Optik", "Allgäu Molkerei"),
        ("Laser measuring cells", "Energy monitoring", "Cold store controls", "Service contract"),
    ),
    Territory(
        "p08", "en", "gb", "Europe/London", "GBP", 1.15,
        ("Kestrel Retail", "Avon Hospitals Trust", "Fenland Logistics", "Castle Brewery"),
        ("Store replenishment system", "Ward asset tracking", "Fleet telematics", "Keg tracking"),
    ),
)  # fmt: skip
"""Every salesperson's territory; the biggest sales of 华东 are its manager's own."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What people write, in one language."""

    notes: tuple[str, ...]
    texts: dict[str, str]
    as_talked: str
    small_deal: str
    waiting: dict[str, str]
    budget_frozen: str
    budget_released: str
    needs_changed: str
    no_opportunity: str
    new_project: str
    handed_over: str
    misread: str
    wrong_sale: str
    overridden: str
    too_expensive: str
    called_again: str


PHRASES: Final[dict[Language, Phrases]] = {
    "zh": Phrases(
        notes=(
            "与使用部门座谈，了解现有流程。", "拜访技术负责人，演示样机。", "客户来公司参观，安排了午餐。",
            "电话沟通，确认下周再谈。", "参加行业展会时见面，交换了资料。", "已发送补充材料。",
        ),
        texts={
            "competitors": "两家本地厂商，价格偏低，服务较弱。", "action_plan": "先稳住技术部门，再争取采购部门。",
            "concessions": "延长质保，换取三成预付款。", "concession_read": "律师已审阅延长质保的条款。",
        },
        as_talked="详见拜访记录。",
        small_deal="老客户小额复购，需求明确。",
        waiting={
            "us": "等我方技术确认方案。", "customer": "等客户内部流程。", "legal": "双方法务在改合同条款。",
            "finance": "等财务核定信用额度。", "production": "等排产确认交期。",
        },
        budget_frozen="客户本季度冻结预算。", budget_released="预算已恢复，项目继续。",
        needs_changed="客户更换了技术负责人，需求重新确认。", no_opportunity="今年没有预算，先保持联系。",
        new_project="客户立项了，重新跟进。", handed_over="区域调整，移交负责人。",
        misread="日期记错了，按拜访记录更正。", wrong_sale="记到了别的项目上。",
        overridden="客户的书面文件在途，主管同意先行。", too_expensive="对手报价低两成。",
        called_again="对手交不了货，客户又找回来。",
    ),
    "en": Phrases(
        notes=(
            "Walked through the present process with the users.", "Showed the prototype to the head of engineering.",
            "They visited our plant; lunch with the team.", "Call; agreed to speak again next week.",
            "Met at the trade fair and exchanged papers.", "Sent the extra documents.",
        ),
        texts={
            "competitors": "Two local rivals, cheaper, weaker in service.",
            "action_plan": "Win engineering first, then purchasing.",
            "concessions": "A longer warranty for a larger deposit.",
            "concession_read": "A lawyer has read the longer warranty.",
        },
        as_talked="See the visit report.",
        small_deal="A small repeat order; the need is plain.",
        waiting={
            "us": "Our engineers check the design.", "customer": "The customer's own people have to agree.",
            "legal": "Lawyers on both sides are at the terms.", "finance": "Finance sets the credit limit.",
            "production": "Production confirms the delivery date.",
        },
        budget_frozen="Budget frozen for the quarter.", budget_released="Budget released; the project goes on.",
        needs_changed="A new technical head; the needs are asked anew.",
        no_opportunity="No budget this year; keep in touch.",
        new_project="They have started the project.", handed_over="Territories redrawn; handed over.",
        misread="Wrong date; corrected from the visit report.", wrong_sale="Belonged to another sale.",
        overridden="The paper is in the post; the supervisor allows it.", too_expensive="A rival is a fifth cheaper.",
        called_again="The rival can't deliver; they called again.",
    ),
}  # fmt: skip
"""What is written in the demo's sales."""
