"""The orders of the story: who ordered what when, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from app.records.orders.models import Channel


class Until(IntEnum):
    """The stage an order has reached."""

    DRAFT = 1
    SENT = 2
    CONFIRMED = 3
    PICKING = 4
    PACKED = 5
    READY = 6
    ON_THE_WAY = 7
    DELIVERED = 8
    INVOICED = 9
    PAID = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """One order.  lines: (product, quantity, unit or "" for its own, price or "" for the list's).

    goods_days_ago: when the warehouse begins, for orders that wait for goods.  carrier: "" is our own van.
    """

    key: str
    customer: str
    seller: str
    days_ago: int
    at: str
    until: Until
    lines: tuple[tuple[str, str, str, str], ...]
    channel: Channel = Channel.CHAT
    number: str = ""
    by_link: bool = False
    goods_days_ago: int | None = None
    carrier: str = ""
    paid_percent: int = 100
    signed_for: str = ""  #: base units of the first line, if not all
    dispute: str = ""
    rating: int = 0
    comment: str = ""
    hold: str = ""
    cancel: str = ""
    back: str = ""  #: why the warehouse sends its hand-off back
    waits: str = ""  #: why the warehouse lets its clock stand still
    allow: str = ""  #: why the director lets a price below the floor pass
    sets_up_billing: bool = True
    delay: int = 0  #: working minutes that the pass to logistics takes longer


def _of(code: str, quantity: str, unit: str = "", price: str = "") -> tuple[str, str, str, str]:
    return (code, quantity, unit, price)


U, C = Until, Channel
PLANS = (
    # ------------------------------------------------------------------------------------ done and paid
    Plan("01", "SZRY", "linxiaowen", 38, "09:20", U.PAID, (_of("FS-M8-25", "20", "box"), _of("FN-M8", "20", "box")),
         C.MAIL, "RY-PO-3301", by_link=True, rating=5, comment="交货很快，包装也好。"),
    Plan("02", "WXHT", "zhoulei", 37, "10:05", U.PAID, (_of("BR-6204", "10", "box"), _of("BR-6206", "6", "box")),
         carrier="JNKY", rating=4, comment="质量稳定，希望发货前提前通知。"),
    Plan("03", "CZBK", "linxiaowen", 36, "14:10", U.PAID, (_of("CN-TB-25", "60", "box"), _of("CN-DIN-35", "2000")),
         C.FILE, "BK26-0871", carrier="SUJIE", rating=5),
    Plan("04", "KSDH", "linxiaowen", 34, "09:45", U.PAID, (_of("CN-JST-2P", "20", "box"), _of("CN-JST-4P", "15", "box")),
         C.MAIL, "DH-7720", by_link=True, rating=4),
    Plan("05", "HZTD", "shenjiayi", 33, "11:00", U.PAID, (_of("TL-DR-20V", "12"), _of("TL-TW-60", "6")),
         carrier="HDZX", rating=5, comment="技术支持耐心。"),
    Plan("06", "SZLK", "linxiaowen", 31, "13:30", U.PAID, (_of("GL-NIT-M", "20", "ctn"), _of("GL-MASK-95", "40")),
         C.PHONE, rating=3),
    Plan("07", "NTJS", "linxiaowen", 30, "15:20", U.PAID, (_of("FS-M20-100", "400"), _of("FN-M12", "2000")),
         carrier="HQWL", rating=4),
    Plan("08", "SZWD", "linxiaowen", 20, "10:30", U.PAID, (_of("AD-SI-595", "20", "ctn"), _of("AD-TAPE-PU", "300")), rating=5),
    # ---------------------------------------------------------------------------- paid in part, overdue
    Plan("09", "JXML", "zhoulei", 29, "09:10", U.PAID, (_of("BR-6308", "36"), _of("BR-UCP205", "24")),
         carrier="SUJIE", paid_percent=40, rating=3),
    Plan("10", "WJTY", "zhoulei", 28, "16:40", U.PAID, (_of("TL-CUT-125", "1200"), _of("TL-AG-100", "12")),
         paid_percent=60, rating=4),
    Plan("11", "NBXY", "zhoulei", 27, "10:15", U.INVOICED, (_of("AD-GR-15", "30"), _of("FS-SK-M8-30", "30", "box")),
         carrier="SUJIE", rating=5),
    Plan("12", "JXML", "zhoulei", 26, "13:50", U.INVOICED, (_of("TL-WR-12", "2", "ctn"), _of("TL-HX-9", "40")), rating=4),
    # ------------------------------------------------------------------------- disputed, unhappy customer
    Plan("13", "KSLT", "linxiaowen", 18, "09:30", U.INVOICED, (_of("AD-EP-200", "24"),), C.MAIL, "LT-2609-114",
         by_link=True, signed_for="22", dispute="到货24桶，其中2桶桶身破损拒收，只签收22桶，请开红字发票。"),
    Plan("14", "TCHD", "zhoulei", 24, "10:40", U.PAID, (_of("FS-M12-50", "20", "box"), _of("BR-6002", "10", "box")),
         delay=900, rating=2, comment="分批到货也没人告诉我们，产线等了两天。"),
    Plan("15", "TCHD", "zhoulei", 14, "14:00", U.INVOICED, (_of("FS-M10-60", "10", "box"), _of("TL-TAP-M8", "40")),
         delay=1100, rating=1, comment="又晚到了，仓库说已发货，物流查不到。"),
    # ------------------------------------------------------------------------------ invoiced, open, not due
    Plan("16", "CSXF", "linxiaowen", 13, "09:05", U.INVOICED, (_of("FS-M10-40", "30", "box"), _of("FW-M10", "60", "box")),
         C.FILE, "XF-45-20813", rating=5),
    Plan("17", "SHYX", "shenjiayi", 11, "11:20", U.INVOICED, (_of("FA-M10-80", "1500"), _of("TL-DB-SET", "24")),
         C.MAIL, "YX2611-08", carrier="AJLD"),
    Plan("18", "SHHM", "shenjiayi", 10, "10:00", U.INVOICED, (_of("FS-SK-M5-16", "40", "box"), _of("CN-M12-4", "120")),
         C.FILE, "HM-0093", by_link=True, rating=4),
    Plan("19", "PACT", "shenjiayi", 12, "09:40", U.INVOICED, (_of("BR-6204", "120"), _of("TL-CAL-150", "24")),
         C.MAIL, "PT-10447", carrier="HDZX"),
    # ------------------------------------------------------------------- delivered, finance has to invoice
    Plan("20", "YZHL", "shenjiayi", 7, "09:50", U.DELIVERED, (_of("CN-RJ45-6", "3000"), _of("TL-PL-8", "60")),
         carrier="AJLD"),
    Plan("21", "SZRY", "linxiaowen", 5, "10:20", U.DELIVERED, (_of("FS-M6-20", "40", "box"), _of("FN-M6", "60", "box")),
         C.MAIL, "RY-PO-3358", by_link=True),
    Plan("22", "TCJY", "linxiaowen", 4, "09:15", U.DELIVERED, (_of("FS-ST-42-25", "80", "box"), _of("AD-SI-595", "10", "ctn")),
         carrier="HQWL"),
    # ---------------------------------------------------------------------------------------- on the way
    Plan("23", "SXJB", "zhoulei", 5, "13:20", U.ON_THE_WAY, (_of("FS-M12-50", "15", "box"), _of("FW-M10", "40", "box")),
         carrier="SUJIE"),
    Plan("24", "NBXY", "zhoulei", 4, "15:30", U.ON_THE_WAY, (_of("BR-30205", "60"), _of("BR-LM20UU", "48")),
         carrier="SUJIE"),
    Plan("25", "TZQX", "shenjiayi", 3, "09:30", U.ON_THE_WAY, (_of("BR-6206", "10", "box"),), C.PHONE, carrier="AJLD"),
    Plan("26", "KSDH", "linxiaowen", 2, "09:00", U.ON_THE_WAY, (_of("CN-TB-40", "50", "box"), _of("CN-JST-2P", "10", "box")),
         C.MAIL, "DH-7791", by_link=True),
    # ------------------------------------------------------------------------- ready, packed, being picked
    Plan("27", "HZKE", "zhoulei", 4, "10:30", U.READY, (_of("BR-6308", "48"),)),
    Plan("28", "SZLK", "linxiaowen", 2, "09:40", U.READY, (_of("GL-PU-L", "10", "ctn"), _of("GL-GOG-1", "5", "box")), C.MAIL),
    Plan("29", "WXHT", "zhoulei", 2, "10:10", U.READY, (_of("BR-6000", "20", "box"),)),
    Plan("30", "CZBK", "linxiaowen", 2, "11:00", U.PACKED, (_of("CN-DIN-35", "3000"), _of("CN-TB-25", "40", "box")),
         C.FILE, "BK26-0915"),
    Plan("31", "JYSF", "zhoulei", 2, "14:20", U.PICKING, (_of("TL-CUT-125", "800"), _of("GL-CUT-5", "20", "box"))),
    Plan("32", "HZTD", "shenjiayi", 1, "10:00", U.PICKING, (_of("FS-M10-40", "20", "box"), _of("TL-SD-6", "36"))),
    # ------------------------------------------------------------------ confirmed, the warehouse has to begin
    Plan("33", "CSXF", "linxiaowen", 6, "09:10", U.CONFIRMED, (_of("FS-M8-40", "50", "box"), _of("FN-M8", "50", "box")),
         C.FILE, "XF-45-20977"),
    Plan("34", "ZJGH", "zhoulei", 3, "13:40", U.CONFIRMED, (_of("TL-DR-20V", "50"),)),
    Plan("35", "NTJS", "linxiaowen", 1, "09:30", U.CONFIRMED, (_of("FS-M20-100", "300"), _of("FN-M10", "20", "box")),
         C.MAIL, by_link=True),
    Plan("36", "NJBR", "shenjiayi", 1, "11:10", U.CONFIRMED, (_of("AD-TL-243", "10", "ctn"), _of("AD-CA-401", "10", "ctn")),
         sets_up_billing=False),
    Plan("37", "WJTY", "zhoulei", 5, "20:40", U.CONFIRMED, (_of("FS-M6-30", "30", "box"), _of("FN-M6", "30", "box")),
         back="图纸版本缺失，无法核对长度"),
    # -------------------------------------------------------------------------------- short: goods are bought
    Plan("40", "SXJB", "zhoulei", 22, "09:30", U.CONFIRMED, (_of("FS-M16-80", "12", "box"), _of("FN-M12", "1200")), C.PHONE,
         waits="等缺货到齐一起发"),
    Plan("41", "TZQX", "shenjiayi", 21, "10:30", U.CONFIRMED, (_of("FS-M16-80", "3", "box"),)),
    Plan("42", "TCHD", "zhoulei", 9, "09:20", U.ON_THE_WAY, (_of("BR-6205", "20", "box"),), goods_days_ago=2),
    Plan("43", "SHYX", "shenjiayi", 6, "14:30", U.CONFIRMED, (_of("CN-M12-8", "200"),), C.MAIL, "YX2611-19"),
    Plan("44", "SZLK", "linxiaowen", 8, "10:00", U.CONFIRMED, (_of("GL-NIT-L", "42", "ctn"),), C.MAIL, by_link=True,
         waits="等缺货到齐一起发"),
    Plan("45", "YZHL", "shenjiayi", 7, "15:00", U.CONFIRMED, (_of("GL-NIT-L", "38", "ctn"),), waits="等缺货到齐一起发"),
    Plan("46", "HZKE", "zhoulei", 2, "13:15", U.CONFIRMED, (_of("GL-NIT-L", "20", "ctn"), _of("GL-EAR-200", "20"))),
    Plan("47", "KSLT", "linxiaowen", 1, "13:00", U.CONFIRMED, (_of("TL-TW-60", "48"),), C.MAIL, "LT-2611-027"),
    # ------------------------------------------------------------------------- on hold, cancelled, off the list
    Plan("48", "JXML", "zhoulei", 6, "10:10", U.CONFIRMED, (_of("TL-AG-100", "24"),), hold="逾期货款未付，等财务放行"),
    Plan("49", "TCJY", "linxiaowen", 9, "16:00", U.CONFIRMED, (_of("AD-GR-15", "12"),), cancel="客户项目取消"),
    Plan("50", "JYSF", "zhoulei", 4, "22:47", U.SENT, (_of("GL-WELD", "120", "", "22.00"),), allow="老客户"),
    # --------------------------------------------------------------------------- sent, waiting for the customer
    Plan("51", "KSLT", "linxiaowen", 2, "09:25", U.SENT, (_of("AD-EP-200", "6"), _of("AD-GR-15", "10")), C.MAIL, "LT-2611-031"),
    Plan("52", "SHHM", "shenjiayi", 1, "10:45", U.SENT, (_of("CN-M12-4", "200"), _of("CN-RJ45-6", "2000")), C.FILE, "HM-0101"),
    Plan("53", "NJBR", "shenjiayi", 1, "15:10", U.SENT, (_of("TL-CAL-150", "20"), _of("TL-HX-9", "30"))),
    # -------------------------------------------------------------------------------------------------- drafts
    Plan("54", "HZKE", "zhoulei", 3, "19:35", U.DRAFT, (_of("BR-UCP205", "36"), _of("BR-LM20UU", "60"))),
    Plan("55", "SXJB", "zhoulei", 2, "20:15", U.DRAFT, (_of("FS-M8-25", "60", "box"), _of("FW-M8", "60", "box"))),
    Plan("56", "ZJGH", "zhoulei", 1, "21:05", U.DRAFT, (_of("FA-M10-80", "1200"),)),
    Plan("57", "TZQX", "shenjiayi", 0, "08:40", U.DRAFT, (_of("BR-6000", "12", "box"), _of("BR-6002", "12", "box")), C.PHONE),
    Plan("58", "KSDH", "linxiaowen", 0, "08:55", U.DRAFT, (_of("CN-TB-25", "1", "box", "0.0125"), _of("CN-JST-4P", "8", "box")),
         C.MAIL, "DH-7802"),
)  # fmt: skip
