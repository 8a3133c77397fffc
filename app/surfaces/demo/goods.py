"""What the demo company sells."""

from __future__ import annotations

from dataclasses import dataclass

#: code, English, Chinese, decimals
UNITS = (
    ("pcs", "piece", "件", 0),
    ("box", "box", "盒", 0),
    ("ctn", "carton", "箱", 0),
    ("pair", "pair", "双", 0),
    ("drum", "drum", "桶", 0),
    ("tube", "tube", "支", 0),
    ("roll", "roll", "卷", 0),
    ("set", "set", "套", 0),
    ("kg", "kilogram", "千克", 3),
)

#: code, name, login of the buyer
CATEGORIES = (
    ("fasteners", "紧固件", "guzhenhua"),
    ("bearings", "轴承", "qianmin"),
    ("tools", "工具", "qianmin"),
    ("gloves", "劳保用品", "luyiming"),
    ("adhesives", "胶粘剂", "luyiming"),
    ("connectors", "连接器", "guzhenhua"),
)


@dataclass(frozen=True, slots=True)
class Good:
    """A product.  price: of one base unit, tax included.  stock: on hand at the start.  packs: unit -> base units."""

    code: str
    name: str
    category: str
    unit: str
    price: str
    kg: str
    stock: int
    packs: tuple[tuple[str, int], ...] = ()


def _fastener(code: str, name: str, price: str, kg: str, stock: int) -> Good:
    return Good(code, name, "fasteners", "pcs", price, kg, stock, (("box", 100), ("ctn", 1200)))


def _bearing(code: str, name: str, price: str, kg: str, stock: int) -> Good:
    return Good(code, name, "bearings", "pcs", price, kg, stock, (("box", 12),))


def _tool(code: str, name: str, price: str, kg: str, stock: int) -> Good:
    return Good(code, name, "tools", "pcs", price, kg, stock, (("ctn", 12),))


def _glue(code: str, name: str, unit: str, price: str, kg: str, stock: int) -> Good:
    return Good(code, name, "adhesives", unit, price, kg, stock, (("ctn", 12),) if unit == "tube" else ())


def _connector(code: str, name: str, price: str, kg: str, stock: int) -> Good:
    return Good(code, name, "connectors", "pcs", price, kg, stock, (("box", 1000),))


GOODS = (
    _fastener("FS-M6-20", "外六角螺栓 M6×20 8.8级 镀锌", "0.18", "0.0065", 24000),
    _fastener("FS-M6-30", "外六角螺栓 M6×30 8.8级 镀锌", "0.22", "0.0084", 18000),
    _fastener("FS-M8-25", "外六角螺栓 M8×25 8.8级 镀锌", "0.35", "0.0152", 30000),
    _fastener("FS-M8-40", "外六角螺栓 M8×40 8.8级 镀锌", "0.46", "0.0205", 26000),
    _fastener("FS-M10-40", "外六角螺栓 M10×40 8.8级 镀锌", "0.82", "0.0362", 15000),
    _fastener("FS-M10-60", "外六角螺栓 M10×60 10.9级 发黑", "1.26", "0.0471", 9000),
    _fastener("FS-M12-50", "外六角螺栓 M12×50 10.9级 发黑", "1.68", "0.0618", 8000),
    _fastener("FS-M16-80", "外六角螺栓 M16×80 10.9级 发黑", "4.35", "0.1580", 300),
    _fastener("FS-M20-100", "外六角螺栓 M20×100 10.9级 达克罗", "9.80", "0.3120", 1600),
    _fastener("FN-M6", "六角螺母 M6 镀锌", "0.06", "0.0023", 40000),
    _fastener("FN-M8", "六角螺母 M8 镀锌", "0.09", "0.0050", 42000),
    _fastener("FN-M10", "六角螺母 M10 镀锌", "0.17", "0.0110", 22000),
    _fastener("FN-M12", "尼龙自锁螺母 M12", "0.48", "0.0168", 12000),
    _fastener("FW-M8", "弹簧垫圈 M8 65Mn", "0.04", "0.0016", 50000),
    _fastener("FW-M10", "平垫圈 M10 镀锌", "0.05", "0.0036", 36000),
    _fastener("FS-SK-M5-16", "内六角螺钉 M5×16 12.9级", "0.16", "0.0041", 20000),
    _fastener("FS-SK-M8-30", "内六角螺钉 M8×30 12.9级", "0.52", "0.0188", 14000),
    _fastener("FS-ST-42-25", "自钻螺钉 ST4.2×25", "0.08", "0.0026", 32000),
    _fastener("FA-M10-80", "膨胀螺栓 M10×80", "1.15", "0.0720", 6000),
    _bearing("BR-6000", "深沟球轴承 6000-2RS", "6.80", "0.019", 900),
    _bearing("BR-6002", "深沟球轴承 6002-2RS", "8.40", "0.032", 720),
    _bearing("BR-6204", "深沟球轴承 6204-2RS", "13.50", "0.106", 840),
    _bearing("BR-6205", "深沟球轴承 6205-ZZ", "15.20", "0.128", 60),
    _bearing("BR-6206", "深沟球轴承 6206-ZZ", "21.80", "0.199", 480),
    _bearing("BR-6308", "深沟球轴承 6308-ZZ", "48.00", "0.633", 240),
    _bearing("BR-30205", "圆锥滚子轴承 30205", "32.50", "0.154", 300),
    _bearing("BR-UCP205", "带座轴承 UCP205", "38.00", "0.810", 180),
    _bearing("BR-LM20UU", "直线轴承 LM20UU", "18.60", "0.091", 360),
    _tool("TL-DR-20V", "锂电冲击钻 20V 双电", "485.00", "2.600", 120),
    _tool("TL-AG-100", "角磨机 100mm 900W", "268.00", "1.900", 84),
    _tool("TL-WR-12", "两用扳手 12件套", "156.00", "2.100", 96),
    _tool("TL-TW-60", "预置扭力扳手 10-60N·m", "328.00", "1.350", 36),
    _tool("TL-SD-6", "螺丝刀 6件套", "42.00", "0.520", 240),
    _tool("TL-HX-9", "内六角扳手 9件套", "36.00", "0.410", 260),
    _tool("TL-PL-8", "钢丝钳 8寸", "29.50", "0.330", 300),
    _tool("TL-CUT-125", "切割片 125×1.2mm", "3.20", "0.035", 5000),
    _tool("TL-TAP-M8", "机用丝锥 M8 含钴", "18.80", "0.028", 400),
    _tool("TL-DB-SET", "麻花钻头 13件套", "58.00", "0.460", 160),
    _tool("TL-CAL-150", "数显卡尺 150mm", "138.00", "0.290", 72),
    Good("GL-NIT-M", "丁腈手套 M码 100只/盒", "gloves", "box", "26.80", "0.480", 900, (("ctn", 10),)),
    Good("GL-NIT-L", "丁腈手套 L码 100只/盒", "gloves", "box", "26.80", "0.520", 620, (("ctn", 10),)),
    Good("GL-PU-L", "PU涂掌手套 L码", "gloves", "pair", "3.60", "0.045", 4800, (("box", 12), ("ctn", 240))),
    Good("GL-CUT-5", "防割手套 5级", "gloves", "pair", "22.50", "0.070", 1200, (("box", 12),)),
    Good("GL-WELD", "牛皮电焊手套", "gloves", "pair", "28.00", "0.310", 360, (("box", 12),)),
    Good("GL-MASK-95", "KN95口罩 50只/盒", "gloves", "box", "39.00", "0.300", 500, (("ctn", 20),)),
    Good("GL-GOG-1", "防雾护目镜", "gloves", "pcs", "18.50", "0.095", 400, (("box", 12),)),
    Good("GL-EAR-200", "降噪耳塞 200副/盒", "gloves", "box", "96.00", "0.420", 80),
    _glue("AD-TL-243", "螺纹锁固胶 243 50ml", "tube", "38.00", "0.078", 480),
    _glue("AD-CA-401", "瞬干胶 401 20g", "tube", "16.50", "0.034", 600),
    _glue("AD-SI-595", "中性硅酮密封胶 300ml", "tube", "21.00", "0.390", 720),
    _glue("AD-EP-200", "环氧结构胶 200kg/桶", "drum", "1860.00", "212.000", 60),
    _glue("AD-GR-15", "锂基润滑脂 15kg/桶", "drum", "268.00", "15.900", 90),
    _glue("AD-TAPE-PU", "生料带 20m", "roll", "2.40", "0.018", 3000),
    _glue("AD-PWD-25", "胶粉 散装", "kg", "32.40", "1.000", 800),
    _connector("CN-TB-25", "冷压端子 SV2-4", "0.0125", "0.0009", 800000),
    _connector("CN-TB-40", "冷压端子 SV5.5-5", "0.032", "0.0018", 400000),
    _connector("CN-JST-2P", "端子连接器 XH2.54-2P", "0.085", "0.0007", 120000),
    _connector("CN-JST-4P", "端子连接器 XH2.54-4P", "0.145", "0.0012", 90000),
    _connector("CN-M12-4", "航空插头 M12 4芯", "18.90", "0.028", 900),
    _connector("CN-M12-8", "航空插头 M12 8芯", "27.60", "0.034", 40),
    _connector("CN-RJ45-6", "水晶头 RJ45 六类", "0.68", "0.0015", 15000),
    _connector("CN-DIN-35", "导轨接线端子 UK-2.5B", "1.35", "0.0090", 12000),
)
LOT_TRACKED = frozenset({"AD-TL-243", "AD-CA-401", "AD-SI-595", "AD-EP-200"})
#: sold in dollars too: code -> price of one base unit, tax excluded
DOLLARS = {
    "BR-6204": "1.72",
    "BR-6206": "2.80",
    "BR-30205": "4.15",
    "TL-WR-12": "20.40",
    "TL-TW-60": "42.50",
    "TL-CAL-150": "18.10",
    "CN-M12-4": "2.45",
}
